import { expect, test } from 'vitest'
import type { CompanyHome } from './answers'
import { bars, daysOf, daysUntil, isEmpty } from './figures'

const nothing: CompanyHome = {
  as_of: '2026-03-15', base_currency: 'KRW', cash: null, receivable: null, payable: null, sales: null, pipeline: null, deadlines: null, missing: null, tasks: null,
}

test('a month has its days', () => {
  expect(daysOf('2026-02')).toEqual({ from: '2026-02-01', to: '2026-02-28' })
  expect(daysOf('2028-02').to).toBe('2028-02-29')
  expect(daysOf('2026-12').to).toBe('2026-12-31')
})

test('days until a deadline, and since', () => {
  expect(daysUntil('2026-03-15', '2026-04-01')).toBe(17)
  expect(daysUntil('2026-03-15', '2026-03-15')).toBe(0)
  expect(daysUntil('2026-03-15', '2026-02-28')).toBe(-15)
})

test('the largest month is as high as the chart', () => {
  const drawn = bars([{ month: '2026-01', sales: '50' }, { month: '2026-02', sales: '0' }, { month: '2026-03', sales: '100' }], 20, 80)
  expect(drawn.zero).toBe(80)
  expect(drawn.bars.map((bar) => [bar.x, bar.y, bar.height])).toEqual([[0, 40, 40], [20, 80, 0], [40, 0, 80]])
})

test('a month of returns goes down from zero', () => {
  const drawn = bars([{ month: '2026-01', sales: '300' }, { month: '2026-02', sales: '-100' }], 20, 80)
  expect(drawn.zero).toBe(60)
  expect(drawn.bars.map((bar) => [bar.y, bar.height, bar.isBelow])).toEqual([[0, 60, false], [60, 20, true]])
})

test('months without sales are drawn without harm', () => {
  expect(bars([{ month: '2026-01', sales: '0' }], 20, 80).bars[0]?.height).toBe(0)
})

test('a company is empty until something was posted or drafted', () => {
  expect(isEmpty(nothing), 'whoever sees no figure is told nothing').toBe(false)
  const cash = { total: '0', accounts: [] }
  const vat = { kind: 'VAT_RETURN', due: '2026-04-27', count: 1, overdue_count: 0, from: '2026-01-01', to: '2026-03-31' } as const
  expect(isEmpty({ ...nothing, cash, deadlines: [vat] })).toBe(true)
  expect(isEmpty({ ...nothing, cash: { ...cash, total: '1' } })).toBe(false)
  expect(isEmpty({ ...nothing, cash, deadlines: [{ ...vat, kind: 'INVOICES_TO_ISSUE' }] })).toBe(false)
})
