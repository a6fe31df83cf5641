//! 합계잔액시산표

use super::{Basis, Query as Wanted, ReadReports, net};
use auth::Allowed;
use envelope::Query;
use kernel::{Day, MoneySum, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, report};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// An account in a trial balance.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "TrialBalanceRow")]
pub struct Row {
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 계정코드 | Account code
    pub account_code: String,
    /// 계정명 | Account name
    pub account_name: String,
    /// 기초 잔액 | Opening balance
    ///
    /// Balance before `from`.
    pub opening: MoneySum,
    /// 차변 | Debit
    pub debit: MoneySum,
    /// 대변 | Credit
    pub credit: MoneySum,
    /// 기말 잔액 | Closing balance
    ///
    /// Opening plus debit less credit.
    pub closing: MoneySum,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Apiv2Schema)]
#[openapi(rename = "TrialBalanceTotals")]
pub struct Totals {
    /// 기초 잔액 | Opening balance
    pub opening: MoneySum,
    /// 차변 | Debit
    pub debit: MoneySum,
    /// 대변 | Credit
    pub credit: MoneySum,
    /// 기말 잔액 | Closing balance
    pub closing: MoneySum,
}

/// Every account that moved: before, in between, at the end.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct TrialBalance {
    /// 시작 | From
    pub from: Day,
    /// 기준일 | As of
    pub as_of: Day,
    /// 인지 시점 | Known at
    ///
    /// Asked again with this moment, the answer is the same, whatever is posted since.
    pub known_at: Option<Timestamp>,
    /// 행 | Rows
    pub rows: Vec<Row>,
    /// 합계 | Totals
    pub totals: Totals,
}

/// The trial balance
///
/// For each account what stood before `from`, what moved until `to`, and what stands then. Debit and credit come to the same.
#[api_v2_operation]
pub async fn trial_balance(cx: Allowed<ReadReports>, query: Query<Wanted>) -> ReportAnswer<TrialBalance> {
    let scope = cx.read().await?;
    let basis = Basis::of(&cx, &scope, &query.0).await?;
    let before = basis.from.0.previous_day().map(Day);
    let opening: BTreeMap<Uuid, MoneySum> =
        basis.moved(&scope, None, before, true).await?.iter().map(|sum| (sum.account_id, net(sum))).collect();
    let moved: BTreeMap<Uuid, (MoneySum, MoneySum)> = basis
        .moved(&scope, Some(basis.from), Some(basis.to), true)
        .await?
        .into_iter()
        .map(|sum| (sum.account_id, (sum.debit, sum.credit)))
        .collect();
    let rows: Vec<Row> = basis
        .in_order(|id| moved.contains_key(id) || opening.get(id).is_some_and(|amount| *amount != MoneySum::ZERO))
        .into_iter()
        .map(|account| {
            let opening = opening.get(&account.id).copied().unwrap_or_default();
            let (debit, credit) = moved.get(&account.id).copied().unwrap_or_default();
            Row {
                account_id: account.id,
                account_code: account.account_code.to_string(),
                account_name: account.account_name.to_string(),
                opening,
                debit,
                credit,
                closing: opening + debit - credit,
            }
        })
        .collect();
    let totals = totals_of(&rows);
    Ok(report("trial-balance", query.0.format, &TrialBalance { from: basis.from, as_of: basis.to, known_at: basis.known_at, rows, totals })
        .await?)
}

fn totals_of(rows: &[Row]) -> Totals {
    Totals {
        opening: rows.iter().map(|row| row.opening).sum(),
        debit: rows.iter().map(|row| row.debit).sum(),
        credit: rows.iter().map(|row| row.credit).sum(),
        closing: rows.iter().map(|row| row.closing).sum(),
    }
}
