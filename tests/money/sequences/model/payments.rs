//! Open items, and the money that settles them.

use super::{
    super::acts::{At, Money},
    Model, Reasons, Settling, State, Verdict, coin_of, date, rate_on, said,
};
use crate::sequences::money::{Coin, in_won, nearest};
use serde_json::{Value, json};

/// What a partner owes or is owed by one document; below zero for what takes away.
#[derive(Clone)]
pub struct Item {
    pub payable: bool,
    pub partner: u8,
    pub coin: Coin,
    pub day: At,
    pub due: time::Date,
    pub document: &'static str,
    pub invoice: Option<usize>,
    pub amount: i64,
    pub base: i64,
    pub settled: i64,
    pub base_settled: i64,
}

impl Item {
    pub fn rest(&self) -> i64 {
        self.amount - self.settled
    }

    pub fn says(&self) -> Vec<(&'static str, Value)> {
        let of = |amount| said(amount, self.coin);
        vec![
            ("/kind", json!(if self.payable { "PAYABLE" } else { "RECEIVABLE" })),
            ("/doc_type", json!(self.document)),
            ("/doc_date", json!(date(self.day).to_string())),
            ("/due_date", json!(self.due.to_string())),
            ("/amount", of(self.amount)),
            ("/settled", of(self.settled)),
            ("/base_amount", json!(self.base.to_string())),
            ("/base_settled", json!(self.base_settled.to_string())),
        ]
    }

    pub fn account(&self) -> &'static str {
        if self.payable { "251" } else { "108" }
    }

    /// Whether money that goes out settles it.
    pub fn is_paid_out(&self) -> bool {
        self.payable != (self.amount < 0)
    }

    /// Settles a part of it, and says what that stood for in the books. The last part takes what is left.
    fn settle(&mut self, part: i64) -> i64 {
        let rest = self.base - self.base_settled;
        let share = nearest(i128::from(self.base) * i128::from(part), self.amount.into());
        let base = if part == self.rest() || share.abs() > rest.abs() { rest } else { share };
        self.settled += part;
        self.base_settled += base;
        base
    }
}

struct Allocation {
    item: usize,
    amount: i64,
    base: i64,
    /// What it took of the payment.
    against: i64,
    day: At,
    is_undone: bool,
}

pub struct Payment {
    pub out: bool,
    pub partner: u8,
    day: At,
    pub coin: Coin,
    rate: i64,
    pub amount: i64,
    fee: i64,
    pub state: State,
    pub no: Option<String>,
    base: i64,
    pub allocated: i64,
    base_allocated: i64,
    allocations: Vec<Allocation>,
    entries: Vec<usize>,
}

impl Payment {
    pub fn rest(&self) -> i64 {
        self.amount - self.allocated
    }

    pub fn allocations(&self) -> usize {
        self.allocations.len()
    }

    pub fn takes(&self, item: &Item) -> bool {
        item.partner == self.partner && item.coin == self.coin && item.is_paid_out() == self.out
    }

    pub fn says(&self) -> Vec<(&'static str, Value)> {
        let of = |amount| said(amount, self.coin);
        let unallocated = if self.state == State::Posted { self.rest() } else { 0 };
        let status = match self.state {
            State::Draft => "PENDING",
            State::Posted => "COMPLETED",
            _ => "CANCELLED",
        };
        vec![
            ("/status", json!(status)),
            ("/transaction_code", json!(self.no)),
            ("/amount", of(self.amount)),
            ("/allocated", of(self.allocated)),
            ("/unallocated", of(unallocated)),
        ]
    }
}

/// A credit note and a claim that settled each other.
pub struct SetOff {
    credit: usize,
    claim: usize,
    part: i64,
    /// What it stood for in the books, of the claim and of the credit note.
    bases: [i64; 2],
    /// Of what rounding left between the two.
    entry: Option<usize>,
}

/// Items with their parts, each of the item's sign.
type Chosen = Vec<(usize, i64)>;

impl Model {
    pub(super) fn open(&mut self, payable: bool, partner: u8, day: At, coin: u8, amount: i64) -> Verdict {
        let mut reasons = Reasons::default();
        reasons.when(amount == 0, "422 amount");
        reasons.when(self.is_closed(day), "409 fim.period_closed");
        reasons.settled()?;
        let (due, rate, coin) = (date(day), rate_on(coin, day), coin_of(coin));
        let (base, sign) = (in_won(amount, coin, rate), if payable { -1 } else { 1 });
        let item = Item { payable, partner, coin, day, due, document: "OPENING", invoice: None, amount, base, settled: 0, base_settled: 0 };
        self.post_document(day, vec![(item.account(), sign * base), ("375", -sign * base)], "409 fim.entry_of_document", false);
        self.items.push(item);
        Ok(vec![("/amount", said(amount, coin)), ("/base_amount", json!(base.to_string())), ("/settled", json!("0"))])
    }

    /// What takes away is set off against what it takes away from, as far as both go; what rounding left between them is posted.
    pub(super) fn set_off(&mut self, credit: usize, claim: usize, day: At) {
        let part = self.items[claim].rest().min(-self.items[credit].rest());
        if part == 0 {
            return;
        }
        let bases = [self.items[claim].settle(part), self.items[credit].settle(-part)];
        let more = bases[0] + bases[1];
        let won = if self.items[claim].payable { more } else { -more };
        let other = if won > 0 { "907" } else { "952" };
        let lines = vec![(self.items[claim].account(), won), (other, -won)];
        let entry = (won != 0).then(|| self.post_document(day, lines, "409 fim.entry_of_document", false));
        self.set_offs.push(SetOff { credit, claim, part, bases, entry });
    }

    /// What was set off against a claim is taken back, with the entry of its rounding.
    pub(super) fn release(&mut self, credit: usize, day: At) {
        let (of_it, others) = std::mem::take(&mut self.set_offs).into_iter().partition(|set_off: &SetOff| set_off.credit == credit);
        self.set_offs = others;
        for SetOff { claim, part, bases, entry, .. } in of_it {
            for (item, part, base) in [(claim, part, bases[0]), (credit, -part, bases[1])] {
                self.items[item].settled -= part;
                self.items[item].base_settled -= base;
            }
            if let Some(entry) = entry {
                self.reversing(entry, day);
            }
        }
    }

    /// What of an item was set off as a credit note.
    pub(super) fn set_off_of(&self, credit: usize) -> i64 {
        self.set_offs.iter().filter(|set_off| set_off.credit == credit).map(|set_off| -set_off.part).sum()
    }

    /// What stands in the accounts of receivables and payables beside what is open.
    pub fn untied(&self) -> (i64, i64) {
        let open = |payable: bool| -> i64 {
            self.items.iter().filter(|item| item.payable == payable).map(|item| item.base - item.base_settled).sum()
        };
        let stands = |code: &str| -> i64 {
            self.sums.iter().filter(|((_, account), _)| *account == code).map(|(_, (debit, credit))| debit - credit).sum()
        };
        (stands("108") - open(false), stands("251") + open(true))
    }

    pub(super) fn pay(&mut self, money: &Money) -> Verdict {
        let Money { out, partner, day, coin, amount, fee, .. } = *money;
        let mut reasons = Reasons::default();
        reasons.when(amount == 0, "422 amount");
        reasons.when(!out && amount > 0 && fee >= amount, "422 fee_amount");
        reasons.settled()?;
        let (rate, coin) = (rate_on(coin, day), coin_of(coin));
        let payment = Payment {
            out,
            partner,
            day,
            coin,
            rate,
            amount,
            fee,
            state: State::Draft,
            no: None,
            base: 0,
            allocated: 0,
            base_allocated: 0,
            allocations: Vec::new(),
            entries: Vec::new(),
        };
        let says = payment.says();
        self.payments.push(payment);
        Ok(says)
    }

    /// What a payment shall settle on a day.
    fn choose(&self, payment: &Payment, settling: &Settling, on: At, reasons: &mut Reasons) -> Chosen {
        let Settling::Shares(shares) = settling else { return self.oldest(payment, on) };
        let mut chosen = Chosen::new();
        for (k, (at, amount)) in shares.iter().enumerate() {
            let item = &self.items[*at];
            let fits = payment.takes(item) && item.day <= on;
            reasons.when(*amount <= 0, format!("422 allocations.{k}.amount"));
            reasons.when(!fits || chosen.iter().any(|(other, _)| other == at), format!("422 allocations.{k}.item_id"));
            reasons.when(*amount > item.rest().abs(), "409 fim.over_allocated");
            chosen.push((*at, amount * item.amount.signum()));
        }
        reasons.when(shares.iter().map(|(_, amount)| amount).sum::<i64>() > payment.rest(), "409 fim.over_allocated");
        chosen
    }

    /// What is due first, as far as the payment goes.
    fn oldest(&self, payment: &Payment, on: At) -> Chosen {
        let mut open: Vec<usize> = (0..self.items.len())
            .filter(|at| payment.takes(&self.items[*at]) && self.items[*at].day <= on && self.items[*at].rest() != 0)
            .collect();
        open.sort_by_key(|at| (self.items[*at].due, self.items[*at].day, *at));
        let mut left = payment.rest();
        let part = |at: usize| {
            let part = left.min(self.items[at].rest().abs());
            left -= part;
            (at, part * self.items[at].amount.signum())
        };
        open.into_iter().map(part).filter(|(_, part)| *part != 0).collect()
    }

    /// Settles what was chosen. Answers the lines: items at the rate of their documents, what lies between them and the payment gained or
    /// lost; and what they took of the payment.
    fn settle(&mut self, payment: &mut Payment, chosen: &Chosen, day: At) -> (Vec<(&'static str, i64)>, i64) {
        let (mut lines, mut taken) = (Vec::new(), 0);
        for (at, part) in chosen {
            let amount = part.abs();
            let rest = payment.base - payment.base_allocated;
            let against = if amount == payment.rest() { rest } else { in_won(amount, payment.coin, payment.rate).min(rest) };
            let base = self.items[*at].settle(*part);
            payment.allocated += amount;
            payment.base_allocated += against;
            payment.allocations.push(Allocation { item: *at, amount: *part, base, against, day, is_undone: false });
            taken += against;
            lines.extend(Self::settled_lines(&self.items[*at], payment.out, base, against));
        }
        (lines, taken)
    }

    fn settled_lines(item: &Item, out: bool, base: i64, against: i64) -> Vec<(&'static str, i64)> {
        let sign = if out { 1 } else { -1 };
        let more = sign * (base.abs() - against);
        let difference = if more > 0 { ("907", -more) } else { ("952", -more) };
        vec![(item.account(), sign * base.abs()), difference]
    }

    /// A document in a currency is posted in sums: several lines of gain are one.
    fn post_payment(&mut self, at: usize, day: At, lines: Vec<(&'static str, i64)>, is_known: bool) {
        let (mut own, mut differences): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(account, _)| !["907", "952"].contains(account));
        for account in ["907", "952"] {
            let sum = differences.iter().filter(|(other, _)| *other == account).map(|(_, won)| won).sum();
            own.push((account, sum));
        }
        differences.clear();
        let entry = self.post_document(day, own, "409 fim.entry_of_document", is_known);
        self.payments[at].entries.push(entry);
    }

    pub(super) fn complete(&mut self, at: usize, settling: &Settling) -> Verdict {
        let payment = &self.payments[at];
        if payment.state == State::Posted {
            return Ok(payment.says());
        }
        let day = payment.day;
        let mut reasons = Reasons::default();
        reasons.when(payment.state == State::Cancelled, "409 transition");
        let chosen = self.choose(payment, settling, day, &mut reasons);
        reasons.when(self.is_closed(day), "409 fim.period_closed");
        reasons.settled()?;
        let no = self.number(2);
        let mut payment = self.payments.remove(at);
        let sign = if payment.out { -1 } else { 1 };
        payment.base = in_won(payment.amount, payment.coin, payment.rate);
        let fee = in_won(payment.fee, payment.coin, payment.rate);
        let mut lines = vec![("103", sign * payment.base - fee), ("831", fee)];
        lines.extend(self.settle(&mut payment, &chosen, day).0);
        let advance = if payment.out { "131" } else { "259" };
        lines.push((advance, -sign * (payment.base - payment.base_allocated)));
        (payment.state, payment.no) = (State::Posted, Some(no));
        self.payments.insert(at, payment);
        self.post_payment(at, day, lines, true);
        Ok(self.payments[at].says())
    }

    pub(super) fn allocate(&mut self, at: usize, settling: &Settling, day: At) -> Verdict {
        let payment = &self.payments[at];
        let mut reasons = Reasons::default();
        reasons.when(payment.state != State::Posted, "409 transition");
        reasons.when(day < payment.day, "422 date");
        reasons.when(matches!(settling, Settling::Shares(shares) if shares.is_empty()), "422 allocations");
        let chosen = self.choose(payment, settling, day, &mut reasons);
        reasons.when(!chosen.is_empty() && self.is_closed(day), "409 fim.period_closed");
        reasons.settled()?;
        if !chosen.is_empty() {
            let mut payment = self.payments.remove(at);
            let (mut lines, taken) = self.settle(&mut payment, &chosen, day);
            lines.push(if payment.out { ("131", -taken) } else { ("259", taken) });
            self.payments.insert(at, payment);
            self.post_payment(at, day, lines, false);
        }
        Ok(self.payments[at].says())
    }

    pub(super) fn unallocate(&mut self, at: usize, part: usize, day: At) -> Verdict {
        let payment = &self.payments[at];
        let allocation = &payment.allocations[part];
        if !allocation.is_undone {
            let mut reasons = Reasons::default();
            reasons.when(day < allocation.day, "422 date");
            reasons.when(self.is_closed(day), "409 fim.period_closed");
            reasons.settled()?;
            let mut lines = Self::settled_lines(&self.items[allocation.item], payment.out, allocation.base, allocation.against);
            let taken = allocation.against;
            lines.push(if payment.out { ("131", -taken) } else { ("259", taken) });
            self.undo(at, part);
            self.post_payment(at, day, lines.into_iter().map(|(account, won)| (account, -won)).collect(), false);
        }
        Ok(self.payments[at].says())
    }

    /// The item is open again, the part of the payment an advance.
    fn undo(&mut self, at: usize, part: usize) {
        let payment = &mut self.payments[at];
        let allocation = &mut payment.allocations[part];
        if allocation.is_undone {
            return;
        }
        allocation.is_undone = true;
        payment.allocated -= allocation.amount.abs();
        payment.base_allocated -= allocation.against;
        let item = &mut self.items[allocation.item];
        item.settled -= allocation.amount;
        item.base_settled -= allocation.base;
    }

    pub(super) fn cancel_payment(&mut self, at: usize, day: At) -> Verdict {
        let payment = &self.payments[at];
        if payment.state == State::Posted {
            let mut reasons = Reasons::default();
            reasons.when(payment.entries.iter().any(|entry| day < self.entries[*entry].day), "422 date");
            reasons.when(self.is_closed(day), "409 fim.period_closed");
            reasons.settled()?;
            for entry in payment.entries.clone() {
                self.reversing(entry, day);
            }
            for part in 0..self.payments[at].allocations.len() {
                self.undo(at, part);
            }
        }
        self.payments[at].state = State::Cancelled;
        Ok(self.payments[at].says())
    }
}
