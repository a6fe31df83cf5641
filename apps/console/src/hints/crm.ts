/** Customers: long forms with lines of their own. */
import type { DocumentHint } from './documents'

/** A customer is a partner, and so is a supplier. */
const PARTNER: DocumentHint = {
  groups: [
    { ko: '기본', en: 'General', fields: ['name', 'code', 'type', 'status', 'phone', 'email'] },
    { ko: '사업자', en: 'Business', fields: ['biz_no', 'biz_name', 'ceo_name', 'biz_type', 'biz_kind', 'biz_item'] },
    { ko: '거래 조건', en: 'Terms', fields: ['payment_terms', 'credit_limit', 'currency_code'] },
    { ko: '주소', en: 'Address', fields: ['postcode', 'address1', 'address2'] },
  ],
  lines: {
    addresses: { columns: ['address_type', 'address_name', 'postcode', 'address1', 'address2', 'contact_name', 'phone', 'is_default'] },
    banks: { columns: ['bank_code', 'bank_name', 'account_no', 'account_holder', 'account_type', 'is_primary'] },
    staff: { columns: ['employee_id', 'manager_type', 'start_date', 'end_date'] },
  },
}

export const CRM: Record<string, DocumentHint> = {
  'tenants.crm.customers': {
    ...PARTNER,
    order: ['activate'],
  },
  'tenants.crm.partners': PARTNER,
  'tenants.crm.activities': { defaults: { activity_date: 'today' }, order: ['start', 'complete'], lines: { participants: { columns: ['user_id', 'contact_id'] } } },
  'tenants.crm.opportunities': { order: ['win'] },
}
