use crate::context::Context;
use croner::Cron;
use futures_util::future::LocalBoxFuture;
use kernel::{Error, Result, Timestamp};
use std::str::FromStr;

/// What is due by the clock. Each tick runs once over all nodes; one whose node died is run again.
pub struct Job {
    /// Its name in `jobs`; never changes.
    pub name: &'static str,
    /// Minute, hour, day, month, day of the week, in Korean time.
    pub cron: &'static str,
    pub run: for<'a> fn(&'a Context) -> LocalBoxFuture<'a, Result<()>>,
}

/// The first time after `now` that a cron text names.
///
/// # Errors
/// Internal, where the text is no cron text.
pub fn next_run(cron: &str, now: Timestamp) -> Result<Timestamp> {
    let cron = Cron::from_str(cron).map_err(Error::internal)?;
    let zone = jiff::tz::TimeZone::get("Asia/Seoul").map_err(Error::internal)?;
    let now = jiff::Timestamp::from_microsecond(now.unix_micros()).map_err(Error::internal)?.to_zoned(zone);
    let next = cron.find_next_occurrence(&now, false).map_err(Error::internal)?;
    Timestamp::from_unix_micros(next.timestamp().as_microsecond()).ok_or_else(|| Error::internal("beyond the calendar"))
}

#[cfg(test)]
mod tests {
    use super::next_run;
    use kernel::Timestamp;

    #[test]
    fn cron_texts_are_in_korean_time() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        assert_eq!(next_run("30 3 * * *", at("2026-11-22T00:00:00Z")).unwrap(), at("2026-11-22T18:30:00Z"));
        assert_eq!(next_run("* * * * *", at("2026-11-22T00:00:00Z")).unwrap(), at("2026-11-22T00:01:00Z"), "strictly later");
        assert!(next_run("not a cron", at("2026-11-22T00:00:00Z")).is_err());
    }
}
