//! What a role of the provider's side holds, kept twice: as a list in the role, which the door
//! reads, and as rows of `idam_role_permissions`, which people look at. Written here only, so
//! that both say the same.

use crate::entities::{
    adm_role::Grants,
    idam_permission::{self, Action, AppliesTo},
    idam_role::{self, Scope, Status},
    idam_role_permission,
};
use kernel::{Error, PermissionKey, Result, Text, boxed};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use std::collections::{BTreeMap, BTreeSet};
use store::{Sql, Tx};
use uuid::Uuid;

/// Every key of a catalogue, and every pattern that covers some of them.
#[must_use]
pub fn codes(catalogue: &[PermissionKey]) -> BTreeSet<String> {
    let of = |key: &PermissionKey| {
        let resource = format!("{}.{}.*", key.domain, key.resource);
        [key.to_string(), resource, format!("{}.*", key.domain), "*".to_owned()]
    };
    catalogue.iter().flat_map(of).collect()
}

/// The row of a permission. One that the code does not know is INACTIVE and hidden.
pub fn row(code: &str, known: bool) -> Result<idam_permission::ActiveModel> {
    let words: Vec<&str> = code.split('.').collect();
    let (category, resource) = (words.first().copied().unwrap_or("*"), words.get(1).copied().unwrap_or("*"));
    let (action, name) = match words.as_slice() {
        [_, resource, "create"] => (Action::Create, format!("{resource} 등록")),
        [_, resource, "read"] => (Action::Read, format!("{resource} 조회")),
        [_, resource, "update"] => (Action::Update, format!("{resource} 수정")),
        [_, resource, "delete"] => (Action::Delete, format!("{resource} 삭제")),
        [_, resource, "*"] => (Action::Manage, format!("{resource} 전체")),
        [_, resource, verb] => (Action::Execute, format!("{resource} {verb}")),
        [domain, _] => (Action::Manage, format!("{domain} 전체")),
        _ => (Action::Manage, "전체".to_owned()),
    };
    Ok(idam_permission::ActiveModel {
        code: Set(Text::parse(code).map_err(Error::internal)?),
        name: Set(Text::parse(&name).map_err(Error::internal)?),
        category: Set(Text::parse(category).map_err(Error::internal)?),
        resource: Set(Text::parse(resource).map_err(Error::internal)?),
        action: Set(action),
        scope: Set(Scope::Global),
        applies_to: Set(AppliesTo::All),
        is_system: Set(true),
        is_hidden: Set(!known),
        status: Set(if known { Status::Active } else { Status::Inactive }),
        ..Default::default()
    })
}

/// Each once, in the order given.
#[must_use]
pub fn distinct(grants: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    grants.iter().filter(|grant| seen.insert(*grant)).cloned().collect()
}

/// Sets what a role holds, both ways.
#[boxed(?Send)]
pub async fn set(tx: &Tx, role: Uuid, grants: &[String]) -> Result<idam_role::Model> {
    let grants = distinct(grants);
    write_rows(tx, role, &grants).await?;
    write_list(tx, role, grants).await
}

async fn write_list(tx: &Tx, role: Uuid, grants: Vec<String>) -> Result<idam_role::Model> {
    let change = idam_role::ActiveModel { permissions: Set(Grants(grants)), ..Default::default() };
    tx.update(role, &change).await?.ok_or_else(Error::not_found)
}

/// Ids of permissions by code; makes what is missing.
async fn ids_of(tx: &Tx, grants: &[String]) -> Result<BTreeMap<String, Uuid>> {
    let find = tx.find::<idam_permission::Entity>().filter(idam_permission::Column::Code.is_in(grants.iter().cloned()));
    let mut known: BTreeMap<String, Uuid> = find.all().await?.into_iter().map(|row| (row.code.to_string(), row.id)).collect();
    for code in grants {
        if !known.contains_key(code) {
            // held before the code knew it, or after it forgot it
            let made = tx.insert(&row(code, false)?).await?;
            known.insert(made.code.to_string(), made.id);
        }
    }
    Ok(known)
}

/// Makes the rows say what the list says (or will say in this transaction).
#[boxed(?Send)]
pub async fn write_rows(tx: &Tx, role: Uuid, grants: &[String]) -> Result<()> {
    let wanted = ids_of(tx, grants).await?;
    let there = tx.find::<idam_role_permission::Entity>().filter(idam_role_permission::Column::RoleId.eq(role)).all().await?;
    for row in there.iter().filter(|row| !wanted.values().any(|id| *id == row.permission_id)) {
        let mut sql = Sql::new("DELETE FROM idam_role_permissions WHERE id = ");
        sql.bind(row.id);
        tx.raw_execute(sql).await?;
    }
    for permission in wanted.into_values().filter(|id| !there.iter().any(|row| row.permission_id == *id)) {
        let grant = idam_role_permission::ActiveModel {
            role_id: Set(role),
            permission_id: Set(permission),
            granted_at: Set(tx.now()),
            granted_by: Set(tx.context().actor.id),
            ..Default::default()
        };
        tx.insert(&grant).await?;
    }
    Ok(())
}

/// A role, locked until the end of the transaction.
#[boxed(?Send)]
pub async fn lock_role(tx: &Tx, role: Uuid) -> Result<idam_role::Model> {
    let find = tx.find::<idam_role::Entity>().filter(idam_role::Column::Id.eq(role)).for_update();
    find.one().await?.ok_or_else(|| Error::no_such("role_id"))
}

/// A row was attached to a locked role: the list says so, too.
#[boxed(?Send)]
pub async fn attached(tx: &Tx, role: &idam_role::Model, code: &str) -> Result<()> {
    let mut grants = role.permissions.0.clone();
    if !grants.iter().any(|grant| grant == code) {
        grants.push(code.to_owned());
        write_list(tx, role.id, grants).await?;
    }
    Ok(())
}

/// A row was detached from a locked role.
#[boxed(?Send)]
pub async fn detached(tx: &Tx, role: &idam_role::Model, code: &str) -> Result<()> {
    let grants: Vec<String> = role.permissions.0.iter().filter(|grant| *grant != code).cloned().collect();
    write_list(tx, role.id, grants).await.map(|_| ())
}
