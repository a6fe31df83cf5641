//! A company comes to life: its row in the manager database, then its own world in the tenant
//! database. The two are never in one transaction; steps that may run again are the bridge.
//!
//! 1. `tnnt_tenants` and one `tnnt_onboardings` row a step, in one transaction.
//! 2. After the commit each step runs and is marked COMPLETED.
//! 3. Killed in between, the next start goes on with what is not completed.
//!
//! Only the hash of the first administrator's password is kept, and only until it is used.

use adm::provision::Administrator;
use auth::{Allowed, Platform};
use envelope::{Body, Created, Reply};
use kernel::{Code, Email, Error, Login, Realm, Result, Text, boxed};
use paperclip::actix::api_v2_operation;
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::{Action, AuditEntry, Event, Sql, Tx, new_id};
use tenancy::{
    onboarding::{self, Progress, Step},
    tenant::{self, Status, Type},
};
use tnnt::Tenants;
use uuid::Uuid;

/// The steps in order. REGISTRATION is done when the company's row is there.
const STEPS: [Step; 4] = [Step::Registration, Step::InitialSetup, Step::Configuration, Step::Completed];

/// A company to be made.
pub struct Wanted {
    pub company: tenant::ActiveModel,
    pub administrator: Option<Administrator>,
}

/// Create one company: it is provisioned, and its administrator can sign in at once
///
/// Roles, settings, master data and the administrator are made with it; `/onboarding` says how far that is. Without `admin` it begins
/// without a user.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Tenants>>, body: Body<tnnt::Create>) -> Created<tenant::Model> {
    let mut wanted = body.0;
    let first = wanted.admin.take();
    let administrator = match first {
        Some(first) => {
            signin::own_address("admin.username", &first.username, &first.email)?;
            let password_hash = match &first.password {
                Some(password) => {
                    password.acceptable("admin.password", &[&first.username, &wanted.code, &wanted.name]).await?;
                    Some(password.hash().await?)
                }
                None => None,
            };
            Some(Administrator { username: first.username, email: first.email, full_name: first.full_name, password_hash })
        }
        None => None,
    };
    let id = new_id();
    let wanted = Wanted { company: tenant::ActiveModel { id: Set(id), ..wanted.into_active_model() }, administrator };
    let permission = cx.permission().to_string();
    let reply = cx
        .write(async |tx| {
            let company = register(tx, &wanted, &permission).await?;
            Reply::row(&company, company.row_version)
        })
        .await?;
    if cx.is_dry_run()? {
        return Ok(reply);
    }
    // an answer given before, for the same Idempotency-Key, left no steps under this id
    if let Err(error) = run(cx.platform(), id).await {
        tracing::error!(tenant = %id, %error, "provisioning did not finish; it is resumed at the next start");
    }
    Ok(reply)
}

/// Makes a company without a caller: the demo, an import.
pub async fn found(platform: &Platform, wanted: &Wanted) -> Result<Uuid> {
    let door = platform.act_as_system(Realm::Manager, None, "provisioning");
    let company = door.write(async |tx| register(tx, wanted, "tnnt.tenants.create").await).await?;
    run(platform, company.id).await?;
    Ok(company.id)
}

/// The company's row and the list of what is still to be done.
async fn register(tx: &Tx, wanted: &Wanted, permission: &str) -> Result<tenant::Model> {
    let trial = wanted.company.r#type == Set(Type::Trial);
    let status = if trial { Status::Trial } else { Status::Active };
    let company = tx.insert(&tenant::ActiveModel { status: Set(status), ..wanted.company.clone() }).await?;
    for (order, step) in (1..).zip(STEPS) {
        let done = step == Step::Registration;
        let data = match (&wanted.administrator, step) {
            (Some(first), Step::Configuration) => {
                json!({"username": &*first.username, "email": &*first.email, "full_name": &*first.full_name, "password_hash": first.password_hash})
            }
            _ => json!({}),
        };
        tx.insert(&onboarding::ActiveModel {
            tenant_id: Set(company.id),
            step_name: Set(step),
            step_order: Set(order),
            step_status: Set(if done { Progress::Completed } else { Progress::Pending }),
            started_at: Set(done.then(|| tx.now())),
            completed_at: Set(done.then(|| tx.now())),
            retry_count: Set(0),
            step_data: Set(data),
            ..Default::default()
        })
        .await?;
    }
    let after = json!({"id": company.id, "code": company.code, "name": company.name});
    tx.audit(AuditEntry::new(Action::Create, permission, "tnnt.tenants", company.id).after(after.clone()));
    tx.publish(Event::new("tnnt.tenant.created", company.id, after));
    Ok(company)
}

/// Goes on with every company that is not complete. What fails is noted in its step and tried
/// again at the next occasion; it does not keep the others.
#[boxed(?Send)]
pub async fn resume(platform: &Platform) {
    let waiting = match waiting(platform).await {
        Ok(waiting) => waiting,
        Err(error) => {
            tracing::error!(%error, "cannot see which companies are to be provisioned");
            return;
        }
    };
    for tenant in waiting {
        if let Err(error) = run(platform, tenant).await {
            tracing::error!(%tenant, %error, "provisioning did not finish; it will be resumed");
        }
    }
}

async fn waiting(platform: &Platform) -> Result<Vec<Uuid>> {
    let scope = platform.act_as_system(Realm::Manager, None, "provisioning").read().await?;
    let mut sql = Sql::new(
        "SELECT DISTINCT o.tenant_id AS id FROM tnnt_onboardings o JOIN tnnt_tenants t ON t.id = o.tenant_id WHERE t.deleted_at IS NULL AND o.step_status <> ",
    );
    sql.bind("COMPLETED");
    scope.raw_all(sql).await?.iter().map(|row| row.try_get("", "id").map_err(Error::internal)).collect()
}

/// At the start of a new version: companies made before run the set-up again, which adds what
/// a new domain brings.
#[boxed(?Send)]
pub async fn refresh_all(platform: &Platform) -> Result<()> {
    let door = platform.act_as_system(Realm::Manager, None, "provisioning");
    let companies = door.read().await?.find::<tenant::Entity>().all().await?;
    store::search::fill(platform.database(Realm::Manager), None).await?;
    let served = companies.into_iter().filter(|company| company.status != Status::Terminated).map(|company| company.id);
    tenancy::for_each("bringing a company up to date", served, async |company| {
        set_up(platform, company).await?;
        // a list that is searched since this version, or in other columns
        store::search::fill(platform.database(Realm::Tenant), Some(company)).await.map(|_| ())
    })
    .await
}

async fn run(platform: &Platform, tenant: Uuid) -> Result<()> {
    let door = platform.act_as_system(Realm::Manager, None, "provisioning");
    let steps = door
        .read()
        .await?
        .find::<onboarding::Entity>()
        .filter(onboarding::Column::TenantId.eq(tenant))
        .order_by_asc(onboarding::Column::StepOrder)
        .all()
        .await?;
    for step in steps.into_iter().filter(|step| step.step_status != Progress::Completed) {
        let take = async || match step.step_name {
            Step::InitialSetup => set_up(platform, tenant).await,
            Step::Configuration => first_administrator(platform, tenant, &step.step_data).await,
            _ => Ok(()),
        };
        let done = match take().await {
            // another node took the step at the same moment: what it has made is not missing any more
            Err(error) if error.code() == Code::Conflict => take().await,
            done => done,
        };
        mark(platform, step.id, &done).await?;
        done?;
    }
    Ok(())
}

/// Notes how a step went; its data, a password's hash among them, goes once it is used.
async fn mark(platform: &Platform, step: Uuid, done: &Result<()>) -> Result<()> {
    let door = platform.act_as_system(Realm::Manager, None, "provisioning");
    door.write(async |tx| {
        let mut sql = Sql::new("UPDATE tnnt_onboardings SET started_at = COALESCE(started_at, ");
        sql.bind(tx.now()).push("), step_status = ");
        match done {
            Ok(()) => {
                sql.bind("COMPLETED").push(", error_message = NULL, step_data = ").bind(json!({})).push(", completed_at = ").bind(tx.now())
            }
            Err(error) => sql.bind("FAILED").push(", retry_count = retry_count + 1, error_message = ").bind(error.to_string()),
        };
        // what another node has completed is not failed by one that came too late
        sql.push(" WHERE id = ").bind(step).push(" AND step_status <> ").bind("COMPLETED");
        tx.raw_execute(sql).await.map(|_| ())
    })
    .await
}

/// What each domain gives a company.
async fn set_up(platform: &Platform, tenant: Uuid) -> Result<()> {
    let door = platform.act_as_system(Realm::Tenant, Some(tenant), "provisioning");
    platform.directory().forget(tenant).await;
    let company = platform.directory().by_id(tenant).await?.ok_or_else(Error::not_found)?;
    adm::provision::roles(&door).await?;
    adm::provision::settings(&door, &company).await?;
    adm::provision::masters(&door, &company).await?;
    // the months of this fiscal year, and of the one the contract begins in
    let manager = platform.act_as_system(Realm::Manager, None, "provisioning");
    let row = manager.read().await?.find::<tenant::Entity>().filter(tenant::Column::Id.eq(tenant)).one().await?;
    let today = company.zone.day(platform.now());
    let days: Vec<_> = [Some(today), row.map(|row| row.start_date)].into_iter().flatten().collect();
    ledger::provision::chart_and_periods(&door, &days).await
}

async fn first_administrator(platform: &Platform, tenant: Uuid, data: &Value) -> Result<()> {
    let text = |name: &str| data.get(name).and_then(Value::as_str);
    let (Some(username), Some(email), Some(full_name)) = (text("username"), text("email"), text("full_name")) else { return Ok(()) };
    let first = Administrator {
        username: Login::parse(username).map_err(Error::internal)?,
        email: Email::parse(email).map_err(Error::internal)?,
        full_name: Text::parse(full_name).map_err(Error::internal)?,
        password_hash: text("password_hash").map(str::to_owned),
    };
    adm::provision::administrator(&platform.act_as_system(Realm::Tenant, Some(tenant), "provisioning"), &first).await
}
