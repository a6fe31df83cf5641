//! The way of a deal as such: which step leads where, what it is worth, how long it stood. Pure.

use super::entity::{Stage, Status};
use kernel::{Error, Money, Result, Timestamp};
use sea_orm::ActiveEnum as _;

/// The stages of a deal that is open, in order.
pub(crate) const OPEN: [Stage; 5] = [Stage::Lead, Stage::Qualified, Stage::Proposal, Stage::Negotiation, Stage::Closing];

/// What somebody does with a deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Move(Stage),
    Win,
    Lose,
    Cancel,
    Reopen,
}

impl Stage {
    #[must_use]
    pub fn is_open(self) -> bool {
        OPEN.contains(&self)
    }

    /// One step back and one forward, among the open ones.
    fn beside(self) -> Vec<Self> {
        let Some(at) = OPEN.iter().position(|stage| *stage == self) else { return Vec::new() };
        at.checked_sub(1).into_iter().chain([at + 1]).filter_map(|at| OPEN.get(at).copied()).collect()
    }
}

/// Where a step leads from a state that its action starts in; none: it stands there already. `last_open` is the stage it had before it
/// was closed, where it goes back to.
///
/// # Errors
/// 409 for a move that is more than one step, or of a deal that is closed: with the stages that are possible instead.
pub(crate) fn after(stage: Stage, status: Status, verb: Verb, last_open: Stage) -> Result<Option<(Stage, Status)>> {
    let open = status == Status::Open;
    match verb {
        Verb::Move(to) if open && to == stage => Ok(None),
        Verb::Move(to) if open && stage.beside().contains(&to) => Ok(Some((to, Status::Open))),
        Verb::Move(_) => {
            let words: Vec<String> = if open { stage.beside().iter().map(Stage::to_value).collect() } else { Vec::new() };
            let from = if open { stage.to_value() } else { status.to_value() };
            Err(Error::transition(&from, &words.iter().map(String::as_str).collect::<Vec<_>>()))
        }
        Verb::Win => Ok(Some((Stage::Won, Status::Won))),
        Verb::Lose => Ok(Some((Stage::Lost, Status::Lost))),
        Verb::Cancel => Ok(Some((stage, Status::Cancelled))),
        Verb::Reopen => Ok(Some((last_open, Status::Open))),
    }
}

/// Percent nobody can set otherwise.
#[must_use]
pub(crate) fn certain(status: Status) -> Option<i32> {
    match status {
        Status::Open => None,
        Status::Won => Some(100),
        Status::Lost | Status::Cancelled => Some(0),
    }
}

/// The smallest part of a currency, in the units amounts are kept in.
#[must_use]
pub(crate) fn money_unit(decimal_places: i32) -> i64 {
    let places = u32::try_from(decimal_places).unwrap_or_default().min(Money::SCALE);
    10_i64.pow(Money::SCALE - places)
}

/// `amount` × `percent` / 100, rounded half up to whole `unit`s. The table checks the same sum.
#[must_use]
pub(crate) fn expected(amount: Money, percent: i32, unit: i64) -> Money {
    let (parts, percent) = (amount.0 / unit, i64::from(percent));
    // the hundreds and what is left of them apart: the product of both never grows beyond 64 bits
    Money((parts / 100 * percent + (parts % 100 * percent + 50) / 100) * unit)
}

/// Seconds from one moment to another, each cut to its second: what lies side by side sums to what it covers.
#[must_use]
pub(crate) fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.unix_seconds() - from.unix_seconds()
}

#[cfg(test)]
mod tests {
    use super::{Error, Money, OPEN, Result, Stage, Status, Timestamp, Verb, after, certain, expected, money_unit, seconds};
    use crate::opportunities::Opportunities;
    use proptest::prelude::*;
    use resource::{Action, Resource as _};
    use rust_decimal::{Decimal, RoundingStrategy};
    use sea_orm::ActiveEnum as _;

    const ALL: [Stage; 7] = [Stage::Lead, Stage::Qualified, Stage::Proposal, Stage::Negotiation, Stage::Closing, Stage::Won, Stage::Lost];

    fn verbs() -> impl Strategy<Value = Verb> {
        prop_oneof![
            prop::sample::select(ALL.to_vec()).prop_map(Verb::Move),
            prop::sample::select(vec![Verb::Win, Verb::Lose, Verb::Cancel, Verb::Reopen]),
        ]
    }

    /// The action of a step, where it is declared as possible in a state and not done already.
    fn possible(actions: &[Action], verb: Verb, status: Status) -> Option<&Action> {
        let name = match verb {
            Verb::Move(_) => "move",
            Verb::Win => "win",
            Verb::Lose => "lose",
            Verb::Cancel => "cancel",
            Verb::Reopen => "reopen",
        };
        let is = status.to_value();
        let action = actions.iter().find(|action| action.verb == name).unwrap();
        (action.to.as_ref() != Some(&is) && (action.from.is_empty() || action.from.contains(&is))).then_some(action)
    }

    fn allowed(answer: Result<Option<(Stage, Status)>, Error>) -> serde_json::Value {
        answer.unwrap_err().detail(kernel::Lang::En)["allowed"].clone()
    }

    #[test]
    fn a_move_is_one_step() {
        let to = |from, to| after(from, Status::Open, Verb::Move(to), Stage::Lead);
        assert_eq!(to(Stage::Lead, Stage::Qualified).unwrap(), Some((Stage::Qualified, Status::Open)));
        assert_eq!(to(Stage::Closing, Stage::Negotiation).unwrap(), Some((Stage::Negotiation, Status::Open)));
        assert_eq!(to(Stage::Proposal, Stage::Proposal).unwrap(), None);
        assert_eq!(allowed(to(Stage::Lead, Stage::Proposal)), serde_json::json!(["QUALIFIED"]));
        assert_eq!(allowed(to(Stage::Closing, Stage::Won)), serde_json::json!(["NEGOTIATION"]), "won is not moved to");
        assert_eq!(allowed(after(Stage::Won, Status::Won, Verb::Move(Stage::Closing), Stage::Closing)), serde_json::json!([]));
        assert_eq!(allowed(after(Stage::Lead, Status::Cancelled, Verb::Move(Stage::Lead), Stage::Lead)), serde_json::json!([]));
    }

    proptest! {
        /// However it is treated, stage and status agree, the same step again changes nothing, and it takes one step at a time.
        #[test]
        fn stage_and_status_never_contradict(steps in prop::collection::vec(verbs(), 0..60)) {
            let actions = Opportunities::actions();
            let (mut stage, mut status, mut last_open) = (Stage::Lead, Status::Open, Stage::Lead);
            for verb in steps {
                let Some(action) = possible(&actions, verb, status) else { continue };
                let Ok(Some((to, then))) = after(stage, status, verb, last_open) else { continue };
                prop_assert_eq!(action.to.clone().unwrap_or(status.to_value()), then.to_value(), "what is declared is so");
                prop_assert_eq!(then == Status::Won, to == Stage::Won);
                prop_assert_eq!(then == Status::Lost, to == Stage::Lost);
                prop_assert!(status != Status::Won, "what is won stays won");
                if let Verb::Move(_) = verb {
                    let at = |stage| OPEN.iter().position(|open| *open == stage).unwrap();
                    prop_assert_eq!(at(stage).abs_diff(at(to)), 1);
                }
                if then == Status::Open {
                    prop_assert!(to.is_open());
                    last_open = to;
                }
                (stage, status) = (to, then);
                let again = possible(&actions, verb, status).and_then(|_| after(stage, status, verb, last_open).unwrap());
                prop_assert_eq!(again, None);
            }
        }

        /// The sum by whole numbers is the sum by decimals.
        #[test]
        fn what_is_expected_is_rounded_by_the_currency(parts in 0_i64..=i64::MAX / 10_000, percent in 0_i32..=100, places in 0_i32..=4) {
            let unit = money_unit(places);
            let amount = Money(parts.min(i64::MAX / unit) * unit);
            let exact = amount.to_decimal() * Decimal::from(percent) / Decimal::ONE_HUNDRED;
            let rounded = exact.round_dp_with_strategy(u32::try_from(places).unwrap(), RoundingStrategy::MidpointAwayFromZero);
            let sum = expected(amount, percent, unit);
            prop_assert_eq!(sum.to_decimal(), rounded.normalize());
            prop_assert!(sum <= amount && sum.0 % unit == 0);
        }

        /// What a deal stood in each stage sums to its age, whenever it moved.
        #[test]
        fn days_in_stages_sum_to_the_age(moments in prop::collection::vec(0_i64..4_000_000_000_000_000, 1..40)) {
            let mut moments = moments;
            moments.sort_unstable();
            let at: Vec<Timestamp> = moments.into_iter().map(|micros| Timestamp::from_unix_micros(micros).unwrap()).collect();
            let spans: i64 = at.windows(2).map(|pair| seconds(pair[0], pair[1])).sum();
            prop_assert_eq!(spans, seconds(at[0], at[at.len() - 1]));
        }
    }

    #[test]
    fn what_is_settled_is_certain() {
        let of = [Status::Open, Status::Won, Status::Lost, Status::Cancelled].map(certain);
        assert_eq!(of, [None, Some(100), Some(0), Some(0)]);
        assert_eq!([0, 2, 3, 4].map(money_unit), [10_000, 100, 10, 1]);
        assert_eq!(expected(Money(12_345_670_000), 25, 10_000), Money(3_086_420_000), "a quarter of 1,234,567 won is 308,642");
    }
}
