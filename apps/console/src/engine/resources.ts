/** What is known of resources while the console runs: metadata of the document, joined with the hints. */
import type { Field, RealmCode, Resource } from '@meta/types'
import { domains, index } from 'virtual:index'
import { CHOICES, DONE, DONE_EN, VERBS } from '@/hints/choices'
import { RIGHTS } from '@/hints/fields'
import { DOMAINS, RESOURCES } from '@/hints/resources'
import { withObject } from '@/i18n/josa'
import { humanized } from '@/i18n/plain'
import { language } from '@/i18n/language'
import { rightName } from './rights'
import { titlesOf } from './titles'

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
  return titlesOf(key, field)?.[isKorean() ? 0 : 1] ?? humanized(field)
}

/** A word of an enum, as it is meant in a field of a resource. */
export function choiceName(word: string, field = '', key = ''): string {
  const korean = (): string | undefined => CHOICES[`${key}.${field}.${word}`] ?? CHOICES[`${field}.${word}`] ?? CHOICES[word]
  return (isKorean() ? korean() : undefined) ?? (word.length > 3 ? humanized(word) : word)
}

export function verbName(verb: string, key = ''): string {
  return (isKorean() ? (VERBS[`${key}.${verb}`] ?? VERBS[verb]) : undefined) ?? humanized(verb)
}

/** What was done, as a sentence about a row: "INV-7을 발행했습니다." */
export function doneSentence(key: string, verb: string, title: string): string {
  if (isKorean()) return `${withObject(title)} ${DONE[verb] ?? `${verbName(verb, key)}했습니다`}.`
  return `${DONE_EN[verb] ?? pastOf(humanized(verb))}: ${title}.`
}

const pastOf = (verb: string): string => (verb.endsWith('e') ? `${verb}d` : verb.endsWith('y') ? `${verb.slice(0, -1)}ied` : `${verb}ed`)

/** What is about to be done, as a sentence about a row: "INV-7을 발행합니다." */
export const doSentence = (key: string, verb: string, title: string): string => (isKorean() ? `${withObject(title)} ${verbName(verb, key)}합니다.` : `${verbName(verb)} ${title}.`)

/** Words of the console for fields and states that stand in a sentence of the server by their technical names. */
export function inWords(key: string, sentence: string): string {
  return sentence
    .replaceAll(/\b[a-z]+(?:_[a-z0-9]+)+\b/g, (name) => fieldName(key, name))
    .replaceAll(/\b[A-Z][A-Z_]+[A-Z]\b/g, (word) => (word in CHOICES || word.includes('_') ? choiceName(word, 'status', key) : word))
}

/** A path of an error by the words of the form: `lines.1.quantity` → 내역 2 · 수량. */
export function pathName(key: string, path: string): string {
  return path.split('.').map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : fieldName(key, part))).join(' · ')
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
    .filter((field) => !isRecord(field) && !field.isDetail && (field.kind !== 'reference' || field.refersTo) && !['long', 'json', 'rows', 'group', 'words'].includes(field.kind))
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

/** How a row is called: in titles, in references. Never by its id, which nobody knows it by. */
export function titleOf(key: string, row: Record<string, unknown>): string {
  if (key === 'manager.idam.permissions' && typeof row.code === 'string') return rightName(row.code)
  const own = index[key]?.title ?? ''
  const title = (RESOURCES[key]?.hasEnglish && !isKorean() ? row[`${own}_en`] : null) || row[own]
  if (typeof title === 'string' && title) return RIGHTS.has(`${key}.${own}`) ? rightName(title) : title
  if (typeof title === 'number') return String(title)
  const called = RESOURCES[key]?.called ?? USUAL
  const words = called.map((part) => (typeof part === 'function' ? part(row) : row[part])).filter((word) => typeof word === 'string' && word)
  if (words.length === 0 && typeof row.created_at === 'string') words.push(row.created_at.slice(0, 16).replace('T', ' '))
  return [oneName(key), words.slice(0, 3).join(' · ')].filter(Boolean).join(' ')
}

/** A name with the code that people type instead of it. */
export function labelOf(key: string, row: Record<string, unknown>): string {
  const title = titleOf(key, row)
  const code = row[index[key]?.code ?? '']
  if (typeof code !== 'string' || !code || code === title) return title
  return RESOURCES[key]?.isCodeFirst ? `${code} ${title}` : `${title} (${code})`
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
