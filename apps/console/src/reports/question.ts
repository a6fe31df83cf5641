/** The state of a report is its address: whatever it was asked for can be sent, reloaded and gone back to. */
import type { Field, Report } from '@meta/types'
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Row } from '@/api/http'
import { useSession } from '@/api/session'
import { REPORTS } from '@/hints/reports'
import { before, dayBefore } from './periods'

export type Query = Record<string, string>
export type Compared = 'previous' | 'year'

/** Words of the address that the API does not know. */
const OWN = new Set(['compare'])

export function useQuestion(report: Ref<Report | undefined>) {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const answer = shallowRef<Row | null>(null)
  const other = shallowRef<Row | null>(null)
  const trouble = ref<unknown>(null)
  const isLoading = ref(false)
  let turn = 0

  const state = computed((): Query => Object.fromEntries(Object.entries(route.query).flatMap(([name, value]) => (typeof value === 'string' && value ? [[name, value]] : []))))
  const hint = computed(() => REPORTS[report.value?.key ?? ''])
  const parameters = computed((): Field[] => (report.value?.parameters ?? []).filter((one) => !hint.value?.without?.includes(one.name)))
  const missing = computed(() => parameters.value.filter((one) => one.required && one.kind !== 'choice' && !state.value[one.name]))
  const compared = computed((): Compared | null => (hint.value?.compare && (state.value.compare === 'previous' || state.value.compare === 'year') ? state.value.compare : null))

  /** What the API is asked: a choice that must be made begins with the first. */
  const question = computed((): Query => {
    const query: Query = {}
    for (const one of report.value?.parameters ?? []) if (one.required && one.kind === 'choice' && one.choices?.[0]) query[one.name] = one.choices[0]
    for (const [name, value] of Object.entries(state.value)) if (!OWN.has(name)) query[name] = value
    return query
  })

  async function load(): Promise<void> {
    const own = report.value
    const mine = ++turn
    trouble.value = null
    if (!own || missing.value.length > 0) {
      answer.value = other.value = null
      return
    }
    isLoading.value = true
    try {
      const now = (await session.call<Row>('GET', own.path, { query: question.value })).data
      const then = compared.value ? (await session.call<Row>('GET', own.path, { query: earlier(now, compared.value) })).data : null
      // a slow answer to an older question is not shown
      if (mine !== turn) return
      ;[answer.value, other.value] = [now, then]
    } catch (error) {
      if (mine === turn) trouble.value = error
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  /** The same question of earlier days. What was left out, the answer says. */
  function earlier(now: Row, how: Compared): Query {
    const { from: _from, to: _to, as_of: _day, page: _page, ...rest } = question.value
    const names = new Set(parameters.value.map((one) => one.name))
    const day = (name: string): string | null => (typeof now[name] === 'string' ? String(now[name]) : null)
    const [from, to] = [day('from'), day('to') ?? day('as_of')]
    if (names.has('from') && from && to) return { ...rest, ...before({ from, to }, how) }
    return { ...rest, ...(to ? { as_of: dayBefore(to, how) } : {}) }
  }

  watch([report, question, compared], ([own], [last]) => {
    if (own !== last) answer.value = other.value = null
    void load()
  }, { immediate: true })

  /** Another question begins with the first page. */
  function ask(change: Query): void {
    const next: Query = { ...state.value, ...('page' in change ? {} : { page: '' }), ...change }
    for (const [name, value] of Object.entries(next)) if (!value) delete next[name]
    void router.push({ query: next })
  }

  async function file(format: string): Promise<Blob> {
    const { page: _page, page_size: _size, ...query } = question.value
    return session.file(report.value?.path ?? '', { query: { ...query, format } })
  }

  return { answer, other, trouble, isLoading, state, hint, parameters, missing, compared, question, load, ask, file }
}
