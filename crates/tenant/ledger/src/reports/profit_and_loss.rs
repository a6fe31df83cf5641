//! 손익계산서

use super::{Basis, Query as Wanted, ReadReports, net};
use crate::accounts::entity::{AccountType, Model as Account};
use auth::Allowed;
use envelope::Query;
use kernel::{Day, MoneySum, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, report};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// An account in a statement.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "StatementRow")]
pub struct Row {
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 계정코드 | Account code
    pub account_code: String,
    /// 계정명 | Account name
    pub account_name: String,
    /// 잔액 | Balance
    ///
    /// Debit-positive.
    pub balance: MoneySum,
    /// 금액 | Amount
    ///
    /// As it is read: revenue and liabilities positive.
    pub amount: MoneySum,
}

impl Row {
    pub(crate) fn of(account: &Account, balance: MoneySum) -> Self {
        let grows_in_debit = matches!(account.account_type, AccountType::Asset | AccountType::Expense);
        Self {
            account_id: account.id,
            account_code: account.account_code.to_string(),
            account_name: account.account_name.to_string(),
            balance,
            amount: if grows_in_debit { balance } else { -balance },
        }
    }
}

/// A part of a statement with its sum.
#[derive(Clone, Debug, Default, Serialize, Apiv2Schema)]
#[openapi(rename = "StatementSection")]
pub struct Section {
    /// 행 | Rows
    pub rows: Vec<Row>,
    /// 합계 | Total
    ///
    /// As it is read.
    pub total: MoneySum,
}

impl Section {
    pub(crate) fn push(&mut self, row: Row) {
        self.total += row.amount;
        self.rows.push(row);
    }
}

/// Revenue and expenses of a span of days. Entries that close a year do not count.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct ProfitAndLoss {
    /// 시작 | From
    pub from: Day,
    /// 종료 | To
    pub to: Day,
    /// 인지 시점 | Known at
    pub known_at: Option<Timestamp>,
    /// 매출액 | Sales
    pub sales: Section,
    /// 매출원가 | Cost of sales
    pub cost_of_sales: Section,
    /// 매출총이익 | Gross profit
    pub gross_profit: MoneySum,
    /// 판매비와관리비 | Selling and administrative expenses
    pub selling_and_administration: Section,
    /// 영업이익 | Operating profit
    pub operating_profit: MoneySum,
    /// 영업외수익 | Other income
    pub other_income: Section,
    /// 영업외비용 | Other expense
    pub other_expense: Section,
    /// 법인세비용차감전순이익 | Profit before tax
    ///
    /// 법인세차감전순이익
    pub profit_before_tax: MoneySum,
    /// 법인세비용 | Income tax
    ///
    /// 법인세등
    pub income_tax: Section,
    /// 당기순이익 | Net profit
    pub net_profit: MoneySum,
}

/// The profit and loss statement
///
/// Revenue less expenses from `from` to `to`, by section and account, in the base currency.
#[api_v2_operation]
pub async fn profit_and_loss(cx: Allowed<ReadReports>, query: Query<Wanted>) -> ReportAnswer<ProfitAndLoss> {
    let scope = cx.read().await?;
    let basis = Basis::of(&cx, &scope, &query.0).await?;
    let sums: BTreeMap<Uuid, MoneySum> =
        basis.moved(&scope, Some(basis.from), Some(basis.to), false).await?.iter().map(|sum| (sum.account_id, net(sum))).collect();
    let mut sections: [Section; 6] = Default::default();
    for account in basis.in_order(|id| sums.contains_key(id)) {
        if let Some(at) = section_of(account) {
            sections[at].push(Row::of(account, sums.get(&account.id).copied().unwrap_or_default()));
        }
    }
    let [sales, cost_of_sales, selling_and_administration, other_income, other_expense, income_tax] = sections;
    let gross_profit = sales.total - cost_of_sales.total;
    let operating_profit = gross_profit - selling_and_administration.total;
    let profit_before_tax = operating_profit + other_income.total - other_expense.total;
    let net_profit = profit_before_tax - income_tax.total;
    let statement = ProfitAndLoss {
        from: basis.from,
        to: basis.to,
        known_at: basis.known_at,
        sales,
        cost_of_sales,
        gross_profit,
        selling_and_administration,
        operating_profit,
        other_income,
        other_expense,
        profit_before_tax,
        income_tax,
        net_profit,
    };
    Ok(report("profit-and-loss", query.0.format, &statement).await?)
}

/// Which section an account stands in: by its position, and without a known one by its type.
fn section_of(account: &Account) -> Option<usize> {
    let position = account.fs_position.as_deref().unwrap_or_default();
    match (account.account_type, position) {
        (AccountType::Revenue, "OTHER_INCOME") => Some(3),
        (AccountType::Revenue, _) => Some(0),
        (AccountType::Expense, "COST_OF_SALES") => Some(1),
        (AccountType::Expense, "OTHER_EXPENSE") => Some(4),
        (AccountType::Expense, "INCOME_TAX") => Some(5),
        (AccountType::Expense, _) => Some(2),
        _ => None,
    }
}
