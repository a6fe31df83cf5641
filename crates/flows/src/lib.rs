//! What needs two domains, or both databases. Imported by the gateway only.
//!
//! A domain never writes in another one; what must be written in two lives here, as a
//! function with a name from the trade. Here are also the lists that join the domains: which
//! [`consumers`] get the events, which [`jobs`] are due by the clock.

pub mod background;
pub mod consumers;
mod dead_letters;
pub mod demo;
mod housekeeping;
pub mod jobs;
mod merging;
pub mod provisioning;
pub mod rules;
mod timeline;

use envelope::web;
use resource::Module;

/// `audt` with the replay of dead letters, for which all consumers must be known.
#[must_use]
pub fn audt_module() -> Module {
    Module {
        routes: |cfg| {
            dead_letters::routes(cfg);
            (audt::module().routes)(cfg);
        },
        ..audt::module()
    }
}

/// `crm` with the timeline of a customer, to which other domains add their part, and with merges, which the ledger knows of.
#[must_use]
pub fn crm_module() -> Module {
    Module {
        routes: |cfg| {
            timeline::routes(cfg);
            merging::routes(cfg);
            (crm::module().routes)(cfg);
        },
        ..crm::module()
    }
}

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
