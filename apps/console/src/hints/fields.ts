/**
 * What fields are called, in Korean and in English, where the document does not say it (`x-titles`): fields inside of JSON columns, which are in no
 * schema by their own type, by name; and what one resource calls otherwise than all, as `<resource key>.<field>`.
 */
export const WORDS: Record<string, [ko: string, en: string]> = {
  alerts: ['경보', 'Alerts'],
  check: ['점검 항목', 'Check'],
  event: ['사건', 'Event'],
  evidence: ['근거', 'Evidence'],
  is_critical: ['심각', 'Critical'],
  keep_days: ['보존 일수', 'Days kept'],
  passed: ['통과', 'Passed'],
  'tenants.crm.partners.name': ['거래처명', 'Name'],
  'tenants.crm.customers.is_primary': ['대표', 'Primary'],
  'tenants.fim.invoices.code': ['수정 사유', 'Reason'],
  'tenants.fim.invoices.amount': ['변동 금액', 'Change'],
  'tenants.fim.payments.account_id': ['입출금 계정', 'Account'],
  'tenants.fim.transactions.description': ['적요', 'Description'],
  'manager.audt.audit-logs.description': ['필요한 권한', 'Right'],
  'manager.idam.permissions.code': ['권한', 'Right'],
}

/** Texts that are words of a list nobody wrote down: they are shown as the words of enums are. */
export const ENUM_TEXTS = new Set([
  'failure_reason', 'event_type', 'event_category', 'actor_kind', 'action_performed', 'result', 'risk_level', 'mfa_method', 'session_type', 'reason_code',
  'manager.audt.audit-logs.resource', 'manager.audt.audit-logs.status',
])

/** Texts that name rights, or what rights are of. */
export const RIGHTS = new Set(['permissions', 'scopes', 'permission', 'manager.audt.audit-logs.target', 'manager.audt.audit-logs.description', 'manager.idam.permissions.code'])
