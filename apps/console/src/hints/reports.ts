/**
 * What the document cannot say of a report: its names, the order of its parts on paper, and which of its numbers are compared. A report without a
 * hint has a page all the same. The order of the file is the order of the menu.
 */
export interface ReportHint {
  ko: string
  en?: string
  /** Other words by which people look for it. */
  words?: string[]
  /** Parameters that are not offered: two names for one thing, or of no use here. */
  without?: string[]
  /** Parts in the order of the paper. Without: as the document has them. */
  order?: string[]
  /** Columns of its rows, in order. Without: all that say something. */
  columns?: string[]
  /** The number of a row that is compared with another period. */
  compare?: string
  /** Rows are accounts, one each: they are shown as a tree. */
  isTree?: boolean
  /** The numbers of a row that are drawn as one bar. */
  bars?: string[]
  /** Not in the menu: reached from another report. */
  isHidden?: boolean
}

export const REPORTS: Record<string, ReportHint> = {
  'tenants.fim.trial-balance': {
    ko: '시산표', words: ['합계잔액시산표', 'TB', 'trial balance'], without: ['as_of'],
    columns: ['opening', 'debit', 'credit', 'closing'], compare: 'closing', isTree: true,
  },
  'tenants.fim.profit-and-loss': {
    ko: '손익계산서', en: 'Profit and loss', words: ['PL', 'P&L', 'income statement', '손익'], without: ['as_of'], compare: 'amount', columns: ['amount'],
    order: [
      'sales', 'cost_of_sales', 'gross_profit', 'selling_and_administration', 'operating_profit', 'other_income', 'other_expense', 'profit_before_tax',
      'income_tax', 'net_profit',
    ],
  },
  'tenants.fim.balance-sheet': {
    ko: '재무상태표', words: ['대차대조표', 'BS', 'statement of financial position'], without: ['from', 'to'], compare: 'amount', columns: ['amount'],
    order: [
      'current_assets', 'non_current_assets', 'assets', 'current_liabilities', 'non_current_liabilities', 'liabilities', 'equity_accounts',
      'unclosed_result', 'equity', 'liabilities_and_equity',
    ],
  },
  'tenants.fim.cash-flow': {
    ko: '현금흐름표', en: 'Cash flow', words: ['cash flow statement', '자금'], without: ['as_of'], compare: 'amount', columns: ['amount'],
    order: ['opening', 'operating', 'investing', 'financing', 'closing', 'difference'],
  },
  'tenants.fim.general-ledger': {
    ko: '계정별원장', en: 'General ledger', words: ['총계정원장', '원장', 'GL', 'account ledger'],
    columns: ['posting_date', 'je_code', 'description', 'partner_id', 'department_id', 'debit', 'credit', 'balance'],
  },
  'tenants.fim.journal': {
    ko: '분개장', en: 'Journal', words: ['일계표', '전표 목록', 'day book'],
    columns: ['posting_date', 'je_code', 'account_code', 'account_name', 'description', 'partner_id', 'debit', 'credit'],
  },
  'tenants.fim.aging': {
    ko: '채권·채무 연령 분석', en: 'Receivables and payables by age', words: ['에이징', '미수금', '미지급금', '채권연령', 'aging', 'AR', 'AP', 'overdue'],
    columns: ['partner_name', 'not_due', '1_30', '31_60', '61_90', 'over_90', 'total'], compare: 'total', bars: ['not_due', '1_30', '31_60', '61_90', 'over_90'],
    order: ['rows', 'control_total', 'revalued', 'difference', 'control_accounts'],
  },
  'tenants.fim.partner-statement': {
    ko: '거래처원장', en: 'Partner statement', words: ['거래처별 원장', '잔액', 'statement of account', 'customer statement'],
    columns: ['posting_date', 'je_code', 'account_name', 'description', 'ref_doc_no', 'debit', 'credit', 'balance'],
  },
  'tenants.fim.budget-vs-actual': {
    ko: '예산 대비 실적', en: 'Budget and actual', words: ['예실', 'budget vs actual', 'variance'], without: ['as_of'],
    columns: ['period', 'account_code', 'account_name', 'department_id', 'budget', 'actual', 'available', 'status'],
  },
  'tenants.fim.vat-return': {
    ko: '부가가치세 신고서', en: 'VAT return', words: ['부가세', '부가세 신고', 'VAT', 'tax return'], compare: 'tax', columns: ['box', 'name', 'count', 'supply', 'tax'],
    order: ['boxes', 'output_tax', 'input_tax', 'payable', 'late_penalty', 'settlements', 'output_tie', 'input_tie'],
  },
  'tenants.fim.vat-return-partners': {
    ko: '세금계산서 합계표', en: 'Tax invoices by business number', words: ['매출처별', '매입처별', '세금계산서합계표'], columns: ['biz_no', 'biz_name', 'count', 'supply', 'tax'],
  },
  'tenants.fim.vat-return-late': {
    ko: '지연발급 세금계산서', en: 'Late tax invoices', words: ['가산세', 'late invoices', 'penalty'],
    columns: ['invoice_no', 'buyer_biz_name', 'invoice_date', 'issue_deadline', 'issue_date', 'return_due', 'supply', 'rate', 'penalty'],
  },
  'tenants.fim.vat-return-documents': {
    ko: '부가세 신고서 증빙', en: 'Documents of a VAT box', isHidden: true,
    columns: ['invoice_date', 'invoice_no', 'partner_id', 'clearing_id', 'approval_no', 'supply', 'tax'],
  },
  'tenants.fim.verify': { ko: '장부 검증', en: 'Verify the books', words: ['정합성', '무결성', 'integrity', 'check'] },
  'tenants.fim.transactions-verify': { ko: '전표 검증', en: 'Verify the journal', words: ['정합성', '무결성', 'hash chain'] },
  'tenants.crm.opportunities-pipeline': {
    ko: '영업 현황', en: 'Pipeline', words: ['파이프라인', '수주율', 'win rate', 'forecast'],
    columns: ['currency', 'count', 'amount', 'weighted_amount', 'win_rate', 'stages'],
  },
  'manager.audt.audit-logs-verify': { ko: '감사 기록 검증', en: 'Verify the audit', words: ['무결성', 'integrity'] },
}

/** Parts and numbers of reports that are called otherwise on paper than in lists: Korean and English. */
export const REPORT_WORDS: Record<string, [ko: string, en: string]> = {
  from: ['시작일', 'From'], to: ['종료일', 'To'], known_at: ['장부 기준 시점', 'Books as of'], kind: ['구분', 'Kind'], name: ['구분', 'Item'], part: ['구분', 'Part'],
  rows: ['내역', 'Rows'], description: ['적요', 'Description'], count: ['건수', 'Count'], period: ['월', 'Month'], je_code: ['전표번호', 'Entry'], je_id: ['전표', 'Entry'], ledger: ['장부', 'Ledger'],
  '1_30': ['1–30일', '1–30 days'], '31_60': ['31–60일', '31–60 days'], '61_90': ['61–90일', '61–90 days'],
  assets: ['자산 총계', 'Total assets'], liabilities: ['부채 총계', 'Total liabilities'], equity: ['자본 총계', 'Total equity'], equity_accounts: ['자본', 'Equity accounts'],
  liabilities_and_equity: ['부채와 자본 총계', 'Total liabilities and equity'], non_current_assets: ['비유동자산', 'Non-current assets'],
  non_current_liabilities: ['비유동부채', 'Non-current liabilities'], operating: ['영업활동 현금흐름', 'Operating activities'],
  investing: ['투자활동 현금흐름', 'Investing activities'], financing: ['재무활동 현금흐름', 'Financing activities'], box: ['번호', 'Box'], boxes: ['신고서', 'Return'],
  documents: ['증빙', 'Documents'], late_penalty: ['지연발급 가산세', 'Late penalty'], rate: ['가산세율', 'Rate'], return_due: ['확정신고 기한', 'Return due'],
  expected_close_date_from: ['예상 마감일 시작', 'Expected close from'], expected_close_date_to: ['예상 마감일 끝', 'Expected close until'],
}

/** Types of accounts, as headings. */
export const ACCOUNT_TYPES_EN: Record<string, string> = { ASSET: 'Assets', LIABILITY: 'Liabilities', EQUITY: 'Equity', REVENUE: 'Revenue', EXPENSE: 'Expenses' }

/** Groups of the Korean chart of accounts, in English. */
export const ACCOUNT_GROUPS_EN: Record<string, string> = {
  당좌자산: 'Quick assets', 재고자산: 'Inventories', 투자자산: 'Investments', 유형자산: 'Property and equipment', 무형자산: 'Intangible assets',
  기타비유동자산: 'Other non-current assets', 유동부채: 'Current liabilities', 비유동부채: 'Non-current liabilities', 자본금: 'Share capital',
  자본잉여금: 'Capital surplus', 자본조정: 'Capital adjustments', 이익잉여금: 'Retained earnings', 매출액: 'Sales', 매출원가: 'Cost of sales',
  판매비와관리비: 'Selling and administration', 영업외수익: 'Other income', 영업외비용: 'Other expense', 법인세비용: 'Income tax',
}
