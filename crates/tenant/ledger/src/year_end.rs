//! 결산: the result of a fiscal year is carried to retained earnings.

use crate::{
    accounts::{
        self,
        entity::{self as account, PostingRole},
    },
    journal::{
        EntryWithLines,
        draft::{Draft, DraftLine},
        entry::{self, EntryOrigin, EntryStatus, EntryType},
        line as journal_line,
    },
    periods::entity::{Column, Entity},
    posting,
    sums::{self, Slice},
};
use auth::Allowed;
use envelope::{Api, Body, Reply, web};
use kernel::{Day, Error, Money, MoneySum, Result, Text, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Action, AuditEntry, Event, Tx};
use uuid::Uuid;

permission! {
    pub YearEnd = "fim", "periods", "year-end";
}

/// What a closing entry is posted for: the last month of the year.
const DOCUMENT: &str = "YEAR_END";

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "YearEndRequest")]
pub struct Wanted {
    /// 회계연도 | Fiscal year
    ///
    /// The year the fiscal year begins in: `2026`.
    pub fiscal_year: Text<4>,
}

/// A fiscal year that was closed.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct YearClosed {
    /// 회계연도 | Fiscal year
    pub fiscal_year: Text<4>,
    /// 전표 | Journal entry
    ///
    /// What closed it; null where nothing was earned or spent.
    pub entry: Option<EntryWithLines>,
}

fn no_year(year: &Text<4>) -> Error {
    Error::field(
        "fiscal_year",
        "no_period",
        format!("{year} 회계연도가 없습니다."),
        format!("must be an existing fiscal year; {year} does not exist"),
    )
}

/// Debit less credit of each account in the lines of an entry.
fn net_of(lines: &[journal_line::Model]) -> BTreeMap<Uuid, i64> {
    lines.iter().map(|line| (line.account_id, line.base_debit.0 - line.base_credit.0)).collect()
}

/// What closes the year: each account of the result turned to nothing, the difference to retained earnings. Closing entries that somebody
/// wrote by hand have done their part already; `replaced` is what the entry did that this one replaces.
async fn closing_lines(tx: &Tx, days: (Day, Day), known: i64, replaced: &BTreeMap<Uuid, i64>) -> Result<BTreeMap<Uuid, i64>> {
    let slice = Slice { from: Some(days.0), to: Some(days.1), known, department: None, project: None, with_closing: true };
    let accounts = tx.find::<account::Entity>().all().await?;
    let mut lines: BTreeMap<Uuid, MoneySum> =
        sums::sums(tx, &slice).await?.into_iter().map(|sum| (sum.account_id, sum.credit - sum.debit)).collect();
    for (account, net) in replaced {
        *lines.entry(*account).or_default() += Money(*net).into();
    }
    lines.retain(|id, net| *net != MoneySum::ZERO && accounts.iter().any(|row| row.id == *id && row.account_type.is_result()));
    let result: MoneySum = lines.values().copied().sum();
    if result != MoneySum::ZERO {
        lines.insert(accounts::of_role(tx, PostingRole::RetainedEarnings).await?, -result);
    }
    lines.into_iter().map(|(account, net)| Ok((account, sums::one_amount(net)?.0))).collect()
}

fn line(account_id: Uuid, debit: i64) -> DraftLine {
    DraftLine {
        debit_amount: (debit > 0).then_some(Money(debit)),
        credit_amount: (debit < 0).then_some(Money(-debit)),
        ..DraftLine::to(account_id)
    }
}

/// Closes a fiscal year. Asked again it answers the entry that is there; when something was posted into the year since, that entry is
/// reversed and a new one posted, so that the result is the same as if the year had been closed once, at the end.
async fn close(tx: &Tx, year: &Text<4>) -> Result<Option<EntryWithLines>> {
    let months = tx.find::<Entity>().filter(Column::FiscalYear.eq(year.to_string())).order_by_asc(Column::StartDate).all().await?;
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return Err(no_year(year)) };
    // nobody posts between the sums and the entry made of them
    let ledger = sums::lock_ledger(tx).await?;
    let find = tx
        .find::<entry::Entity>()
        .filter(entry::Column::Origin.eq(EntryOrigin::Document))
        .filter(entry::Column::RefDocType.eq(DOCUMENT))
        .filter(entry::Column::RefDocId.eq(last.id));
    let there = find.filter(entry::Column::Status.eq(EntryStatus::Posted)).filter(entry::Column::ReversesJeId.is_null()).one().await?;
    let its_lines = match &there {
        Some(there) => posting::lines_of(tx, there.id).await?,
        None => Vec::new(),
    };
    let is = net_of(&its_lines);
    let wanted = closing_lines(tx, (first.start_date, last.end_date), ledger.chain_no, &is).await?;
    if let Some(there) = there {
        if is == wanted {
            return Ok(Some(EntryWithLines { entry: there, lines: its_lines }));
        }
        let reason = Text::parse("결산 다시 실행").map_err(Error::internal)?;
        posting::reverse(tx, there, last.end_date, Some(reason)).await?;
    }
    if wanted.is_empty() {
        return Ok(None);
    }
    let draft = Draft {
        // whoever wants the year open again reverses its closing entry
        is_document_bound: false,
        description: Some(kernel::Memo::parse(&format!("{year} 회계연도 결산")).map_err(Error::internal)?),
        lines: wanted.into_iter().map(|(account, debit)| line(account, debit)).collect(),
        ..Draft::on(EntryType::Closing, last.end_date).of_document(DOCUMENT, last.id, Some(year))?
    };
    let drafted = posting::draft(tx, None, &draft).await?;
    posting::post(tx, drafted).await.map(Some)
}

/// Close a fiscal year: its result goes to retained earnings. May be repeated, with the same result
///
/// Posts an entry on the last day. When it differs since something was posted, the entry before is reversed.
#[api_v2_operation]
pub async fn year_end(cx: Allowed<YearEnd>, body: Body<Wanted>) -> Api<YearClosed> {
    let year = body.0.fiscal_year;
    let reply = cx
        .write(async |tx| {
            let closed = close(tx, &year).await?;
            if let Some(whole) = &closed {
                let entry = AuditEntry::new(Action::Execute, cx.permission().to_string(), "fim.transactions", whole.entry.id);
                tx.audit(entry.after(json!({"fiscal_year": year, "je_code": whole.entry.je_code, "total": whole.entry.total_debit})));
                tx.publish(Event::new("fim.year.closed", whole.entry.id, json!({"fiscal_year": year, "je_id": whole.entry.id})));
            }
            Reply::new(&YearClosed { fiscal_year: year.clone(), entry: closed })
        })
        .await?;
    Ok(reply)
}

pub fn routes() -> web::Resource {
    web::resource("/periods/year-end").route(web::post().to(year_end))
}
