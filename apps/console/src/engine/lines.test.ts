import type { Field } from '@meta/types'
import { expect, test } from 'vitest'
import { withObject } from '@/i18n/josa'
import { changedBody, createBody, formOf, type Form } from './form'
import { assigned, copied, moved, newLine, pasted, placed, read, table, withBlank } from './lines'

const columns: Field[] = [
  { name: 'product_name', kind: 'text', nullable: true },
  { name: 'quantity', kind: 'decimal', nullable: true },
  { name: 'unit_price', kind: 'decimal', nullable: true },
  { name: 'tax_kind', kind: 'choice', choices: ['TAXABLE', 'EXEMPT'], nullable: true },
  { name: 'account_id', kind: 'reference', refersTo: '/accounts', nullable: true },
  { name: 'is_fixed_asset', kind: 'boolean', nullable: true },
  { name: 'supply_amount', kind: 'decimal', isComputed: true },
]
const lines: Field = { name: 'lines', kind: 'rows', fields: columns }
const withId: Field = { ...lines, fields: [{ name: 'id', kind: 'reference', nullable: true }, ...columns] }
const line = (more: Form): Form => ({ ...newLine(lines), ...more })
const choicesOf = (_: Field, word: string): string[] => ({ TAXABLE: ['과세'], EXEMPT: ['면세'] })[word] ?? []
const namesOf = (field: Field): string[] => [{ product_name: '품목', quantity: '수량', unit_price: '단가', account_id: '계정과목' }[field.name] ?? '', field.name]

test('a table of a spreadsheet is cells, with quotes around what has a line break', () => {
  expect(table('a\tb\r\nc\t"d\n""e"""\r\n\r\n')).toEqual([['a', 'b'], ['c', 'd\n"e"']])
  expect(table('')).toEqual([])
})

test('headings say which column is which, in either language; without them the columns follow the cell', () => {
  const rows = [['단가', '품목', '아무것'], ['1,000', '키보드', 'x']]
  const withHeadings = assigned(rows, columns, namesOf, 0)
  expect(withHeadings.columns.map((field) => field?.name)).toEqual(['unit_price', 'product_name', undefined])
  expect(withHeadings.rows).toHaveLength(1)
  const without = assigned([['키보드', '2']], columns, namesOf, 0)
  expect(without.columns.map((field) => field?.name)).toEqual(['product_name', 'quantity'])
  expect(without.rows).toHaveLength(1)
})

test('cells become what inputs hold; references are looked up by others', () => {
  const what = assigned(table('품목\t수량\t단가\ttax_kind\t계정과목\n키보드\t2\t1,000원\t면세\t103\n마우스\t(3)\t5.5\t?\t'), columns, namesOf, 0)
  const { lines: made, lookups } = pasted(lines, [newLine(lines)], what, 0, choicesOf)
  expect(made).toHaveLength(3)
  expect(made[0]).toMatchObject({ product_name: '키보드', quantity: '2', unit_price: '1000', tax_kind: 'EXEMPT', account_id: '' })
  expect(made[1]).toMatchObject({ product_name: '마우스', quantity: '-3', tax_kind: '' })
  expect(lookups).toEqual([{ at: 0, field: columns[4], text: '103' }])
})

test('days and yes/no are read as they are written', () => {
  const day: Field = { name: 'd', kind: 'day' }
  expect(['2026.12.1', '2026/12/01', '20261201', '2026년 12월 1일', 'soon'].map((text) => read(day, text, () => []))).toEqual(['2026-12-01', '2026-12-01', '2026-12-01', '2026-12-01', 'soon'])
  expect(['예', 'N', '?'].map((text) => read({ name: 'b', kind: 'boolean' }, text, () => []))).toEqual([true, false, null])
})

test('there is always one empty line, and it is not sent', () => {
  const one = withBlank(lines, [line({ product_name: '키보드' })])
  expect(one).toHaveLength(2)
  expect(withBlank(lines, one)).toBe(one)
  expect(createBody([lines], { lines: one })).toEqual({ lines: [{ product_name: '키보드' }] })
  expect(createBody([lines], { lines: [newLine(lines)] })).toEqual({})
})

test('amounts are sent without the commas they were typed with, and what the server reckons is not sent', () => {
  expect(createBody([lines], { lines: [line({ product_name: 'a', unit_price: '1,200.5', supply_amount: '7' })] })).toEqual({ lines: [{ product_name: 'a', unit_price: '1200.5' }] })
})

test('of an answer only what the body knows comes back; a cell that was emptied is null in a line that is there already', () => {
  const row = { lines: [{ id: '7', line_no: 1, product_name: 'a', quantity: '2', unit_price: '5', tax_kind: 'TAXABLE', account_id: 'x', is_fixed_asset: false, supply_amount: '10', base_debit: '0' }] }
  const before = formOf([withId], row)
  const form = formOf([withId], row)
  expect(changedBody([withId], form, before)).toEqual({})
  // the line below the others is no change
  expect(changedBody([withId], { lines: withBlank(withId, form.lines as Form[]) }, before)).toEqual({})
  ;(form.lines as Form[])[0]!.quantity = '3'
  ;(form.lines as Form[])[0]!.tax_kind = ''
  expect(changedBody([withId], form, before)).toEqual({
    lines: [{ id: '7', product_name: 'a', quantity: '3', unit_price: '5', tax_kind: null, account_id: 'x', is_fixed_asset: false }],
  })
  expect(changedBody([lines], formOf([lines], row), formOf([lines], row))).toEqual({})
  expect(copied({ ...(form.lines as Form[])[0] })).toMatchObject({ id: '', product_name: 'a' })
})

test('an error finds its cell past the blank lines, whichever way its path is written', () => {
  const shown = [newLine(lines), line({ product_name: 'a' }), newLine(lines), line({ product_name: 'b' })]
  expect(placed(lines, shown, { 'lines.1.quantity': 'wrong', 'lines[0].unit_price': 'missing', partner_id: 'x', lines: 'few' })).toEqual({ '3.quantity': 'wrong', '1.unit_price': 'missing' })
})

test('lines are moved, and not beyond the ends', () => {
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
})

test('the particle fits the last sound', () => {
  expect(['INV-2026-000007', 'INV-2026-000002', '전표', '통장', 'PAY!', '(주)한빛 (C01)'].map(withObject)).toEqual(['INV-2026-000007을', 'INV-2026-000002를', '전표를', '통장을', 'PAY!을(를)', '(주)한빛 (C01)을'])
})
