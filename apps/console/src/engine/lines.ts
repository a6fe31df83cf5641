/** The lines of a document as they are worked on: texts of a spreadsheet into lines, errors to their cells. Knows no component. */
import type { Field } from '@meta/types'
import { emptyForm, isBlank, type Form } from './form'

/** There is always an empty line to type into. */
export function withBlank(field: Field, lines: Form[], defaults: Form = {}): Form[] {
  const last = lines.at(-1)
  return last && isBlank(field, last) ? lines : [...lines, newLine(field, defaults)]
}

export const newLine = (field: Field, defaults: Form = {}): Form => ({ ...emptyForm(field.fields ?? []), ...defaults })

/** A copy is another line: it has no id. */
export function copied(line: Form): Form {
  const { id, ...rest } = structuredClone(toPlain(line))
  return id === undefined ? rest : { ...rest, id: '' }
}

const toPlain = (line: Form): Form => JSON.parse(JSON.stringify(line)) as Form

export function moved<T>(lines: T[], from: number, to: number): T[] {
  if (to < 0 || to >= lines.length) return lines
  const next = [...lines]
  next.splice(to, 0, ...next.splice(from, 1))
  return next
}

/**
 * `lines.1.quantity` of the answer is the second line that was sent; blank ones were not. Answers errors by the places of the screen.
 */
export function placed(field: Field, lines: Form[], errors: Record<string, string>): Record<string, string> {
  const filled = lines.flatMap((line, at) => (isBlank(field, line) ? [] : [at]))
  const result: Record<string, string> = {}
  for (const [path, message] of Object.entries(errors)) {
    const [name, at, ...rest] = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
    if (name !== field.name || !/^\d+$/.test(at ?? '')) continue
    result[`${filled[Number(at)] ?? Number(at)}.${rest.join('.')}`] = message
  }
  return result
}

/** What a spreadsheet puts on the clipboard: tabs between cells, quotes around what has a line break. */
export function table(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  const end = (): void => {
    rows.at(-1)?.push(cell.trim())
    cell = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]
    if (isQuoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') cell += text[(at += 1)]
      else isQuoted = false
    } else if (letter === '"' && cell === '') isQuoted = true
    else if (letter === '\t') end()
    else if (letter === '\n') {
      end()
      rows.push([])
    } else if (letter !== '\r') cell += letter
  }
  end()
  return rows.filter((row) => row.some((one) => one !== ''))
}

export interface Pasted {
  /** For each column of the text the field it goes to; none where nobody knows it. */
  columns: (Field | undefined)[]
  rows: string[][]
}

/** With headings by their names, whichever language; without, from the cell that has the focus to the right. */
export function assigned(rows: string[][], fields: Field[], namesOf: (field: Field) => string[], from: number): Pasted {
  const known = (heading: string): Field | undefined => fields.find((field) => namesOf(field).some((name) => simple(name) === simple(heading)))
  const first = rows[0] ?? []
  const headings = first.map(known)
  const filled = first.filter(Boolean).length
  if (filled > 0 && headings.filter(Boolean).length * 2 >= filled) return { columns: headings, rows: rows.slice(1) }
  return { columns: first.map((_, at) => fields[from + at]), rows }
}

const simple = (text: string): string => text.toLowerCase().replaceAll(/[\s_()*·-]/g, '')

/** A cell of a spreadsheet as an input of this kind holds it. References stay texts: somebody has to look them up. */
export function read(field: Field, text: string, choicesOf: (word: string) => string[]): string | boolean | null {
  switch (field.kind) {
    case 'decimal':
    case 'integer': {
      const digits = text.replaceAll(/[,\s₩$€¥원]/g, '')
      return /^\(.+\)$/.test(digits) ? `-${digits.slice(1, -1)}` : digits
    }
    case 'boolean':
      return /^(y|yes|true|1|o|예|✓|✔)$/i.test(text) ? true : /^(n|no|false|0|x|아니요|아니오)$/i.test(text) ? false : null
    case 'day': {
      const parts = /^(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})\D*$/.exec(text)
      return parts ? `${parts[1]}-${parts[2]?.padStart(2, '0')}-${parts[3]?.padStart(2, '0')}` : text
    }
    case 'choice':
      return field.choices?.find((word) => [word, ...choicesOf(word)].some((name) => simple(name) === simple(text))) ?? ''
    default:
      return text
  }
}

export interface Placing {
  lines: Form[]
  /** Cells whose row is looked up by what was pasted. */
  lookups: { at: number; field: Field; text: string }[]
}

/** Puts a pasted table over the lines from a row on; adds lines where there are not enough. */
export function pasted(field: Field, lines: Form[], what: Pasted, at: number, choicesOf: (field: Field, word: string) => string[], defaults: Form = {}): Placing {
  const next = [...lines]
  const lookups: Placing['lookups'] = []
  what.rows.forEach((cells, offset) => {
    const line = { ...(next[at + offset] ?? newLine(field, defaults)) }
    what.columns.forEach((column, place) => {
      const text = cells[place] ?? ''
      if (!column || column.isComputed || text === '') return
      if (column.kind === 'reference' && column.refersTo) lookups.push({ at: at + offset, field: column, text })
      else line[column.name] = read(column, text, (word) => choicesOf(column, word))
    })
    next[at + offset] = line
  })
  return { lines: withBlank(field, next, defaults), lookups }
}
