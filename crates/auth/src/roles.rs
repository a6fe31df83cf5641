//! Giving roles to the provider's people. (Their resources come with the identity work.)

use crate::entities::idam_role;
use kernel::{Error, Result};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Sql, Tx, new_id};
use uuid::Uuid;

/// Gives somebody a role by its code; having it already is fine.
pub async fn give(tx: &Tx, user: Uuid, code: &str) -> Result<()> {
    let role =
        tx.find::<idam_role::Entity>().filter(idam_role::Column::Code.eq(code)).one().await?.ok_or_else(|| Error::no_such("roles"))?;
    let mut sql = Sql::new("INSERT INTO idam_user_roles (id, user_id, role_id, granted_by, created_at) VALUES (");
    sql.bind(new_id()).push(", ").bind(user).push(", ").bind(role.id).push(", ").bind(tx.context().actor.id).push(", ").bind(tx.now());
    sql.push(") ON CONFLICT DO NOTHING");
    tx.raw_execute(sql).await.map(|_| ())
}

/// What the role of this code holds.
pub async fn grants_of_role(tx: &Tx, code: &str) -> Result<Vec<String>> {
    let role = tx.find::<idam_role::Entity>().filter(idam_role::Column::Code.eq(code)).one().await?;
    Ok(role.ok_or_else(|| Error::no_such("roles"))?.permissions.0)
}

/// What all roles of somebody hold, expired ones too.
pub async fn grants_of_user(tx: &Tx, user: Uuid) -> Result<Vec<String>> {
    let mut sql = Sql::new(
        "SELECT r.permissions AS permissions FROM idam_roles r JOIN idam_user_roles x ON x.role_id = r.id WHERE r.deleted_at IS NULL AND x.user_id = ",
    );
    sql.bind(user);
    let mut grants = Vec::new();
    for row in tx.raw_all(sql).await? {
        grants.extend(row.try_get::<crate::entities::adm_role::Grants>("", "permissions").map_err(Error::internal)?.0);
    }
    Ok(grants)
}

/// Whether nobody else is an active super administrator. Holds the role's row, so that two who
/// take each other away wait for one another.
pub async fn is_last_super_admin(tx: &Tx, user: Uuid) -> Result<bool> {
    let role = tx.find::<idam_role::Entity>().filter(idam_role::Column::Code.eq("SUPER_ADMIN")).for_update().one().await?;
    let Some(role) = role else { return Ok(false) };
    let mut sql = Sql::new(
        "SELECT u.id AS id FROM idam_users u JOIN idam_user_roles x ON x.user_id = u.id WHERE u.deleted_at IS NULL AND u.status = 'ACTIVE' AND x.status = 'ACTIVE' AND x.role_id = ",
    );
    sql.bind(role.id).push(" AND (x.expires_at IS NULL OR x.expires_at > ").bind(tx.now()).push(")");
    let mut holders = Vec::new();
    for row in tx.raw_all(sql).await? {
        holders.push(row.try_get::<Uuid>("", "id").map_err(Error::internal)?);
    }
    Ok(holders == [user])
}
