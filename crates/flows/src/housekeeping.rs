//! The work of jobs that go over all companies: what would otherwise grow for ever goes, and what was planned for a day happens.

use crate::consumers::consumers;
use audt::auditing;
use kernel::{Realm, Result};
use store::{delivery, stream};
use tenancy::for_each;
use uuid::Uuid;
use worker::Context;

/// Seconds for which events can be read again by their numbers: 90 days.
const EVENTS: i64 = 90 * 24 * 60 * 60;

/// Seconds for which an import can be looked at, and taken back, after its end: 90 days.
const IMPORTS: i64 = 90 * 24 * 60 * 60;

/// The provider and all companies, those that were deleted too: their rows are still there.
async fn everybody(work: &Context) -> Result<Vec<(Realm, Option<Uuid>)>> {
    let ids = auditing::companies(&work.platform).await?;
    Ok(std::iter::once((Realm::Manager, None)).chain(ids.into_iter().map(|id| (Realm::Tenant, Some(id)))).collect())
}

/// Answers kept under an `Idempotency-Key`, after their 24 hours.
pub async fn forget_idempotency_keys(work: &Context) -> Result<()> {
    for_each("forgetting idempotency keys", everybody(work).await?, async |(realm, company)| {
        let door = work.platform.act_as_system(realm, company, "housekeeping");
        door.write(async |tx| tx.forget_old_keys().await).await.map(|_| ())
    })
    .await
}

/// Imports that ended 90 days ago, with what is kept of their files.
pub async fn forget_imports(work: &Context) -> Result<()> {
    for_each("forgetting imports", auditing::companies(&work.platform).await?, async |company| {
        let door = work.platform.act_as_system(Realm::Tenant, Some(company), "housekeeping");
        let before = work.platform.now().plus_seconds(-IMPORTS);
        while door.write(async |tx| resource::import::forget(tx, before).await).await? > 0 {}
        Ok(())
    })
    .await
}

/// Events every consumer has dealt with, after 90 days.
pub async fn forget_events(work: &Context) -> Result<()> {
    let consumers = consumers();
    for_each("forgetting events", everybody(work).await?, async |(realm, company)| {
        let db = work.platform.database(realm);
        let names: Vec<&str> = consumers.iter().filter(|consumer| consumer.realms.contains(&realm)).map(|consumer| consumer.name).collect();
        let passed = delivery::passed_by_all(db, company, &names).await?;
        stream::forget_events(db, company, db.now().plus_seconds(-EVENTS), passed).await.map(|_| ())
    })
    .await
}

/// Sessions and grants of roles whose time is over say so; nobody has asked them for anything since.
pub async fn expire_sessions(work: &Context) -> Result<()> {
    for_each("ending sessions", everybody(work).await?, async |(realm, company)| {
        let door = work.platform.act_as_system(realm, company, "housekeeping");
        auth::sessions::expire(&door).await?;
        if realm == Realm::Manager {
            auth::roles::expire(&door).await?;
        }
        Ok(())
    })
    .await
}

/// What companies have planned for a day is so once it has begun where they are. Zones differ by half hours: asked as often.
pub async fn begin_days(work: &Context) -> Result<()> {
    let companies = auditing::companies(&work.platform).await?;
    for_each("beginning a day", companies, async |company| {
        let Some(context) = work.platform.directory().by_id(company).await? else { return Ok(()) };
        let door = work.platform.act_as_system(Realm::Tenant, Some(company), "housekeeping");
        let today = context.zone.day(work.platform.now());
        // nor does the one wait for the other
        let settled = adm::settle_the_day(&door, today).await;
        settled.and(ledger::provision::months_ahead(&door, today).await)
    })
    .await
}
