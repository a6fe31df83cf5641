//! audt: what happened, who did it, and whether anybody has touched the record since.
//!
//! Words: an *audit log* is one row for a write or a refusal; the rows of a company are
//! *chained* (each hash covers the one before) and *sealed* by signed blocks. A *policy* says
//! how long rows are kept and what raises an *alert*. A *compliance* is an assessment computed
//! from the running platform, with its evidence. A *dead letter* is an event that one of its
//! consumers could not deal with.
//!
//! Invariants: audit rows are never changed, and go by a retention policy only; nothing younger
//! than ninety days goes; a policy that is ACTIVE was approved and does not change; an
//! assessment's findings are what the platform found, not what somebody typed.
//!
//! Tables: `audt_policies`, `audt_alerts`, `audt_compliances` here; `audt_audit_logs`,
//! `audt_dead_letters` belong to the crate `store`. What needs both databases (chaining,
//! verifying, proving, assessing) is in [`auditing`]; it acts as the platform itself.
//!
//! Events: `audt.policy.created | updated | deleted | submitted | approved | archived`,
//! `audt.alert.raised | acknowledged`, `audt.compliance.created | submitted | approved | published`,
//! `audt.dead_letter.replayed`, `audt.audit_log.recorded` (an audit row without an event of its own).

pub mod alerts;
pub mod audit_logs;
pub mod auditing;
pub mod compliances;
pub mod dead_letters;
mod migrations;
mod permissions;
pub mod policies;
pub mod rules;

pub use permissions::{ReadEvents, Replay, Verify};

use auditing::api;
use envelope::web;
use kernel::{Permission, PermissionKey, Realm};
use resource::{Module, ResourceInfo};

/// The domain; `flows`, which knows the consumers, adds the replay of dead letters.
#[must_use]
pub fn module() -> Module {
    let actions: [PermissionKey; 3] = [Verify::KEY, ReadEvents::KEY, Replay::KEY];
    Module {
        code: "audt",
        realm: Realm::Manager,
        title: "감사 · audit",
        routes: |cfg| {
            cfg.service(scope());
        },
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

fn scope() -> web::Scope {
    let logs = web::scope("/audit-logs")
        .service(web::resource("").route(resource::list::<audit_logs::AuditLogs>()))
        .service(web::resource("/export").route(resource::export::<audit_logs::AuditLogs>()))
        .service(web::resource("/verify").route(web::get().to(api::verify_logs)))
        .service(web::resource("/{id}").route(resource::get::<audit_logs::AuditLogs>()))
        .service(web::resource("/{id}/proof").route(web::get().to(api::prove)));
    web::scope("/audt")
        .service(logs)
        .service(resource::reading::<dead_letters::DeadLetters>())
        .service(resource::reading::<alerts::Alerts>())
        .service(policies::routes())
        .service(compliances::routes(web::post().to(api::assess)))
        .service(web::resource("/events").route(web::get().to(api::events)))
}
