/** The names of rows that others refer to. The first need of a resource asks for its first hundred rows at once, later ones one by one. */
import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'
import type { Row } from '@/api/http'
import { useSession } from '@/api/session'
import { RESOURCES } from '@/hints/resources'
import { i18n } from '@/i18n'
import { language } from '@/i18n/language'
import { index, labelOf, pathOf, titleOf } from './resources'

interface Page {
  items: Row[]
}

/** What a picker offers. */
export interface Offer {
  id: string
  name: string
  label: string
  code: string
  row: Row
}

export const useNames = defineStore('names', () => {
  const session = useSession()
  const known = reactive<Record<string, string>>({})
  const rows = new Map<string, Row>()
  const asked = new Map<string, Promise<void>>()
  const failed = reactive(new Set<string>())

  /** Where the code belongs to the name, it is shown with it. */
  const shown = (key: string, row: Row): string => (RESOURCES[key]?.isCodeFirst ? labelOf(key, row) : titleOf(key, row))

  function remember(key: string, found: Row[]): void {
    for (const row of found) {
      if (typeof row.id !== 'string') continue
      rows.set(`${key}/${row.id}`, row)
      known[`${key}/${row.id}`] = shown(key, row)
    }
  }

  /** What was read of a row for its name. */
  const rowOf = (key: string, id: string): Row | undefined => (known[`${key}/${id}`] === undefined ? undefined : rows.get(`${key}/${id}`))

  /** The name; dots as long as it is not known, words where it may not be read. */
  function nameOf(key: string, id: string): string {
    const name = known[`${key}/${id}`]
    if (name === undefined) void ask(key, id)
    return name ?? (failed.has(`${key}/${id}`) ? i18n.global.t('reference.unknown') : '…')
  }

  /** The page of a row that was read for its name: there is none for what cannot be read. */
  function pageOf(key: string, id: string): string | null {
    const row = rowOf(key, id)
    if (!row) return null
    const own = RESOURCES[key]?.pageOf?.(row) ?? key
    const there = mayRead(own) ? own : key
    return index[there]?.hasDetail ? pathOf(there, id) : null
  }

  async function ask(key: string, id: string): Promise<void> {
    const entry = index[key]
    const one = `${key}/${id}`
    if (entry && session.can(entry.realm, entry.rights.read)) {
      await once(key, async () => remember(key, (await page(key, '', 100)).items))
      if (known[one] === undefined && entry.hasDetail) await once(one, async () => remember(key, [(await session.call<Row>('GET', `${entry.path}/${id}`)).data]))
    }
    const among = RESOURCES[key]?.among
    if (known[one] === undefined && among) {
      await ask(among, id)
      const row = rowOf(among, id)
      if (row) remember(key, [row])
    }
    if (known[one] === undefined) failed.add(one)
  }

  const mayRead = (key: string): boolean => {
    const entry = index[key]
    return entry !== undefined && session.can(entry.realm, entry.rights.read)
  }

  /** A name that cannot be had is not asked for again. */
  function once(what: string, work: () => Promise<void>): Promise<void> {
    const before = asked.get(what)
    if (before) return before
    const now = work().catch(() => undefined)
    asked.set(what, now)
    return now
  }

  async function page(key: string, text: string, size: number, query: Record<string, string> = {}): Promise<Page> {
    const entry = index[key]
    if (!entry) return { items: [] }
    const words = { page_size: size, total: false, ...query, ...(text && entry.hasSearch ? { search: text } : {}) }
    const found = (await session.call<Page>('GET', entry.path, { query: words })).data
    remember(key, found.items)
    return found
  }

  /** What a picker offers for a text: what has it as its code comes first. */
  async function search(key: string, text: string, query: Record<string, string> = {}): Promise<Offer[]> {
    const from = mayRead(key) ? key : RESOURCES[key]?.among
    const order = from && !text ? index[from]?.order : undefined
    const found = from && mayRead(from) ? (await page(from, text, 20, { ...(order ? { sort: order } : {}), ...query })).items : []
    remember(key, found)
    const offers = found.map((row) => offerOf(key, row))
    const rank = (offer: Offer): number => (offer.code.toLowerCase() === text.toLowerCase() ? 0 : offer.code.startsWith(text) ? 1 : 2)
    return text ? offers.sort((one, other) => rank(one) - rank(other)) : offers
  }

  function offerOf(key: string, row: Row): Offer {
    return { id: String(row.id), name: titleOf(key, row), label: labelOf(key, row), code: String(row[index[key]?.code ?? ''] ?? ''), row }
  }

  /** After somebody signed out: the next one may not see these. */
  function forget(): void {
    asked.clear()
    failed.clear()
    rows.clear()
    for (const name of Object.keys(known)) delete known[name]
  }

  // names are of a language
  watch(language, forget)

  return { nameOf, rowOf, pageOf, search, remember, forget }
})
