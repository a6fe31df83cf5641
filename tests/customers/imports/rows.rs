//! Each row is checked as a POST is; what fails comes back as it came.

use super::{CUSTOMERS, XLSX, counts, customer, good, import, look, send, total, undo};
use kernel::Realm;
use serde_json::{Value, json};
use store::Sql;
use testkit::{Caller, PASSWORD, both};
use tests::people::{one_of_a, role_of_a, somebody_of_a};

/// A thousand rows, seven of them bad, each in its own way: number in the file, field, rule.
fn thousand() -> (String, Vec<(i64, &'static str)>) {
    let mut lines: Vec<String> = (0..1000).map(|n| format!("T-{n:04},한빛 {n},,1000,\n")).collect();
    let bad = [
        (10, "T-0010,이름만,,1000,짧다\n", "email"),
        (222, "T-0222,,,1000,\n", "name"),
        (333, "T 0333,한빛,,1000,\n", "code"),
        (444, "T-0444,한빛,123-45-67890,1000,\n", "biz_no"),
        (555, "T-0555,한빛,,천원,\n", "credit_limit"),
        (666, "T-0005,한빛,,1000,\n", "code"),
        (999, "T-0999,\"줄\n바꿈\",,-1,\n", "credit_limit"),
    ];
    for (at, line, _) in bad {
        lines[at] = line.to_owned();
    }
    let file = format!("코드,이름,사업자번호,여신한도,이메일\n{}", lines.concat());
    (file, bad.map(|(at, _, field)| (i64::try_from(at).unwrap() + 2, field)).to_vec())
}

async fn faults(caller: &Caller, batch: &Value) -> Vec<(i64, String)> {
    let path = format!("{CUSTOMERS}/import/{}/errors?format=json", batch["id"].as_str().unwrap());
    let rows = caller.get(&path).await.ok(200);
    let told = rows.as_array().unwrap().iter().map(|row| {
        assert!(!row["errors"][0]["message"].as_str().unwrap().is_empty());
        (row["row"].as_i64().unwrap(), row["errors"][0]["field"].as_str().unwrap().to_owned())
    });
    told.collect()
}

both! {
    /// A dry run of more rows than one transaction takes goes by chunks: it keeps no row, no audit row of one, and no event.
    async fn a_dry_run_by_chunks_keeps_nothing(app: TestApp) {
        let admin = app.admin_a().await;
        let file = format!("{}C-000007,이미 있는 코드,,\n", good(0, 10_001));
        let tried = import(&app, &admin, "dry_run=true", file).await;
        assert_eq!((counts(&tried), &tried["state"], &tried["is_dry_run"]), ([10_001, 0, 0, 1], &json!("DONE"), &json!(true)));
        assert_eq!(total(&admin).await, 0);
        let company = app.company_a().await.id;
        let scope = app.database(Realm::Tenant).read(Some(company)).await.unwrap();
        for (table, what) in [("audt_audit_logs", "target = 'crm.customers' AND action_performed = 'CREATE'"), ("outbox", "kind = 'crm.customer.imported'")] {
            let mut sql = Sql::new("SELECT count(*) AS n FROM ");
            sql.push(table).push(" WHERE ").push(what).push(" AND tenant_id = ").bind(company);
            assert_eq!(scope.raw_one(sql).await.unwrap().unwrap().try_get::<i64>("", "n").unwrap(), 0, "{table}");
        }
        drop(scope);
        assert_eq!(undo(&admin, &tried).await.refused(409, "CONFLICT")["rule"], "import.not_done");
    }

    /// An import whose sender was deactivated, or may not import any more, stops where it stands and says why; it can be taken back.
    async fn an_import_stops_with_its_senders_rights(app: TestApp) {
        let admin = app.admin_a().await;
        let rights = ["crm.customers.import", "crm.customers.create", "crm.customers.read"];
        let role = role_of_a(&app, &rights).await;
        let (gone, weaker) = (one_of_a(&app, &admin, &role).await, somebody_of_a(&app, &rights).await);
        let chunk = async || {
            let _ = resource::import::work(app.platform().database(Realm::Tenant), async |_| Ok(true)).await.unwrap();
        };
        let one = send(&gone, "", "text/csv", good(0, 1200)).await.ok(202);
        chunk().await;
        let _ = admin.post(&format!("/api/v1/tenants/adm/users/{}/deactivate", gone.id()), &json!({})).await.ok(200);
        app.settle().await;
        let stopped = look(&admin, one["id"].as_str().unwrap()).await;
        assert_eq!((&stopped["state"], &stopped["reason"], counts(&stopped)), (&json!("FAILED"), &json!("SENDER_NOT_ALLOWED"), [500, 0, 0, 0]));
        assert_eq!(total(&admin).await, 500);
        let _ = undo(&admin, &stopped).await.ok(202);
        app.settle().await;
        assert_eq!((total(&admin).await, &look(&admin, one["id"].as_str().unwrap()).await["state"]), (0, &json!("UNDONE")));
        // the same for a right that was taken away
        let two = send(&weaker, "", "text/csv", good(2000, 1200)).await.ok(202);
        chunk().await;
        let fewer = role_of_a(&app, &["crm.customers.read"]).await;
        let _ = admin.patch(&format!("/api/v1/tenants/adm/users/{}", weaker.id()), &json!({"role_id": fewer})).await.ok(200);
        app.settle().await;
        let stopped = look(&admin, two["id"].as_str().unwrap()).await;
        assert_eq!((&stopped["reason"], counts(&stopped)), (&json!("SENDER_NOT_ALLOWED"), [500, 0, 0, 0]));
    }

    /// What is kept of a file goes 90 days after the end of its import; the rows stay.
    async fn an_import_is_forgotten_after_ninety_days(app: TestApp) {
        let admin = app.admin_a().await;
        let context = worker::Context { platform: app.platform().clone(), data_dir: app.site().folder.clone() };
        let worker = flows::background::worker(context);
        worker.declare().await.unwrap();
        let mut old = Vec::new();
        for n in 0..25 {
            old.push(import(&app, &admin, "", good(n * 10, 2)).await);
        }
        let kept = async || {
            let scope = app.database(Realm::Tenant).read(Some(app.company_a().await.id)).await.unwrap();
            let sql = "SELECT (SELECT count(*) FROM import_batches) AS batches, (SELECT count(*) FROM import_chunks) AS chunks";
            let row = scope.raw_one(Sql::new(sql)).await.unwrap().unwrap();
            (row.try_get::<i64>("", "batches").unwrap(), row.try_get::<i64>("", "chunks").unwrap())
        };
        app.clock().advance(60 * 24 * 60 * 60);
        let admin = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        let young = import(&app, &admin, "", good(1000, 2)).await;
        assert_eq!(kept().await, (26, 26));
        app.clock().advance(31 * 24 * 60 * 60);
        worker.settle().await.unwrap();
        assert_eq!(kept().await, (1, 1));
        let admin = app.stranger().sign_in(Some("alpha"), "boss", PASSWORD).await;
        assert_eq!(look(&admin, young["id"].as_str().unwrap()).await["state"], "DONE");
        let _ = admin.get(&format!("{CUSTOMERS}/import/{}", old[0]["id"].as_str().unwrap())).await.refused(404, "NOT_FOUND");
        assert_eq!(total(&admin).await, 52);
    }

    /// Fault F17: under the key of its dry run a real import was given the dry run's answer, and nothing was imported.
    async fn a_key_is_for_one_query_too(app: TestApp) {
        let admin = app.admin_a().await;
        let send = async |query: &str| {
            let path = format!("{CUSTOMERS}/import{query}");
            admin.request(reqwest::Method::POST, &path).header("idempotency-key", "import 7").raw("text/csv", good(0, 2)).send().await
        };
        let dry = send("?dry_run=true").await;
        assert_eq!(send("?dry_run=true").await.ok(202)["id"], dry.ok(202)["id"], "the same request");
        for other in ["?dry_run=false", "", "?dry_run=true&mode=good_rows"] {
            assert_eq!(send(other).await.refused(422, "VALIDATION_ERROR")["rule"], "idempotency_mismatch", "{other}");
        }
        app.settle().await;
        assert_eq!(total(&admin).await, 0);
    }

    async fn seven_of_a_thousand_are_told_exactly_whatever_the_mode(app: TestApp) {
        let admin = app.admin_a().await;
        let (file, expected) = thousand();
        let expected: Vec<(i64, String)> = expected.into_iter().map(|(row, field)| (row, field.to_owned())).collect();
        let tried = import(&app, &admin, "dry_run=true", file.clone()).await;
        assert_eq!((counts(&tried), &tried["state"]), ([993, 0, 0, 7], &json!("DONE")));
        assert_eq!(faults(&admin, &tried).await, expected);
        assert_eq!(total(&admin).await, 0, "a dry run writes nothing");
        let refused = import(&app, &admin, "mode=all_or_nothing", file.clone()).await;
        assert_eq!((counts(&refused), &refused["state"]), ([0, 0, 0, 7], &json!("FAILED")));
        assert_eq!(faults(&admin, &refused).await, expected);
        assert_eq!(total(&admin).await, 0, "all or nothing leaves nothing");
        let taken = import(&app, &admin, "mode=good_rows", file).await;
        assert_eq!((counts(&taken), &taken["state"], &taken["total"]), ([993, 0, 0, 7], &json!("DONE"), &json!(1000)));
        assert_eq!(faults(&admin, &taken).await, expected);
        assert_eq!(total(&admin).await, 993);

        // the error file: the rows as they came, and two columns more
        let path = format!("{CUSTOMERS}/import/{}/errors", taken["id"].as_str().unwrap());
        let bytes = admin.get(&path).await.bytes;
        let text = String::from_utf8(bytes).unwrap();
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        assert_eq!(reader.headers().unwrap(), vec!["코드", "이름", "사업자번호", "여신한도", "이메일", "오류 항목", "오류 내용"]);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 7);
        assert_eq!(rows[4].iter().take(6).collect::<Vec<_>>(), ["T-0555", "한빛", "", "천원", "", "credit_limit"]);
        assert_eq!(&rows[6][1], "줄\n바꿈");
        assert!(rows[4][6].contains("여신 한도"), "{}", &rows[4][6]);
        // corrected, the same file comes back
        let corrected = text.replace("천원", "1000").replace("123-45-67890", "").replace("T 0333", "T-0333").replace("-1", "1");
        let again = import(&app, &admin, "", corrected).await;
        assert_eq!(counts(&again), [4, 0, 0, 3]);
        let xlsx = admin.get(&format!("{path}?format=xlsx")).await.bytes;
        let last = send(&admin, "dry_run=true", XLSX, xlsx).await.ok(202);
        assert_eq!(last["total"], 7);
    }

    async fn rows_that_are_there_are_refused_skipped_or_changed(app: TestApp) {
        let admin = app.admin_a().await;
        let body = json!({"code": "D-1", "name": "먼저", "phone": "02-1111-2222", "credit_limit": "5"});
        let row = admin.post(CUSTOMERS, &body).await.ok(201);
        let file = |name: &str| format!("code,name,phone,credit_limit\nd-1,{name},,7\nD-2,{name},,7\nD-2,{name} 다시,,8\n");
        assert_eq!(counts(&import(&app, &admin, "", file("하나")).await), [1, 0, 0, 2]);
        assert_eq!(counts(&import(&app, &admin, "on_duplicate=skip", file("둘")).await), [0, 0, 3, 0]);
        assert_eq!(customer(&admin, "D-1").await["name"], "먼저");
        assert_eq!(counts(&import(&app, &admin, "on_duplicate=update", file("셋")).await), [0, 3, 0, 0]);
        let now = customer(&admin, "D-1").await;
        assert_eq!((&now["id"], &now["name"], &now["phone"], &now["credit_limit"]), (&row["id"], &json!("셋"), &row["phone"], &json!("7")));
        assert_eq!(customer(&admin, "D-2").await["name"], "셋 다시", "the last row has the last word");
        // contacts have no key to know them by
        let query = format!("{}/import?on_duplicate=skip", CUSTOMERS.replace("customers", "contacts"));
        let file = format!("거래처 ID,담당자,이메일\n{},이서연,a@b.example\n", now["id"].as_str().unwrap());
        let post = async |path: &str| admin.request(reqwest::Method::POST, path).raw("text/csv", file.clone()).send().await;
        assert_eq!(post(&query).await.wrong_fields(), ["on_duplicate"]);
        let batch = post(query.split('?').next().unwrap()).await.ok(202);
        app.settle().await;
        let path = format!("{}/import/{}", CUSTOMERS.replace("customers", "contacts"), batch["id"].as_str().unwrap());
        assert_eq!(counts(&admin.get(&path).await.ok(200)), [1, 0, 0, 0]);
    }

    async fn a_row_that_refers_to_nothing_or_is_taken_in_another_way_fails_alone(app: TestApp) {
        let admin = app.admin_a().await;
        let other = app.admin_b().await.post(CUSTOMERS, &json!({"code": "B", "name": "b"})).await.ok(201);
        let mine = admin.post(CUSTOMERS, &json!({"code": "A", "name": "a", "biz_no": "123-45-67891"})).await.ok(201);
        let contacts = CUSTOMERS.replace("customers", "contacts");
        let ids = [mine["id"].as_str().unwrap(), other["id"].as_str().unwrap(), "0192f0c1-2345-7abc-8def-0123456789ab", "x"];
        let rows: String = ids.iter().map(|id| format!("{id},이서연,a@b.example\n")).collect();
        let request = admin.request(reqwest::Method::POST, &format!("{contacts}/import"));
        let batch = request.raw("text/csv", format!("partner_id,contact_name,email\n{rows}")).send().await.ok(202);
        app.settle().await;
        let path = format!("{contacts}/import/{}", batch["id"].as_str().unwrap());
        assert_eq!(counts(&admin.get(&path).await.ok(200)), [1, 0, 0, 3]);
        for row in admin.get(&format!("{path}/errors?format=json")).await.ok(200).as_array().unwrap() {
            assert_eq!(row["errors"][0]["field"], "partner_id");
        }
        // a second unique key: the database says so, and the rest goes on
        let batch = import(&app, &admin, "", "code,name,biz_no\nU-1,u,\nU-2,u,1234567891\nU-3,u,\n").await;
        assert_eq!(counts(&batch), [2, 0, 0, 1]);
        assert_eq!(faults(&admin, &batch).await, [(3, "biz_no".to_owned())]);
    }

    async fn every_row_leaves_its_audit_row_is_found_and_shares_an_event(app: TestApp) {
        let admin = app.admin_a().await;
        let batch = import(&app, &admin, "", good(0, 501)).await;
        assert_eq!(counts(&batch), [501, 0, 0, 0]);
        let id = customer(&admin, "C-000500").await["id"].as_str().unwrap().to_owned();
        let found = admin.get(&format!("{CUSTOMERS}?search=%E3%85%8E%E3%85%82")).await.ok(200);
        assert_eq!(found["total"], 501, "ㅎㅂ");
        let events = admin.get("/api/v1/tenants/adm/events?kind=crm.customer.imported").await.ok(200);
        let told: Vec<&Value> = events["items"].as_array().unwrap().iter().flat_map(|event| event["payload"]["created"].as_array().unwrap()).collect();
        assert_eq!((events["items"].as_array().unwrap().len(), told.len()), (2, 501));
        assert!(told.contains(&&json!(id)));
        let logs = app.manager().await.get("/api/v1/manager/audt/audit-logs?search=crm.customers.import&page_size=1").await.ok(200);
        assert_eq!(logs["total"], 503, "each row, the request, the end");
    }

    async fn two_files_at_once_hold_the_unique_key(app: TestApp) {
        let admin = app.admin_a().await;
        let files = [good(0, 700), good(300, 700)];
        let mut ids = Vec::new();
        for file in files {
            ids.push(send(&admin, "", "text/csv", file).await.ok(202)["id"].as_str().unwrap().to_owned());
        }
        // two workers, who do not know of each other
        let (node, other) = (app.settle(), app.settle());
        futures_util::future::join(node, other).await;
        assert_eq!(counts(&look(&admin, &ids[0]).await), [700, 0, 0, 0]);
        assert_eq!(counts(&look(&admin, &ids[1]).await), [300, 0, 0, 400]);
        assert_eq!(total(&admin).await, 1000);
    }
}
