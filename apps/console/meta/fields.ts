/** From the schemas of the document to the fields of a form. */
import type { Document, Parameter, Schema } from './document.ts'
import type { Field, FieldKind } from './types.ts'

const I32 = 2147483647

export interface Resolved {
  schema: Schema
  nullable: boolean
}

/** Follows `$ref`, puts the parts of `allOf` together and takes the `null` out of `anyOf` and of `type`. */
export function resolve(document: Document, schema: Schema): Resolved {
  if (schema.$ref) {
    const target = document.components.schemas[schema.$ref.slice('#/components/schemas/'.length)]
    if (!target) throw new Error(`${schema.$ref} is not in the document`)
    const found = resolve(document, target)
    const description = schema.description ?? found.schema.description
    return { ...found, schema: description ? { ...found.schema, description } : found.schema }
  }
  if (schema.allOf) {
    const parts = schema.allOf.map((part) => resolve(document, part).schema)
    const required = parts.flatMap((part) => part.required ?? [])
    const properties: Record<string, Schema> = Object.assign({}, ...parts.map((part) => part.properties ?? {}))
    return { schema: { type: 'object', properties, required }, nullable: false }
  }
  if (schema.anyOf) {
    const parts = schema.anyOf.filter((part) => part.type !== 'null')
    const first = parts[0]
    if (parts.length !== 1 || !first) return { schema: {}, nullable: parts.length < schema.anyOf.length }
    return { schema: resolve(document, first).schema, nullable: parts.length < schema.anyOf.length }
  }
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type) => type !== 'null')
    return { schema: { ...schema, type: types.length === 1 ? types[0] : types }, nullable: types.length < schema.type.length }
  }
  return { schema, nullable: false }
}

/** `items` is the schema of an array's items, references followed. */
function kindOf(schema: Schema, items: Schema | undefined): FieldKind {
  if (schema.enum) return 'choice'
  if (Array.isArray(schema.type)) return schema.format?.startsWith('decimal') ? 'decimal' : 'json'
  switch (schema.type) {
    case 'boolean':
      return 'boolean'
    case 'integer':
      return 'integer'
    case 'array':
      if (items?.type === 'string') return 'words'
      return items?.properties ? 'rows' : 'json'
    case 'object':
      return schema.properties ? 'group' : 'json'
    case 'string':
      break
    default:
      return 'json'
  }
  if (schema.format?.startsWith('decimal')) return 'decimal'
  if (schema.format === 'password') return 'password'
  if (schema.format === 'date') return 'day'
  if (schema.format === 'date-time') return 'instant'
  if (schema.format === 'uuid') return 'reference'
  return (schema.maxLength ?? 0) > 500 ? 'long' : 'text'
}

export function field(document: Document, name: string, raw: Schema, required: boolean): Field {
  const { schema, nullable } = resolve(document, raw)
  const kind = kindOf(schema, schema.items && resolve(document, schema.items).schema)
  const result: Field = { name, kind }
  if (kind === 'choice') result.choices = schema.enum?.filter((choice) => choice !== null)
  if (schema.maxLength !== undefined) result.maxLength = schema.maxLength
  if (kind === 'integer') {
    if (schema.minimum !== undefined && schema.minimum > -I32) result.minimum = schema.minimum
    if (schema.maximum !== undefined && schema.maximum < I32) result.maximum = schema.maximum
  }
  if (schema.format && (kind === 'decimal' || (kind === 'text' && schema.format !== 'uuid'))) result.format = schema.format
  if (kind === 'reference' && schema['x-refers-to']) result.refersTo = schema['x-refers-to']
  if (required) result.required = true
  if (nullable) result.nullable = true
  const help = raw.description ?? schema.description
  if (help && kind !== 'group' && kind !== 'rows') result.help = help.replaceAll(/\s+/g, ' ')
  if (help?.startsWith('Computed')) result.isComputed = true
  if (kind === 'group') result.fields = fields(document, schema)
  if (kind === 'rows' && schema.items) result.fields = fields(document, schema.items)
  return result
}

/** All fields of an object, those that must be given first. */
export function fields(document: Document, raw: Schema | undefined): Field[] {
  if (!raw) return []
  const { schema } = resolve(document, raw)
  const must = new Set(schema.required)
  return Object.entries(schema.properties ?? {}).map(([name, inner]) => field(document, name, inner, must.has(name)))
}

export function parameterField(document: Document, parameter: Parameter): Field {
  const made = field(document, parameter.name, parameter.schema, parameter.required === true)
  if (parameter.description) made.help = parameter.description
  return made
}
