//! A statement is taken: checked, and only what is new of it.

use super::{BankStatements, Create, LineInput, entity, line};
use crate::{accounts::entity as account, journal::rules::fits, journal::service::places_of, statements};
use auth::Door;
use kernel::{Currency, Day, Error, Money, Result};
use resource::Spec;
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use std::collections::{BTreeMap, BTreeSet};
use store::{Action, AuditEntry, Event, Tx, columns_of, values_of};
use uuid::Uuid;

/// Lines of a statement, at most.
const MOST: usize = 5000;
/// Rows of a file that may be one: banks write more than lines.
pub(super) const ROWS: usize = MOST + 1000;

/// What tells two lines of a day and an amount apart, and which of those that nothing tells apart it is.
type Key = (Day, i64, String, i32);

fn mark_of(line: &LineInput) -> String {
    let text = |part: Option<String>| part.unwrap_or_default();
    format!("{}|{}", text(line.balance.map(|balance| balance.to_string())), text(line.reference.as_ref().map(ToString::to_string)))
}

fn keys_of(lines: &[LineInput]) -> Vec<Key> {
    let mut seen: BTreeMap<(Day, i64, String), i32> = BTreeMap::new();
    lines
        .iter()
        .map(|line| {
            let alike = (line.booked_on, line.amount.0, mark_of(line));
            let occurrence = seen.entry(alike.clone()).and_modify(|count| *count += 1).or_insert(1);
            (alike.0, alike.1, alike.2, *occurrence)
        })
        .collect()
}

/// The bank account, held: who else takes a statement of it waits.
async fn bank_account(tx: &Tx, id: Uuid) -> Result<account::Model> {
    let find = tx.find::<account::Entity>().filter(account::Column::Id.eq(id)).for_no_key_update();
    let account = find.one().await?.ok_or_else(|| Error::no_such("account_id"))?;
    match account.is_bank_account {
        true => Ok(account),
        false => Err(Error::field("account_id", "bank_account", "예금 계정이어야 합니다.", "must be a bank account")),
    }
}

fn checked(wanted: &Create, places: u32) -> Result<()> {
    if wanted.to_date < wanted.from_date {
        return Err(Error::field("to_date", "minimum", "시작일보다 앞설 수 없습니다.", "must not be before the first day"));
    }
    if wanted.lines.len() > MOST {
        return Err(Error::field("lines", "max_items", format!("{MOST}줄 이하여야 합니다."), format!("must be at most {MOST} lines")));
    }
    let mut sum = wanted.opening_balance;
    for (at, line) in wanted.lines.iter().enumerate() {
        if line.booked_on < wanted.from_date || line.booked_on > wanted.to_date {
            let field = format!("lines.{at}.booked_on");
            return Err(Error::field(field, "range", "거래내역 기간 밖의 날짜입니다.", "is outside the days of the statement"));
        }
        if line.amount == Money::ZERO || !fits(line.amount, places) {
            return Err(Error::field(
                format!("lines.{at}.amount"),
                "amount",
                format!("0이 아니고 소수점 아래 {places}자리 이하여야 합니다."),
                format!("must not be 0, with at most {places} digits behind the point"),
            ));
        }
        sum = sum
            .checked_add(line.amount)
            .ok_or_else(|| Error::field("lines", "too_large", "금액의 합계가 너무 큽니다.", "add up to too much"))?;
    }
    if sum == wanted.closing_balance {
        return Ok(());
    }
    let difference = Money(wanted.closing_balance.0.saturating_sub(sum.0));
    Err(Error::field(
        "closing_balance",
        "sum",
        format!("기초잔액과 거래의 합계는 {sum}입니다. 차이는 {difference}입니다."),
        format!("opening balance and lines come to {sum}: the difference is {difference}"),
    )
    .with("difference", difference.to_string()))
}

/// Takes a statement; answers its id.
pub(super) async fn take(tx: &Tx, door: &Door, wanted: &Create) -> Result<Uuid> {
    let account = bank_account(tx, wanted.account_id).await?;
    let currency = match account.currency {
        Some(currency) => currency,
        None => Currency::parse(&statements::ledger(tx).await?.base_currency).map_err(Error::internal)?,
    };
    checked(wanted, places_of(tx, &currency).await?)?;
    let there = tx
        .find::<line::Entity>()
        .filter(line::Column::AccountId.eq(account.id))
        .filter(line::Column::BookedOn.between(wanted.from_date, wanted.to_date));
    let there = there.all().await?.into_iter().map(|row| (row.booked_on, row.amount.0, row.mark, row.occurrence));
    let there: BTreeSet<Key> = there.collect();
    let new: Vec<(&LineInput, Key)> = wanted.lines.iter().zip(keys_of(&wanted.lines)).filter(|(_, key)| !there.contains(key)).collect();
    if new.is_empty() && !wanted.lines.is_empty() {
        return Err(Error::rule("fim.statement_known", "이미 가져온 거래내역입니다.", "All of these lines are there already.")
            .with("known_lines", wanted.lines.len()));
    }
    let statement = entity::ActiveModel {
        account_id: Set(account.id),
        currency: Set(currency),
        from_date: Set(wanted.from_date),
        to_date: Set(wanted.to_date),
        opening_balance: Set(wanted.opening_balance),
        closing_balance: Set(wanted.closing_balance),
        known_lines: Set(i32::try_from(wanted.lines.len() - new.len()).map_err(Error::internal)?),
        status: Set(entity::StatementStatus::Open),
        ..Default::default()
    };
    let statement = tx.insert(&statement).await?;
    let mut rows = Vec::with_capacity(new.len());
    for (no, (line, (_, _, mark, occurrence))) in (1..).zip(new) {
        rows.push(values_of(&line::ActiveModel {
            statement_id: Set(statement.id),
            account_id: Set(statement.account_id),
            line_no: Set(no),
            booked_on: Set(line.booked_on),
            amount: Set(line.amount),
            balance: Set(line.balance),
            counterparty: Set(line.counterparty.clone()),
            description: Set(line.description.clone()),
            reference: Set(line.reference.clone()),
            mark: Set(mark),
            occurrence: Set(occurrence),
            status: Set(line::LineStatus::Unmatched),
            ..Default::default()
        }));
    }
    let count = rows.len();
    tx.insert_rows("fim_bank_statement_lines", rows, &columns_of::<line::Entity>(), false).await?;
    let mut after = serde_json::to_value(&statement).map_err(Error::internal)?;
    after["line_count"] = serde_json::json!(count);
    let target = Spec::of::<BankStatements>()?.target();
    tx.audit(AuditEntry::new(Action::Create, door.permission().to_string(), target, statement.id).after(after.clone()));
    tx.publish(Event::new("fim.bank_statement.created", statement.id, after));
    Ok(statement.id)
}
