//! What a company does to its books, drawn at random. An act names what it is about by a number that [`super::model`] turns into an entry,
//! an invoice or a payment of the same sequence, so that a sequence shrinks to fewer acts and still makes sense.

use proptest::prelude::{BoxedStrategy, Just, Strategy as _, any, prop_oneof};
use proptest::{collection::vec, option, sample::select};

/// Something of the sequence that suits the act: small numbers are the newest. Great ones are anything, whether it suits or not.
pub type Which = u8;
/// One of the twelve days that are used: the 5th, 15th and 25th of March to June.
pub type At = u8;

/// An entry as somebody types it. Amounts are debit positive; a last line to the bank takes what is missing.
#[derive(Clone, Debug)]
pub struct Wish {
    pub day: At,
    pub coin: u8,
    pub lines: Vec<(u8, i64)>,
    pub flaw: Option<Flaw>,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// One of the smallest part too much.
    Unbalanced,
    /// A first line of nothing.
    Nothing,
    /// A first amount with more digits than its currency.
    TooFine,
    /// One line alone.
    Alone,
}

/// An invoice as somebody types it: quantities in quarters, prices in hundredths of the currency.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub purchase: bool,
    pub partner: u8,
    pub day: At,
    pub due: i64,
    pub coin: u8,
    pub inclusive: bool,
    pub lines: Vec<(i64, i64, Kind)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Taxable,
    ZeroRated,
    Exempt,
}

/// How much of something: of what is left, or more than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Rest,
    Half,
    Smallest,
    /// The smallest part more than is left of the item.
    BeyondItem,
    /// The smallest part more than is left of the payment.
    BeyondPayment,
    Nothing,
}

/// What a payment settles.
#[derive(Clone, Debug)]
pub enum How {
    /// What is due first.
    Oldest,
    Shares(Vec<(Which, Part)>),
}

/// An act: as it is drawn, or with what it is about found out.
#[derive(Clone, Debug)]
pub enum Act<W = Which, H = How, P = Part> {
    Draft(Wish),
    Edit(W, Wish),
    Post(W),
    Reverse(W, At),
    GiveUp(W),
    Close(u8),
    Reopen(u8),
    Open {
        payable: bool,
        partner: u8,
        day: At,
        coin: u8,
        amount: i64,
    },
    Invoice(Sheet),
    EditInvoice(W, Sheet),
    Issue(W),
    CancelInvoice(W, At),
    /// Codes 2 and 3 by an amount of supply; `up`: more of it.
    Amend {
        which: W,
        code: u8,
        day: At,
        part: P,
        up: bool,
    },
    Pay(Money),
    Complete(W, H),
    Allocate(W, H, At),
    Unallocate(W, W, At),
    CancelPayment(W, At),
    /// What is open in other currencies, at the rates of the last of the days.
    Revalue,
    TakeBack,
}

/// Money that comes or goes. `like`: of the partner, the currency and the direction of an item that is there, and so many halves of what is
/// left of it; none: the amount is what was drawn.
#[derive(Clone, Debug)]
pub struct Money {
    pub like: Option<(Which, i64)>,
    pub out: bool,
    pub partner: u8,
    pub day: At,
    pub coin: u8,
    pub amount: i64,
    pub fee: i64,
}

fn which() -> BoxedStrategy<Which> {
    prop_oneof![6 => Just(0_u8), 4 => 0_u8..5, 2 => 100_u8..108].boxed()
}

fn at() -> BoxedStrategy<At> {
    (0_u8..12).boxed()
}

fn later() -> BoxedStrategy<At> {
    prop_oneof![3 => 8_u8..12, 1 => 0_u8..12].boxed()
}

fn coin() -> BoxedStrategy<u8> {
    prop_oneof![5 => Just(0_u8), 3 => Just(1_u8), 1 => Just(2_u8)].boxed()
}

/// Where rounding between a currency and the books shows.
fn mostly_foreign() -> BoxedStrategy<u8> {
    prop_oneof![1 => Just(0_u8), 3 => Just(1_u8), 2 => Just(2_u8)].boxed()
}

fn amount() -> BoxedStrategy<i64> {
    prop_oneof![6 => 1_i64..2_000_000, 2 => 1_i64..50, 1 => select(vec![33_333, 100_000, 66_667, 99_999])].boxed()
}

fn wish() -> BoxedStrategy<Wish> {
    let flaw = select(vec![Flaw::Unbalanced, Flaw::Nothing, Flaw::TooFine, Flaw::Alone]);
    let line = (0_u8..6, prop_oneof![3 => amount(), 1 => amount().prop_map(|amount| -amount)]);
    (at(), coin(), vec(line, 1..4), option::weighted(0.12, flaw))
        .prop_map(|(day, coin, lines, flaw)| Wish { day, coin, lines, flaw })
        .boxed()
}

fn sheet(coin: BoxedStrategy<u8>) -> BoxedStrategy<Sheet> {
    let kind = prop_oneof![6 => Just(Kind::Taxable), 1 => Just(Kind::ZeroRated), 1 => Just(Kind::Exempt)];
    let price = prop_oneof![6 => (1_i64..30_000).prop_map(|price| price * 100), 3 => 1_i64..500_000, 1 => Just(0)];
    let lines = vec((prop_oneof![3 => (1_i64..12).prop_map(|whole| whole * 4), 1 => 1_i64..40], price, kind), 1..4);
    (any::<bool>(), 0_u8..2, at(), 0_i64..40, coin, any::<bool>(), lines)
        .prop_map(|(purchase, partner, day, due, coin, inclusive, lines)| Sheet { purchase, partner, day, due, coin, inclusive, lines })
        .boxed()
}

fn part() -> BoxedStrategy<Part> {
    prop_oneof![
        5 => Just(Part::Rest), 4 => Just(Part::Half), 2 => Just(Part::Smallest), 2 => Just(Part::BeyondItem), 2 => Just(Part::BeyondPayment),
        1 => Just(Part::Nothing)
    ]
    .boxed()
}

fn how() -> BoxedStrategy<How> {
    let share = (prop_oneof![14 => 0_u8..5, 1 => 100_u8..105], part());
    prop_oneof![2 => Just(How::Oldest), 5 => vec(share, 0..4).prop_map(How::Shares)].boxed()
}

fn money() -> BoxedStrategy<Act> {
    let fee = prop_oneof![4 => Just(0_i64), 1 => 1_i64..500];
    let halves = prop_oneof![2 => Just(0_i64), 2 => Just(2_i64), 2 => 3_i64..6, 1 => Just(1_i64)];
    (option::weighted(0.8, (which(), halves)), any::<bool>(), 0_u8..2, at(), coin(), prop_oneof![19 => amount(), 1 => Just(0)], fee)
        .prop_map(|(like, out, partner, day, coin, amount, fee)| Act::Pay(Money { like, out, partner, day, coin, amount, fee }))
        .boxed()
}

fn opening(coin: BoxedStrategy<u8>) -> BoxedStrategy<Act> {
    (any::<bool>(), 0_u8..2, at(), coin, prop_oneof![19 => amount(), 1 => Just(0)])
        .prop_map(|(payable, partner, day, coin, amount)| Act::Open { payable, partner, day, coin, amount })
        .boxed()
}

fn amendment() -> BoxedStrategy<Act> {
    (which(), prop_oneof![12 => 1_u8..7, 6 => 2_u8..4, 1 => 7_u8..8], later(), part(), any::<bool>())
        .prop_map(|(which, code, day, part, up)| Act::Amend { which, code, day, part, up })
        .boxed()
}

/// What follows from what came before, or does not.
fn later_act() -> BoxedStrategy<Act> {
    prop_oneof![
        1 => (which(), wish()).prop_map(|(which, wish)| Act::Edit(which, wish)),
        2 => which().prop_map(Act::Post),
        2 => (which(), later()).prop_map(|(which, day)| Act::Reverse(which, day)),
        1 => which().prop_map(Act::GiveUp),
        2 => (0_u8..4).prop_map(Act::Close),
        2 => (0_u8..4).prop_map(Act::Reopen),
        1 => (which(), sheet(coin())).prop_map(|(which, sheet)| Act::EditInvoice(which, sheet)),
        2 => which().prop_map(Act::Issue),
        3 => (which(), later()).prop_map(|(which, day)| Act::CancelInvoice(which, day)),
        4 => amendment(),
        3 => (which(), how()).prop_map(|(which, how)| Act::Complete(which, how)),
        5 => (which(), how(), later()).prop_map(|(which, how, day)| Act::Allocate(which, how, day)),
        4 => (which(), which(), later()).prop_map(|(which, part, day)| Act::Unallocate(which, part, day)),
        3 => (which(), later()).prop_map(|(which, day)| Act::CancelPayment(which, day)),
        3 => Just(Act::Revalue),
        2 => Just(Act::TakeBack),
    ]
    .boxed()
}

/// Something open.
fn opened(coin: &BoxedStrategy<u8>) -> BoxedStrategy<Vec<Act>> {
    let issued = sheet(coin.clone()).prop_map(|sheet| vec![Act::Invoice(sheet), Act::Issue(0)]);
    prop_oneof![1 => opening(coin.clone()).prop_map(|act| vec![act]), 2 => issued].boxed()
}

/// Of the first half of the days, so that something may follow it.
fn early(mut acts: Vec<Act>) -> Vec<Act> {
    for act in &mut acts {
        match act {
            Act::Open { day, .. } | Act::Invoice(Sheet { day, .. }) => *day /= 2,
            _ => {}
        }
    }
    acts
}

/// One thing after the other, as it mostly goes.
fn story() -> BoxedStrategy<Vec<Act>> {
    let drafted = wish().prop_map(|wish| vec![Act::Draft(wish), Act::Post(0)]);
    let completed = (money(), how()).prop_map(|(money, how)| vec![money, Act::Complete(0, how)]).boxed();
    let paid = (opened(&coin()), completed.clone()).prop_map(|(one, two)| [one, two].concat());
    prop_oneof![3 => drafted, 5 => opened(&coin()), 2 => completed, 4 => paid, 3 => instalments(), 2 => returned()].boxed()
}

/// Parts, one after the other, and in the end what they have left: only so can rounding leave something.
fn parts() -> BoxedStrategy<Vec<(Part, At)>> {
    let part = prop_oneof![4 => Just(Part::Half), 1 => Just(Part::Smallest), 1 => Just(Part::BeyondItem)];
    (vec((part, later()), 1..4), later()).prop_map(|(parts, last)| [parts, vec![(Part::Rest, last)]].concat()).boxed()
}

/// More money than is asked for settles the newest item in parts.
fn instalments() -> BoxedStrategy<Vec<Act>> {
    let pay = (3_i64..6, 6_u8..9)
        .prop_map(|(halves, day)| Act::Pay(Money { like: Some((0, halves)), out: false, partner: 0, day, coin: 0, amount: 1, fee: 0 }));
    (opened(&mostly_foreign()).prop_map(early), pay, parts())
        .prop_map(|(opened, pay, parts)| {
            let share = |part| How::Shares(vec![(0, part)]);
            let first = [pay, Act::Complete(0, share(Part::Half))];
            let then = parts.into_iter().map(|(part, day)| Act::Allocate(0, share(part), day));
            opened.into_iter().chain(first).chain(then).collect()
        })
        .boxed()
}

/// Goods that come back one after the other, until there are none.
fn returned() -> BoxedStrategy<Vec<Act>> {
    let issued = sheet(mostly_foreign()).prop_map(|sheet| early(vec![Act::Invoice(sheet), Act::Issue(0)]));
    (issued, parts())
        .prop_map(|(issued, parts)| {
            let back = |(part, day)| Act::Amend { which: 0, code: 3, day, part, up: false };
            issued.into_iter().chain(parts.into_iter().map(back)).collect()
        })
        .boxed()
}

/// About six to twenty of them, and a day of the month that is looked at in the end.
pub fn sequence() -> BoxedStrategy<(Vec<Act>, At)> {
    let part = (story(), vec(later_act(), 0..4)).prop_map(|(story, later)| [story, later].concat());
    (vec(part, 2..5).prop_map(|parts| parts.concat()), at()).boxed()
}
