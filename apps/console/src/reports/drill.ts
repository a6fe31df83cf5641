/** Where a number leads: to the entries it is made of. */
import type { Row } from '@/api/http'
import { moved } from './periods'

export interface Target {
  /** Of a report, or of a resource. */
  key: string
  isReport: boolean
  /** Of a row's page. */
  id?: string
  query: Record<string, string>
}

/** What the whole report was asked for and answered. */
export interface Asked {
  key: string
  from?: string
  to?: string
  as_of?: string
  known_at?: string
  department_id?: string
  project_code?: string
  kind?: string
}

const LEDGER = 'tenants.fim.general-ledger'

/** Days behind the due date, of the buckets that say them in their names. */
const BUCKETS: Record<string, [number, number | null]> = { not_due: [-1, 0], '1_30': [1, 30], '31_60': [31, 60], '61_90': [61, 90], over_90: [91, null] }

export function drill(asked: Asked, row: Row | null, column: string): Target | null {
  const text = (name: string): string => (typeof row?.[name] === 'string' ? String(row[name]) : '')
  if (!row) return null
  if (text('je_id')) return { key: 'tenants.fim.transactions', isReport: false, id: text('je_id'), query: {} }
  if (text('invoice_id')) return { key: 'tenants.fim.invoices', isReport: false, id: text('invoice_id'), query: {} }
  if (text('budget_id') && column === 'budget') return { key: 'tenants.fim.budgets', isReport: false, id: text('budget_id'), query: {} }
  if (text('box')) return { key: 'tenants.fim.vat-return-documents', isReport: true, query: kept({ box: text('box'), ...span(asked), known_at: asked.known_at }) }
  if (text('account_id')) return { key: LEDGER, isReport: true, query: ledger(asked, row, column) }
  if (text('partner_id') && column in BUCKETS) return { key: 'tenants.fim.open-items', isReport: false, query: openItems(asked, text('partner_id'), column) }
  if (text('partner_id')) return { key: 'tenants.fim.partner-statement', isReport: true, query: kept({ partner_id: text('partner_id'), to: asked.as_of ?? asked.to, known_at: asked.known_at }) }
  if (text('biz_no')) {
    return { key: 'tenants.fim.invoices', isReport: false, query: kept({ search: text('biz_name'), direction: asked.kind, invoice_date_from: asked.from, invoice_date_to: asked.to }) }
  }
  return null
}

const span = ({ from, to }: Asked): Record<string, string | undefined> => ({ from, to })

function ledger(asked: Asked, row: Row, column: string): Record<string, string> {
  const common = { account_id: String(row.account_id), known_at: asked.known_at, project_code: asked.project_code, department_id: asked.department_id }
  // a budget is of a month, and of a department or of all
  if (typeof row.period === 'string') {
    const [year = 0, month = 0] = row.period.split('-').map(Number)
    const next = month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`
    return kept({ ...common, department_id: typeof row.department_id === 'string' ? row.department_id : undefined, from: `${row.period}-01`, to: moved(next, -1) })
  }
  const to = asked.to ?? asked.as_of
  // what stood there before the first day happened before it
  if (column === 'opening' && asked.from) {
    const last = moved(asked.from, -1)
    return kept({ ...common, from: `${last.slice(0, 4)}-01-01`, to: last })
  }
  return kept({ ...common, from: asked.from ?? (to ? `${to.slice(0, 4)}-01-01` : undefined), to })
}

function openItems(asked: Asked, partner: string, bucket: string): Record<string, string> {
  const [least, most] = BUCKETS[bucket] ?? [0, null]
  const day = asked.as_of ?? ''
  const days = bucket === 'not_due' ? { due_date_from: day } : { due_date_from: most === null ? undefined : moved(day, -most), due_date_to: moved(day, -least) }
  return kept({ partner_id: partner, kind: asked.kind, ...days, sort: 'due_date' })
}

/** Without what is not said. */
function kept(query: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}
