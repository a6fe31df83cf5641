//! What an activity may do, as such: pure.

use super::entity::RelatedTo;
use kernel::{DayTime, Error, Result};
use uuid::Uuid;

/// Minutes from start to end, where both are known.
pub(super) fn duration(start: Option<&DayTime>, end: Option<&DayTime>) -> Result<Option<i32>> {
    let (Some(start), Some(end)) = (start, end) else { return Ok(None) };
    let minutes = end.minutes() - start.minutes();
    if minutes < 0 {
        return Err(Error::field("end_time", "order", "시작 시각보다 앞설 수 없습니다.", "must not be before start_time"));
    }
    Ok(Some(minutes))
}

/// What it is about: as was said while that id is there, or else the closest.
pub(super) fn about(said: Option<RelatedTo>, opportunity: Option<Uuid>, contact: Option<Uuid>, partner: Option<Uuid>) -> Option<RelatedTo> {
    let closest = [(RelatedTo::Opportunity, opportunity), (RelatedTo::Contact, contact), (RelatedTo::Partner, partner)];
    let there = || closest.iter().filter(|(_, id)| id.is_some()).map(|(kind, _)| *kind);
    there().find(|kind| Some(*kind) == said).or_else(|| there().next())
}

#[cfg(test)]
mod tests {
    use super::{DayTime, RelatedTo, Uuid, about, duration};
    use proptest::prelude::*;

    #[test]
    fn it_is_about_what_was_said_or_the_closest() {
        let id = Some(Uuid::max());
        assert_eq!(about(None, id, id, id), Some(RelatedTo::Opportunity));
        assert_eq!(about(Some(RelatedTo::Partner), id, id, id), Some(RelatedTo::Partner));
        assert_eq!(about(Some(RelatedTo::Opportunity), None, id, id), Some(RelatedTo::Contact));
        assert_eq!(about(Some(RelatedTo::Contact), None, None, None), None);
    }

    proptest! {
        #[test]
        fn an_end_is_never_before_its_start(start in 0_i32..1440, end in 0_i32..1440) {
            let time = |minutes: i32| DayTime::parse(&format!("{:02}:{:02}", minutes / 60, minutes % 60)).unwrap();
            let answer = duration(Some(&time(start)), Some(&time(end)));
            prop_assert_eq!(answer.ok(), (end >= start).then_some(Some(end - start)));
        }
    }
}
