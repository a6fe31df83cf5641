import type { Field } from '@meta/types'
import { expect, test } from 'vitest'
import { sumOf } from '@/crm/sum'
import { decimal } from '@/i18n/plain'
import { changedBody, createBody, emptyForm, formOf, NotJson } from './form'

const fields: Field[] = [
  { name: 'name', kind: 'text', required: true },
  { name: 'phone', kind: 'text', nullable: true },
  { name: 'count', kind: 'integer', nullable: true },
  { name: 'amount', kind: 'decimal', nullable: true },
  { name: 'is_base', kind: 'boolean', nullable: true },
  { name: 'tags', kind: 'words', nullable: true },
  { name: 'rules', kind: 'json', nullable: true },
]
const row = { name: '본사', phone: '02-1', count: 3, amount: '110000.5', is_base: true, tags: ['a'], rules: { x: 1 } }

test('what is left empty is not sent when a row is created', () => {
  expect(createBody(fields, { ...emptyForm(fields), name: '본사' })).toEqual({ name: '본사' })
})

test('a number is sent as a number, an amount as the text that was typed', () => {
  const form = { ...emptyForm(fields), name: '본사', count: '12', amount: '0.10', is_base: false }
  expect(createBody(fields, form)).toEqual({ name: '본사', count: 12, amount: '0.10', is_base: false })
})

test('what is no number is sent as it is: the API says what is wrong', () => {
  expect(createBody(fields, { ...emptyForm(fields), count: 'many' })).toEqual({ count: 'many' })
})

test('only what was changed is sent, and emptied means null', () => {
  const before = formOf(fields, row)
  expect(changedBody(fields, { ...before }, before)).toEqual({})
  expect(changedBody(fields, { ...before, phone: '', tags: ['a', 'b'] }, before)).toEqual({ phone: null, tags: ['a', 'b'] })
  // a name cannot be cleared: the API says so beside the field
  expect(changedBody(fields, { ...before, name: '' }, before)).toEqual({ name: '' })
})

test('text that should be JSON and is none stays here', () => {
  expect(() => createBody(fields, { ...emptyForm(fields), rules: '{' })).toThrow(NotJson)
})

test('amounts are shown and added without a float', () => {
  expect(decimal('12345678901234567890.5')).toBe('12,345,678,901,234,567,890.5')
  expect(sumOf([{ amount: '0.1', currency: 'USD' }, { amount: '0.2', currency: 'USD' }, { amount: '9007199254740993', currency: 'KRW' }])).toEqual([
    ['USD', '0.3'],
    ['KRW', '9007199254740993'],
  ])
})
