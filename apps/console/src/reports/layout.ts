/**
 * From the answer of a report to what is drawn: tables of lines, which may hang below each other, and facts beside them. Knows no language and no
 * browser; what things are called is asked of `Words`.
 */
import type { Field, Report } from '@meta/types'
import type { Json, Row } from '@/api/http'
import type { ReportHint } from '@/hints/reports'
import { added } from '@/i18n/amounts'

export interface Words {
  field: (name: string) => string
  account: (row: Row) => string
  group: (name: string) => string
  type: (name: string) => string
  pageSum: () => string
}

/** An account of the chart, as far as a tree needs it. */
export interface Account {
  id: string
  code: string
  type: string
  group: string | null
  parent: string | null
  order: number
}

export type Chart = ReadonlyMap<string, Account>

export interface Line {
  /** The same in the answer of another period. */
  id: string
  parent: string | null
  depth: number
  kind: 'group' | 'row' | 'total' | 'result' | 'balance'
  label: string
  cells: Record<string, Json>
  row: Row | null
}

export interface Table {
  name: string
  /** Whether lines have a label before their cells. */
  isLabelled: boolean
  columns: Field[]
  lines: Line[]
}

export interface Fact {
  field: Field
  value: Json
}

export interface Paper {
  tables: Table[]
  facts: Fact[]
  groups: { name: string; row: Row; facts: Fact[] }[]
}

/** What says which days are meant stands above the paper, and pages below it. */
const FRAME = new Set(['from', 'to', 'as_of', 'known_at', 'page', 'page_size', 'buckets', 'account_code', 'account_name', 'account_id', 'partner_id', 'partner_code', 'partner_name'])
const NUMBERS = new Set(['decimal', 'integer'])
/** What tells an account is its label, in statements and trees. */
const OF_ACCOUNT = new Set(['account_id', 'account_code', 'account_name'])

const listOf = (value: Json | undefined): Row[] => (Array.isArray(value) ? (value as Row[]) : [])
const rowOf = (value: Json | undefined): Row => (value && typeof value === 'object' && !Array.isArray(value) ? value : {})
const isSection = (field: Field): boolean => field.kind === 'group' && (field.fields ?? []).some((inner) => inner.kind === 'rows')

export function layout(report: Report, answer: Row, hint: ReportHint | undefined, words: Words, chart: Chart): Paper {
  const byName = new Map(report.answer.map((field) => [field.name, field]))
  const parts = [...new Set([...(hint?.order ?? []), ...byName.keys()])].flatMap((name) => byName.get(name) ?? [])
  const sections = parts.filter(isSection)
  const paper: Paper = { tables: [], facts: [], groups: [] }
  const used = new Set<string>(['totals', 'valid', ...report.parameters.map((one) => one.name)])
  const draw = { report, answer, hint, words, chart, used }
  if (sections.length > 0) paper.tables.push(statement(draw, parts, sections[0]))
  const first = parts.find((field) => field.kind === 'rows')
  for (const field of parts) if (field.kind === 'rows' && (listOf(answer[field.name]).length > 0 || field.name === 'rows')) paper.tables.push(tableOf(draw, field, field === first))
  for (const field of parts) {
    if (FRAME.has(field.name) || used.has(field.name) || isSection(field) || field.kind === 'rows' || (report.isPaged && field.name === 'total')) continue
    if (field.kind !== 'group') paper.facts.push({ field, value: answer[field.name] ?? null })
    else if (answer[field.name]) paper.groups.push(groupOf(field, rowOf(answer[field.name]), words))
  }
  return paper
}

/** What stands beside the tables; an account is named by its code and name together. */
function groupOf(field: Field, row: Row, words: Words): Paper['groups'][number] {
  const facts = chosen(field.fields ?? [], undefined).map((inner) => ({ field: inner, value: inner.name === 'account_code' ? words.account(row) : (row[inner.name] ?? null) }))
  return { name: field.name, row, facts }
}

interface Draw {
  report: Report
  answer: Row
  hint: ReportHint | undefined
  words: Words
  chart: Chart
  /** Numbers of the answer that stand in a table already. */
  used: Set<string>
}

/** Sections with their accounts, and between them what they come to. */
function statement({ answer, hint, words, chart, used }: Draw, parts: Field[], first: Field | undefined): Table {
  const inner = first?.fields?.find((field) => field.kind === 'rows')?.fields ?? []
  const columns = chosen(inner, hint).filter((field) => NUMBERS.has(field.kind))
  const amount = columns[0]?.name ?? 'amount'
  const lines: Line[] = []
  for (const field of parts) {
    if (isSection(field)) {
      const section = rowOf(answer[field.name])
      const rows = listOf(section.rows)
      lines.push({ id: field.name, parent: null, depth: 0, kind: 'group', label: words.field(field.name), cells: { [amount]: section.total ?? null }, row: null })
      lines.push(...inGroups(rows, field.name, 1, columns, words, chart))
    } else if (field.kind === 'decimal' && hint?.order?.includes(field.name)) {
      used.add(field.name)
      lines.push({ id: field.name, parent: null, depth: 0, kind: 'result', label: words.field(field.name), cells: { [amount]: answer[field.name] ?? null }, row: null })
    }
  }
  return { name: 'statement', isLabelled: true, columns, lines }
}

/** Accounts below their groups, where there is more than one. */
function inGroups(rows: Row[], parent: string, depth: number, columns: Field[], words: Words, chart: Chart): Line[] {
  const groups = [...new Set(rows.map((row) => chart.get(String(row.account_id))?.group ?? ''))]
  if (groups.length < 2 || groups.includes('')) return rows.map((row) => accountLine(row, parent, depth, columns, words))
  return groups.flatMap((group) => {
    const own = rows.filter((row) => chart.get(String(row.account_id))?.group === group)
    const id = `${parent}/${group}`
    return [groupLine(id, parent, depth, words.group(group), own, columns), ...own.map((row) => accountLine(row, id, depth + 1, columns, words))]
  })
}

function accountLine(row: Row, parent: string | null, depth: number, columns: Field[], words: Words): Line {
  return { id: `${parent ?? ''}/${String(row.account_id)}`, parent, depth, kind: 'row', label: words.account(row), cells: pick(row, columns), row }
}

function groupLine(id: string, parent: string | null, depth: number, label: string, rows: Row[], columns: Field[]): Line {
  return { id, parent, depth, kind: 'group', label, cells: sums(rows, columns), row: null }
}

const pick = (row: Row, columns: Field[]): Line['cells'] => Object.fromEntries(columns.map((field) => [field.name, row[field.name] ?? null]))

export function sums(rows: Row[], columns: Field[]): Record<string, string> {
  const numbers = columns.filter((field) => field.kind === 'decimal')
  return Object.fromEntries(numbers.map(({ name }) => [name, added(rows.map((row) => String(row[name] ?? '0')))]))
}

function tableOf(draw: Draw, field: Field, isFirst: boolean): Table {
  const { answer, hint, words, chart } = draw
  const rows = listOf(answer[field.name])
  const isTree = hint?.isTree === true && field.name === 'rows' && chart.size > 0
  const inner = field.fields ?? []
  let columns = chosen(inner, isFirst ? hint : undefined)
  if (isTree || hint?.isTree) columns = columns.filter((one) => !OF_ACCOUNT.has(one.name))
  const lines = isTree
    ? tree(rows, columns, words, chart)
    : rows.map((row, at): Line => ({ id: keyOf(row) ?? `${field.name}/${at}`, parent: null, depth: 0, kind: 'row', label: hint?.isTree ? words.account(row) : '', cells: pick(row, columns), row }))
  if (field.name === 'rows') ends(draw, rows, columns, lines)
  return { name: field.name, isLabelled: hint?.isTree === true && field.name === 'rows', columns, lines }
}

/** What stands before the first row of a ledger, and below the last row of any table. */
function ends({ report, answer, words, used }: Draw, rows: Row[], columns: Field[], lines: Line[]): void {
  const line = (kind: Line['kind'], id: string, label: string, cells: Line['cells']): Line => ({ id, parent: null, depth: 0, kind, label, cells, row: null })
  const names = columns.map((field) => field.name)
  const totals = rowOf(answer.totals)
  const given = Object.fromEntries(columns.flatMap((field) => {
    const value = totals[field.name] ?? (NUMBERS.has(field.kind) ? answer[field.name] : undefined)
    if (value === undefined || value === null) return []
    used.add(field.name)
    return [[field.name, value]]
  }))
  const isLedger = names.includes('balance') && typeof answer.opening === 'string'
  if (isLedger) {
    used.add('opening').add('closing')
    lines.unshift(line('balance', 'opening', words.field('opening'), { balance: answer.opening ?? null }))
  }
  if (report.isPaged && Object.keys(given).length === 0 && rows.length > 0) {
    const { balance: _balance, ...page } = sums(rows, columns)
    lines.push(line('total', 'page', words.pageSum(), page))
  }
  if (isLedger) lines.push(line('balance', 'closing', words.field('closing'), { ...given, balance: answer.closing ?? null }))
  else if (Object.keys(given).length > 0) lines.push(line('total', 'totals', words.field('totals'), given))
}

/** Type, group and the accounts above, each with the sum of what is below it. */
function tree(rows: Row[], columns: Field[], words: Words, chart: Chart): Line[] {
  interface Node { line: Line; order: number; below: Map<string, Node>; rows: Row[] }
  const top = new Map<string, Node>()
  for (const row of rows) {
    const account = chart.get(String(row.account_id))
    const steps: [string, string][] = account
      ? [[account.type, words.type(account.type)], ...(account.group ? [[account.group, words.group(account.group)] as [string, string]] : []), ...above(account, chart).map((one): [string, string] => [one.id, words.account({ account_id: one.id, account_code: one.code }) ])]
      : []
    let [level, parent, depth] = [top, null as string | null, 0]
    for (const [step, label] of steps) {
      const id = `${parent ?? ''}/${step}`
      const node: Node = level.get(id) ?? { line: { id, parent, depth, kind: 'group', label, cells: {}, row: null }, order: account?.order ?? 0, below: new Map(), rows: [] }
      node.rows.push(row)
      level.set(id, node)
      ;[level, parent, depth] = [node.below, id, depth + 1]
    }
    const line = accountLine(row, parent, depth, columns, words)
    level.set(line.id, { line, order: account?.order ?? 0, below: new Map(), rows: [row] })
  }
  const flat = (level: Map<string, Node>): Line[] =>
    [...level.values()]
      .sort((one, other) => one.order - other.order)
      .flatMap((node) => [node.line.kind === 'group' ? { ...node.line, cells: sums(node.rows, columns) } : node.line, ...flat(node.below)])
  return flat(top)
}

/** The accounts above one, the highest first. */
function above(account: Account, chart: Chart): Account[] {
  const found: Account[] = []
  let at = account.parent ? chart.get(account.parent) : undefined
  while (at && !found.includes(at)) {
    found.unshift(at)
    at = at.parent ? chart.get(at.parent) : undefined
  }
  return found
}

/** Columns worth showing: ids only where nothing beside them says what they are of. */
function chosen(inner: Field[], hint: ReportHint | undefined): Field[] {
  const byName = new Map(inner.map((field) => [field.name, field]))
  if (hint?.columns) return hint.columns.flatMap((name) => byName.get(name) ?? [])
  return inner.filter(({ name, kind }) => {
    if (kind !== 'reference') return name !== 'line_no'
    const stem = name.replace(/_id$/, '')
    return !['code', 'name', 'no'].some((end) => byName.has(`${stem}_${end}`))
  })
}

/** What a row is the same by in another period. */
export function keyOf(row: Row): string | null {
  for (const name of ['account_id', 'partner_id', 'box', 'biz_no']) {
    if (typeof row[name] === 'string' && row.je_id === undefined && row.period === undefined && row.invoice_id === undefined) return String(row[name])
  }
  return null
}

const orderOf = (row: Row): string => String(row.account_code ?? row.partner_code ?? row.box ?? row.biz_no ?? '')

/** The answer with the rows that only the other period has, at nothing: what is gone is a change, too. */
export function united(report: Report, answer: Row, other: Row): Row {
  const result: Row = { ...answer }
  const merge = (fields: Field[], own: Json | undefined, theirs: Json | undefined): Row[] => {
    const rows = listOf(own)
    const known = new Set(rows.map(keyOf))
    const more = listOf(theirs).filter((row) => keyOf(row) !== null && !known.has(keyOf(row)))
    const emptied = more.map((row): Row => ({ ...row, ...Object.fromEntries(fields.filter((field) => NUMBERS.has(field.kind)).map(({ name, kind }) => [name, kind === 'integer' ? 0 : '0'])) }))
    return more.length === 0 ? rows : [...rows, ...emptied].sort((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1))
  }
  for (const field of report.answer) {
    if (field.kind === 'rows') result[field.name] = merge(field.fields ?? [], answer[field.name], other[field.name])
    if (!isSection(field)) continue
    const [own, theirs] = [rowOf(answer[field.name]), rowOf(other[field.name])]
    const inner = field.fields?.find((one) => one.kind === 'rows')
    if (inner) result[field.name] = { ...own, [inner.name]: merge(inner.fields ?? [], own[inner.name], theirs[inner.name]) }
  }
  return result
}
