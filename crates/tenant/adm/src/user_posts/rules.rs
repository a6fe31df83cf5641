//! No two posts of a user in one department at a time, and the primary one is where the user stands.

use super::entity::{ActiveModel, Column, Entity, Model};
use crate::departments::entity as departments;
use auth::{
    Door, SystemDoor,
    entities::adm_user::{self, Entity as Users},
};
use kernel::{Day, Error, Result, boxed};
use resource::Changing;
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder, sea_query::ValueType};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Action, AuditEntry, Event, Scope, Tx};
use uuid::Uuid;

/// What a column will be set to, if it will.
fn wanted<T: ValueType>(changing: &Changing<'_>, column: &str) -> Option<T> {
    changing.value(column).and_then(|value| T::try_from(value.clone()).ok())
}

fn is_open(post: &Model, day: Day) -> bool {
    post.valid_to.is_none_or(|end| end > day)
}

async fn user(tx: &Tx, id: Uuid) -> Result<adm_user::Model> {
    let locked = tx.find::<Users>().filter(adm_user::Column::Id.eq(id)).for_update().one().await?;
    locked.ok_or_else(|| Error::no_such("user_id"))
}

/// The rules of a post that is written; a primary one of today takes its user along.
pub(super) async fn fits(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    let before = changing.before::<Model>()?;
    let id = |column: &str, row: fn(&Model) -> Uuid| {
        changing.id_in(column).or_else(|| before.as_ref().map(row)).ok_or_else(|| Error::no_such(column))
    };
    let (user_id, department) = (id("user_id", |row| row.user_id)?, id("department_id", |row| row.department_id)?);
    // posts of one user are written one after the other
    let user = user(tx, user_id).await?;
    let today = door.today();
    let from = wanted(&changing, "valid_from").or_else(|| before.as_ref().map(|row| row.valid_from)).unwrap_or(today);
    let until: Option<Day> = wanted(&changing, "valid_to").unwrap_or_else(|| before.as_ref().and_then(|row| row.valid_to));
    let same = tx.find::<Entity>().filter(Column::UserId.eq(user_id)).filter(Column::DepartmentId.eq(department)).all().await?;
    let mut others = same.iter().filter(|other| Some(other.id) != changing.id);
    if let Some(other) = others.find(|other| is_open(other, from) && until.is_none_or(|end| other.valid_from < end)) {
        return Err(crate::rules::POST_OVERLAPS.error().with("held_by", json!({"id": other.id})));
    }
    if changing.id.is_none() {
        let found = tx.find::<departments::Entity>().filter(departments::Column::Id.eq(department)).one().await?;
        if found.and_then(|row| row.valid_to).is_some_and(|end| end <= from) {
            return Err(Error::field(
                "department_id",
                "closed",
                "그 날짜에 존재하는 부서여야 합니다.",
                "must be a department that exists on that day",
            ));
        }
    }
    let primary = wanted(&changing, "is_primary").unwrap_or_else(|| before.as_ref().is_some_and(|row| row.is_primary));
    if primary && from <= today && until.is_none_or(|end| end > today) {
        place(tx, &door.permission().to_string(), &user, department).await?;
    }
    Ok(())
}

/// Lets a user stand in a department.
pub(crate) async fn place(tx: &Tx, permission: &str, user: &adm_user::Model, department: Uuid) -> Result<()> {
    if user.department_id == Some(department) {
        return Ok(());
    }
    let change = adm_user::ActiveModel { department_id: Set(Some(department)), ..Default::default() };
    tx.update(user.id, &change).await?.ok_or_else(Error::not_found)?;
    let entry = AuditEntry::new(Action::Update, permission, "adm.users", user.id);
    tx.audit(entry.change(&json!({"department_id": user.department_id}), &json!({"department_id": department})));
    tx.publish(Event::new("adm.user.updated", user.id, json!({"id": user.id, "changed": ["department_id"]})));
    Ok(())
}

/// A user whose department is changed takes the primary post along.
pub(crate) async fn follow(door: &Door, tx: &Tx, changing: &Changing<'_>) -> Result<()> {
    let (Some(user), Some(_)) = (changing.id, changing.value("department_id")) else { return Ok(()) };
    let (into, today) = (changing.id_in("department_id"), door.today());
    let posts = tx.find::<Entity>().filter(Column::UserId.eq(user)).filter(Column::IsPrimary.eq(true)).all().await?;
    for post in posts.into_iter().filter(|post| post.valid_from <= today && is_open(post, today) && Some(post.department_id) != into) {
        go_on(tx, &door.permission().to_string(), post, into, today).await?;
    }
    Ok(())
}

/// All posts in a department go on in another from a day.
pub(crate) async fn merge_department(tx: &Tx, permission: &str, from: Uuid, into: Uuid, day: Day) -> Result<()> {
    for post in open_in(tx, from, day).await? {
        go_on(tx, permission, post, Some(into), day).await?;
    }
    Ok(())
}

/// The posts in a department that are open on a day or after it.
pub(crate) async fn open_in(scope: &Scope, department: Uuid, day: Day) -> Result<Vec<Model>> {
    let posts = scope.find::<Entity>().filter(Column::DepartmentId.eq(department)).order_by_asc(Column::Id).all().await?;
    Ok(posts.into_iter().filter(|post| is_open(post, day)).collect())
}

/// From a day a post goes on in another department, or nowhere. A post its user has there already goes on alone.
async fn go_on(tx: &Tx, permission: &str, post: Model, into: Option<Uuid>, day: Day) -> Result<()> {
    let other = match into {
        Some(into) => open_in(tx, into, day).await?.into_iter().find(|other| other.user_id == post.user_id),
        None => None,
    };
    let has_begun = post.valid_from < day;
    let audit = |after: serde_json::Value| {
        let before = json!({"department_id": post.department_id, "valid_to": post.valid_to});
        tx.audit(AuditEntry::new(Action::Update, permission, "adm.user-posts", post.id).change(&before, &after));
    };
    let end = match into {
        Some(into) if !has_begun && other.is_none() => {
            audit(json!({"department_id": into}));
            ActiveModel { department_id: Set(into), ..Default::default() }
        }
        _ if has_begun => {
            audit(json!({"valid_to": day}));
            ActiveModel { valid_to: Set(Some(day)), ..Default::default() }
        }
        _ => {
            audit(json!({"deleted_at": tx.now()}));
            ActiveModel { deleted_at: Set(Some(tx.now())), deleted_by: Set(tx.context().actor.id), ..Default::default() }
        }
    };
    tx.update(post.id, &end).await?.ok_or_else(Error::not_found)?;
    match (into, other) {
        (Some(_), Some(other)) if post.is_primary => {
            tx.update(other.id, &ActiveModel { is_primary: Set(true), ..Default::default() }).await?.ok_or_else(Error::not_found)?;
        }
        (Some(into), None) if has_begun => {
            let next = ActiveModel {
                user_id: Set(post.user_id),
                department_id: Set(into),
                position: Set(post.position),
                is_primary: Set(post.is_primary),
                valid_from: Set(day),
                valid_to: Set(post.valid_to),
                ..Default::default()
            };
            let next = tx.insert(&next).await?;
            let entry = AuditEntry::new(Action::Create, permission, "adm.user-posts", next.id);
            tx.audit(
                entry.after(json!({"user_id": next.user_id, "department_id": into, "is_primary": next.is_primary, "valid_from": day})),
            );
        }
        _ => {}
    }
    Ok(())
}

/// The posts of a user who is deleted go with them.
pub(crate) async fn forget(tx: &Tx, user: Uuid) -> Result<()> {
    for post in tx.find::<Entity>().filter(Column::UserId.eq(user)).all().await? {
        let gone = ActiveModel { deleted_at: Set(Some(tx.now())), deleted_by: Set(tx.context().actor.id), ..Default::default() };
        tx.update(post.id, &gone).await?;
    }
    Ok(())
}

/// Lets primary posts whose day has come take their users along: for a job.
#[boxed(?Send)]
pub async fn settle(door: &SystemDoor, today: Day) -> Result<()> {
    let scope = door.read().await?;
    let posts = scope.find::<Entity>().filter(Column::IsPrimary.eq(true)).filter(Column::ValidFrom.lte(today)).all().await?;
    if posts.is_empty() {
        return Ok(());
    }
    let stands: BTreeMap<Uuid, Option<Uuid>> =
        scope.find::<Users>().all().await?.into_iter().map(|user| (user.id, user.department_id)).collect();
    drop(scope);
    let elsewhere = |post: &&Model| stands.get(&post.user_id).is_some_and(|at| *at != Some(post.department_id));
    for post in posts.iter().filter(|post| is_open(post, today)).filter(elsewhere) {
        door.write(async |tx| {
            // locked first: what was read before may have been changed since
            let user = user(tx, post.user_id).await?;
            match tx.find::<Entity>().filter(Column::Id.eq(post.id)).one().await? {
                Some(post) if post.is_primary && post.valid_from <= today && is_open(&post, today) => {
                    place(tx, "adm.user-posts.update", &user, post.department_id).await
                }
                _ => Ok(()),
            }
        })
        .await?;
    }
    Ok(())
}
