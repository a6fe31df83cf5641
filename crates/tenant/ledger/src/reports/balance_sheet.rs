//! 재무상태표

use super::{
    Basis, Query as Wanted, ReadReports, net,
    profit_and_loss::{Row, Section},
};
use crate::accounts::entity::{AccountType, Model as Account};
use auth::Allowed;
use envelope::Query;
use kernel::{Day, MoneySum, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, report};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the company has, owes and is worth on a day. Assets are liabilities plus equity.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct BalanceSheet {
    /// 기준일 | As of
    pub as_of: Day,
    /// 인지 시점 | Known at
    pub known_at: Option<Timestamp>,
    /// 유동자산 | Current assets
    pub current_assets: Section,
    /// 비유동자산 | Non-current assets
    pub non_current_assets: Section,
    /// 자산 | Assets
    pub assets: MoneySum,
    /// 유동부채 | Current liabilities
    pub current_liabilities: Section,
    /// 비유동부채 | Non-current liabilities
    pub non_current_liabilities: Section,
    /// 부채 | Liabilities
    pub liabilities: MoneySum,
    /// 자본 계정 | Equity accounts
    ///
    /// 자본, without the result that is not closed yet
    pub equity_accounts: Section,
    /// 마감 전 손익 | Result not closed yet
    ///
    /// 당기순이익 and what of earlier years is not closed: revenue less expenses that no closing entry has carried on.
    pub unclosed_result: MoneySum,
    /// 자본 | Equity
    pub equity: MoneySum,
    /// 부채와 자본 | Liabilities and equity
    pub liabilities_and_equity: MoneySum,
}

/// The balance sheet
///
/// Assets, liabilities and equity on `as_of`, in the base currency. What was posted after `known_at` is left out.
#[api_v2_operation]
pub async fn balance_sheet(cx: Allowed<ReadReports>, query: Query<Wanted>) -> ReportAnswer<BalanceSheet> {
    let scope = cx.read().await?;
    let basis = Basis::of(&cx, &scope, &query.0).await?;
    let sums: BTreeMap<Uuid, MoneySum> =
        basis.moved(&scope, None, Some(basis.to), true).await?.iter().map(|sum| (sum.account_id, net(sum))).collect();
    let mut sections: [Section; 5] = Default::default();
    let mut unclosed_result = MoneySum::ZERO;
    for account in basis.in_order(|id| sums.get(id).is_some_and(|amount| *amount != MoneySum::ZERO)) {
        let balance = sums.get(&account.id).copied().unwrap_or_default();
        match section_of(account) {
            Some(at) => sections[at].push(Row::of(account, balance)),
            None => unclosed_result = unclosed_result - balance,
        }
    }
    let [current_assets, non_current_assets, current_liabilities, non_current_liabilities, equity_accounts] = sections;
    let assets = current_assets.total + non_current_assets.total;
    let liabilities = current_liabilities.total + non_current_liabilities.total;
    let equity = equity_accounts.total + unclosed_result;
    let statement = BalanceSheet {
        as_of: basis.to,
        known_at: basis.known_at,
        current_assets,
        non_current_assets,
        assets,
        current_liabilities,
        non_current_liabilities,
        liabilities,
        equity_accounts,
        unclosed_result,
        equity,
        liabilities_and_equity: liabilities + equity,
    };
    Ok(report("balance-sheet", query.0.format, &statement).await?)
}

/// Which section an account stands in; none: it belongs to the result.
fn section_of(account: &Account) -> Option<usize> {
    let position = account.fs_position.as_deref().unwrap_or_default();
    match (account.account_type, position) {
        (AccountType::Asset, "NON_CURRENT_ASSETS") => Some(1),
        (AccountType::Asset, _) => Some(0),
        (AccountType::Liability, "NON_CURRENT_LIABILITIES") => Some(3),
        (AccountType::Liability, _) => Some(2),
        (AccountType::Equity, _) => Some(4),
        (AccountType::Revenue | AccountType::Expense, _) => None,
    }
}
