import { expect, test } from 'vitest'
import { today } from '@/api/clock'
import { before, dayBefore, dayOf, moved, nameOfDay, nameOfSpan, spanOf } from './periods'

test('spans by their names', () => {
  expect(spanOf('last-month', '2026-01-15')).toEqual({ from: '2025-12-01', to: '2025-12-31' })
  expect(spanOf('this-month', '2024-02-10')).toEqual({ from: '2024-02-01', to: '2024-02-29' })
  expect(spanOf('last-quarter', '2026-12-01')).toEqual({ from: '2026-07-01', to: '2026-09-30' })
  expect(spanOf('this-half', '2026-12-01')).toEqual({ from: '2026-07-01', to: '2026-12-31' })
  expect(spanOf('last-year', '2026-12-01')).toEqual({ from: '2025-01-01', to: '2025-12-31' })
  expect(nameOfSpan({ from: '2026-11-01', to: '2026-11-30' }, '2026-12-01')).toBe('last-month')
  expect(nameOfSpan({ from: '2026-11-02', to: '2026-11-30' }, '2026-12-01')).toBeNull()
  expect(dayOf('last-quarter', '2026-12-01')).toBe('2026-09-30')
  expect(nameOfDay('2026-12-01', '2026-12-01')).toBe('today')
  expect(moved('2026-03-01', -1)).toBe('2026-02-28')
  expect(today(new Date(2026, 0, 5))).toBe('2026-01-05')
})

test('what a span is compared with', () => {
  expect(before({ from: '2026-03-01', to: '2026-03-31' }, 'previous')).toEqual({ from: '2026-02-01', to: '2026-02-28' })
  expect(before({ from: '2026-03-01', to: '2026-03-31' }, 'year')).toEqual({ from: '2025-03-01', to: '2025-03-31' })
  expect(before({ from: '2026-01-01', to: '2026-12-31' }, 'previous')).toEqual({ from: '2025-01-01', to: '2025-12-31' })
  expect(before({ from: '2026-12-01', to: '2026-12-10' }, 'previous')).toEqual({ from: '2026-11-01', to: '2026-11-10' })
  expect(before({ from: '2026-03-05', to: '2026-03-11' }, 'previous')).toEqual({ from: '2026-02-26', to: '2026-03-04' })
  expect(before({ from: '2024-02-29', to: '2024-02-29' }, 'year')).toEqual({ from: '2023-02-28', to: '2023-02-28' })
  expect(dayBefore('2026-12-10', 'previous')).toBe('2026-11-30')
  expect(dayBefore('2026-12-31', 'year')).toBe('2025-12-31')
})
