//! What this domain gives a new company: built-in roles, settings, the first administrator.
//! Each part may run again and adds only what is missing.

mod codes;
mod masters;

pub use masters::masters;

use auth::{
    SystemDoor,
    entities::{adm_role, adm_user},
};
use kernel::{CodeText, Email, Error, Login, Result, Text, boxed};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use store::{Action, AuditEntry, Event, Insert, Sql, Tx, columns_of, new_id, values_of};
use tenancy::TenantContext;

/// What everybody who works with documents looks things up in.
const MASTERS: [&str; 10] = [
    "adm.organizations.read",
    "adm.departments.read",
    "adm.currencies.read",
    "adm.exchange-rates.read",
    "adm.units.read",
    "adm.unit-conversions.read",
    "adm.payment-terms.read",
    "adm.code-groups.read",
    "adm.codes.read",
    "adm.holidays.read",
];

/// Code, name, permissions besides the masters; who is everything needs no more.
const ROLES: [(&str, &str, &[&str]); 7] = [
    ("ADMIN", "관리자", &["*"]),
    ("SALES", "영업", &["crm.*", "srm.*", "ivm.products.read"]),
    ("PURCHASING", "구매", &["psm.*", "ivm.products.read", "crm.customers.read", "crm.partners.read", "crm.contacts.read"]),
    ("WAREHOUSE", "창고", &["ivm.*"]),
    (
        "ACCOUNTANT",
        "회계",
        &[
            "fim.*",
            "crm.customers.read",
            "crm.partners.read",
            "crm.contacts.read",
            "adm.currencies.*",
            "adm.exchange-rates.*",
            "adm.payment-terms.*",
        ],
    ),
    ("APPROVER", "결재", &["lwm.*", "adm.users.read"]),
    (
        "VIEWER",
        "조회",
        &[
            "adm.users.read",
            "adm.roles.read",
            "crm.customers.read",
            "crm.partners.read",
            "crm.contacts.read",
            "crm.opportunities.read",
            "crm.activities.read",
            "fim.accounts.read",
            "fim.bank-statements.read",
            "fim.budgets.read",
            "fim.clearings.read",
            "fim.invoices.read",
            "fim.open-items.read",
            "fim.payments.read",
            "fim.periods.read",
            "fim.reports.read",
            "fim.revaluations.read",
            "fim.transactions.read",
            "fim.vat-settlements.read",
        ],
    ),
];

/// Keeps in each company what it was made with: who may only look must not see more because the program was updated.
const AS_MADE: &str = "VIEWER";

/// The permissions of a built-in role.
fn permissions_of(own: &[&str]) -> Vec<String> {
    let covered = |key: &str| own.iter().any(|grant| grant.strip_suffix('*').is_some_and(|prefix| key.starts_with(prefix)));
    own.iter().copied().chain(MASTERS.into_iter().filter(|key| !covered(key))).map(str::to_owned).collect()
}

fn known<T, E: std::fmt::Display>(value: std::result::Result<T, E>) -> Result<T> {
    value.map_err(Error::internal)
}

async fn insert_numbered<A: sea_orm::ActiveModelTrait>(tx: &Tx, model: &A) -> Result<()> {
    use sea_orm::EntityName;
    let columns = columns_of::<A::Entity>();
    let entity = A::Entity::default();
    tx.insert_numbered(&Insert { table: entity.table_name(), values: values_of(model), returning: &columns, running_no: true })
        .await
        .map(|_| ())
}

/// The built-in roles, holding what this version says they hold.
///
/// Only the role VIEWER of an older company stays as it was made.
#[boxed(?Send)]
pub async fn roles(door: &SystemDoor) -> Result<()> {
    door.write(async |tx| {
        let there = tx.find::<adm_role::Entity>().all().await?;
        for (code, name, permissions) in ROLES.iter().filter(|(code, ..)| !there.iter().any(|role| *role.code == **code)) {
            let role = adm_role::ActiveModel {
                id: Set(new_id()),
                code: Set(known(CodeText::parse(code))?),
                name: Set(known(Text::parse(name))?),
                permissions: Set(adm_role::Grants(permissions_of(permissions))),
                is_system: Set(true),
                is_active: Set(true),
                ..Default::default()
            };
            insert_numbered(tx, &role).await?;
        }
        // what a new version lets a built-in role do, those of older companies may do, too; roles a company made are its own
        for role in there.iter().filter(|role| role.is_system && *role.code != *AS_MADE) {
            let Some((.., permissions)) = ROLES.iter().find(|(code, ..)| *role.code == **code) else { continue };
            let wanted = adm_role::Grants(permissions_of(permissions));
            if role.permissions != wanted {
                let change = adm_role::ActiveModel { permissions: Set(wanted.clone()), ..Default::default() };
                tx.update(role.id, &change).await?;
                let entry = AuditEntry::new(Action::Update, "adm.roles.update", "adm.roles", role.id);
                tx.audit(entry.change(&json!({"permissions": role.permissions}), &json!({"permissions": wanted})));
                tx.publish(Event::new("adm.role.updated", role.id, json!({"id": role.id, "changed": ["permissions"]})));
            }
        }
        Ok(())
    })
    .await
}

/// The company's settings, from what the contract says of it.
#[boxed(?Send)]
pub async fn settings(door: &SystemDoor, company: &TenantContext) -> Result<()> {
    let wanted: [(&str, Value); 4] = [
        ("name", json!(company.name)),
        ("locale", json!(company.locale)),
        ("timezone", json!(company.zone)),
        ("currency", json!(company.currency)),
    ];
    door.write(async |tx| {
        for (key, value) in &wanted {
            let mut sql = Sql::new("INSERT INTO adm_settings (id, tenant_id, category, key, value, created_at) VALUES (");
            sql.bind(new_id()).push(", ").bind(tx.tenant()).push(", 'company', ").bind(*key).push(", ").bind(value.clone());
            sql.push(", ").bind(tx.now()).push(") ON CONFLICT (tenant_id, category, key) WHERE deleted_at IS NULL DO NOTHING");
            tx.raw_execute(sql).await?;
        }
        Ok(())
    })
    .await
}

/// The first administrator, as the one who made the company named them.
#[derive(Clone, Debug)]
pub struct Administrator {
    pub username: Login,
    pub email: Email,
    pub full_name: Text<100>,
    /// Without one the administrator is invited.
    pub password_hash: Option<String>,
}

/// Makes the first administrator, unless the company has a user of that name.
#[boxed(?Send)]
pub async fn administrator(door: &SystemDoor, first: &Administrator) -> Result<()> {
    door.write(async |tx| {
        if tx.find::<adm_user::Entity>().filter(adm_user::Column::Username.eq(first.username.to_string())).one().await?.is_some() {
            return Ok(());
        }
        let role = tx.find::<adm_role::Entity>().filter(adm_role::Column::Code.eq("ADMIN")).one().await?;
        let id = new_id();
        let user = adm_user::ActiveModel {
            id: Set(id),
            username: Set(first.username.clone()),
            email: Set(first.email.clone()),
            full_name: Set(first.full_name.clone()),
            password_hash: Set(first.password_hash.clone()),
            role_id: Set(role.map(|role| role.id)),
            status: Set(if first.password_hash.is_some() { adm_user::Status::Active } else { adm_user::Status::Invited }),
            ..Default::default()
        };
        insert_numbered(tx, &user).await?;
        tx.audit(AuditEntry::new(Action::Create, "adm.users.create", "adm.users", id).after(json!({"username": first.username})));
        tx.publish(Event::new("adm.user.created", id, json!({"username": first.username})));
        if first.password_hash.is_none() {
            tx.publish(Event::new("adm.user.invited", id, json!({"id": id})));
        }
        Ok(())
    })
    .await
}
