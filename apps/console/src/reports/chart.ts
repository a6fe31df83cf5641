/** The chart of accounts, read once: what hangs below what, and English names. Who may not read it sees flat reports. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Row } from '@/api/http'
import { useSession } from '@/api/session'
import { index } from '@/engine/resources'
import type { Account } from './layout'

const KEY = 'tenants.fim.accounts'
const SIZE = 100
/** More accounts than anybody has; an end for a walk that goes wrong. */
const MOST_PAGES = 50

export interface ChartAccount extends Account {
  name: string
  nameEn: string | null
}

export const useChart = defineStore('chart', () => {
  const session = useSession()
  const accounts = shallowRef<ReadonlyMap<string, ChartAccount>>(new Map())
  let asked: Promise<void> | null = null
  let reader: string | undefined

  async function read(): Promise<void> {
    const entry = index[KEY]
    if (!entry || !session.can('tenants', entry.rights.read)) return
    const found = new Map<string, ChartAccount>()
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const query = { page, page_size: SIZE, sort: 'account_code', total: false }
      const { items } = (await session.call<{ items: Row[] }>('GET', entry.path, { query })).data
      for (const row of items) found.set(String(row.id), accountOf(row))
      if (items.length < SIZE) break
    }
    accounts.value = found
  }

  /** One that could not be read is asked for again with the next report; another reader gets their own. */
  function load(): Promise<void> {
    const me = session.me.tenants
    const now = `${me?.tenant ?? ''}/${me?.id ?? ''}`
    if (now !== reader) {
      asked = null
      accounts.value = new Map()
    }
    reader = now
    asked ??= read().catch(() => {
      asked = null
    })
    return asked
  }

  return { accounts, load }
})

function accountOf(row: Row): ChartAccount {
  const text = (name: string): string | null => (typeof row[name] === 'string' ? String(row[name]) : null)
  return {
    id: String(row.id),
    code: text('account_code') ?? '',
    name: text('account_name') ?? '',
    nameEn: text('account_name_en'),
    type: text('account_type') ?? '',
    group: text('account_group'),
    parent: text('parent_id'),
    order: Number(row.statement_order ?? 0),
  }
}
