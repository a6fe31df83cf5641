//! The first page after signing in: figures reckoned by hand, each only for who may see it, each company for itself.

use super::audit::seal;
use kernel::{Realm, Zone};
use serde_json::{Value, json};
use testkit::{Caller, TestApp, both};
use tests::{
    fim::{
        invoices,
        payments::{PAYMENTS, opened, paid, partner},
        posted,
    },
    people::somebody_of_a,
};

const HOME: &str = "/api/v1/tenants/home";
const PROVIDER: &str = "/api/v1/manager/home";
const ACTIVITIES: &str = "/api/v1/tenants/crm/activities";
const OPPORTUNITIES: &str = "/api/v1/tenants/crm/opportunities";
const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

/// Moves the clock to the next 15th of March, before anybody signs in. Answers its year.
async fn in_march(app: &TestApp) -> i32 {
    let now = app.now();
    let (today, seoul) = (Zone::seoul().day(now), Zone::seoul());
    let mut ahead = 1;
    let day = loop {
        let day = seoul.day(now.plus_seconds(ahead * 86_400));
        if day.to_string().ends_with("-03-15") {
            break day;
        }
        ahead += 1;
    };
    assert!(day > today);
    app.clock().advance(ahead * 86_400);
    let door = app.platform().act_as_system(Realm::Tenant, Some(app.company_a().await.id), "test");
    ledger::provision::months_ahead(&door, day).await.unwrap();
    day.0.year()
}

/// The day itself when the company works, else the next one that it does.
async fn business_day(caller: &Caller, day: &str) -> Value {
    caller.get(&format!("/api/v1/tenants/adm/calendar/business-day?from={day}&days=0")).await.ok(200)["date"].clone()
}

async fn home(caller: &Caller) -> Value {
    caller.get(HOME).await.ok(200)
}

/// What of a first page is there.
fn parts(home: &Value) -> Vec<&str> {
    home.as_object().unwrap().iter().filter(|(_, part)| !part.is_null()).map(|(name, _)| name.as_str()).collect()
}

async fn planned(by: &Caller, subject: &str, day: &str) -> String {
    by.post(ACTIVITIES, &json!({"activity_type": "TASK", "subject": subject, "activity_date": day})).await.id()
}

both! {
    async fn the_books_of_a_company_at_a_glance(app: TestApp) {
        let year = in_march(&app).await;
        let admin = app.admin_a().await;
        let last = year - 1;
        for (day, wanted) in [
            (format!("{last}-03-10"), vec![("103", 1_000_000, 0), ("401", 0, 1_000_000)]),
            (format!("{last}-04-05"), vec![("103", 2_000, 0), ("401", 0, 2_000)]),
            (format!("{year}-01-20"), vec![("819", 2_000, 0), ("103", 0, 2_000)]),
            (format!("{year}-02-10"), vec![("101", 300_000, 0), ("401", 0, 300_000)]),
            (format!("{year}-03-02"), vec![("103", 50_000, 0), ("401", 0, 50_000)]),
            // a part of it comes back, and interest is no sale
            (format!("{year}-03-03"), vec![("401", 5_000, 0), ("103", 0, 5_000)]),
            (format!("{year}-03-04"), vec![("103", 7, 0), ("901", 0, 7)]),
        ] {
            let _ = posted(&admin, &day, &wanted).await;
        }
        let page = home(&admin).await;
        assert_eq!((&page["as_of"], &page["base_currency"]), (&json!(format!("{year}-03-15")), &json!("KRW")));
        let account = |code: &str| page["cash"]["accounts"].as_array().unwrap().iter().find(|row| row["account_code"] == code).unwrap().clone();
        assert_eq!((&account("101")["balance"], &account("103")["balance"], &account("102")["balance"]), (&json!("300000"), &json!("1045007"), &json!("0")));
        assert_eq!((&page["cash"]["total"], &account("101")["is_bank_account"], &account("103")["is_bank_account"]), (&json!("1345007"), &json!(false), &json!(true)));
        let sales = &page["sales"];
        assert_eq!((&sales["this_month"], &sales["last_month"], &sales["same_month_last_year"]), (&json!("45000"), &json!("300000"), &json!("1000000")));
        let months: Vec<(&str, &str)> = sales["months"].as_array().unwrap().iter().map(|row| (row["month"].as_str().unwrap(), row["sales"].as_str().unwrap())).collect();
        assert_eq!(months.len(), 12);
        assert_eq!((months[0], months[1].1), ((format!("{last}-04").as_str(), "2000"), "0"));
        assert_eq!(months[9..], [(format!("{year}-01").as_str(), "0"), (format!("{year}-02").as_str(), "300000"), (format!("{year}-03").as_str(), "45000")]);
        // another company has its own
        let other = home(&app.admin_b().await).await;
        assert_eq!((&other["cash"]["total"], &other["sales"]["months"][0]["sales"], &other["sales"]["this_month"]), (&json!("0"), &json!("0"), &json!("0")));
    }

    /// The months that are summed up and the lines behind them: what is counted does not change when more of it is summed up.
    async fn sales_are_the_same_before_and_after_they_are_summed_up(app: TestApp) {
        let year = in_march(&app).await;
        let admin = app.admin_a().await;
        // more entries than are left lying
        for n in 0..110_i64 {
            for month in ["02", "03"] {
                let _ = posted(&admin, &format!("{year}-{month}-01"), &[("103", n + 1, 0), ("401", 0, n + 1)]).await;
            }
        }
        // 1 + 2 + … + 110
        let wanted = (json!("6105"), json!("6105"));
        let before = home(&admin).await["sales"].clone();
        assert_eq!((&before["this_month"], &before["last_month"]), (&wanted.0, &wanted.1));
        let door = app.platform().act_as_system(Realm::Tenant, Some(app.company_a().await.id), "test");
        let _ = door.write(async |tx| ledger::sums::catch_up(tx).await).await.unwrap();
        assert_eq!(home(&admin).await["sales"], before);
        let _ = posted(&admin, &format!("{year}-03-02"), &[("103", 5, 0), ("401", 0, 5)]).await;
        let after = home(&admin).await["sales"].clone();
        assert_eq!((&after["this_month"], &after["last_month"]), (&json!("6110"), &json!("6105")));
        let report = admin.get(&format!("/api/v1/tenants/fim/reports/profit-and-loss?from={year}-03-01&to={year}-03-31")).await.ok(200);
        assert_eq!(report["sales"]["total"], "6110", "where the figure leads to");
    }

    async fn what_is_owed_and_what_is_overdue(app: TestApp) {
        let year = in_march(&app).await;
        let admin = app.admin_a().await;
        let (customer, vendor) = (partner(&admin).await, partner(&admin).await);
        let (yesterday, today) = (format!("{year}-03-14"), format!("{year}-03-15"));
        let _ = opened(&admin, &customer, "RECEIVABLE", "100000", &yesterday).await;
        let _ = opened(&admin, &customer, "RECEIVABLE", "40000", &today).await;
        let _ = opened(&admin, &vendor, "PAYABLE", "9000", &format!("{year}-03-01")).await;
        let page = home(&admin).await;
        assert_eq!(page["receivable"], json!({"total": "140000", "overdue": "100000", "overdue_count": 1}), "due today is not overdue");
        assert_eq!(page["payable"], json!({"total": "9000", "overdue": "9000", "overdue_count": 1}));
        // a part is paid, of what was due first
        let done = paid(&admin, "RECEIPT", &customer, "30000", &json!({})).await;
        let path = format!("{PAYMENTS}/{}", done["id"].as_str().unwrap());
        let _ = admin.post(&format!("{path}/allocate"), &json!({"auto": true})).await.ok(200);
        let page = home(&admin).await;
        assert_eq!(page["receivable"], json!({"total": "110000", "overdue": "70000", "overdue_count": 1}));
        let aging = admin.get(&format!("/api/v1/tenants/fim/reports/aging?kind=RECEIVABLE&as_of={today}")).await.ok(200);
        assert_eq!((&aging["totals"]["total"], &aging["totals"]["1_30"]), (&json!("110000"), &json!("70000")), "where the figures lead to");
        let other = home(&app.admin_b().await).await;
        assert_eq!(other["receivable"], json!({"total": "0", "overdue": "0", "overdue_count": 0}));
    }

    async fn what_is_due(app: TestApp) {
        let year = in_march(&app).await;
        let admin = app.admin_a().await;
        let page = home(&admin).await;
        assert_eq!(page["missing"], json!(["HEADQUARTERS"]), "nothing can be issued yet");
        let vat = json!({"kind": "VAT_RETURN", "due": business_day(&admin, &format!("{year}-04-25")).await, "count": 1, "overdue_count": 0,
            "from": format!("{year}-01-01"), "to": format!("{year}-03-31")});
        assert_eq!(page["deadlines"], json!([vat]));
        let bare = admin.post(ORGANIZATIONS, &json!({"name": "작은 회사"})).await.id();
        assert_eq!(home(&admin).await["missing"], json!(["BIZ_NO", "CEO_NAME"]));
        let _ = admin.delete(&format!("{ORGANIZATIONS}/{bare}")).await.ok(200);
        let customer = invoices::partner(&admin).await;
        assert_eq!(home(&admin).await["missing"], json!([]));
        // a draft of February, whose day has passed, and one of this month
        let lines = [invoices::line("10", "10000", json!({}))];
        let day = |day: &str| json!({"invoice_date": format!("{year}-{day}")});
        let late = invoices::drafted(&admin, &customer, &lines, day("02-20")).await;
        let _ = invoices::drafted(&admin, &customer, &lines, day("03-12")).await;
        let of_today = invoices::issued(&admin, &customer, &lines, day("03-10")).await;
        let to_issue = json!({"kind": "INVOICES_TO_ISSUE", "due": late["issue_deadline"], "count": 2, "overdue_count": 1, "from": null, "to": null});
        let to_send = json!({"kind": "INVOICES_TO_SEND", "due": business_day(&admin, &format!("{year}-03-16")).await, "count": 1, "overdue_count": 0, "from": null, "to": null});
        assert_eq!(home(&admin).await["deadlines"], json!([to_issue, to_send, vat]), "the nearest first");
        let _ = invoices::act(&admin, &of_today, "send", json!({})).await.ok(200);
        assert_eq!(home(&admin).await["deadlines"], json!([to_issue, vat]));
        assert_eq!(home(&app.admin_b().await).await["deadlines"], json!([vat]));
    }

    async fn deals_and_ones_own_tasks(app: TestApp) {
        let year = in_march(&app).await;
        let admin = app.admin_a().await;
        let mut ids = Vec::new();
        for more in [json!({"amount": "10000000"}), json!({"amount": "100", "currency": "USD"}), json!({"amount": "7000000"})] {
            let body = json!({"name": "가구 납품", "amount": more["amount"], "currency": more["currency"].as_str().unwrap_or("KRW")});
            ids.push(admin.post(OPPORTUNITIES, &body).await.id());
        }
        let _ = admin.post(&format!("{OPPORTUNITIES}/{}/win", ids[2]), &json!({})).await.ok(200);
        let first = planned(&admin, "견적", &format!("{year}-03-14")).await;
        for (n, day) in ["03-15", "03-16", "03-20", "04-01", "05-01"].iter().enumerate() {
            let _ = planned(&admin, &format!("일 {n}"), &format!("{year}-{day}")).await;
        }
        let over = planned(&admin, "끝난 일", &format!("{year}-03-01")).await;
        let _ = admin.post(&format!("{ACTIVITIES}/{over}/complete"), &json!({"outcome": "SUCCESSFUL"})).await.ok(200);
        let _ = planned(&somebody_of_a(&app, &["crm.activities.*"]).await, "남의 일", &format!("{year}-03-15")).await;
        let page = home(&admin).await;
        // what is won is on its way no more; a lead counts a tenth
        assert_eq!(page["pipeline"], json!([
            {"currency": "KRW", "count": 1, "amount": "10000000", "weighted_amount": "1000000"},
            {"currency": "USD", "count": 1, "amount": "100", "weighted_amount": "10"},
        ]));
        let tasks = &page["tasks"];
        assert_eq!((&tasks["due_today"], &tasks["overdue"], &tasks["next"][0]["id"], &tasks["next"][0]["subject"]), (&json!(1), &json!(1), &json!(first), &json!("견적")));
        let next: Vec<&str> = tasks["next"].as_array().unwrap().iter().map(|task| task["activity_date"].as_str().unwrap()).collect();
        assert_eq!(next, ["03-14", "03-15", "03-16", "03-20", "04-01"].map(|day| format!("{year}-{day}")));
        let other = home(&app.admin_b().await).await;
        assert_eq!((&other["pipeline"], &other["tasks"]), (&json!([]), &json!({"due_today": 0, "overdue": 0, "next": []})));
    }

    async fn a_part_is_for_who_may_see_it(app: TestApp) {
        for (right, seen) in [
            ("adm.users.read", vec!["as_of", "base_currency"]),
            ("fim.reports.read", vec!["as_of", "base_currency", "cash", "deadlines", "sales"]),
            ("fim.open-items.read", vec!["as_of", "base_currency", "payable", "receivable"]),
            ("fim.invoices.read", vec!["as_of", "base_currency", "deadlines", "missing"]),
            ("crm.opportunities.read", vec!["as_of", "base_currency", "pipeline"]),
            ("crm.activities.read", vec!["as_of", "base_currency", "tasks"]),
        ] {
            let page = home(&somebody_of_a(&app, &[right]).await).await;
            let mut parts = parts(&page);
            parts.sort_unstable();
            assert_eq!(parts, seen, "{right}");
        }
        // an invoice that waits is none of those who may only read reports
        let page = home(&somebody_of_a(&app, &["fim.reports.read"]).await).await;
        assert!(page["deadlines"].as_array().unwrap().iter().all(|deadline| deadline["kind"] == "VAT_RETURN"), "{page}");
        assert_eq!(home(&app.nobody_a().await).await["cash"], Value::Null);
        app.stranger().get(HOME).await.refused(401, "UNAUTHORIZED");
        // a part that is left out is no refusal that somebody has to look after
        app.settle().await;
        let refused = app.manager().await.get("/api/v1/manager/audt/audit-logs?result=BLOCKED").await.ok(200);
        assert_eq!(refused["total"], 0, "{refused}");
    }

    async fn the_providers_first_page(app: TestApp) {
        let manager = app.manager().await;
        let page = manager.get(PROVIDER).await.ok(200);
        let of = |page: &Value, status: &str| page["companies"].as_array().unwrap().iter().find(|row| row["status"] == status).unwrap()["count"].as_i64().unwrap();
        let in_all = |page: &Value| ["TRIAL", "ACTIVE", "SUSPENDED", "TERMINATED"].map(|status| of(page, status)).iter().sum::<i64>();
        assert_eq!((in_all(&page), of(&page, "SUSPENDED")), (2, 0));
        assert_eq!((&page["dead_letters"], &page["audit"]["verified_at"], &page["audit"]["valid"]), (&json!(0), &Value::Null, &Value::Null));
        // somebody signs in, and somebody tries to
        let (succeeded, failed) = (page["sign_ins"]["succeeded"].as_i64().unwrap(), page["sign_ins"]["failed"].as_i64().unwrap());
        let _ = app.stranger().sign_in(None, "admin", testkit::PASSWORD).await;
        assert_eq!(app.stranger().try_sign_in(None, "admin", "wrong wrong wrong").await.status, 401);
        let company = app.company_b().await.id;
        let _ = manager.post(&format!("/api/v1/manager/tenants/{company}/suspend"), &json!({"reason": "미납"})).await.ok(200);
        seal(&app).await;
        let assessment = json!({"report_type": "ISO27001", "report_name": "점검", "start_date": "2026-01-01", "close_date": "2026-12-31"});
        let assessed = manager.post("/api/v1/manager/audt/compliances", &assessment).await.ok(201);
        let page = manager.get(PROVIDER).await.ok(200);
        assert_eq!((in_all(&page), of(&page, "SUSPENDED")), (2, 1));
        assert_eq!((page["sign_ins"]["succeeded"].as_i64().unwrap(), page["sign_ins"]["failed"].as_i64().unwrap()), (succeeded + 1, failed + 1));
        assert_eq!((&page["audit"]["valid"], &page["audit"]["verified_at"]), (&json!(true), &assessed["generated_at"]));
        assert!(page["audit"]["signed_up_to"].as_i64().unwrap() > 0 && page["audit"]["signed_at"].is_string(), "{page}");
        // what is a day old is counted no more
        app.clock().advance(86_401);
        let later = app.stranger().sign_in(None, "admin", testkit::PASSWORD).await;
        assert_eq!(later.get(PROVIDER).await.ok(200)["sign_ins"]["failed"], 0);
        // who has no right sees that there is a page
        let page = app.stranger().sign_in(None, "guest", testkit::PASSWORD).await.get(PROVIDER).await.ok(200);
        assert_eq!(parts(&page), ["as_of"]);
    }

    /// An invitation whose email could not be sent waits for somebody.
    async fn a_dead_letter_is_counted_until_it_is_replayed(app: TestApp) {
        let mail = app.site().folder.join("mail");
        std::fs::write(&mail, b"in the way").unwrap();
        let invited = json!({"username": "invited", "email": "invited@alpha.example", "full_name": "초대"});
        let _ = app.admin_a().await.post("/api/v1/tenants/adm/users", &invited).await.id();
        app.settle().await;
        for wait in [1, 5, 30, 120, 600] {
            app.clock().advance(wait);
            app.settle().await;
        }
        let manager = app.manager().await;
        assert_eq!(manager.get(PROVIDER).await.ok(200)["dead_letters"], 1);
        let dead_letters = manager.get("/api/v1/manager/audt/dead-letters?status=DEAD").await.ok(200);
        std::fs::remove_file(&mail).unwrap();
        let _ = manager.post(&format!("/api/v1/manager/audt/dead-letters/{}/replay", dead_letters["items"][0]["id"].as_str().unwrap()), &json!({})).await.ok(200);
        assert_eq!(manager.get(PROVIDER).await.ok(200)["dead_letters"], 0);
    }
}
