/** The parts of the OpenAPI document that are read here. */

export interface Schema {
  $ref?: string
  allOf?: Schema[]
  type?: string | string[]
  format?: string
  enum?: string[]
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  description?: string
  pattern?: string
  maxLength?: number
  minimum?: number
  maximum?: number
  /** The list that the id is of a row of. */
  'x-refers-to'?: string
}

interface Reference {
  $ref: string
}

export interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema: Schema
  /** Of which field's range it is which end. */
  'x-range'?: { of: string; end: 'from' | 'to' | 'min' | 'max' }
}

interface Content {
  content?: { 'application/json'?: { schema: Schema } }
}

/** What a row is called. */
export interface Noun {
  singular: string
  plural: string
}

export interface Operation {
  summary?: string
  parameters?: (Parameter | Reference)[]
  requestBody?: Content
  responses: Record<string, Content | Reference>
  'x-permission'?: string
  'x-sort'?: string[]
  'x-noun'?: Noun
  'x-title-field'?: string
  'x-transition'?: { from: string[]; to: string | null }
}

export type Method = 'get' | 'post' | 'patch' | 'delete'

export interface Document {
  /** The kinds of all events: `adm.user.created`. */
  'x-events'?: string[]
  /** What fields are called, in Korean and in English: by name, and by `<Schema>.<field>` where a schema calls one otherwise. */
  'x-titles': Record<string, [ko: string, en: string]>
  paths: Record<string, Partial<Record<Method, Operation>>>
  components: { schemas: Record<string, Schema>; parameters?: Record<string, Parameter>; responses?: Record<string, Content> }
}

/** The component that a reference names; what is none is itself. */
function component<T extends object>(known: Record<string, T> | undefined, part: T | Reference): T {
  if (!('$ref' in part)) return part
  const reference = part.$ref as string
  const found = known?.[reference.slice(reference.lastIndexOf('/') + 1)]
  if (!found) throw new Error(`${reference} is not in the document`)
  return found
}

export const parametersOf = (document: Document, operation: Operation | undefined): Parameter[] =>
  (operation?.parameters ?? []).map((parameter) => component<Parameter>(document.components.parameters, parameter))

export const bodyOf = (operation: Operation | undefined): Schema | undefined =>
  operation?.requestBody?.content?.['application/json']?.schema

export function answerOf(document: Document, operation: Operation | undefined): Schema | undefined {
  const answer = operation?.responses['200'] ?? operation?.responses['201']
  return answer && component<Content>(document.components.responses, answer).content?.['application/json']?.schema
}
