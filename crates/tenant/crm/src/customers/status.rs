//! ACTIVE ⇄ INACTIVE, ACTIVE ⇄ SUSPENDED, and CLOSED from everywhere: by actions only.

use super::{
    Customers,
    entity::{ActiveModel, Model, Status},
};
use auth::{Allowed, Door};
use envelope::{Api, Body, Nothing, Reply, RowId};
use kernel::{Error, Result, permission};
use paperclip::actix::api_v2_operation;
use resource::{Resource, Spec, answer_of};
use sea_orm::ActiveValue::Set;
use serde_json::json;
use store::{Action, AuditEntry, Event};
use uuid::Uuid;

permission! {
    pub Activate = "crm", "customers", "activate";
    pub Deactivate = "crm", "customers", "deactivate";
    pub Suspend = "crm", "customers", "suspend";
    pub Close = "crm", "customers", "close";
}

impl Status {
    /// Where a customer can go from here.
    pub(super) const fn leads_to(self) -> &'static [Self] {
        match self {
            Self::Active => &[Self::Inactive, Self::Suspended, Self::Closed],
            Self::Inactive | Self::Suspended => &[Self::Active, Self::Closed],
            Self::Closed => &[],
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Closed => "CLOSED",
        }
    }

    /// The end of the event's name.
    const fn reached(self) -> &'static str {
        match self {
            Self::Active => "activated",
            Self::Inactive => "deactivated",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }
}

/// Moves a customer to a status; where it stands there already nothing happens.
async fn switch(cx: &Door, id: Uuid, to: Status) -> Result<Reply<Model>> {
    let (spec, expected) = (Spec::of::<Customers>()?, cx.if_match()?);
    cx.write(async |tx| {
        let row = super::merges::locked(tx, id).await?.ok_or_else(Error::not_found)?;
        if expected.is_some_and(|version| version != row.row_version) {
            return Err(Error::stale(row.row_version));
        }
        if row.status != to {
            Customers::may_change(&row)?;
            let allowed = row.status.leads_to();
            if !allowed.contains(&to) {
                return Err(Error::transition(row.status.word(), &allowed.iter().map(|status| status.word()).collect::<Vec<_>>()));
            }
            tx.update(id, &ActiveModel { status: Set(to), ..Default::default() }).await?;
            let entry = AuditEntry::new(Action::Execute, cx.permission().to_string(), "crm.customers", id);
            tx.audit(entry.change(&json!({"status": row.status}), &json!({"status": to})));
            tx.publish(Event::new(format!("crm.customer.{}", to.reached()), id, json!({"id": id})));
        }
        Ok(answer_of(spec, tx, id).await?.into())
    })
    .await
}

/// Do business with a customer again
#[api_v2_operation]
pub async fn activate(cx: Allowed<Activate>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Active).await?)
}

/// Set a customer aside: nothing is going on with it
#[api_v2_operation]
pub async fn deactivate(cx: Allowed<Deactivate>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Inactive).await?)
}

/// Suspend a customer: no new business until it is activated again
#[api_v2_operation]
pub async fn suspend(cx: Allowed<Suspend>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Suspended).await?)
}

/// Close a customer for good
#[api_v2_operation]
pub async fn close(cx: Allowed<Close>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Closed).await?)
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn everything_closes_and_nothing_opens_again() {
        for status in [Status::Active, Status::Inactive, Status::Suspended] {
            assert!(status.leads_to().contains(&Status::Closed));
        }
        assert!(Status::Closed.leads_to().is_empty());
        assert!(!Status::Inactive.leads_to().contains(&Status::Suspended));
    }
}
