//! ACTIVE ⇄ INACTIVE, ACTIVE ⇄ SUSPENDED, and CLOSED from everywhere: by actions only.

use super::{
    entity::Status,
    merges::{is_merged, locked},
};
use kernel::Result;
use resource::{Acting, Action, action};
use uuid::Uuid;

pub(super) fn actions() -> Vec<Action> {
    use Status::{Active, Closed, Inactive, Suspended};
    vec![
        action("activate", "activated", "Do business with a customer again")
            .locks_first(not_merged)
            .from(&[Inactive, Suspended])
            .to(Active),
        action("deactivate", "deactivated", "Set a customer aside: nothing is going on with it")
            .locks_first(not_merged)
            .from(&[Active])
            .to(Inactive),
        action("suspend", "suspended", "Suspend a customer: no new business until it is activated again")
            .locks_first(not_merged)
            .from(&[Active])
            .to(Suspended),
        action("close", "closed", "Close a customer for good").from(&[Active, Inactive, Suspended]).to(Closed),
    ]
}

/// Refuses one that was merged, and says into which: "it is closed" would not say enough.
async fn not_merged(cx: &Acting<'_>, id: Uuid) -> Result<()> {
    match locked(cx.tx, id).await?.and_then(|row| row.merged_into_id) {
        Some(into) => Err(is_merged(into)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::actions;

    /// Where a customer can go from here.
    fn leads_to(status: &str) -> Vec<String> {
        let mut actions = actions();
        actions.retain(|action| action.from.iter().any(|from| from == status));
        actions.into_iter().filter_map(|action| action.to).collect()
    }

    #[test]
    fn everything_closes_and_nothing_opens_again() {
        assert_eq!(leads_to("ACTIVE"), ["INACTIVE", "SUSPENDED", "CLOSED"]);
        for status in ["INACTIVE", "SUSPENDED"] {
            assert_eq!(leads_to(status), ["ACTIVE", "CLOSED"]);
        }
        assert!(leads_to("CLOSED").is_empty());
    }
}
