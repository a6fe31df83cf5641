//! Drafting, posting and reversing entries. Whatever posts, a person or a document of any domain, goes this way.

mod chain;
pub mod verify;

pub use chain::FIRST;

use crate::{
    accounts, budgets,
    journal::{
        EntryWithLines,
        draft::{Draft, DraftLine},
        entry::{self, EntryStatus, Model},
        line,
        rules::{Sides, balanced, fiscal_year_of, fits, in_base, period_of},
    },
    periods, rules, sums,
};
use adm::{currency, rates::Conversion};
use kernel::{Currency, Day, Error, Money, Rate, Result, Text, boxed};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder};
use std::collections::{BTreeMap, BTreeSet};
use store::{Scope, Tx, document_number, new_id};
use uuid::Uuid;

/// The series the numbers of entries are counted in.
const SERIES: &str = "JE";

/// The lines of an entry in their order.
pub async fn lines_of(scope: &Scope, entry: Uuid) -> Result<Vec<line::Model>> {
    scope.find::<line::Entity>().filter(line::Column::JeId.eq(entry)).order_by_asc(line::Column::LineNo).all().await
}

/// The lines of several entries, in their order.
pub async fn lines_of_all(scope: &Scope, entries: impl IntoIterator<Item = Uuid>) -> Result<BTreeMap<Uuid, Vec<line::Model>>> {
    let find = scope.find::<line::Entity>().filter(line::Column::JeId.is_in(entries)).order_by_asc(line::Column::LineNo);
    let mut all: BTreeMap<Uuid, Vec<line::Model>> = BTreeMap::new();
    for line in find.all().await? {
        all.entry(line.je_id).or_default().push(line);
    }
    Ok(all)
}

/// An entry, locked until the end of the transaction.
pub async fn locked(tx: &Tx, id: Uuid, expected: Option<kernel::Versions>) -> Result<Model> {
    let entry = tx.find::<entry::Entity>().filter(entry::Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
    match expected {
        Some(version) if version != entry.row_version => Err(Error::stale(entry.row_version)),
        _ => Ok(entry),
    }
}

/// Digits behind the point of a currency the company works in.
pub async fn places_of(tx: &Tx, code: &Currency) -> Result<u32> {
    let row = tx.find::<currency::Entity>().filter(currency::Column::Code.eq(code.to_string())).one().await?;
    let row = row.ok_or_else(|| Error::no_such("currency"))?;
    u32::try_from(row.decimal_places).map_err(Error::internal)
}

/// What one of `code` is worth in the base currency on a day, unless somebody says it.
pub async fn rate_of(tx: &Tx, code: &Currency, base: &Currency, said: Option<Rate>, on: Day) -> Result<Rate> {
    conversion_of(tx, code, base, said, on).await.map(|found| found.rate)
}

/// How amounts in `code` are converted into the base currency on a day: by the rate in force, unless somebody says one.
pub async fn conversion_of(tx: &Tx, code: &Currency, base: &Currency, said: Option<Rate>, on: Day) -> Result<Conversion> {
    let one = Rate::from_decimal(1.into()).ok_or_else(|| Error::internal("one is no rate"))?;
    match said {
        Some(rate) if rate.0 <= 0 => Err(Error::field("exchange_rate", "minimum", "0보다 커야 합니다.", "must be greater than 0")),
        Some(rate) if code == base && rate != one => {
            Err(Error::field("exchange_rate", "base_currency", "기준 통화의 환율은 1이어야 합니다.", "must be 1 for the base currency"))
        }
        Some(rate) => Ok(rate.into()),
        None if code == base => Ok(one.into()),
        None => {
            let found = adm::rates::effective(tx, code, base, adm::rates::RateType::Spot, on).await?;
            found.map(|found| found.conversion()).ok_or_else(|| {
                Error::field(
                    "exchange_rate",
                    "no_exchange_rate",
                    "그 날짜에 적용되는 환율이 없습니다. 환율을 입력하세요.",
                    "is required because no exchange rate is in effect on that day",
                )
            })
        }
    }
}

/// Every line is of an account that may be posted to now, in the currency of the entry.
async fn accounts_take(tx: &Tx, draft: &Draft, code: &Currency) -> Result<()> {
    let wanted: BTreeSet<Uuid> = draft.lines.iter().map(|line| line.account_id).collect();
    let rows = tx.find::<accounts::entity::Entity>().filter(accounts::entity::Column::Id.is_in(wanted)).all().await?;
    let rows: BTreeMap<Uuid, accounts::entity::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    for (at, line) in draft.lines.iter().enumerate() {
        let field = format!("lines.{at}.account_id");
        let account = rows.get(&line.account_id).ok_or_else(|| Error::no_such(field.clone()))?;
        // what was posted can be reversed wherever it stands
        if !account.is_posting_allowed || (!account.is_active && draft.reverses.is_none()) {
            return Err(Error::field(
                field,
                "posting_allowed",
                "전기를 허용하는 사용 중인 계정이어야 합니다.",
                "must be an active account that allows posting",
            ));
        }
        let may_differ = draft.is_valuation || draft.reverses.is_some();
        if !may_differ && account.currency.as_ref().is_some_and(|only| only != code) {
            return Err(Error::field(
                field,
                "currency",
                "전표와 통화가 같은 계정이어야 합니다.",
                "must be an account in the currency of the entry",
            ));
        }
    }
    Ok(())
}

/// One side of each line, greater than zero, with no more digits than the currency. (An exchange difference is nothing in the
/// currency, and says what it is in the base currency.)
fn sides_of(draft: &Draft, places: u32) -> Result<Vec<Sides>> {
    let mut sides = Vec::with_capacity(draft.lines.len());
    for (at, line) in draft.lines.iter().enumerate() {
        let (debit, credit) = (line.debit_amount.unwrap_or_default(), line.credit_amount.unwrap_or_default());
        let nothing = debit == Money::ZERO && credit == Money::ZERO;
        if nothing && line.base.is_some_and(|base| base != Sides::default()) {
            sides.push(Sides::default());
            continue;
        }
        if debit.is_negative() || credit.is_negative() || nothing || (debit != Money::ZERO && credit != Money::ZERO) {
            return Err(Error::field(
                format!("lines.{at}.debit_amount"),
                "one_side",
                "차변과 대변 중 한쪽에만 0보다 큰 금액을 입력하세요.",
                "must be greater than 0, or credit_amount must be, but not both",
            ));
        }
        if !fits(debit, places) || !fits(credit, places) {
            let side = if debit == Money::ZERO { "credit_amount" } else { "debit_amount" };
            return Err(Error::field(
                format!("lines.{at}.{side}"),
                "decimal_places",
                format!("소수점 아래 {places}자리까지만 입력할 수 있습니다."),
                format!("must have at most {places} decimal places"),
            ));
        }
        sides.push(Sides { debit, credit });
    }
    Ok(sides)
}

/// How amounts were converted into the base currency by an entry that was posted.
pub async fn conversion_by(scope: &Scope, entry: Uuid) -> Result<Conversion> {
    let find = scope.find::<entry::Entity>().filter(entry::Column::Id.eq(entry)).one().await?;
    let entry = find.ok_or_else(|| Error::internal("an entry that is not there"))?;
    Ok(Conversion { rate: entry.exchange_rate, divisor: entry.rate_divisor })
}

/// What an amount is worth in the base currency.
///
/// # Errors
/// 422 on `amount`, where it is too much.
pub async fn in_base_currency(tx: &Tx, amount: Money, rate: Conversion) -> Result<Money> {
    let places = u32::try_from(sums::ledger(tx).await?.base_places).map_err(Error::internal)?;
    rate.worth(amount, places).ok_or_else(|| {
        Error::field("amount", "too_large", "기준 통화로 환산한 금액이 너무 큽니다.", "is too large when converted into the base currency")
    })
}

/// Writes a draft, new or over the one that is there; where that says the same already nothing is written.
pub async fn draft(tx: &Tx, over: Option<&EntryWithLines>, draft: &Draft) -> Result<EntryWithLines> {
    let ledger = sums::ledger(tx).await?;
    let base = ledger.base_currency.clone();
    let code = draft.currency.clone().unwrap_or_else(|| base.clone());
    let posting_date = draft.posting_date.unwrap_or(draft.je_date);
    let places = places_of(tx, &code).await?;
    let looked_up = conversion_of(tx, &code, &base, draft.exchange_rate, posting_date).await?;
    let rate = Conversion { divisor: draft.rate_divisor.or(looked_up.divisor), ..looked_up };
    let sides = sides_of(draft, places)?;
    let total = balanced(&sides)?;
    let base_places = u32::try_from(ledger.base_places).map_err(Error::internal)?;
    let in_base = in_base(&sides, rate, base_places)?;
    accounts_take(tx, draft, &code).await?;
    departments_stand(tx, draft).await?;
    if draft.reverses.is_none() {
        partners_stand(tx, draft).await?;
    }
    let starts_in = adm::settings::integer(tx, &adm::settings::FISCAL_YEAR_START_MONTH).await?;
    let fiscal_year = fiscal_year_of(posting_date, u8::try_from(starts_in).unwrap_or(1));
    let row = entry::ActiveModel {
        je_type: Set(draft.je_type),
        je_date: Set(draft.je_date),
        posting_date: Set(posting_date),
        period: Set(period_of(posting_date)),
        fiscal_year: Set(format!("{fiscal_year:04}")),
        origin: Set(draft.origin),
        is_document_bound: Set(draft.is_document_bound),
        ref_doc_type: Set(draft.ref_doc_type.clone()),
        ref_doc_id: Set(draft.ref_doc_id),
        ref_doc_no: Set(draft.ref_doc_no.clone()),
        total_debit: Set(total),
        total_credit: Set(total),
        currency: Set(code),
        exchange_rate: Set(rate.rate),
        is_rate_said: Set(draft.exchange_rate.is_some()),
        rate_divisor: Set(rate.divisor),
        description: Set(draft.description.clone()),
        memo: Set(draft.memo.clone()),
        status: Set(EntryStatus::Draft),
        reverses_je_id: Set(draft.reverses),
        reversal_reason: Set(draft.reversal_reason.clone()),
        ..Default::default()
    };
    let id = over.map_or_else(new_id, |before| before.entry.id);
    let mut lines = Vec::with_capacity(draft.lines.len());
    for ((no, wanted), (sides, base)) in (1..).zip(&draft.lines).zip(sides.iter().zip(&in_base)) {
        // a reversal turns exactly what was posted in the base currency
        let base = wanted.base.unwrap_or(*base);
        let there = over.and_then(|before| before.lines.get(lines.len()));
        lines.push(line::Model {
            id: there.map_or_else(new_id, |line| line.id),
            tenant_id: tx.tenant().ok_or_else(|| Error::internal("entries are a company's"))?,
            je_id: id,
            line_no: no,
            account_id: wanted.account_id,
            debit_amount: sides.debit,
            credit_amount: sides.credit,
            base_debit: base.debit,
            base_credit: base.credit,
            description: wanted.description.clone(),
            cost_center: wanted.cost_center.clone(),
            project_code: wanted.project_code.clone(),
            department_id: wanted.department_id,
            partner_id: wanted.partner_id,
            partner_type: wanted.partner_type,
            tax_code: wanted.tax_code.clone(),
            tax_amount: wanted.tax_amount.unwrap_or_default(),
            quantity: wanted.quantity,
            unit_price: wanted.unit_price,
            posting_date,
            is_closing: draft.je_type == entry::EntryType::Closing,
            chain_no: None,
            created_at: there.map_or_else(|| tx.now(), |line| line.created_at),
        });
    }
    let entry = match over {
        Some(before) => {
            let is = store::values_of(&all_set(before.entry.clone().into_active_model()));
            if lines == before.lines && store::values_of(&row).iter().all(|value| is.contains(value)) {
                return Ok(before.clone());
            }
            if lines != before.lines {
                sums::clear_lines(tx, id).await?;
            }
            tx.update(id, &row).await?.ok_or_else(Error::not_found)?
        }
        None => tx.insert(&entry::ActiveModel { id: Set(id), ..row }).await?,
    };
    if over.is_none_or(|before| lines != before.lines) {
        let rows = lines.iter().cloned().map(|line| store::values_of(&all_set(line.into_active_model()))).collect();
        tx.insert_rows("fim_journal_entry_lines", rows, &store::columns_of::<line::Entity>(), false).await?;
    }
    Ok(EntryWithLines { entry, lines })
}

/// A row with every column set as it is.
fn all_set<A: ActiveModelTrait>(mut row: A) -> A {
    for column in <<A::Entity as EntityTrait>::Column as Iterable>::iter() {
        if let Some(value) = row.get(column).into_value() {
            row.set(column, value);
        }
    }
    row
}

/// Whom lines are about is known: customers and vendors are partners of the company.
async fn partners_stand(tx: &Tx, draft: &Draft) -> Result<()> {
    let of_partner = |line: &DraftLine| match line.partner_type {
        Some(line::PartnerType::Employee | line::PartnerType::Other) => None,
        _ => line.partner_id,
    };
    let wanted: BTreeSet<Uuid> = draft.lines.iter().filter_map(of_partner).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let rows = tx.find::<crm::partner::Entity>().filter(crm::partner::Column::Id.is_in(wanted)).all().await?;
    let there: BTreeMap<Uuid, Option<Uuid>> = rows.into_iter().map(|row| (row.id, row.merged_into_id)).collect();
    for (at, id) in draft.lines.iter().enumerate().filter_map(|(at, line)| of_partner(line).map(|id| (at, id))) {
        let field = format!("lines.{at}.partner_id");
        match there.get(&id) {
            None => return Err(Error::no_such(field)),
            Some(Some(into)) => {
                return Err(Error::field(
                    field,
                    "merged",
                    format!("다른 거래처({into})로 병합된 거래처입니다. 병합된 거래처를 사용하세요."),
                    format!("was merged into {into}; use that partner instead"),
                ));
            }
            Some(None) => {}
        }
    }
    Ok(())
}

async fn departments_stand(tx: &Tx, draft: &Draft) -> Result<()> {
    let wanted: BTreeSet<Uuid> = draft.lines.iter().filter_map(|line| line.department_id).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let rows = tx.find::<adm::department::Entity>().filter(adm::department::Column::Id.is_in(wanted)).all().await?;
    let there: BTreeSet<Uuid> = rows.into_iter().map(|row| row.id).collect();
    match draft.lines.iter().position(|line| line.department_id.is_some_and(|id| !there.contains(&id))) {
        Some(at) => Err(Error::no_such(format!("lines.{at}.department_id"))),
        None => Ok(()),
    }
}

/// The month an entry goes into takes postings; locked, so that it is not closed meanwhile.
async fn period_takes(tx: &Tx, entry: &Model) -> Result<()> {
    let find = tx.find::<periods::entity::Entity>().filter(periods::entity::Column::Period.eq(&entry.period));
    let Some(month) = find.one().await? else {
        return Err(rules::NO_PERIOD.filled(&[("period", &entry.period)]));
    };
    let excepted = month.exception_user_id.is_some()
        && month.exception_user_id == tx.context().actor.id
        && month.exception_until.is_some_and(|until| tx.now() < until);
    match month.status {
        periods::entity::PeriodStatus::Open => Ok(()),
        periods::entity::PeriodStatus::SoftClosed if excepted => Ok(()),
        _ => Err(rules::PERIOD_CLOSED.filled(&[("period", &entry.period)]).with("period", entry.period.clone())),
    }
}

/// Posts a draft that is locked: it gets its number and its place in the chain, and never changes again.
#[boxed(?Send)]
pub async fn post(tx: &Tx, draft: EntryWithLines) -> Result<EntryWithLines> {
    let EntryWithLines { entry, mut lines } = draft;
    period_takes(tx, &entry).await?;
    let budgets = budgets::control::drawn_on(tx, &entry, &lines).await?;
    // from here on postings of the company stand in line
    let (ledger, no) = sums::lock_ledger_and_number(tx, SERIES, &entry.fiscal_year).await?;
    budgets::control::look(tx, &budgets, &entry, &lines, ledger.chain_no).await?;
    let code = document_number(SERIES, &entry.fiscal_year, no);
    let posted_at = ledger.behind(tx.now());
    let chain_no = ledger.chain_no + 1;
    let by = tx.context().actor.id;
    let mut posted = Model { je_code: Some(code.clone()), chain_no: Some(chain_no), posted_at: Some(posted_at), posted_by: by, ..entry };
    let hash = chain::hash_of(&ledger.entry_hash, &posted, &lines)?;
    let change = entry::ActiveModel {
        status: Set(EntryStatus::Posted),
        je_code: Set(Some(code)),
        chain_no: Set(Some(chain_no)),
        entry_hash: Set(Some(hash.clone())),
        posted_at: Set(Some(posted_at)),
        posted_by: Set(by),
        ..Default::default()
    };
    posted = sums::place(tx, &posted, &change, chain_no, &hash, posted_at).await?;
    for line in &mut lines {
        line.chain_no = Some(chain_no);
    }
    Ok(EntryWithLines { entry: posted, lines })
}

/// Reverses a posted entry: its reversing entry is posted on `date`, and both know of each other. Answers the reversing entry.
pub async fn reverse(tx: &Tx, entry: Model, date: Day, reason: Option<Text<500>>) -> Result<EntryWithLines> {
    if date < entry.posting_date {
        return Err(Error::field(
            "date",
            "minimum",
            "원 전표의 전기일보다 빠를 수 없습니다.",
            "must not be before the posting date of the entry",
        ));
    }
    let lines = lines_of(tx, entry.id).await?;
    let reversing = draft(tx, None, &Draft::reversing(&entry, &lines, date, reason)).await?;
    let reversing = post(tx, reversing).await?;
    let change =
        entry::ActiveModel { status: Set(EntryStatus::Reversed), reversed_je_id: Set(Some(reversing.entry.id)), ..Default::default() };
    tx.update(entry.id, &change).await?;
    Ok(reversing)
}
