//! Giving roles to the provider's people. (Their resources come with the identity work.)

use crate::entities::idam_role;
use kernel::{Error, Result};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Sql, Tx, new_id};
use uuid::Uuid;

/// Gives somebody a role by its code; having it already is fine.
pub async fn give(tx: &Tx, user: Uuid, code: &str) -> Result<()> {
    let role = tx.find::<idam_role::Entity>().filter(idam_role::Column::Code.eq(code)).one().await?.ok_or_else(|| Error::no_such("roles"))?;
    let mut sql = Sql::new("INSERT INTO idam_user_roles (id, user_id, role_id, granted_by, created_at) VALUES (");
    sql.bind(new_id()).push(", ").bind(user).push(", ").bind(role.id).push(", ").bind(tx.context().actor.id).push(", ").bind(tx.now());
    sql.push(") ON CONFLICT DO NOTHING");
    tx.raw_execute(sql).await.map(|_| ())
}
