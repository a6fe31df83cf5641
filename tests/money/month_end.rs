//! 월말 결산: a month of a small trading company from its opening balances to the statements, as its accountant goes through it. What the
//! statements must say was reckoned by hand; it stands in `month_end.txt`.

use serde_json::{Value, json};
use std::fmt::Write as _;
use testkit::{Caller, both};
use tests::fim::{
    ENTRIES, PERIODS, account, draft,
    invoices::{act, another, issued, line},
    payments::{ITEMS, PAYMENTS},
    period, posted, verdict,
};

const REPORTS: &str = "/api/v1/tenants/fim/reports";
const STATEMENTS: &str = "/api/v1/tenants/fim/bank-statements";

async fn report(caller: &Caller, which: &str) -> Value {
    caller.get(&format!("{REPORTS}/{which}")).await.ok(200)
}

/// `-1234567` as `-1,234,567`.
fn won(amount: &Value) -> String {
    let text = amount.as_str().unwrap();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    format!("{sign}{}", groups.join(","))
}

/// The statements of March as text.
async fn printed(caller: &Caller) -> String {
    let mut text = String::from("합계잔액시산표 2026-03-01 ~ 2026-03-31\n");
    let month = "from=2026-03-01&to=2026-03-31";
    let of = |text: &mut String, statement: &Value, names: &[&str]| {
        for name in names {
            let amount = statement[name].get("total").unwrap_or(&statement[name]);
            let _ = writeln!(text, "{name:<28}{:>12}", won(amount));
        }
    };
    let balance = report(caller, &format!("trial-balance?{month}")).await;
    let row = |text: &mut String, code: &str, row: &Value, name: &str| {
        let [opening, debit, credit, closing] = ["opening", "debit", "credit", "closing"].map(|column| won(&row[column]));
        let line = format!("{code} {opening:>12} {debit:>12} {credit:>12} {closing:>12}  {name}");
        let _ = writeln!(text, "{}", line.trim_end());
    };
    for of in balance["rows"].as_array().unwrap() {
        row(&mut text, of["account_code"].as_str().unwrap(), of, of["account_name"].as_str().unwrap());
    }
    row(&mut text, "sum", &balance["totals"], "");
    text += "\n손익계산서\n";
    let results =
        ["sales", "cost_of_sales", "gross_profit", "selling_and_administration", "operating_profit", "other_income", "other_expense"];
    let result = report(caller, &format!("profit-and-loss?{month}")).await;
    of(&mut text, &result, &[results.as_slice(), &["profit_before_tax", "net_profit"]].concat());
    text += "\n재무상태표 2026-03-31\n";
    let sheet = report(caller, "balance-sheet?as_of=2026-03-31").await;
    of(
        &mut text,
        &sheet,
        &["current_assets", "non_current_assets", "assets", "current_liabilities", "non_current_liabilities", "liabilities"],
    );
    of(&mut text, &sheet, &["equity_accounts", "unclosed_result", "equity", "liabilities_and_equity"]);
    for kind in ["RECEIVABLE", "PAYABLE"] {
        let _ = writeln!(text, "\n연령분석 {kind}");
        let aging = report(caller, &format!("aging?kind={kind}&as_of=2026-03-31")).await;
        of(&mut text, &aging["totals"], &["not_due", "1_30", "31_60", "61_90", "over_90", "total"]);
        of(&mut text, &aging, &["control_total", "difference"]);
    }
    text += "\n부가가치세 신고서 2026-01-01 ~ 2026-03-31\n";
    let vat = report(caller, "vat-return?from=2026-01-01&to=2026-03-31").await;
    for of in vat["boxes"].as_array().unwrap().iter().filter(|of| of["count"] != 0) {
        let _ = writeln!(text, "{:>3} {:>12} {:>12} {}", of["box"].as_str().unwrap(), won(&of["supply"]), won(&of["tax"]), of["count"]);
    }
    of(&mut text, &vat, &["output_tax", "input_tax", "payable"]);
    text += "\n현금흐름표\n";
    let flow = report(caller, &format!("cash-flow?{month}")).await;
    of(&mut text, &flow, &["opening", "operating", "investing", "financing", "closing", "difference"]);
    text
}

/// Who buys and who supplies.
struct Partners {
    buyer: String,
    supplier: String,
}

/// What there was when the company began here.
async fn begin(admin: &Caller) -> Partners {
    let buyer = tests::fim::invoices::partner(admin).await;
    let supplier = another(admin, 2, json!({})).await;
    let assets = [("102", 20_000_000, 0), ("103", 50_000_000, 0), ("146", 10_000_000, 0), ("212", 6_000_000, 0)];
    let others = [("213", 0, 1_000_000), ("331", 0, 80_000_000), ("375", 0, 5_000_000)];
    let _ = posted(admin, "2026-02-28", &[assets.as_slice(), &others].concat()).await;
    for (kind, partner, amount, due) in [("RECEIVABLE", &buyer, "3300000", "2026-03-10"), ("PAYABLE", &supplier, "2200000", "2026-03-31")] {
        let body = json!({"kind": kind, "partner_id": partner, "doc_date": "2026-02-28", "due_date": due, "amount": amount});
        let _ = admin.post(ITEMS, &body).await.ok(201);
    }
    Partners { buyer, supplier }
}

async fn bought(admin: &Caller, who: &Partners, day: &str, due: &str, line: Value) -> Value {
    let more = json!({"direction": "PURCHASE", "invoice_date": day, "due_date": due});
    issued(admin, &who.supplier, &[line], more).await
}

async fn sold(admin: &Caller, partner: &str, day: &str, due: &str, line: Value, more: Value) -> Value {
    let mut all = json!({"invoice_date": day, "due_date": due});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    issued(admin, partner, &[line], all).await
}

/// Completes a payment or receipt that settles so much of an item.
async fn paid(admin: &Caller, (kind, partner): (&str, &str), day: &str, amount: &str, more: Value, (item, part): (&Value, &str)) -> Value {
    let mut body = json!({"transaction_date": day, "transaction_type": kind, "payment_method": "BANK_TRANSFER", "partner_id": partner,
        "account_id": account(admin, "103").await, "amount": amount});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let id = admin.post(PAYMENTS, &body).await.id();
    let how = json!({"allocations": [{"item_id": item, "amount": part}]});
    admin.post(&format!("{PAYMENTS}/{id}/complete"), &how).await.ok(200)
}

async fn item_of(admin: &Caller, query: &str) -> Value {
    admin.get(&format!("{ITEMS}?{query}")).await.ok(200)["items"][0]["id"].clone()
}

async fn item(admin: &Caller, invoice: &Value) -> Value {
    item_of(admin, &format!("doc_type=INVOICE&doc_id={}", invoice["id"].as_str().unwrap())).await
}

/// What happens in March; answers what went through the bank.
async fn march(admin: &Caller, who: &Partners) -> Vec<Value> {
    let goods = bought(admin, who, "2026-03-05", "2026-04-04", line("200", "50000", json!({}))).await;
    let equipment = json!({"account_id": account(admin, "212").await});
    let _ = bought(admin, who, "2026-03-06", "2026-04-30", line("1", "2400000", equipment)).await;
    let meal = json!({"account_id": account(admin, "813").await, "non_deductible_reason": "ENTERTAINMENT"});
    let _ = bought(admin, who, "2026-03-07", "2026-03-15", line("1", "300000", meal)).await;
    let sale = sold(admin, &who.buyer, "2026-03-10", "2026-04-10", line("120", "100000", json!({})), json!({})).await;
    // of an old claim the bank keeps 500 for itself
    let old = item_of(admin, "doc_type=OPENING&kind=RECEIVABLE").await;
    let first = paid(admin, ("RECEIPT", &who.buyer), "2026-03-10", "3300000", json!({"fee_amount": "500"}), (&old, "3300000")).await;
    let dollars = json!({"currency_code": "USD", "exchange_rate": "1300"});
    let zero = json!({"tax_kind": "ZERO_RATED"});
    let export = sold(admin, &who.supplier, "2026-03-12", "2026-03-31", line("1", "5000", zero), dollars).await;
    let _ = act(admin, &sale, "amend", json!({"code": 3, "date": "2026-03-16", "amount": "1000000"})).await.ok(200);
    let _ = sold(admin, &who.buyer, "2026-03-17", "2026-03-24", line("1", "200000", json!({"tax_kind": "EXEMPT"})), json!({})).await;
    let fee = json!({"fee_amount": "1000"});
    let second = paid(admin, ("PAYMENT", &who.supplier), "2026-03-20", "11000000", fee, (&item(admin, &goods).await, "11000000")).await;
    let _ = posted(admin, "2026-03-25", &[("801", 3_000_000, 0), ("254", 0, 300_000), ("102", 0, 2_700_000)]).await;
    let rent = json!({"account_id": account(admin, "819").await});
    let rent = bought(admin, who, "2026-03-25", "2026-03-25", line("1", "1000000", rent)).await;
    let third = paid(admin, ("PAYMENT", &who.supplier), "2026-03-25", "1100000", json!({}), (&item(admin, &rent).await, "1100000")).await;
    let dear = json!({"currency": "USD", "exchange_rate": "1310", "account_id": account(admin, "102").await});
    let _ = paid(admin, ("RECEIPT", &who.supplier), "2026-03-27", "5000", dear, (&item(admin, &export).await, "5000")).await;
    let fourth = paid(admin, ("RECEIPT", &who.buyer), "2026-03-28", "7000000", json!({}), (&item(admin, &sale).await, "6000000")).await;
    // by hand, as long as nothing does it by itself
    let _ = posted(admin, "2026-03-31", &[("451", 6_500_000, 0), ("146", 0, 6_500_000)]).await;
    let _ = posted(admin, "2026-03-31", &[("818", 100_000, 0), ("213", 0, 100_000)]).await;
    let _ = posted(admin, "2026-03-31", &[("931", 50_000, 0), ("102", 0, 50_000)]).await;
    vec![first, second, third, fourth]
}

/// The bank's own list of the month, with a fee that nobody knew of.
async fn reconciled(admin: &Caller, payments: &[Value]) {
    let amounts = [
        ("2026-03-10", "3299500"),
        ("2026-03-20", "-11001000"),
        ("2026-03-25", "-1100000"),
        ("2026-03-28", "7000000"),
        ("2026-03-31", "-300"),
    ];
    let lines: Vec<Value> = amounts.iter().map(|(day, amount)| json!({"booked_on": day, "amount": amount})).collect();
    let body = json!({"account_id": account(admin, "103").await, "from_date": "2026-03-01", "to_date": "2026-03-31",
        "opening_balance": "50000000", "closing_balance": "48198200", "lines": lines});
    let made = admin.post(STATEMENTS, &body).await.ok(201);
    let path = |verb: &str| format!("{STATEMENTS}/{}/{verb}", made["id"].as_str().unwrap());
    for (line, payment) in made["lines"].as_array().unwrap().iter().zip(payments) {
        let _ = admin.post(&path("match"), &json!({"line_id": line["id"], "payment_id": payment["id"]})).await.ok(200);
    }
    let refused = admin.post(&path("finish"), &json!({})).await.refused(409, "CONFLICT");
    assert_eq!((&refused["rule"], &refused["unmatched"]), (&json!("fim.lines_unmatched"), &json!(1)));
    let fee = json!({"line_id": made["lines"][4]["id"], "note": "4월에 처리"});
    let _ = admin.post(&path("explain"), &fee).await.ok(200);
    assert_eq!(admin.post(&path("finish"), &json!({})).await.ok(200)["status"], "FINISHED");
}

both! {
    async fn a_month_ends_as_it_was_reckoned_by_hand(app: TestApp) {
        let admin = app.admin_a().await;
        let who = begin(&admin).await;
        let payments = march(&admin, &who).await;
        reconciled(&admin, &payments).await;
        // what does not balance is refused, and leaves nothing
        let _ = draft(&admin, "2026-03-31", &[("811", 120_000, 0), ("253", 0, 119_999)]).await.refused(422, "VALIDATION_ERROR");
        let late = draft(&admin, "2026-03-31", &[("811", 120_000, 0), ("253", 0, 120_000)]).await.id();
        let month = format!("{PERIODS}/{}", period(&admin, "2026-03").await["id"].as_str().unwrap());
        let _ = admin.post(&format!("{month}/close"), &json!({})).await.ok(200);
        let post = format!("{ENTRIES}/{late}/post");
        assert_eq!(admin.post(&post, &json!({})).await.refused(409, "CONFLICT")["rule"], "fim.period_closed");
        let text = printed(&admin).await;
        assert_eq!(text, include_str!("month_end.txt"), "{text}");
        let given = report(&admin, "trial-balance?from=2026-03-01&to=2026-03-31").await;
        // the year is closed: its result is carried on, the statements of March are what they were
        let year_end = async || admin.post(&format!("{PERIODS}/year-end"), &json!({"fiscal_year": "2026"})).await.ok(200)["entry"].clone();
        assert_eq!(year_end().await["total_debit"], "17750000");
        let surplus = async || {
            let balance = report(&admin, "trial-balance?from=2026-12-31&to=2026-12-31").await;
            let row = balance["rows"].as_array().unwrap().iter().find(|row| row["account_code"] == "375").cloned();
            row.unwrap()["closing"].clone()
        };
        assert_eq!(surplus().await, "-12868500", "6,100,000 and what was earned");
        assert_eq!(printed(&admin).await, text);
        // what was forgotten is dated back, for which the month is opened again
        assert_eq!(admin.post(&format!("{month}/reopen"), &json!({})).await.wrong_fields(), ["reason"]);
        let _ = admin.post(&format!("{month}/reopen"), &json!({"reason": "복리후생비 누락"})).await.ok(200);
        let _ = admin.post(&post, &json!({})).await.ok(200);
        let _ = admin.post(&format!("{month}/close"), &json!({})).await.ok(200);
        let result = report(&admin, "profit-and-loss?from=2026-03-01&to=2026-03-31").await;
        assert_eq!(result["net_profit"], "6648500");
        let _ = year_end().await;
        assert_eq!(surplus().await, "-12748500", "as if it had been there from the beginning");
        // what was given is given again, to the last digit
        let known_at = given["known_at"].as_str().unwrap();
        let again = report(&admin, &format!("trial-balance?from=2026-03-01&to=2026-03-31&known_at={known_at}")).await;
        assert_eq!(again, given);
        assert_ne!(report(&admin, "trial-balance?from=2026-03-01&to=2026-03-31").await["totals"], given["totals"]);
        assert_eq!(verdict(&admin).await["valid"], true);
    }
}
