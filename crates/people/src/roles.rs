//! Changing roles, in either realm.

use auth::{Door, entities::adm_role::Grants};
use kernel::{Result, boxed};
use resource::Changing;
use sea_orm::FromQueryResult;
use store::Tx;

#[derive(FromQueryResult)]
struct Role {
    permissions: Grants,
}

/// A role that holds more than the caller does is not theirs to change, in whatever way: whoever could empty it would take its rights
/// from those who have it.
#[boxed(?Send)]
pub async fn is_within_own_rights<'t>(door: &'t Door, tx: &'t Tx, changing: Changing<'t>) -> Result<()> {
    let Some(role) = changing.before::<Role>()? else { return Ok(()) };
    door.are_held(tx, &role.permissions.0)?;
    if changing.value("permissions").is_some() { door.step_up() } else { Ok(()) }
}
