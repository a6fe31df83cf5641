//! What needs two domains, or both databases. Imported by the gateway only.
//!
//! A domain never writes in another one; what must be written in two lives here, as a
//! function with a name from the trade.

pub mod auditing;
pub mod demo;
mod housekeeping;
pub mod provisioning;
pub mod schedule;
pub mod subscribers;
mod timeline;
pub mod worker;

pub use auditing::audt_module;
pub use timeline::crm_module;

use paperclip::actix::web;
use resource::Module;

/// `tnnt` with the way a company is made.
#[must_use]
pub fn tnnt_module() -> Module {
    Module {
        routes: |cfg| {
            cfg.service(tnnt::scope(web::post().to(provisioning::create)));
        },
        ..tnnt::module()
    }
}
