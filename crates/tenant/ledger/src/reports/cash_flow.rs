//! 현금흐름표 (직접법): what came into and went out of the cash and bank accounts, by what it was for.

use super::{Basis, Query as Wanted, ReadReports, net};
use crate::{
    accounts::entity::{AccountType, Model as Account},
    sums,
};
use auth::Allowed;
use envelope::Query;
use kernel::{Day, MoneySum, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, report};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What came in through an account; below zero it went out.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "CashFlowRow")]
pub struct Row {
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 계정코드 | Account code
    pub account_code: String,
    /// 계정명 | Account name
    pub account_name: String,
    /// 금액 | Amount
    pub amount: MoneySum,
}

/// One of the three activities.
#[derive(Clone, Debug, Default, Serialize, Apiv2Schema)]
#[openapi(rename = "CashFlowSection")]
pub struct Section {
    /// 행 | Rows
    pub rows: Vec<Row>,
    /// 합계 | Total
    pub total: MoneySum,
}

/// Cash before, what moved it, cash after: opening + the three totals = closing, which is what the balance sheet says.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct CashFlow {
    /// 시작 | From
    pub from: Day,
    /// 종료 | To
    pub to: Day,
    /// 인지 시점 | Known at
    pub known_at: Option<Timestamp>,
    /// 기초 잔액 | Opening balance
    pub opening: MoneySum,
    /// 영업활동 | Operating activities
    pub operating: Section,
    /// 투자활동 | Investing activities
    pub investing: Section,
    /// 재무활동 | Financing activities
    pub financing: Section,
    /// 기말 잔액 | Closing balance
    pub closing: MoneySum,
    /// 차이 | Difference
    ///
    /// Closing less opening less the three totals; anything but 0 is a fault.
    pub difference: MoneySum,
}

/// 0 operating, 1 investing, 2 financing: by where the other account stands in the balance sheet.
fn activity(account: &Account) -> usize {
    let long_term = matches!(account.fs_position.as_deref(), Some("NON_CURRENT_LIABILITIES"));
    match (account.account_type, account.fs_position.as_deref()) {
        (AccountType::Asset, Some("NON_CURRENT_ASSETS")) => 1,
        (AccountType::Equity, _) => 2,
        (AccountType::Liability, _) if long_term || account.account_name.contains("차입금") => 2,
        _ => 0,
    }
}

/// The cash flow statement, by the direct method
///
/// What came into and went out of cash and bank accounts between `from` and `to`, by what it was for.
#[api_v2_operation]
pub async fn cash_flow(cx: Allowed<ReadReports>, query: Query<Wanted>) -> ReportAnswer<CashFlow> {
    let scope = cx.read().await?;
    let basis = Basis::of(&cx, &scope, &query.0).await?;
    let cash: Vec<Uuid> =
        basis.accounts.values().filter(|account| account.is_cash_account || account.is_bank_account).map(|account| account.id).collect();
    let of_cash = |sums: Vec<sums::AccountSum>| -> MoneySum { sums.iter().filter(|sum| cash.contains(&sum.account_id)).map(net).sum() };
    let before = basis.from.0.previous_day().map(Day);
    let opening = of_cash(basis.moved(&scope, None, before, true).await?);
    let moved = of_cash(basis.moved(&scope, Some(basis.from), Some(basis.to), true).await?);
    let by: BTreeMap<Uuid, MoneySum> =
        sums::cash_by_account(&scope, &basis.slice(Some(basis.from), Some(basis.to)), &cash).await?.into_iter().collect();
    let mut sections: [Section; 3] = Default::default();
    for account in basis.in_order(|id| by.get(id).is_some_and(|amount| *amount != MoneySum::ZERO)) {
        let amount = by.get(&account.id).copied().unwrap_or_default();
        let section = &mut sections[activity(account)];
        section.total += amount;
        let (account_code, account_name) = (account.account_code.to_string(), account.account_name.to_string());
        section.rows.push(Row { account_id: account.id, account_code, account_name, amount });
    }
    let accounted: MoneySum = sections.iter().map(|section| section.total).sum();
    let [operating, investing, financing] = sections;
    let statement = CashFlow {
        from: basis.from,
        to: basis.to,
        known_at: basis.known_at,
        opening,
        operating,
        investing,
        financing,
        closing: opening + moved,
        difference: moved - accounted,
    };
    Ok(report("cash-flow", query.0.format, &statement).await?)
}
