//! The two databases are one product: the same tables, the same columns, the same rules, whichever backend.

use kernel::Realm;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::Sql;
use testkit::{Backend, Cluster, TestApp, both};

async fn columns(app: &TestApp, realm: Realm) -> BTreeMap<String, BTreeSet<String>> {
    let sql = match app.backend() {
        Backend::Sqlite => {
            "SELECT m.name AS t, c.name || (CASE WHEN c.\"notnull\" = 1 THEN ' NOT NULL' ELSE '' END) AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        }
        Backend::Postgres => {
            "SELECT table_name::text AS t, column_name::text || (CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' ELSE '' END) AS c FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let rows = app.database(realm).read(None).await.unwrap().raw_all(Sql::new(sql)).await.unwrap();
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        tables.entry(row.try_get("", "t").unwrap()).or_default().insert(row.try_get("", "c").unwrap());
    }
    tables.remove("seaql_migrations");
    // SQLite's full-text index is tables of its own; PostgreSQL has an index
    tables.retain(|table, _| !table.starts_with("search_grams"));
    tables
}

async fn unique_indexes(app: &TestApp, realm: Realm) -> BTreeSet<String> {
    let sql = match app.backend() {
        Backend::Sqlite => "SELECT name AS t FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_autoindex%'",
        // those of table constraints have no name of their own in SQLite
        Backend::Postgres => {
            "SELECT i.indexname::text AS t FROM pg_indexes i WHERE i.schemaname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conname = i.indexname)"
        }
    };
    let rows = app.database(realm).read(None).await.unwrap().raw_all(Sql::new(sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "t").unwrap()).collect()
}

#[test]
fn both_backends_have_the_same_tables_columns_and_indexes() {
    actix_web::rt::System::new().block_on(async {
        let (small, large) = (TestApp::start(Backend::Sqlite).await, TestApp::start(Backend::Postgres).await);
        for realm in [Realm::Manager, Realm::Tenant] {
            let (one, other) = (columns(&small, realm).await, columns(&large, realm).await);
            assert!(one.len() >= 8, "{one:?}");
            assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
            for (table, columns) in &one {
                assert_eq!(columns, &other[table], "{table}");
            }
            assert_eq!(unique_indexes(&small, realm).await, unique_indexes(&large, realm).await);
        }
        small.stop().await;
        large.stop().await;
    });
}

#[test]
fn constraints_are_named_after_their_table_and_columns() {
    testkit::run(Backend::Postgres, async |app| {
        let (manager, tenant) = app.site().database_names();
        for database in [manager, tenant] {
            let named = Cluster::get().psql(
                database,
                "SELECT k.conrelid::regclass || ' ' || k.conname || ' ' || k.contype::text FROM pg_constraint k WHERE k.connamespace = 'public'::regnamespace \
                 AND k.conrelid::regclass::text <> 'seaql_migrations' AND k.contype IN ('p', 'u', 'f', 'c')",
            );
            assert!(named.lines().count() > 20, "{named}");
            for line in named.lines() {
                let [table, name, kind] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
                let ending = match kind {
                    "p" => "_pkey",
                    "u" => "_key",
                    "f" => "_fkey",
                    _ => "_check",
                };
                assert!(name.starts_with(&format!("{table}_")) || kind == "p", "{line}: it is not named after its table");
                assert!(name.ends_with(ending) && name.len() <= 63, "{line}");
            }
        }
    });
}

/// Fault of issue 10, section F: a caller read `adm_payment_terms_months_check`. Every bound that the database keeps has a rule and words.
#[test]
fn every_bound_of_the_database_has_words() {
    testkit::run(Backend::Postgres, async |app| {
        let (manager, tenant) = app.site().database_names();
        for database in [manager, tenant] {
            let checks = Cluster::get().psql(
                database,
                "SELECT k.conname || ' ' || pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.contype = 'c' \
                 AND k.connamespace = 'public'::regnamespace AND array_length(k.conkey, 1) = 1",
            );
            assert!(checks.lines().count() > 20, "{checks}");
            let mut without = Vec::new();
            for line in checks.lines() {
                let (name, rule_of) = line.split_once(' ').unwrap();
                let (rule, words) = store::words_of_check(name);
                for text in [words.text(kernel::Lang::Ko), words.text(kernel::Lang::En), rule] {
                    assert!(!text.is_empty() && !text.contains("check") && !text.contains(name), "{name}: {text}");
                }
                let is_bound = [" < ", " <= ", " > ", " >= ", " <> "].iter().any(|sign| rule_of.contains(sign));
                if is_bound && rule == "not_possible" {
                    without.push(line);
                }
            }
            assert!(without.is_empty(), "no words (store/src/checks.rs) for\n{}", without.join("\n"));
        }
    });
}

/// Money as a floating number is wrong by a won sooner or later.
#[test]
fn no_column_holds_a_floating_number() {
    testkit::run(Backend::Postgres, async |app| {
        let (manager, tenant) = app.site().database_names();
        for database in [manager, tenant] {
            let floating = Cluster::get().psql(
                database,
                "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('real', 'double precision', 'money')",
            );
            assert_eq!(floating, "");
        }
    });
}

/// Sets a number of an invoice behind the program's back, as it could be before keys were folded.
async fn renumber(app: &TestApp, column: &str, from: &str, to: &str) {
    let company = app.company_a().await.id;
    let database = app.database(Realm::Tenant);
    let context = store::Context::system(Realm::Tenant, Some(company), "test");
    let write = database.write(&context, async |tx| {
        let mut sql = Sql::new("UPDATE fim_tax_invoices SET ");
        sql.push(column).push(" = ").bind(to).push(" WHERE ").push(column).push(" = ").bind(from).push(" AND tenant_id = ").bind(company);
        tx.raw_execute(sql).await
    });
    assert_eq!(write.await.unwrap(), 1, "{from}");
}

both! {
    /// Fault F19: an upgrade folds the keys of the rows that are there. Those that were taken in several spellings stay, and no further one
    /// is taken.
    async fn an_upgrade_folds_the_keys_of_the_rows_that_are_there(app: TestApp) {
        use tests::fim::invoices::{INVOICES, body, drafted, line, partner};
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        let purchase = |vendor: &str, approval: &str| json!({"direction": "PURCHASE", "vendor_invoice_no": vendor, "approval_no": approval});
        let lines = [line("1", "1000", json!({}))];
        let mut made = Vec::new();
        for (vendor, approval) in [("INV-1", "2026-1"), ("INV-2", "2026-2"), ("INV-3", "2026-3"), ("ＩＮＶ－４", "2026－4")] {
            made.push(drafted(&admin, &partner, &lines, purchase(vendor, approval)).await);
        }
        let (_, url) = app.site().urls();
        let owner = migrations::Owner::connect(&url).await.unwrap();
        while owner.applied().await.unwrap().iter().any(|step| step == "m20261130_020001_fim_business_keys") {
            owner.down::<migrations::Tenant>().await.unwrap();
        }
        for (column, from, to) in [
            ("vendor_invoice_no", "INV-2", "inv\u{2013}1"),
            ("vendor_invoice_no", "INV-3", "Ｉnv-1"),
            ("approval_no", "2026-2", "20261"),
            ("approval_no", "2026-3", "2026\u{2212}1"),
        ] {
            renumber(&app, column, from, to).await;
        }
        assert!(owner.up::<migrations::Tenant>().await.unwrap() > 0);
        owner.close().await;
        let app = app.restarted().await;
        let admin = app.admin_a().await;
        for (row, vendor) in made.iter().zip(["INV-1", "inv\u{2013}1", "Ｉnv-1", "ＩＮＶ－４"]) {
            let now = admin.get(&format!("{INVOICES}/{}", row["id"].as_str().unwrap())).await.ok(200);
            assert_eq!(now["vendor_invoice_no"], vendor);
        }
        for taken in [purchase("iNV-1", "new"), purchase("inv-4", "new"), purchase("new", "2026---1"), purchase("new", "20264")] {
            let refused = admin.post(INVOICES, &body(&partner, &lines, taken.clone())).await;
            assert_eq!(refused.refused(409, "CONFLICT")["rule"], "unique", "{taken}");
        }
        let _ = drafted(&admin, &partner, &lines, purchase("INV-5", "2026-5")).await;
        app.stop().await;
    }
}
