/** The parts of the OpenAPI document that are read here. */

export interface Schema {
  $ref?: string
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
}

export interface Parameter {
  name: string
  in: string
  description?: string
  schema: Schema
}

interface Content {
  content?: { 'application/json'?: { schema: Schema } }
}

export interface Operation {
  summary?: string
  parameters?: Parameter[]
  requestBody?: Content
  responses: Record<string, Content>
  'x-permission'?: string
}

export type Method = 'get' | 'post' | 'patch' | 'delete'

export interface Document {
  paths: Record<string, Partial<Record<Method, Operation>>>
  components: { schemas: Record<string, Schema> }
}

export const bodyOf = (operation: Operation | undefined): Schema | undefined =>
  operation?.requestBody?.content?.['application/json']?.schema

export const answerOf = (operation: Operation | undefined): Schema | undefined =>
  (operation?.responses['200'] ?? operation?.responses['201'])?.content?.['application/json']?.schema
