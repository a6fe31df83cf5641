//! Giving roles to people and taking them away, in either realm.

use auth::{Door, roles::grants_of};
use kernel::{Error, Result, boxed};
use resource::Changing;
use sea_orm::FromQueryResult;
use store::Tx;
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Given {
    role_id: Uuid,
}

/// Whoever gives a role, or gives it for longer, holds what it holds, and shows a fresh code.
#[boxed(?Send)]
pub async fn may_give(door: &Door, tx: &Tx, changing: &Changing<'_>) -> Result<()> {
    let before = changing.before::<Given>()?.map(|given| given.role_id);
    may_take(door, tx, before.or_else(|| changing.id_in("role_id")).ok_or_else(|| Error::no_such("role_id"))?).await?;
    door.step_up()
}

/// Whoever takes a role away holds what it holds.
#[boxed(?Send)]
pub async fn may_take(door: &Door, tx: &Tx, role: Uuid) -> Result<()> {
    door.are_held(tx, &grants_of(tx, role).await?)
}
