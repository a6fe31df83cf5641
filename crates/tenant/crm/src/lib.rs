//! Customers: whom the company sells to, and the people it talks to there.
//!
//! Words: a *partner* is another business the company deals with, in one table for both sides of trade: a *customer* is a
//! partner of type CUSTOMER or BOTH, a vendor one of type SUPPLIER or BOTH (shown by `psm`). A *contact* is a person at a partner.
//!
//! Invariants: among a company's live partners a code and a business number are there once; a contact can be reached by
//! telephone, mobile or e-mail, and at most one of a partner's contacts is the primary one. Addresses, bank accounts and
//! who looks after a partner are lines: written, shown and deleted with it. A customer that was merged into another is
//! closed, keeps its id and says where it went (`merged_into_id`); nothing new refers to it, and the merge can be undone.
//!
//! An *opportunity* (deal) goes from stage to stage until it is won, lost or given up; an *activity* is what is done with a customer.
//! Stage and status of a deal never contradict, it stands at one place at a time, the seconds it stood at each sum to its age, and what
//! is expected of it is its amount × probability. A deal's contact is at its customer; so are those of its activities. An activity is
//! followed up once.
//!
//! Tables: `crm_partners`, `crm_partner_contacts`, `crm_partner_addresses`, `crm_partner_banks`, `crm_partner_managers`,
//! `crm_partner_merges`, `crm_opportunities`, `crm_opportunity_stages`, `crm_activities`.
//!
//! Events: `crm.customer.created | updated | deleted | activated | deactivated | suspended | closed | merged | unmerged`,
//! `crm.contact.created | updated | deleted`, `crm.opportunity.created | updated | deleted | moved | won | lost | cancelled |
//! reopened`, `crm.activity.created | updated | deleted | started | completed | cancelled`.

mod activities;
pub mod contacts;
mod customers;
pub mod demo;
mod migrations;
mod opportunities;
mod partners;
mod related;
pub mod rules;

pub use self::contacts as contact;
pub use activities::{Activities, entity as activity};
pub use contacts::Contacts;
pub use customers::{
    Customers, Merge, MergeWanted, Unmerge, UnmergeWanted, demo as demo_customers, entity as partner, merge, plain_name,
    suppliers as demo_suppliers, unmerge,
};
pub use opportunities::{Opportunities, entity as opportunity, stages};
pub use partners::Partners;

use kernel::{Permission, Realm};
use resource::{Module, ResourceInfo};

/// The domain, for the gateway.
#[must_use]
pub fn module() -> Module {
    Module {
        code: "crm",
        realm: Realm::Tenant,
        title: "고객 관리 · customers",
        routes: |cfg| {
            cfg.service(
                envelope::web::scope("/crm")
                    .service(customers::routes())
                    .service(resource::reading::<Partners>())
                    .service(resource::plain::<Contacts>())
                    .service(opportunities::routes())
                    .service(activities::routes()),
            );
        },
        migrations: migrations::all,
        resources: vec![
            ResourceInfo::of::<Customers>("/crm/customers"),
            ResourceInfo::only::<Partners>("/crm/partners", &[resource::Read::<Partners>::KEY]),
            ResourceInfo::of::<Contacts>("/crm/contacts"),
            ResourceInfo::of::<Opportunities>("/crm/opportunities"),
            ResourceInfo::of::<Activities>("/crm/activities"),
        ],
        permissions: vec![customers::Merge::KEY, customers::Unmerge::KEY],
        public_paths: &[],
        rules: rules::RULES,
        events: &["crm.customer.merged", "crm.customer.unmerged"],
    }
}
