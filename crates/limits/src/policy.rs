use crate::{Caller, Local, Rule, Shared, Span, Subject, Verdict};
use kernel::{Timestamp, boxed};
use std::{fmt, sync::Arc};

/// Callers whose windows a process holds: about 15 MB of those who came once, 100 MB if all of them came every minute.
const CALLERS: usize = 100_000;
/// Hits within ten seconds that no limit of an hour is too small for.
const BURST: u32 = 1000;

/// What a request is for: some things have a tighter limit of their own, besides the general one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    General,
    /// Only to see what would be: counted apart, so that looking does not use up what doing needs.
    DryRun,
    Login,
    Register,
    ForgotPassword,
    Refresh,
}

impl Purpose {
    /// Its own limit of an hour.
    const fn tight(self) -> Option<Rule> {
        let (name, hits) = match self {
            Self::General | Self::DryRun => return None,
            Self::Login => ("login", 60),
            Self::Register => ("register", 20),
            Self::ForgotPassword => ("forgot-password", 20),
            Self::Refresh => ("refresh", 300),
        };
        Some(Rule { name, span: Span::Hour, hits })
    }
}

/// Other numbers for a single tenant, user or address. Asked at every request: answers from memory.
pub trait Overrides: Send + Sync {
    /// Hits an hour; `None`: the policy's.
    fn hits_per_hour(&self, caller: &Caller) -> Option<u32>;
}

/// How many hits an hour for whom.
#[derive(Clone)]
pub struct Policy {
    /// A user, with all their keys.
    pub authenticated: u32,
    /// The address of somebody unknown.
    pub anonymous: u32,
    pub overrides: Option<Arc<dyn Overrides>>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { authenticated: 1000, anonymous: 100, overrides: None }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} authenticated, {} anonymous", self.authenticated, self.anonymous)
    }
}

impl Policy {
    fn hits_per_hour(&self, caller: &Caller) -> u32 {
        let special = self.overrides.as_ref().and_then(|overrides| overrides.hits_per_hour(caller));
        special.unwrap_or(match caller.subject {
            Subject::User(_) => self.authenticated,
            Subject::Address(_) => self.anonymous,
        })
    }
}

/// Counts requests, here or in Redis.
#[derive(Debug)]
pub struct Limits {
    policy: Policy,
    local: Local,
    shared: Option<Shared>,
}

impl Limits {
    #[must_use]
    pub fn new(policy: Policy, shared: Option<Shared>) -> Self {
        Self { policy, local: Local::new(CALLERS), shared }
    }

    /// One request: whether it is allowed, and how the caller stands.
    #[boxed(?Send)]
    pub async fn hit(&self, caller: &Caller, purpose: Purpose, now: Timestamp) -> Verdict {
        let hits = self.policy.hits_per_hour(caller);
        let name = if purpose == Purpose::DryRun { "dry-run" } else { "general" };
        let general = Rule { name, span: Span::Hour, hits };
        let mut rules = [general; 3];
        let mut count = 1;
        let burst = (hits / 10).max(BURST);
        // where an hour allows no more, there is nothing to spread
        let spread = (hits > burst).then_some(Rule { name: "burst", span: Span::TenSeconds, hits: burst });
        for rule in purpose.tight().into_iter().chain(spread) {
            rules[count] = rule;
            count += 1;
        }
        let (rules, now) = (&rules[..count], now.unix_micros());
        if let Some(shared) = &self.shared
            && let Some(verdict) = shared.hit(caller.subject, rules, now).await
        {
            if verdict.refused.is_none() {
                // what this node has allowed it still knows when Redis is away
                self.local.note(caller.subject, rules, now);
            }
            return verdict;
        }
        self.local.hit(caller.subject, rules, now)
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Overrides, Policy, Purpose};
    use crate::{Caller, Subject};
    use kernel::Timestamp;
    use std::sync::Arc;
    use uuid::Uuid;

    struct Special;
    impl Overrides for Special {
        fn hits_per_hour(&self, caller: &Caller) -> Option<u32> {
            match caller.subject {
                Subject::User(id) if id == Uuid::max() => Some(50_000),
                Subject::User(id) if id == Uuid::nil() => Some(0),
                _ => None,
            }
        }
    }

    #[tokio::test]
    async fn one_caller_may_have_a_limit_of_their_own() {
        let limits = Limits::new(Policy { overrides: Some(Arc::new(Special)), ..Policy::default() }, None);
        let at = |seconds: i64| Timestamp::parse("2026-11-22T00:00:00Z").unwrap().plus_seconds(seconds);
        let mut admitted = 0;
        for second in 0..20 {
            for _ in 0..1000 {
                let verdict = limits.hit(&Caller::user(Uuid::max(), None), Purpose::General, at(second)).await;
                admitted += u32::from(verdict.refused.is_none());
            }
        }
        assert_eq!(admitted, 10_000, "a tenth of the limit within ten seconds");
        assert!(limits.hit(&Caller::user(Uuid::nil(), None), Purpose::General, at(0)).await.refused.is_some());
        assert_eq!(limits.hit(&Caller::user(Uuid::from_u128(7), None), Purpose::General, at(0)).await.limit, 1000);
        assert_eq!(limits.hit(&Caller::address([1, 2, 3, 4].into()), Purpose::General, at(0)).await.limit, 100);
    }
}
