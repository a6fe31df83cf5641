/** The names of rows that others refer to. The first need of a resource asks for its first hundred rows at once, later ones one by one. */
import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'
import type { Row } from '@/api/http'
import { useSession } from '@/api/session'
import { i18n } from '@/i18n'
import { language } from '@/i18n/language'
import { index, titleOf } from './resources'

interface Page {
  items: Row[]
}

export const useNames = defineStore('names', () => {
  const session = useSession()
  const known = reactive<Record<string, string>>({})
  const asked = new Map<string, Promise<void>>()

  /** Rows whose name was asked for and cannot be had: gone, or not to be seen. */
  const nameless = reactive(new Set<string>())

  function remember(key: string, rows: Row[]): void {
    for (const row of rows) if (typeof row.id === 'string') known[`${key}/${row.id}`] = titleOf(key, row)
  }

  /** The name; as long as it is not known, a mark; where it cannot be had, that. Never an id, which tells nobody anything. */
  function nameOf(key: string, id: string): string {
    const name = known[`${key}/${id}`]
    if (name !== undefined) return name
    void ask(key, id).then(() => known[`${key}/${id}`] === undefined && nameless.add(`${key}/${id}`))
    return nameless.has(`${key}/${id}`) ? i18n.global.t('reference.unknown') : '…'
  }

  const isKnown = (key: string, id: string): boolean => known[`${key}/${id}`] !== undefined

  async function ask(key: string, id: string): Promise<void> {
    const entry = index[key]
    if (!entry || !session.can(entry.realm, entry.rights.read)) return
    await once(key, async () => remember(key, (await search(key, '', 100)).items))
    if (known[`${key}/${id}`] !== undefined || !entry.hasDetail) return
    await once(`${key}/${id}`, async () => remember(key, [(await session.call<Row>('GET', `${entry.path}/${id}`)).data]))
  }

  /** A name that cannot be had is not asked for again: the id is shown. */
  function once(what: string, work: () => Promise<void>): Promise<void> {
    const before = asked.get(what)
    if (before) return before
    const now = work().catch(() => undefined)
    asked.set(what, now)
    return now
  }

  async function search(key: string, text: string, size = 20): Promise<Page> {
    const entry = index[key]
    if (!entry) return { items: [] }
    const query = { page_size: size, total: false, ...(text && entry.hasSearch ? { search: text } : {}) }
    const page = (await session.call<Page>('GET', entry.path, { query })).data
    remember(key, page.items)
    return page
  }

  /** After somebody signed out: the next one may not see these. */
  function forget(): void {
    asked.clear()
    nameless.clear()
    for (const name of Object.keys(known)) delete known[name]
  }

  // names are of a language
  watch(language, forget)

  return { nameOf, isKnown, search, remember, forget }
})
