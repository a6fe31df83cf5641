/** The conditions of a list, as chips show them: one a filter, one a range with either end. */
import type { Field, Range, Resource } from '@meta/types'
import { RESOURCES } from '@/hints/resources'

export interface Condition {
  /** The filter's parameter, or the field of a range. */
  name: string
  filter?: Field
  range?: Range
}

/** Words of the address that are no condition. */
export const NO_CONDITION = new Set(['page', 'page_size', 'sort', 'search', 'view'])

/** All there are: those of the columns first, as people look for what they see. A day that can be a range needs no equality beside it. */
export function conditionsOf(resource: Resource): Condition[] {
  const ranged = new Set(resource.ranges.filter((range) => range.kind !== 'decimal').map((range) => range.field))
  const all: Condition[] = [
    ...resource.filters.filter((field) => !ranged.has(field.name)).map((filter): Condition => ({ name: filter.name, filter })),
    ...resource.ranges.map((range): Condition => ({ name: range.field, range })),
  ]
  const columns = RESOURCES[resource.key]?.columns ?? []
  const place = (one: Condition): number => (columns.includes(one.name) ? columns.indexOf(one.name) : columns.length)
  return all.sort((one, other) => place(one) - place(other))
}

export const keysOf = (one: Condition): string[] => (one.range ? [one.range.from, one.range.to] : [one.name])

export const isSet = (one: Condition, state: Record<string, string>): boolean => keysOf(one).some((key) => state[key])

/** Filters that the address has and no condition knows: they are shown as they are, so that nobody is misled by a shorter list. */
export function strangers(conditions: Condition[], state: Record<string, string>): string[] {
  const known = new Set(conditions.flatMap(keysOf))
  return Object.keys(state).filter((name) => !NO_CONDITION.has(name) && !known.has(name))
}
