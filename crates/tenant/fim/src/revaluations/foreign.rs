//! What revaluations and tax settlements are made of, and what they did to accounts.

use crate::open_items::partners::join;
use crate::revaluations::line::ValuedKind;
use kernel::{Currency, Day, Error, Money, MoneySum, Result, Text};
use ledger::sums::{one_amount, read};
use sea_orm::FromQueryResult;
use store::{Scope, Sql};
use uuid::Uuid;

/// What was open of an item on a day, or stood in an account.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Foreign {
    pub item_id: Option<Uuid>,
    pub kind: ValuedKind,
    pub partner_id: Option<Uuid>,
    pub account_id: Uuid,
    pub doc_no: Option<Text<100>>,
    pub currency: Currency,
    pub amount: Money,
    /// The same in the base currency, at the rates of its documents.
    pub base_amount: Money,
}

/// What was open in other currencies on a day: items posted by then, less what had settled them and was not undone by then.
pub async fn open_foreign_items(scope: &Scope, base: &Currency, day: Day) -> Result<Vec<Foreign>> {
    let mut sql = Sql::new(
        "SELECT i.id AS item_id, i.kind, i.partner_id, i.account_id, i.doc_no, i.currency, \
         CAST(i.amount - COALESCE(a.amount, 0) AS bigint) AS amount, CAST(i.base_amount - COALESCE(a.base, 0) AS bigint) AS base_amount FROM fim_open_items i",
    );
    join(&mut sql, "e", "i.tenant_id", "i.je_id");
    join(&mut sql, "r", "i.tenant_id", "e.reversed_je_id");
    sql.push(" LEFT JOIN (SELECT item_id, SUM(amount) AS amount, SUM(base_amount) AS base FROM fim_allocations WHERE tenant_id = ");
    sql.bind(scope.tenant()).push(" AND deleted_at IS NULL AND allocated_on <= ").bind(day);
    sql.push(" AND (undone_on IS NULL OR undone_on > ").bind(day).push(") GROUP BY item_id) a ON a.item_id = i.id WHERE i.tenant_id = ");
    sql.bind(scope.tenant()).push(" AND i.currency <> ").bind(base.to_string());
    sql.push(" AND COALESCE(e.posting_date, i.doc_date) <= ").bind(day);
    // an opening that is reversed leaves nothing to set it off
    sql.push(" AND (i.doc_type NOT IN ('OPENING', 'ENTRY') OR r.id IS NULL OR r.posting_date > ").bind(day);
    sql.push(") AND i.amount <> COALESCE(a.amount, 0) ORDER BY i.kind, i.doc_date, i.id");
    scope.raw_all(sql).await?.iter().map(read).collect()
}

/// What stood in cash and bank accounts of other currencies on a day. (One that takes any currency is kept in the base currency: the bank
/// changes what comes in.) A correction in the base currency is nothing in the account's.
pub async fn foreign_cash(scope: &Scope, base: &Currency, day: Day) -> Result<Vec<Foreign>> {
    #[derive(FromQueryResult)]
    struct Balance {
        account_id: Uuid,
        currency: Currency,
        amount: MoneySum,
        base_amount: MoneySum,
    }
    let of_its_currency = MoneySum::of("CASE WHEN e.currency = a.currency THEN l.debit_amount - l.credit_amount ELSE 0 END");
    let mut sql = Sql::new(&format!(
        "SELECT a.id AS account_id, a.account_code, a.currency, {of_its_currency} AS amount, {} AS base_amount FROM fim_accounts a \
         JOIN fim_journal_entry_lines l ON l.tenant_id = a.tenant_id AND l.account_id = a.id \
         JOIN fim_journal_entries e ON e.tenant_id = l.tenant_id AND e.id = l.je_id WHERE a.tenant_id = ",
        MoneySum::of("l.base_debit - l.base_credit")
    ));
    sql.bind(scope.tenant()).push(" AND (a.is_bank_account OR a.is_cash_account) AND a.currency IS NOT NULL AND a.currency <> ");
    sql.bind(base.to_string()).push(" AND l.chain_no IS NOT NULL AND l.posting_date <= ").bind(day);
    sql.push(" GROUP BY a.id, a.account_code, a.currency ORDER BY a.account_code");
    let mut cash = Vec::new();
    for row in scope.raw_all(sql).await? {
        let Balance { account_id, currency, amount, base_amount } = read(&row)?;
        if amount == MoneySum::ZERO && base_amount == MoneySum::ZERO {
            continue;
        }
        let (amount, base_amount) = (one_amount(amount)?, one_amount(base_amount)?);
        cash.push(Foreign {
            item_id: None,
            kind: ValuedKind::Cash,
            partner_id: None,
            account_id,
            doc_no: None,
            currency,
            amount,
            base_amount,
        });
    }
    Ok(cash)
}

/// What the entries of such documents that stand did to accounts between two days, debit-positive. `documents` is their table.
pub async fn moved_by(scope: &Scope, documents: &str, (from, to): (Day, Day), known: i64, accounts: &[Uuid]) -> Result<MoneySum> {
    if accounts.is_empty() {
        return Ok(MoneySum::ZERO);
    }
    let mut sql = Sql::new(&format!(
        "SELECT {} AS moved FROM {documents} d JOIN fim_journal_entries e ON e.tenant_id = d.tenant_id AND e.id = d.je_id",
        MoneySum::of("l.base_debit - l.base_credit")
    ));
    join(&mut sql, "r", "e.tenant_id", "e.reversed_je_id");
    sql.push(" JOIN fim_journal_entry_lines l ON l.tenant_id = e.tenant_id AND l.je_id = e.id WHERE d.tenant_id = ").bind(scope.tenant());
    sql.push(" AND e.posting_date >= ").bind(from).push(" AND e.posting_date <= ").bind(to);
    sql.push(" AND e.chain_no <= ").bind(known).push(" AND (r.id IS NULL OR r.chain_no > ").bind(known);
    sql.push(") AND l.account_id IN (").bind_all(accounts.iter().map(|id| (*id).into())).push(")");
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?;
    row.try_get("", "moved").map_err(Error::internal)
}
