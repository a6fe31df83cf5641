//! What a line of the bank might be: payments and entries that are there, and open items it might settle, each with the reasons.

use super::{BankStatements, entity, line, matching::moves};
use crate::{
    open_items::item::{self, OpenItemKind},
    payments::entity::{self as payment, PaymentStatus},
    statements::{
        self,
        bank::{Booked, booked_by_hand},
    },
};
use auth::Allowed;
use crm::partner;
use envelope::{Api, Reply, RowId};
use kernel::{Day, Error, Money, Result, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{
    ColumnTrait, QueryFilter, QueryOrder,
    entity::prelude::StringLen,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::Scope;
use uuid::Uuid;

/// Candidates of a line, at most.
const MOST: usize = 5;
/// Items of a partner that are tried together, and how many of them at once.
const TRIED: usize = 16;
const TOGETHER: usize = 5;
/// Days that are near.
const NEAR: i64 = 5;

resource::words! {
    /// Why a line might be this.
    pub SuggestionReason ("BankSuggestionReason") { SameAmount, SumOfItems, NameInText, NumberInText, DateNear }
}

/// An open item a line might settle.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct BankSuggestionItem {
    pub item_id: Uuid,
    pub doc_no: Option<Text<100>>,
    pub due_date: Day,
    /// What is left of it.
    pub amount: Money,
}

/// A payment, an entry that was booked by hand, or items to settle.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct BankSuggestion {
    pub payment_id: Option<Uuid>,
    pub je_id: Option<Uuid>,
    pub je_code: Option<String>,
    pub items: Vec<BankSuggestionItem>,
    /// None of an entry.
    pub partner_id: Option<Uuid>,
    pub partner_name: String,
    pub reasons: Vec<SuggestionReason>,
}

#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct BankSuggestionLine {
    pub line_id: Uuid,
    pub booked_on: Day,
    pub amount: Money,
    /// The likeliest first.
    pub candidates: Vec<BankSuggestion>,
}

#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct BankSuggestions {
    pub statement_id: Uuid,
    pub lines: Vec<BankSuggestionLine>,
}

/// A name without what every company's has, and without blanks.
fn core_of(name: &str) -> String {
    let plain = ["주식회사", "(주)", "㈜", "유한회사"].iter().fold(name.to_lowercase(), |name, word| name.replace(word, ""));
    plain.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

fn days_between(one: Day, other: Day) -> i64 {
    (one.0 - other.0).whole_days().abs()
}

struct Known {
    payments: Vec<payment::Model>,
    entries: Vec<Booked>,
    items: Vec<item::Model>,
    names: BTreeMap<Uuid, String>,
}

impl Known {
    async fn of(scope: &Scope, statement: &entity::Model) -> Result<Self> {
        let find = scope.find::<payment::Entity>().filter(payment::Column::AccountId.eq(statement.account_id));
        let payments = find.filter(payment::Column::Status.eq(PaymentStatus::Completed)).all().await?;
        let matched = scope
            .find::<line::Entity>()
            .filter(line::Column::AccountId.eq(statement.account_id))
            .filter(line::Column::PaymentId.is_not_null());
        let matched: BTreeSet<Uuid> = matched.all().await?.into_iter().filter_map(|line| line.payment_id).collect();
        let payments: Vec<payment::Model> = payments.into_iter().filter(|payment| !matched.contains(&payment.id)).collect();
        let days = (statement.from_date.plus_days(-NEAR), statement.to_date.plus_days(NEAR));
        let days = (days.0.unwrap_or(statement.from_date), days.1.unwrap_or(statement.to_date));
        let known = statements::ledger(scope).await?.chain_no;
        let entries = booked_by_hand(scope, (statement.account_id, &statement.currency), days, known).await?;
        let items = scope
            .find::<item::Entity>()
            .filter(item::Column::Currency.eq(statement.currency.to_string()))
            .filter(item::Column::DocDate.lte(statement.to_date))
            .filter(ExprTrait::ne(Expr::col(item::Column::Settled), Expr::col(item::Column::Amount)))
            .order_by_asc(item::Column::DueDate)
            .order_by_asc(item::Column::Id);
        let items = items.all().await?;
        let partners: BTreeSet<Uuid> = payments.iter().map(|row| row.partner_id).chain(items.iter().map(|row| row.partner_id)).collect();
        let partners = scope.find_ever::<partner::Entity>().filter(partner::Column::Id.is_in(partners)).all().await?;
        Ok(Self { payments, entries, items, names: partners.into_iter().map(|row| (row.id, row.name.to_string())).collect() })
    }

    /// What speaks for a partner and numbers, beyond the amount.
    fn reasons(
        &self,
        line: &line::Model,
        first: SuggestionReason,
        partner: Option<Uuid>,
        numbers: &[Option<&str>],
        on: Option<Day>,
    ) -> Vec<SuggestionReason> {
        let mut reasons = vec![first];
        let told = |part: &Option<String>| part.clone().unwrap_or_default();
        let counterparty = told(&line.counterparty.as_ref().map(ToString::to_string));
        let text = [
            counterparty.clone(),
            told(&line.description.as_ref().map(ToString::to_string)),
            told(&line.reference.as_ref().map(ToString::to_string)),
        ]
        .join(" ");
        let (name, written, sender) =
            (core_of(partner.and_then(|id| self.names.get(&id)).map_or("", String::as_str)), core_of(&text), core_of(&counterparty));
        if !name.is_empty() && (written.contains(&name) || (sender.chars().count() >= 2 && name.contains(&sender))) {
            reasons.push(SuggestionReason::NameInText);
        }
        if numbers.iter().flatten().any(|number| text.contains(*number)) {
            reasons.push(SuggestionReason::NumberInText);
        }
        if on.is_some_and(|on| days_between(on, line.booked_on) <= NEAR) {
            reasons.push(SuggestionReason::DateNear);
        }
        reasons
    }

    fn of_items(&self, line: &line::Model, first: SuggestionReason, items: &[&item::Model]) -> Option<BankSuggestion> {
        let partner = items.first()?.partner_id;
        let numbers: Vec<Option<&str>> = items.iter().map(|item| item.doc_no.as_deref()).collect();
        let due = items.first().filter(|_| items.len() == 1).map(|item| item.due_date);
        let told = |item: &&item::Model| BankSuggestionItem {
            item_id: item.id,
            doc_no: item.doc_no.clone(),
            due_date: item.due_date,
            amount: Money(item.rest().0.abs()),
        };
        Some(BankSuggestion {
            payment_id: None,
            je_id: None,
            je_code: None,
            items: items.iter().map(told).collect(),
            partner_id: Some(partner),
            partner_name: self.names.get(&partner).cloned().unwrap_or_default(),
            reasons: self.reasons(line, first, Some(partner), &numbers, due),
        })
    }

    fn candidates(&self, line: &line::Model) -> Vec<BankSuggestion> {
        let mut found: Vec<BankSuggestion> = Vec::new();
        for payment in self.payments.iter().filter(|payment| moves(payment) == line.amount) {
            let numbers = [payment.transaction_code.as_deref(), payment.ref_doc_no.as_deref(), payment.check_no.as_deref()];
            found.push(BankSuggestion {
                payment_id: Some(payment.id),
                je_id: None,
                je_code: None,
                items: Vec::new(),
                partner_id: Some(payment.partner_id),
                partner_name: self.names.get(&payment.partner_id).cloned().unwrap_or_default(),
                reasons: self.reasons(
                    line,
                    SuggestionReason::SameAmount,
                    Some(payment.partner_id),
                    &numbers,
                    Some(payment.transaction_date),
                ),
            });
        }
        for entry in self.entries.iter().filter(|entry| entry.moved == line.amount) {
            let numbers = [Some(entry.je_code.as_str()), entry.ref_doc_no.as_deref()];
            found.push(BankSuggestion {
                payment_id: None,
                je_id: Some(entry.je_id),
                je_code: Some(entry.je_code.clone()),
                items: Vec::new(),
                partner_id: None,
                partner_name: String::new(),
                reasons: self.reasons(line, SuggestionReason::SameAmount, None, &numbers, Some(entry.posting_date)),
            });
        }
        let comes_in = !line.amount.is_negative();
        let mut by_partner: BTreeMap<Uuid, Vec<&item::Model>> = BTreeMap::new();
        let settled_so = |item: &&item::Model| ((item.kind == OpenItemKind::Receivable) != item.amount.is_negative()) == comes_in;
        for item in self.items.iter().filter(|item| item.doc_date <= line.booked_on).filter(settled_so) {
            if item.rest().0.abs() == line.amount.0.abs() {
                found.extend(self.of_items(line, SuggestionReason::SameAmount, &[item]));
            } else {
                by_partner.entry(item.partner_id).or_default().push(item);
            }
        }
        for items in by_partner.values() {
            let tried = &items[..items.len().min(TRIED)];
            if let Some(sum) = summing_up(tried, line.amount.0.abs(), TOGETHER).filter(|sum| sum.len() > 1) {
                found.extend(self.of_items(line, SuggestionReason::SumOfItems, &sum));
            }
        }
        // whatever has more reasons; then what is there before what is to be made
        found.sort_by_key(|one| std::cmp::Reverse((one.reasons.len(), one.items.is_empty())));
        found.truncate(MOST);
        found
    }
}

/// The first of the items, by their order, that come to `left` exactly.
fn summing_up<'i>(items: &[&'i item::Model], left: i64, most: usize) -> Option<Vec<&'i item::Model>> {
    if left == 0 {
        return Some(Vec::new());
    }
    let (first, rest) = items.split_first().filter(|_| most > 0)?;
    let amount = first.rest().0.abs();
    let with = if amount <= left { summing_up(rest, left - amount, most - 1) } else { None };
    match with {
        Some(mut sum) => {
            sum.insert(0, first);
            Some(sum)
        }
        None => summing_up(rest, left, most),
    }
}

/// What the lines that nobody has matched might be
#[api_v2_operation]
pub async fn suggestions(cx: Allowed<resource::Read<BankStatements>>, id: RowId) -> Api<BankSuggestions> {
    let scope = cx.read().await?;
    let statement = scope.find::<entity::Entity>().filter(entity::Column::Id.eq(*id)).one().await?.ok_or_else(Error::not_found)?;
    let open =
        scope.find::<line::Entity>().filter(line::Column::StatementId.eq(*id)).filter(line::Column::Status.eq(line::LineStatus::Unmatched));
    let open = open.order_by_asc(line::Column::LineNo).all().await?;
    let known = Known::of(&scope, &statement).await?;
    let told = |line: &line::Model| BankSuggestionLine {
        line_id: line.id,
        booked_on: line.booked_on,
        amount: line.amount,
        candidates: known.candidates(line),
    };
    Ok(Reply::new(&BankSuggestions { statement_id: *id, lines: open.iter().map(told).collect() })?)
}
