//! What a line of the bank might be: payments and entries that are there, and open items it might settle, each with the reasons.
//!
//! What is read is bounded, what has the line's amount is found by it, and trying which items add up to it ends with the steps a line has:
//! five thousand lines and fifty thousand open items take about as long as ten of each.

use super::{
    BankStatements,
    candidates::{Known, NEAR},
    entity, line,
    matching::moves,
};
use crate::{
    bank::books::booked_by_hand,
    open_items::item,
    payments::entity::{self as payment, PaymentStatus},
};
use auth::Allowed;
use crm::{partner, plain_name};
use envelope::{Api, Reply, RowId, off_the_workers};
use kernel::{Day, Error, Money, Result, Text};
use ledger::sums;
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{
    ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::StringLen,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use store::Scope;
use uuid::Uuid;

/// Open items that are looked at, those due first.
const ITEMS: usize = 50_000;
/// Rows read at once, and amounts asked for at once.
const PAGE: u64 = 2000;
const ASKED: usize = 500;

resource::string_enum! {
    /// Why a line might be this.
    pub SuggestionReason ("BankSuggestionReason") { SameAmount, SumOfItems, NameInText, NumberInText, DateNear }
}

/// An open item a line might settle.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct BankSuggestionItem {
    /// 미결 항목 | Open item
    pub item_id: Uuid,
    /// 증빙번호 | Document number
    pub doc_no: Option<Text<100>>,
    /// 만기일 | Due date
    pub due_date: Day,
    /// 금액 | Amount
    ///
    /// What is left of it.
    pub amount: Money,
}

/// A payment, an entry that was booked by hand, or items to settle.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct BankSuggestion {
    /// 입출금 | Payment
    pub payment_id: Option<Uuid>,
    /// 전표 | Journal entry
    pub je_id: Option<Uuid>,
    /// 전표번호 | Journal entry number
    pub je_code: Option<String>,
    /// 정리할 항목 | Items
    pub items: Vec<BankSuggestionItem>,
    /// 거래처 | Partner
    ///
    /// None of an entry.
    pub partner_id: Option<Uuid>,
    /// 거래처명 | Partner name
    pub partner_name: String,
    /// 이유 | Reasons
    pub reasons: Vec<SuggestionReason>,
}

#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct BankSuggestionLine {
    /// 행 | Line
    pub line_id: Uuid,
    /// 거래일 | Booked on
    pub booked_on: Day,
    /// 금액 | Amount
    pub amount: Money,
    /// 후보 | Candidates
    ///
    /// The likeliest first.
    pub candidates: Vec<BankSuggestion>,
}

#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct BankSuggestions {
    /// 통장 거래내역 | Bank statement
    pub statement_id: Uuid,
    /// 내역 | Lines
    pub lines: Vec<BankSuggestionLine>,
}

/// The completed payments that moved the account by one of these amounts, less those the bank knows already.
async fn payments_of(scope: &Scope, account: Uuid, amounts: &BTreeSet<i64>) -> Result<Vec<payment::Model>> {
    let wanted: Vec<i64> = amounts.iter().map(|amount| amount.abs()).collect();
    let mut found = Vec::new();
    for some in wanted.chunks(ASKED) {
        let amount = || Expr::col(payment::Column::Amount);
        let moved = amount().sub(Expr::col(payment::Column::FeeAmount)).is_in(some.iter().copied());
        let paid = amount().add(Expr::col(payment::Column::FeeAmount)).is_in(some.iter().copied());
        let find = scope.find::<payment::Entity>().filter(payment::Column::AccountId.eq(account)).filter(moved.or(paid));
        let find = find.filter(payment::Column::Status.eq(PaymentStatus::Completed)).order_by_desc(payment::Column::TransactionDate);
        found.extend(find.order_by_asc(payment::Column::Id).limit(PAGE).all().await?);
    }
    found.retain(|payment| amounts.contains(&moves(payment).0));
    let mut matched = HashSet::new();
    for some in found.chunks(ASKED) {
        let of = line::Column::PaymentId.is_in(some.iter().map(|payment| payment.id));
        let find = scope.find::<line::Entity>().filter(line::Column::AccountId.eq(account)).filter(of);
        matched.extend(find.all().await?.into_iter().filter_map(|line| line.payment_id));
    }
    found.retain(|payment| !matched.contains(&payment.id));
    Ok(found)
}

/// Open items in a currency that were there on a day.
async fn items_of(scope: &Scope, statement: &entity::Model) -> Result<Vec<item::Model>> {
    let mut items: Vec<item::Model> = Vec::new();
    loop {
        let find = scope
            .find::<item::Entity>()
            .filter(item::Column::Currency.eq(statement.currency.to_string()))
            .filter(item::Column::DocDate.lte(statement.to_date))
            .filter(ExprTrait::ne(Expr::col(item::Column::Settled), Expr::col(item::Column::Amount)))
            .order_by_asc(item::Column::DueDate)
            .order_by_asc(item::Column::Id)
            .limit(PAGE);
        let find = match items.last() {
            Some(last) => find.filter(
                Condition::any()
                    .add(item::Column::DueDate.gt(last.due_date))
                    .add(Condition::all().add(item::Column::DueDate.eq(last.due_date)).add(item::Column::Id.gt(last.id))),
            ),
            None => find,
        };
        let page = find.all().await?;
        let is_last = u64::try_from(page.len()).is_ok_and(|rows| rows < PAGE);
        items.extend(page);
        if is_last || items.len() >= ITEMS {
            items.truncate(ITEMS);
            return Ok(items);
        }
    }
}

async fn names_of(scope: &Scope, partners: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let mut names = BTreeMap::new();
    for some in partners.iter().copied().collect::<Vec<_>>().chunks(ASKED) {
        let found = scope.find_ever::<partner::Entity>().filter(partner::Column::Id.is_in(some.iter().copied())).all().await?;
        names.extend(found.into_iter().map(|row| (row.id, (row.name.to_string(), plain_name(&row.name)))));
    }
    Ok(names)
}

/// What is there that lines of a statement might be.
async fn known(scope: &Scope, statement: &entity::Model, lines: &[line::Model]) -> Result<Known> {
    let amounts: BTreeSet<i64> = lines.iter().map(|line| line.amount.0).collect();
    let payments = payments_of(scope, statement.account_id, &amounts).await?;
    let days = (statement.from_date.plus_days(-NEAR), statement.to_date.plus_days(NEAR));
    let days = (days.0.unwrap_or(statement.from_date), days.1.unwrap_or(statement.to_date));
    let posted = sums::ledger(scope).await?.chain_no;
    let entries = booked_by_hand(scope, (statement.account_id, &statement.currency), days, posted).await?;
    let items = items_of(scope, statement).await?;
    let partners = payments.iter().map(|row| row.partner_id).chain(items.iter().map(|row| row.partner_id)).collect();
    let names = names_of(scope, &partners).await?;
    Ok(Known::sorted(&amounts, payments, entries, items, names))
}

/// What the lines that nobody has matched might be
///
/// Payments, entries and open items that fit, the likeliest first, each with the reason. Asking matches nothing.
#[api_v2_operation]
pub async fn suggestions(cx: Allowed<resource::Read<BankStatements>>, id: RowId) -> Api<BankSuggestions> {
    let scope = cx.read().await?;
    let statement = scope.find::<entity::Entity>().filter(entity::Column::Id.eq(*id)).one().await?.ok_or_else(Error::not_found)?;
    let open =
        scope.find::<line::Entity>().filter(line::Column::StatementId.eq(*id)).filter(line::Column::Status.eq(line::LineStatus::Unmatched));
    let open = open.order_by_asc(line::Column::LineNo).all().await?;
    let known = known(&scope, &statement, &open).await?;
    let statement = statement.id;
    let reply = off_the_workers(move || Reply::new(&known.suggestions(statement, &open))).await??;
    Ok(reply)
}
