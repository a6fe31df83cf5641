//! Why somebody may, or what is missing.

use crate::{
    Door,
    entities::{adm_user, idam_user},
    granted_roles::{GrantedRole, granted_roles, summary},
};
use kernel::{Error, Realm, Result, Timestamp, boxed};
use paperclip::actix::Apiv2Schema;
use sea_orm::{ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use store::Scope;
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema)]
pub struct ExplainQuery {
    /// 사용자 | User
    ///
    /// Id or user name.
    pub user: String,
    /// 권한 | Permission
    ///
    /// `idam.users.read`
    pub permission: String,
}

/// A role that grants it.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "ExplanationBecause")]
pub struct Because {
    /// 역할 | Role
    ///
    /// Code of the role.
    pub role: String,
    /// 부여된 권한 | Grant
    ///
    /// The key or pattern of the role that covers the permission.
    pub grant: String,
    /// 경로 | Via
    ///
    /// `MAIN_ROLE` or `USER_ROLE`.
    pub via: String,
    /// 만료 일시 | Expires
    pub expires_at: Option<Timestamp>,
}

/// Whom it is about.
#[derive(Serialize, Apiv2Schema)]
pub struct ExplanationUser {
    /// ID | ID
    pub id: Uuid,
    /// 아이디 | User name
    pub username: String,
    /// 사용 | Active
    pub is_active: bool,
}

#[derive(Serialize, Apiv2Schema)]
pub struct Explanation {
    /// 허용 | Allowed
    ///
    /// What the door would say.
    pub allowed: bool,
    /// 권한 | Permission
    pub permission: String,
    /// 사용자 | User
    pub user: ExplanationUser,
    /// 근거 | Reasons
    pub because: Vec<Because>,
    /// 허용되지 않는 이유 | What is missing
    ///
    /// What keeps it from being allowed: `user_inactive`, `no_role_grants`, `role_inactive`,
    /// `grant_expired`, `grant_inactive`, `grant_revoked`, `department_only`. Empty when it is allowed.
    pub missing: Vec<String>,
}

async fn find(scope: &Scope, realm: Realm, user: &str) -> Result<Option<ExplanationUser>> {
    let (id, name) = (Uuid::try_parse(user).ok(), user.trim().to_lowercase());
    Ok(match realm {
        Realm::Manager => {
            use idam_user::{Column, Entity, Status};
            let by = id.map_or_else(|| Column::Username.eq(name), |id| Column::Id.eq(id));
            let row = scope.find::<Entity>().filter(by).one().await?;
            row.map(|row| ExplanationUser { id: row.id, username: row.username.to_string(), is_active: row.status == Status::Active })
        }
        Realm::Tenant => {
            use adm_user::{Column, Entity, Status};
            let by = id.map_or_else(|| Column::Username.eq(name), |id| Column::Id.eq(id));
            let row = scope.find::<Entity>().filter(by).one().await?;
            row.map(|row| ExplanationUser { id: row.id, username: row.username.to_string(), is_active: row.status == Status::Active })
        }
    })
}

/// Why a role that would cover it does not.
fn lapse(role: &GrantedRole) -> &'static str {
    role.lapse.unwrap_or("department_only")
}

impl Door {
    /// Explains the right of one of the caller's own realm and company.
    #[boxed(?Send)]
    pub async fn explain(&self, query: &ExplainQuery) -> Result<Explanation> {
        let realm = self.principal().realm;
        let known = self.platform().catalogue(realm).iter().find(|key| key.to_string() == query.permission);
        let permission = *known.ok_or_else(|| {
            let text = &query.permission;
            Error::field(
                "permission",
                "unknown_permission",
                format!("존재하지 않는 권한입니다: {text}"),
                format!("must be an existing permission; {text} is not"),
            )
        })?;
        let scope = self.read().await?;
        let user = find(&scope, realm, &query.user).await?.ok_or_else(|| Error::no_such("user"))?;
        let roles = granted_roles(&scope, realm, user.id, self.platform().now()).await?;
        // the very rights the door would give
        let (_, rights, _) = summary(&roles);
        let (mut because, mut missing) = (Vec::new(), Vec::new());
        for role in &roles {
            let Some(grant) = role.grants.iter().find(|grant| grant.covers(permission)) else { continue };
            if role.counts() {
                because.push(Because {
                    role: role.role.clone(),
                    grant: grant.to_string(),
                    via: role.via.to_owned(),
                    expires_at: role.expires_at,
                });
            } else if !missing.contains(&lapse(role)) {
                missing.push(lapse(role));
            }
        }
        let covered = rights.cover(permission);
        if covered {
            missing.clear();
        } else if missing.is_empty() {
            missing.push("no_role_grants");
        }
        if !user.is_active {
            missing.insert(0, "user_inactive");
        }
        let missing = missing.into_iter().map(str::to_owned).collect();
        Ok(Explanation { allowed: covered && user.is_active, permission: permission.to_string(), user, because, missing })
    }
}
