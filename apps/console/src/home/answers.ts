/**
 * What `GET /api/v1/<side>/home` answers. A part that one may not see is null.
 * `components['schemas']['CompanyHome']` and `['ProviderHome']` of the generated types say the same once the document has them.
 */
export interface CashAccount {
  account_id: string
  account_code: string
  account_name: string
  account_name_en: string | null
  is_bank_account: boolean
  balance: string
}

export interface Open {
  total: string
  overdue: string
  overdue_count: number
}

export interface Month {
  month: string
  sales: string
}

export interface Sales {
  this_month: string
  last_month: string
  same_month_last_year: string
  months: Month[]
}

export interface Deadline {
  kind: 'INVOICES_TO_ISSUE' | 'INVOICES_TO_SEND' | 'VAT_RETURN'
  due: string
  count: number
  overdue_count: number
  from: string | null
  to: string | null
}

export interface Task {
  id: string
  activity_type: string
  subject: string
  activity_date: string
  start_time: string | null
  priority: string
  partner_id: string | null
}

export interface CompanyHome {
  as_of: string
  base_currency: string
  cash: { total: string; accounts: CashAccount[] } | null
  receivable: Open | null
  payable: Open | null
  sales: Sales | null
  pipeline: { currency: string; count: number; amount: string; weighted_amount: string }[] | null
  deadlines: Deadline[] | null
  missing: ('HEADQUARTERS' | 'BIZ_NO' | 'CEO_NAME')[] | null
  tasks: { due_today: number; overdue: number; next: Task[] } | null
}

export interface ProviderHome {
  as_of: string
  companies: { status: string; count: number }[] | null
  sign_ins: { since: string; succeeded: number; failed: number } | null
  dead_letters: number | null
  audit: { signed_up_to: number; signed_at: string | null; verified_at: string | null; valid: boolean | null } | null
}
