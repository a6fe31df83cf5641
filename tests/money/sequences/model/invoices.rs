//! Tax invoices: computed, issued, taken back, amended by sheets.

use super::{
    super::acts::{At, Kind, Sheet},
    Item, Model, Reasons, State, Verdict, coin_of, date, rate_on, said,
};
use crate::sequences::money::{COINS, Coin, entry_in_won, nearest};
use serde_json::{Value, json};

/// A line with what it comes to.
#[derive(Clone, Debug)]
pub struct Row {
    pub kind: Kind,
    pub supply: i64,
    pub tax: i64,
}

#[derive(Clone)]
pub struct Invoice {
    pub purchase: bool,
    pub partner: u8,
    pub day: At,
    due: time::Date,
    pub coin: Coin,
    rate: i64,
    pub rows: Vec<Row>,
    pub state: State,
    pub no: Option<String>,
    pub item: Option<usize>,
    entry: usize,
    original: Option<usize>,
}

impl Invoice {
    /// Its currency as acts name it.
    pub fn coin_no(&self) -> u8 {
        u8::try_from(COINS.iter().position(|coin| *coin == self.coin).unwrap()).unwrap()
    }

    pub fn supply(&self) -> i64 {
        self.rows.iter().map(|row| row.supply).sum()
    }

    pub fn tax(&self) -> i64 {
        self.rows.iter().map(|row| row.tax).sum()
    }

    pub fn total(&self) -> i64 {
        self.supply() + self.tax()
    }

    pub fn figures(&self) -> Vec<(&'static str, Value)> {
        let of = |amount| said(amount, self.coin);
        vec![("/supply_amount", of(self.supply())), ("/tax_amount", of(self.tax())), ("/total_amount", of(self.total()))]
    }

    /// With what was paid of it.
    pub fn says(&self, items: &[Item]) -> Vec<(&'static str, Value)> {
        let (status, paid) = match self.state {
            State::Draft => ("DRAFT", 0),
            State::Cancelled => ("CANCELLED", 0),
            _ => ("ISSUED", self.item.map_or(0, |item| items[item].settled)),
        };
        let more = vec![("/status", json!(status)), ("/invoice_no", json!(self.no)), ("/paid_amount", said(paid, self.coin))];
        [self.figures(), more].concat()
    }

    /// The lines of its entry in its currency, debit positive; the claim is the last.
    fn lines(&self) -> Vec<(&'static str, i64)> {
        let (goods, tax, claim, sign) = if self.purchase { ("146", "135", "251", 1) } else { ("401", "255", "108", -1) };
        let mut lines: Vec<_> = self.rows.iter().map(|row| (goods, sign * row.supply)).collect();
        lines.extend([(tax, sign * self.tax()), (claim, -sign * self.total())]);
        lines.retain(|(_, amount)| *amount != 0);
        lines
    }
}

impl Model {
    fn rows_of(&self, sheet: &Sheet) -> Vec<Row> {
        let coin = coin_of(sheet.coin);
        let price = |(quantity, price, _): &(i64, i64, Kind)| nearest(i128::from(quantity * price) * 10_i128.pow(coin.places), 400);
        let prices: Vec<i64> = sheet.lines.iter().map(price).collect();
        let taxable: Vec<bool> = sheet.lines.iter().map(|(_, _, kind)| *kind == Kind::Taxable).collect();
        let taxes = self.rules.taxes(&prices, &taxable, sheet.inclusive);
        let row = |((line, price), tax): ((&(i64, i64, Kind), i64), i64)| {
            let supply = if sheet.inclusive { price - tax } else { price };
            Row { kind: line.2, supply, tax }
        };
        sheet.lines.iter().zip(prices).zip(taxes).map(row).collect()
    }

    pub(super) fn invoice(&mut self, sheet: &Sheet) -> Verdict {
        let invoice = Invoice {
            purchase: sheet.purchase,
            partner: sheet.partner,
            day: sheet.day,
            due: date(sheet.day) + time::Duration::days(sheet.due),
            coin: coin_of(sheet.coin),
            rate: rate_on(sheet.coin, sheet.day),
            rows: self.rows_of(sheet),
            state: State::Draft,
            no: None,
            item: None,
            entry: 0,
            original: None,
        };
        let says = invoice.figures();
        self.invoices.push(invoice);
        Ok(says)
    }

    /// Its lines, its days and whether its prices have the tax in them; partner, direction and currency stay.
    pub(super) fn edit_invoice(&mut self, at: usize, sheet: &Sheet) -> Verdict {
        let mut reasons = Reasons::default();
        reasons.when(self.invoices[at].state != State::Draft, "409 fim.invoice_issued");
        reasons.settled()?;
        let before = &self.invoices[at];
        let coin = before.coin_no();
        let rows = self.rows_of(&Sheet { coin, ..sheet.clone() });
        let due = date(sheet.day) + time::Duration::days(sheet.due);
        let (rate, day) = (rate_on(coin, sheet.day), sheet.day);
        self.invoices[at] = Invoice { rows, due, rate, day, ..before.clone() };
        Ok(self.invoices[at].figures())
    }

    pub(super) fn issue(&mut self, at: usize) -> Verdict {
        let invoice = &self.invoices[at];
        let is_draft = invoice.state == State::Draft;
        let mut reasons = Reasons::default();
        reasons.when(invoice.state == State::Cancelled, "409 transition");
        reasons.when(is_draft && invoice.total() == 0, "422 total_amount");
        reasons.when(is_draft && self.is_closed(invoice.day), "409 fim.period_closed");
        reasons.settled()?;
        if is_draft {
            self.issued(at);
        }
        let invoice = &self.invoices[at];
        Ok([invoice.figures(), vec![("/status", json!("ISSUED")), ("/invoice_no", json!(invoice.no))]].concat())
    }

    /// Numbers it, posts it, opens its item.
    fn issued(&mut self, at: usize) {
        let no = self.number(usize::from(self.invoices[at].purchase));
        let invoice = self.invoices[at].clone();
        let lines = invoice.lines();
        let won = entry_in_won(&lines.iter().map(|(_, amount)| *amount).collect::<Vec<_>>(), invoice.coin, invoice.rate);
        let claim = *won.last().unwrap() * if invoice.purchase { -1 } else { 1 };
        let lines = lines.iter().zip(won).map(|((account, _), won)| (*account, won)).collect();
        let entry = self.post_document(invoice.day, lines, "409 fim.entry_of_document", true);
        let item = Item {
            payable: invoice.purchase,
            partner: invoice.partner,
            coin: invoice.coin,
            day: invoice.day,
            due: invoice.due,
            document: "INVOICE",
            invoice: Some(at),
            amount: invoice.total(),
            base: claim,
            settled: 0,
            base_settled: 0,
        };
        self.items.push(item);
        let item = Some(self.items.len() - 1);
        self.invoices[at] = Invoice { no: Some(no), state: State::Posted, item, entry, ..invoice };
    }

    fn sheets_of(&self, at: usize) -> impl Iterator<Item = &Invoice> {
        self.invoices.iter().filter(move |sheet| sheet.original == Some(at) && sheet.state != State::Cancelled)
    }

    pub(super) fn cancel_invoice(&mut self, at: usize, day: At) -> Verdict {
        let invoice = self.invoices[at].clone();
        let mut reasons = Reasons::default();
        if let (State::Posted, Some(item)) = (invoice.state, invoice.item) {
            reasons.when(self.sheets_of(at).next().is_some(), "409 fim.invoice_amended");
            // what a sheet took away is owed again with it
            reasons.when(self.items[item].settled != self.set_off_of(item), "409 fim.invoice_settled");
            reasons.when(day < invoice.day, "422 date");
            reasons.when(self.is_closed(day), "409 fim.period_closed");
        }
        reasons.settled()?;
        if let (State::Posted, Some(item)) = (invoice.state, invoice.item) {
            self.release(item, day);
            self.reversing(invoice.entry, day);
            let claim = &mut self.items[item];
            (claim.settled, claim.base_settled) = (claim.amount, claim.base);
            let counter = Item {
                day,
                due: date(day),
                document: "INVOICE_CANCEL",
                amount: -claim.amount,
                base: -claim.base,
                settled: -claim.amount,
                base_settled: -claim.base,
                ..claim.clone()
            };
            self.items.push(counter);
        }
        self.invoices[at].state = State::Cancelled;
        Ok(vec![("/status", json!("CANCELLED")), ("/paid_amount", json!("0"))])
    }

    /// Supply and tax that no sheet has taken away yet.
    pub(super) fn left_of(&self, at: usize) -> (i64, i64) {
        let invoice = &self.invoices[at];
        let taken = self.sheets_of(at).filter(|sheet| sheet.total() < 0);
        taken.fold((invoice.supply(), invoice.tax()), |left, sheet| (left.0 + sheet.supply(), left.1 + sheet.tax()))
    }

    /// By reason 1 to 6; for 2 and 3 `part` is how much the supply changed, or came back.
    pub(super) fn amend(&mut self, at: usize, code: u8, day: At, part: i64) -> Verdict {
        let invoice = self.invoices[at].clone();
        let mut reasons = Reasons::default();
        reasons.when(matches!(invoice.state, State::Draft | State::Cancelled), "409 transition");
        reasons.when(invoice.total() < 0, "409 fim.credit_note");
        reasons.when(!(1..=6).contains(&code), "422 code");
        let own_day = matches!(code, 2..=4);
        reasons.when((own_day || code == 5) && day < invoice.day, "422 date");
        reasons.when(code == 5 && (invoice.tax() == 0 || invoice.purchase), "422 code");
        let mixed = invoice.rows.iter().any(|row| row.kind != invoice.rows[0].kind);
        reasons.when(matches!(code, 2 | 3) && (part == 0 || mixed), "422 amount");
        let date = if own_day { day } else { invoice.day };
        reasons.when(self.is_closed(date), "409 fim.period_closed");
        let whole: Vec<Row> = invoice.rows.iter().map(|row| Row { supply: -row.supply, tax: -row.tax, ..row.clone() }).collect();
        let zero = |row: &Row| Row { kind: if row.kind == Kind::Exempt { row.kind } else { Kind::ZeroRated }, tax: 0, ..*row };
        let left = self.left_of(at);
        let sheets = match code {
            1 => vec![whole, invoice.rows.clone()],
            2 | 3 => vec![vec![self.changed(&invoice.rows[0], left, if code == 3 { -part } else { part })]],
            5 => vec![whole, invoice.rows.iter().map(zero).collect()],
            _ => vec![whole],
        };
        let first: (i64, i64) = sheets[0].iter().fold((0, 0), |sum, row| (sum.0 + row.supply, sum.1 + row.tax));
        let beyond = first.0 + left.0 < 0 || first.0 + first.1 + left.0 + left.1 < 0;
        reasons.when(first.0 + first.1 < 0 && beyond, "409 fim.credit_exceeds");
        reasons.settled()?;
        let mut says = Vec::new();
        let pointers = [["/sheets/0/supply_amount", "/sheets/0/tax_amount"], ["/sheets/1/supply_amount", "/sheets/1/tax_amount"]];
        for (rows, [supply, tax]) in sheets.into_iter().zip(pointers) {
            let due = super::date(date);
            let sheet = Invoice { day: date, due, rows, original: Some(at), item: None, ..invoice.clone() };
            says.extend([(supply, said(sheet.supply(), sheet.coin)), (tax, said(sheet.tax(), sheet.coin))]);
            let is_credit = sheet.total() < 0;
            self.invoices.push(sheet);
            let made = self.invoices.len() - 1;
            self.issued(made);
            if is_credit {
                self.set_off(self.invoices[made].item.unwrap(), invoice.item.unwrap(), date);
            }
        }
        Ok(says)
    }

    /// The line of a sheet for an amount of supply: what takes the last of the supply takes the last of the tax, and none takes more.
    fn changed(&self, like: &Row, left: (i64, i64), supply: i64) -> Row {
        let tax = if like.kind == Kind::Taxable { self.rules.tax(supply.abs(), false) } else { 0 };
        let tax = if supply < 0 && (-supply == left.0 || tax > left.1) { left.1 } else { tax };
        Row { kind: like.kind, supply, tax: tax * supply.signum() }
    }

    /// When a sheet is due that the partner's terms say it of.
    pub fn learn_due(&mut self, invoice: usize, due: time::Date) {
        self.invoices[invoice].due = due;
        if let Some(item) = self.invoices[invoice].item {
            self.items[item].due = due;
        }
    }
}
