/** What the console knows of a resource: read from the OpenAPI document when the console is built (`meta/derive.ts`). */

import type { Noun } from './document.ts'

export type RealmCode = 'manager' | 'tenants'

export type FieldKind =
  | 'text'
  | 'long'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'day'
  | 'instant'
  | 'choice'
  | 'reference'
  | 'words'
  | 'json'
  | 'password'
  | 'group'
  | 'rows'

/** One field of a body or a row. */
export interface Field {
  name: string
  kind: FieldKind
  /** Of a choice. */
  choices?: string[]
  maxLength?: number
  minimum?: number
  maximum?: number
  pattern?: string
  /** `biz-no`, `time-zone`, `decimal4` … */
  format?: string
  required?: boolean
  /** `null` clears it. */
  nullable?: boolean
  /** Of a reference: the path of the list that it is a row of. Without, it is an id that no list has. */
  refersTo?: string
  /** English, from the document. */
  help?: string
  /** The server works it out: shown, never asked for. */
  isComputed?: boolean
  /** Only a row by itself has it, not one of a list. */
  isDetail?: boolean
  /** Of a group or of rows. */
  fields?: Field[]
}

/** A `POST /{id}/{verb}`. */
export interface Action {
  verb: string
  right: string
  body: Field[]
  summary: string
  /** States it starts from; none: from any. */
  from: string[]
  /** The state it leads to; none: it stays as it is. */
  to?: string
}

/** What a page of one resource needs. */
export interface Resource {
  key: string
  path: string
  show: Field[]
  create: Field[]
  update: Field[]
  /** Parameters that ask for one value of a field. */
  filters: Field[]
  /** Fields with `…_from`/`…_to` or `…_min`/`…_max`. */
  ranges: Range[]
  sorts: string[]
  actions: Action[]
  /** Where `?dry_run=true` says what would be saved. */
  dryRun: { create: boolean; update: boolean }
  /** Lists that ask for rows which refer to one of these: their keys and the parameter. */
  referrers: { key: string; by: string }[]
  /** Right of `POST …/bulk`, where many rows are changed at once. */
  bulk?: string
}

export interface Range {
  field: string
  kind: 'instant' | 'day' | 'decimal'
  from: string
  to: string
}

/** What the menu, the search box and references need of every resource: lies in the first load, so it is short. */
export interface Entry {
  realm: RealmCode
  domain: string
  name: string
  path: string
  /** Rights by verb; a verb that is absent does not exist. */
  rights: Partial<Record<'read' | 'create' | 'update' | 'delete' | 'import', string>>
  hasSearch: boolean
  hasExport: boolean
  /** One row and many, in English: `journal entry`, `journal entries`. */
  noun?: Noun
  /** The field by which people know a row. */
  title?: string
  /** The field that people type instead of the name. */
  code?: string
  /** By what a picker sorts. */
  order?: string
  /** `DELETE` and `GET /{id}` want the row's id: some lists have rows without a page. */
  hasDetail: boolean
}

export type Index = Record<string, Entry>

/** A report in the menu: lies in the first load. */
export interface ReportEntry {
  realm: RealmCode
  domain: string
  path: string
  right: string
}

/** What the page of a report needs. */
export interface Report {
  key: string
  path: string
  parameters: Field[]
  /** Files it can be taken along as: `csv`, `xlsx`. */
  formats: string[]
  /** Whether it comes in pages. */
  isPaged: boolean
  answer: Field[]
}

/** What fields are called, in Korean and in English: by name, and by `<resource key>.<field>` where a resource calls one otherwise. */
export type Titles = Record<string, [ko: string, en: string]>

/** The rights of one realm: domain → resource → actions. */
export type Catalogue = Record<string, Record<string, string[]>>
