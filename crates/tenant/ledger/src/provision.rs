//! What money gives a new company: its chart of accounts, the months of its fiscal years, the beginning of its chain.
//! Each part may run again and adds only what is missing.

use crate::{
    accounts::{chart::CHART, entity as account},
    journal::{self, rules::fiscal_year_of},
    periods::{self, months_of},
};
use adm::currency;
use auth::SystemDoor;
use kernel::{CodeText, Day, Error, Result, Text, boxed};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use store::{Sql, Tx, new_id};

fn known<T, E: std::fmt::Display>(value: std::result::Result<T, E>) -> Result<T> {
    value.map_err(Error::internal)
}

/// Chart of accounts, the end of the chain, and the months of the fiscal years that `days` lie in.
#[boxed(?Send)]
pub async fn chart_and_periods(door: &SystemDoor, days: &[Day]) -> Result<()> {
    door.write(async |tx| {
        ledger(tx).await?;
        chart(tx).await?;
        months(tx, days).await
    })
    .await
}

/// How far ahead there are months: who invoices on the last day of a year writes the due date into the next one.
const AHEAD: i64 = 62;

/// Makes the months of the fiscal years that begin soon. Run every day; it mostly finds that all is there.
#[boxed(?Send)]
pub async fn months_ahead(door: &SystemDoor, today: Day) -> Result<()> {
    let until = today.plus_days(AHEAD).unwrap_or(today);
    let find = door.read().await?.find::<periods::entity::Entity>().filter(periods::entity::Column::EndDate.gte(until)).one().await?;
    if find.is_some() {
        return Ok(());
    }
    door.write(async |tx| months(tx, &[today, until]).await).await
}

async fn ledger(tx: &Tx) -> Result<()> {
    let base = tx.find::<currency::Entity>().filter(currency::Column::IsBase.eq(true)).one().await?;
    let base = base.ok_or_else(|| Error::internal("the company has no base currency"))?;
    let mut sql = Sql::new("INSERT INTO fim_ledgers (id, tenant_id, base_currency, base_places, entry_hash, created_at) VALUES (");
    sql.bind(new_id()).push(", ").bind(tx.tenant()).push(", ").bind(base.code.to_string()).push(", ").bind(base.decimal_places);
    sql.push(", ").bind(crate::posting::FIRST.to_vec()).push(", ").bind(tx.now()).push(") ON CONFLICT (tenant_id) DO NOTHING");
    tx.raw_execute(sql).await?;
    let mut sql = Sql::new("INSERT INTO fim_ledger_rollups (id, tenant_id, created_at) VALUES (");
    sql.bind(new_id()).push(", ").bind(tx.tenant()).push(", ").bind(tx.now()).push(") ON CONFLICT (tenant_id) DO NOTHING");
    tx.raw_execute(sql).await.map(|_| ())
}

/// Accounts are given once: one that the company deleted does not come back.
async fn chart(tx: &Tx) -> Result<()> {
    if tx.find::<account::Entity>().one().await?.is_some() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(CHART.len());
    for (order, given) in (1..).zip(&CHART) {
        rows.push(account::ActiveModel {
            id: Set(new_id()),
            account_code: Set(known(CodeText::parse(given.code))?),
            account_name: Set(known(Text::parse(given.name))?),
            account_name_en: Set(Some(known(Text::parse(given.name_en))?)),
            account_type: Set(given.kind),
            account_group: Set(Some(known(Text::parse(given.group))?)),
            role: Set(given.role),
            level_depth: Set(1),
            is_control_account: Set(false),
            is_posting_allowed: Set(true),
            is_bank_account: Set(matches!(given.code, "102" | "103" | "105" | "106")),
            is_cash_account: Set(given.code == "101"),
            fs_position: Set(Some(known(Text::parse(given.position()))?)),
            statement_order: Set(order),
            is_active: Set(true),
            ..Default::default()
        });
    }
    let rows = rows.iter().map(store::values_of).collect();
    tx.insert_rows("fim_accounts", rows, &store::columns_of::<account::Entity>(), false).await.map(|_| ())
}

async fn months(tx: &Tx, days: &[Day]) -> Result<()> {
    let starts_in = u8::try_from(adm::settings::integer(tx, &adm::settings::FISCAL_YEAR_START_MONTH).await?).unwrap_or(1);
    let there = tx.find::<periods::entity::Entity>().all().await?;
    let mut years: Vec<i32> = days.iter().map(|day| fiscal_year_of(*day, starts_in)).collect();
    years.sort_unstable();
    years.dedup();
    for year in years {
        for (start, end) in months_of(year, starts_in) {
            let period = journal::rules::period_of(start);
            if there.iter().any(|row| row.period == period) {
                continue;
            }
            let row = periods::entity::ActiveModel {
                period: Set(period),
                fiscal_year: Set(format!("{year:04}")),
                start_date: Set(start),
                end_date: Set(end),
                status: Set(periods::entity::PeriodStatus::Open),
                ..Default::default()
            };
            tx.insert(&row).await?;
        }
    }
    Ok(())
}
