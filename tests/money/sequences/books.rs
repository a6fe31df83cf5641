//! A company over HTTP: sends a step, remembers the ids of what it made, and tells what is in its books.

use super::{
    acts::{Act, At, Flaw, Kind, Sheet, Wish},
    model::{HAND, LAST, Model, Settling, Step, coin_of, date, month, rate_on},
    money::{Rules, text},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::{Answer, Caller};
use tests::{
    crm::biz_no,
    fim::{ENTRIES, PERIODS, account, invoices, payments, period},
};

/// What is in the books of a company, without ids and moments.
pub type Told = BTreeMap<String, Value>;

pub struct Books {
    caller: Caller,
    accounts: BTreeMap<&'static str, String>,
    months: Vec<String>,
    partners: Vec<String>,
    /// Of what the model has under the same number; empty where no answer has told it.
    entries: Vec<String>,
    invoices: Vec<String>,
    items: Vec<String>,
    payments: Vec<String>,
    /// Of each payment, in the order they were made.
    allocations: Vec<Vec<String>>,
    revaluation: String,
}

const REVALUATIONS: &str = "/api/v1/tenants/fim/revaluations";

fn ids(answer: &Answer, list: &str) -> Vec<String> {
    let rows = answer.json["data"][list].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

fn entry_body(books: &Books, wish: &Wish) -> Value {
    let coin = coin_of(wish.coin);
    let mut amounts = wish.all_lines();
    if wish.flaw == Some(Flaw::Unbalanced) {
        amounts.last_mut().unwrap().1 += 1;
    }
    let line = |(account, amount): &(&str, i64)| {
        let side = if *amount < 0 { "credit_amount" } else { "debit_amount" };
        json!({"account_id": books.accounts[account], side: text(amount.abs(), coin.places)})
    };
    let mut lines: Vec<Value> = amounts.iter().map(line).collect();
    let side = if amounts[0].1 < 0 { "credit_amount" } else { "debit_amount" };
    match wish.flaw {
        Some(Flaw::Nothing) => lines[0][side] = json!("0"),
        Some(Flaw::TooFine) => lines[0][side] = json!(text(amounts[0].1.abs() * 10 + 1, coin.places + 1)),
        Some(Flaw::Alone) => lines.truncate(1),
        _ => {}
    }
    let (day, rate) = (date(wish.day).to_string(), text(rate_on(wish.coin, wish.day), 2));
    json!({"je_date": day, "posting_date": day, "currency": coin.code, "exchange_rate": rate, "lines": lines})
}

fn invoice_body(sheet: &Sheet, coin: u8) -> Value {
    let line = |(quantity, price, kind): &(i64, i64, Kind)| {
        let kind = match kind {
            Kind::Taxable => "TAXABLE",
            Kind::ZeroRated => "ZERO_RATED",
            Kind::Exempt => "EXEMPT",
        };
        json!({"product_name": "상품", "quantity": text(quantity * 25, 2), "unit_price": text(*price, 2), "tax_kind": kind})
    };
    let due = date(sheet.day) + time::Duration::days(sheet.due);
    json!({"invoice_date": date(sheet.day).to_string(), "due_date": due.to_string(), "prices_include_tax": sheet.inclusive,
        "exchange_rate": text(rate_on(coin, sheet.day), 2), "lines": sheet.lines.iter().map(line).collect::<Vec<_>>()})
}

impl Books {
    /// The books of a company that has just begun: two partners, a currency with thousandths, its way to round.
    pub async fn new(caller: Caller, rules: Rules) -> Self {
        invoices::set(&caller, "accounting.vat_rounding", rules.rounding).await;
        invoices::set(&caller, "accounting.vat_basis", rules.basis).await;
        let dinar = json!({"code": "KWD", "name": "쿠웨이트 디나르", "decimal_places": 3});
        let _ = caller.post("/api/v1/tenants/adm/currencies", &dinar).await.ok(201);
        let partners = vec![invoices::partner(&caller).await, invoices::another(&caller, 2, json!({"biz_no": biz_no(2)})).await];
        for coin in 1..3 {
            let rate = text(rate_on(coin, LAST), 2);
            let body =
                json!({"from_currency": coin_of(coin).code, "to_currency": "KRW", "rate": rate, "valid_from": date(LAST).to_string()});
            let _ = caller.post("/api/v1/tenants/adm/exchange-rates", &body).await.ok(201);
        }
        let mut accounts = BTreeMap::new();
        for code in HAND {
            accounts.insert(code, account(&caller, code).await);
        }
        let mut months = Vec::new();
        for month in 3..=6 {
            months.push(period(&caller, &format!("2026-{month:02}")).await["id"].as_str().unwrap().to_owned());
        }
        let none = Vec::new;
        Self {
            caller,
            accounts,
            months,
            partners,
            entries: none(),
            invoices: none(),
            items: none(),
            payments: none(),
            allocations: vec![],
            revaluation: String::new(),
        }
    }

    pub async fn reopen(&self, month: u8) {
        let path = format!("{PERIODS}/{}/reopen", self.months[usize::from(month)]);
        let _ = self.caller.post(&path, &json!({"reason": "다음"})).await.ok(200);
    }

    /// The item of an invoice is told when it is asked for.
    async fn item(&mut self, model: &Model, at: usize) -> String {
        if self.items[at].is_empty() {
            let (item, invoice) = (&model.items[at], &self.invoices[model.items[at].invoice.unwrap()]);
            let path = format!("{}?doc_type={}&doc_id={invoice}", payments::ITEMS, item.document);
            self.items[at] = self.caller.get(&path).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        }
        self.items[at].clone()
    }

    async fn settling(&mut self, model: &Model, settling: &Settling, coin: u32, day: Option<At>) -> Value {
        let mut body = match settling {
            Settling::Oldest => json!({"auto": true}),
            Settling::Shares(shares) => {
                let mut all = Vec::new();
                for (at, amount) in shares {
                    all.push(json!({"item_id": self.item(model, *at).await, "amount": text(*amount, coin)}));
                }
                json!({"allocations": all})
            }
        };
        if let Some(day) = day {
            body["date"] = json!(date(day).to_string());
        }
        body
    }

    /// Sends a step; `model` is as it was before.
    pub async fn send(&mut self, model: &Model, step: &Step) -> Answer {
        let on = |day: &At| json!(date(*day).to_string());
        let entry = |at: usize, verb: &str| format!("{ENTRIES}/{}{verb}", self.entries[at]);
        let invoice = |at: usize, verb: &str| format!("{}/{}{verb}", invoices::INVOICES, self.invoices[at]);
        let payment = |books: &Self, at: usize, verb: &str| format!("{}/{}/{verb}", payments::PAYMENTS, books.payments[at]);
        let (method, path, body) = match step {
            Act::Draft(wish) => (Method::POST, ENTRIES.to_owned(), entry_body(self, wish)),
            Act::Edit(at, wish) => (Method::PATCH, entry(*at, ""), entry_body(self, wish)),
            Act::Post(at) => (Method::POST, entry(*at, "/post"), json!({})),
            Act::Reverse(at, day) => (Method::POST, entry(*at, "/reverse"), json!({"date": on(day)})),
            Act::GiveUp(at) => (Method::POST, entry(*at, "/cancel"), json!({})),
            Act::Close(at) => (Method::POST, format!("{PERIODS}/{}/close", self.months[usize::from(*at)]), json!({})),
            Act::Reopen(at) => (Method::POST, format!("{PERIODS}/{}/reopen", self.months[usize::from(*at)]), json!({"reason": "누락"})),
            Act::Open { payable, partner, day, coin, amount } => {
                let kind = if *payable { "PAYABLE" } else { "RECEIVABLE" };
                let (partner, rate) = (&self.partners[usize::from(*partner)], text(rate_on(*coin, *day), 2));
                let coin = coin_of(*coin);
                let body = json!({"kind": kind, "partner_id": partner, "doc_date": on(day), "due_date": on(day), "currency": coin.code,
                    "exchange_rate": rate, "amount": text(*amount, coin.places)});
                (Method::POST, payments::ITEMS.to_owned(), body)
            }
            Act::Invoice(sheet) => {
                let mut body = invoice_body(sheet, sheet.coin);
                body["direction"] = json!(if sheet.purchase { "PURCHASE" } else { "SALES" });
                body["partner_id"] = json!(self.partners[usize::from(sheet.partner)]);
                body["currency_code"] = json!(coin_of(sheet.coin).code);
                (Method::POST, invoices::INVOICES.to_owned(), body)
            }
            Act::EditInvoice(at, sheet) => (Method::PATCH, invoice(*at, ""), invoice_body(sheet, model.invoices[*at].coin_no())),
            Act::Issue(at) => (Method::POST, invoice(*at, "/issue"), json!({})),
            Act::CancelInvoice(at, day) => (Method::POST, invoice(*at, "/cancel"), json!({"date": on(day)})),
            Act::Amend { which, code, day, part, .. } => {
                let mut body = json!({"code": code});
                if matches!(code, 2..=5) {
                    body["date"] = on(day);
                }
                if matches!(code, 2 | 3) {
                    body["amount"] = json!(text(*part, model.invoices[*which].coin.places));
                }
                (Method::POST, invoice(*which, "/amend"), body)
            }
            Act::Pay(money) => {
                let coin = coin_of(money.coin);
                let of = |amount| text(amount, coin.places);
                let body = json!({"transaction_date": on(&money.day), "transaction_type": if money.out { "PAYMENT" } else { "RECEIPT" },
                    "payment_method": "BANK_TRANSFER", "partner_id": self.partners[usize::from(money.partner)], "account_id": self.accounts["103"],
                    "currency": coin.code, "exchange_rate": text(rate_on(money.coin, money.day), 2), "amount": of(money.amount),
                    "fee_amount": of(money.fee)});
                (Method::POST, payments::PAYMENTS.to_owned(), body)
            }
            Act::Complete(at, settling) => {
                let body = self.settling(model, settling, model.payments[*at].coin.places, None).await;
                (Method::POST, payment(self, *at, "complete"), body)
            }
            Act::Allocate(at, settling, day) => {
                let body = self.settling(model, settling, model.payments[*at].coin.places, Some(*day)).await;
                (Method::POST, payment(self, *at, "allocate"), body)
            }
            Act::Unallocate(at, part, day) => {
                let body = json!({"allocation_id": self.allocations[*at][*part], "date": on(day)});
                (Method::POST, payment(self, *at, "unallocate"), body)
            }
            Act::Revalue => (Method::POST, REVALUATIONS.to_owned(), json!({"as_of": date(LAST).to_string()})),
            Act::TakeBack => (Method::POST, format!("{REVALUATIONS}/{}/reverse", self.revaluation), json!({})),
            Act::CancelPayment(at, day) => (Method::POST, payment(self, *at, "cancel"), json!({"date": on(day), "reason": "착오"})),
        };
        self.caller.request(method, &path).json(&body).send().await
    }

    /// Remembers what an accepted step made; `model` is as it is now.
    pub fn learn(&mut self, model: &Model, step: &Step, answer: &Answer) {
        let data = &answer.json["data"];
        let id = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match step {
            Act::Amend { .. } => self.invoices.extend(ids(answer, "sheets")),
            Act::Invoice(_) => self.invoices.push(id(&data["id"])),
            Act::Pay(_) => self.payments.push(id(&data["id"])),
            Act::Revalue => self.revaluation = id(&data["id"]),
            _ => {}
        }
        // entries in the order they were made: those of sheets, or the one that is told
        let mut told: Vec<String> = match step {
            Act::Draft(_) | Act::Reverse(..) => vec![id(&data["id"])],
            Act::Amend { .. } => data["sheets"].as_array().unwrap().iter().map(|sheet| id(&sheet["je_id"])).collect(),
            Act::Issue(_) | Act::Complete(..) => vec![id(&data["je_id"])],
            _ => Vec::new(),
        };
        told.reverse();
        self.entries.resize_with(model.entries.len(), || told.pop().unwrap_or_default());
        let item = if matches!(step, Act::Open { .. }) { id(&data["id"]) } else { String::new() };
        self.items.resize(model.items.len(), item);
        self.allocations.resize(model.payments.len(), Vec::new());
        if let Act::Complete(at, _) | Act::Allocate(at, ..) = step {
            let mut all = ids(answer, "allocations");
            all.sort();
            self.allocations[*at] = all;
        }
    }

    /// The books at the end of a sequence; looking every entry over takes its time.
    pub async fn look(&self, day: At, every_entry: bool) -> Told {
        let mut told = Told::new();
        let (from, until) = (date(month(day) * 3).replace_day(1).unwrap(), date(month(day) * 3 + 2) + time::Duration::days(5));
        let reports = "/api/v1/tenants/fim/reports";
        for (name, path) in [
            ("trial balance", format!("{reports}/trial-balance?from={from}&to={until}")),
            ("balance sheet", format!("{reports}/balance-sheet?as_of={until}")),
            ("receivable", format!("{reports}/aging?kind=RECEIVABLE&as_of={until}")),
            ("payable", format!("{reports}/aging?kind=PAYABLE&as_of={until}")),
        ] {
            told.insert(name.to_owned(), self.caller.get(&path).await.ok(200));
        }
        if every_entry {
            told.insert("verdict".to_owned(), tests::fim::verdict(&self.caller).await);
        }
        for (name, path) in [("items", payments::ITEMS), ("invoices", invoices::INVOICES), ("payments", payments::PAYMENTS)] {
            let mut all = Vec::new();
            for page in 1.. {
                let list = self.caller.get(&format!("{path}?page_size=100&page={page}")).await.ok(200);
                all.extend(list["items"].as_array().unwrap().iter().cloned());
                if page >= list["total_pages"].as_u64().unwrap() {
                    break;
                }
            }
            all.sort_by_key(|row| row["id"].as_str().unwrap().to_owned());
            told.insert(name.to_owned(), json!(all));
        }
        told
    }
}
