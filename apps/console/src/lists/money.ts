/** Sums below a list, of the rows that are shown: by currency, never mixed, and what comes in apart from what goes out. */
import type { Field, Resource } from '@meta/types'
import type { Row } from '@/api/http'
import { added } from '@/i18n/amounts'

/** Not to be added up: rates and prices of one, limits, and balances of accounts. */
const NO_SUM = /quantity|price|rate|percent|days|limit|revenue$|balance|exchange/
/** What comes in and what goes out is one sum to nobody. */
const SIDES = ['direction', 'transaction_type', 'kind', 'from_currency']

export const isMoney = (field: Field): boolean => field.kind === 'decimal' && field.format === 'decimal4' && !NO_SUM.test(field.name)

export interface Sum {
  /** The word of the field that tells the sides apart, if there is one. */
  side: string | null
  /** None: the base currency. */
  currency: string | null
  amount: string
}

/** The sums of one column. */
export function sumsOf(resource: Resource, field: Field, rows: Row[]): Sum[] {
  const side = sideOf(resource)
  const currency = field.name.startsWith('base_') ? undefined : ['currency', 'currency_code'].find((name) => resource.show.some((one) => one.name === name))
  const parts = new Map<string, Sum & { amounts: string[] }>()
  for (const row of rows) {
    const amount = row[field.name]
    if (typeof amount !== 'string') continue
    const of = { side: side ? String(row[side.name] ?? '') : null, currency: currency ? String(row[currency] ?? '') : null }
    const part = parts.get(JSON.stringify(of)) ?? { ...of, amount: '0', amounts: [] }
    part.amounts.push(amount)
    parts.set(JSON.stringify(of), part)
  }
  return [...parts.values()].map(({ amounts, ...sum }) => ({ ...sum, amount: added(amounts) }))
}

export const sideOf = (resource: Resource): Field | undefined => resource.show.find((field) => field.kind === 'choice' && SIDES.includes(field.name))
