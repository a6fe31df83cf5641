//! A statement is taken: checked, and only what is new of it.

use super::{BankStatements, Create, LineInput, entity, line};
use auth::Door;
use kernel::{Day, Error, Money, MoneySum, Result};
use ledger::{accounts::entity as account, journal::rules::fits, posting::places_of, sums};
use resource::Spec;
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use std::collections::BTreeMap;
use store::{Action, AuditEntry, Event, Tx, columns_of, values_of};
use uuid::Uuid;

/// Lines of a statement, at most.
pub(super) const MOST: usize = 5000;
/// Rows of a file that may be one: banks write more than lines.
pub(super) const ROWS: usize = MOST + 1000;

/// The lines of a day and an amount: what may be the same.
type Alike = (Day, i64);

/// What a line says besides day and amount, however the file that brought it was written: a bank gives the same line with and without
/// some of it, in another order of columns, in other widths and spaces.
#[derive(PartialEq)]
struct Content {
    balance: Option<Money>,
    reference: Option<String>,
    counterparty: Option<String>,
    description: Option<String>,
}

/// Both say something, and not the same.
fn differ<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one != other)
}

impl Content {
    fn of(balance: Option<Money>, reference: Option<&str>, counterparty: Option<&str>, description: Option<&str>) -> Self {
        let folded = |text: Option<&str>| text.map(kernel::search::fold).filter(|text| !text.is_empty());
        Self { balance, reference: folded(reference), counterparty: folded(counterparty), description: folded(description) }
    }

    fn new(line: &LineInput) -> Self {
        Self::of(line.balance, line.reference.as_deref(), line.counterparty.as_deref(), line.description.as_deref())
    }

    fn there(row: &line::Model) -> Self {
        Self::of(row.balance, row.reference.as_deref(), row.counterparty.as_deref(), row.description.as_deref())
    }

    /// Whether two lines of a day and an amount may be one: by balance and reference where both have one of them, else by their texts.
    fn may_be(&self, other: &Self) -> bool {
        let (balances, references) =
            (self.balance.as_ref().zip(other.balance.as_ref()), self.reference.as_ref().zip(other.reference.as_ref()));
        if balances.is_some() || references.is_some() {
            return balances.is_none_or(|(one, other)| one == other) && references.is_none_or(|(one, other)| one == other);
        }
        !differ(self.counterparty.as_ref(), other.counterparty.as_ref()) && !differ(self.description.as_ref(), other.description.as_ref())
    }
}

/// Which of the lines are new. Each line that is there is one line of the file, so that two that nothing tells apart are two.
fn new_among(lines: &[LineInput], there: &[line::Model]) -> Vec<bool> {
    let mut known: BTreeMap<Alike, Vec<Content>> = BTreeMap::new();
    for row in there {
        known.entry((row.booked_on, row.amount.0)).or_default().push(Content::there(row));
    }
    let contents: Vec<Content> = lines.iter().map(Content::new).collect();
    let mut new = vec![true; lines.len()];
    // those that say the very same first, so that no other takes their place
    for same in [<Content as PartialEq>::eq as fn(&Content, &Content) -> bool, Content::may_be] {
        for ((line, content), is_new) in lines.iter().zip(&contents).zip(&mut new).filter(|(_, is_new)| **is_new) {
            let Some(alike) = known.get_mut(&(line.booked_on, line.amount.0)) else { continue };
            if let Some(at) = alike.iter().position(|row| same(content, row)) {
                alike.swap_remove(at);
                *is_new = false;
            }
        }
    }
    new
}

/// What tells lines of a day and an amount apart in the database's own eyes.
fn mark_of(line: &LineInput) -> String {
    let text = |part: Option<String>| part.unwrap_or_default();
    format!("{}|{}", text(line.balance.map(|balance| balance.to_string())), text(line.reference.as_ref().map(ToString::to_string)))
}

/// The bank account, locked: who else takes a statement of it waits.
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
        return Err(Error::field("to_date", "minimum", "시작일보다 빠를 수 없습니다.", "must not be before from_date"));
    }
    if wanted.lines.len() > MOST {
        return Err(Error::field("lines", "max_items", format!("{MOST}건 이하여야 합니다."), format!("must contain at most {MOST} lines")));
    }
    let mut sum = wanted.opening_balance;
    for (at, line) in wanted.lines.iter().enumerate() {
        if line.booked_on < wanted.from_date || line.booked_on > wanted.to_date {
            let field = format!("lines.{at}.booked_on");
            return Err(Error::field(field, "range", "거래내역 기간 안의 날짜여야 합니다.", "must be within the period of the statement"));
        }
        if line.amount == Money::ZERO || !fits(line.amount, places) {
            return Err(Error::field(
                format!("lines.{at}.amount"),
                "amount",
                format!("0이 아니고 소수점 아래 {places}자리 이하여야 합니다."),
                format!("must not be 0 and must have at most {places} decimal places"),
            ));
        }
        sum = sum
            .checked_add(line.amount)
            .ok_or_else(|| Error::field("lines", "too_large", "금액의 합계가 너무 큽니다.", "add up to too large an amount"))?;
    }
    if sum == wanted.closing_balance {
        return Ok(());
    }
    let difference = MoneySum::from(wanted.closing_balance) - sum.into();
    Err(Error::field(
        "closing_balance",
        "sum",
        format!("기초 잔액과 거래 금액의 합계({sum})와 같아야 합니다. 차이는 {difference}입니다."),
        format!("must equal the opening balance plus all lines ({sum}); the difference is {difference}"),
    )
    .with("difference", difference.to_string()))
}

/// Takes a statement; answers its id.
pub(super) async fn take(tx: &Tx, door: &Door, wanted: &Create) -> Result<Uuid> {
    let account = bank_account(tx, wanted.account_id).await?;
    let currency = match account.currency {
        Some(currency) => currency,
        None => sums::ledger(tx).await?.base_currency,
    };
    checked(wanted, places_of(tx, &currency).await?)?;
    let there = tx
        .find::<line::Entity>()
        .filter(line::Column::AccountId.eq(account.id))
        .filter(line::Column::BookedOn.between(wanted.from_date, wanted.to_date));
    let there = there.all().await?;
    let mut last: BTreeMap<(Alike, String), i32> = BTreeMap::new();
    for row in &there {
        let of_mark = last.entry(((row.booked_on, row.amount.0), row.mark.clone())).or_default();
        *of_mark = (*of_mark).max(row.occurrence);
    }
    let is_new = new_among(&wanted.lines, &there);
    let new: Vec<&LineInput> = wanted.lines.iter().zip(is_new).filter_map(|(line, is_new)| is_new.then_some(line)).collect();
    if new.is_empty() && !wanted.lines.is_empty() {
        return Err(crate::rules::STATEMENT_KNOWN.error().with("known_lines", wanted.lines.len()));
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
    for (no, line) in (1..).zip(new) {
        let mark = mark_of(line);
        let occurrence = last.entry(((line.booked_on, line.amount.0), mark.clone())).or_default();
        *occurrence += 1;
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
            occurrence: Set(*occurrence),
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
