/**
 * Reads the OpenAPI document and says what the console needs to know of each resource.
 *
 * A resource is a path whose GET answers a page of rows. All else follows from the paths beside it, so that a resource that is new in the
 * document has its pages without a line here.
 */
import { answerOf, bodyOf, parametersOf, type Document, type Operation, type Parameter, type Schema } from './document.ts'
import { fields, parameterField, resolve } from './fields.ts'
import { reportOf } from './reports.ts'
import type { Action, Catalogue, Entry, Field, Index, Range, RealmCode, Report, ReportEntry, Resource, Titles } from './types.ts'

export interface Derived {
  index: Index
  resources: Record<string, Resource>
  reportIndex: Record<string, ReportEntry>
  reports: Record<string, Report>
  rights: Record<RealmCode, Catalogue>
  titles: Titles
}

const LIST_WORDS = new Set(['page', 'page_size', 'cursor', 'total', 'sort', 'search', 'format'])

export function derive(document: Document): Derived {
  const derived: Derived = { index: {}, resources: {}, reportIndex: {}, reports: {}, rights: { manager: {}, tenants: {} }, titles: {} }
  const titles = Object.entries(document['x-titles'])
  for (const [name, title] of titles) if (!name.includes('.')) derived.titles[name] = title
  /** Of which schema the rows of a list are, by its path. */
  const schemas = new Map<string, string | undefined>()
  for (const [path, operations] of Object.entries(document.paths)) {
    const realm = realmOf(path)
    if (!realm) continue
    for (const operation of Object.values(operations)) note(derived.rights[realm], operation['x-permission'])
    const found = reportOf(document, realm, path)
    if (found) {
      derived.reportIndex[found.report.key] = found.entry
      derived.reports[found.report.key] = found.report
    }
    const row = rowOf(document, answerOf(document, operations.get))
    const right = operations.get?.['x-permission']
    if (!row || !right || path.includes('{')) continue
    const [domain, name] = right.split('.') as [string, string]
    const key = `${realm}.${domain}.${path.slice(path.lastIndexOf('/') + 1)}`
    derived.index[key] = entry(document, { realm, domain, name, path }, row)
    derived.resources[key] = resource(document, key, path, row)
    schemas.set(path, row.$ref)
    const own = `${row.$ref?.slice(row.$ref.lastIndexOf('/') + 1)}.`
    for (const [name, title] of titles) if (name.startsWith(own)) derived.titles[`${key}.${name.slice(own.length)}`] = title
  }
  for (const resource of Object.values(derived.resources)) noteReferrers(derived, resource, schemas)
  return derived
}

/** Who refers to a row: the lists that can be asked for it. Two lists of one schema have the same rows: a customer is a partner. */
function noteReferrers(derived: Derived, resource: Resource, schemas: Map<string, string | undefined>): void {
  const isMeant = (path: string | undefined): boolean => path !== undefined && (path === resource.path || schemas.get(path) === (schemas.get(resource.path) ?? ''))
  for (const other of Object.values(derived.resources)) {
    for (const { name, refersTo } of other.filters) {
      if (isMeant(refersTo) && !name.endsWith('ed_by')) resource.referrers.push({ key: other.key, by: name })
    }
  }
}

function realmOf(path: string): RealmCode | undefined {
  const found = /^\/api\/v1\/(manager|tenants)\//.exec(path)
  return found?.[1] as RealmCode | undefined
}

function note(rights: Catalogue, right: string | undefined): void {
  const [domain, name, action] = right?.split('.') ?? []
  // `auth.*` is what everybody may with their own account: nobody grants it
  if (!domain || !name || !action || domain === 'auth') return
  const actions = ((rights[domain] ??= {})[name] ??= [])
  if (!actions.includes(action)) actions.push(action)
}

/** The schema of a row, where the answer is a page. */
function rowOf(document: Document, answer: Schema | undefined): Schema | undefined {
  if (!answer) return undefined
  const data = resolve(document, answer).schema.properties?.data
  if (!data?.$ref?.startsWith('#/components/schemas/Page_')) return undefined
  return resolve(document, data).schema.properties?.items?.items
}

function entry(document: Document, of: Pick<Entry, 'realm' | 'domain' | 'name' | 'path'>, row: Schema): Entry {
  const { path } = of
  const [list, one] = [document.paths[path], document.paths[`${path}/{id}`]]
  const rights: Entry['rights'] = {}
  // a bank's statement is one row of many lines: what imports it is not an import of rows, and has no batch to look at
  const brought = `${path}/import/{id}` in document.paths ? document.paths[`${path}/import`]?.post : undefined
  const verbs = { read: list?.get, create: list?.post, update: one?.patch, delete: one?.delete, import: brought }
  for (const verb of ['read', 'create', 'update', 'delete', 'import'] as const) {
    const right = verbs[verb]?.['x-permission']
    if (right) rights[verb] = right
  }
  const hasSearch = parametersOf(document, list?.get).some((parameter) => parameter.name === 'search')
  const made: Entry = { ...of, rights, hasSearch, hasExport: `${path}/export` in document.paths, hasDetail: one?.get !== undefined }
  const [noun, title] = [one?.get?.['x-noun'], one?.get?.['x-title-field']]
  if (noun) made.noun = noun
  if (title) made.title = title
  const has = resolve(document, row).schema.properties ?? {}
  const code = [title?.replace(/_name$/, '_code') ?? '', 'code', 'username'].find((name) => name !== title && name in has)
  if (code) made.code = code
  const order = [code, title].find((name) => name && list?.get?.['x-sort']?.includes(name))
  if (order) made.order = order
  return made
}

function resource(document: Document, key: string, path: string, row: Schema): Resource {
  const [list, one] = [document.paths[path], document.paths[`${path}/{id}`]]
  const asked = parametersOf(document, list?.get).filter((parameter) => parameter.in === 'query')
  const ranges = rangesOf(asked)
  const inRange = new Set(ranges.flatMap((range) => [range.from, range.to]))
  const filters = asked.filter((parameter) => !LIST_WORDS.has(parameter.name) && !inRange.has(parameter.name))
  const create = fields(document, bodyOf(list?.post))
  const update = fields(document, bodyOf(one?.patch))
  // what is worked out when a row is created is worked out when it is changed
  noteComputed(create, update)
  const bulk = document.paths[`${path}/bulk`]?.post?.['x-permission']
  return {
    key,
    path,
    show: shown(document, row, answerOf(document, one?.get)),
    create,
    update,
    filters: filters.map((parameter) => parameterField(document, parameter)),
    ranges,
    sorts: list?.get?.['x-sort'] ?? [],
    actions: actionsOf(document, path),
    dryRun: { create: hasDryRun(document, list?.post), update: hasDryRun(document, one?.patch) },
    referrers: [],
    ...(bulk ? { bulk } : {}),
  }
}

const hasDryRun = (document: Document, operation: Operation | undefined): boolean =>
  parametersOf(document, operation).some((parameter) => parameter.name === 'dry_run')

/** The fields of a row of the list, then those that only the row by itself has: its lines. */
function shown(document: Document, row: Schema, answer: Schema | undefined): Field[] {
  const listed = fields(document, row)
  const detail = fields(document, answer && resolve(document, answer).schema.properties?.data)
  const byName = new Map(detail.map((one) => [one.name, one]))
  const known = new Set(listed.map((one) => one.name))
  const more = detail.filter((one) => !known.has(one.name)).map((one) => ({ ...one, isDetail: true }))
  // the list leaves lines out, though its schema has them
  return [...listed.map((one) => (one.kind === 'rows' ? { ...(byName.get(one.name) ?? one), isDetail: true } : one)), ...more]
}

function noteComputed(create: Field[], update: Field[]): void {
  for (const field of update) {
    const twin = create.find((one) => one.name === field.name)
    if (twin?.isComputed) field.isComputed = true
    if (twin?.fields && field.fields) noteComputed(twin.fields, field.fields)
  }
}

/** The ranges of a list, in its order: each has two parameters that name the same field. */
function rangesOf(asked: Parameter[]): Range[] {
  const begins = asked.filter((parameter) => ['from', 'min'].includes(parameter['x-range']?.end ?? ''))
  return begins.flatMap((begin) => {
    const field = begin['x-range']?.of ?? ''
    const end = asked.find((other) => other !== begin && other['x-range']?.of === field)
    return end ? [{ field, kind: rangeKindOf(begin), from: begin.name, to: end.name }] : []
  })
}

function rangeKindOf({ schema, 'x-range': range }: Parameter): Range['kind'] {
  if (range?.end === 'min') return 'decimal'
  return schema.format === 'date' ? 'day' : 'instant'
}

function actionsOf(document: Document, path: string): Action[] {
  const actions: Action[] = []
  for (const [other, operations] of Object.entries(document.paths)) {
    const verb = other.startsWith(`${path}/{id}/`) ? other.slice(`${path}/{id}/`.length) : ''
    const right = operations.post?.['x-permission']
    if (!/^[a-z-]+$/.test(verb) || !right) continue
    const { from, to } = operations.post?.['x-transition'] ?? { from: [], to: null }
    actions.push({ verb, right, body: fields(document, bodyOf(operations.post)), summary: operations.post?.summary ?? '', from, ...(to ? { to } : {}) })
  }
  return actions
}
