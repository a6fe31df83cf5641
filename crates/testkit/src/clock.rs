use kernel::{Clock, Timestamp};
use std::sync::Mutex;

/// A clock that stands still until it is moved. It begins at the time of the machine, so that tokens it dates are believed by libraries
/// that look at the machine's clock.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    #[must_use]
    pub fn starting_now() -> Self {
        Self::starting_at(store::SystemClock.now())
    }

    #[must_use]
    pub fn starting_at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    pub fn advance(&self, seconds: i64) {
        let mut now = self.0.lock().expect("nobody panics while moving the clock");
        *now = now.plus_seconds(seconds);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panics while moving the clock")
    }
}
