//! Who reads which events: one line a reader, to be read from top to bottom.
//!
//! A reader gets a company's events in order, at least once each, and may get one again: it
//! derives what is missing from the facts and does only that.

use crate::{auditing, worker::Workplace};
use auth::mailing;
use futures_util::future::LocalBoxFuture;
use kernel::{Realm, Result};
use store::Published;
use uuid::Uuid;

/// What a reader does with events of one company, `None` being the provider itself.
pub type Read = for<'a> fn(&'a Workplace, Option<Uuid>, &'a [Published]) -> LocalBoxFuture<'a, Result<()>>;

/// One line of the table.
pub struct Reader {
    /// Its name in `outbox_cursors`; never changes.
    pub name: &'static str,
    /// Whose events.
    pub realms: &'static [Realm],
    /// Which kinds of events; the others are passed by.
    pub wants: fn(&str) -> bool,
    /// Whether it rests while the company is suspended.
    pub pauses: bool,
    pub read: Read,
}

const COMPANIES: &[Realm] = &[Realm::Tenant];
const BOTH: &[Realm] = &[Realm::Manager, Realm::Tenant];

fn all(_: &str) -> bool {
    true
}

/// The readers, in the order in which they are served.
#[must_use]
pub fn readers() -> Vec<Reader> {
    vec![
        Reader {
            name: "audit",
            realms: BOTH,
            wants: all,
            pauses: false,
            read: |work, company, _| Box::pin(auditing::take_up(work, company)),
        },
        Reader {
            name: "audit-alerts",
            realms: BOTH,
            wants: all,
            pauses: false,
            read: |work, company, events| Box::pin(auditing::alerts::raise(work, company, events)),
        },
        Reader {
            name: "ledger-months",
            realms: COMPANIES,
            // documents post without an event of the entry's own; where nothing is new, it is two reads
            wants: |kind| kind.starts_with("fim."),
            pauses: false,
            read: |work, company, _| {
                let door = work.platform.act_as_system(Realm::Tenant, company, "ledger-months");
                Box::pin(async move {
                    while door.write(ledger::sums::catch_up).await? {}
                    Ok(())
                })
            },
        },
        Reader {
            name: "invoice-transmission",
            realms: COMPANIES,
            wants: |kind| kind == "fim.invoice.sent",
            pauses: false,
            read: |work, company, events| {
                let door = work.platform.act_as_system(Realm::Tenant, company, "invoice-transmission");
                Box::pin(async move {
                    for event in events {
                        fim::invoices::transmit(&door, &fim::invoices::provider::Simulator, event.aggregate_id).await?;
                    }
                    Ok(())
                })
            },
        },
        Reader {
            name: "mail-password-reset",
            realms: BOTH,
            wants: |kind| kind == "auth.password_reset.requested",
            pauses: true,
            read: |work, company, events| {
                Box::pin(async move {
                    for event in events {
                        mailing::password_reset(&work.platform, company, event.id, &event.payload).await?;
                    }
                    Ok(())
                })
            },
        },
        Reader {
            name: "mail-credentials-changed",
            realms: BOTH,
            wants: |kind| kind == "auth.credentials.changed",
            pauses: true,
            read: |work, company, events| {
                Box::pin(async move {
                    for event in events {
                        mailing::credentials_changed(&work.platform, company, &event.payload).await?;
                    }
                    Ok(())
                })
            },
        },
        Reader {
            name: "mail-invitation",
            realms: COMPANIES,
            wants: |kind| kind == "adm.user.invited",
            pauses: true,
            read: |work, company, events| {
                Box::pin(async move {
                    for event in events {
                        mailing::invitation(&work.platform, company, event.id, &event.payload).await?;
                    }
                    Ok(())
                })
            },
        },
    ]
}
