//! The gateway: reads settings, opens the databases, mounts the modules, answers.
//!
//! No business rule lives here. [`modules`] is the list of all domains.

pub mod app;
pub mod commands;
mod console;
mod docs_ui;
pub mod document;
mod embedded;
pub mod folder;
mod health;
pub mod keys;
mod mail;
pub mod program;
mod rate;
pub mod say;
pub mod settings;
pub mod startup;

use resource::Module;

/// Every domain of the platform.
#[must_use]
pub fn modules() -> Vec<Module> {
    vec![idam::module(), flows::tnnt_module(), adm::module(), flows::audt_module(), flows::crm_module(), fim::module()]
}

/// Every rule whose breaking is answered with 409, of whatever crate.
#[must_use]
pub fn rules() -> Vec<&'static kernel::Rule> {
    let shared = [
        kernel::rules::RULES,
        store::rules::RULES,
        auth::rules::RULES,
        signin::rules::RULES,
        resource::rules::RULES,
        flows::rules::RULES,
        ledger::rules::RULES,
    ];
    shared.into_iter().chain(modules().iter().map(|module| module.rules)).flatten().collect()
}

/// The kinds of all events, in the order of the alphabet.
///
/// # Errors
/// Internal, where a resource cannot be read.
pub fn events() -> kernel::Result<Vec<String>> {
    let mut kinds: Vec<String> = signin::EVENTS.iter().map(|kind| (*kind).to_owned()).collect();
    for module in modules() {
        kinds.extend(module.all_events()?);
    }
    kinds.sort();
    kinds.dedup();
    Ok(kinds)
}

/// Operations that need no credential; a test asserts that there are no others.
pub const PUBLIC_OPERATIONS: [(&str, &str); 12] = [
    ("post", "/api/v1/manager/auth/forgot-password"),
    ("post", "/api/v1/manager/auth/login"),
    ("post", "/api/v1/manager/auth/login/mfa"),
    ("post", "/api/v1/manager/auth/refresh"),
    ("post", "/api/v1/manager/auth/register"),
    ("post", "/api/v1/manager/auth/reset-password"),
    ("post", "/api/v1/tenants/auth/accept-invitation"),
    ("post", "/api/v1/tenants/auth/forgot-password"),
    ("post", "/api/v1/tenants/auth/login"),
    ("post", "/api/v1/tenants/auth/login/mfa"),
    ("post", "/api/v1/tenants/auth/refresh"),
    ("post", "/api/v1/tenants/auth/reset-password"),
];
