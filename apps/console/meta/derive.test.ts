import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { derive } from './derive'
import type { Field } from './types'
import { answerOf, parametersOf, type Document } from './document'

const document = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8')) as Document
const { index, resources, reportIndex, reports, rights } = derive(document)
const organizations = resources['tenants.adm.organizations']
const fieldOf = (fields: Field[] | undefined, name: string): Field | undefined => fields?.find((field) => field.name === name)

describe('what is known of a resource', () => {
  test('every list of the document is a resource, and nothing else is', () => {
    const lists = Object.entries(document.paths).filter(([path, operations]) => {
      const schema = JSON.stringify(answerOf(document, operations.get) ?? {})
      return /\/(Envelope_)?Page_/.test(schema) && !path.includes('{')
    })
    expect(Object.values(index).map((entry) => entry.path).sort()).toEqual(lists.map(([path]) => path).sort())
    expect(Object.keys(resources).sort()).toEqual(Object.keys(index).sort())
  })

  test('its rights are those of the operations; a verb that is absent has none', () => {
    expect(index['tenants.adm.organizations']?.rights).toEqual({
      read: 'adm.organizations.read',
      create: 'adm.organizations.create',
      update: 'adm.organizations.update',
      delete: 'adm.organizations.delete',
      import: 'adm.organizations.import',
    })
    expect(index['manager.audt.audit-logs']?.rights).toEqual({ read: 'audt.audit-logs.read' })
  })

  test('a field knows its kind, its limits, and whether it must be given', () => {
    expect(fieldOf(organizations?.create, 'name')).toMatchObject({ kind: 'text', required: true, maxLength: 200 })
    expect(fieldOf(organizations?.create, 'phone')).toMatchObject({ kind: 'text', nullable: true })
    expect(fieldOf(organizations?.create, 'description')).toMatchObject({ kind: 'long', maxLength: 4000 })
    expect(fieldOf(organizations?.show, 'status')).toMatchObject({ kind: 'choice', choices: ['ACTIVE', 'INACTIVE', 'CLOSED'] })
    expect(fieldOf(organizations?.show, 'created_by')).toMatchObject({ kind: 'reference', refersTo: '/api/v1/tenants/adm/users' })
    expect(fieldOf(resources['tenants.crm.contacts']?.filters, 'partner_id')).toMatchObject({ kind: 'reference', refersTo: '/api/v1/tenants/crm/partners' })
    expect(fieldOf(organizations?.show, 'created_at')).toMatchObject({ kind: 'instant' })
    expect(fieldOf(resources['tenants.adm.exchange-rates']?.create, 'rate')).toMatchObject({ kind: 'decimal', format: 'decimal8' })
    expect(fieldOf(resources['tenants.adm.roles']?.update, 'permissions')).toMatchObject({ kind: 'words' })
    expect(fieldOf(resources['manager.idam.users']?.create, 'roles')).toMatchObject({ kind: 'words' })
    expect(fieldOf(resources['manager.tnnt.tenants']?.create, 'admin')).toMatchObject({ kind: 'group', nullable: true })
  })

  test('a list knows what it filters, sorts and ranges over', () => {
    expect(organizations?.filters.map((field) => field.name)).toEqual(['biz_no', 'code', 'is_headquarters', 'status'])
    expect(organizations?.ranges).toEqual([{ field: 'created_at', kind: 'instant', from: 'created_at_from', to: 'created_at_to' }])
    const invoices = resources['tenants.fim.invoices']
    expect(invoices?.ranges).toContainEqual({ field: 'invoice_date', kind: 'day', from: 'invoice_date_from', to: 'invoice_date_to' })
    expect(invoices?.ranges).toContainEqual({ field: 'total_amount', kind: 'decimal', from: 'total_amount_min', to: 'total_amount_max' })
    expect(organizations?.sorts).toEqual(['created_at', 'name', 'code', 'no', 'status'])
    expect(index['tenants.adm.organizations']).toMatchObject({ hasSearch: true, hasExport: true, hasDetail: true })
  })

  test('every list that is sorted says by what, and every reference leads to a list', () => {
    const paths = Object.values(index).map((entry) => entry.path)
    for (const resource of Object.values(resources)) {
      const sort = parametersOf(document, document.paths[resource.path]?.get).some((parameter) => parameter.name === 'sort')
      expect([resource.path, resource.sorts.length > 0]).toEqual([resource.path, sort])
      for (const { refersTo } of [...resource.show, ...resource.create, ...resource.update, ...resource.filters]) {
        if (refersTo) expect(paths).toContain(refersTo)
      }
    }
  })

  test('a row has a noun and a field that names it', () => {
    expect(index['tenants.fim.transactions']).toMatchObject({ noun: { singular: 'journal entry', plural: 'journal entries' }, title: 'je_code' })
    expect(index['tenants.adm.users']).toMatchObject({ noun: { singular: 'user', plural: 'users' }, title: 'full_name' })
    expect(index['tenants.adm.exchange-rates']?.title).toBe('from_currency')
    expect(index['tenants.adm.sessions']?.title).toBeUndefined()
  })

  test('actions are what is posted to a row', () => {
    const actions = resources['manager.tnnt.tenants']?.actions ?? []
    expect(actions.map((action) => action.verb).sort()).toEqual(['activate', 'suspend', 'terminate'])
    expect(actions.find((action) => action.verb === 'suspend')?.body.map((field) => field.name)).toEqual(['reason'])
  })
})

test('rights are grouped, and those everybody has are left out', () => {
  expect(rights.tenants.adm?.organizations).toEqual(expect.arrayContaining(['read', 'create', 'update', 'delete']))
  expect(rights.tenants.auth).toBeUndefined()
  expect(Object.keys(rights.manager)).toContain('idam')
})

describe('what is known of documents', () => {
  const invoices = resources['tenants.fim.invoices']

  test('an action says from which states it starts and where it leads', () => {
    const verbs = new Map(invoices?.actions.map((action) => [action.verb, action]))
    expect(verbs.get('issue')).toMatchObject({ from: ['DRAFT'], to: 'ISSUED' })
    expect(verbs.get('send')).toMatchObject({ from: ['ISSUED', 'SENT'] })
    expect(verbs.get('send')?.to).toBeUndefined()
  })

  test('the row by itself has lines, whose fields are those of the answer; those of a body are fewer', () => {
    const shown = fieldOf(resources['tenants.fim.transactions']?.show, 'lines')
    expect(shown).toMatchObject({ kind: 'rows', isDetail: true })
    const names = (field: Field | undefined): string[] => (field?.fields ?? []).map((one) => one.name)
    expect(names(shown)).toEqual(expect.arrayContaining(['id', 'line_no', 'base_debit']))
    expect(names(fieldOf(resources['tenants.fim.transactions']?.update, 'lines'))).not.toContain('line_no')
  })

  test('what the server reckons is marked, in the bodies of changes too', () => {
    for (const body of [invoices?.create, invoices?.update]) {
      expect(fieldOf(body, 'total_amount')).toMatchObject({ isComputed: true })
      const lines = fieldOf(body, 'lines')
      expect(fieldOf(lines?.fields, 'tax_amount')).toMatchObject({ isComputed: true })
      expect(fieldOf(lines?.fields, 'unit_price')).not.toHaveProperty('isComputed')
    }
  })

  test('a row is typed by its code, sorted by it, and knows who refers to it', () => {
    expect(index['tenants.fim.accounts']).toMatchObject({ code: 'account_code', order: 'account_code' })
    expect(resources['tenants.crm.customers']?.referrers).toEqual(expect.arrayContaining([{ key: 'tenants.fim.invoices', by: 'partner_id' }]))
    // a customer is a partner, and invoices refer to partners
    expect(resources['tenants.crm.partners']?.referrers).toEqual(resources['tenants.crm.customers']?.referrers)
    expect(invoices?.dryRun.create).toBe(true)
  })
})
describe('what is known of a report', () => {
  test('every report of the document has a page, and every verification', () => {
    const paths = Object.keys(document.paths).filter((path) => /^\/api\/v1\/[a-z]+\/.*(\/reports\/|\/verify$)/.test(path))
    expect(Object.values(reportIndex).map((entry) => entry.path)).toEqual(expect.arrayContaining(paths))
    expect(Object.keys(reports).sort()).toEqual(Object.keys(reportIndex).sort())
    expect(paths.length).toBeGreaterThanOrEqual(16)
  })

  test('it knows its parameters, its files, its pages and its answer', () => {
    const ledger = reports['tenants.fim.general-ledger']
    expect(ledger).toMatchObject({ path: '/api/v1/tenants/fim/reports/general-ledger', formats: ['csv', 'xlsx'], isPaged: true })
    expect(fieldOf(ledger?.parameters, 'account_id')).toMatchObject({ kind: 'reference', required: true, refersTo: '/api/v1/tenants/fim/accounts' })
    expect(ledger?.parameters.map((field) => field.name)).not.toContain('page')
    expect(fieldOf(ledger?.answer, 'rows')).toMatchObject({ kind: 'rows' })
    expect(fieldOf(reports['tenants.fim.profit-and-loss']?.answer, 'sales')?.fields?.map((field) => field.name)).toEqual(['rows', 'total'])
    expect(reportIndex['tenants.fim.vat-return-late']).toMatchObject({ right: 'fim.reports.read', path: '/api/v1/tenants/fim/reports/vat-return/late' })
  })
})

test('a list knows whether many of its rows are changed at once, and whether files bring them', () => {
  expect([resources['tenants.crm.customers']?.bulk, index['tenants.crm.customers']?.rights.import]).toEqual(['crm.customers.create', 'crm.customers.import'])
  expect([resources['tenants.fim.invoices']?.bulk, index['tenants.fim.invoices']?.rights.import]).toEqual([undefined, undefined])
  // the file of a bank is one statement
  expect(index['tenants.fim.bank-statements']?.rights.import).toBeUndefined()
})
