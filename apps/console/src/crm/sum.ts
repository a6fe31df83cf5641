/** Sums of amounts by currency. */
import type { Row } from '@/api/http'
import { added } from '@/i18n/amounts'

export function sumOf(rows: Row[], amount = 'amount', currency = 'currency'): [string, string][] {
  const amounts = new Map<string, string[]>()
  for (const row of rows) {
    const of = String(row[currency] ?? '')
    amounts.set(of, [...(amounts.get(of) ?? []), String(row[amount] ?? '0')])
  }
  return [...amounts].map(([of, texts]) => [of, added(texts)])
}
