use super::{
    Close, Reopen, SoftClose,
    entity::{ActiveModel, Column, Entity, Model, PeriodStatus},
};
use auth::{Allowed, Door, entities::adm_user};
use envelope::{Api, Body, Reply, RowId};
use kernel::{Error, Result, Text, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{Action, AuditEntry, Event};
use uuid::Uuid;

/// Longest time an exception may last.
const LONGEST_EXCEPTION: i64 = 7 * 24 * 3600;

/// Somebody who may still post into a soft-closed month.
struct Exception {
    user: Uuid,
    until: Timestamp,
}

/// Moves a month to `to`. Nobody posts into it meanwhile: a posting holds the month it goes into.
async fn turn(
    cx: &Door,
    id: Uuid,
    to: PeriodStatus,
    what: &'static str,
    exception: Option<Exception>,
    reason: Option<Text<500>>,
) -> Result<Reply<Model>> {
    let expected = cx.if_match()?;
    cx.write(async |tx| {
        let month = tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
        if expected.is_some_and(|version| version != month.row_version) {
            return Err(Error::stale(month.row_version));
        }
        if month.status == to && exception.is_none() {
            return Reply::row(&month, month.row_version);
        }
        if month.status == PeriodStatus::Closed && to == PeriodStatus::SoftClosed {
            return Err(Error::transition("CLOSED", &["reopen"]));
        }
        if let Some(exception) = &exception {
            let user = tx.find::<adm_user::Entity>().filter(adm_user::Column::Id.eq(exception.user)).one().await?;
            user.ok_or_else(|| Error::no_such("user_id"))?;
        }
        let change = ActiveModel {
            status: Set(to),
            closed_at: Set((to != PeriodStatus::Open).then(|| tx.now())),
            closed_by: Set(tx.context().actor.id.filter(|_| to != PeriodStatus::Open)),
            exception_user_id: Set(exception.as_ref().map(|exception| exception.user)),
            exception_until: Set(exception.as_ref().map(|exception| exception.until)),
            exception_reason: Set(reason.clone().filter(|_| exception.is_some())),
            ..Default::default()
        };
        let changed = tx.update(id, &change).await?.ok_or_else(Error::not_found)?;
        let told =
            |row: &Model| json!({"status": row.status, "exception_user_id": row.exception_user_id, "exception_until": row.exception_until});
        let mut after = told(&changed);
        after["reason"] = json!(reason);
        tx.audit(AuditEntry::new(Action::Execute, cx.permission().to_string(), "fim.periods", id).change(&told(&month), &after));
        tx.publish(Event::new(format!("fim.period.{what}"), id, json!({"id": id, "period": month.period})));
        Reply::row(&changed, changed.row_version)
    })
    .await
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct PeriodClosing {
    pub reason: Option<Text<500>>,
}

/// Close a month: nothing is posted into it any more. Drafts do not stop it
#[api_v2_operation]
pub async fn close(cx: Allowed<Close>, id: RowId, body: Body<PeriodClosing>) -> Api<Model> {
    Ok(turn(&cx, *id, PeriodStatus::Closed, "closed", None, body.0.reason).await?)
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct PeriodSoftClosing {
    /// Who may still post into it.
    pub user_id: Option<Uuid>,
    /// Until when they may, at most seven days from now.
    pub until: Option<Timestamp>,
    pub reason: Option<Text<500>>,
}

/// Close a month for all, or for all but one person for a while
#[api_v2_operation]
pub async fn soft_close(cx: Allowed<SoftClose>, id: RowId, body: Body<PeriodSoftClosing>) -> Api<Model> {
    let wanted = body.0;
    let exception = match (wanted.user_id, wanted.until) {
        (None, None) => None,
        (Some(user), Some(until)) => {
            let now = cx.platform().now();
            if until <= now || until > now.plus_seconds(LONGEST_EXCEPTION) {
                return Err(Error::field("until", "range", "지금부터 7일 안이어야 합니다.", "must lie within seven days from now").into());
            }
            if wanted.reason.is_none() {
                return Err(Error::field("reason", "required", "예외를 두는 이유를 적으세요.", "an exception needs a reason").into());
            }
            Some(Exception { user, until })
        }
        (None, Some(_)) => return Err(Error::field("user_id", "required", "필수 항목입니다.", "is required with until").into()),
        (Some(_), None) => return Err(Error::field("until", "required", "필수 항목입니다.", "is required with user_id").into()),
    };
    Ok(turn(&cx, *id, PeriodStatus::SoftClosed, "soft_closed", exception, wanted.reason).await?)
}

#[derive(Deserialize, Apiv2Schema)]
pub struct PeriodReopening {
    pub reason: Text<500>,
}

/// Open a closed month again; the reason stays in the audit
#[api_v2_operation]
pub async fn reopen(cx: Allowed<Reopen>, id: RowId, body: Body<PeriodReopening>) -> Api<Model> {
    Ok(turn(&cx, *id, PeriodStatus::Open, "reopened", None, Some(body.0.reason)).await?)
}
