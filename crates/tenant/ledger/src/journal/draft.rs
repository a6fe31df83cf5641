//! What an entry is drafted from, by a person or by another domain.

use super::{
    entry::{EntryOrigin, EntryType, Model},
    line::{self, PartnerType},
    rules::Sides,
};
use kernel::{CodeText, Currency, Day, Memo, Money, Qty, Rate, Text};
use uuid::Uuid;

/// An entry to be written.
#[derive(Clone, Debug)]
pub struct Draft {
    pub je_type: EntryType,
    pub je_date: Day,
    pub origin: EntryOrigin,
    /// Whether only its document may reverse it.
    pub is_document_bound: bool,
    /// Whether it says in the base currency what accounts of any other currency are worth.
    pub is_valuation: bool,
    /// The document's day when left out.
    pub posting_date: Option<Day>,
    pub ref_doc_type: Option<Text<50>>,
    pub ref_doc_id: Option<Uuid>,
    pub ref_doc_no: Option<Text<100>>,
    /// The base currency when left out.
    pub currency: Option<Currency>,
    /// The rate in force on the posting date when left out.
    pub exchange_rate: Option<Rate>,
    /// Of a rate that is the inverse of one that was given: that one, for amounts to be divided by.
    pub rate_divisor: Option<Rate>,
    pub description: Option<Memo>,
    pub memo: Option<Memo>,
    pub lines: Vec<DraftLine>,
    pub reverses: Option<Uuid>,
    pub reversal_reason: Option<Text<500>>,
}

/// A line to be written.
#[derive(Clone, Debug)]
pub struct DraftLine {
    pub account_id: Uuid,
    pub debit_amount: Option<Money>,
    pub credit_amount: Option<Money>,
    /// In the base currency, where that is not amount times rate. An exchange difference has this and no amount.
    pub base: Option<Sides>,
    pub description: Option<Text<500>>,
    pub cost_center: Option<CodeText<50>>,
    pub project_code: Option<CodeText<50>>,
    pub department_id: Option<Uuid>,
    pub partner_id: Option<Uuid>,
    pub partner_type: Option<PartnerType>,
    pub tax_code: Option<CodeText<20>>,
    pub tax_amount: Option<Money>,
    pub quantity: Option<Qty>,
    pub unit_price: Option<Money>,
}

impl DraftLine {
    /// A line to an account, without amounts yet.
    #[must_use]
    pub const fn to(account_id: Uuid) -> Self {
        Self {
            account_id,
            debit_amount: None,
            credit_amount: None,
            base: None,
            description: None,
            cost_center: None,
            project_code: None,
            department_id: None,
            partner_id: None,
            partner_type: None,
            tax_code: None,
            tax_amount: None,
            quantity: None,
            unit_price: None,
        }
    }

    /// A line as it stands.
    #[must_use]
    pub fn again(line: &line::Model) -> Self {
        let reversing = Self::reversing(line);
        Self { debit_amount: reversing.credit_amount, credit_amount: reversing.debit_amount, base: None, ..reversing }
    }

    fn reversing(line: &line::Model) -> Self {
        Self {
            account_id: line.account_id,
            debit_amount: Some(line.credit_amount),
            credit_amount: Some(line.debit_amount),
            base: Some(Sides { debit: line.base_credit, credit: line.base_debit }),
            description: line.description.clone(),
            cost_center: line.cost_center.clone(),
            project_code: line.project_code.clone(),
            department_id: line.department_id,
            partner_id: line.partner_id,
            partner_type: line.partner_type,
            tax_code: line.tax_code.clone(),
            tax_amount: Some(line.tax_amount),
            quantity: line.quantity,
            unit_price: line.unit_price,
        }
    }
}

impl Draft {
    /// An entry of a day in the base currency, without lines yet.
    #[must_use]
    pub const fn on(je_type: EntryType, day: Day) -> Self {
        Self {
            je_type,
            je_date: day,
            origin: EntryOrigin::Manual,
            is_document_bound: false,
            is_valuation: false,
            posting_date: None,
            ref_doc_type: None,
            ref_doc_id: None,
            ref_doc_no: None,
            currency: None,
            exchange_rate: None,
            rate_divisor: None,
            description: None,
            memo: None,
            lines: Vec::new(),
            reverses: None,
            reversal_reason: None,
        }
    }

    /// The entry that reverses another: the same amounts on the other sides, at the same rate.
    #[must_use]
    pub fn reversing(entry: &Model, lines: &[line::Model], date: Day, reason: Option<Text<500>>) -> Self {
        Self {
            je_type: entry.je_type,
            je_date: date,
            origin: entry.origin,
            is_document_bound: entry.is_document_bound,
            is_valuation: false,
            posting_date: Some(date),
            ref_doc_type: entry.ref_doc_type.clone(),
            ref_doc_id: entry.ref_doc_id,
            ref_doc_no: entry.ref_doc_no.clone(),
            currency: Some(entry.currency.clone()),
            exchange_rate: Some(entry.exchange_rate),
            rate_divisor: entry.rate_divisor,
            description: entry.description.clone(),
            memo: entry.memo.clone(),
            lines: lines.iter().map(DraftLine::reversing).collect(),
            reverses: Some(entry.id),
            reversal_reason: reason,
        }
    }
}
