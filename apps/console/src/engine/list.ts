/** The state of a list is its address: what is searched, filtered, sorted, and the page. So it can be sent, reloaded and gone back to. */
import type { Resource } from '@meta/types'
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'
import type { Row } from '@/api/http'
import { useSession } from '@/api/session'
import { RESOURCES } from '@/hints/resources'
import { fromLocal } from '@/i18n/plain'
import { useNames } from './names'

export interface Page {
  items: Row[]
  total: number | null
  total_pages: number | null
}

type Query = Record<string, string>

const OWN = new Set(['view'])

export function useList(resource: Ref<Resource | undefined>) {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const names = useNames()
  const page = shallowRef<Page | null>(null)
  const isLoading = ref(false)
  const trouble = ref<unknown>(null)
  let asked = 0

  const state = computed(() => texts(route.query))
  const number = computed(() => Math.max(1, Number(state.value.page ?? 1) || 1))
  const size = computed(() => Number(state.value.page_size ?? 20) || 20)
  const sort = computed(() => state.value.sort ?? usual.value)
  /** Nothing said: as the hints say, where the list can be sorted so. */
  const usual = computed(() => {
    const order = RESOURCES[resource.value?.key ?? '']?.order ?? ''
    return resource.value?.sorts.includes(order.replace('-', '')) ? order : ''
  })
  const isFiltered = computed(() => Object.keys(state.value).some((name) => !['page', 'page_size', 'sort', 'view'].includes(name)))

  /** The parameters of the API: the same, but days of ranges become instants, and the last day counts whole. */
  const question = computed((): Query => {
    const query: Query = sort.value ? { sort: sort.value } : {}
    for (const [name, value] of Object.entries(state.value)) if (!OWN.has(name)) query[name] = value
    for (const range of resource.value?.ranges ?? []) {
      const [from, to] = [query[range.from], query[range.to]]
      if (range.kind === 'decimal') continue
      if (from && range.kind === 'instant') query[range.from] = fromLocal(`${from}T00:00`) ?? ''
      if (to) query[range.to] = range.kind === 'instant' ? (fromLocal(`${dayAfter(to)}T00:00`) ?? '') : dayAfter(to)
    }
    return query
  })

  async function load(): Promise<void> {
    const own = resource.value
    if (!own) return
    const turn = ++asked
    isLoading.value = true
    trouble.value = null
    try {
      const answer = await session.call<Page>('GET', own.path, { query: question.value })
      // a slow answer to an older question is not shown
      if (turn !== asked) return
      page.value = answer.data
      names.remember(own.key, answer.data.items)
    } catch (error) {
      if (turn === asked) trouble.value = error
    } finally {
      if (turn === asked) isLoading.value = false
    }
  }

  watch([resource, question], ([own], [before]) => {
    if (own !== before) page.value = null
    void load()
  }, { immediate: true })

  /** Changes the question; another question begins with the first page. */
  function ask(change: Query): void {
    const next: Query = { ...state.value, ...(('page' in change) ? {} : { page: '' }), ...change }
    for (const [name, value] of Object.entries(next)) if (!value) delete next[name]
    void router.push({ query: next })
  }

  function sortBy(field: string): void {
    ask({ sort: sort.value === field ? `-${field}` : sort.value === `-${field}` && usual.value !== `-${field}` ? '' : field })
  }

  async function exportAs(format: 'csv' | 'xlsx'): Promise<Blob> {
    const { page: _page, page_size: _size, ...query } = question.value
    return session.file(`${resource.value?.path ?? ''}/export`, { query: { ...query, format } })
  }

  return { page, isLoading, trouble, state, number, size, sort, isFiltered, load, ask, sortBy, exportAs }
}

function texts(query: LocationQuery): Query {
  return Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' && value ? [[name, value]] : [])))
}

function dayAfter(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + 1)
  return Number.isNaN(date.getTime()) ? day : date.toISOString().slice(0, 10)
}
