//! audt: what happened, who did it, and whether anybody has touched the record since.
//!
//! Words: an *audit log* is one row for a write or a refusal; the rows of a company are
//! *chained* (each hash covers the one before) and *sealed* by signed blocks. A *policy* says
//! how long rows are kept and what raises an *alert*. A *compliance* is an assessment computed
//! from the running platform, with its evidence. A *dead letter* is an event that one of its
//! readers could not deal with.
//!
//! Invariants: audit rows are never changed, and go by a retention policy only; nothing younger
//! than ninety days goes; a policy that is ACTIVE was approved and does not change; an
//! assessment's findings are what the platform found, not what somebody typed.
//!
//! Tables: `audt_policies`, `audt_alerts`, `audt_compliances` here; `audt_audit_logs`,
//! `audt_dead_letters` belong to the crate `store`. What needs both databases (chaining,
//! verifying, proving, assessing) is in `flows::auditing`.
//!
//! Events: `audt.policy.created | updated | deleted | submitted | approved | archived`,
//! `audt.alert.raised | acknowledged`, `audt.compliance.created | submitted | approved | published`,
//! `audt.dead_letter.replayed`, `audt.audit_log.recorded` (an audit row without an event of its own).

pub mod alerts;
pub mod audit_logs;
pub mod compliances;
pub mod dead_letters;
mod migrations;
pub mod policies;
pub mod rules;

use envelope::web;
use kernel::{Permission, PermissionKey, Realm, permission};
use resource::{Module, ResourceInfo};

permission! {
    /// Verify the chains.
    pub Verify = "audt", "audit-logs", "verify";
    /// Read the provider's events by their numbers.
    pub ReadEvents = "audt", "events", "read";
    /// Hand a dead letter to its reader again.
    pub Replay = "audt", "dead-letters", "replay";
}

/// The domain, for the gateway. `routes` comes from `flows`, which adds what needs both databases.
#[must_use]
pub fn module() -> Module {
    let actions: [PermissionKey; 3] = [Verify::KEY, ReadEvents::KEY, Replay::KEY];
    Module {
        code: "audt",
        realm: Realm::Manager,
        title: "감사 · audit",
        routes: |_| {},
        migrations: migrations::all,
        resources: vec![
            ResourceInfo::only::<audit_logs::AuditLogs>("/audt/audit-logs", &[resource::Read::<audit_logs::AuditLogs>::KEY]),
            ResourceInfo::only::<dead_letters::DeadLetters>("/audt/dead-letters", &[resource::Read::<dead_letters::DeadLetters>::KEY]),
            ResourceInfo::only::<alerts::Alerts>("/audt/alerts", &[resource::Read::<alerts::Alerts>::KEY]),
            ResourceInfo::of::<policies::Policies>("/audt/policies"),
            ResourceInfo::of::<compliances::Compliances>("/audt/compliances"),
        ],
        permissions: actions.to_vec(),
        public_paths: &[],
        rules: rules::RULES,
        events: &["audt.alert.raised", "audt.audit_log.recorded", "audt.dead_letter.replayed"],
    }
}

/// `/audt`; what needs both databases is handed in.
#[must_use]
pub fn scope(audit_logs: web::Scope, dead_letters: web::Scope, compliances: web::Route) -> web::Scope {
    web::scope("/audt")
        .service(audit_logs)
        .service(dead_letters)
        .service(resource::reading::<alerts::Alerts>())
        .service(policies::routes())
        .service(compliances::routes(compliances))
}
