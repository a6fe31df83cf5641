//! What is open in other currencies, at the rates of a day and back on the next.

use super::{super::acts::At, Model, Reasons, Verdict, rate_on};
use crate::sequences::money::{COINS, in_won};
use serde_json::{Value, json};

/// The last of the days: whatever was done was done by then. The day after is of the same month.
pub const LAST: At = 11;

#[derive(Clone, Copy)]
pub struct Revaluation {
    gain: i64,
    loss: i64,
    /// Its entry and that of the day after; none where no rate made a difference.
    entries: Option<[usize; 2]>,
    stands: bool,
}

impl Revaluation {
    fn says(&self) -> Vec<(&'static str, Value)> {
        let status = if self.stands { "POSTED" } else { "REVERSED" };
        vec![("/gain", json!(self.gain.to_string())), ("/loss", json!(self.loss.to_string())), ("/status", json!(status))]
    }
}

impl Model {
    pub(super) fn revalue(&mut self) -> Verdict {
        let mut reasons = Reasons::default();
        reasons.when(self.revaluation.is_some_and(|last| last.stands), "409 fim.revalued");
        let more = |item: &super::Item| {
            let coin = u8::try_from(COINS.iter().position(|coin| *coin == item.coin).unwrap()).unwrap();
            (item.account(), in_won(item.rest(), item.coin, rate_on(coin, LAST)) - (item.base - item.base_settled))
        };
        // of a debt more is worse
        let gains = self.items.iter().filter(|item| item.coin != COINS[0] && item.rest() != 0).map(|item| {
            let (account, more) = more(item);
            (account, if item.payable { -more } else { more })
        });
        let gains: Vec<(&'static str, i64)> = gains.filter(|(_, gain)| *gain != 0).collect();
        reasons.when(!gains.is_empty() && self.is_closed(LAST), "409 fim.period_closed");
        reasons.settled()?;
        let gain = gains.iter().map(|(_, gain)| gain.max(&0)).sum::<i64>();
        let loss = -gains.iter().map(|(_, gain)| gain.min(&0)).sum::<i64>();
        let entries = (!gains.is_empty()).then(|| {
            let lines: Vec<_> = gains.into_iter().chain([("910", -gain), ("955", loss)]).collect();
            let back = lines.iter().map(|(account, won)| (*account, -won)).collect();
            [lines, back].map(|lines| self.post_document(LAST, lines, "409 fim.entry_of_document", false))
        });
        let last = Revaluation { gain, loss, entries, stands: true };
        self.revaluation = Some(last);
        Ok(last.says())
    }

    pub(super) fn take_back(&mut self) -> Verdict {
        let Some(mut last) = self.revaluation else { return Err(Vec::new()) };
        if last.stands {
            let mut reasons = Reasons::default();
            reasons.when(last.entries.is_some() && self.is_closed(LAST), "409 fim.period_closed");
            reasons.settled()?;
            for entry in last.entries.into_iter().flatten().rev() {
                self.reversing(entry, LAST);
            }
            last.stands = false;
            self.revaluation = Some(last);
        }
        Ok(last.says())
    }
}
