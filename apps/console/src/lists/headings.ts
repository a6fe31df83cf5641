/** Which field a column of a file is meant to be: by the names the console gives fields, in either language. */
import type { Field } from '@meta/types'
import { titlesOf } from '@/engine/titles'
import { folded, humanized } from '@/i18n/plain'

/** What becomes of a column: a field, as the file calls it (the API knows more words than the console), or nothing. */
export type Plan = Record<string, string | null>

const namesOf = (key: string, field: string): string[] => [...(titlesOf(key, field) ?? []), humanized(field)]

/** A field has one column: of two that claim it, the first has it. What has nothing in it is left out. */
export function guessed(key: string, fields: Field[], headings: string[]): Plan {
  const taken = new Set(headings.filter((heading) => fields.some((field) => field.name === heading)))
  const plan: Plan = {}
  for (const heading of headings) {
    const wanted = folded(heading.replace(/\*$/, ''))
    const found = fields.find((field) => !taken.has(field.name) && namesOf(key, field.name).some((name) => folded(name) === wanted))
    plan[heading] = taken.has(heading) || !found ? heading : found.name
    if (found) taken.add(found.name)
  }
  return plan
}
