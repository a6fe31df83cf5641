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

/** Korean of the parts and numbers of reports; what is not here is called as in lists. */
export const REPORT_FIELDS: Record<string, string> = {
  '1_30': '1–30일', '31_60': '31–60일', '61_90': '61–90일', over_90: '90일 초과', not_due: '기한 전', total: '합계', totals: '합계', rows: '내역',
  actual: '실적', assets: '자산 총계', available: '남은 예산', boxes: '신고서', budget: '예산', budget_id: '예산', cancelled_count: '취소', checked: '검증한 건수',
  clearing_id: '대손·상계 정리', closing: '기말 잔액', control_accounts: '통제 계정', control_total: '장부 잔액', cost_of_sales: '매출원가', count: '건수', credit: '대변',
  currencies: '통화별', average_days: '평균 일수', current_assets: '유동자산', current_liabilities: '유동부채', debit: '차변', difference: '차이', documents: '증빙',
  equity: '자본 총계', equity_accounts: '자본', financing: '재무활동 현금흐름', first_bad: '처음 어긋난 곳', gross_profit: '매출총이익', income_tax: '법인세비용',
  input_tie: '매입세액 대사', investing: '투자활동 현금흐름', is_supplement: '수정신고', issue_deadline: '발급 기한', late_penalty: '지연발급 가산세', ledger: '장부',
  liabilities: '부채 총계', liabilities_and_equity: '부채와 자본 총계', lost_count: '실패', name: '구분', net_profit: '당기순이익', non_current_assets: '비유동자산',
  non_current_liabilities: '비유동부채', open_count: '진행 중', opening: '기초 잔액', operating: '영업활동 현금흐름', operating_profit: '영업이익',
  other_expense: '영업외비용', other_income: '영업외수익', output_tie: '매출세액 대사', partner_code: '거래처코드', partner_name: '거래처', penalty: '가산세',
  profit_before_tax: '법인세차감전순이익', rate: '가산세율', return_due: '확정신고 기한', revalued: '외화환산 반영', sales: '매출액',
  selling_and_administration: '판매비와관리비', settlements: '정산', stages: '단계별', supply: '공급가액', tax: '세액', unclosed_result: '미처분 손익',
  valid: '이상 없음', vat_settlement_id: '부가세 정산', win_rate: '성사율', won_count: '성사', box: '번호', known_at: '장부 기준 시점', from: '시작일', to: '종료일',
  invoice_id: '세금계산서', expected_close_date_from: '예상 마감일 시작', expected_close_date_to: '예상 마감일 끝', part: '구분', buckets: '구간', period: '월', biz_name: '상호', kind: '구분',
}

export const REPORT_FIELDS_EN: Record<string, string> = {
  '1_30': '1–30 days', '31_60': '31–60 days', '61_90': '61–90 days', over_90: 'Over 90 days', not_due: 'Not due', je_code: 'Entry', je_id: 'Entry',
  known_at: 'Books as of', from: 'From', to: 'To', unclosed_result: 'Result not closed yet', control_total: 'Balance in the ledger', revalued: 'Revaluation',
  input_tie: 'Input tax: documents and ledger', output_tie: 'Output tax: documents and ledger', equity_accounts: 'Equity accounts', equity: 'Total equity',
  assets: 'Total assets', liabilities: 'Total liabilities', liabilities_and_equity: 'Total liabilities and equity', rows: 'Rows', valid: 'Valid', first_bad: 'First fault',
  checked: 'Checked', name: 'Item', box: 'Box', partner_name: 'Partner', biz_name: 'Name', boxes: 'Return', operating: 'Operating activities',
  investing: 'Investing activities', non_current_assets: 'Non-current assets', non_current_liabilities: 'Non-current liabilities', open_count: 'Open',
  won_count: 'Won', lost_count: 'Lost', cancelled_count: 'Cancelled', financing: 'Financing activities', opening: 'Opening', closing: 'Closing', available: 'Left',
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
