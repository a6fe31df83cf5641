//! How long 100,000 rows take, and a search among them. Not run with the others: `cargo test -p tests imports::speed -- --ignored --nocapture`.

use super::{CUSTOMERS, counts, good, look, send};
use std::time::Instant;
use testkit::both;

both! {
    #[ignore = "takes minutes, and says how many"]
    async fn a_hundred_thousand_rows(app: TestApp) {
        let admin = app.admin_a().await;
        let since = Instant::now();
        let batch = send(&admin, "", "text/csv", good(0, 100_000)).await.ok(202);
        println!("{:?}: taken after {:?}", app.backend(), since.elapsed());
        let id = batch["id"].as_str().unwrap();
        let database = app.platform().streams(kernel::Realm::Tenant);
        while resource::import::work(database, async |_| Ok(true)).await.unwrap() > 0 {}
        println!("{:?}: 100,000 rows after {:?}", app.backend(), since.elapsed());
        assert_eq!(counts(&look(&admin, id).await), [100_000, 0, 0, 0]);
        let rare = admin.post(CUSTOMERS, &serde_json::json!({"code": "RARE", "name": "나눔상사"})).await.id();
        for typed in ["한빛", "ㅎㅂ", "나눔", "ㄴㄴㅅㅅ", "099999"] {
            let url = reqwest::Url::parse_with_params("http://x/", [("search", typed)]).unwrap();
            let mut times = Vec::new();
            for _ in 0..40 {
                let since = Instant::now();
                let found = admin.get(&format!("{CUSTOMERS}?{}", url.query().unwrap())).await.ok(200);
                times.push(since.elapsed());
                assert!(found["total"].as_i64().unwrap() > 0, "{typed} {rare}");
            }
            times.sort();
            println!("{:?}: {typed} p50 {:?} p95 {:?}", app.backend(), times[20], times[37]);
        }
    }
}
