//! Whoever can write to the database past all locks is found out, and where.

use super::{LOGS, business, seal, verdict};
use audt::auditing::{HeadFile, verify};
use kernel::Realm;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::Sql;
use testkit::{Backend, Cluster, TestApp, both};
use uuid::Uuid;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }
}

/// The database as its owner has it, locks of the audit taken off.
async fn as_owner(app: &TestApp, realm: Realm, sql: &str) {
    match app.backend() {
        Backend::Postgres => {
            let (manager, tenant) = app.site().database_names();
            Cluster::get().psql(if realm == Realm::Manager { manager } else { tenant }, sql);
        }
        Backend::Sqlite => {
            let database = app.database(realm);
            for statement in sql.split(";;") {
                let cx = store::Context::system(realm, None, "burglar");
                database
                    .write(&cx, async |tx| tx.raw_execute(Sql::new(statement)).await)
                    .await
                    .unwrap_or_else(|error| panic!("{statement}: {error} {:?}", error.cause()));
            }
        }
    }
}

async fn take_the_locks_off(app: &TestApp) {
    match app.backend() {
        Backend::Postgres => as_owner(app, Realm::Tenant, "ALTER TABLE audt_audit_logs DISABLE TRIGGER ALL").await,
        Backend::Sqlite => {
            let triggers = [
                "audt_audit_logs_fixed",
                "audt_audit_logs_chained",
                "audt_audit_logs_stays",
                "audt_audit_blocks_no_update",
                "audt_audit_blocks_no_delete",
            ];
            as_owner(app, Realm::Tenant, &triggers.map(|name| format!("DROP TRIGGER {name}")).join(";;")).await;
        }
    }
}

/// A table to put the rows back from.
async fn keep(app: &TestApp, table: &str) {
    as_owner(app, Realm::Tenant, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
}

async fn restore(app: &TestApp, table: &str) {
    as_owner(
        app,
        Realm::Tenant,
        &format!("DELETE FROM {table};;INSERT INTO {table} SELECT * FROM kept_{table}")
            .replace(";;", if app.backend() == Backend::Postgres { ";" } else { ";;" }),
    )
    .await;
}

/// The rows of a company's chain: number to id.
async fn chained(app: &TestApp, company: Uuid) -> BTreeMap<i64, Uuid> {
    let mut sql = Sql::new("SELECT id, chain_no FROM audt_audit_logs WHERE chain_no IS NOT NULL AND tenant_id = ");
    sql.bind(company);
    let rows = app.database(Realm::Tenant).read(Some(company)).await.unwrap().raw_all(sql).await.unwrap();
    rows.iter().map(|row| (row.try_get("", "chain_no").unwrap(), row.try_get("", "id").unwrap())).collect()
}

fn quoted(app: &TestApp, id: Uuid) -> String {
    match app.backend() {
        Backend::Postgres => format!("'{id}'"),
        Backend::Sqlite => format!("X'{}'", id.simple()),
    }
}

both! {
    async fn every_one_of_many_random_tampers_is_located(app: TestApp) {
        let company = app.company_a().await.id;
        business(&app, 40).await;
        seal(&app).await;
        business(&app, 15).await;
        app.settle().await;
        let platform = app.platform();
        let heads = HeadFile::in_data_dir(&app.site().folder).anchors().unwrap();
        assert!(heads.len() >= 2, "{heads:?}");
        let before = verify(platform, Some(company), &heads).await.unwrap();
        assert!(before.valid && before.checked > 55, "{before:?}");
        let rows = chained(&app, company).await;
        let last = *rows.last_key_value().unwrap().0;
        take_the_locks_off(&app).await;
        keep(&app, "audt_audit_logs").await;

        // PostgreSQL is asked through psql, a process each: fewer there
        let tampers = if app.backend() == Backend::Sqlite { 900 } else { 150 };
        let mut dice = Dice(42);
        let columns = ["actor_name", "description", "target", "resource_id", "action_performed", "result", "event_type", "risk_level", "source_ip", "failure_reason"];
        for n in 0..tampers {
            let no = i64::try_from(dice.throw(usize::try_from(last).unwrap())).unwrap() + 1;
            let id = quoted(&app, rows[&no]);
            let (sql, expected, what) = match dice.throw(6) {
                0 | 1 => {
                    let column = columns[dice.throw(columns.len())];
                    (format!("UPDATE audt_audit_logs SET {column} = COALESCE({column}, '') || 'x' WHERE id = {id}"), no, "changed")
                }
                2 => (format!("DELETE FROM audt_audit_logs WHERE id = {id}"), no, "removed"),
                3 => {
                    // cut off: this row and all after it
                    (format!("DELETE FROM audt_audit_logs WHERE chain_no >= {no}"), no, "cut off")
                }
                4 => {
                    let other = i64::try_from(dice.throw(usize::try_from(last).unwrap())).unwrap() + 1;
                    if other == no {
                        continue;
                    }
                    // two rows change places, each with the hash of the place
                    let other_id = quoted(&app, rows[&other]);
                    let place = |column: &str, of: &str| format!("(SELECT k.{column} FROM kept_audt_audit_logs k WHERE k.id = {of})");
                    let to = |id: &str, of: &str| format!("UPDATE audt_audit_logs SET prev_hash = {}, hash = {}, chain_no = {} WHERE id = {id}", place("prev_hash", of), place("hash", of), place("chain_no", of));
                    let away = format!("UPDATE audt_audit_logs SET chain_no = -1 WHERE id = {id}");
                    let separator = if app.backend() == Backend::Postgres { ";" } else { ";;" };
                    (format!("{away}{separator}{}{separator}{}", to(&other_id, &id), to(&id, &other_id)), no.min(other), "moved")
                }
                _ => {
                    // another actor, and the moment
                    (format!("UPDATE audt_audit_logs SET user_id = NULL, session_id = NULL, actor_kind = 'SYSTEM' WHERE id = {id}"), no, "disowned")
                }
            };
            as_owner(&app, Realm::Tenant, &sql).await;
            let verdict = verify(platform, Some(company), &heads).await.unwrap();
            let unchanged = what == "disowned" && verdict.valid;
            if unchanged {
                // it had been a row of the system's already
                assert_eq!(verdict.checked, before.checked);
            } else {
                let bad = verdict.first_bad.unwrap_or_else(|| panic!("tamper {n}: {what} row {no} was not found: {sql}"));
                assert_eq!((bad.no, bad.tenant_id), (expected, Some(company)), "tamper {n}: {what}: {bad:?}");
                assert_eq!(bad.id, Some(rows[&expected]).filter(|_| what != "moved").or(bad.id), "tamper {n}: {what}: the row is named: {bad:?}");
            }
            restore(&app, "audt_audit_logs").await;
        }
        let after = verify(platform, Some(company), &heads).await.unwrap();
        assert_eq!((after.valid, after.checked), (true, before.checked), "as it was");
        // and through the API
        as_owner(&app, Realm::Tenant, &format!("UPDATE audt_audit_logs SET result = 'SUCCES' WHERE id = {}", quoted(&app, rows[&7]))).await;
        let manager = app.manager().await;
        for query in ["".to_owned(), format!("?tenant_id={company}")] {
            let told = verdict(&manager, &query).await;
            assert_eq!((&told["valid"], &told["first_bad"]["id"], &told["first_bad"]["no"]), (&json!(false), &json!(rows[&7]), &json!(7)), "{told}");
            assert!(told["first_bad"]["reason"].as_str().unwrap().starts_with("changed"), "{told}");
        }
        assert_eq!(verdict(&manager, &format!("?tenant_id={}", app.company_b().await.id)).await["first_bad"], Value::Null, "the other company's is whole");
    }

    /// Somebody who knows the rules recomputes the chain from the row they changed, and the provider's copies with it.
    async fn a_chain_that_was_computed_anew_does_not_bear_the_signatures(app: TestApp) {
        let company = app.company_a().await.id;
        business(&app, 10).await;
        seal(&app).await;
        take_the_locks_off(&app).await;
        let rows = chained(&app, company).await;
        let (no, id) = rows.iter().nth(4).unwrap();
        as_owner(&app, Realm::Tenant, &format!("UPDATE audt_audit_logs SET actor_name = 'nobody' WHERE id = {}", quoted(&app, *id))).await;
        recompute(&app, company, *no).await;
        let heads = HeadFile::in_data_dir(&app.site().folder).anchors().unwrap();
        let verdict = verify(app.platform(), Some(company), &heads).await.unwrap();
        let bad = verdict.first_bad.unwrap();
        assert!(bad.no <= *no, "{bad:?}");
        // even without the copies and the exported heads the signature tells
        let separator = if app.backend() == Backend::Postgres { ";" } else { ";;" };
        let copies = format!("DELETE FROM audt_audit_logs WHERE tenant_id = {}", quoted(&app, company));
        match app.backend() {
            Backend::Postgres => as_owner(&app, Realm::Manager, &format!("ALTER TABLE audt_audit_logs DISABLE TRIGGER ALL{separator}{copies}")).await,
            Backend::Sqlite => as_owner(&app, Realm::Manager, &format!("DROP TRIGGER audt_audit_logs_stays{separator}{copies}")).await,
        }
        let verdict = verify(app.platform(), Some(company), &[]).await.unwrap();
        assert!(verdict.first_bad.unwrap().reason.contains("computed anew"));
    }

    async fn a_tail_that_is_cut_off_with_all_that_speaks_of_it_is_missed_by_the_exported_heads(app: TestApp) {
        let company = app.company_a().await.id;
        business(&app, 5).await;
        seal(&app).await;
        let first = chained(&app, company).await.len();
        business(&app, 5).await;
        seal(&app).await;
        take_the_locks_off(&app).await;
        let separator = if app.backend() == Backend::Postgres { ";" } else { ";;" };
        let cut = [
            format!("DELETE FROM audt_audit_logs WHERE chain_no > {first}"),
            format!("DELETE FROM audt_audit_blocks WHERE last_no > {first}"),
            format!("UPDATE stream_heads SET last_no = {first}, last_hash = (SELECT hash FROM audt_audit_logs WHERE chain_no = {first}) WHERE stream = 'audit' AND tenant_id = {}", quoted(&app, company)),
        ];
        as_owner(&app, Realm::Tenant, &cut.join(separator)).await;
        // the provider's copies too
        let copies = format!("DELETE FROM audt_audit_logs WHERE tenant_id = {} AND chain_no > {first}", quoted(&app, company));
        match app.backend() {
            Backend::Postgres => as_owner(&app, Realm::Manager, &format!("ALTER TABLE audt_audit_logs DISABLE TRIGGER ALL{separator}{copies}")).await,
            Backend::Sqlite => as_owner(&app, Realm::Manager, &format!("DROP TRIGGER audt_audit_logs_stays{separator}{copies}")).await,
        }
        assert!(verify(app.platform(), Some(company), &[]).await.unwrap().valid, "inside the databases nothing speaks of it any more");
        let told = verdict(&app.manager().await, &format!("?tenant_id={company}")).await;
        assert_eq!(told["valid"], false);
        assert!(told["first_bad"]["reason"].as_str().unwrap().starts_with("cut off"), "{told}");
    }

    async fn a_purge_that_somebody_made_up_is_not_believed(app: TestApp) {
        let company = app.company_a().await.id;
        business(&app, 5).await;
        seal(&app).await;
        let last = chained(&app, company).await.len();
        business(&app, 5).await;
        seal(&app).await;
        take_the_locks_off(&app).await;
        let separator = if app.backend() == Backend::Postgres { ";" } else { ";;" };
        let at = |seconds: i64| app.now().plus_seconds(seconds).get().format(time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second].000000001+00:00")).unwrap();
        let purge = format!(
            "INSERT INTO audt_purges (id, tenant_id, up_to_no, before, rows, policy, created_at) VALUES ({}, {}, {last}, '{}', {last}, 'x', '{}')",
            quoted(&app, Uuid::now_v7()), quoted(&app, company), at(-40 * 24 * 60 * 60), at(-1)
        );
        as_owner(&app, Realm::Tenant, &format!("{purge}{separator}DELETE FROM audt_audit_logs WHERE chain_no <= {last}")).await;
        let told = verdict(&app.manager().await, &format!("?tenant_id={company}")).await;
        assert_eq!((&told["valid"], &told["first_bad"]["no"]), (&json!(false), &json!(1)), "{told}");
    }

    async fn the_service_itself_cannot_change_or_remove_a_row(app: TestApp) {
        let company = app.company_a().await.id;
        business(&app, 3).await;
        app.settle().await;
        let database = app.database(Realm::Tenant);
        let cx = store::Context::system(Realm::Tenant, Some(company), "test");
        for sql in [
            "UPDATE audt_audit_logs SET result = 'FAILURE'",
            "UPDATE audt_audit_logs SET chain_no = 1",
            "DELETE FROM audt_audit_logs",
            "UPDATE audt_audit_blocks SET last_no = 1",
            "DELETE FROM audt_audit_blocks",
            "DELETE FROM audt_purges",
        ] {
            let done = database.write(&cx, async |tx| tx.raw_execute(Sql::new(sql)).await).await;
            assert!(done.is_err() || done.as_ref().is_ok_and(|rows| *rows == 0), "{sql}: {done:?}");
        }
        assert_eq!(verdict(&app.manager().await, "").await["valid"], true);
        assert!(app.manager().await.get(LOGS).await.ok(200)["total"].as_i64().unwrap() > 3);
    }
}

/// The chain from `from` on, as the rules have it.
async fn recompute(app: &TestApp, company: Uuid, from: i64) {
    let database = app.database(Realm::Tenant);
    let scope = database.read(Some(company)).await.unwrap();
    let rows = store::chain::page(&scope, None, from, 10_000).await.unwrap();
    drop(scope);
    let mut previous = rows[0].previous.clone().unwrap();
    let mut statements = Vec::new();
    for row in rows {
        let hash = row.hash_at(company, row.no.unwrap(), &previous).to_vec();
        let bytes = |bytes: &[u8]| match app.backend() {
            Backend::Postgres => format!("'\\x{}'", store::chain::to_hex(bytes)),
            Backend::Sqlite => format!("X'{}'", store::chain::to_hex(bytes)),
        };
        statements.push(format!(
            "UPDATE audt_audit_logs SET prev_hash = {}, hash = {} WHERE id = {}",
            bytes(&previous),
            bytes(&hash),
            quoted(app, row.id)
        ));
        previous = hash;
    }
    as_owner(app, Realm::Tenant, &statements.join(if app.backend() == Backend::Postgres { ";" } else { ";;" })).await;
}
