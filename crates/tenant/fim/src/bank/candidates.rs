//! Which of what is there a line of the bank might be, with the reasons, within the steps that it may take.

use super::{
    line,
    matching::moves,
    suggestions::{BankSuggestion, BankSuggestionItem, BankSuggestionLine, BankSuggestions, SuggestionReason},
};
use crate::{
    bank::books::Booked,
    open_items::item::{self, OpenItemKind},
    payments::entity as payment,
};
use crm::plain_name;
use kernel::{Day, Money};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Candidates of a line, at most.
const MOST: usize = 5;
/// Items of a partner that are tried together, and how many of them at once.
const TRIED: usize = 16;
const TOGETHER: usize = 5;
/// Days that are near.
pub(super) const NEAR: i64 = 5;
/// What all lines of a statement may cost together, in steps of some nanoseconds: with many lines each is looked at less closely.
const STEPS: u64 = 60_000_000;
/// What it costs to look at a partner, an item and a candidate.
const PARTNER: u64 = 2;
const ITEM: u64 = 1;
const CANDIDATE: u64 = 400;

fn days_between(one: Day, other: Day) -> i64 {
    (one.0 - other.0).whole_days().abs()
}

/// The items of a partner that are settled the same way, those due first.
struct Owed {
    partner: Uuid,
    items: Vec<usize>,
    /// What is left of all of them.
    whole: i64,
}

/// What might be a line, in the places where it is looked for.
#[derive(Default)]
pub(super) struct Known {
    payments: HashMap<i64, Vec<payment::Model>>,
    entries: HashMap<i64, Vec<Booked>>,
    items: Vec<item::Model>,
    /// Whether money comes in for it, and how much is left of it.
    items_of_amount: HashMap<(bool, i64), Vec<usize>>,
    owed: HashMap<bool, Vec<Owed>>,
    /// Names as they are, and what is left of them without what every company's has.
    names: BTreeMap<Uuid, (String, String)>,
    partners_of_name: HashMap<String, Vec<Uuid>>,
}

/// What a line says, made ready to be compared.
struct Said {
    text: String,
    written: String,
    sender: String,
}

impl Said {
    fn of(line: &line::Model) -> Self {
        let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let counterparty = part(line.counterparty.as_deref());
        let text = [counterparty.clone(), part(line.description.as_deref()), part(line.reference.as_deref())].join(" ");
        Self { written: plain_name(&text), sender: plain_name(&counterparty), text }
    }
}

/// Steps that a line has left.
struct Steps(u64);

impl Steps {
    fn take(&mut self, cost: u64) -> bool {
        self.0 = self.0.saturating_sub(cost);
        self.0 > 0
    }
}

/// Whether money comes in when it is settled.
fn comes_in(item: &item::Model) -> bool {
    (item.kind == OpenItemKind::Receivable) != item.amount.is_negative()
}

impl Known {
    /// Everything in its place.
    pub(super) fn sorted(
        amounts: &BTreeSet<i64>,
        payments: Vec<payment::Model>,
        entries: Vec<Booked>,
        items: Vec<item::Model>,
        names: BTreeMap<Uuid, (String, String)>,
    ) -> Self {
        let mut all = Self { names, ..Self::default() };
        for payment in payments {
            all.payments.entry(moves(&payment).0).or_default().push(payment);
        }
        for entry in entries.into_iter().filter(|entry| amounts.contains(&entry.moved.0)) {
            all.entries.entry(entry.moved.0).or_default().push(entry);
        }
        let mut owed: BTreeMap<(bool, Uuid), Owed> = BTreeMap::new();
        for (at, item) in items.iter().enumerate() {
            let (comes_in, left) = (comes_in(item), item.rest().0.abs());
            all.items_of_amount.entry((comes_in, left)).or_default().push(at);
            let partner = item.partner_id;
            let of = owed.entry((comes_in, partner)).or_insert_with(|| Owed { partner, items: Vec::new(), whole: 0 });
            of.items.push(at);
            of.whole = of.whole.saturating_add(left);
        }
        for ((comes_in, _), of) in owed {
            all.owed.entry(comes_in).or_default().push(of);
        }
        for (id, (_, core)) in &all.names {
            all.partners_of_name.entry(core.clone()).or_default().push(*id);
        }
        all.items = items;
        all
    }

    fn name_of(&self, partner: Uuid) -> String {
        self.names.get(&partner).map(|(name, _)| name.clone()).unwrap_or_default()
    }

    /// What speaks for a partner and numbers, beyond the amount.
    fn reasons(
        &self,
        (line, said): (&line::Model, &Said),
        first: SuggestionReason,
        partner: Option<Uuid>,
        numbers: &[Option<&str>],
        on: Option<Day>,
    ) -> Vec<SuggestionReason> {
        let mut reasons = vec![first];
        let name = partner.and_then(|id| self.names.get(&id)).map_or("", |(_, core)| core);
        if !name.is_empty() && (said.written.contains(name) || (said.sender.chars().count() >= 2 && name.contains(&said.sender))) {
            reasons.push(SuggestionReason::NameInText);
        }
        if numbers.iter().flatten().any(|number| said.text.contains(*number)) {
            reasons.push(SuggestionReason::NumberInText);
        }
        if on.is_some_and(|on| days_between(on, line.booked_on) <= NEAR) {
            reasons.push(SuggestionReason::DateNear);
        }
        reasons
    }

    fn of_items(&self, line: (&line::Model, &Said), first: SuggestionReason, items: &[&item::Model]) -> Option<BankSuggestion> {
        let partner = items.first()?.partner_id;
        let numbers: Vec<Option<&str>> = items.iter().map(|item| item.doc_no.as_deref()).collect();
        let due = items.first().filter(|_| items.len() == 1).map(|item| item.due_date);
        let shown = |item: &&item::Model| BankSuggestionItem {
            item_id: item.id,
            doc_no: item.doc_no.clone(),
            due_date: item.due_date,
            amount: Money(item.rest().0.abs()),
        };
        Some(BankSuggestion {
            payment_id: None,
            je_id: None,
            je_code: None,
            items: items.iter().map(shown).collect(),
            partner_id: Some(partner),
            partner_name: self.name_of(partner),
            reasons: self.reasons(line, first, Some(partner), &numbers, due),
        })
    }

    fn of_payment(&self, line: (&line::Model, &Said), payment: &payment::Model) -> BankSuggestion {
        let numbers = [payment.transaction_code.as_deref(), payment.ref_doc_no.as_deref(), payment.check_no.as_deref()];
        let (partner, day) = (Some(payment.partner_id), Some(payment.transaction_date));
        BankSuggestion {
            payment_id: Some(payment.id),
            je_id: None,
            je_code: None,
            items: Vec::new(),
            partner_id: partner,
            partner_name: self.name_of(payment.partner_id),
            reasons: self.reasons(line, SuggestionReason::SameAmount, partner, &numbers, day),
        }
    }

    fn of_entry(&self, line: (&line::Model, &Said), entry: &Booked) -> BankSuggestion {
        let numbers = [Some(entry.je_code.as_str()), entry.ref_doc_no.as_deref()];
        BankSuggestion {
            payment_id: None,
            je_id: Some(entry.je_id),
            je_code: Some(entry.je_code.clone()),
            items: Vec::new(),
            partner_id: None,
            partner_name: String::new(),
            reasons: self.reasons(line, SuggestionReason::SameAmount, None, &numbers, Some(entry.posting_date)),
        }
    }

    fn candidates(&self, line: &line::Model, mut steps: Steps) -> Vec<BankSuggestion> {
        let said = &Said::of(line);
        let (amount, line) = (line.amount.0, (line, said));
        let mut found: Vec<BankSuggestion> = Vec::new();
        // half of the steps are for those that add up
        let mut alike = Steps(steps.0 / 2);
        let payments = self.payments.get(&amount).into_iter().flatten();
        found.extend(payments.take_while(|_| alike.take(CANDIDATE)).map(|payment| self.of_payment(line, payment)));
        let entries = self.entries.get(&amount).into_iter().flatten();
        found.extend(entries.take_while(|_| alike.take(CANDIDATE)).map(|entry| self.of_entry(line, entry)));
        let (comes_in, left) = (amount >= 0, amount.saturating_abs());
        let was_there = |item: &&item::Model| item.doc_date <= line.0.booked_on;
        let items = self.items_of_amount.get(&(comes_in, left)).into_iter().flatten().filter_map(|at| self.items.get(*at));
        let items = items.take_while(|_| alike.take(CANDIDATE)).filter(was_there);
        found.extend(items.filter_map(|item| self.of_items(line, SuggestionReason::SameAmount, &[item])));
        // who sent it by its name, then everybody
        let owed = self.owed.get(&comes_in).map(Vec::as_slice).unwrap_or_default();
        let senders = self.partners_of_name.get(&said.sender).into_iter().flatten();
        let senders: Vec<usize> = senders.take(MOST).filter_map(|id| owed.binary_search_by_key(id, |of| of.partner).ok()).collect();
        let others = (0..owed.len()).filter(|at| !senders.contains(at));
        for of in senders.iter().copied().chain(others).filter_map(|at| owed.get(at)) {
            if !steps.take(PARTNER) {
                break;
            }
            if of.whole < left {
                continue;
            }
            let items = of.items.iter().take_while(|_| steps.take(ITEM)).filter_map(|at| self.items.get(*at));
            let tried: Vec<&item::Model> = items.filter(was_there).filter(|item| item.rest().0.abs() != left).take(TRIED).collect();
            if let Some(sum) = summing_up(&tried, left, TOGETHER, &mut steps).filter(|sum| sum.len() > 1) {
                found.extend(self.of_items(line, SuggestionReason::SumOfItems, &sum).filter(|_| steps.take(CANDIDATE)));
            }
        }
        // whatever has more reasons; then what is there before what is to be made
        found.sort_by_key(|one| std::cmp::Reverse((one.reasons.len(), one.items.is_empty())));
        found.truncate(MOST);
        found
    }

    pub(super) fn suggestions(&self, statement_id: Uuid, lines: &[line::Model]) -> BankSuggestions {
        let each = STEPS.checked_div(u64::try_from(lines.len()).unwrap_or(STEPS)).unwrap_or(STEPS);
        let shown = |line: &line::Model| BankSuggestionLine {
            line_id: line.id,
            booked_on: line.booked_on,
            amount: line.amount,
            candidates: self.candidates(line, Steps(each)),
        };
        BankSuggestions { statement_id, lines: lines.iter().map(shown).collect() }
    }
}

/// The first of the items, by their order, that come to `left` exactly; none where the steps end before.
fn summing_up<'i>(items: &[&'i item::Model], left: i64, most: usize, steps: &mut Steps) -> Option<Vec<&'i item::Model>> {
    if left == 0 {
        return Some(Vec::new());
    }
    let (first, rest) = items.split_first().filter(|_| most > 0 && steps.take(ITEM))?;
    let amount = first.rest().0.abs();
    let with = if amount <= left { summing_up(rest, left - amount, most - 1, steps) } else { None };
    match with {
        Some(mut sum) => {
            sum.insert(0, first);
            Some(sum)
        }
        None => summing_up(rest, left, most, steps),
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, Steps, TOGETHER, item, line, plain_name, summing_up};
    use kernel::{Currency, Day, Money, Text, Timestamp};
    use uuid::Uuid;

    fn day() -> Day {
        Day::parse("2026-03-02").unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::parse("2026-03-02T00:00:00Z").unwrap()
    }

    fn item(partner: u128, amount: i64) -> item::Model {
        item::Model {
            id: Uuid::now_v7(),
            tenant_id: Uuid::nil(),
            kind: item::OpenItemKind::Receivable,
            partner_id: Uuid::from_u128(partner),
            posted_partner_id: None,
            account_id: Uuid::nil(),
            doc_type: Text::parse("INVOICE").unwrap(),
            doc_id: Uuid::nil(),
            doc_no: None,
            je_id: None,
            doc_date: day(),
            due_date: day(),
            currency: Currency::parse("KRW").unwrap(),
            exchange_rate: "1".parse().unwrap(),
            amount: Money(amount),
            settled: Money::ZERO,
            base_amount: Money(amount),
            base_settled: Money::ZERO,
            row_version: 1,
            created_at: now(),
            created_by: None,
            updated_at: None,
            updated_by: None,
            deleted_at: None,
            deleted_by: None,
        }
    }

    fn line(amount: i64, counterparty: &str) -> line::Model {
        line::Model {
            id: Uuid::nil(),
            tenant_id: Uuid::nil(),
            statement_id: Uuid::nil(),
            account_id: Uuid::nil(),
            line_no: 1,
            booked_on: day(),
            amount: Money(amount),
            balance: None,
            counterparty: Some(Text::parse(counterparty).unwrap()),
            description: None,
            reference: None,
            mark: String::new(),
            occurrence: 1,
            status: line::LineStatus::Unmatched,
            payment_id: None,
            je_id: None,
            note: None,
            row_version: 1,
            created_at: now(),
            created_by: None,
            updated_at: None,
            updated_by: None,
            deleted_at: None,
            deleted_by: None,
        }
    }

    /// Fault F12: what adds up is looked for within steps, whatever there is to try.
    #[test]
    fn adding_up_ends_with_its_steps() {
        let items = [7, 30, 20, 50].map(|amount| item(1, amount));
        let all: Vec<_> = items.iter().collect();
        let found = |left: i64, steps: u64| {
            let found = summing_up(&all, left, TOGETHER, &mut Steps(steps));
            found.map(|sum| sum.iter().map(|item| item.amount.0).collect::<Vec<_>>())
        };
        assert_eq!(found(50, 1000), Some(vec![30, 20]));
        assert_eq!((found(51, 1000), found(50, 2)), (None, None));
    }

    /// Fault F12: a statement of 5,000 lines beside 32,000 open items kept a worker for minutes. Whose name a line says comes first all the
    /// same.
    #[test]
    fn a_statement_at_its_limits_finds_whose_name_a_line_says() {
        let items = (0..2000).flat_map(|partner| (0..16).map(move |n| item(partner, 1_000_003 + 20 * n)));
        let names = (0..2000).map(|n| (Uuid::from_u128(n), (format!("(주)한빛 {n}"), plain_name(&format!("(주)한빛 {n}")))));
        let known = Known::sorted(&[].into(), Vec::new(), Vec::new(), items.collect(), names.collect());
        // nothing comes to the first sum, two items of each partner come to the other
        let lines: Vec<_> =
            (0..5000).map(|n| if n % 2 == 0 { line(4_000_000, "누군가") } else { line(2_000_026, "한빛 1999 주식회사") }).collect();
        let found = known.suggestions(Uuid::nil(), &lines);
        assert!(found.lines[0].candidates.is_empty());
        let best = &found.lines[1].candidates[0];
        assert_eq!((best.partner_id, best.items.len()), (Some(Uuid::from_u128(1999)), 2));
    }
}
