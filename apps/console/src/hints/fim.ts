/** Accounting: journal entries, invoices, payments and what goes with them. */
import type { Row } from '@/api/http'
import { less } from '@/i18n/amounts'
import type { DocumentHint } from './documents'

const isSale = (row: Row): boolean => row.direction === 'SALES'
const openOf = (row: Row): string => less(String(row.total_amount ?? '0'), String(row.paid_amount ?? '0'))
const LINE_AMOUNTS = ['supply_amount', 'tax_amount', 'total_amount']

export const FIM: Record<string, DocumentHint> = {
  'tenants.fim.invoices': {
    groups: [
      { ko: '거래', en: 'Deal', fields: ['direction', 'partner_id', 'invoice_date', 'due_date', 'vendor_invoice_no', 'currency_code', 'remark'] },
      { ko: '진행', en: 'Progress', isRead: true, fields: ['issue_date', 'issue_deadline', 'transmission_status', 'transmission_error_message', 'approval_no', 'paid_amount', 'original_invoice_id', 'amendment_reason', 'cancel_reason'] },
    ],
    defaults: { direction: 'SALES', invoice_date: 'today', currency_code: 'base-currency' },
    lines: {
      lines: {
        columns: ['product_name', 'quantity', 'unit_price', 'tax_kind', 'supply_amount', 'tax_amount', 'account_id'],
        totals: { supply_amount: 'supply_amount', tax_amount: 'tax_amount' },
      },
    },
    totals: LINE_AMOUNTS,
    editableIn: ['DRAFT'],
    order: ['issue', 'send'],
    only: { vendor_invoice_no: (form) => form.direction === 'PURCHASE', approval_no: (form) => form.direction === 'PURCHASE' },
    // its supplier sends it; and what is on its way is not sent again
    not: (row) => (isSale(row) && !['WAITING', 'SENDING', 'SUCCEEDED'].includes(String(row.transmission_status)) ? [] : ['send']),
    then: { verb: 'issue' },
    previewWithout: ['vendor_invoice_no', 'approval_no'],
    links: [
      {
        ko: (row) => (isSale(row) ? '수금 등록' : '지급 등록'),
        en: (row) => (isSale(row) ? 'Register receipt' : 'Register payment'),
        to: 'tenants.fim.payments',
        when: (row) => ['ISSUED', 'SENT', 'CONFIRMED'].includes(String(row.status)) && /^0*[1-9]|^0?\.0*[1-9]/.test(openOf(row)),
        query: (row) => ({
          transaction_type: isSale(row) ? 'RECEIPT' : 'PAYMENT',
          partner_id: String(row.partner_id),
          currency: String(row.currency_code),
          amount: openOf(row),
          doc_id: String(row.id),
        }),
      },
    ],
    referrers: [
      { key: 'tenants.fim.open-items', by: 'doc_id' },
      { key: 'tenants.fim.transactions', by: 'ref_doc_id' },
    ],
  },
  'tenants.fim.transactions': {
    groups: [
      { ko: '전표', en: 'Entry', fields: ['je_date', 'posting_date', 'je_type', 'description', 'currency'] },
      { ko: '진행', en: 'Progress', isRead: true, fields: ['period', 'origin', 'ref_doc_no', 'reverses_je_id', 'reversed_je_id', 'reversal_reason'] },
    ],
    defaults: { je_date: 'today', je_type: 'GENERAL', currency: 'base-currency' },
    lines: {
      lines: {
        columns: ['account_id', 'debit_amount', 'credit_amount', 'description', 'partner_id', 'department_id'],
        zeroIsEmpty: ['debit_amount', 'credit_amount', 'tax_amount', 'base_debit', 'base_credit'],
        totals: { debit_amount: 'total_debit', credit_amount: 'total_credit' },
      },
    },
    totals: ['total_debit', 'total_credit'],
    editableIn: ['DRAFT'],
    order: ['post'],
    not: (row) => (row.is_document_bound === true ? ['reverse'] : []),
    then: { verb: 'post' },
    documents: [{ id: 'ref_doc_id', type: 'ref_doc_type', no: 'ref_doc_no' }],
  },
  'tenants.fim.payments': {
    groups: [
      { ko: '입출금', en: 'Payment', fields: ['transaction_type', 'partner_id', 'amount', 'account_id', 'transaction_date', 'payment_method', 'currency', 'fee_amount', 'description'] },
      { ko: '진행', en: 'Progress', isRead: true, fields: ['allocated', 'unallocated', 'status_reason', 'je_id', 'reversal_je_id'] },
    ],
    defaults: { transaction_type: 'RECEIPT', transaction_date: 'today', payment_method: 'BANK_TRANSFER', currency: 'base-currency' },
    lines: { allocations: { columns: ['item_id', 'amount', 'allocated_on', 'vat_relief', 'je_id', 'undone_on'] } },
    editableIn: ['PENDING'],
    order: ['complete', 'allocate'],
    not: (row) => [
      ...(/^[0.]*$/.test(String(row.unallocated ?? '')) ? ['allocate'] : []),
      ...(((row.allocations as Row[] | undefined) ?? []).some((one) => !one.undone_on) ? [] : ['unallocate']),
    ],
    then: { verb: 'complete', fields: ['allocations'], isMain: true },
    referrers: [{ key: 'tenants.fim.transactions', by: 'ref_doc_id' }],
  },
  'tenants.fim.bank-statements': {
    groups: [{ ko: '통장', en: 'Account', fields: ['account_id', 'from_date', 'to_date', 'opening_balance', 'closing_balance'] }],
    lines: { lines: { columns: ['booked_on', 'description', 'counterparty', 'amount', 'balance', 'reference', 'status'] } },
    order: ['match', 'finish'],
    not: (row) => {
      const states = ((row.lines as Row[] | undefined) ?? []).map((line) => line.status)
      const isOpen = states.includes('UNMATCHED')
      return states.length === 0 ? [] : [...(isOpen ? ['finish'] : ['match', 'explain']), ...(states.every((state) => state === 'UNMATCHED') ? ['unmatch'] : [])]
    },
    editableIn: ['OPEN'],
  },
  'tenants.fim.clearings': {
    groups: [{ ko: '정리', en: 'Clearing', fields: ['kind', 'date', 'reason', 'account_id', 'vat_relief', 'is_pending'] }],
    defaults: { date: 'today' },
    lines: { items: { columns: ['item_id', 'amount'] }, allocations: { columns: ['item_id', 'amount', 'allocated_on', 'vat_relief', 'je_id', 'undone_on'] } },
    order: ['post'],
  },
  'tenants.fim.open-items': { documents: [{ id: 'doc_id', type: 'doc_type', no: 'doc_no' }] },
  'tenants.fim.budgets': {
    groups: [{ ko: '예산', en: 'Budget', fields: ['period', 'account_id', 'department_id', 'amount', 'notes'] }],
    editableIn: ['DRAFT'],
    order: ['approve', 'close'],
  },
  'tenants.fim.periods': { order: ['close'] },
  'tenants.fim.revaluations': { lines: { lines: { columns: ['item_id', 'account_id', 'currency', 'amount', 'base_amount', 'exchange_rate', 'revalued_amount', 'gain'] } } },
}
