//! How a department ends: closed when nobody is left in it, or merged into another, where all go.

use super::{
    api::{held, nobody_comes, not_that_day},
    entity::{ActiveModel, Model},
    places::{History, cycle, relocate, sibling, stands},
    tree::makes_cycle,
};
use crate::user_posts;
use auth::{
    AllowedInDepartment,
    entities::adm_user::{self, Status},
};
use envelope::{Api, Body, Reply, RowId};
use kernel::{Day, Error, Result, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use store::{Action, AuditEntry, Event, Tx};
use uuid::Uuid;

permission! {
    pub Merge = "adm", "departments", "merge";
    pub Close = "adm", "departments", "close";
}

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "DepartmentMerge")]
pub struct Merging {
    /// Another department of the same organization, not below this one.
    pub into_id: Uuid,
    /// Today when left out; not a day to come: people stand in one department at a time, today's.
    pub effective_date: Option<Day>,
}

/// Merge one department into another: what hangs below it and its people go there, and it is closed
#[api_v2_operation]
pub async fn merge(cx: AllowedInDepartment<Merge>, id: RowId, body: Body<Merging>) -> Api<Model> {
    let cx = cx.at(*id).await?;
    let (expected, today, into) = (cx.if_match()?, cx.today(), body.0.into_id);
    let day = body.0.effective_date.unwrap_or(today);
    if day > today {
        let (ko, en) = ("오늘이나 지난 날짜여야 합니다.", "must not lie ahead");
        return Err(Error::field("effective_date", "range", ko, en).into());
    }
    let reply = cx
        .write(async |tx| {
            let permission = cx.permission().to_string();
            let (row, siblings) = held(tx, *id, expected).await?;
            cx.demand_in_department(tx, cx.permission(), Some(into)).await?;
            let target = sibling(&siblings, into, "into_id")?;
            let history = History::of(tx).await?;
            let parents = siblings.iter().map(|row| (row.id, history.parent_on(row, today))).collect();
            if makes_cycle(row.id, into, &parents) {
                return Err(cycle());
            }
            if !stands(&row, day) || !stands(target, day) || row.valid_from == day {
                return Err(not_that_day());
            }
            nobody_comes(&history, row.id, today)?;
            let below = siblings.iter().filter(|child| child.parent_id == Some(row.id) && child.valid_to.is_none_or(|end| end > day));
            for child in below {
                // one that came later goes from then on
                let came = history.last_day(child.id).filter(|last| *last <= today).unwrap_or(day);
                let from = day.max(child.valid_from).max(came);
                relocate(tx, &permission, &siblings, child.clone(), Some(into), from, today).await?;
            }
            move_people(tx, &permission, row.id, into).await?;
            user_posts::merge_department(tx, &permission, row.id, into, day).await?;
            let closed = end(tx, &permission, &row, day).await?;
            tx.publish(Event::new("adm.department.merged", row.id, json!({"id": row.id, "into_id": into, "effective_date": day})));
            Reply::row(&closed, closed.row_version)
        })
        .await?;
    Ok(reply)
}

async fn end(tx: &Tx, permission: &str, row: &Model, day: Day) -> Result<Model> {
    let change = ActiveModel { valid_to: Set(Some(day)), ..Default::default() };
    let closed = tx.update(row.id, &change).await?.ok_or_else(Error::not_found)?;
    let entry = AuditEntry::new(Action::Execute, permission, "adm.departments", row.id);
    tx.audit(entry.change(&json!({"valid_to": row.valid_to}), &json!({"valid_to": day})));
    Ok(closed)
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
    /// The day from which it is no more; today when left out.
    pub effective_date: Option<Day>,
}

/// Close one department in which nobody is left
#[api_v2_operation]
pub async fn close(cx: AllowedInDepartment<Close>, id: RowId, body: Body<Closing>) -> Api<Model> {
    let cx = cx.at(*id).await?;
    let expected = cx.if_match()?;
    let day = body.0.effective_date.unwrap_or_else(|| cx.today());
    let reply = cx
        .write(async |tx| {
            let (row, siblings) = held(tx, *id, expected).await?;
            if row.valid_to.is_some_and(|end| end <= day) {
                return Reply::row(&row, row.row_version);
            }
            if day <= row.valid_from {
                return Err(not_that_day());
            }
            is_left(tx, &row, &siblings, day).await?;
            let closed = end(tx, &cx.permission().to_string(), &row, day).await?;
            tx.publish(Event::new("adm.department.closed", row.id, json!({"id": row.id, "effective_date": day})));
            Reply::row(&closed, closed.row_version)
        })
        .await?;
    Ok(reply)
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
    let ko = format!("하위 부서 {children}개와 구성원 {people}명이 남아 있어 닫을 수 없습니다.");
    let en = format!("Departments below it: {children}; people in it: {people}.");
    Err(Error::rule("adm.department_in_use", ko, en).with("children", children).with("people", people))
}
