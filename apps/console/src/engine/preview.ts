/**
 * What the server would make of a form that is still being filled in: asked with `?dry_run=true` a moment after the last change. So taxes and
 * totals are the server's from the first line on.
 */
import type { Resource } from '@meta/types'
import { ref, shallowRef, watch, type Ref } from 'vue'
import { Problem, type Row } from '@/api/http'
import { useSession } from '@/api/session'
import { DOCUMENTS } from '@/hints/documents'
import { createBody, type Form } from './form'
import { index, inWords } from './resources'

const PAUSE = 450
/** Rules that say no more than that the form is not finished. */
const UNFINISHED = new Set(['required', 'min_items', 'min_length'])

/** A change of a row that is there, as it would be sent. */
export interface Change {
  path: string
  body: Row
  etag: string | null
}

export function usePreview(resource: () => Resource | undefined, form: Ref<Form>, isOn: () => boolean, change: () => Change | null = () => null) {
  const session = useSession()
  const answered = shallowRef<Row | null>(null)
  /** What it refuses for now, beyond that something is missing. */
  const refusal = ref<string | null>(null)
  const isBusy = ref(false)
  /** What is shown is of an earlier state of the form. */
  const isStale = ref(false)
  let asked = 0
  let last = ''
  let waiting: ReturnType<typeof setTimeout> | undefined

  /** A dry run of creating what the form has: for changes too, as long as the API has none for them. */
  function bodyOf(own: Resource): Row | null {
    const without = DOCUMENTS[own.key]?.previewWithout ?? []
    try {
      return createBody(own.create.filter((field) => !without.includes(field.name)), form.value)
    } catch {
      return null
    }
  }

  async function ask(): Promise<void> {
    const own = resource()
    const entry = own && index[own.key]
    if (!own || !entry || !isOn()) return
    const changed = own.dryRun.update ? change() : null
    if (!changed && (!own.dryRun.create || !session.can(entry.realm, entry.rights.create))) return
    const body = changed?.body ?? bodyOf(own)
    const text = JSON.stringify(body)
    if (!body || text === last || !own.create.some((field) => field.kind === 'rows' && field.name in body)) return
    last = text
    const turn = ++asked
    isBusy.value = true
    try {
      const answer = await tried(changed ?? { path: own.path, etag: null }, changed ? 'PATCH' : 'POST', body)
      if (turn !== asked) return
      answered.value = answer
      refusal.value = null
      isStale.value = false
    } catch (error) {
      if (turn !== asked) return
      isStale.value = true
      refusal.value = error instanceof Problem ? refusalOf(own, error) : null
      if (error instanceof Problem) learn(error)
    } finally {
      if (turn === asked) isBusy.value = false
    }
  }

  /** A line that is only begun keeps the others from being reckoned: without it they are. */
  async function tried({ path, etag }: Omit<Change, 'body'>, method: 'POST' | 'PATCH', body: Row): Promise<Row> {
    const send = async (of: Row): Promise<Row> => (await session.call<Row>(method, path, { query: { dry_run: true }, body: of, ifMatch: etag })).data
    try {
      return await send(body)
    } catch (error) {
      const unfinished = error instanceof Problem ? unfinishedLines(error) : null
      const lines = unfinished && (body[unfinished.name] as Row[])
      if (!unfinished || !lines || lines.length <= unfinished.places.size) throw error
      const answer = await send({ ...body, [unfinished.name]: lines.filter((_, at) => !unfinished.places.has(at)) })
      const said = [...((answer[unfinished.name] as Row[] | undefined) ?? [])]
      return { ...answer, [unfinished.name]: lines.map((_, at) => (unfinished.places.has(at) ? {} : (said.shift() ?? {}))) }
    }
  }

  /** Debit and credit of an entry that does not balance are in the refusal. */
  function learn(problem: Problem): void {
    const { debit, credit } = problem.detail as { debit?: string; credit?: string }
    if (debit === undefined || credit === undefined) return
    answered.value = { ...answered.value, total_debit: debit, total_credit: credit }
    isStale.value = false
  }

  watch(form, () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => void ask(), PAUSE)
  }, { deep: true, immediate: true })

  function forget(): void {
    clearTimeout(waiting)
    asked += 1
    last = ''
    answered.value = null
    refusal.value = null
  }

  return { answered, refusal, isBusy, isStale, forget }
}

function refusalOf(resource: Resource, problem: Problem): string | null {
  if (problem.status !== 422) return inWords(resource.key, problem.message)
  const said = problem.fields.filter((one) => !UNFINISHED.has(one.rule) && !one.field.includes('.'))
  return said.length > 0 ? said.map((one) => inWords(resource.key, one.message)).join(' ') : null
}

/** The lines that are to blame, where nothing else is. */
function unfinishedLines(problem: Problem): { name: string; places: Set<number> } | null {
  const paths = problem.fields.map((one) => /^(\w+)\.(\d+)\./.exec(one.field))
  const name = paths[0]?.[1]
  if (!name || paths.some((path) => path?.[1] !== name)) return null
  return { name, places: new Set(paths.map((path) => Number(path?.[2]))) }
}
