//! The audit: chained, sealed, verified, proved, kept and let go.

mod alerts;
mod assessments;
mod chain;
mod policies;
mod proofs;
mod tampering;

use flows::background;
use serde_json::{Value, json};
use testkit::{Caller, TestApp};
use worker::Context;

const LOGS: &str = "/api/v1/manager/audt/audit-logs";
const VERIFY: &str = "/api/v1/manager/audt/audit-logs/verify";
const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

fn context(app: &TestApp) -> Context {
    Context { platform: app.platform().clone(), data_dir: app.site().folder.clone() }
}

/// Lets a minute pass and the worker do what is due: what was written is chained, copied and sealed.
async fn seal(app: &TestApp) {
    app.settle().await;
    app.clock().advance(60);
    background::worker(context(app)).declare().await.unwrap();
    app.settle().await;
}

/// Company a does some business.
async fn business(app: &TestApp, rows: usize) {
    let admin = app.admin_a().await;
    for n in 0..rows {
        let _ = admin.post(ORGANIZATIONS, &json!({"name": format!("사업장 {} {n}", app.now().unix_micros())})).await.ok(201);
    }
}

async fn verdict(manager: &Caller, query: &str) -> Value {
    manager.get(&format!("{VERIFY}{query}")).await.ok(200)
}
