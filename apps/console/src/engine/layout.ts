/** Where the fields of a document stand: in groups, in the grid, or folded away. */
import type { Field, Resource } from '@meta/types'
import { DOCUMENTS } from '@/hints/documents'
import { RESOURCES } from '@/hints/resources'
import { inOrder, isKorean } from './resources'

export interface Group {
  title: string
  fields: Field[]
}

export interface Layout {
  groups: Group[]
  lines: Field[]
  /** Rarely needed: folded. */
  rare: Field[]
}

export function layoutOf(key: string, all: Field[], isForm: boolean): Layout {
  const fields = inOrder(key, all.filter((field) => !field.isComputed))
  const lines = fields.filter((field) => field.kind === 'rows')
  const flat = fields.filter((field) => field.kind !== 'rows')
  const hinted = DOCUMENTS[key]?.groups?.filter((group) => !isForm || !group.isRead)
  if (hinted) {
    const groups = hinted.map((group) => ({ title: isKorean() ? group.ko : group.en, fields: group.fields.flatMap((name) => flat.find((field) => field.name === name) ?? []) }))
    const placed = new Set(groups.flatMap((group) => group.fields))
    // what must be given is never folded away, whatever the hints forgot
    const missed = flat.filter((field) => field.required && !placed.has(field))
    groups[0]?.fields.push(...missed)
    const shown = groups.filter((group) => group.fields.length > 0)
    return { groups: shown, lines, rare: flat.filter((field) => !placed.has(field) && !field.required) }
  }
  if (lines.length === 0) return { groups: [{ title: '', fields: flat }], lines, rare: [] }
  const isUsual = (field: Field): boolean =>
    field.required === true || RESOURCES[key]?.first?.includes(field.name) === true || /^(partner_id|currency|currency_code|due_date|direction|description|remark)$/.test(field.name)
  return { groups: [{ title: '', fields: flat.filter(isUsual) }], lines, rare: flat.filter((field) => !isUsual(field)) }
}

/** Whether a resource is a document: its page has a header and lines, or a hint says how it is laid out. */
export const isDocument = (resource: Resource): boolean => resource.key in DOCUMENTS || [...resource.create, ...resource.show].some((field) => field.kind === 'rows')
