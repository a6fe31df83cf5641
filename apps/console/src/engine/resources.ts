/** What is known of resources while the console runs: metadata of the document, joined with the hints. */
import type { Entry, Field, RealmCode, Resource } from '@meta/types'
import { domains, index } from 'virtual:index'
import { CHOICES, VERBS } from '@/hints/choices'
import { FIELDS, FIELDS_EN } from '@/hints/fields'
import { DOMAINS, REFERENCES, RESOURCES } from '@/hints/resources'
import { humanized } from '@/i18n/plain'
import { language } from '@/i18n/language'

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
  return hint?.en ?? humanized(key.slice(key.lastIndexOf('.') + 1))
}

/** One of them: "New organization". */
export function oneName(key: string): string {
  const name = resourceName(key)
  if (isKorean()) return name
  const one = name.replace(/ies$/, 'y').replace(/([^s])s$/, '$1')
  return /^[A-Z]{2}/.test(one) ? one : one.charAt(0).toLowerCase() + one.slice(1)
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

/** What a field refers to: the key of a resource, where there is one. */
export function referenceOf(key: string, field: string): string | undefined {
  const own = index[key]
  if (!own) return undefined
  const hint = REFERENCES[`${key}.${field}`] ?? REFERENCES[field]
  if (hint === 'itself') return key
  if (hint === 'people') return own.realm === 'manager' ? 'manager.idam.users' : 'tenants.adm.users'
  if (hint) return hint in index ? hint : undefined
  // `from_unit_id` → units, `exchange_rate_id` → exchange-rates
  const words = field.replace(/_id$/, '').split('_')
  for (let first = 0; first < words.length; first += 1) {
    const found = namedLike(own, plural(words.slice(first).join('-')))
    if (found) return found
  }
  return undefined
}

function namedLike(own: Entry, name: string): string | undefined {
  const sameDomain = `${own.realm}.${own.domain}.${name}`
  if (sameDomain in index) return sameDomain
  return Object.keys(index).find((key) => key.startsWith(`${own.realm}.`) && key.endsWith(`.${name}`))
}

const plural = (name: string): string => (name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`)

/** Fields every row has and nobody looks at first. */
const RECORD = new Set(['id', 'no', 'created_at', 'created_by', 'updated_at', 'updated_by'])

export const isRecord = (field: Field): boolean => RECORD.has(field.name)

/** The columns of a list. */
export function columnsOf(resource: Resource): Field[] {
  const hint = RESOURCES[resource.key]?.columns
  const byName = new Map(resource.show.map((field) => [field.name, field]))
  if (hint) return hint.flatMap((name) => byName.get(name) ?? [])
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

/** How a row is called: in titles, in references. */
export function titleOf(row: Record<string, unknown>): string {
  for (const name of ['name', 'full_name', 'contact_name', 'title', 'subject', 'policy_name', 'report_name', 'key_name', 'code', 'username', 'no', 'date']) {
    const value = row[name]
    if (typeof value === 'string' && value) return value
    if (typeof value === 'number') return String(value)
  }
  return typeof row.id === 'string' ? row.id.slice(-8) : ''
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
