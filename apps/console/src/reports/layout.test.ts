import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { derive } from '@meta/derive'
import type { Document } from '@meta/document'
import type { Report } from '@meta/types'
import type { Row } from '@/api/http'
import { REPORTS } from '@/hints/reports'
import { drill } from './drill'
import { layout, united, type Chart, type Words } from './layout'

const document = JSON.parse(readFileSync(new URL('../../../../openapi.json', import.meta.url), 'utf8')) as Document
const { reports } = derive(document)
const report = (name: string): Report => reports[`tenants.fim.${name}`] ?? (() => { throw new Error(name) })()
const words: Words = { field: (name) => name, account: (row) => String(row.account_code), group: (name) => name, type: (name) => name, pageSum: () => 'page' }
const account = (id: string, type: string, group: string, order: number, parent: string | null = null) => [id, { id, code: id, type, group, parent, order }] as const
const chart: Chart = new Map([account('101', 'ASSET', 'quick', 1), account('146', 'ASSET', 'stock', 2), account('147', 'ASSET', 'stock', 3, '146'), account('401', 'REVENUE', 'sales', 9)])
const row = (id: string, more: Row): Row => ({ account_id: id, account_code: id, account_name: id, ...more })
const paper = (name: string, answer: Row) => layout(report(name), answer, REPORTS[`tenants.fim.${name}`], words, chart)

describe('the trial balance', () => {
  const moved = (debit: string, credit: string): Row => ({ opening: '0', debit, credit, closing: '1' })
  const answer: Row = {
    from: '2026-11-01', as_of: '2026-11-30', rows: [row('101', moved('0.1', '0')), row('401', moved('0', '5')), row('147', moved('0.2', '0'))],
    totals: { opening: '0', debit: '5', credit: '5', closing: '0' },
  }

  test('is a tree of the chart, each level with its exact sum', () => {
    const [table] = paper('trial-balance', answer).tables
    expect(table?.lines.map((line) => [line.depth, line.kind, line.label, line.cells.debit])).toEqual([
      [0, 'group', 'ASSET', '0.3'], [1, 'group', 'quick', '0.1'], [2, 'row', '101', '0.1'], [1, 'group', 'stock', '0.2'], [2, 'group', '146', '0.2'],
      [3, 'row', '147', '0.2'], [0, 'group', 'REVENUE', '0'], [1, 'group', 'sales', '0'], [2, 'row', '401', '0'], [0, 'total', 'totals', '5'],
    ])
    expect(table?.columns.map((field) => field.name)).toEqual(['opening', 'debit', 'credit', 'closing'])
  })

  test('is flat for those who may not read the chart', () => {
    const table = layout(report('trial-balance'), answer, REPORTS['tenants.fim.trial-balance'], words, new Map()).tables[0]
    expect(table?.lines.map((line) => line.label)).toEqual(['101', '401', '147', 'totals'])
  })

  test('keeps accounts that only the other period has', () => {
    const both = united(report('trial-balance'), answer, { ...answer, rows: [row('108', moved('7', '0'))] })
    expect((both.rows as Row[]).map((one) => [one.account_code, one.debit])).toEqual([['101', '0.1'], ['108', '0'], ['147', '0.2'], ['401', '0']])
  })
})

test('a statement stands in the order of the paper, with what it comes to between its parts', () => {
  const section = (rows: Row[], total: string): Row => ({ rows, total })
  const empty = section([], '0')
  const answer: Row = {
    sales: section([row('401', { amount: '9', balance: '-9' })], '9'), cost_of_sales: empty, gross_profit: '9', selling_and_administration: empty, operating_profit: '9',
    other_income: empty, other_expense: empty, profit_before_tax: '9', income_tax: empty, net_profit: '9', from: '', to: '', known_at: null,
  }
  const { tables, facts } = paper('profit-and-loss', answer)
  expect(tables).toHaveLength(1)
  expect(tables[0]?.lines.map((line) => `${line.kind} ${line.label} ${String(line.cells.amount)}`)).toEqual([
    'group sales 9', 'row 401 9', 'group cost_of_sales 0', 'result gross_profit 9', 'group selling_and_administration 0', 'result operating_profit 9',
    'group other_income 0', 'group other_expense 0', 'result profit_before_tax 9', 'group income_tax 0', 'result net_profit 9',
  ])
  expect(facts).toEqual([])
})

test('a ledger begins with what was there and ends with what is', () => {
  const line = (je: string, debit: string, balance: string): Row => ({ je_id: je, je_code: je, debit, credit: '0', balance, posting_date: '2026-11-01', line_no: 1, description: null, partner_id: null, department_id: null })
  const { tables, facts } = paper('general-ledger', { opening: '5', closing: '7', rows: [line('a', '1', '6'), line('b', '1', '7')], total: 2, page: 1, page_size: 100 })
  expect(tables[0]?.lines.map((one) => [one.kind, one.label, one.cells.debit, one.cells.balance])).toEqual([
    ['balance', 'opening', undefined, '5'], ['row', '', '1', '6'], ['row', '', '1', '7'], ['total', 'page', '2', undefined], ['balance', 'closing', undefined, '7'],
  ])
  expect(facts).toEqual([])
})

test('a tax return is its boxes, what they come to, and what the ledger says of it', () => {
  const tie: Row = { account_id: 'x', account_code: '255', documents: '1', ledger: '1', difference: '0' }
  const { tables, facts, groups } = paper('vat-return', {
    boxes: [{ box: '1', name: '가', name_en: 'A', supply: '10', tax: '1', count: 1 }], output_tax: '1', input_tax: '0', payable: '1', late_penalty: '0', settlements: [], output_tie: tie, input_tie: tie,
  })
  expect(tables.map((table) => [table.name, table.columns.map((field) => field.name)])).toEqual([['boxes', ['box', 'name', 'count', 'supply', 'tax']]])
  expect(facts.map((fact) => fact.field.name)).toEqual(['output_tax', 'input_tax', 'payable', 'late_penalty'])
  expect(groups.map((group) => group.name)).toEqual(['output_tie', 'input_tie'])
})

describe('every number leads to what it is made of', () => {
  const asked = { key: 'tenants.fim.trial-balance', from: '2026-11-01', to: '2026-11-30', known_at: '2026-12-01T00:00:00Z', department_id: 'd' }

  test('an account to its ledger of the same days, as it was known then', () => {
    expect(drill(asked, row('a', {}), 'debit')).toEqual({
      key: 'tenants.fim.general-ledger', isReport: true,
      query: { account_id: 'a', known_at: '2026-12-01T00:00:00Z', department_id: 'd', from: '2026-11-01', to: '2026-11-30' },
    })
    expect(drill(asked, row('a', {}), 'opening')?.query).toMatchObject({ from: '2026-01-01', to: '2026-10-31' })
    expect(drill({ key: '', as_of: '2026-11-30' }, row('a', {}), 'amount')?.query).toEqual({ account_id: 'a', from: '2026-01-01', to: '2026-11-30' })
    expect(drill(asked, row('a', { period: '2026-12', department_id: null }), 'actual')?.query).toMatchObject({ from: '2026-12-01', to: '2026-12-31' })
  })

  test('a line to its entry, a box to its documents, a bucket to its open items', () => {
    expect(drill(asked, row('a', { je_id: 'e' }), 'debit')).toMatchObject({ key: 'tenants.fim.transactions', id: 'e' })
    expect(drill(asked, { box: '10' }, 'tax')).toMatchObject({ key: 'tenants.fim.vat-return-documents', query: { box: '10', from: '2026-11-01' } })
    const aged = { key: 'tenants.fim.aging', as_of: '2026-12-01', kind: 'RECEIVABLE' }
    expect(drill(aged, { partner_id: 'p' }, '1_30')?.query).toMatchObject({ partner_id: 'p', kind: 'RECEIVABLE', due_date_from: '2026-11-01', due_date_to: '2026-11-30' })
    expect(drill(aged, { partner_id: 'p' }, 'over_90')?.query).toEqual({ partner_id: 'p', kind: 'RECEIVABLE', due_date_to: '2026-09-01', sort: 'due_date' })
    expect(drill(aged, { partner_id: 'p' }, 'total')).toMatchObject({ key: 'tenants.fim.partner-statement', query: { to: '2026-12-01' } })
    expect(drill(asked, null, 'debit')).toBeNull()
  })
})

test('every report of the document is read, and has its parts drawn once', () => {
  expect(Object.keys(reports).filter((key) => key.startsWith('tenants.fim.')).length).toBeGreaterThanOrEqual(15)
  for (const key of Object.keys(REPORTS)) expect(Object.keys(reports)).toContain(key)
})
