import { expect, test } from 'vitest'
import type { Field, Resource } from '@meta/types'
import { isMoney, sumsOf } from './money'

const amount: Field = { name: 'amount', kind: 'decimal', format: 'decimal4' }
const resource = (show: Field[]): Resource => ({ key: '', path: '', show, create: [], update: [], filters: [], ranges: [], sorts: [], actions: [], dryRun: { create: false, update: false }, referrers: [] })
const currency: Field = { name: 'currency', kind: 'text' }
const direction: Field = { name: 'direction', kind: 'choice', choices: ['SALES', 'PURCHASE'] }

test('currencies are never mixed, nor what comes in with what goes out', () => {
  const rows = [
    { amount: '1.10', currency: 'USD', direction: 'SALES' }, { amount: '2.2', currency: 'USD', direction: 'SALES' },
    { amount: '1000', currency: 'KRW', direction: 'SALES' }, { amount: '7', currency: 'KRW', direction: 'PURCHASE' }, { amount: null, currency: 'KRW', direction: 'SALES' },
  ]
  expect(sumsOf(resource([amount, currency, direction]), amount, rows)).toEqual([
    { side: 'SALES', currency: 'USD', amount: '3.3' }, { side: 'SALES', currency: 'KRW', amount: '1000' }, { side: 'PURCHASE', currency: 'KRW', amount: '7' },
  ])
  expect(sumsOf(resource([amount, currency]), amount, rows.slice(0, 2))).toEqual([{ side: null, currency: 'USD', amount: '3.3' }])
})

test('what is in the base currency is summed as such, whatever the row is in', () => {
  const base: Field = { ...amount, name: 'base_amount' }
  expect(sumsOf(resource([base, currency]), base, [{ base_amount: '1', currency: 'USD' }, { base_amount: '2', currency: 'KRW' }])).toEqual([{ side: null, currency: null, amount: '3' }])
})

test('rates, limits and balances are not added up', () => {
  const named = (name: string, format = 'decimal4'): Field => ({ name, kind: 'decimal', format })
  expect(['amount', 'total_debit', 'paid_amount', 'supply_amount'].map((name) => isMoney(named(name)))).toEqual([true, true, true, true])
  expect(['unit_price', 'quantity', 'credit_limit', 'opening_balance', 'annual_revenue'].map((name) => isMoney(named(name)))).toEqual([false, false, false, false, false])
  expect(isMoney(named('amount', 'decimal8'))).toBe(false)
})
