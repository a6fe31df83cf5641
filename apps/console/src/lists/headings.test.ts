import { expect, test } from 'vitest'
import type { Field } from '@meta/types'
import { guessed } from './headings'

const fields: Field[] = ['name', 'code', 'phone', 'created_at', 'currency', 'currency_code'].map((name) => ({ name, kind: 'text' }))

test('columns are known by the names of the console, in either language, and by those of the API', () => {
  expect(guessed('tenants.crm.customers', fields, ['고객명', 'Phone', 'code', '등록 일시', '상호'])).toEqual({ 고객명: 'name', Phone: 'phone', code: 'code', '등록 일시': 'created_at', 상호: '상호' })
})

test('a field has one column', () => {
  expect(guessed('tenants.crm.customers', fields, ['이름', 'name'])).toEqual({ 이름: '이름', name: 'name' })
  expect(guessed('tenants.crm.customers', fields, ['통화', '전화번호', 'phone '])).toEqual({ 통화: 'currency', 전화번호: 'phone', 'phone ': 'phone ' })
})
