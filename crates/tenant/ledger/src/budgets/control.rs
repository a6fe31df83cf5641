//! What a posting does to the budgets in force: nothing, a warning, or it is refused.

use super::{
    entity::{BudgetStatus, Column, Entity, Model},
    month,
};
use crate::{
    journal::{entry, line},
    sums::{Slice, spent},
};
use kernel::{Day, Money, MoneySum, Result};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;
use std::collections::BTreeSet;
use store::{Event, Tx};

/// The days of a budget.
pub fn slice_of(budget: &Model, known: i64) -> Result<Slice> {
    let from = month(&budget.period)?;
    let next = from.plus_days(31).and_then(|next| next.0.replace_day(1).ok());
    // behind the last month there is none
    let to = next.map_or(Some(time::Date::MAX), time::Date::previous_day).map_or(from, Day);
    Ok(Slice { from: Some(from), to: Some(to), known, department: budget.department_id, project: None, with_closing: false })
}

/// The approved budgets of the accounts and the month of an entry. The one that closes a year draws on none; one that reverses a
/// credit spends it.
pub async fn drawn_on(tx: &Tx, entry: &entry::Model, lines: &[line::Model]) -> Result<Vec<Model>> {
    if entry.je_type == entry::EntryType::Closing {
        return Ok(Vec::new());
    }
    let accounts: BTreeSet<_> = lines.iter().map(|line| line.account_id).collect();
    let find = tx.find::<Entity>().filter(Column::Period.eq(&entry.period)).filter(Column::Status.eq(BudgetStatus::Approved));
    find.filter(Column::AccountId.is_in(accounts)).all().await
}

/// Looks at the budgets an entry draws on, while postings of the company stand in line behind it. `known`: the last posted entry.
///
/// # Errors
/// 409 `fim.budget_exceeded` with what is available, where the company blocks (`accounting.budget_control`).
pub async fn look(tx: &Tx, budgets: &[Model], entry: &entry::Model, lines: &[line::Model], known: i64) -> Result<()> {
    if budgets.is_empty() {
        return Ok(());
    }
    let control = adm::settings::text(tx, &adm::settings::BUDGET_CONTROL).await?;
    for budget in budgets.iter().filter(|_| control != "NONE") {
        let drawn = lines.iter().filter(|line| line.account_id == budget.account_id);
        let drawn = drawn.filter(|line| budget.department_id.is_none() || line.department_id == budget.department_id);
        let drawn: MoneySum = drawn.map(|line| Money(line.base_debit.0 - line.base_credit.0)).sum();
        let available = MoneySum::from(budget.amount) - spent(tx, &slice_of(budget, known)?, budget.account_id).await?;
        if drawn <= MoneySum::ZERO || drawn <= available {
            continue;
        }
        if control == "BLOCK" {
            return Err(crate::rules::BUDGET_EXCEEDED
                .filled(&[("available", &available)])
                .with("budget_id", budget.id.to_string())
                .with("available", available.to_string())
                .with("drawn", drawn.to_string()));
        }
        let fact = json!({"id": budget.id, "period": budget.period, "je_id": entry.id, "available": available, "drawn": drawn});
        tx.publish(Event::new("fim.budget.exceeded", budget.id, fact));
    }
    Ok(())
}
