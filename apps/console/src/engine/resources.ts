/** What is known of resources while the console runs: metadata of the document, joined with the hints. */
import type { Field, RealmCode, Resource } from '@meta/types'
import { domains, index } from 'virtual:index'
import { CHOICES, VERBS } from '@/hints/choices'
import { FIELDS, FIELDS_EN } from '@/hints/fields'
import { DOMAINS, RESOURCES } from '@/hints/resources'
import { humanized } from '@/i18n/plain'
import { language } from '@/i18n/language'
import { rightName } from './rights'

export { index }

export const PATHS: Record<RealmCode, string> = { manager: 'manager', tenants: 'company' }

export async function resourceOf(key: string): Promise<Resource | undefined> {
  const entry = index[key]
  if (!entry) return undefined
  return (await domains[`${entry.realm}.${entry.domain}`]?.())?.default[key]
}

export const isKorean = (): boolean => language.value === 'ko'

export function resourceName(key: string): string {
  const hint = RESOURCES[key]
  if (isKorean() && hint) return hint.ko
  return hint?.en ?? humanized(index[key]?.noun?.plural ?? key.slice(key.lastIndexOf('.') + 1))
}

/** One of them: "New organization". */
export function oneName(key: string): string {
  return isKorean() ? resourceName(key) : (RESOURCES[key]?.one ?? index[key]?.noun?.singular ?? resourceName(key))
}

export function domainName(key: string): string {
  const hint = DOMAINS[key]
  return hint ? hint[language.value] : key.slice(key.indexOf('.') + 1).toUpperCase()
}

export function fieldName(key: string, field: string): string {
  if (isKorean()) return FIELDS[`${key}.${field}`] ?? FIELDS[field] ?? humanized(field)
  return FIELDS_EN[field] ?? humanized(field)
}

/** A word of an enum, as it is meant in a field of a resource. */
export function choiceName(word: string, field = '', key = ''): string {
  const korean = (): string | undefined => CHOICES[`${key}.${field}.${word}`] ?? CHOICES[`${field}.${word}`] ?? CHOICES[word]
  return (isKorean() ? korean() : undefined) ?? (word.length > 3 ? humanized(word) : word)
}

export function verbName(verb: string): string {
  return (isKorean() ? VERBS[verb] : undefined) ?? humanized(verb)
}

/** The page of a resource, or of one of its rows. */
export function pathOf(key: string, id?: string): string {
  const entry = index[key]
  if (!entry) return '/'
  const list = `/${PATHS[entry.realm]}/${entry.domain}/${key.slice(key.lastIndexOf('.') + 1)}`
  return id ? `${list}/${id}` : list
}

const KEYS = new Map(Object.entries(index).map(([key, entry]) => [entry.path, key]))

/** What a field refers to: the key of a resource, where there is one. */
export const referenceOf = (field: Field): string | undefined => (field.refersTo ? KEYS.get(field.refersTo) : undefined)

/** Fields every row has and nobody looks at first. */
const RECORD = new Set(['id', 'no', 'created_at', 'created_by', 'updated_at', 'updated_by'])

export const isRecord = (field: Field): boolean => RECORD.has(field.name)

/** The columns of a list. */
export function columnsOf(resource: Resource): Field[] {
  const hint = RESOURCES[resource.key]?.columns
  const byName = new Map(resource.show.map((field) => [field.name, field]))
  const english = (name: string): Field | undefined => (RESOURCES[resource.key]?.hasEnglish && !isKorean() ? byName.get(`${name}_en`) : undefined)
  if (hint) return hint.flatMap((name) => english(name) ?? byName.get(name) ?? [])
  return inOrder(resource.key, resource.show)
    .filter((field) => !isRecord(field) && !['long', 'json', 'rows', 'group', 'words'].includes(field.kind))
    .slice(0, 7)
}

const USUAL = ['name', 'full_name', 'contact_name', 'title', 'subject', 'code', 'type', 'status']

/** Fields in the order of the hints, then what must be given, then as the document has them. */
export function inOrder(key: string, fields: Field[]): Field[] {
  const first = RESOURCES[key]?.first ?? USUAL
  const place = (field: Field): number => {
    const at = first.indexOf(field.name)
    return at >= 0 ? at : field.required ? first.length : first.length + 1
  }
  return [...fields].sort((one, other) => place(one) - place(other))
}

/** What a row is called by where the field that names it is empty: a draft has no number yet. */
const OTHER_TITLES = ['name', 'title', 'subject', 'doc_no', 'code', 'description', 'username', 'period', 'from_date', 'je_date', 'as_of', 'valid_from']

/** How a row is called: in titles, in references. */
export function titleOf(key: string, row: Record<string, unknown>): string {
  if (key === 'manager.idam.permissions' && typeof row.code === 'string') return rightName(row.code)
  const own = index[key]?.title ?? ''
  const title = (RESOURCES[key]?.hasEnglish && !isKorean() ? row[`${own}_en`] : null) || row[own]
  if (typeof title === 'string' && title) return title
  if (typeof title === 'number') return String(title)
  // an id tells nobody anything: the next best text, or what kind of thing it is
  const other = OTHER_TITLES.map((name) => row[name]).find((value) => typeof value === 'string' && value)
  return typeof other === 'string' ? other : oneName(key)
}

/** Tables that are not called like their resource. */
const TABLES: Record<string, string> = {
  crm_partners: 'crm.customers', fim_tax_invoices: 'fim.invoices', fim_tax_invoice_lines: 'fim.invoices',
  fim_payment_transactions: 'fim.payments', fim_journal_entries: 'fim.transactions', fim_journal_entry_lines: 'fim.transactions',
}

/** A table by the name of its resource: `adm_departments` → departments. */
export function tableName(realm: RealmCode, table: string): string {
  const cut = table.indexOf('_')
  const key = `${realm}.${TABLES[table] ?? `${table.slice(0, cut)}.${table.slice(cut + 1).replaceAll('_', '-')}`}`
  return key in index ? resourceName(key) : table
}
