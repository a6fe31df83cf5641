use super::entity::{ActiveModel, Model, PeriodStatus};
use auth::entities::adm_user;
use kernel::{Error, Result, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::{Acting, Done};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Longest time an exception may last.
const LONGEST_EXCEPTION: i64 = 7 * 24 * 3600;

/// Somebody who may still post into a soft-closed month.
struct Exception {
    user: Uuid,
    until: Timestamp,
    reason: Text<500>,
}

/// What the events of a month say besides its id.
pub(crate) fn fact(month: &Model) -> Value {
    json!({"period": month.period})
}

/// What the row of a closed month says of who closed it, and of who may still post into it.
fn closed(at: Timestamp, by: Option<Uuid>, exception: Option<Exception>) -> ActiveModel {
    let (user, until, reason) = match exception {
        Some(Exception { user, until, reason }) => (Some(user), Some(until), Some(reason)),
        None => (None, None, None),
    };
    ActiveModel {
        closed_at: Set(Some(at)),
        closed_by: Set(by),
        exception_user_id: Set(user),
        exception_until: Set(until),
        exception_reason: Set(reason),
        ..Default::default()
    }
}

fn note_reason(cx: &Acting<'_>, reason: Option<&Text<500>>) {
    if let Some(reason) = reason {
        cx.note(json!({"reason": reason}));
    }
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct PeriodClosing {
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}

/// Closes a month. Nobody posts into it meanwhile: a posting locks the month it goes into.
pub(crate) async fn close(cx: &Acting<'_>, _: &Model, input: &PeriodClosing) -> Result<Done<ActiveModel>> {
    note_reason(cx, input.reason.as_ref());
    Ok(Done::Changes(closed(cx.tx.now(), cx.tx.context().actor.id, None)))
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct PeriodSoftClosing {
    /// 사용자 | User
    ///
    /// Who may still post into it.
    pub user_id: Option<Uuid>,
    /// 기한 | Until
    ///
    /// Until when they may, at most seven days from now.
    pub until: Option<Timestamp>,
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}

/// The exception that was asked for: a person, until when, and why.
fn exception_of(wanted: &PeriodSoftClosing, now: Timestamp) -> Result<Option<Exception>> {
    match (wanted.user_id, wanted.until) {
        (None, None) => Ok(None),
        (Some(user), Some(until)) => {
            if until <= now || until > now.plus_seconds(LONGEST_EXCEPTION) {
                return Err(Error::field("until", "range", "지금부터 7일 이내여야 합니다.", "must be within seven days from now"));
            }
            let reason = wanted.reason.clone();
            let reason = reason
                .ok_or_else(|| Error::field("reason", "required", "예외를 허용하는 사유를 입력하세요.", "is required for an exception"))?;
            Ok(Some(Exception { user, until, reason }))
        }
        (None, Some(_)) => Err(Error::field("user_id", "required", "until과 함께 입력해야 합니다.", "is required together with until")),
        (Some(_), None) => Err(Error::field("until", "required", "user_id와 함께 입력해야 합니다.", "is required together with user_id")),
    }
}

/// Closes a month for all, or for all but one person for a while.
pub(crate) async fn soft_close(cx: &Acting<'_>, row: &Model, input: &PeriodSoftClosing) -> Result<Done<ActiveModel>> {
    let exception = exception_of(input, cx.tx.now())?;
    match &exception {
        None if row.status == PeriodStatus::SoftClosed => return Ok(Done::Already),
        None => {}
        Some(exception) => {
            let user = cx.tx.find::<adm_user::Entity>().filter(adm_user::Column::Id.eq(exception.user)).one().await?;
            user.ok_or_else(|| Error::no_such("user_id"))?;
        }
    }
    note_reason(cx, input.reason.as_ref());
    let change = closed(cx.tx.now(), cx.tx.context().actor.id, exception);
    Ok(Done::Changes(ActiveModel { status: Set(PeriodStatus::SoftClosed), ..change }))
}

#[derive(Deserialize, Apiv2Schema)]
pub struct PeriodReopening {
    /// 사유 | Reason
    pub reason: Text<500>,
}

/// Opens a month again: who closed it, and who might still post into it, is forgotten.
pub(crate) async fn reopen(cx: &Acting<'_>, _: &Model, input: &PeriodReopening) -> Result<Done<ActiveModel>> {
    note_reason(cx, Some(&input.reason));
    Ok(Done::Changes(ActiveModel {
        closed_at: Set(None),
        closed_by: Set(None),
        exception_user_id: Set(None),
        exception_until: Set(None),
        exception_reason: Set(None),
        ..Default::default()
    }))
}
