/** What fields are called, in Korean and in English. Knows no component and no language. */
import { titles } from 'virtual:titles'
import { WORDS } from '@/hints/fields'

/** The document's title of a field; the hints' where the document has none, or where a resource calls it otherwise. */
export const titlesOf = (key: string, field: string): [ko: string, en: string] | undefined =>
  WORDS[`${key}.${field}`] ?? titles[`${key}.${field}`] ?? titles[field] ?? WORDS[field]
