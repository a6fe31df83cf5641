/** Between what the API has and what inputs hold: inputs hold texts, true and false, lists of words, groups and lines of the same. */
import type { Field } from '@meta/types'
import type { Json, Row } from '@/api/http'
import { fromLocal, toLocal } from '@/i18n/plain'

export type Held = string | boolean | null | string[] | Form | Form[]
export interface Form {
  [name: string]: Held
}

/** Text that should be JSON and is none. */
export class NotJson extends Error {
  constructor(readonly field: string) {
    super(field)
  }
}

export function emptyForm(fields: Field[]): Form {
  return Object.fromEntries(fields.map((field) => [field.name, empty(field)]))
}

function empty(field: Field): Held {
  if (field.kind === 'words' || field.kind === 'rows') return []
  if (field.kind === 'boolean') return field.required ? false : null
  if (field.kind === 'group') return null
  return ''
}

export function formOf(fields: Field[], row: Row): Form {
  return Object.fromEntries(fields.map((field) => [field.name, held(field, row[field.name])]))
}

function held(field: Field, value: Json | undefined): Held {
  if (value === null || value === undefined) return empty(field)
  switch (field.kind) {
    case 'boolean':
      return value === true
    case 'words':
      return Array.isArray(value) ? value.map(String) : []
    case 'instant':
      return toLocal(String(value))
    case 'json':
      return JSON.stringify(value, null, 2)
    case 'group':
      return formOf(field.fields ?? [], value as Row)
    case 'rows':
      // only what the schema of the body knows: what else the answer has would be refused when it is sent back
      return Array.isArray(value) ? (value as Row[]).map((row) => formOf(field.fields ?? [], row)) : []
    default:
      return String(value)
  }
}

function sent(field: Field, value: Held | undefined): Json {
  if (value === undefined || value === null || value === '') return null
  switch (field.kind) {
    case 'integer':
      // what is no number is sent as it is, so that the API says what is wrong with it
      return /^-?\d{1,15}$/.test(String(value).trim()) ? Number(value) : (value as string)
    case 'instant':
      return fromLocal(String(value))
    case 'json':
      try {
        return JSON.parse(String(value)) as Json
      } catch {
        throw new NotJson(field.name)
      }
    case 'group':
      return createBody(field.fields ?? [], value as Form)
    case 'rows':
      return (value as Form[]).filter((line) => !isBlank(field, line)).map((line) => lineBody(field.fields ?? [], line))
    case 'decimal':
      return String(value).replaceAll(/[,\s]/g, '')
    default:
      return value as Json
  }
}

/** Nothing was typed into a line: what has a value from the beginning (a box, a choice) does not count. */
export function isBlank(field: Field, line: Form): boolean {
  return (field.fields ?? []).every((one) => {
    const value = line[one.name]
    return one.isComputed || one.kind === 'boolean' || one.kind === 'choice' || value === '' || value === null || value === undefined || (Array.isArray(value) && value.length === 0)
  })
}

/** A line that is there already is changed: what was emptied is `null`. A new one has only what was filled in. */
function lineBody(fields: Field[], line: Form): Row {
  const body = createBody(fields, line)
  if (!line.id) return body
  for (const field of fields) if (!(field.name in body) && field.nullable && !field.isComputed && field.kind !== 'rows') body[field.name] = null
  return body
}

/** What is left empty is left out: the API has its defaults. */
export function createBody(fields: Field[], form: Form): Row {
  const body: Row = {}
  for (const field of fields) {
    if (field.isComputed) continue
    const value = sent(field, form[field.name])
    if (value === null || (Array.isArray(value) && value.length === 0)) continue
    body[field.name] = value
  }
  return body
}

/** Only what was changed since the row was read; emptied means `null`, which clears. */
export function changedBody(fields: Field[], form: Form, before: Form): Row {
  const body: Row = {}
  for (const field of fields) {
    if (field.isComputed || same(form[field.name], before[field.name])) continue
    if (field.kind === 'rows' && same(sent(field, form[field.name]), sent(field, before[field.name]))) continue
    const value = sent(field, form[field.name])
    // a field that cannot be cleared: the API says so beside it
    body[field.name] = value === null && !field.nullable && field.kind === 'text' ? '' : value
  }
  return body
}

export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
