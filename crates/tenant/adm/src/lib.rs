//! adm: the company itself. Its legal entities and sites, its departments, its people and
//! what they may do.
//!
//! Words: an *organization* is a legal entity or a site; a *department* hangs in a tree below
//! one; a *user* signs in and has a *role*, a set of permissions, and perhaps further ones (*user
//! roles*), until a day or for a department, and may have *posts* in several departments; an *API key* lets a program act as its owner; a *support
//! consent* lets the provider's staff act as one of the company's people. The *masters* are what money, stock and selling
//! build on: currencies and their rates by day ([`rates`]), units and exact conversions, payment terms, common codes, the
//! days the company works ([`calendar`]), settings declared in code ([`settings`]).
//!
//! Invariants: a department's parent is of the same organization, and no department stands
//! below itself, on any day; a user's primary post is in the user's department; nobody gives what they do not hold; a right for a department never counts outside of
//! it; the last active user with the role ADMIN for good stays; a company has exactly one base currency; a circle of
//! unit conversions multiplies to one; a year whose holidays are not known is an error.
//!
//! Tables: `adm_organizations`, `adm_departments`, `adm_department_places`, `adm_user_posts`, `adm_settings`, `adm_currencies`, `adm_exchange_rates`, `adm_units`,
//! `adm_unit_conversions`, `adm_payment_terms`, `adm_code_groups`, `adm_codes`, `adm_holidays` here; those of people, roles,
//! sessions, keys and consents belong to the crate `auth`. API keys, sessions, sign-in logs and the explanation of rights are declared
//! in the crate `people`, for both realms.
//!
//! Events: `adm.<noun>.created | updated | deleted`, `adm.department.moved | merged | closed`, `adm.user.activated | deactivated | invited |
//! sessions_revoked | password_reset | mfa_reset`, `adm.user_role.revoked`, `adm.setting.updated`, `adm.document_series.updated`,
//! `adm.session.revoked`, `adm.api_key.activated | deactivated | revoked | rotated`, `adm.support_consent.revoked`,
//! `adm.impersonation.started | ended`.

pub mod calendar;
pub mod code_groups;
pub mod codes;
pub mod currencies;
mod departments;
mod document_series;
mod events;
mod fractions;
pub mod holidays;
mod migrations;
pub mod organizations;
pub mod payment_terms;
pub mod provision;
pub mod rates;
mod roles;
pub mod rules;
pub mod settings;
pub mod shared;
mod support_consents;
pub mod unit_conversions;
pub mod units;
mod user_posts;
mod user_roles;
mod users;

pub use self::{
    code_groups as code_group, codes as code, currencies as currency, holidays as holiday, organizations as organization,
    payment_terms as payment_term, rates as exchange_rate, unit_conversions as unit_conversion, units as unit,
};
pub use api_keys::ApiKeys;
pub use code_groups::CodeGroups;
pub use codes::Codes;
pub use currencies::{Currencies, in_use as currency_in_use};
pub use departments::{Departments, entity as department};
pub use holidays::Holidays;
pub use login_logs::LoginLogs;
pub use organizations::Organizations;
pub use payment_terms::PaymentTerms;
pub use rates::ExchangeRates;
pub use roles::Roles;
pub use sessions::Sessions;
pub use support_consents::SupportConsents;
pub use unit_conversions::UnitConversions;
pub use units::{ConvertQuery, Converted, Rounding, Units, convert_quantity};
pub use user_posts::{UserPosts, entity as user_post};
pub use user_roles::UserRoles;
pub use users::Users;

use kernel::{Permission, Realm, boxed};
use people::{api_keys::tenant as api_keys, explain::tenant as explain, login_logs::tenant as login_logs, sessions::tenant as sessions};
use resource::{Create, Delete, Module, Read, ResourceInfo};

/// What was planned for a day of a company is so when the day has come: moves of departments, primary posts.
///
/// # Errors
/// What could not be; the rest is done.
#[boxed(?Send)]
pub async fn settle_the_day(door: &auth::SystemDoor, today: kernel::Day) -> kernel::Result<()> {
    let moved = departments::places::settle(door, today).await;
    user_posts::settle(door, today).await.and(moved)
}

/// The domain, for the gateway.
#[must_use]
pub fn module() -> Module {
    Module {
        code: "adm",
        realm: Realm::Tenant,
        title: "회사 관리 · the company itself",
        routes: |cfg| {
            cfg.service(
                envelope::web::scope("/adm")
                    .service(resource::plain::<Organizations>())
                    .service(departments::routes())
                    .service(events::routes())
                    .service(roles::routes())
                    .service(users::routes())
                    .service(user_roles::routes())
                    .service(user_posts::routes())
                    .service(sessions::routes())
                    .service(resource::reading::<LoginLogs>())
                    .service(api_keys::routes())
                    .service(support_consents::routes())
                    .service(explain::routes())
                    .service(resource::plain::<Currencies>())
                    .service(rates::routes())
                    .service(units::routes())
                    .service(unit_conversions::routes())
                    .service(payment_terms::routes())
                    .service(resource::plain::<CodeGroups>())
                    .service(resource::plain::<Codes>())
                    .service(resource::plain::<Holidays>())
                    .service(calendar::routes())
                    .service(settings::routes())
                    .service(document_series::routes()),
            );
        },
        migrations: migrations::all,
        resources: vec![
            ResourceInfo::of::<Organizations>("/adm/organizations"),
            ResourceInfo::of::<Departments>("/adm/departments"),
            ResourceInfo::of::<Roles>("/adm/roles"),
            ResourceInfo::of::<Users>("/adm/users"),
            ResourceInfo::of::<UserRoles>("/adm/user-roles"),
            ResourceInfo::of::<UserPosts>("/adm/user-posts"),
            ResourceInfo::only::<LoginLogs>("/adm/login-logs", &[Read::<LoginLogs>::KEY]),
            ResourceInfo::only::<Sessions>("/adm/sessions", &[Read::<Sessions>::KEY, Delete::<Sessions>::KEY]),
            ResourceInfo::of::<ApiKeys>("/adm/api-keys"),
            ResourceInfo::of::<Currencies>("/adm/currencies"),
            ResourceInfo::of::<ExchangeRates>("/adm/exchange-rates"),
            ResourceInfo::of::<Units>("/adm/units"),
            ResourceInfo::of::<UnitConversions>("/adm/unit-conversions"),
            ResourceInfo::of::<PaymentTerms>("/adm/payment-terms"),
            ResourceInfo::of::<CodeGroups>("/adm/code-groups"),
            ResourceInfo::of::<Codes>("/adm/codes"),
            ResourceInfo::of::<Holidays>("/adm/holidays"),
            ResourceInfo::only::<SupportConsents>("/adm/support-consents", &[Read::<SupportConsents>::KEY, Create::<SupportConsents>::KEY]),
        ],
        permissions: vec![
            events::ReadEvents::KEY,
            sessions::RevokeAllOf::KEY,
            explain::Explain::KEY,
            settings::ReadSettings::KEY,
            settings::UpdateSettings::KEY,
            document_series::ReadSeries::KEY,
            document_series::UpdateSeries::KEY,
        ],
        public_paths: &[],
        rules: rules::RULES,
        events: &[
            "adm.document_series.updated",
            "adm.impersonation.ended",
            "adm.impersonation.started",
            "adm.session.revoked",
            "adm.setting.updated",
            "adm.user.sessions_revoked",
        ],
    }
}
