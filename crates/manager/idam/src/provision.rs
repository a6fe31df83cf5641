//! What a new installation begins with: built-in roles and the first user.

use auth::{
    Password, SystemDoor,
    entities::{
        adm_role::Grants,
        idam_role,
        idam_user::{self, Status, UserType},
    },
    roles::give,
};
use kernel::{CodeText, Email, Error, Login, PermissionKey, Result, Text};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde_json::json;
use store::{Action, AuditEntry, Event, new_id};

/// What a built-in role holds.
enum Holds {
    Patterns(&'static [&'static str]),
    /// Every `read` there is.
    Reading,
}

/// Code, name, category, scope, level, what it holds. (Dictionary: `platform.md`, Seeds.)
const ROLES: [(&str, &str, &str, &str, i32, Holds); 8] = [
    ("SUPER_ADMIN", "최고 관리자", "MANAGER_ADMIN", "GLOBAL", 1, Holds::Patterns(&["*"])),
    ("PLATFORM_ADMIN", "플랫폼 관리자", "MANAGER_ADMIN", "GLOBAL", 10, Holds::Patterns(&["idam.*", "tnnt.*", "audt.*", "stat.*"])),
    (
        "TENANT_ADMIN",
        "고객사 관리자",
        "TENANT_ADMIN",
        "GLOBAL",
        20,
        Holds::Patterns(&["tnnt.tenants.read", "tnnt.tenants.update", "idam.users.read"]),
    ),
    ("READONLY_ADMIN", "조회 관리자", "PLATFORM_SUPPORT", "GLOBAL", 25, Holds::Reading),
    (
        "USER_MANAGER",
        "계정 관리자",
        "PLATFORM_SUPPORT",
        "GLOBAL",
        30,
        Holds::Patterns(&["idam.users.read", "idam.users.create", "idam.users.update"]),
    ),
    ("API_SERVICE", "연동 서비스", "PLATFORM_SUPPORT", "GLOBAL", 40, Holds::Patterns(&["tnnt.tenants.read"])),
    ("USER", "사용자", "PLATFORM_SUPPORT", "GLOBAL", 50, Holds::Patterns(&["idam.users.read", "tnnt.tenants.read"])),
    ("GUEST", "손님", "PLATFORM_SUPPORT", "GLOBAL", 100, Holds::Patterns(&[])),
];

/// The built-in roles; adds what is missing.
pub async fn roles(door: &SystemDoor, catalogue: &[PermissionKey]) -> Result<()> {
    door.write(async |tx| {
        let there = tx.find::<idam_role::Entity>().all().await?;
        for (code, name, category, scope, level, holds) in ROLES.iter().filter(|(code, ..)| !there.iter().any(|role| *role.code == **code))
        {
            let permissions = match holds {
                Holds::Patterns(patterns) => patterns.iter().map(|text| (*text).to_owned()).collect(),
                Holds::Reading => catalogue.iter().filter(|key| key.action == "read").map(ToString::to_string).collect(),
            };
            tx.insert(&idam_role::ActiveModel {
                code: Set(CodeText::parse(code).map_err(Error::internal)?),
                name: Set(Text::parse(name).map_err(Error::internal)?),
                category: Set((*category).to_owned()),
                scope: Set((*scope).to_owned()),
                level: Set(*level),
                priority: Set(*level),
                is_default: Set(*code == "USER"),
                is_system: Set(true),
                status: Set("ACTIVE".to_owned()),
                permissions: Set(Grants(permissions)),
                ..Default::default()
            })
            .await?;
        }
        Ok(())
    })
    .await
}

/// Whether there is any user at all; the first is made only when there is none.
pub async fn has_users(door: &SystemDoor) -> Result<bool> {
    let scope = door.read().await?;
    let mut find = scope.find::<idam_user::Entity>();
    find = sea_orm::QuerySelect::limit(find, 1);
    Ok(find.one().await?.is_some())
}

/// Makes a super administrator. Answers false where one of that name is there already.
pub async fn super_admin(door: &SystemDoor, username: &str, password: &Password) -> Result<bool> {
    let username = Login::parse(username).map_err(|why| Error::field("username", "invalid", why, why))?;
    let email = Email::parse(&format!("{}@localhost.localdomain", username.replace('@', "-at-"))).map_err(Error::internal)?;
    let hash = password.hash().await?;
    door.write(async |tx| {
        if tx.find::<idam_user::Entity>().filter(idam_user::Column::Username.eq(username.to_string())).one().await?.is_some() {
            return Ok(false);
        }
        let id = new_id();
        tx.insert(&idam_user::ActiveModel {
            id: Set(id),
            username: Set(username.clone()),
            email: Set(email.clone()),
            full_name: Set(Text::parse("최고 관리자").map_err(Error::internal)?),
            user_type: Set(UserType::Master),
            status: Set(Status::Active),
            password_hash: Set(Some(hash.clone())),
            password_changed_at: Set(Some(tx.now())),
            ..Default::default()
        })
        .await?;
        give(tx, id, "SUPER_ADMIN").await?;
        tx.audit(AuditEntry::new(Action::Create, "idam.users.create", "idam.users", id).after(json!({"username": username})));
        tx.publish(Event::new("idam.user.created", id, json!({"username": username})));
        Ok(true)
    })
    .await
}
