//! The windows of one process.

use crate::{
    Rule, Subject, Verdict, Window,
    window::{HOUR, Standing},
};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

const SHARDS: usize = 64;

/// Windows in the memory of this process, for a bounded number of callers.
///
/// When there are more, those who would lose least are forgotten: first whoever is free again anyway, then those with the fewest hits. A
/// flood of addresses with one request each pushes out itself, not the one that has used up its limit.
#[derive(Debug)]
pub struct Local {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    /// Callers one shard holds.
    room: usize,
}

type Shard = HashMap<Subject, Windows>;

/// The windows of one caller, by the name of their rule. There are one to three.
#[derive(Debug, Default)]
struct Windows(Vec<(&'static str, Window)>);

impl Windows {
    fn of(&mut self, rule: &Rule) -> &mut Window {
        let at = self.0.iter().position(|(name, _)| *name == rule.name).unwrap_or_else(|| {
            self.0.reserve_exact(1);
            self.0.push((rule.name, Window::new(rule.span)));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    /// What would be lost with it: hits, and how recent they are.
    fn weight(&self) -> (u32, i64) {
        let most = self.0.iter().map(|(_, window)| window.total()).max();
        (most.unwrap_or_default(), self.last())
    }

    fn last(&self) -> i64 {
        self.0.iter().filter_map(|(_, window)| window.last()).max().unwrap_or(i64::MIN)
    }
}

impl Local {
    /// For about so many callers at a time.
    #[must_use]
    pub fn new(callers: usize) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, hasher: RandomState::new(), room: (callers / SHARDS).max(4) }
    }

    /// One hit under all rules at once: counted under each of them, or under none.
    pub fn hit(&self, subject: Subject, rules: &[Rule], now: i64) -> Verdict {
        self.with(subject, now, |windows| {
            let mut standings = [Standing::default(); 4];
            let standings = &mut standings[..rules.len().min(4)];
            for (rule, standing) in rules.iter().zip(standings.iter_mut()) {
                let window = windows.of(rule);
                window.forget(now);
                *standing = window.standing(now, rule.hits);
            }
            if standings.iter().all(|standing| standing.wait == 0) {
                for (rule, standing) in rules.iter().zip(standings.iter_mut()) {
                    let window = windows.of(rule);
                    window.count(now);
                    *standing = Standing { wait: 0, ..window.standing(now, rule.hits) };
                }
            }
            Verdict::of(rules, standings)
        })
    }

    /// Counts what was allowed elsewhere.
    pub(crate) fn note(&self, subject: Subject, rules: &[Rule], now: i64) {
        self.with(subject, now, |windows| {
            for rule in rules {
                let window = windows.of(rule);
                window.forget(now);
                window.count(now);
            }
        });
    }

    /// Callers that are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn with<T>(&self, subject: Subject, now: i64, work: impl FnOnce(&mut Windows) -> T) -> T {
        // the top bits: the map of the shard uses the low ones of its own hash
        let shard = usize::try_from(self.hasher.hash_one(subject) >> 58).unwrap_or_default();
        let mut shard = lock(&self.shards[shard % SHARDS]);
        if !shard.contains_key(&subject) && shard.len() >= self.room {
            make_room(&mut shard, self.room * 3 / 4, now);
        }
        work(shard.entry(subject).or_default())
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn make_room(shard: &mut Shard, keep: usize, now: i64) {
    shard.retain(|_, windows| windows.last() + HOUR > now);
    if shard.len() <= keep {
        return;
    }
    let mut weights: Vec<((u32, i64), Subject)> = shard.iter().map(|(subject, windows)| (windows.weight(), *subject)).collect();
    let lose = weights.len() - keep;
    weights.select_nth_unstable_by_key(lose, |(weight, _)| *weight);
    for (_, subject) in &weights[..lose] {
        shard.remove(subject);
    }
}

#[cfg(test)]
mod tests {
    use super::Local;
    use crate::{HOUR, Rule, Span, Subject};
    use std::net::Ipv4Addr;

    const RULE: Rule = Rule { name: "general", span: Span::Hour, hits: 100 };
    const NOW: i64 = 1_790_000_000_000_000;

    fn address(n: u32) -> Subject {
        Subject::address(Ipv4Addr::from(n).into())
    }

    #[test]
    fn a_million_addresses_take_bounded_room_and_free_nobody() {
        let local = Local::new(10_000);
        let busy = address(u32::MAX);
        for _ in 0..100 {
            assert_eq!(local.hit(busy, &[RULE], NOW).refused, None);
        }
        for n in 0..1_000_000 {
            assert_eq!(local.hit(address(n), &[RULE], NOW).refused, None);
        }
        assert!(local.len() <= 10_000, "{}", local.len());
        assert!(local.hit(busy, &[RULE], NOW).refused.is_some());
        assert_eq!(local.hit(busy, &[RULE], NOW + HOUR).refused, None);
    }

    #[test]
    fn a_hit_counts_under_all_rules_or_under_none() {
        let (local, tight) = (Local::new(1000), Rule { name: "login", hits: 60, ..RULE });
        for n in 0..60 {
            let verdict = local.hit(address(1), &[RULE, tight], NOW);
            assert_eq!((verdict.limit, verdict.remaining, verdict.refused), (60, 59 - n, None));
        }
        for _ in 0..50 {
            assert_eq!(local.hit(address(1), &[RULE, tight], NOW).refused, Some(HOUR));
        }
        let verdict = local.hit(address(1), &[RULE], NOW);
        assert_eq!((verdict.limit, verdict.remaining), (100, 39), "what was refused was not counted");
        assert_eq!(local.hit(address(2), &[RULE, tight], NOW).remaining, 59, "another address");
    }

    #[test]
    fn many_at_once_are_counted_exactly() {
        let local = Local::new(1000);
        let admitted: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..500).filter(|_| local.hit(address(1), &[RULE], NOW).refused.is_none()).count()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(admitted, 100);
    }
}
