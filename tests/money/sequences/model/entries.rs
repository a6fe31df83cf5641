//! Entries: drafted, posted, taken back; months.

use super::{
    super::acts::{At, Flaw, Wish},
    Model, Reasons, Verdict, coin_of, month, rate_on, said,
};
use crate::sequences::money::{Coin, entry_in_won};
use serde_json::json;

/// The accounts that are posted to by hand; the last takes what is missing.
pub const HAND: [&str; 7] = ["101", "146", "813", "401", "331", "819", "103"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Draft,
    Posted,
    Reversed,
    Cancelled,
}

pub struct Entry {
    pub day: At,
    /// Debit positive, in won.
    pub lines: Vec<(&'static str, i64)>,
    /// Its sum, in its currency.
    total: i64,
    coin: Coin,
    pub state: State,
    no: usize,
    pub reversing: Option<usize>,
    is_reversing: bool,
    /// The rule that keeps it with its document.
    document: Option<&'static str>,
    /// Whether an answer has told its id.
    pub is_known: bool,
}

impl Entry {
    pub fn may_be_reversed(&self) -> bool {
        self.state == State::Posted && !self.is_reversing && self.document.is_none()
    }
}

impl Wish {
    /// Account and amount of each line.
    pub fn all_lines(&self) -> Vec<(&'static str, i64)> {
        let mut lines: Vec<(&'static str, i64)> = self.lines.iter().map(|(at, amount)| (HAND[usize::from(*at)], *amount)).collect();
        let missing = -lines.iter().map(|(_, amount)| amount).sum::<i64>();
        if missing != 0 {
            lines.push((HAND[6], missing));
        }
        lines
    }
}

fn number(no: usize) -> serde_json::Value {
    json!(format!("JE-2026-{no:06}"))
}

impl Model {
    fn of_wish(wish: &Wish, reasons: &mut Reasons) -> Entry {
        let lines = wish.all_lines();
        let side = if lines[0].1 < 0 { "credit_amount" } else { "debit_amount" };
        match wish.flaw {
            Some(Flaw::Unbalanced | Flaw::Alone) => reasons.when(true, "422 lines"),
            Some(Flaw::Nothing) => reasons.when(true, "422 lines.0.debit_amount"),
            Some(Flaw::TooFine) => reasons.when(true, format!("422 lines.0.{side}")),
            None => {}
        }
        let amounts: Vec<i64> = lines.iter().map(|(_, amount)| *amount).collect();
        let coin = coin_of(wish.coin);
        let won = entry_in_won(&amounts, coin, rate_on(wish.coin, wish.day));
        Entry {
            day: wish.day,
            lines: lines.iter().zip(won).map(|((account, _), won)| (*account, won)).collect(),
            total: amounts.iter().filter(|amount| **amount > 0).sum(),
            coin,
            state: State::Draft,
            no: 0,
            reversing: None,
            is_reversing: false,
            document: None,
            is_known: true,
        }
    }

    pub(super) fn draft(&mut self, wish: &Wish) -> Verdict {
        let mut reasons = Reasons::default();
        let entry = Self::of_wish(wish, &mut reasons);
        reasons.settled()?;
        let says = vec![("/status", json!("DRAFT")), ("/total_debit", said(entry.total, entry.coin)), ("/je_code", json!(null))];
        self.entries.push(entry);
        Ok(says)
    }

    pub(super) fn edit(&mut self, at: usize, wish: &Wish) -> Verdict {
        let mut reasons = Reasons::default();
        let entry = Self::of_wish(wish, &mut reasons);
        reasons.when(self.entries[at].state != State::Draft, "409 fim.entry_posted");
        reasons.settled()?;
        let says = vec![("/status", json!("DRAFT")), ("/total_debit", said(entry.total, entry.coin))];
        self.entries[at] = entry;
        Ok(says)
    }

    /// Puts what an entry says into the sums.
    fn book(&mut self, at: usize) {
        self.posted += 1;
        let entry = &mut self.entries[at];
        (entry.state, entry.no) = (State::Posted, self.posted);
        for (account, won) in &entry.lines {
            let sum = self.sums.entry((month(entry.day), *account)).or_default();
            sum.0 += won.max(&0);
            sum.1 -= won.min(&0);
        }
    }

    /// Posts what a document says.
    pub(super) fn post_document(&mut self, day: At, lines: Vec<(&'static str, i64)>, rule: &'static str, is_known: bool) -> usize {
        let coin = coin_of(0);
        let document = Some(rule);
        let entry =
            Entry { day, lines, total: 0, coin, state: State::Draft, no: 0, reversing: None, is_reversing: false, document, is_known };
        self.entries.push(entry);
        self.book(self.entries.len() - 1);
        self.entries.len() - 1
    }

    /// Posts the reversing entry of an entry.
    pub(super) fn reversing(&mut self, at: usize, day: At) -> usize {
        let entry = &self.entries[at];
        let lines = entry.lines.iter().map(|(account, won)| (*account, -won)).collect();
        let (total, coin, document) = (entry.total, entry.coin, entry.document);
        let reversing = Entry {
            day,
            lines,
            total,
            coin,
            state: State::Draft,
            no: 0,
            reversing: None,
            is_reversing: true,
            document,
            is_known: document.is_none(),
        };
        self.entries.push(reversing);
        let made = self.entries.len() - 1;
        self.book(made);
        (self.entries[at].state, self.entries[at].reversing) = (State::Reversed, Some(made));
        made
    }

    pub(super) fn post(&mut self, at: usize) -> Verdict {
        let entry = &self.entries[at];
        let mut reasons = Reasons::default();
        reasons.when(entry.state == State::Cancelled, "409 transition");
        reasons.when(entry.state == State::Draft && self.is_closed(entry.day), "409 fim.period_closed");
        reasons.settled()?;
        if entry.state == State::Draft {
            self.book(at);
        }
        let entry = &self.entries[at];
        let status = if entry.state == State::Posted { "POSTED" } else { "REVERSED" };
        Ok(vec![("/status", json!(status)), ("/je_code", number(entry.no)), ("/chain_no", json!(entry.no))])
    }

    pub(super) fn reverse(&mut self, at: usize, day: At) -> Verdict {
        let entry = &self.entries[at];
        if let Some(reversing) = entry.reversing {
            return Ok(vec![("/je_code", number(self.entries[reversing].no))]);
        }
        let mut reasons = Reasons::default();
        let document = entry.document.unwrap_or_default();
        reasons.when(!document.is_empty(), document);
        reasons.when(entry.is_reversing, "409 fim.is_reversal");
        reasons.when(entry.state != State::Posted, "409 transition");
        reasons.when(day < entry.day, "422 date");
        reasons.when(self.is_closed(day), "409 fim.period_closed");
        reasons.settled()?;
        let reversing = self.reversing(at, day);
        Ok(vec![("/je_code", number(self.entries[reversing].no)), ("/status", json!("POSTED"))])
    }

    pub(super) fn give_up(&mut self, at: usize) -> Verdict {
        let entry = &mut self.entries[at];
        let mut reasons = Reasons::default();
        reasons.when(matches!(entry.state, State::Posted | State::Reversed), "409 transition");
        reasons.settled()?;
        entry.state = State::Cancelled;
        Ok(vec![("/status", json!("CANCELLED"))])
    }
}
