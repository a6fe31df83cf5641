//! Which roles people have: the first one and those given further, everywhere and for good or until a day. Roles given
//! for a department only are not shown and not touched here.

use crate::{
    extract::{BareBody, BareNo},
    reply::{Bare, BareApi, Gone, said},
    roles::Role,
    rows::{ROLE, RoleId, Row, USER, UserId, by_no, named},
};
use adm::{
    UserRoles, Users,
    shared::{self, RevokeRole},
};
use auth::{
    Allowed, Door,
    entities::{adm_role as role, adm_user as user, adm_user_role as grant},
};
use envelope::{Answer, Failure};
use kernel::{Code, Error, Result};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Create, Guard, Read, Spec, Update};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::{Scope, Tx, values_of};
use uuid::Uuid;

/// The role to give.
#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "ErpRoleGiven")]
pub struct Given {
    pub role_id: i64,
}

/// All roles somebody shall have.
#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "ErpRolesGiven")]
pub struct AllGiven {
    pub role_ids: Vec<i64>,
}

const TAKEN: &str = "Role already assigned";

/// What somebody has: grants that count everywhere, now.
async fn grants(scope: &Scope, user: Uuid, now: kernel::Timestamp) -> Result<Vec<grant::Model>> {
    let find = scope.find::<grant::Entity>().filter(grant::Column::UserId.eq(user)).filter(grant::Column::DepartmentId.is_null());
    let all = find.filter(grant::Column::IsActive.eq(true)).all().await?;
    Ok(all.into_iter().filter(|grant| grant.expires_at.is_none_or(|end| now < end)).collect())
}

/// The roles of somebody by their numbers.
async fn roles_of(scope: &Scope, user: &user::Model, now: kernel::Timestamp) -> Result<Vec<Role>> {
    let mut ids: Vec<Uuid> = grants(scope, user.id, now).await?.into_iter().map(|grant| grant.role_id).collect();
    ids.extend(user.role_id);
    let rows = scope.find::<role::Entity>().filter(role::Column::Id.is_in(ids)).order_by_asc(role::Column::No).all().await?;
    Ok(Row::all(&rows)?.into_iter().map(Role::from).collect())
}

async fn lock_user(tx: &Tx, no: i64) -> Result<user::Model> {
    tx.find::<user::Entity>().filter(user::Column::No.eq(no)).for_update().one().await?.ok_or_else(|| said(Code::NotFound, USER.missing))
}

/// Gives a role as a part of a transaction that has locked the user.
async fn give_in(cx: &Door, tx: &Tx, user: Uuid, role: Uuid) -> Result<Answer> {
    let wanted = grant::ActiveModel { user_id: Set(user), role_id: Set(role), ..Default::default() };
    resource::insert(cx, Spec::of::<UserRoles>()?, tx, shared::granted_now(cx, wanted), &|door, tx, changing| {
        Box::pin(shared::check_grant(door, tx, changing))
    })
    .await
}

/// Takes a role from somebody the transaction has locked; answers whether they had it.
async fn take_in(cx: &Door, tx: &Tx, user: &user::Model, role: Uuid) -> Result<bool> {
    let mut had = false;
    for grant in grants(tx, user.id, tx.now()).await?.into_iter().filter(|grant| grant.role_id == role) {
        shared::revoke_grant(cx, tx, grant, None).await?;
        had = true;
    }
    if user.role_id == Some(role) {
        cx.demand_also::<Update<Users>>()?;
        let none = user::ActiveModel { role_id: Set(None), ..Default::default() };
        let guard: &Guard<'_> = &|door, tx, changing| Box::pin(shared::check_user_role(door, tx, changing));
        resource::modify(cx, Spec::of::<Users>()?, tx, user.id, None, values_of(&none), guard).await?;
        had = true;
    }
    Ok(had)
}

/// List the roles of one of the people
///
/// Those that count everywhere, now. Roles for a department only are not shown here.
#[api_v2_operation]
pub async fn list(cx: Allowed<Read<UserRoles>>, id: BareNo<UserId>) -> BareApi<Vec<Role>> {
    let scope = cx.read().await?;
    let user = USER.worded(by_no::<user::Entity>(&scope, *id).await)?;
    Ok(Bare::new(&roles_of(&scope, &user, cx.platform().now()).await?)?)
}

/// Give one of the people a role
///
/// Everywhere and for good. The caller must hold whatever the role holds; 400 where they have it already.
#[api_v2_operation]
pub async fn give(cx: Allowed<Create<UserRoles>>, id: BareNo<UserId>, body: BareBody<Given>) -> BareApi<Role, 201> {
    let done = cx.write_answer(201, async |tx| {
        let user = lock_user(tx, *id).await?;
        let role = named::<role::Entity>(tx, "role_id", &ROLE, Some(body.0.role_id)).await?.ok_or_else(Error::not_found)?;
        if user.role_id == Some(role) || grants(tx, user.id, tx.now()).await?.iter().any(|grant| grant.role_id == role) {
            return Err(said(Code::Unparseable, TAKEN));
        }
        give_in(&cx, tx, user.id, role).await?;
        let role = tx.find::<role::Entity>().filter(role::Column::Id.eq(role)).one().await?.ok_or_else(Error::not_found)?;
        Answer::new(&role)
    });
    let answer = done.await?;
    cx.platform().forget_sessions();
    Ok(Bare::of(&Role::from(Row::of(&answer)?), &answer)?)
}

/// Say anew which roles one of the people has: those not named are taken back
///
/// All or nothing. Needs the right to take roles back as well as that to give them.
#[api_v2_operation]
pub async fn put(cx: Allowed<Create<UserRoles>>, id: BareNo<UserId>, body: BareBody<AllGiven>) -> BareApi<Vec<Role>> {
    cx.noting(cx.demand_also::<RevokeRole>()).await?;
    let done = cx.write_answer(200, async |tx| {
        let user = lock_user(tx, *id).await?;
        let mut wanted = Vec::new();
        let mut seen = BTreeSet::new();
        for (at, no) in body.0.role_ids.iter().enumerate().filter(|(_, no)| seen.insert(**no)) {
            wanted.extend(named::<role::Entity>(tx, &format!("role_ids.{at}"), &ROLE, Some(*no)).await?);
        }
        let mut has: Vec<Uuid> = grants(tx, user.id, tx.now()).await?.into_iter().map(|grant| grant.role_id).collect();
        has.extend(user.role_id);
        // given first: who is the last administrator stays one in between
        for role in &wanted {
            if !has.contains(role) {
                give_in(&cx, tx, user.id, *role).await?;
                has.push(*role);
            }
        }
        has.sort_unstable();
        has.dedup();
        for role in has.iter().filter(|role| !wanted.contains(role)) {
            take_in(&cx, tx, &user, *role).await?;
        }
        let now = tx.find::<user::Entity>().filter(user::Column::Id.eq(user.id)).one().await?.ok_or_else(Error::not_found)?;
        Answer::new(&roles_of(tx, &now, tx.now()).await?)
    });
    let answer = done.await?;
    cx.platform().forget_sessions();
    Ok(Bare::from(answer))
}

/// Take a role back from one of the people
///
/// The grant stays as history. 404 where they do not have it; the last administrator keeps the role.
#[api_v2_operation]
pub async fn take(cx: Allowed<RevokeRole>, id: BareNo<UserId>, role_id: BareNo<RoleId>) -> std::result::Result<Gone, Failure> {
    let done = cx.write_answer(204, async |tx| {
        let user = lock_user(tx, *id).await?;
        let role = by_no::<role::Entity>(tx, *role_id).await?;
        if !take_in(&cx, tx, &user, role.id).await? {
            return Err(Error::not_found());
        }
        Answer::new(&serde_json::Value::Null)
    });
    ROLE.worded(done.await)?;
    cx.platform().forget_sessions();
    Ok(Gone)
}
