//! `kill -9` in the middle of an import: no row twice, none lost.

use super::{CUSTOMERS, counts, good, look, send, total};
use std::time::{Duration, Instant};
use testkit::{Backend, Caller, PASSWORD, Program, SECRET_KEY, Site};
use tests::process::{block_on, until, words};

const ROWS: usize = 6000;
const PATIENCE: Duration = Duration::from_secs(180);

async fn started(site: &Site) -> (Program, Caller) {
    let fixed = ["--bind", "127.0.0.1:0", "--secret-key", SECRET_KEY, "--demo", "false", "--rate-limit", "off", "--migrate", "false"];
    let mut program = Program::start(&[site.arguments(), words(&fixed)].concat(), &[]);
    let stranger = Caller::stranger(program.address());
    until(&stranger, "/health/ready", 200).await;
    let admin = stranger.sign_in(Some("alpha"), "boss", PASSWORD).await;
    (program, admin)
}

fn a_killed_import_goes_on_where_it_stood(backend: Backend) {
    let site = Site::new(backend);
    block_on(async {
        let (program, admin) = started(&site).await;
        let batch = send(&admin, "", "text/csv", good(0, ROWS)).await.ok(202);
        let id = batch["id"].as_str().unwrap();
        let mut program = Some(program);
        let mut admin = admin;
        let (mut seen, mut kills) = (0, 0);
        let since = Instant::now();
        loop {
            assert!(since.elapsed() < PATIENCE, "it does not come to an end");
            let batch = look(&admin, id).await;
            let [created, ..] = counts(&batch);
            if batch["state"] == "DONE" {
                break;
            }
            // in the middle of some chunk, three times
            if created > seen && kills < 3 {
                (seen, kills) = (created, kills + 1);
                program.take().unwrap().signal("KILL");
                let again = started(&site).await;
                (program, admin) = (Some(again.0), again.1);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(kills > 0, "it was never killed: the test shows nothing");
        assert_eq!(counts(&look(&admin, id).await), [i64::try_from(ROWS).unwrap(), 0, 0, 0]);
        assert_eq!(total(&admin).await, i64::try_from(ROWS).unwrap());
        // each code once: the first and the last of each chunk are there
        for n in [0, 499, 500, 2999, 3000, ROWS - 1] {
            let found = admin.get(&format!("{CUSTOMERS}?code=C-{n:06}")).await.ok(200);
            assert_eq!(found["total"], 1, "{n}");
        }
        drop(program);
    });
}

#[test]
fn a_killed_import_goes_on_where_it_stood_on_sqlite() {
    a_killed_import_goes_on_where_it_stood(Backend::Sqlite);
}

#[test]
fn a_killed_import_goes_on_where_it_stood_on_postgres() {
    a_killed_import_goes_on_where_it_stood(Backend::Postgres);
}
