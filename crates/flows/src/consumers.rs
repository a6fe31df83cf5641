//! Who consumes which events: one line a consumer, to be read from top to bottom.

use audt::auditing;
use kernel::Realm;
use signin::emails;
use worker::Consumer;

const COMPANIES: &[Realm] = &[Realm::Tenant];
const BOTH: &[Realm] = &[Realm::Manager, Realm::Tenant];

fn all(_: &str) -> bool {
    true
}

/// The consumers, in the order in which they are served.
#[must_use]
pub fn consumers() -> Vec<Consumer> {
    vec![
        Consumer {
            name: "audit",
            realms: BOTH,
            wants: all,
            pauses: false,
            handle: |work, company, _| Box::pin(auditing::extend_chain(&work.platform, company)),
        },
        Consumer {
            name: "audit-alerts",
            realms: BOTH,
            wants: all,
            pauses: false,
            handle: |work, company, events| Box::pin(auditing::alerts::raise(&work.platform, company, events)),
        },
        Consumer {
            name: "ledger-months",
            realms: COMPANIES,
            // documents post without an event of the entry's own; where nothing is new, it is two reads
            wants: |kind| kind.starts_with("fim."),
            pauses: false,
            handle: |work, company, _| {
                let door = work.platform.act_as_system(Realm::Tenant, company, "ledger-months");
                Box::pin(async move {
                    while door.write(ledger::sums::catch_up).await? {}
                    Ok(())
                })
            },
        },
        Consumer {
            name: "invoice-transmission",
            realms: COMPANIES,
            wants: |kind| kind == "fim.invoice.sent",
            pauses: false,
            handle: |work, company, events| {
                let door = work.platform.act_as_system(Realm::Tenant, company, "invoice-transmission");
                Box::pin(async move {
                    for event in events {
                        fim::invoices::transmit(&door, &fim::invoices::provider::Simulator, event.aggregate_id).await?;
                    }
                    Ok(())
                })
            },
        },
        Consumer {
            name: "mail-password-reset",
            realms: BOTH,
            wants: |kind| kind == "auth.password_reset.requested",
            pauses: true,
            handle: |work, company, events| {
                Box::pin(async move {
                    for event in events {
                        emails::password_reset(&work.platform, company, event.id, &event.payload).await?;
                    }
                    Ok(())
                })
            },
        },
        Consumer {
            name: "mail-credentials-changed",
            realms: BOTH,
            wants: |kind| kind == "auth.credentials.changed",
            pauses: true,
            handle: |work, company, events| {
                Box::pin(async move {
                    for event in events {
                        emails::credentials_changed(&work.platform, company, &event.payload).await?;
                    }
                    Ok(())
                })
            },
        },
        Consumer {
            name: "mail-invitation",
            realms: COMPANIES,
            wants: |kind| kind == "adm.user.invited",
            pauses: true,
            handle: |work, company, events| {
                Box::pin(async move {
                    for event in events {
                        emails::invitation(&work.platform, company, event.id, &event.payload).await?;
                    }
                    Ok(())
                })
            },
        },
    ]
}
