//! `kill -9` under sixteen clients that post: what was acknowledged is in the books once, what was not is there wholly or not at all.

use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use testkit::{Answer, Backend, Caller, PASSWORD, Program, SECRET_KEY, Site};
use tests::{
    fim::{ENTRIES, invoices, lines, payments, verdict},
    process::{block_on, until, words},
};

const CLIENTS: usize = 16;
const KILLS: usize = 4;

fn start(site: &Site) -> Program {
    let fixed = ["--bind", "127.0.0.1:0", "--secret-key", SECRET_KEY, "--demo", "false", "--rate-limit", "off", "--migrate", "false"];
    Program::start(&[site.arguments(), words(&fixed)].concat(), &[])
}

/// What a client was told of something it sent: its id when it was drafted, its number when it was posted or issued.
#[derive(Clone, Debug, Default)]
struct Told {
    id: Option<String>,
    no: Option<String>,
}

/// The client-side list: everything that was sent, by the text it bears.
type Sent = Arc<Mutex<BTreeMap<String, Told>>>;

/// What clients send: the body of an entry, the partner of invoices.
#[derive(Clone)]
struct Work {
    lines: Value,
    partner: String,
}

async fn ask(caller: &Caller, path: &str, body: &Value) -> Option<Answer> {
    let answer = caller.request(Method::POST, path).json(body).try_send().await.ok()?;
    // the database was too busy: nothing was promised
    if answer.status == 503 { None } else { Some(answer) }
}

/// Drafts and posts an entry, or drafts and issues an invoice; `None` when the server is gone.
async fn one(caller: &Caller, work: &Work, sent: &Sent, key: &str) -> Option<()> {
    sent.lock().unwrap().insert(key.to_owned(), Told::default());
    let is_invoice = key.starts_with("INVOICE");
    let (path, verb, number, body) = match is_invoice {
        true => {
            let body = invoices::body(&work.partner, &[invoices::line("1", "1000", json!({}))], json!({"remark": key}));
            (invoices::INVOICES, "issue", "invoice_no", body)
        }
        false => (ENTRIES, "post", "je_code", json!({"je_date": "2026-03-10", "description": key, "lines": work.lines})),
    };
    let id = ask(caller, path, &body).await?.ok(201)["id"].as_str().unwrap().to_owned();
    sent.lock().unwrap().get_mut(key).unwrap().id = Some(id.clone());
    let done = ask(caller, &format!("{path}/{id}/{verb}"), &json!({})).await?.ok(200);
    sent.lock().unwrap().get_mut(key).unwrap().no = Some(done[number].as_str().unwrap().to_owned());
    Some(())
}

async fn all(caller: &Caller, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    for page in 1.. {
        let list = caller.get(&format!("{path}?page_size=100&page={page}")).await.ok(200);
        rows.extend(list["items"].as_array().unwrap().iter().cloned());
        if page >= list["total_pages"].as_u64().unwrap() {
            break;
        }
    }
    rows
}

fn text<'r>(row: &'r Value, field: &str) -> &'r str {
    row[field].as_str().unwrap_or_default()
}

/// What was sent under each text is there once at most, and as it was told.
fn as_told(rows: &[Value], sent: &BTreeMap<String, Told>, bears: &str, number: &str, done: &str) {
    let mut seen = BTreeSet::new();
    for row in rows {
        let key = text(row, bears);
        let told = sent.get(key).unwrap_or_else(|| panic!("nobody sent {row}"));
        assert!(seen.insert(key.to_owned()), "{key} is there twice");
        assert!(told.id.as_deref().is_none_or(|id| id == text(row, "id")), "{told:?}: {row}");
        let is_done = row["status"] == done;
        assert!(is_done || row["status"] == "DRAFT" && row[number].is_null(), "neither one nor the other: {row}");
        if let Some(no) = &told.no {
            assert!(is_done && text(row, number) == no, "{told:?}: {row}");
        }
    }
    for (key, told) in sent {
        assert!(told.id.is_none() || seen.contains(key), "{key} was acknowledged, and is gone: {told:?}");
    }
}

fn without_a_gap(rows: &[Value], number: &str, series: &str) {
    let mut numbers: Vec<&str> = rows.iter().map(|row| text(row, number)).filter(|no| !no.is_empty()).collect();
    numbers.sort_unstable();
    let wanted: Vec<String> = (1..=numbers.len()).map(|no| format!("{series}-2026-{no:06}")).collect();
    assert_eq!(numbers, wanted);
}

async fn the_books_are_whole(admin: &Caller, sent: &BTreeMap<String, Told>) {
    let of = |is_invoice: bool| -> BTreeMap<String, Told> {
        let of = sent.iter().filter(|(key, _)| key.starts_with("INVOICE") == is_invoice);
        of.map(|(key, told)| (key.clone(), told.clone())).collect()
    };
    let entries = all(admin, ENTRIES).await;
    let (of_invoices, by_hand): (Vec<Value>, Vec<Value>) = entries.iter().cloned().partition(|row| row["ref_doc_type"] == "INVOICE");
    as_told(&by_hand, &of(false), "description", "je_code", "POSTED");
    without_a_gap(&entries, "je_code", "JE");
    let bills = all(admin, invoices::INVOICES).await;
    as_told(&bills, &of(true), "remark", "invoice_no", "ISSUED");
    without_a_gap(&bills, "invoice_no", "INV");
    // number, entry and open item of an invoice are there together, or none is
    let ids = |rows: &[Value], field: &str| rows.iter().map(|row| text(row, field).to_owned()).collect::<Vec<_>>();
    let issued: Vec<Value> = bills.iter().filter(|row| row["status"] == "ISSUED").cloned().collect();
    let mut wanted = ids(&issued, "id");
    wanted.sort();
    for mut posted in [ids(&of_invoices, "ref_doc_id"), ids(&all(admin, payments::ITEMS).await, "doc_id")] {
        posted.sort();
        assert_eq!(posted, wanted);
    }
    assert!(of_invoices.iter().all(|row| row["status"] == "POSTED"), "a draft without its invoice");
    // nobody knows what became of these: their lines are there, both
    for row in by_hand.iter().filter(|row| sent[text(row, "description")].no.is_none()) {
        let whole = admin.get(&format!("{ENTRIES}/{}", text(row, "id"))).await.ok(200);
        assert_eq!((whole["lines"].as_array().unwrap().len(), &whole["total_debit"]), (2, &json!("1000")), "{whole}");
    }
    let posted = entries.iter().filter(|row| row["status"] == "POSTED").count();
    assert_eq!(verdict(admin).await, json!({"valid": true, "checked": posted, "first_bad": null}));
    let balance = admin.get("/api/v1/tenants/fim/reports/trial-balance?from=2026-03-01&to=2026-03-31").await.ok(200);
    let wanted = (posted - issued.len()) * 1000 + issued.len() * 1100;
    assert_eq!((&balance["totals"]["debit"], &balance["totals"]["credit"]), (&json!(wanted.to_string()), &json!(wanted.to_string())));
}

fn what_was_acknowledged_is_in_the_books(backend: Backend) {
    let site = Site::new(backend);
    block_on(async {
        let sent = Sent::default();
        let (mut token, mut work) = (None, None);
        for round in 0..KILLS {
            let mut program = start(&site);
            let stranger = Caller::stranger(program.address());
            until(&stranger, "/health/ready", 200).await;
            if token.is_none() {
                token = stranger.sign_in(Some("alpha"), "boss", PASSWORD).await.token;
            }
            let admin = stranger.with_token(token.as_deref());
            if work.is_none() {
                let lines = lines(&admin, &[("101", 1000, 0), ("401", 0, 1000)]).await;
                work = Some(Work { lines, partner: invoices::partner(&admin).await });
            }
            let answered = Arc::new(AtomicUsize::new(0));
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    let (admin, work, sent, answered) = (admin.clone(), work.clone().unwrap(), sent.clone(), answered.clone());
                    actix_web::rt::spawn(async move {
                        for n in 0.. {
                            let kind = if (client + n) % 4 == 0 { "INVOICE" } else { "ENTRY" };
                            if one(&admin, &work, &sent, &format!("{kind} {round}-{client}-{n}")).await.is_none() {
                                return;
                            }
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                    })
                })
                .collect();
            // some moment after the first few, another one each time
            let random = uuid::Uuid::new_v4().as_bytes()[0];
            let (since, enough) = (Instant::now(), 16 + usize::from(random % 64));
            while answered.load(Ordering::SeqCst) < enough {
                assert!(since.elapsed() < tests::process::PATIENCE, "the clients get nowhere");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::time::sleep(Duration::from_millis(u64::from(random % 16))).await;
            program.signal("KILL");
            for client in clients {
                client.await.unwrap();
            }
        }
        let mut program = start(&site);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        let sent = sent.lock().unwrap().clone();
        assert!(sent.values().any(|told| told.no.is_none()), "nothing was in the air when it was killed: the test shows nothing");
        the_books_are_whole(&stranger.with_token(token.as_deref()), &sent).await;
        program.signal("TERM");
    });
}

#[test]
fn what_was_acknowledged_is_in_the_books_on_sqlite() {
    what_was_acknowledged_is_in_the_books(Backend::Sqlite);
}

#[test]
fn what_was_acknowledged_is_in_the_books_on_postgres() {
    what_was_acknowledged_is_in_the_books(Backend::Postgres);
}
