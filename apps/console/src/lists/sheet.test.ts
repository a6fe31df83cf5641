import { expect, test } from 'vitest'
import { csvLine, firstRows, parseCsv, separatorOf, withHeadings } from './sheet'
import { packed, partsOf, textOf, zipped } from './zip'

const bytes = (text: string): Blob => new Blob([text])

test('rows of CSV, whichever way they are written', async () => {
  expect(parseCsv('a,b\r\n"x, ""y""",2\n3,"4\n5"', 9)).toEqual([['a', 'b'], ['x, "y"', '2'], ['3', '4\n5']])
  expect(parseCsv('a;b\n1;2', 1)).toEqual([['a', 'b']])
  expect(separatorOf('a\tb\tc,d')).toBe('\t')
  expect(csvLine(['a,b', 'c"d', 'e'], ',')).toBe('"a,b","c""d",e')
  // 이름,코드 as Korean offices write it
  const cp949 = new Blob([Uint8Array.from([0xc0, 0xcc, 0xb8, 0xa7, 0x2c, 0xc4, 0xda, 0xb5, 0xe5, 0x0a, 0x31, 0x2c, 0x32])])
  expect(await firstRows(cp949, 'csv', 5)).toEqual([['이름', '코드'], ['1', '2']])
})

test('the headings of a CSV are exchanged, and nothing else', async () => {
  const made = await withHeadings(bytes('\uFEFFid,name\n1,"a,b"\n'), 'csv', (name) => (name === 'name' ? '이름, 전체' : name))
  expect(await made.text()).toBe('\uFEFFid,"이름, 전체"\r\n1,"a,b"\n'.replace('\uFEFF', ''))
  expect([...new Uint8Array(await made.arrayBuffer()).slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
})

test('the headings of an XLSX are exchanged, and its cells stay as they are', async () => {
  const sheet = '<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="C1" t="s"><v>1</v></c></row><row r="2"><c r="A2"><v>1234567890123456789</v></c></row></sheetData></worksheet>'
  const shared = '<sst><si><t>x</t></si><si><r><t>A &amp; </t></r><r><t>B</t></r></si></sst>'
  const file = zipped([await packed('xl/worksheets/sheet1.xml', sheet), await packed('xl/sharedStrings.xml', shared)], '')
  expect(await firstRows(file, 'xlsx', 5)).toEqual([['name', '', 'A & B'], ['1234567890123456789']])
  const made = await withHeadings(file, 'xlsx', (name, at) => `${name}<${at}>`)
  expect((await firstRows(made, 'xlsx', 1))[0]).toEqual(['name<0>', '', 'A & B<2>'])
  const parts = partsOf(await made.arrayBuffer())
  expect(parts?.map((part) => part.name)).toEqual(['xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml'])
  expect(await textOf(parts?.[0])).toContain('<c r="A2"><v>1234567890123456789</v></c>')
  expect(partsOf(new ArrayBuffer(30))).toBeNull()
})

test('a column that is not wanted is left out', async () => {
  const csv = await withHeadings(bytes('a,b,c\n1,"2,2",3\n'), 'csv', (name) => (name === 'b' ? null : name))
  expect(await csv.text()).toBe('a,c\r\n1,3\r\n')
  const row = (at: number, cells: string[]): string => `<row r="${at}">${cells.map((cell, column) => `<c r="${'ABC'[column] ?? ''}${at}" t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`
  const file = zipped([await packed('xl/worksheets/sheet1.xml', `<sheetData>${row(1, ['a', 'b', 'c'])}${row(2, ['1', '2', '3'])}</sheetData>`)], '')
  const made = await withHeadings(file, 'xlsx', (name) => (name === 'b' ? null : name))
  expect(await firstRows(made, 'xlsx', 5)).toEqual([['a', '', 'c'], ['1', '', '3']])
})
