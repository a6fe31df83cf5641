/** What the first page makes of its figures: tested without a browser. */
import { isZero, partsOf, share } from '@/i18n/amounts'
import type { CompanyHome, Month } from './answers'

/** The first and the last day of `2026-02`. */
export function daysOf(month: string): { from: string; to: string } {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate()
  return { from: `${month}-01`, to: `${month}-${String(last).padStart(2, '0')}` }
}

/** Days from one day to another; below zero where it has passed. */
export const daysUntil = (today: string, day: string): number => Math.round((Date.parse(`${day}T00:00Z`) - Date.parse(`${today}T00:00Z`)) / 86_400_000)

export interface Bar {
  month: string
  x: number
  y: number
  height: number
  isBelow: boolean
}

/** Bars of a chart of this height, a slot each. A month below zero is drawn down from the line of zero. */
export function bars(months: Month[], slot: number, height: number): { zero: number; bars: Bar[] } {
  const size = (amount: string): bigint => partsOf(amount.replace('-', ''))
  const most = (isBelow: boolean): string =>
    months.map((one) => one.sales).filter((sales) => sales.startsWith('-') === isBelow).reduce((most, sales) => (size(sales) > size(most) ? sales : most), '0').replace('-', '')
  const [above, below] = [most(false), most(true)]
  const whole = sumOf(above, below)
  const zero = below === '0' ? height : height * share(above, whole)
  return {
    zero,
    bars: months.map(({ month, sales }, at) => {
      const isBelow = sales.startsWith('-')
      const length = height * share(sales.replace('-', ''), whole)
      return { month, x: at * slot, y: isBelow ? zero : zero - length, height: length, isBelow }
    }),
  }
}

/** Of two amounts that are not below zero. Whole numbers are enough to draw with. */
const sumOf = (one: string, other: string): string => (other === '0' ? one : String(BigInt(one.split('.')[0] ?? '0') + BigInt(other.split('.')[0] ?? '0')))

/** Whether nothing has happened in the books yet: what to do first helps more than zeros. */
export function isEmpty(home: CompanyHome): boolean {
  const amounts = [home.cash?.total, home.receivable?.total, home.payable?.total, ...(home.sales?.months.map((one) => one.sales) ?? [])]
  const seen = amounts.filter((one) => one !== undefined)
  return seen.length > 0 && seen.every(isZero) && (home.deadlines ?? []).every((one) => one.kind === 'VAT_RETURN')
}
