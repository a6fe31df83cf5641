//! What the first page says of the ledger: cash and bank, and sales month by month.

use crate::{
    accounts::entity::{AccountType, Column, Entity},
    journal::rules::period_of,
    reports::is_sales,
    sums,
};
use kernel::{Currency, Day, Error, MoneySum, Result};
use paperclip::actix::Apiv2Schema;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};
use serde::Serialize;
use std::collections::BTreeMap;
use store::Scope;
use uuid::Uuid;

/// Months that are shown.
const MONTHS: usize = 12;

/// A cash or bank account with its balance.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct HomeCashAccount {
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 계정코드 | Account code
    pub account_code: String,
    /// 계정명 | Account name
    pub account_name: String,
    /// 영문 계정명 | English account name
    pub account_name_en: Option<String>,
    /// 예금 계정 | Bank account
    pub is_bank_account: bool,
    /// 잔액 | Balance
    ///
    /// Of all that is posted, debit-positive, in the base currency.
    pub balance: MoneySum,
}

/// What the company has in cash and at banks.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct HomeCash {
    /// 합계 | Total
    pub total: MoneySum,
    /// 계정과목 | Accounts
    ///
    /// Active accounts, and others that are not at 0; by code.
    pub accounts: Vec<HomeCashAccount>,
}

/// The sales of a month.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct HomeMonth {
    /// 월 | Month
    ///
    /// `2026-03`
    pub month: String,
    /// 매출액 | Sales
    pub sales: MoneySum,
}

/// The sales of the statement of profit and loss, by month.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct HomeSales {
    /// 이번 달 | This month
    ///
    /// The whole month: what is posted ahead counts.
    pub this_month: MoneySum,
    /// 지난달 | Last month
    pub last_month: MoneySum,
    /// 작년 같은 달 | Same month of last year
    pub same_month_last_year: MoneySum,
    /// 월별 매출 | Months
    ///
    /// The last twelve, this one at the end.
    pub months: Vec<HomeMonth>,
}

/// The base currency, in which the figures of the first page are.
///
/// # Errors
/// Internal, where the company has no ledger.
pub async fn base_currency(scope: &Scope) -> Result<Currency> {
    Ok(sums::ledger(scope).await?.base_currency)
}

/// Cash and bank accounts with their balances, which the database keeps.
///
/// # Errors
/// Where the database cannot be read.
pub async fn cash(scope: &Scope) -> Result<HomeCash> {
    let flagged = Condition::any().add(Column::IsCashAccount.eq(true)).add(Column::IsBankAccount.eq(true));
    let accounts = scope.find::<Entity>().filter(flagged).order_by_asc(Column::AccountCode).all().await?;
    let ids: Vec<Uuid> = accounts.iter().map(|account| account.id).collect();
    let balances: BTreeMap<Uuid, MoneySum> = sums::balances(scope, &ids).await?.into_iter().collect();
    let accounts: Vec<HomeCashAccount> = accounts
        .into_iter()
        .map(|account| (balances.get(&account.id).copied().unwrap_or_default(), account))
        .filter(|(balance, account)| *balance != MoneySum::ZERO || (account.is_active && account.is_posting_allowed))
        .map(|(balance, account)| HomeCashAccount {
            account_id: account.id,
            account_code: account.account_code.to_string(),
            account_name: account.account_name.to_string(),
            account_name_en: account.account_name_en.map(|name| name.to_string()),
            is_bank_account: account.is_bank_account,
            balance,
        })
        .collect();
    Ok(HomeCash { total: accounts.iter().map(|account| account.balance).sum(), accounts })
}

/// The first days of the month of a day and of those before it, the oldest first.
fn months_until(today: Day, count: usize) -> Result<Vec<Day>> {
    let beyond = || Error::internal("a month before all months");
    let mut month = Day(today.0.replace_day(1).map_err(Error::internal)?);
    let mut months = vec![month];
    while months.len() < count {
        month = month.plus_days(-1).and_then(|last| last.0.replace_day(1).ok()).map(Day).ok_or_else(beyond)?;
        months.push(month);
    }
    months.reverse();
    Ok(months)
}

/// Sales of this month, beside the last one and that of a year ago.
///
/// # Errors
/// Where the database cannot be read.
pub async fn sales(scope: &Scope, today: Day) -> Result<HomeSales> {
    let accounts = scope.find::<Entity>().filter(Column::AccountType.eq(AccountType::Revenue)).all().await?;
    let accounts: Vec<Uuid> = accounts.iter().filter(|account| is_sales(account)).map(|account| account.id).collect();
    // one more: the month of a year ago
    let months = months_until(today, MONTHS + 1)?;
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return Err(Error::internal("no months")) };
    let sums: BTreeMap<String, MoneySum> = sums::credit_by_month(scope, &accounts, (*first, *last)).await?.into_iter().collect();
    let mut months: Vec<HomeMonth> =
        months.into_iter().map(period_of).map(|month| HomeMonth { sales: sums.get(&month).copied().unwrap_or_default(), month }).collect();
    let same_month_last_year = months.remove(0).sales;
    let back = |by: usize| months.iter().rev().nth(by).map(|month| month.sales).unwrap_or_default();
    Ok(HomeSales { this_month: back(0), last_month: back(1), same_month_last_year, months })
}

#[cfg(test)]
mod tests {
    use super::{Day, months_until};

    #[test]
    fn a_year_of_months_goes_back_to_the_same_month_of_last_year() {
        let months: Vec<String> = months_until(Day::parse("2026-03-31").unwrap(), 13).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!((months.len(), &*months[0], &*months[11], &*months[12]), (13, "2025-03-01", "2026-02-01", "2026-03-01"));
    }
}
