//! The roles somebody was granted, and why some of them give no right. The door and `explain` ask the same
//! question, so that an explanation is the real answer.

use crate::{
    entities::{adm_role::Grants, adm_user},
    principal::Rights,
};
use kernel::{Error, Grant, Realm, Result, Timestamp, boxed};
use sea_orm::{ColumnTrait, QueryFilter, QueryResult};
use store::{Scope, Sql};
use uuid::Uuid;

/// How somebody came to a role.
pub(crate) const MAIN_ROLE: &str = "MAIN_ROLE";
pub(crate) const USER_ROLE: &str = "USER_ROLE";
/// Why a role that was taken back grants nothing: it is history.
pub(crate) const REVOKED: &str = "grant_revoked";

/// One role of somebody.
pub(crate) struct GrantedRole {
    pub role: String,
    pub grants: Vec<Grant>,
    /// [`MAIN_ROLE`] or [`USER_ROLE`].
    pub via: &'static str,
    /// Counts in this department and below only.
    pub department: Option<Uuid>,
    pub expires_at: Option<Timestamp>,
    /// Why it grants nothing; `None`: it does.
    pub lapse: Option<&'static str>,
}

impl GrantedRole {
    /// Whether it counts everywhere, now.
    pub fn counts(&self) -> bool {
        self.lapse.is_none() && self.department.is_none()
    }
}

fn read(row: &QueryResult, now: Timestamp, main: bool) -> Result<GrantedRole> {
    let role_counts: bool = row.try_get("", "role_counts").map_err(Error::internal)?;
    let role = row.try_get("", "code").map_err(Error::internal)?;
    let grants = row.try_get::<Grants>("", "permissions").map_err(Error::internal)?.0.into_iter().map(Grant::new).collect();
    let lapse = (!role_counts).then_some("role_inactive");
    if main {
        return Ok(GrantedRole { role, grants, via: MAIN_ROLE, department: None, expires_at: None, lapse });
    }
    let granted: bool = row.try_get("", "granted").map_err(Error::internal)?;
    let revoked: bool = row.try_get("", "revoked").map_err(Error::internal)?;
    let expires_at: Option<Timestamp> = row.try_get("", "expires_at").map_err(Error::internal)?;
    let lapse = match lapse {
        _ if revoked => Some(REVOKED),
        _ if expires_at.is_some_and(|end| end <= now) => Some("grant_expired"),
        _ if !granted => Some("grant_inactive"),
        other => other,
    };
    Ok(GrantedRole {
        role,
        grants,
        via: USER_ROLE,
        department: row.try_get("", "department_id").map_err(Error::internal)?,
        expires_at,
        lapse,
    })
}

/// All roles of somebody, those that grant nothing too.
#[boxed(?Send)]
pub(crate) async fn granted_roles(scope: &Scope, realm: Realm, user: Uuid, now: Timestamp) -> Result<Vec<GrantedRole>> {
    let mut sql = Sql::new("SELECT r.code AS code, r.permissions AS permissions, x.expires_at AS expires_at, ");
    if realm == Realm::Manager {
        // a column of the right kind that is always empty
        sql.push("x.tenant_context AS department_id, (r.status = 'ACTIVE') AS role_counts, (x.status = 'ACTIVE') AS granted, (1 = 0) AS revoked ");
        sql.push("FROM idam_user_roles x JOIN idam_roles r ON r.id = x.role_id WHERE r.deleted_at IS NULL AND x.user_id = ").bind(user);
        sql.push(" ORDER BY x.id");
        return scope.raw_all(sql).await?.iter().map(|row| read(row, now, false)).collect();
    }
    sql.push("x.department_id AS department_id, r.is_active AS role_counts, COALESCE(x.is_active, 1 = 0) AS granted, ");
    sql.push("(x.revoked_at IS NOT NULL) AS revoked, x.id AS grant_id, COALESCE(u.role_id = r.id, 1 = 0) AS main ");
    sql.push("FROM adm_users u JOIN adm_roles r ON r.tenant_id = u.tenant_id AND r.deleted_at IS NULL ");
    sql.push("LEFT JOIN adm_user_roles x ON x.tenant_id = r.tenant_id AND x.role_id = r.id AND x.user_id = u.id WHERE u.tenant_id = ");
    sql.bind(scope.tenant()).push(" AND u.id = ").bind(user).push(" AND (u.role_id = r.id OR x.id IS NOT NULL) ORDER BY x.id");
    let (mut all, mut main_seen) = (Vec::new(), false);
    for row in &scope.raw_all(sql).await? {
        if row.try_get::<bool>("", "main").map_err(Error::internal)? && !main_seen {
            main_seen = true;
            all.push(read(row, now, true)?);
        }
        if row.try_get::<Option<Uuid>>("", "grant_id").map_err(Error::internal)?.is_some() {
            all.push(read(row, now, false)?);
        }
    }
    Ok(all)
}

/// What somebody may do now: codes of the roles that count, rights everywhere, rights in departments.
pub(crate) type Summary = (Vec<String>, Rights, Vec<(Uuid, Grant)>);

pub(crate) fn summary(roles: &[GrantedRole]) -> Summary {
    let (mut codes, mut grants, mut scoped) = (Vec::new(), Vec::new(), Vec::new());
    for role in roles.iter().filter(|role| role.lapse.is_none()) {
        match role.department {
            Some(department) => scoped.extend(role.grants.iter().map(|grant| (department, grant.clone()))),
            None => {
                if !codes.contains(&role.role) {
                    codes.push(role.role.clone());
                }
                grants.extend(role.grants.iter().cloned());
            }
        }
    }
    (codes, Rights::new(grants), scoped)
}

/// Whether one of a company's people is active and may do this everywhere: for work that goes on after its request.
#[boxed(?Send)]
pub async fn still_may(scope: &Scope, user: Uuid, permission: &str, now: Timestamp) -> Result<bool> {
    let find = scope.find::<adm_user::Entity>().filter(adm_user::Column::Id.eq(user));
    if find.filter(adm_user::Column::Status.eq(adm_user::Status::Active)).one().await?.is_none() {
        return Ok(false);
    }
    let (_, rights, _) = summary(&granted_roles(scope, Realm::Tenant, user, now).await?);
    Ok(rights.hold(&Grant::new(permission)))
}
