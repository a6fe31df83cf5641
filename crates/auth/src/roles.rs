//! Giving roles, comparing what people hold, and who must not be lost.

use crate::{
    SystemDoor,
    entities::{adm_role, idam_role},
    granted_roles::{REVOKED, granted_roles},
    rules,
};
use kernel::{Error, Realm, Result, boxed};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Sql, Tx, new_id};
use uuid::Uuid;

/// Gives somebody a role of the provider's side by its code; having it already is fine.
#[boxed(?Send)]
pub async fn give(tx: &Tx, user: Uuid, code: &str) -> Result<()> {
    let role =
        tx.find::<idam_role::Entity>().filter(idam_role::Column::Code.eq(code)).one().await?.ok_or_else(|| Error::no_such("roles"))?;
    let (by, now) = (tx.context().actor.id, tx.now());
    let mut sql = Sql::new("INSERT INTO idam_user_roles (id, user_id, role_id, granted_at, granted_by, created_at, created_by) VALUES (");
    sql.bind(new_id()).push(", ").bind(user).push(", ").bind(role.id).push(", ").bind(now).push(", ").bind(by).push(", ").bind(now);
    sql.push(", ").bind(by).push(") ON CONFLICT DO NOTHING");
    tx.raw_execute(sql).await.map(|_| ())
}

/// Marks grants of the provider's side EXPIRED whose time is over: for a job. (An expired one
/// gives nothing before it is marked, either.) ACTIVE again takes a PATCH of both fields.
#[boxed(?Send)]
pub async fn expire(door: &SystemDoor) -> Result<u64> {
    door.write(async |tx| {
        let mut sql = Sql::new(
            "UPDATE idam_user_roles SET status = 'EXPIRED', row_version = row_version + 1 WHERE status = 'ACTIVE' AND expires_at <= ",
        );
        sql.bind(tx.now());
        tx.raw_execute(sql).await
    })
    .await
}

/// What the role of this code holds, on the provider's side.
#[boxed(?Send)]
pub async fn grants_of_role(tx: &Tx, code: &str) -> Result<Vec<String>> {
    let role = tx.find::<idam_role::Entity>().filter(idam_role::Column::Code.eq(code)).one().await?;
    Ok(role.ok_or_else(|| Error::no_such("roles"))?.permissions.0)
}

/// What all roles of somebody hold, in the realm of the transaction: expired and inactive ones
/// too, and those of a department only. They may come back; what was taken back does not.
#[boxed(?Send)]
pub async fn grants_of_user(tx: &Tx, user: Uuid) -> Result<Vec<String>> {
    let roles = granted_roles(tx, tx.context().realm, user, tx.now()).await?;
    Ok(roles.iter().filter(|role| role.lapse != Some(REVOKED)).flat_map(|role| role.grants.iter().map(ToString::to_string)).collect())
}

/// Whether nobody else is a super administrator for good. Holds the role's row, so that two who
/// take each other away wait for one another.
#[boxed(?Send)]
pub async fn is_last_super_admin(tx: &Tx, user: Uuid) -> Result<bool> {
    let role = tx.find::<idam_role::Entity>().filter(idam_role::Column::Code.eq("SUPER_ADMIN")).for_update().one().await?;
    let Some(role) = role else { return Ok(false) };
    let mut sql = Sql::new("SELECT u.id AS id FROM idam_users u JOIN idam_user_roles x ON x.user_id = u.id WHERE u.deleted_at IS NULL ");
    // who holds it until a day is not there for good
    sql.push("AND u.status = 'ACTIVE' AND x.status = 'ACTIVE' AND x.expires_at IS NULL AND x.role_id = ").bind(role.id);
    are_only(tx, sql, user).await
}

/// Whether nobody else is an administrator of the company for good; holds the role's row as well.
#[boxed(?Send)]
pub async fn is_last_admin(tx: &Tx, user: Uuid) -> Result<bool> {
    let role = tx.find::<adm_role::Entity>().filter(adm_role::Column::Code.eq("ADMIN")).for_update().one().await?;
    let Some(role) = role else { return Ok(false) };
    let mut sql = Sql::new("SELECT u.id AS id FROM adm_users u WHERE u.deleted_at IS NULL AND u.status = 'ACTIVE' AND u.tenant_id = ");
    sql.bind(tx.tenant()).push(" AND (u.role_id = ").bind(role.id);
    sql.push(" OR EXISTS (SELECT 1 FROM adm_user_roles x WHERE x.tenant_id = u.tenant_id AND x.user_id = u.id AND x.is_active ");
    sql.push("AND x.department_id IS NULL AND x.expires_at IS NULL AND x.role_id = ").bind(role.id).push("))");
    are_only(tx, sql, user).await
}

async fn are_only(tx: &Tx, sql: Sql, user: Uuid) -> Result<bool> {
    let mut any = false;
    for row in tx.raw_all(sql).await? {
        if row.try_get::<Uuid>("", "id").map_err(Error::internal)? != user {
            return Ok(false);
        }
        any = true;
    }
    Ok(any)
}

/// Refuses to take the last one away who may everything, in the realm of the transaction. To be
/// asked before the change.
#[boxed(?Send)]
pub async fn keep_the_last(tx: &Tx, user: Uuid) -> Result<()> {
    match tx.context().realm {
        Realm::Manager if is_last_super_admin(tx, user).await? => Err(rules::LAST_SUPER_ADMIN.error()),
        Realm::Tenant if is_last_admin(tx, user).await? => Err(rules::LAST_ADMIN.error()),
        _ => Ok(()),
    }
}

/// [`keep_the_last`], where a role is taken away or gets an end: only one of those roles matters.
#[boxed(?Send)]
pub async fn keep_the_last_in(tx: &Tx, user: Uuid, role: Uuid) -> Result<()> {
    let code = match tx.context().realm {
        Realm::Manager => {
            let find = tx.find::<idam_role::Entity>().filter(idam_role::Column::Id.eq(role));
            find.one().await?.filter(|role| role.code.to_string() == "SUPER_ADMIN").map(|role| role.id)
        }
        Realm::Tenant => {
            let find = tx.find::<adm_role::Entity>().filter(adm_role::Column::Id.eq(role));
            find.one().await?.filter(|role| role.code.to_string() == "ADMIN").map(|role| role.id)
        }
    };
    if code.is_some() { keep_the_last(tx, user).await } else { Ok(()) }
}

/// What a role holds, in the realm of the transaction.
#[boxed(?Send)]
pub async fn grants_of(tx: &Tx, role: Uuid) -> Result<Vec<String>> {
    let grants = match tx.context().realm {
        Realm::Manager => tx.find::<idam_role::Entity>().filter(idam_role::Column::Id.eq(role)).one().await?.map(|role| role.permissions),
        Realm::Tenant => tx.find::<adm_role::Entity>().filter(adm_role::Column::Id.eq(role)).one().await?.map(|role| role.permissions),
    };
    Ok(grants.ok_or_else(|| Error::no_such("role_id"))?.0)
}
