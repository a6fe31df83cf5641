//! 채권·채무 연령분석

use crate::{
    open_items::{
        item::OpenItemKind,
        partners::{self, AsOf},
    },
    revaluations::foreign,
};
use auth::Allowed;
use envelope::Query;
use kernel::{Day, MoneySum, Timestamp};
use ledger::{
    accounts::entity::PostingRole,
    reports::{Basis, Query as Wanted, ReadReports, net},
};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, ReportFormat, report};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema)]
pub struct AgingQuery {
    /// 종류 | Kind
    pub kind: OpenItemKind,
    /// 기준일 | As of
    ///
    /// Today when left out.
    pub as_of: Option<Day>,
    /// 인지 시점 | Known at
    ///
    /// As the ledger was known at this moment; now when left out.
    pub known_at: Option<Timestamp>,
    /// 파일 형식 | Format
    ///
    /// `json`, `csv` or `xlsx`.
    pub format: Option<ReportFormat>,
}

/// What is open, by days behind the due date. Debit-positive: what the company owes is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Apiv2Schema)]
pub struct AgingBuckets {
    /// 만기 전 | Not due
    pub not_due: MoneySum,
    /// 1~30일 | 1 to 30 days
    #[serde(rename = "1_30")]
    pub to_30: MoneySum,
    /// 31~60일 | 31 to 60 days
    #[serde(rename = "31_60")]
    pub to_60: MoneySum,
    /// 61~90일 | 61 to 90 days
    #[serde(rename = "61_90")]
    pub to_90: MoneySum,
    /// 90일 초과 | Over 90 days
    pub over_90: MoneySum,
    /// 합계 | Total
    pub total: MoneySum,
}

impl AgingBuckets {
    fn add(&mut self, bucket: i32, amount: MoneySum) {
        let part = match bucket {
            0 => &mut self.not_due,
            1 => &mut self.to_30,
            2 => &mut self.to_60,
            3 => &mut self.to_90,
            _ => &mut self.over_90,
        };
        *part += amount;
        self.total += amount;
    }
}

#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct AgingRow {
    /// 거래처 | Partner
    pub partner_id: Uuid,
    /// 거래처 코드 | Partner code
    pub partner_code: String,
    /// 거래처명 | Partner name
    pub partner_name: String,
    /// 미결 금액 | Open amount
    #[serde(flatten)]
    pub open: AgingBuckets,
}

/// An account that open items stand in, with its balance in the ledger.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct AgingAccount {
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 계정코드 | Account code
    pub account_code: String,
    /// 계정명 | Account name
    pub account_name: String,
    /// 잔액 | Balance
    pub balance: MoneySum,
}

/// What is open on a day, in the base currency.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct Aging {
    /// 종류 | Kind
    pub kind: OpenItemKind,
    /// 기준일 | As of
    pub as_of: Day,
    /// 인지 시점 | Known at
    pub known_at: Option<Timestamp>,
    /// 기간 구분 | Buckets
    pub buckets: Vec<String>,
    /// 행 | Rows
    pub rows: Vec<AgingRow>,
    /// 합계 | Totals
    pub totals: AgingBuckets,
    /// 통제 계정 | Control accounts
    pub control_accounts: Vec<AgingAccount>,
    /// 통제 계정 잔액 | Control account balance
    ///
    /// What these accounts come to in the ledger.
    pub control_total: MoneySum,
    /// 환산 조정액 | Revaluation
    ///
    /// What the revaluation of the day has put on them: they are shown at the rates of their documents.
    pub revalued: MoneySum,
    /// 차이 | Difference
    ///
    /// The ledger less the open items and their revaluation: anything but 0 was posted without a partner, or before entries opened items.
    pub difference: MoneySum,
}

/// What is open, by age
///
/// For each partner what is not due yet and what is overdue by 30, 60, 90 days or more, on `as_of` and as it was known at `known_at`.
#[api_v2_operation]
pub async fn aging(cx: Allowed<ReadReports>, query: Query<AgingQuery>) -> ReportAnswer<Aging> {
    let format = query.0.format;
    let kind = query.0.kind;
    let scope = cx.read().await?;
    let basis = Basis::of(&cx, &scope, &Wanted { as_of: query.0.as_of, known_at: query.0.known_at, ..Wanted::default() }).await?;
    let at = AsOf { day: basis.to, known: basis.known, known_at: basis.known_at.unwrap_or_else(|| cx.platform().now()) };
    let mut totals = AgingBuckets::default();
    let mut rows: Vec<AgingRow> = Vec::new();
    for aged in partners::aged(&scope, kind, at).await? {
        let amount = if kind == OpenItemKind::Payable { -aged.amount } else { aged.amount };
        totals.add(aged.bucket, amount);
        match rows.last_mut() {
            Some(row) if row.partner_id == aged.partner_id => row.open.add(aged.bucket, amount),
            _ => {
                let mut open = AgingBuckets::default();
                open.add(aged.bucket, amount);
                rows.push(AgingRow { partner_id: aged.partner_id, partner_code: aged.code, partner_name: aged.name, open });
            }
        }
    }
    let role = if kind == OpenItemKind::Payable { PostingRole::Payable } else { PostingRole::Receivable };
    let mut control: BTreeSet<Uuid> = partners::accounts_of_items(&scope, None, Some(kind)).await?.into_iter().collect();
    control.extend(basis.accounts.values().filter(|account| account.role == Some(role)).map(|account| account.id));
    let sums = basis.moved(&scope, None, Some(basis.to), true).await?;
    let control_accounts: Vec<AgingAccount> = basis
        .in_order(|id| control.contains(id))
        .into_iter()
        .map(|account| AgingAccount {
            account_id: account.id,
            account_code: account.account_code.to_string(),
            account_name: account.account_name.to_string(),
            balance: sums.iter().find(|sum| sum.account_id == account.id).map(net).unwrap_or_default(),
        })
        .collect();
    let control_total: MoneySum = control_accounts.iter().map(|account| account.balance).sum();
    let control: Vec<Uuid> = control_accounts.iter().map(|account| account.account_id).collect();
    let revalued = foreign::moved_by(&scope, "fim_revaluations", (basis.to, basis.to), basis.known, &control).await?;
    let aging = Aging {
        kind,
        as_of: basis.to,
        known_at: basis.known_at,
        buckets: ["not_due", "1_30", "31_60", "61_90", "over_90"].map(str::to_owned).to_vec(),
        rows,
        totals,
        control_accounts,
        control_total,
        revalued,
        difference: control_total - totals.total - revalued,
    };
    Ok(report("aging", format, &aging).await?)
}
