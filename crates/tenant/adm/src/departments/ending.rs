//! How a department ends: closed when nobody is left in it, or merged into another, where all go.

use super::{
    api::{nobody_comes, not_that_day},
    entity::{ActiveModel, Model},
    places::{History, cycle, hold, relocate, sibling, stands},
    tree::makes_cycle,
};
use crate::{rules, user_posts};
use auth::entities::adm_user::{self, Status};
use kernel::{Day, Error, Result};
use paperclip::actix::Apiv2Schema;
use resource::{Acting, Done};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use store::Tx;
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "DepartmentMerge")]
pub struct Merging {
    /// 합쳐질 부서 | Into
    ///
    /// Another department of the same organization, not below this one.
    pub into_id: Uuid,
    /// 시행일 | Effective date
    ///
    /// Today when left out; not a day to come: people stand in one department at a time, today's.
    pub effective_date: Option<Day>,
}

/// Merges a department into another: what hangs below it and its people go there, and it is closed.
pub(super) async fn merge(cx: &Acting<'_>, row: &Model, wanted: &Merging) -> Result<Done<ActiveModel>> {
    let (tx, door, today, into) = (cx.tx, cx.door()?, cx.today(), wanted.into_id);
    let day = wanted.effective_date.unwrap_or(today);
    if day > today {
        let (ko, en) = ("오늘이거나 지난 날짜여야 합니다.", "must not be in the future");
        return Err(Error::field("effective_date", "range", ko, en));
    }
    let siblings = hold(tx, row.organization_id).await?;
    door.demand_in_department(tx, door.permission(), Some(into)).await?;
    let target = sibling(&siblings, into, "into_id")?;
    let history = History::of(tx).await?;
    let parents = siblings.iter().map(|row| (row.id, history.parent_on(row, today))).collect();
    if makes_cycle(row.id, into, &parents) {
        return Err(cycle());
    }
    if !stands(row, day) || !stands(target, day) || row.valid_from == day {
        return Err(not_that_day());
    }
    nobody_comes(&history, row.id, today)?;
    let permission = cx.permission();
    let below = siblings.iter().filter(|child| child.parent_id == Some(row.id) && child.valid_to.is_none_or(|end| end > day));
    for child in below {
        // one that came later goes from then on
        let came = history.last_day(child.id).filter(|last| *last <= today).unwrap_or(day);
        let from = day.max(child.valid_from).max(came);
        relocate(tx, &permission, &siblings, child, Some(into), from, today).await?;
    }
    move_people(tx, &permission, row.id, into).await?;
    user_posts::merge_department(tx, &permission, row.id, into, day).await?;
    cx.note(json!({"into_id": into, "effective_date": day}));
    Ok(Done::Changes(ActiveModel { valid_to: Set(Some(day)), ..Default::default() }))
}

async fn move_people(tx: &Tx, permission: &str, from: Uuid, into: Uuid) -> Result<()> {
    for user in tx.find::<adm_user::Entity>().filter(adm_user::Column::DepartmentId.eq(from)).all().await? {
        user_posts::place(tx, permission, &user, into).await?;
    }
    Ok(())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "DepartmentClosing")]
pub struct Closing {
    /// 시행일 | Effective date
    ///
    /// The day from which it is no more; today when left out.
    pub effective_date: Option<Day>,
}

/// Closes a department in which nobody is left.
pub(super) async fn close(cx: &Acting<'_>, row: &Model, wanted: &Closing) -> Result<Done<ActiveModel>> {
    let day = wanted.effective_date.unwrap_or_else(|| cx.today());
    let siblings = hold(cx.tx, row.organization_id).await?;
    if row.valid_to.is_some_and(|end| end <= day) {
        return Ok(Done::Already);
    }
    if day <= row.valid_from {
        return Err(not_that_day());
    }
    is_left(cx.tx, row, &siblings, day).await?;
    cx.note(json!({"effective_date": day}));
    Ok(Done::Changes(ActiveModel { valid_to: Set(Some(day)), ..Default::default() }))
}

/// 409 while departments or people stand in it, saying how many.
async fn is_left(tx: &Tx, row: &Model, siblings: &[Model], day: Day) -> Result<()> {
    let history = History::of(tx).await?;
    nobody_comes(&history, row.id, day)?;
    let below = |child: &&Model| history.parent_on(child, day.max(child.valid_from)) == Some(row.id);
    let children = siblings.iter().filter(|child| child.valid_to.is_none_or(|end| end > day)).filter(below).count();
    let users = tx.find::<adm_user::Entity>().filter(adm_user::Column::DepartmentId.eq(row.id));
    let users = users.filter(adm_user::Column::Status.ne(Status::Inactive)).all().await?;
    let mut people: BTreeSet<Uuid> = users.into_iter().map(|user| user.id).collect();
    people.extend(user_posts::open_in(tx, row.id, day).await?.into_iter().map(|post| post.user_id));
    if children + people.len() == 0 {
        return Ok(());
    }
    let people = people.len();
    let refusal = rules::DEPARTMENT_IN_USE.filled(&[("children", &children), ("people", &people)]);
    Err(refusal.with("children", children).with("people", people))
}
