//! Counting what happened within a span of time, without a list of when.

use std::collections::VecDeque;

/// An hour in microseconds, the unit of time of this crate.
pub const HOUR: i64 = 3_600_000_000;

/// A span that moves with the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Hour,
    TenSeconds,
}

impl Span {
    /// Its length in microseconds.
    #[must_use]
    pub const fn length(self) -> i64 {
        match self {
            Self::Hour => HOUR,
            Self::TenSeconds => HOUR / 360,
        }
    }

    /// Hits that are counted as one run: those of a minute of the hour, of a second of the ten.
    #[must_use]
    pub const fn run(self) -> i64 {
        match self {
            Self::Hour => HOUR / 60,
            Self::TenSeconds => HOUR / 3600,
        }
    }
}

/// So many hits within a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Rules of one name count together.
    pub name: &'static str,
    pub span: Span,
    pub hits: u32,
}

/// Hits that are forgotten together, when the last of them is old enough.
#[derive(Clone, Copy, Debug)]
struct Run {
    last: i64,
    count: u32,
}

/// The hits of one caller under one rule.
///
/// A run keeps the time of its last hit and is forgotten when that is a span old. So no hit is forgotten too early (never more than the
/// limit in any span), what came at one moment is free again exactly a span later, and what came over a minute at most a minute later
/// than it might. At most 61 runs are kept.
#[derive(Clone, Debug)]
pub struct Window {
    span: Span,
    runs: VecDeque<Run>,
}

/// How a window stands towards its rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub total: u32,
    /// Microseconds until more is free than now; 0 when all is free.
    pub free_in: i64,
    /// Microseconds until the rule allows one more; 0 when it does.
    pub wait: i64,
}

impl Window {
    #[must_use]
    pub fn new(span: Span) -> Self {
        Self { span, runs: VecDeque::new() }
    }

    /// Lets go of what is a span old, and of what would come to pass only a span from now: the clock was set back.
    pub(crate) fn forget(&mut self, now: i64) {
        let length = self.span.length();
        while self.runs.front().is_some_and(|run| run.last + length <= now || run.last > now + length) {
            self.runs.pop_front();
        }
    }

    #[must_use]
    pub(crate) fn total(&self) -> u32 {
        self.runs.iter().fold(0, |total, run| total.saturating_add(run.count))
    }

    /// When it was hit last.
    #[must_use]
    pub(crate) fn last(&self) -> Option<i64> {
        self.runs.back().map(|run| run.last)
    }

    /// How it stands, after [`Window::forget`].
    #[must_use]
    pub(crate) fn standing(&self, now: i64, hits: u32) -> Standing {
        let until = |run: &Run| run.last + self.span.length() - now;
        let total = self.total();
        let mut standing = Standing { total, free_in: self.runs.front().map_or(0, until), wait: 0 };
        if total >= hits {
            let mut left = total;
            let enough = self.runs.iter().find(|run| {
                left = left.saturating_sub(run.count);
                left < hits
            });
            standing.wait = enough.map_or(self.span.length(), until);
        }
        standing
    }

    /// Counts one more, whatever the rule says.
    pub(crate) fn count(&mut self, now: i64) {
        let run = self.span.run();
        match self.runs.back_mut() {
            // a request that read the clock a moment earlier than another may be counted after it
            Some(newest) if now <= newest.last || now.div_euclid(run) == newest.last.div_euclid(run) => {
                newest.last = newest.last.max(now);
                newest.count = newest.count.saturating_add(1);
            }
            _ => self.runs.push_back(Run { last: now, count: 1 }),
        }
    }

    /// One hit under one rule: counted when it is allowed.
    pub fn hit(&mut self, now: i64, rule: Rule) -> Verdict {
        self.forget(now);
        let mut standing = self.standing(now, rule.hits);
        if standing.wait == 0 {
            self.count(now);
            standing = Standing { wait: 0, ..self.standing(now, rule.hits) };
        }
        Verdict::of(&[rule], &[standing])
    }
}

/// What a caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The limit that is nearest.
    pub limit: u32,
    /// How many more it allows now.
    pub remaining: u32,
    /// Microseconds until more is free.
    pub reset: i64,
    /// Refused: microseconds until one more is allowed.
    pub refused: Option<i64>,
}

impl Verdict {
    /// Of all rules the one that refuses longest, else the one that is nearest; the first among equals.
    pub(crate) fn of(rules: &[Rule], standings: &[Standing]) -> Self {
        let both = || rules.iter().zip(standings);
        if let Some((rule, standing)) = both().filter(|(_, standing)| standing.wait > 0).max_by_key(|(_, standing)| standing.wait) {
            return Self { limit: rule.hits, remaining: 0, reset: standing.wait, refused: Some(standing.wait) };
        }
        let nearest = both().min_by_key(|(rule, standing)| rule.hits.saturating_sub(standing.total));
        nearest.map_or(Self { limit: 0, remaining: 0, reset: 0, refused: None }, |(rule, standing)| Self {
            limit: rule.hits,
            remaining: rule.hits.saturating_sub(standing.total),
            reset: standing.free_in,
            refused: None,
        })
    }

    /// Whole seconds after which it is true.
    #[must_use]
    pub fn seconds(micros: i64) -> u32 {
        u32::try_from(micros.max(0).div_euclid(1_000_000) + i64::from(micros % 1_000_000 > 0)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::{HOUR, Rule, Span, Verdict, Window};
    use proptest::prelude::*;

    const SECOND: i64 = 1_000_000;

    fn rule(hits: u32) -> Rule {
        Rule { name: "general", span: Span::Hour, hits }
    }

    #[test]
    fn an_hour_later_all_of_it_is_free() {
        let (mut window, start) = (Window::new(Span::Hour), 1_790_000_000_123_456);
        for n in 1..=1000 {
            let verdict = window.hit(start, rule(1000));
            assert_eq!((verdict.refused, verdict.remaining, verdict.reset), (None, 1000 - n, HOUR));
        }
        let refused = Verdict { limit: 1000, remaining: 0, reset: HOUR, refused: Some(HOUR) };
        assert_eq!(window.hit(start, rule(1000)), refused);
        assert_eq!(window.hit(start + HOUR - 1, rule(1000)), Verdict { reset: 1, refused: Some(1), ..refused });
        for _ in 1..=1000 {
            assert_eq!(window.hit(start + HOUR, rule(1000)).refused, None);
        }
        assert!(window.hit(start + HOUR, rule(1000)).refused.is_some());
    }

    #[test]
    fn a_lower_limit_bites_at_once_and_says_how_long() {
        let mut window = Window::new(Span::Hour);
        for minute in 0..10 {
            assert_eq!(window.hit(minute * 60 * SECOND, rule(1000)).refused, None);
        }
        // of ten hits, a minute apart, six must go before a fifth is allowed
        assert_eq!(window.hit(9 * 60 * SECOND, rule(5)).refused, Some(HOUR + 5 * 60 * SECOND - 9 * 60 * SECOND));
        assert_eq!(window.hit(9 * 60 * SECOND, rule(0)).refused, Some(HOUR));
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let mut window = Window::new(Span::Hour);
        assert_eq!(window.hit(100 * HOUR, rule(1)).refused, None);
        assert!(window.hit(100 * HOUR - SECOND, rule(1)).refused.is_some());
        assert_eq!(window.hit(50 * HOUR, rule(1)).refused, None);
    }

    #[test]
    fn seconds_are_rounded_up() {
        assert_eq!([0, 1, 999_999, SECOND, SECOND + 1].map(Verdict::seconds), [0, 1, 1, 1, 2]);
    }

    proptest! {
        /// Against a plain list of when: never more than the limit in any span, and refused only what a list that keeps
        /// each hit for a run longer would refuse, too.
        #[test]
        fn never_more_than_the_limit_and_hardly_less(
            steps in proptest::collection::vec((0i64..4, 0i64..HOUR), 1..400),
            hits in 1u32..30,
            short in any::<bool>(),
        ) {
            let span = if short { Span::TenSeconds } else { Span::Hour };
            let rule = Rule { name: "general", span, hits };
            let (mut window, mut admitted, mut now) = (Window::new(span), Vec::new(), 1_790_000_000_000_000);
            for (scale, step) in steps {
                // from nothing over seconds and minutes to most of a span
                now += step / (HOUR / span.length()) / [10_000_000_000, 3600, 60, 1][usize::try_from(scale).unwrap()];
                let within = |length: i64| admitted.iter().filter(|at| **at > now - length).count();
                let (exact, longer) = (within(span.length()), within(span.length() + span.run()));
                let verdict = window.hit(now, rule);
                if verdict.refused.is_none() {
                    prop_assert!(exact < hits as usize);
                    admitted.push(now);
                } else {
                    prop_assert!(longer >= hits as usize);
                    let wait = verdict.refused.unwrap();
                    prop_assert!(wait > 0 && wait <= span.length());
                    // what is promised is kept
                    prop_assert!(window.clone().hit(now + wait, rule).refused.is_none());
                }
                prop_assert!(window.runs.len() <= 61);
            }
        }
    }
}
