//! What the books should be: a few vectors and sums in memory, and what is accepted by them. It knows nothing of the product's code; what
//! it knows are the rules an accountant would tell.

mod entries;
mod invoices;
mod payments;
mod resolving;
mod revaluing;

use super::{
    acts::{Act, At},
    money::{COINS, Coin, RATES, Rules, text},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, Month};

pub use entries::{HAND, State};
pub use invoices::Invoice;
pub use payments::{Item, Payment};
pub use revaluing::LAST;

/// What to settle, of which items how much.
#[derive(Clone, Debug)]
pub enum Settling {
    Oldest,
    Shares(Vec<(usize, i64)>),
}

/// An act about what is there.
pub type Step = Act<usize, Settling, i64>;

/// What an answer must say when a step is accepted (pointers into it), or the reasons for which it may be refused: `409 <rule>`,
/// `422 <field>`. Where several hold, any of them is said.
pub type Verdict = Result<Vec<(&'static str, Value)>, Vec<String>>;

/// Reasons as they are found.
#[derive(Default)]
pub struct Reasons(Vec<String>);

impl Reasons {
    pub fn when(&mut self, holds: bool, reason: impl Into<String>) {
        if holds {
            self.0.push(reason.into());
        }
    }

    pub fn settled(self) -> Result<(), Vec<String>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

/// The 5th, the 15th or the 25th of March to June.
pub fn date(day: At) -> Date {
    let month = Month::try_from(3 + day / 3).unwrap();
    Date::from_calendar_date(2026, month, 5 + 10 * (day % 3)).unwrap()
}

/// 0 is March.
pub const fn month(day: At) -> u8 {
    day / 3
}

pub fn coin_of(coin: u8) -> Coin {
    COINS[usize::from(coin)]
}

/// What one of a currency is worth on a day.
pub fn rate_on(coin: u8, day: At) -> i64 {
    RATES[usize::from(coin)][usize::from(day % 3)]
}

/// The books of one company.
pub struct Model {
    pub rules: Rules,
    /// How many there were when this sequence began.
    since: [usize; 4],
    closed: BTreeSet<u8>,
    /// Debit and credit of each account in each month.
    pub sums: BTreeMap<(u8, &'static str), (i64, i64)>,
    pub entries: Vec<entries::Entry>,
    pub invoices: Vec<Invoice>,
    pub items: Vec<Item>,
    pub payments: Vec<Payment>,
    set_offs: Vec<payments::SetOff>,
    /// How many entries are posted: the number of the last one.
    pub posted: usize,
    /// The last numbers of invoices, of purchases, of payments.
    numbers: [usize; 3],
    /// The last revaluation.
    revaluation: Option<revaluing::Revaluation>,
}

impl Model {
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            since: [0; 4],
            closed: BTreeSet::new(),
            sums: BTreeMap::new(),
            entries: Vec::new(),
            invoices: Vec::new(),
            items: Vec::new(),
            payments: Vec::new(),
            set_offs: Vec::new(),
            posted: 0,
            numbers: [0; 3],
            revaluation: None,
        }
    }

    /// A sequence begins with all months open and knows nothing of those before it. Answers what is to be opened.
    pub fn begin(&mut self) -> BTreeSet<u8> {
        self.since = [self.entries.len(), self.invoices.len(), self.items.len(), self.payments.len()];
        std::mem::take(&mut self.closed)
    }

    fn is_closed(&self, day: At) -> bool {
        self.closed.contains(&month(day))
    }

    /// Does it, if it may be done.
    pub fn act(&mut self, step: &Step) -> Verdict {
        match step {
            Act::Draft(wish) => self.draft(wish),
            Act::Edit(at, wish) => self.edit(*at, wish),
            Act::Post(at) => self.post(*at),
            Act::Reverse(at, day) => self.reverse(*at, *day),
            Act::GiveUp(at) => self.give_up(*at),
            Act::Close(month) => {
                self.closed.insert(*month);
                Ok(vec![("/status", json!("CLOSED"))])
            }
            Act::Reopen(month) => {
                self.closed.remove(month);
                Ok(vec![("/status", json!("OPEN"))])
            }
            Act::Open { payable, partner, day, coin, amount } => self.open(*payable, *partner, *day, *coin, *amount),
            Act::Invoice(sheet) => self.invoice(sheet),
            Act::EditInvoice(at, sheet) => self.edit_invoice(*at, sheet),
            Act::Issue(at) => self.issue(*at),
            Act::CancelInvoice(at, day) => self.cancel_invoice(*at, *day),
            Act::Amend { which, code, day, part, .. } => self.amend(*which, *code, *day, *part),
            Act::Pay(money) => self.pay(money),
            Act::Complete(at, settling) => self.complete(*at, settling),
            Act::Allocate(at, settling, day) => self.allocate(*at, settling, *day),
            Act::Unallocate(at, part, day) => self.unallocate(*at, *part, *day),
            Act::CancelPayment(at, day) => self.cancel_payment(*at, *day),
            Act::Revalue => self.revalue(),
            Act::TakeBack => self.take_back(),
        }
    }

    /// The next number of a series.
    fn number(&mut self, series: usize) -> String {
        self.numbers[series] += 1;
        format!("{}-2026-{:06}", ["INV", "PINV", "PAY"][series], self.numbers[series])
    }
}

/// An amount as an answer has it.
pub fn said(amount: i64, coin: Coin) -> Value {
    json!(text(amount, coin.places))
}
