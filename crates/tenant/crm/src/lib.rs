//! Customers: whom the company sells to, and the people it talks to there.
//!
//! Words: a *partner* is another business the company deals with, in one table for both sides of trade: a *customer* is a
//! partner of type CUSTOMER or BOTH, a vendor one of type SUPPLIER or BOTH (shown by `psm`). A *contact* is a person at a partner.
//!
//! Invariants: among a company's live partners a code and a business number are there once; a contact can be reached by
//! telephone, mobile or e-mail, and at most one of a partner's contacts is the primary one.
//!
//! Tables: `crm_partners`, `crm_partner_contacts`.
//!
//! Events: `crm.customer.created | updated | deleted`, `crm.contact.created | updated | deleted`.

mod contacts;
mod customers;
mod migrations;

pub use contacts::{Contacts, entity as contact};
pub use customers::{Customers, entity as partner};

use kernel::Realm;
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
                paperclip::actix::web::scope("/crm").service(resource::plain::<Customers>()).service(resource::plain::<Contacts>()),
            );
        },
        migrations: migrations::all,
        resources: vec![ResourceInfo::of::<Customers>("/crm/customers"), ResourceInfo::of::<Contacts>("/crm/contacts")],
        permissions: vec![],
        public_paths: &[],
    }
}
