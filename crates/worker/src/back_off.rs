//! How long what failed waits for its next attempt.

use kernel::{Realm, Timestamp};
use std::{cell::RefCell, collections::HashMap};
use uuid::Uuid;

/// Seconds until the next attempt after the first, second … failure in a row.
const SECONDS: [i64; 5] = [1, 5, 30, 120, 600];

/// Seconds until the next attempt, after so many failures in a row before the one that has just happened.
#[must_use]
pub fn back_off(failures: usize) -> i64 {
    SECONDS[failures.min(SECONDS.len() - 1)]
}

/// A piece of a round that may fail by itself: what is done (numbering, a consumer, a job), and for whom.
pub(crate) type Part = (&'static str, Realm, Option<Uuid>);

/// What has failed, how often in a row, and when it is attempted again.
#[derive(Default)]
pub(crate) struct Failing(RefCell<HashMap<Part, (usize, Timestamp)>>);

impl Failing {
    /// Whether a part has failed and its next attempt is still to come.
    pub fn is_waiting(&self, part: &Part, now: Timestamp) -> bool {
        self.0.borrow().get(part).is_some_and(|(_, again)| now < *again)
    }

    pub fn succeeded(&self, part: &Part) {
        self.0.borrow_mut().remove(part);
    }

    /// Notes a failure; answers the seconds until the next attempt.
    pub fn failed(&self, part: Part, now: Timestamp) -> i64 {
        let mut failing = self.0.borrow_mut();
        let (failures, again) = failing.entry(part).or_insert((0, now));
        let wait = back_off(*failures);
        (*failures, *again) = (*failures + 1, now.plus_seconds(wait));
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::{Failing, Realm, Timestamp};

    #[test]
    fn each_failure_in_a_row_waits_longer_and_a_success_begins_anew() {
        let now = Timestamp::parse("2026-12-01T00:00:00Z").unwrap();
        let (failing, part) = (Failing::default(), ("mail", Realm::Tenant, None));
        assert!(!failing.is_waiting(&part, now));
        let waits: Vec<i64> = (0..6).map(|_| failing.failed(part, now)).collect();
        assert_eq!(waits, [1, 5, 30, 120, 600, 600]);
        assert!(failing.is_waiting(&part, now.plus_seconds(599)) && !failing.is_waiting(&part, now.plus_seconds(600)));
        assert!(!failing.is_waiting(&("mail", Realm::Manager, None), now), "others are not held up");
        failing.succeeded(&part);
        assert!(!failing.is_waiting(&part, now));
        assert_eq!(failing.failed(part, now), 1);
    }
}
