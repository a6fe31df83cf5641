/** Sums of amounts, which are texts: counted in their smallest parts, by currency. */
import type { Row } from '@/api/http'

const PARTS = 4

export function sumOf(rows: Row[]): [string, string][] {
  const sums = new Map<string, bigint>()
  for (const { amount, currency } of rows) {
    const [whole = '0', fraction = ''] = String(amount ?? '0').split('.')
    const parts = BigInt(whole + fraction.padEnd(PARTS, '0').slice(0, PARTS))
    sums.set(String(currency ?? ''), (sums.get(String(currency ?? '')) ?? 0n) + parts)
  }
  return [...sums].map(([currency, parts]) => [currency, written(parts)])
}

function written(parts: bigint): string {
  const text = parts.toString().padStart(PARTS + 1, '0')
  const fraction = text.slice(-PARTS).replace(/0+$/, '')
  return fraction ? `${text.slice(0, -PARTS)}.${fraction}` : text.slice(0, -PARTS)
}
