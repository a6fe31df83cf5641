//! What a new installation begins with: built-in roles and the first user.

use auth::{
    SystemDoor,
    entities::{
        adm_role::Grants,
        idam_permission,
        idam_role::{self, Category, Scope},
        idam_user::{self, Status, UserType},
    },
    permissions,
    roles::give,
};
use kernel::{CodeText, Email, Error, Login, PermissionKey, Result, Text, boxed};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde_json::json;
use signin::Password;
use store::{Action, AuditEntry, Event, Sql, new_id, values_of};
use uuid::Uuid;

/// What a built-in role holds.
enum Holds {
    Patterns(&'static [&'static str]),
    /// Every `read` there is.
    Reading,
}

/// Code, name, category, scope, level, what it holds. (Dictionary: `platform.md`, Seeds.)
const ROLES: [(&str, &str, Category, Scope, i32, Holds); 8] = [
    ("SUPER_ADMIN", "최고 관리자", Category::ManagerAdmin, Scope::Global, 1, Holds::Patterns(&["*"])),
    (
        "PLATFORM_ADMIN",
        "플랫폼 관리자",
        Category::ManagerAdmin,
        Scope::Global,
        10,
        Holds::Patterns(&["idam.*", "tnnt.*", "audt.*", "stat.*"]),
    ),
    (
        "TENANT_ADMIN",
        "고객사 관리자",
        Category::TenantAdmin,
        Scope::Global,
        20,
        Holds::Patterns(&["tnnt.tenants.read", "tnnt.tenants.update", "idam.users.read"]),
    ),
    ("READONLY_ADMIN", "조회 관리자", Category::PlatformSupport, Scope::Global, 25, Holds::Reading),
    (
        "USER_MANAGER",
        "계정 관리자",
        Category::PlatformSupport,
        Scope::Global,
        30,
        Holds::Patterns(&["idam.users.read", "idam.users.create", "idam.users.update"]),
    ),
    ("API_SERVICE", "연동 서비스", Category::PlatformSupport, Scope::Global, 40, Holds::Patterns(&["tnnt.tenants.read"])),
    ("USER", "사용자", Category::PlatformSupport, Scope::Global, 50, Holds::Patterns(&["idam.users.read", "tnnt.tenants.read"])),
    ("GUEST", "손님", Category::PlatformSupport, Scope::Global, 100, Holds::Patterns(&[])),
];

/// The permissions there are: every key and pattern has a row; what the code knows no more is
/// INACTIVE, and what it knows again is ACTIVE. Nothing is written where all is as it should be.
#[boxed(?Send)]
pub async fn permissions(door: &SystemDoor, catalogue: &[PermissionKey]) -> Result<()> {
    let wanted = permissions::codes(catalogue);
    let there = door.read().await?.find::<idam_permission::Entity>().all().await?;
    let known = |row: &idam_permission::Model| wanted.contains(&*row.code);
    let wrong = |row: &&idam_permission::Model| known(row) != (row.status == idam_role::Status::Active);
    let missing: Vec<&String> = wanted.iter().filter(|code| !there.iter().any(|row| *row.code == **code)).collect();
    if missing.is_empty() && !there.iter().any(|row| wrong(&row)) {
        return Ok(());
    }
    door.write(async |tx| {
        for row in there.iter().filter(wrong) {
            let known = known(row);
            let status = if known { idam_role::Status::Active } else { idam_role::Status::Inactive };
            let change = idam_permission::ActiveModel { status: Set(status), is_hidden: Set(!known), ..Default::default() };
            tx.update(row.id, &change).await?;
        }
        for code in &missing {
            let mut values = values_of(&permissions::row(code, true)?);
            let id = new_id();
            values.extend([("id", id.into()), ("created_at", tx.now().into())]);
            let mut sql = Sql::new("INSERT INTO idam_permissions (");
            sql.push(&values.iter().map(|(column, _)| *column).collect::<Vec<_>>().join(", ")).push(") VALUES (");
            // another node may be starting, too
            sql.bind_all(values.into_iter().map(|(_, value)| value)).push(") ON CONFLICT (code) WHERE deleted_at IS NULL DO NOTHING");
            tx.raw_execute(sql).await?;
            tx.search_again("idam_permissions", &[id]).await?;
        }
        Ok(())
    })
    .await
}

/// The built-in roles; adds what is missing, and lets them hold what this version says.
#[boxed(?Send)]
pub async fn roles(door: &SystemDoor, catalogue: &[PermissionKey]) -> Result<()> {
    let there = door.read().await?.find::<idam_role::Entity>().all().await?;
    for (code, name, category, scope, level, holds) in &ROLES {
        let grants: Vec<String> = match holds {
            Holds::Patterns(patterns) => patterns.iter().map(|text| (*text).to_owned()).collect(),
            Holds::Reading => catalogue.iter().filter(|key| key.action == "read").map(ToString::to_string).collect(),
        };
        let role = there.iter().find(|role| *role.code == **code);
        if role.is_some_and(|role| role.permissions.0 == grants) {
            continue;
        }
        door.write(async |tx| {
            let id = match role {
                Some(role) => role.id,
                None => {
                    let role = idam_role::ActiveModel {
                        code: Set(CodeText::parse(code).map_err(Error::internal)?),
                        name: Set(Text::parse(name).map_err(Error::internal)?),
                        category: Set(*category),
                        scope: Set(*scope),
                        level: Set(*level),
                        priority: Set(*level),
                        is_default: Set(*code == "USER"),
                        is_system: Set(true),
                        permissions: Set(Grants::default()),
                        ..Default::default()
                    };
                    tx.insert(&role).await?.id
                }
            };
            permissions::set(tx, id, &grants).await.map(|_| ())
        })
        .await?;
    }
    Ok(())
}

/// Rows for what roles hold: databases made before the rows have lists only.
#[boxed(?Send)]
pub async fn role_permissions(door: &SystemDoor) -> Result<()> {
    let scope = door.read().await?;
    let mut sql = Sql::new("SELECT r.id AS id FROM idam_roles r WHERE r.deleted_at IS NULL AND r.permissions <> ");
    sql.bind(json!([])).push(" AND NOT EXISTS (SELECT 1 FROM idam_role_permissions p WHERE p.role_id = r.id)");
    let bare: Vec<Uuid> = scope.raw_all(sql).await?.iter().filter_map(|row| row.try_get("", "id").ok()).collect();
    drop(scope);
    for id in bare {
        door.write(async |tx| {
            let role = permissions::lock_role(tx, id).await?;
            permissions::set(tx, id, &role.permissions.0).await.map(|_| ())
        })
        .await?;
    }
    Ok(())
}

/// Whether there is any user at all; the first is made only when there is none.
#[boxed(?Send)]
pub async fn has_users(door: &SystemDoor) -> Result<bool> {
    let scope = door.read().await?;
    let mut find = scope.find::<idam_user::Entity>();
    find = sea_orm::QuerySelect::limit(find, 1);
    Ok(find.one().await?.is_some())
}

/// Makes a super administrator. Answers false where one of that name is there already.
#[boxed(?Send)]
pub async fn super_admin(door: &SystemDoor, username: &str, password: &Password) -> Result<bool> {
    let username = Login::parse(username).map_err(|why| Error::field("username", "invalid", why, why))?;
    // a user name with @ is the address itself
    let email = if username.contains('@') { username.to_string() } else { format!("{username}@localhost.localdomain") };
    let email = Email::parse(&email).map_err(|why| Error::field("username", "invalid", why, why))?;
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
