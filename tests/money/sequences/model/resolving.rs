//! From an act as it was drawn to a step about what is there.

use super::{
    super::acts::{Act, How, Money, Part, Which},
    Invoice, Item, Model, Payment, Settling, State, Step,
    entries::Entry,
};
use crate::sequences::money::COINS;

/// From here on a number names anything, and not what an act is for.
const ANYTHING: Which = 100;

impl Model {
    /// The newest of those of this sequence that it suits, the one before it, and so on around.
    fn pick(&self, kind: usize, len: usize, which: Which, suits: impl Fn(usize) -> bool) -> Option<usize> {
        let among: Vec<usize> = (self.since[kind]..len).rev().filter(|at| which >= ANYTHING || suits(*at)).collect();
        (!among.is_empty()).then(|| among[usize::from(which) % among.len()])
    }

    fn entry(&self, which: Which, suits: impl Fn(&Entry) -> bool) -> Option<usize> {
        self.pick(0, self.entries.len(), which, |at| suits(&self.entries[at])).filter(|at| self.entries[*at].is_known)
    }

    fn its_invoice(&self, which: Which, suits: impl Fn(&Invoice) -> bool) -> Option<usize> {
        self.pick(1, self.invoices.len(), which, |at| suits(&self.invoices[at]))
    }

    fn item(&self, which: Which, suits: impl Fn(&Item) -> bool) -> Option<usize> {
        self.pick(2, self.items.len(), which, |at| suits(&self.items[at]))
    }

    fn payment(&self, which: Which, suits: impl Fn(&Payment) -> bool) -> Option<usize> {
        self.pick(3, self.payments.len(), which, |at| suits(&self.payments[at]))
    }

    /// What there is to be done; nothing where a sequence has not made what it would be done with.
    pub fn resolve(&self, act: &Act) -> Option<Step> {
        let drafted = |which: &Which| self.entry(*which, |entry| entry.is_known && entry.state == State::Draft);
        let draft = |which: &Which| self.its_invoice(*which, |invoice| invoice.state == State::Draft);
        let issued = |which: &Which| self.its_invoice(*which, |invoice| invoice.state == State::Posted);
        Some(match act {
            Act::Draft(wish) => Act::Draft(wish.clone()),
            Act::Edit(which, wish) => Act::Edit(drafted(which)?, wish.clone()),
            Act::Post(which) => Act::Post(drafted(which)?),
            Act::Reverse(which, day) => Act::Reverse(self.entry(*which, Entry::may_be_reversed)?, *day),
            Act::GiveUp(which) => Act::GiveUp(drafted(which)?),
            Act::Close(month) => Act::Close(*month),
            Act::Reopen(month) => Act::Reopen(*month),
            Act::Open { payable, partner, day, coin, amount } => {
                Act::Open { payable: *payable, partner: *partner, day: *day, coin: *coin, amount: *amount }
            }
            Act::Invoice(sheet) => Act::Invoice(sheet.clone()),
            Act::EditInvoice(which, sheet) => Act::EditInvoice(draft(which)?, sheet.clone()),
            Act::Issue(which) => Act::Issue(draft(which)?),
            Act::CancelInvoice(which, day) => Act::CancelInvoice(issued(which)?, *day),
            Act::Amend { which, code, day, part, up } => {
                // sheets that take away are newer than what they amend, and not amended themselves
                let which = self.its_invoice(*which, |invoice| invoice.state == State::Posted && invoice.total() > 0)?;
                let left = self.left_of(which).0;
                let part = part_of(*part, left, left);
                let part = if *code == 2 && !up { -part } else { part };
                Act::Amend { which, code: *code, day: *day, part, up: *up }
            }
            Act::Pay(money) => Act::Pay(self.like(money)),
            Act::Complete(which, how) => {
                let which = self.payment(*which, |payment| payment.state == State::Draft)?;
                Act::Complete(which, self.settling(which, how))
            }
            Act::Allocate(which, how, day) => {
                let which = self.payment(*which, |payment| payment.state == State::Posted && payment.rest() > 0)?;
                Act::Allocate(which, self.settling(which, how), *day)
            }
            Act::Unallocate(which, part, day) => {
                let which = self.payment(*which, |payment| payment.state == State::Posted && payment.allocated > 0)?;
                let count = self.payments[which].allocations();
                Act::Unallocate(which, (count > 0).then(|| usize::from(*part) % count)?, *day)
            }
            Act::Revalue => Act::Revalue,
            Act::TakeBack => self.revaluation.map(|_| Act::TakeBack)?,
            Act::CancelPayment(which, day) => Act::CancelPayment(self.payment(*which, |payment| payment.state == State::Posted)?, *day),
        })
    }

    fn like(&self, money: &Money) -> Money {
        let Some((which, halves)) = money.like else { return money.clone() };
        let Some(at) = self.item(which, |item| item.rest() != 0) else {
            return money.clone();
        };
        let item = &self.items[at];
        let coin = u8::try_from(COINS.iter().position(|coin| *coin == item.coin).unwrap()).unwrap();
        let amount = if halves == 0 { money.amount } else { (item.rest().abs() * halves / 2).max(1) };
        Money { out: item.is_paid_out(), partner: item.partner, coin, amount, ..money.clone() }
    }

    fn settling(&self, payment: usize, how: &How) -> Settling {
        let How::Shares(shares) = how else { return Settling::Oldest };
        let payment = &self.payments[payment];
        let of = |(which, part): &(Which, Part)| {
            let at = self.item(*which, |item| payment.takes(item) && item.rest() != 0)?;
            Some((at, part_of(*part, self.items[at].rest().abs(), payment.rest())))
        };
        Settling::Shares(shares.iter().filter_map(of).collect())
    }
}

/// Of what is left of an item and of a payment.
fn part_of(part: Part, item: i64, payment: i64) -> i64 {
    let most = item.min(payment);
    match part {
        Part::Rest => most,
        Part::Half => (most / 2).max(most.min(1)),
        Part::Smallest => 1,
        Part::BeyondItem => item + 1,
        Part::BeyondPayment => payment + 1,
        Part::Nothing => 0,
    }
}
