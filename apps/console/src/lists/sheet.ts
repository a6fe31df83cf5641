/**
 * Files of rows as the console needs them: their first rows to be looked at, and other headings for their columns. CSV whichever way it is written,
 * XLSX the first sheet. Numbers stay the texts that stand in the file.
 */
import { packed, partsOf, textOf, zipped, type Part } from './zip'

/** More than this is handed on as it is: a browser would take too long over it. */
const MOST_BYTES = 24 * 1024 * 1024
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const SHEET = 'xl/worksheets/sheet1.xml'

/** The new heading of a column; `null` leaves the column out. */
export type Heading = (heading: string, at: number) => string | null

/** Changes the headings of a file; one that cannot be read here comes back as it was. */
export async function withHeadings(file: Blob, format: 'csv' | 'xlsx', nameOf: Heading): Promise<Blob> {
  if (file.size > MOST_BYTES) return file
  if (format === 'csv') return headedCsv(file, nameOf)
  const parts = partsOf(await file.arrayBuffer())
  const sheet = parts?.find((part) => part.name === SHEET)
  if (!parts || !sheet) return file
  const xml = await textOf(sheet)
  const first = /<row\b[^>]*>.*?<\/row>/s.exec(xml)
  if (!first) return file
  const shared = await sharedTexts(parts)
  const dropped = new Set<number>()
  const row = first[0].replaceAll(CELL, (_cell, attributes: string, inner: string) => {
    const at = columnOf(attributes)
    const name = nameOf(textOfCell(attributes, inner ?? '', shared), at)
    if (name === null) dropped.add(at)
    const place = /\br="[A-Z]+\d+"/.exec(attributes)?.[0] ?? ''
    return `<c ${place} t="inlineStr"><is><t>${escaped(name ?? '')}</t></is></c>`
  })
  const whole = xml.slice(0, first.index) + row + xml.slice(first.index + first[0].length)
  const next = await packed(SHEET, dropped.size === 0 ? whole : whole.replaceAll(CELL, (cell, attributes: string) => (dropped.has(columnOf(attributes)) ? '' : cell)))
  return zipped(parts.map((part) => (part === sheet ? next : part)), XLSX)
}

/** The first rows of a file, the headings among them. */
export async function firstRows(file: Blob, format: 'csv' | 'xlsx', count: number): Promise<string[][]> {
  if (format === 'csv') return parseCsv(decoded(new Uint8Array(await file.slice(0, 1024 * 1024).arrayBuffer())).text, count)
  if (file.size > MOST_BYTES) return []
  const parts = partsOf(await file.arrayBuffer())
  const xml = await textOf(parts?.find((part) => part.name === SHEET))
  const shared = parts ? await sharedTexts(parts) : []
  const rows: string[][] = []
  for (const [, inner = ''] of xml.matchAll(/<row\b[^>]*>(.*?)<\/row>/gs)) {
    const row: string[] = []
    for (const [, attributes = '', content = ''] of inner.matchAll(CELL)) row[columnOf(attributes)] = textOfCell(attributes, content, shared)
    rows.push(Array.from(row, (cell) => cell ?? ''))
    if (rows.length >= count) break
  }
  return rows
}

const CELL = /<c\b([^>]*?)(?:\/>|>(.*?)<\/c>)/gs

function columnOf(attributes: string): number {
  const letters = /\br="([A-Z]+)/.exec(attributes)?.[1] ?? 'A'
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

function textOfCell(attributes: string, inner: string, shared: string[]): string {
  const value = /<v>(.*?)<\/v>/s.exec(inner)?.[1] ?? ''
  if (/\bt="s"/.test(attributes)) return shared[Number(value)] ?? ''
  return unescaped(value || textsIn(inner))
}

const textsIn = (xml: string): string => [...xml.matchAll(/<t\b[^>]*>(.*?)<\/t>/gs)].map((found) => found[1] ?? '').join('')

async function sharedTexts(parts: Part[]): Promise<string[]> {
  const xml = await textOf(parts.find((part) => part.name === 'xl/sharedStrings.xml'))
  // what is only a reading aid of a text is no part of it
  return [...xml.replaceAll(/<rPh\b.*?<\/rPh>/gs, '').matchAll(/<si>(.*?)<\/si>/gs)].map((found) => unescaped(textsIn(found[1] ?? '')))
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))).replaceAll('&amp;', '&')

/** UTF-8, UTF-16 with its mark, else what Korean offices write (CP949). */
function decoded(bytes: Uint8Array): { text: string; isUtf8: boolean } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), isUtf8: false }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), isUtf8: false }
  try {
    // the end may be cut within a letter
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }), isUtf8: true }
  } catch {
    return { text: new TextDecoder('euc-kr').decode(bytes), isUtf8: false }
  }
}

/** Comma, semicolon or tab: whichever the heading has most of. */
export function separatorOf(line: string): string {
  return [',', ';', '\t'].reduce((best, one) => (line.split(one).length > line.split(best).length ? one : best))
}

export function parseCsv(text: string, count: number): string[][] {
  const separator = separatorOf(text.slice(0, text.search(/[\r\n]|$/)))
  const rows: string[][] = []
  for (let at = 0; at < text.length && rows.length < count; ) {
    const found = csvRow(text, at, separator)
    rows.push(found.cells)
    at = found.end
  }
  return rows
}

function csvRow(text: string, from: number, separator: string): { cells: string[]; end: number } {
  const cells: string[] = []
  let [cell, at, isQuoted] = ['', from, false]
  for (; at < text.length; at += 1) {
    const letter = text[at] ?? ''
    if (isQuoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') cell += text[++at]
      else isQuoted = false
    } else if (letter === '"' && cell === '') isQuoted = true
    else if (letter === separator) {
      cells.push(cell)
      cell = ''
    } else if (letter === '\n' || letter === '\r') break
    else cell += letter
  }
  if (text[at] === '\r' && text[at + 1] === '\n') at += 1
  return { cells: [...cells, cell], end: at + 1 }
}

export function csvLine(cells: string[], separator: string): string {
  return cells.map((cell) => (/["\r\n]/.test(cell) || cell.includes(separator) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(separator)
}

async function headedCsv(file: Blob, nameOf: Heading): Promise<Blob> {
  const text = decoded(new Uint8Array(await file.arrayBuffer())).text.replace(/^\uFEFF/, '')
  const separator = separatorOf(text.slice(0, text.search(/[\r\n]|$/)))
  const { cells, end } = csvRow(text, 0, separator)
  const names = cells.map(nameOf)
  const kept = (row: (string | null)[]): string => csvLine(row.filter((_, at) => names[at] !== null).map((cell) => cell ?? ''), separator)
  const rest = names.includes(null) ? parseCsv(text, Infinity).slice(1).map((row) => `${kept(row)}\r\n`).join('') : text.slice(end)
  return new Blob([`\uFEFF${kept(names)}\r\n`, rest], { type: 'text/csv;charset=utf-8' })
}
