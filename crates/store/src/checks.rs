//! The words for what the database refuses: each CHECK constraint that a caller can come upon has a rule with a name of its own, its
//! bound and a sentence. The names of constraints stay inside.

use kernel::Message;

/// What a constraint asks for.
enum Wants {
    /// From, to.
    Range(i64, i64),
    AtLeast(i64),
    Positive,
    NotZero,
    /// Not before this day of the same row.
    NotBefore(&'static str),
    /// After this day of the same row.
    After(&'static str),
    /// Another than this field of the same row, or the row itself.
    OtherThan(&'static str),
    /// Sent together with this one, or neither.
    With(&'static str),
    /// Rule, and what is said.
    Said(&'static str, &'static str, &'static str),
}

use Wants::{After, AtLeast, NotBefore, NotZero, OtherThan, Positive, Range, Said, With};

/// By the name without `_check`.
const CHECKS: &[(&str, Wants)] = &[
    ("adm_api_keys_rate_limit_per_day", Positive),
    ("adm_api_keys_rate_limit_per_hour", Positive),
    ("adm_api_keys_rate_limit_per_minute", Positive),
    ("adm_currencies_decimal_places", Range(0, 4)),
    (
        "adm_currencies_is_active",
        Said("base_currency", "기준 통화는 사용 중지할 수 없습니다.", "must be true: the base currency stays in use"),
    ),
    ("adm_department_places_parent_id", OtherThan("department_id")),
    ("adm_departments_parent_id", OtherThan("id")),
    ("adm_departments_valid_to", After("valid_from")),
    ("adm_exchange_rates_rate", Positive),
    ("adm_exchange_rates_to_currency", OtherThan("from_currency")),
    (
        "adm_payment_terms_day_of_month",
        Said(
            "range",
            "due_rule이 DAY_OF_MONTH일 때만, 1 이상 31 이하로 적어야 합니다.",
            "must be from 1 to 31 with due_rule DAY_OF_MONTH, and absent without",
        ),
    ),
    ("adm_payment_terms_days", Range(0, 365)),
    ("adm_payment_terms_discount_days", Range(0, 365)),
    (
        "adm_payment_terms_discount_percent",
        Said(
            "range",
            "discount_days와 함께, 0보다 크고 100보다 작게 적어야 합니다.",
            "must be above 0 and below 100, and goes together with discount_days",
        ),
    ),
    ("adm_payment_terms_months", Range(0, 24)),
    ("adm_unit_conversions_denominator", Positive),
    ("adm_unit_conversions_numerator", Positive),
    ("adm_unit_conversions_to_unit_id", OtherThan("from_unit_id")),
    ("adm_units_decimal_places", Range(0, 4)),
    ("adm_user_posts_valid_to", After("valid_from")),
    ("audt_compliances_close_date", NotBefore("start_date")),
    ("audt_compliances_critical_count", Said("range", "0 이상, findings_count 이하여야 합니다.", "must be from 0 to findings_count")),
    (
        "audt_compliances_tenant_ids",
        Said("together", "scope가 SPECIFIC_TENANT일 때만 적어야 합니다.", "goes together with scope SPECIFIC_TENANT"),
    ),
    ("audt_policies_expiry_date", NotBefore("effective_date")),
    (
        "audt_policies_tenant_ids",
        Said("together", "apply_to_all_tenants가 false일 때만 적어야 합니다.", "goes together with apply_to_all_tenants false"),
    ),
    (
        "crm_activities_duration_minutes",
        Said("range", "시작·종료 시각이 있을 때 0 이상이어야 합니다.", "must be 0 or more, with a start and an end time"),
    ),
    ("crm_activities_end_time", NotBefore("start_time")),
    ("crm_activities_follow_up_activity_id", OtherThan("id")),
    ("crm_activities_follow_up_date", NotBefore("activity_date")),
    (
        "crm_activities_related_to_type",
        Said("together", "가리키는 대상의 id를 함께 적어야 합니다.", "goes together with the id of what it names"),
    ),
    ("crm_activities_reminder_minutes", Positive),
    (
        "crm_opportunities_amount",
        Said("range", "0 이상이고 통화의 최소 단위에 맞아야 합니다.", "must be 0 or more, in whole units of its currency"),
    ),
    (
        "crm_opportunities_win_probability",
        Said("range", "0 이상 100 이하여야 합니다. 성사되면 100, 실패하면 0입니다.", "must be from 0 to 100; 100 when won, 0 when lost"),
    ),
    ("crm_opportunities_lost_reason", Said("together", "실패(LOST)일 때만 적어야 합니다.", "goes together with the status LOST")),
    ("crm_opportunity_stages_left_at", NotBefore("entered_at")),
    (
        "crm_partner_addresses_country_code",
        Said("length", "대문자 3자의 국가 코드여야 합니다. (예: KOR)", "must be a country code of 3 capital letters, such as KOR"),
    ),
    ("crm_partner_banks_account_no", Said("form", "숫자와 -로 된 5자 이상이어야 합니다.", "must have at least 5 digits or hyphens")),
    ("crm_partner_banks_bank_code", Said("min_length", "3자 이상이어야 합니다.", "needs at least 3 characters")),
    ("crm_partner_banks_swift_code", Said("length", "8자 또는 11자여야 합니다.", "must have 8 or 11 characters")),
    ("crm_partner_contacts_phone", Said("required", "전화, 휴대전화, 이메일 중 하나는 필요합니다.", "or mobile or email is required")),
    ("crm_partner_managers_end_date", NotBefore("start_date")),
    ("crm_partners_credit_limit", AtLeast(0)),
    ("crm_partners_employee_count", AtLeast(0)),
    (
        "crm_partners_merged_into_id",
        Said(
            "self",
            "다른 거래처여야 하고, 합쳐진 거래처는 종료 상태여야 합니다.",
            "must be another one, and what was merged stays closed",
        ),
    ),
    (
        "fim_accounts_is_posting_allowed",
        Said("control_account", "통제 계정에는 직접 전기할 수 없습니다.", "must be false for a control account"),
    ),
    ("fim_accounts_level_depth", Range(1, 10)),
    ("fim_accounts_parent_id", OtherThan("id")),
    ("fim_accounts_role", Said("posting_account", "전기할 수 있는 계정에만 적을 수 있습니다.", "is for accounts that can be posted to")),
    ("fim_accounts_statement_order", AtLeast(0)),
    ("fim_allocations_amount", NotZero),
    ("fim_allocations_undone_on", NotBefore("allocated_on")),
    ("fim_bank_statement_lines_amount", NotZero),
    ("fim_bank_statement_lines_note", Said("required", "설명이 필요합니다.", "is required to explain a line")),
    ("fim_bank_statements_to_date", NotBefore("from_date")),
    ("fim_budgets_amount", AtLeast(0)),
    ("fim_clearings_account_id", Said("together", "kind가 WRITE_OFF일 때만 적어야 합니다.", "goes together with kind WRITE_OFF")),
    ("fim_clearings_amount", Positive),
    ("fim_journal_entries_exchange_rate", Positive),
    ("fim_journal_entries_rate_divisor", Positive),
    (
        "fim_journal_entry_lines_base_debit",
        Said("one_side", "차변과 대변 중 한쪽만 0보다 커야 합니다.", "or the credit must be 0, and neither below 0"),
    ),
    (
        "fim_journal_entry_lines_debit_amount",
        Said("one_side", "차변과 대변 중 한쪽만 0보다 커야 합니다.", "or the credit must be above 0, and the other 0"),
    ),
    ("fim_journal_entry_lines_line_no", Positive),
    (
        "fim_payment_transactions_allocated",
        Said("range", "0 이상, 금액 이하여야 하고 완료된 입출금이어야 합니다.", "must be from 0 to the amount, of a completed payment"),
    ),
    ("fim_payment_transactions_amount", Positive),
    ("fim_payment_transactions_base_allocated", Said("range", "0 이상, 금액 이하여야 합니다.", "must be from 0 to the amount")),
    ("fim_payment_transactions_exchange_rate", Positive),
    ("fim_payment_transactions_fee_amount", AtLeast(0)),
    ("fim_periods_end_date", NotBefore("start_date")),
    ("fim_periods_exception_until", With("exception_user_id")),
    ("fim_revaluations_gain", AtLeast(0)),
    ("fim_revaluations_returned_on", After("as_of")),
    ("fim_tax_invoice_lines_line_no", Positive),
    (
        "fim_tax_invoice_lines_sum",
        Said("sum", "합계는 공급가액과 세액의 합이어야 합니다.", "the total must be the supply and the tax together"),
    ),
    (
        "fim_tax_invoice_lines_tax_amount",
        Said("tax_kind", "과세(TAXABLE) 품목에만 세액이 있어야 합니다.", "must be 0 but for TAXABLE lines"),
    ),
    (
        "fim_tax_invoices_amendment_code",
        Said(
            "range",
            "1 이상 6 이하여야 하고 당초 세금계산서가 있어야 합니다.",
            "must be from 1 to 6, and goes together with the original invoice",
        ),
    ),
    ("fim_tax_invoices_sum", Said("sum", "합계는 공급가액과 세액의 합이어야 합니다.", "the total must be the supply and the tax together")),
    ("fim_tax_invoices_vendor_invoice_no", Said("direction", "매입(PURCHASE) 세금계산서에만 적을 수 있습니다.", "is for a PURCHASE only")),
    ("fim_vat_settlements_to_date", After("from_date")),
    ("idam_api_keys_rate_limit_per_day", Positive),
    ("idam_api_keys_rate_limit_per_hour", Positive),
    ("idam_api_keys_rate_limit_per_minute", Positive),
    ("idam_roles_category", Said("scope", "역할의 범위(scope)와 맞지 않는 분류입니다.", "does not go with the scope of the role")),
    ("idam_roles_level", Range(1, 200)),
    ("idam_users_sso_provider", With("sso_subject")),
    ("tnnt_tenants_close_date", NotBefore("start_date")),
    ("tnnt_tenants_employee_count", AtLeast(0)),
];

/// The rule a CHECK constraint stands for, and the sentence for a caller who broke it. Enumerations and what holds a row together inside are
/// told alike: the document names the words a field takes, and no request can break the others.
#[must_use]
pub fn words_of_check(name: &str) -> (&'static str, Message) {
    let name = name.trim_end_matches("_check");
    let Some((_, wants)) = CHECKS.iter().find(|(known, _)| *known == name) else {
        return ("not_possible", Message::new("이 자료에서 쓸 수 없는 값입니다.", "is not possible here"));
    };
    match *wants {
        Range(least, most) => {
            ("range", Message::new(format!("{least} 이상 {most} 이하여야 합니다."), format!("must be from {least} to {most}")))
        }
        AtLeast(least) => ("minimum", Message::new(format!("{least} 이상이어야 합니다."), format!("must be at least {least}"))),
        Positive => ("positive", Message::new("0보다 커야 합니다.", "must be above 0")),
        NotZero => ("not_zero", Message::new("0일 수 없습니다.", "must not be 0")),
        NotBefore(other) => ("order", Message::new(format!("{other}보다 빠를 수 없습니다."), format!("must not be before {other}"))),
        After(other) => ("order", Message::new(format!("{other}보다 늦어야 합니다."), format!("must be after {other}"))),
        OtherThan("id") => ("self", Message::new("자기 자신을 가리킬 수 없습니다.", "must not be the row itself")),
        OtherThan(other) => ("self", Message::new(format!("{other}와 달라야 합니다."), format!("must be another than {other}"))),
        With(other) => ("together", Message::new(format!("{other}와 함께 적어야 합니다."), format!("goes together with {other}"))),
        Said(rule, ko, en) => (rule, Message::new(ko, en)),
    }
}

#[cfg(test)]
mod tests {
    use super::{CHECKS, words_of_check};

    #[test]
    fn each_constraint_has_its_words_once() {
        let (rule, words) = words_of_check("adm_payment_terms_months_check");
        assert_eq!((rule, words.text(kernel::Lang::En)), ("range", "must be from 0 to 24"));
        assert_eq!(words_of_check("adm_users_status_check").0, "not_possible");
        for (i, (name, _)) in CHECKS.iter().enumerate() {
            assert!(CHECKS[i + 1..].iter().all(|(other, _)| other != name), "{name} has two");
        }
    }
}
