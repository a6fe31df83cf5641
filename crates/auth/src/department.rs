//! Rights that count in a part of the company only.

use crate::{Allowed, Demand, Door};
use actix_web::{HttpRequest, dev::Payload};
use envelope::{
    Failure,
    web::{Argument, Part, Reading, whole},
};
use kernel::{Error, Permission, PermissionKey, Result, boxed};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw, SecurityScheme},
        schema::Apiv2Schema,
    },
};
use std::{collections::BTreeMap, marker::PhantomData};
use store::{Scope, Sql};
use uuid::Uuid;

/// The caller holds `P` in general, or in some department. It opens nothing by itself: the
/// handler says which department it is about, and gets the door.
pub struct AllowedInDepartment<P> {
    door: Door,
    permission: PhantomData<fn() -> P>,
}

impl<P: Permission> AllowedInDepartment<P> {
    /// # Errors
    /// Forbidden, where the caller does not hold `P` for this department or one above it.
    #[boxed(?Send)]
    pub async fn at(self, department: Uuid) -> Result<Allowed<P>> {
        self.door.stands_in_department(department).await?;
        Ok(Allowed::new(self.door))
    }
}

impl Door {
    /// 403, audited, unless the right of this door is held in general, or for this department or one above it.
    #[boxed(?Send)]
    pub async fn stands_in_department(&self, department: Uuid) -> Result<()> {
        let judged = match self.read().await {
            Ok(scope) => self.demand_in_department(&scope, self.permission(), Some(department)).await,
            Err(error) => Err(error),
        };
        self.noting(judged).await
    }

    /// 403 unless the right is held in general, or for this department or one above it.
    /// `None` is the root: only a general right reaches it.
    #[boxed(?Send)]
    pub async fn demand_in_department(&self, scope: &Scope, permission: PermissionKey, department: Option<Uuid>) -> Result<()> {
        if self.principal().rights.cover(permission) {
            return Ok(());
        }
        let path = match department {
            Some(department) => path_of(scope, department).await?,
            None => Vec::new(),
        };
        if self.principal().may_in_department(permission, &path) { Ok(()) } else { Err(self.principal().lacks(permission)) }
    }
}

/// A department and all above it.
async fn path_of(scope: &Scope, department: Uuid) -> Result<Vec<Uuid>> {
    let mut sql =
        Sql::new("WITH RECURSIVE up (id, parent_id) AS (SELECT id, parent_id FROM adm_departments WHERE deleted_at IS NULL AND id = ");
    sql.bind(department).push(" AND tenant_id = ").bind(scope.tenant());
    // UNION drops what it has seen: even a circle would end
    sql.push(" UNION SELECT d.id, d.parent_id FROM adm_departments d JOIN up ON d.id = up.parent_id WHERE d.deleted_at IS NULL AND d.tenant_id = ");
    sql.bind(scope.tenant()).push(") SELECT id FROM up");
    scope.raw_all(sql).await?.iter().map(|row| row.try_get("", "id").map_err(Error::internal)).collect()
}

impl<P: Permission> Argument for AllowedInDepartment<P> {
    fn read(request: &HttpRequest, _: &mut Payload) -> Reading {
        Door::as_argument(request, Demand { in_department: true, ..Demand::of::<P>() })
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        Ok(Self { door: whole(part)?, permission: PhantomData })
    }
}

impl<P> Apiv2Schema for AllowedInDepartment<P> {}

impl<P: Permission> OperationModifier for AllowedInDepartment<P> {
    fn update_parameter(_: &mut DefaultOperationRaw) {}
    fn update_definitions(map: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Allowed::<P>::update_definitions(map);
    }
    fn update_security(op: &mut DefaultOperationRaw) {
        Allowed::<P>::update_security(op);
    }
    fn update_security_definitions(map: &mut BTreeMap<String, SecurityScheme>) {
        Allowed::<P>::update_security_definitions(map);
    }
}
