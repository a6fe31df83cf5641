/**
 * What the document cannot say of a resource: its Korean name, which columns stand first, what may be edited in the table. A resource without
 * a hint has pages all the same.
 */
export interface ResourceHint {
  ko: string
  /** English, where the product calls it otherwise than the document: many, and one. */
  en?: string
  one?: string
  /** Columns of the list, in order. Without: the first that are worth it. */
  columns?: string[]
  /** Rows have an English name beside the Korean one: it is shown in English. */
  hasEnglish?: true
  /** How a list is sorted that nobody has sorted otherwise: a field, with `-` from the greatest down. Without: the newest first. */
  order?: string
  /** Fields of forms and details that come first, in order. */
  first?: string[]
  /** What may be edited in a row of the list. */
  inTable?: string[]
  /** Not in the menu: reached from elsewhere. */
  isHidden?: boolean
  /** How a row is called that has no number yet: these fields of it. */
  called?: (string | ((row: Record<string, unknown>) => unknown))[]
  /** `103 보통예금`: the code belongs to the name. */
  isCodeFirst?: boolean
  /** A list that has some of the same rows: names and pickers come from it for whoever may read that one only. */
  among?: string
  /** Where a row has a page of another list, with more to see and to do: its key. Its own where one may not read that. */
  pageOf?: (row: Record<string, unknown>) => string
  /** What a picker leaves out, unless the field itself says otherwise (`PICKS`). */
  pick?: Record<string, string>
}

/** What a picker of a field asks the list of its target for; a filter and a report, which are of no field, for all: what is out of use was used. */
export const pickOf = (target: string, of?: string): Record<string, string> => (of === undefined ? {} : (PICKS[of] ?? RESOURCES[target]?.pick ?? {}))

/** By `<resource>.<field>`: what a picker asks its list for. */
export const PICKS: Record<string, Record<string, string>> = {
  'tenants.fim.accounts.parent_id': {},
  'tenants.fim.bank-statements.account_id': { is_bank_account: 'true' },
}

/** Whether a partner is (also) a customer. */
export const isCustomer = (row: Record<string, unknown> | undefined): boolean => row?.type === 'CUSTOMER' || row?.type === 'BOTH'

const pageOfPartner = (row: Record<string, unknown>): string => (isCustomer(row) ? 'tenants.crm.customers' : 'tenants.crm.partners')

export const RESOURCES: Record<string, ResourceHint> = {
  'tenants.adm.organizations': {
    ko: '조직',
    columns: ['name', 'code', 'biz_no', 'ceo_name', 'phone', 'status', 'is_headquarters'],
    first: ['name', 'code', 'description', 'is_headquarters', 'status', 'biz_no', 'ceo_name', 'phone', 'email'],
    inTable: ['name', 'code', 'ceo_name', 'phone', 'status'],
  },
  'tenants.adm.departments': {
    ko: '부서',
    columns: ['name', 'code', 'organization_id', 'parent_id', 'manager_id', 'valid_from', 'valid_to'],
    first: ['name', 'code', 'organization_id', 'parent_id', 'manager_id', 'valid_from', 'valid_to', 'sort_order', 'description'],
  },
  'tenants.adm.users': {
    ko: '사용자',
    columns: ['full_name', 'username', 'email', 'role_id', 'department_id', 'status', 'last_login_at'],
    first: ['full_name', 'username', 'email', 'password', 'role_id', 'organization_id', 'department_id', 'position', 'job_title', 'phone'],
  },
  'tenants.adm.roles': { ko: '역할', columns: ['name', 'code', 'description', 'is_system', 'is_active'], first: ['name', 'code', 'description', 'is_active', 'is_system'] },
  'tenants.adm.user-roles': { ko: '역할 부여', columns: ['user_id', 'role_id', 'department_id', 'expires_at', 'is_active'] },
  'tenants.adm.user-posts': { ko: '보직', en: 'Posts', one: 'post', columns: ['user_id', 'department_id', 'position', 'is_primary', 'valid_from', 'valid_to'] },
  'tenants.adm.api-keys': { ko: 'API 키', en: 'API keys', columns: ['key_name', 'key_id', 'user_id', 'status', 'expires_at', 'last_used_at'] },
  'tenants.adm.currencies': { ko: '통화' },
  'tenants.adm.exchange-rates': { ko: '환율', columns: ['from_currency', 'to_currency', 'rate', 'rate_type', 'valid_from', 'source'] },
  'tenants.adm.units': { ko: '단위', columns: ['name', 'code', 'unit_type', 'is_base', 'decimal_places', 'is_active'] },
  'tenants.adm.unit-conversions': { ko: '단위 환산' },
  'tenants.adm.payment-terms': { ko: '결제 조건', columns: ['name', 'code', 'due_rule', 'days', 'months', 'day_of_month', 'is_active'] },
  'tenants.adm.code-groups': { ko: '코드 그룹' },
  'tenants.adm.codes': { ko: '공통 코드', en: 'Common codes', one: 'common code' },
  'tenants.adm.holidays': { ko: '휴일', columns: ['date', 'name', 'is_working_day_override'] },
  'tenants.adm.login-logs': { ko: '로그인 기록', en: 'Sign-in log', columns: ['created_at', 'username', 'attempt_type', 'success', 'failure_reason', 'ip_address'] },
  'tenants.adm.sessions': { ko: '세션', columns: ['user_id', 'status', 'ip_address', 'created_at', 'last_activity_at', 'expires_at'] },
  'tenants.adm.support-consents': { ko: '지원 동의', columns: ['reason', 'status', 'allow_write', 'user_id', 'expires_at'] },
  'tenants.crm.customers': {
    ko: '고객',
    pageOf: pageOfPartner,
    columns: ['name', 'code', 'type', 'biz_no', 'ceo_name', 'phone', 'status'],
    first: ['name', 'code', 'type', 'status', 'biz_no', 'biz_name', 'ceo_name', 'phone', 'email', 'credit_limit', 'payment_terms', 'currency_code'],
    inTable: ['name', 'ceo_name', 'phone'],
  },
  'tenants.crm.partners': {
    ko: '거래처',
    among: 'tenants.crm.customers',
    columns: ['name', 'code', 'type', 'biz_no', 'ceo_name', 'phone', 'status'],
    pageOf: pageOfPartner,
  },
  'tenants.crm.contacts': {
    ko: '고객 담당자',
    columns: ['contact_name', 'partner_id', 'position', 'phone', 'mobile', 'email', 'is_primary'],
    first: ['contact_name', 'partner_id', 'contact_type', 'department', 'position', 'phone', 'mobile', 'email', 'is_primary', 'status'],
  },
  'tenants.crm.opportunities': {
    ko: '영업 기회',
    columns: ['name', 'partner_id', 'stage', 'status', 'amount', 'currency', 'win_probability', 'expected_close_date', 'owner_id'],
    first: ['name', 'code', 'partner_id', 'contact_id', 'stage', 'status', 'amount', 'currency', 'win_probability', 'expected_revenue', 'expected_close_date', 'owner_id', 'department_id'],
  },
  'tenants.crm.activities': {
    ko: '영업 활동',
    columns: ['subject', 'activity_type', 'status', 'partner_id', 'opportunity_id', 'activity_date', 'start_time', 'owner_id'],
    first: ['subject', 'activity_type', 'status', 'activity_date', 'start_time', 'end_time', 'partner_id', 'opportunity_id', 'contact_id', 'owner_id', 'priority'],
  },
  'tenants.fim.accounts': { ko: '계정과목', en: 'Accounts', order: 'account_code', hasEnglish: true, isCodeFirst: true, pick: { is_posting_allowed: 'true', is_active: 'true' }, columns: ['account_code', 'account_name', 'account_type', 'account_group', 'role', 'is_posting_allowed', 'is_active'] },
  'tenants.fim.periods': { ko: '회계기간', en: 'Periods', columns: ['period', 'fiscal_year', 'start_date', 'end_date', 'status', 'closed_at'] },
  'tenants.fim.transactions': {
    ko: '전표',
    en: 'Journal entries',
    called: ['je_date', 'description'],
    columns: ['je_code', 'posting_date', 'je_type', 'description', 'total_debit', 'currency', 'status'],
    first: ['je_code', 'je_type', 'je_date', 'posting_date', 'description', 'total_debit', 'total_credit', 'currency', 'status'],
  },
  'tenants.fim.invoices': {
    ko: '세금계산서',
    en: 'Tax invoices', one: 'tax invoice',
    called: ['invoice_date', (row) => (row.direction === 'PURCHASE' ? row.supplier_biz_name : row.buyer_biz_name)],
    columns: ['invoice_no', 'direction', 'invoice_date', 'partner_id', 'total_amount', 'paid_amount', 'due_date', 'status', 'transmission_status'],
  },
  'tenants.fim.payments': {
    ko: '입출금',
    en: 'Payments',
    called: ['transaction_date', 'amount'],
    columns: ['transaction_code', 'transaction_type', 'transaction_date', 'partner_id', 'amount', 'currency', 'payment_method', 'status'],
  },
  'tenants.fim.open-items': { ko: '미결 항목', en: 'Open items', columns: ['doc_no', 'kind', 'partner_id', 'doc_date', 'due_date', 'amount', 'settled', 'currency'] },
  'tenants.fim.budgets': { ko: '예산', en: 'Budgets', columns: ['period', 'account_id', 'department_id', 'amount', 'status'] },
  'tenants.fim.bank-statements': { ko: '통장 거래내역', en: 'Bank statements', called: ['from_date', 'to_date'] },
  'tenants.fim.clearings': { called: ['date', 'amount'], ko: '대손·상계 정리', en: 'Clearings', columns: ['clearing_no', 'kind', 'date', 'partner_id', 'amount', 'status'] },
  'tenants.fim.revaluations': { called: ['as_of'], ko: '외화환산', en: 'Revaluations', columns: ['as_of', 'gain', 'loss', 'status', 'returned_on'] },
  'tenants.fim.vat-settlements': { called: ['from_date', 'to_date'], ko: '부가세 정산', en: 'VAT settlements', columns: ['from_date', 'to_date', 'output_tax', 'input_tax', 'payable', 'status'] },
  'manager.tnnt.tenants': {
    ko: '고객사',
    en: 'Companies', one: 'company',
    columns: ['name', 'code', 'type', 'status', 'start_date', 'ceo_name', 'employee_count'],
    first: ['name', 'code', 'type', 'status', 'start_date', 'close_date', 'admin', 'biz_name', 'biz_no', 'ceo_name', 'phone_no'],
  },
  'manager.idam.users': {
    ko: '운영자 계정',
    en: 'Users',
    columns: ['full_name', 'username', 'email', 'user_type', 'department', 'status', 'last_login_at'],
    first: ['full_name', 'username', 'email', 'password', 'user_type', 'roles', 'department', 'position', 'phone'],
  },
  'manager.idam.roles': { ko: '역할', columns: ['name', 'code', 'category', 'scope', 'level', 'status', 'is_system'], first: ['name', 'code', 'description', 'category', 'scope', 'level', 'priority', 'status'] },
  'manager.idam.permissions': { ko: '권한', columns: ['code', 'scope', 'applies_to', 'is_system', 'status'] },
  'manager.idam.role-permissions': { ko: '역할별 권한', columns: ['role_id', 'permission_id', 'status'] },
  'manager.idam.user-roles': { ko: '역할 부여', columns: ['user_id', 'role_id', 'tenant_context', 'status', 'expires_at'] },
  'manager.idam.login-logs': { ko: '로그인 기록', en: 'Sign-in log', columns: ['created_at', 'username', 'attempt_type', 'success', 'failure_reason', 'ip_address'] },
  'manager.idam.sessions': { ko: '세션', columns: ['user_id', 'status', 'ip_address', 'created_at', 'last_activity_at', 'expires_at'] },
  'manager.idam.api-keys': { ko: 'API 키', en: 'API keys', columns: ['key_name', 'key_id', 'user_id', 'status', 'expires_at', 'last_used_at'] },
  'manager.idam.impersonations': { ko: '대리 작업', columns: ['staff_name', 'tenant_id', 'username', 'reason', 'allow_write', 'expires_at', 'ended_at'] },
  'manager.audt.audit-logs': { ko: '감사 기록', columns: ['created_at', 'actor_name', 'action_performed', 'target', 'result', 'risk_level', 'source_ip'] },
  'manager.audt.dead-letters': { ko: '실패한 사건' },
  'manager.audt.alerts': { ko: '경보' },
  'manager.audt.policies': { ko: '정책', columns: ['policy_name', 'policy_type', 'policy_category', 'version', 'enforcement_level', 'effective_date', 'status'] },
  'manager.audt.compliances': { ko: '규정 준수 점검', columns: ['report_name', 'report_type', 'compliance_status', 'findings_count', 'critical_count', 'status', 'generated_at'] },
}

/** Names of domains in the menu, and their order: those not named here come last. */
export const DOMAINS: Record<string, { ko: string; en: string }> = {
  'tenants.crm': { ko: '고객 관리', en: 'Customers' },
  'tenants.srm': { ko: '판매', en: 'Sales' },
  'tenants.psm': { ko: '구매', en: 'Purchasing' },
  'tenants.ivm': { ko: '재고', en: 'Stock' },
  'tenants.fim': { ko: '재무', en: 'Finance' },
  'tenants.lwm': { ko: '결재', en: 'Workflow' },
  'tenants.adm': { ko: '회사 관리', en: 'Administration' },
  'manager.tnnt': { ko: '고객사', en: 'Companies' },
  'manager.idam': { ko: '계정과 권한', en: 'Identity' },
  'manager.audt': { ko: '감사', en: 'Audit' },
  'manager.auth': { ko: '인증', en: 'Authentication' },
}
