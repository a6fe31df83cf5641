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
    ("adm_currencies_is_active", Said("base_currency", "기준 통화는 사용 중지할 수 없습니다.", "must be true for the base currency")),
    ("adm_department_places_parent_id", OtherThan("department_id")),
    ("adm_departments_parent_id", OtherThan("id")),
    ("adm_departments_valid_to", After("valid_from")),
    ("adm_exchange_rates_rate", Positive),
    ("adm_exchange_rates_to_currency", OtherThan("from_currency")),
    (
        "adm_payment_terms_day_of_month",
        Said(
            "range",
            "due_rule이 DAY_OF_MONTH일 때만 1 이상 31 이하로 입력하세요.",
            "must be from 1 to 31 with due_rule DAY_OF_MONTH, and must be left out otherwise",
        ),
    ),
    ("adm_payment_terms_days", Range(0, 365)),
    ("adm_payment_terms_discount_days", Range(0, 365)),
    (
        "adm_payment_terms_discount_percent",
        Said(
            "range",
            "discount_days와 함께 0보다 크고 100보다 작은 값을 입력하세요.",
            "must be greater than 0 and less than 100, and is required together with discount_days",
        ),
    ),
    ("adm_payment_terms_months", Range(0, 24)),
    ("adm_unit_conversions_denominator", Positive),
    ("adm_unit_conversions_numerator", Positive),
    ("adm_unit_conversions_to_unit_id", OtherThan("from_unit_id")),
    ("adm_units_decimal_places", Range(0, 4)),
    ("adm_user_posts_valid_to", After("valid_from")),
    ("audt_compliances_close_date", NotBefore("start_date")),
    ("audt_compliances_critical_count", Said("range", "0 이상 findings_count 이하여야 합니다.", "must be from 0 to findings_count")),
    (
        "audt_compliances_tenant_ids",
        Said(
            "together",
            "scope가 SPECIFIC_TENANT일 때만 입력하세요.",
            "is required with scope SPECIFIC_TENANT and must be left out otherwise",
        ),
    ),
    ("audt_policies_expiry_date", NotBefore("effective_date")),
    (
        "audt_policies_tenant_ids",
        Said(
            "together",
            "apply_to_all_tenants가 false일 때만 입력하세요.",
            "is required when apply_to_all_tenants is false and must be left out otherwise",
        ),
    ),
    (
        "crm_activities_duration_minutes",
        Said("range", "0 이상이어야 하며, 시작 시각과 종료 시각이 필요합니다.", "must be 0 or more, and requires start_time and end_time"),
    ),
    ("crm_activities_end_time", NotBefore("start_time")),
    ("crm_activities_follow_up_activity_id", OtherThan("id")),
    ("crm_activities_follow_up_date", NotBefore("activity_date")),
    ("crm_activities_related_to_type", Said("together", "관련 대상의 id를 함께 입력하세요.", "requires the id of the related record")),
    ("crm_activities_reminder_minutes", Positive),
    (
        "crm_opportunities_amount",
        Said(
            "range",
            "0 이상이고 통화의 소수 자릿수에 맞아야 합니다.",
            "must be 0 or more, with no more decimal places than the currency has",
        ),
    ),
    (
        "crm_opportunities_win_probability",
        Said(
            "range",
            "0 이상 100 이하여야 하며, 수주하면 100, 실패하면 0이어야 합니다.",
            "must be from 0 to 100: 100 when won and 0 when lost",
        ),
    ),
    (
        "crm_opportunities_lost_reason",
        Said("together", "상태가 LOST(실패)일 때만 입력하세요.", "is required with the status LOST and must be left out otherwise"),
    ),
    ("crm_opportunity_stages_left_at", NotBefore("entered_at")),
    (
        "crm_partner_addresses_country_code",
        Said("length", "대문자 3자의 국가 코드여야 합니다. (예: KOR)", "must be a country code of 3 uppercase letters, such as KOR"),
    ),
    (
        "crm_partner_banks_account_no",
        Said("form", "숫자와 -로만 5자 이상이어야 합니다.", "must have at least 5 characters, only digits and hyphens"),
    ),
    ("crm_partner_banks_bank_code", Said("min_length", "3자 이상이어야 합니다.", "must have at least 3 characters")),
    ("crm_partner_banks_swift_code", Said("length", "8자 또는 11자여야 합니다.", "must have 8 or 11 characters")),
    (
        "crm_partner_contacts_phone",
        Said("required", "전화, 휴대전화, 이메일 중 하나는 입력하세요.", "is required unless mobile or email is given"),
    ),
    ("crm_partner_managers_end_date", NotBefore("start_date")),
    ("crm_partners_credit_limit", AtLeast(0)),
    ("crm_partners_employee_count", AtLeast(0)),
    (
        "crm_partners_merged_into_id",
        Said(
            "self",
            "자신이 아닌 다른 거래처여야 하며, 병합된 거래처는 CLOSED(종료) 상태여야 합니다.",
            "must be a different partner, and a merged partner must have the status CLOSED",
        ),
    ),
    (
        "fim_accounts_is_posting_allowed",
        Said("control_account", "통제 계정에는 직접 전기할 수 없으므로 false여야 합니다.", "must be false for a control account"),
    ),
    ("fim_accounts_level_depth", Range(1, 10)),
    ("fim_accounts_parent_id", OtherThan("id")),
    (
        "fim_accounts_role",
        Said("posting_account", "전기할 수 있는 계정에만 입력하세요.", "is allowed only for accounts that can be posted to"),
    ),
    ("fim_accounts_statement_order", AtLeast(0)),
    ("fim_allocations_amount", NotZero),
    ("fim_allocations_undone_on", NotBefore("allocated_on")),
    ("fim_bank_statement_lines_amount", NotZero),
    ("fim_bank_statement_lines_note", Said("required", "설명을 입력하세요.", "is required to explain the line")),
    ("fim_bank_statements_to_date", NotBefore("from_date")),
    ("fim_budgets_amount", AtLeast(0)),
    (
        "fim_clearings_account_id",
        Said("together", "kind가 WRITE_OFF일 때만 입력하세요.", "is required with kind WRITE_OFF and must be left out otherwise"),
    ),
    ("fim_clearings_amount", Positive),
    ("fim_journal_entries_exchange_rate", Positive),
    ("fim_journal_entries_rate_divisor", Positive),
    (
        "fim_journal_entry_lines_base_debit",
        Said(
            "one_side",
            "차변과 대변은 0 이상이어야 하며, 둘 중 하나는 0이어야 합니다.",
            "must be 0 or more, and either the debit or the credit must be 0",
        ),
    ),
    (
        "fim_journal_entry_lines_debit_amount",
        Said(
            "one_side",
            "차변과 대변 중 한쪽만 0보다 크고 다른 쪽은 0이어야 합니다.",
            "must be greater than 0 if the credit is 0, and 0 otherwise",
        ),
    ),
    ("fim_journal_entry_lines_line_no", Positive),
    (
        "fim_payment_transactions_allocated",
        Said(
            "range",
            "0 이상 입출금 금액 이하여야 하며, 완료된 입출금이어야 합니다.",
            "must be from 0 to the amount of the payment, which must be completed",
        ),
    ),
    ("fim_payment_transactions_amount", Positive),
    (
        "fim_payment_transactions_base_allocated",
        Said("range", "0 이상 입출금 금액 이하여야 합니다.", "must be from 0 to the amount of the payment"),
    ),
    ("fim_payment_transactions_exchange_rate", Positive),
    ("fim_payment_transactions_fee_amount", AtLeast(0)),
    ("fim_periods_end_date", NotBefore("start_date")),
    ("fim_periods_exception_until", With("exception_user_id")),
    ("fim_revaluations_gain", AtLeast(0)),
    ("fim_revaluations_returned_on", After("as_of")),
    ("fim_tax_invoice_lines_line_no", Positive),
    (
        "fim_tax_invoice_lines_sum",
        Said(
            "sum",
            "total_amount는 supply_amount와 tax_amount의 합이어야 합니다.",
            "of supply_amount and tax_amount must equal total_amount",
        ),
    ),
    (
        "fim_tax_invoice_lines_tax_amount",
        Said("tax_kind", "과세(TAXABLE) 품목이 아니면 0이어야 합니다.", "must be 0 unless the line is TAXABLE"),
    ),
    (
        "fim_tax_invoices_amendment_code",
        Said(
            "range",
            "1 이상 6 이하여야 하며, 당초 세금계산서를 함께 지정하세요.",
            "must be from 1 to 6, and requires the original invoice",
        ),
    ),
    (
        "fim_tax_invoices_sum",
        Said(
            "sum",
            "total_amount는 supply_amount와 tax_amount의 합이어야 합니다.",
            "of supply_amount and tax_amount must equal total_amount",
        ),
    ),
    (
        "fim_tax_invoices_vendor_invoice_no",
        Said("direction", "매입(PURCHASE) 세금계산서에만 입력하세요.", "is allowed only for PURCHASE invoices"),
    ),
    ("fim_vat_settlements_to_date", After("from_date")),
    ("idam_api_keys_rate_limit_per_day", Positive),
    ("idam_api_keys_rate_limit_per_hour", Positive),
    ("idam_api_keys_rate_limit_per_minute", Positive),
    ("idam_roles_category", Said("scope", "역할의 범위(scope)에 맞는 분류여야 합니다.", "must match the scope of the role")),
    ("idam_roles_level", Range(1, 200)),
    ("idam_users_sso_provider", With("sso_subject")),
    ("tnnt_tenants_close_date", NotBefore("start_date")),
    ("tnnt_tenants_employee_count", AtLeast(0)),
];

/// The rule a CHECK constraint stands for, and the sentence for a caller who broke it. Enumerations and what holds a row together inside are
/// worded alike: the document names the words a field takes, and no request can break the others.
#[must_use]
pub fn words_of_check(name: &str) -> (&'static str, Message) {
    let name = name.trim_end_matches("_check");
    let Some((_, wants)) = CHECKS.iter().find(|(known, _)| *known == name) else {
        return ("not_possible", Message::new("허용되지 않는 값입니다.", "is not an allowed value"));
    };
    match *wants {
        Range(least, most) => {
            ("range", Message::new(format!("{least} 이상 {most} 이하여야 합니다."), format!("must be from {least} to {most}")))
        }
        AtLeast(least) => ("minimum", Message::new(format!("{least} 이상이어야 합니다."), format!("must be at least {least}"))),
        Positive => ("positive", Message::new("0보다 커야 합니다.", "must be greater than 0")),
        NotZero => ("not_zero", Message::new("0이 아니어야 합니다.", "must not be 0")),
        NotBefore(other) => ("order", Message::new(format!("{other}보다 앞설 수 없습니다."), format!("must not be before {other}"))),
        After(other) => ("order", Message::new(format!("{other}보다 늦어야 합니다."), format!("must be after {other}"))),
        OtherThan("id") => ("self", Message::new("자기 자신을 지정할 수 없습니다.", "must not refer to the record itself")),
        OtherThan(other) => ("self", Message::new(format!("{other} 값과 달라야 합니다."), format!("must be different from {other}"))),
        With(other) => (
            "together",
            Message::new(format!("{other} 항목과 함께 입력하세요."), format!("is required together with {other}, and not without it")),
        ),
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
