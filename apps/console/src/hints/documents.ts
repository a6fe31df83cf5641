/**
 * What the OpenAPI document cannot say of a page with a header and lines: which fields stand together, which columns come first, what is
 * filled in to begin with. A resource without a hint has the same page, laid out by what must be given. One file a domain, listed below.
 */
import type { Row } from '@/api/http'
import { CRM } from './crm'
import { FIM } from './fim'

/** `today` is the server's, `base-currency` the company's; anything else is the value itself. */
export type Default = 'today' | 'base-currency' | (string & {})

export interface LinesHint {
  /** Columns of the grid and of the read page, in order; the others are behind a button. */
  columns: string[]
  /** Amounts that are one or the other: a zero of the answer is an empty cell. */
  zeroIsEmpty?: string[]
  /** Of these columns the answer has a total in the header: column → field of the header. */
  totals?: Record<string, string>
}

export interface Group {
  ko: string
  en: string
  fields: string[]
  /** Only to be read: in a form its fields are among the rare ones. */
  isRead?: boolean
}

export interface LinkHint {
  ko: (row: Row) => string
  en: (row: Row) => string
  /** The resource whose "new" page it opens. */
  to: string
  when: (row: Row) => boolean
  query: (row: Row) => Record<string, string>
}

export interface DocumentHint {
  groups?: Group[]
  defaults?: Record<string, Default>
  lines?: Record<string, LinesHint>
  /** Shown below the lines, as the server reckoned them. */
  totals?: string[]
  /** States in which it may be changed and deleted. Without: in any. */
  editableIn?: string[]
  /** The steps a document goes, in order: the first that is possible is the main button. What is not named here stays in the menu. */
  order?: string[]
  /** Actions that a row does not offer, though its state would. */
  not?: (row: Row) => string[]
  /** An action that may follow at once on saving a new one; `fields` of its body are asked for in the same form. */
  then?: { verb: string; fields?: string[]; isMain?: boolean }
  /** What is asked with the dry run of a new row when there is none for changes: without what is unique. */
  previewWithout?: string[]
  links?: LinkHint[]
  /** Rows that refer to this one by an id whose list the document does not name. */
  referrers?: { key: string; by: string }[]
  /** An id that is of a row of whatever kind another field names. */
  documents?: { id: string; type: string; no: string }[]
  /** Fields that are asked for only with certain others. */
  only?: Record<string, (form: Record<string, unknown>) => boolean>
}

export const DOCUMENTS: Record<string, DocumentHint> = { ...FIM, ...CRM }

/** What kinds of documents are called where a row refers to any of them. */
export const DOCUMENT_TYPES: Record<string, string> = {
  INVOICE: 'tenants.fim.invoices',
  PAYMENT: 'tenants.fim.payments',
  ALLOCATION: 'tenants.fim.payments',
  CLEARING: 'tenants.fim.clearings',
  REVALUATION: 'tenants.fim.revaluations',
  REVALUATION_RETURN: 'tenants.fim.revaluations',
  VAT_SETTLEMENT: 'tenants.fim.vat-settlements',
  OPEN_ITEM: 'tenants.fim.open-items',
}
