//! The facts of an assessment: each is looked up in the running platform at that moment.

use super::{heads::HeadFile, verify, verify_all};
use crate::{
    compliances::{Create, Finding, Findings},
    dead_letters::{self as dead_letter, Status as DeadLetterStatus},
    policies::{self as policy, Status as PolicyStatus, Type as PolicyType},
};
use auth::{Platform, entities::idam_user};
use kernel::{Realm, Result};
use sea_orm::{ColumnTrait, ExprTrait, QueryFilter};
use store::{Backend, Scope, Sql};
use uuid::Uuid;

/// Seconds after which somebody who never signs in should have no account.
const DORMANT: i64 = 90 * 24 * 60 * 60;
/// Seconds after which a row should lie under a signature.
const UNSEALED: i64 = 60 * 60;

fn finding(check: &str, passed: bool, is_critical: bool, evidence: impl Into<String>) -> Finding {
    Finding { check: check.to_owned(), passed, is_critical, evidence: evidence.into() }
}

async fn count(scope: &Scope, sql: Sql) -> Result<i64> {
    let row = scope.raw_one(sql).await?.ok_or_else(|| kernel::Error::internal("no count"))?;
    row.try_get("", "n").map_err(kernel::Error::internal)
}

/// Looks at everything.
pub(super) async fn look(platform: &Platform, heads: &HeadFile, wanted: &Create) -> Result<Findings> {
    let companies: Vec<Uuid> = wanted.tenant_ids.as_ref().map(|ids| ids.0.clone()).unwrap_or_default();
    let mut all = isolation(platform).await?;
    all.push(chain(platform, heads, &companies).await?);
    all.extend(accounts(platform).await?);
    all.extend(record(platform, wanted).await?);
    Ok(Findings(all))
}

/// Companies are kept apart by the database itself.
async fn isolation(platform: &Platform) -> Result<Vec<Finding>> {
    let tenant = platform.database(Realm::Tenant);
    let role = platform.check_role(Realm::Tenant).await;
    let bound = finding(
        "isolation.service_role",
        role.is_ok(),
        true,
        role.err().unwrap_or_else(|| "the service's database user owns no table and cannot bypass row-level security".to_owned()),
    );
    if tenant.backend() == Backend::Sqlite {
        let text = "embedded database: one process, the company's filter in every query; no row-level security exists";
        return Ok(vec![bound, finding("isolation.row_level_security", true, true, text)]);
    }
    let scope = tenant.read(None).await?;
    let open = "SELECT count(*) AS n FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' \
        WHERE c.relkind = 'r' AND s.nspname = current_schema() AND NOT a.attisdropped";
    let tables = count(&scope, Sql::new(open)).await?;
    let unlocked = count(&scope, Sql::new(&format!("{open} AND NOT c.relrowsecurity"))).await?;
    let text = format!("{tables} tables hold companies' rows, {unlocked} of them without row-level security");
    Ok(vec![bound, finding("isolation.row_level_security", unlocked == 0 && tables > 0, true, text)])
}

/// The audit is as it was written, and under signatures.
async fn chain(platform: &Platform, heads: &HeadFile, companies: &[Uuid]) -> Result<Finding> {
    let anchors = heads.anchors()?;
    let mut verdict = if companies.is_empty() { verify_all(platform, &anchors).await? } else { verify(platform, None, &anchors).await? };
    for company in companies {
        if verdict.valid {
            let one = verify(platform, Some(*company), &anchors).await?;
            verdict = super::Verdict { checked: verdict.checked + one.checked, ..one };
        }
    }
    let text = match &verdict.first_bad {
        None => format!("{} rows verified against {} exported heads", verdict.checked, anchors.len()),
        Some(bad) => {
            format!("row {} of {}: {}", bad.no, bad.tenant_id.map_or_else(|| "the provider".to_owned(), |id| id.to_string()), bad.reason)
        }
    };
    Ok(finding("audit.chain_intact", verdict.valid, true, text))
}

/// The provider's accounts.
async fn accounts(platform: &Platform) -> Result<Vec<Finding>> {
    let scope = platform.act_as_system(Realm::Manager, None, "assessment").read().await?;
    let people = scope.find::<idam_user::Entity>().filter(idam_user::Column::Status.eq(idam_user::Status::Active)).all().await?;
    let weak = people.iter().filter(|user| user.password_hash.as_ref().is_some_and(|hash| !hash.starts_with("$argon2id$"))).count();
    let without_code: Vec<&str> = people.iter().filter(|user| !user.mfa_enabled).map(|user| &*user.username).collect();
    let since = platform.now().plus_seconds(-DORMANT);
    let dormant: Vec<&str> =
        people.iter().filter(|user| user.last_login_at.unwrap_or(user.created_at) < since).map(|user| &*user.username).collect();
    let list = |names: &[&str]| names.iter().take(20).copied().collect::<Vec<_>>().join(", ");
    Ok(vec![
        finding("accounts.password_hashing", weak == 0, true, format!("{} active accounts, {weak} not hashed with argon2id", people.len())),
        finding(
            "accounts.second_factor",
            without_code.is_empty(),
            false,
            format!("{} of {} active accounts without a second factor: {}", without_code.len(), people.len(), list(&without_code)),
        ),
        finding(
            "accounts.dormant",
            dormant.is_empty(),
            false,
            format!("{} active accounts unused for 90 days: {}", dormant.len(), list(&dormant)),
        ),
    ])
}

/// What is recorded, kept and read.
async fn record(platform: &Platform, wanted: &Create) -> Result<Vec<Finding>> {
    let scope = platform.act_as_system(Realm::Manager, None, "assessment").read().await?;
    let today = kernel::Zone::default().day(platform.now());
    let kept = policy::Column::PolicyType.eq(PolicyType::DataRetention).and(policy::Column::Status.eq(PolicyStatus::Active));
    let retention = scope.find::<policy::Entity>().filter(kept).all().await?.iter().filter(|policy| policy.holds_for(None, today)).count();
    let dead = scope.find::<dead_letter::Entity>().filter(dead_letter::Column::Status.eq(DeadLetterStatus::Dead)).all().await?.len();
    let mut unsealed = Sql::new("SELECT count(*) AS n FROM audt_audit_logs WHERE tenant_id IS NULL AND created_at < ");
    unsealed.bind(platform.now().plus_seconds(-UNSEALED));
    unsealed.push(" AND (chain_no IS NULL OR chain_no > (SELECT COALESCE(max(last_no), 0) FROM audt_audit_blocks))");
    let unsealed = count(&scope, unsealed).await?;
    let mut written = Sql::new("SELECT count(*) AS n FROM audt_audit_logs WHERE created_at >= ");
    let (from, to) = (wanted.start_date.to_string(), wanted.close_date.to_string());
    let start = kernel::Timestamp::parse(&format!("{from}T00:00:00+09:00")).map_err(kernel::Error::internal)?;
    let end = kernel::Timestamp::parse(&format!("{to}T00:00:00+09:00")).map_err(kernel::Error::internal)?.plus_seconds(24 * 60 * 60);
    written.bind(start).push(" AND created_at < ").bind(end);
    let written = count(&scope, written).await?;
    Ok(vec![
        finding("audit.recorded", written > 0, true, format!("{written} rows of audit from {from} to {to}")),
        finding(
            "audit.sealed",
            unsealed == 0,
            true,
            format!("{unsealed} of the provider's rows older than an hour lie under no signature"),
        ),
        finding("audit.retention_policy", retention > 0, false, format!("{retention} retention policies in force")),
        finding("events.dead_letters", dead == 0, false, format!("{dead} events that a reader could not deal with")),
    ])
}
