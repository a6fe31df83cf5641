//! Policies that are to be alerted on something look at what has just happened.

use crate::{
    alerts::{self, self as alert},
    policies::{self, self as policy, AlertRule},
};
use auth::Platform;
use kernel::{Realm, Result, Zone};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde_json::json;
use std::collections::BTreeSet;
use store::{Action, AuditEntry, Event, Published, new_id, stream};
use uuid::Uuid;

/// Raises an alert where a policy's event has come often enough; one alert a policy, company
/// and span of minutes, however often it comes.
///
/// # Errors
/// Where a database cannot be read or written.
pub async fn raise(platform: &Platform, company: Option<Uuid>, events: &[Published]) -> Result<()> {
    let door = platform.act_as_system(Realm::Manager, None, "audit-alerts");
    let active = policy::Column::Status.eq(policies::Status::Active);
    let policies = door.read().await?.find::<policy::Entity>().filter(active).all().await?;
    let today = Zone::default().day(platform.now());
    let kinds: BTreeSet<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    for policy in policies.iter().filter(|policy| policy.holds_for(company, today)) {
        for rule in policy.rules.alerts() {
            if kinds.iter().any(|kind| names(&rule.event, kind)) {
                look(platform, company, policy.id, &rule).await?;
            }
        }
    }
    Ok(())
}

fn names(pattern: &str, kind: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == kind, |beginning| kind.starts_with(beginning))
}

async fn look(platform: &Platform, company: Option<Uuid>, policy: Uuid, rule: &AlertRule) -> Result<()> {
    let realm = if company.is_some() { Realm::Tenant } else { Realm::Manager };
    let since = platform.now().plus_seconds(-60 * rule.within_minutes);
    let count = stream::count_since(&platform.database(realm).read(company).await?, &rule.event, since).await?;
    if count < rule.count {
        return Ok(());
    }
    let door = platform.act_as_system(Realm::Manager, None, "audit-alerts");
    door.write(async |tx| {
        let same = tx
            .find::<alert::Entity>()
            .filter(alert::Column::PolicyId.eq(policy))
            .filter(alert::Column::Kind.eq(rule.event.as_str()))
            .filter(company.map_or_else(|| alert::Column::TenantId.is_null(), |id| alert::Column::TenantId.eq(id)))
            .filter(alert::Column::CreatedAt.gt(since));
        if same.one().await?.is_some() {
            return Ok(());
        }
        let id = new_id();
        tx.insert(&alert::ActiveModel {
            id: Set(id),
            policy_id: Set(policy),
            tenant_id: Set(company),
            kind: Set(rule.event.clone()),
            count: Set(i32::try_from(count).unwrap_or(i32::MAX)),
            within_minutes: Set(i32::try_from(rule.within_minutes).unwrap_or(i32::MAX)),
            status: Set(alerts::Status::Open),
            ..Default::default()
        })
        .await?;
        let after =
            json!({"policy_id": policy, "tenant_id": company, "event": rule.event, "count": count, "within_minutes": rule.within_minutes});
        tx.audit(AuditEntry::new(Action::Execute, "audt.alerts.raise", "audt.alerts", id).after(after.clone()).alarm());
        tx.publish(Event::new("audt.alert.raised", id, after));
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_star_stands_for_all_that_begin_so() {
        assert!(names("auth.*", "auth.sign_in.failed") && names("*", "x") && names("a.b", "a.b"));
        assert!(!names("auth.*", "adm.user.created") && !names("a.b", "a.b.c"));
    }
}
