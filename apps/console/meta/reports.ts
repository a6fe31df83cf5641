/**
 * Reports of the document: what is read as a whole and is no list. Each has a page, `/<side>/<domain>/reports/<name>`; what it looks like follows
 * from its answer, and from `src/hints/reports.ts` where that does not say it.
 */
import { answerOf, parametersOf, type Document } from './document.ts'
import { fields, parameterField, resolve } from './fields.ts'
import type { RealmCode, Report, ReportEntry } from './types.ts'

/** Parameters that are no question: the page and the form of the answer. */
const OWN_WORDS = new Set(['page', 'page_size', 'format'])

/** `…/fim/reports/vat-return/late` → `vat-return-late`, `…/fim/transactions/verify` → `transactions-verify`. */
function nameOf(path: string): string | undefined {
  const inReports = /\/reports\/([a-z-]+(?:\/[a-z-]+)*)$/.exec(path)?.[1]
  const own = /^\/api\/v1\/[a-z]+\/[a-z]+\/((?:[a-z-]+\/)?(?:verify|pipeline))$/.exec(path)?.[1]
  return (inReports ?? own)?.replaceAll('/', '-')
}

export function reportOf(document: Document, realm: RealmCode, path: string): { entry: ReportEntry; report: Report } | undefined {
  const operation = document.paths[path]?.get
  const [name, right] = [nameOf(path), operation?.['x-permission']]
  const answer = answerOf(document, operation)
  if (!name || !right || !answer) return undefined
  const domain = right.slice(0, right.indexOf('.'))
  const asked = parametersOf(document, operation).filter((parameter) => parameter.in === 'query')
  const format = asked.find((parameter) => parameter.name === 'format')
  const report: Report = {
    key: `${realm}.${domain}.${name}`,
    path,
    parameters: asked.filter((parameter) => !OWN_WORDS.has(parameter.name)).map((parameter) => parameterField(document, parameter)),
    formats: (format ? (resolve(document, format.schema).schema.enum ?? []) : []).filter((one) => one !== 'json'),
    isPaged: asked.some((parameter) => parameter.name === 'page'),
    answer: fields(document, resolve(document, answer).schema.properties?.data),
  }
  return { entry: { realm, domain, path, right }, report }
}
