//! Rows that a policy lets go. Whole blocks go, their signed heads stay: what is left of the
//! chain begins at the hash the last of them names, and can be verified as before.

use super::verify::older_than;
use crate::policies::{self, self as policy};
use auth::Platform;
use kernel::{Realm, Result, Timestamp, Zone};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;
use store::{Action, AuditEntry, chain};
use tenancy::for_each;
use uuid::Uuid;

const DAY: i64 = 24 * 60 * 60;

/// Applies the retention policies to the provider's rows and to every company's.
///
/// # Errors
/// What failed for one of them; the others are done.
pub async fn apply(platform: &Platform) -> Result<()> {
    let scope = platform.act_as_system(Realm::Manager, None, "retention").read().await?;
    let retention = policy::Column::PolicyType.eq(policies::Type::DataRetention);
    let policies = scope.find::<policy::Entity>().filter(retention).all().await?;
    drop(scope);
    let companies = super::companies(platform).await?;
    let now = platform.now();
    let today = Zone::default().day(now);
    for_each("applying retention policies", std::iter::once(None).chain(companies.into_iter().map(Some)), async |company| {
        // where several hold, the longest is the one nobody is wronged by
        let holding = policies.iter().filter(|policy| policy.holds_for(company, today));
        let Some((days, name)) = holding.filter_map(|policy| Some((policy.rules.keep_days()?, policy.policy_name.to_string()))).max()
        else {
            return Ok(());
        };
        let before = now.plus_seconds(-days * DAY).min(older_than(now));
        let_go(platform, company, before, &name).await
    })
    .await
}

async fn let_go(platform: &Platform, company: Option<Uuid>, before: Timestamp, policy: &str) -> Result<()> {
    let realm = if company.is_some() { Realm::Tenant } else { Realm::Manager };
    let door = platform.act_as_system(realm, company, "retention");
    let blocks = chain::blocks(&door.read().await?).await?;
    door.write(async |tx| {
        if let Some((up_to, rows)) = chain::purge(tx, None, &blocks, before, policy).await? {
            let after = json!({"up_to_no": up_to, "rows": rows, "before": before, "policy": policy});
            tx.audit(AuditEntry::new(Action::Delete, "audt.audit-logs.purge", "audt.audit-logs", up_to).after(after));
        }
        Ok(())
    })
    .await?;
    // the provider's copies go with them; also those of a night that was cut off between the two databases
    if let Some(company) = company {
        let copies = platform.act_as_system(Realm::Manager, None, "retention");
        copies.write(async |tx| chain::purge(tx, Some(company), &blocks, before, policy).await).await?;
    }
    Ok(())
}
