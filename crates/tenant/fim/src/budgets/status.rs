use super::{
    Budgets,
    entity::{ActiveModel, BudgetStatus, Column, Entity, Model},
};
use auth::{Allowed, Door};
use envelope::{Api, Body, Nothing, Reply, RowId};
use kernel::{Error, Result, permission};
use paperclip::actix::api_v2_operation;
use resource::{Resource as _, Spec, answer_of};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde_json::json;
use store::{Action, AuditEntry, Event};
use uuid::Uuid;

permission! {
    pub Approve = "fim", "budgets", "approve";
    pub Close = "fim", "budgets", "close";
}

/// Moves a budget one step on; where it stands there already nothing happens.
async fn step(cx: &Door, id: Uuid, from: BudgetStatus, to: BudgetStatus, what: &str) -> Result<Reply<Model>> {
    let (spec, expected) = (Spec::of::<Budgets>()?, cx.if_match()?);
    cx.write(async |tx| {
        let row = tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
        if expected.is_some_and(|version| version != row.row_version) {
            return Err(Error::stale(row.row_version));
        }
        if row.status != to {
            if row.status != from {
                let (is, next): (_, &[&str]) = match row.status {
                    BudgetStatus::Draft => ("DRAFT", &["APPROVED"]),
                    BudgetStatus::Approved => ("APPROVED", &["CLOSED"]),
                    BudgetStatus::Closed => ("CLOSED", &[]),
                };
                return Err(Error::transition(is, next));
            }
            tx.update(id, &ActiveModel { status: Set(to), ..Default::default() }).await?;
            let entry = AuditEntry::new(Action::Execute, cx.permission().to_string(), format!("{}.{}", Budgets::DOMAIN, Budgets::NAME), id);
            tx.audit(entry.change(&json!({"status": row.status}), &json!({"status": to})));
            tx.publish(Event::new(format!("fim.budget.{what}"), id, json!({"id": id, "period": row.period, "amount": row.amount})));
        }
        Ok(answer_of(spec, tx, id).await?.into())
    })
    .await
}

/// Put one budget in force
#[api_v2_operation]
pub async fn approve(cx: Allowed<Approve>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(step(&cx, *id, BudgetStatus::Draft, BudgetStatus::Approved, "approved").await?)
}

/// Take one budget out of force; it stays to be compared with
#[api_v2_operation]
pub async fn close(cx: Allowed<Close>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(step(&cx, *id, BudgetStatus::Approved, BudgetStatus::Closed, "closed").await?)
}
