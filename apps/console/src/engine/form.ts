/** Between what the API has and what inputs hold: inputs hold texts, true and false, lists of words, and groups of the same. */
import type { Field } from '@meta/types'
import type { Json, Row } from '@/api/http'
import { fromLocal, toLocal } from '@/i18n/plain'

export type Held = string | boolean | null | string[] | { [name: string]: Held }
export type Form = Record<string, Held>

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
  if (field.kind === 'words') return []
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
    case 'rows':
      return JSON.stringify(value, null, 2)
    case 'group':
      return formOf(field.fields ?? [], value as Row)
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
    case 'rows':
      try {
        return JSON.parse(String(value)) as Json
      } catch {
        throw new NotJson(field.name)
      }
    case 'group':
      return createBody(field.fields ?? [], value as Form)
    default:
      return value as Json
  }
}

/** What is left empty is left out: the API has its defaults. */
export function createBody(fields: Field[], form: Form): Row {
  const body: Row = {}
  for (const field of fields) {
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
    if (same(form[field.name], before[field.name])) continue
    const value = sent(field, form[field.name])
    // a field that cannot be cleared: the API says so beside it
    body[field.name] = value === null && !field.nullable && field.kind === 'text' ? '' : value
  }
  return body
}

export const same = (one: Held | undefined, other: Held | undefined): boolean => JSON.stringify(one) === JSON.stringify(other)
