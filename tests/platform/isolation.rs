//! Company b never sees what is company a's. Whatever the road: an id, a filter, a body, a cursor, an export — and, on PostgreSQL, a
//! statement in which somebody forgot the filter.

use kernel::Realm;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Context, Sql};
use testkit::{Backend, Cluster, TestApp, both};
use tests::{Subject, every_resource, is_id, parameters};
use uuid::Uuid;

const ORGANIZATIONS: &str = "/api/v1/tenants/adm/organizations";

both! {
    async fn lists_searches_and_exports_hold_ones_own_rows_only(app: TestApp) {
        every_resource(&app, async |resource| {
            if !resource.is_tenant() {
                return;
            }
            let theirs = resource.seen_by(app.admin_b().await);
            let mine: BTreeSet<String> = [resource.make().await.id(), resource.make().await.id()].into();
            let their_own = [theirs.make().await.id(), theirs.make().await.id()];
            let mut queries = vec![String::new(), "sort=created_at".to_owned(), format!("created_at_from={}", "2000-01-01T00:00:00Z")];
            queries.extend(resource.spec.sort.iter().map(|column| format!("sort=-{column}")));
            for query in queries {
                let listed = theirs.owner.get(&format!("{}?page_size=100&{query}", resource.path)).await.ok(200);
                let listed: BTreeSet<String> = listed["items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
                assert!(listed.is_disjoint(&mine) && their_own.iter().all(|id| listed.contains(id)), "{query}");
                for format in ["csv", "xlsx"] {
                    let file = theirs.owner.get(&format!("{}/export?format={format}&{query}", resource.path)).await;
                    assert_eq!(file.status, 200, "{file:?}");
                    let text = String::from_utf8_lossy(&file.bytes);
                    assert!(format == "xlsx" || (mine.iter().all(|id| !text.contains(id)) && text.contains(&their_own[0])), "{text}");
                }
            }
            if !resource.spec.search.is_empty() {
                let row = resource.owner.get(&resource.row(mine.first().unwrap())).await.ok(200);
                let text = resource.spec.search.iter().find_map(|column| row[*column].as_str()).unwrap();
                let found = theirs.search(text).await;
                assert!(found["items"].as_array().unwrap().iter().all(|item| !mine.contains(item["id"].as_str().unwrap())), "{found}");
            }
        })
        .await;
    }

    async fn an_id_of_another_company_names_nothing(app: TestApp) {
        every_resource(&app, async |resource| {
            if !resource.is_tenant() {
                return;
            }
            let theirs = resource.seen_by(app.admin_b().await);
            // as a filter: every parameter that takes an id
            let mine = resource.make().await.id();
            for parameter in parameters(resource.operation("get", "").unwrap()).filter(|parameter| parameter["schema"]["format"] == "uuid" && parameter["in"] == "query") {
                let name = parameter["name"].as_str().unwrap();
                let found = theirs.owner.get(&format!("{}?{name}={mine}", resource.path)).await.ok(200);
                assert_eq!((&found["items"], &found["total"]), (&json!([]), &json!(0)), "{name}");
            }
            // in a body: every field of an example that refers to something
            let (example, own) = (resource.example().await, theirs.example().await);
            for (field, value) in example.as_object().unwrap().iter().filter(|(_, value)| is_id(value)) {
                let mut body = own.clone();
                body[field] = value.clone();
                let answer = theirs.owner.post(&resource.path, &body).await;
                assert_eq!(answer.wrong_fields(), [field.as_str()], "{answer:?}");
            }
            // and every further field that takes an id, in create and change
            let row = theirs.row(&theirs.make().await.id());
            for (method, below) in [("post", ""), ("patch", "/{id}")] {
                let Some(fields) = resource.body_schema(method, below).and_then(|schema| schema["properties"].as_object()) else { continue };
                for (field, _) in fields.iter().filter(|(field, schema)| field.ends_with("_id") && schema["format"] == "uuid") {
                    // a document of whatever kind, which may stand elsewhere: kept as it is told, and followed by nobody
                    if ["ref_doc_id", "source_id"].contains(&field.as_str()) {
                        continue;
                    }
                    let target = whatever_it_names(resource, field).await;
                    let answer = if method == "post" {
                        let mut body = theirs.example().await;
                        body[field] = json!(target);
                        theirs.owner.post(&resource.path, &body).await
                    } else {
                        theirs.owner.patch(&row, &json!({ field: target })).await
                    };
                    assert_eq!(answer.wrong_fields(), [field.as_str()], "{answer:?}");
                }
            }
        })
        .await;
    }

    async fn a_cursor_of_another_company_shows_ones_own_rows(app: TestApp) {
        every_resource(&app, async |resource| {
            if !resource.is_tenant() {
                return;
            }
            let theirs = resource.seen_by(app.admin_b().await);
            let mine: BTreeSet<String> = [resource.make().await.id(), resource.make().await.id(), resource.make().await.id()].into();
            theirs.make().await;
            for sort in resource.spec.sort.iter().map(|column| format!("sort={column}")).chain(["sort=created_at".to_owned()]) {
                let page = resource.owner.get(&format!("{}?page_size=1&{sort}", resource.path)).await.ok(200);
                let cursor = page["next_cursor"].as_str().unwrap();
                let listed = theirs.owner.get(&format!("{}?page_size=100&{sort}&cursor={cursor}", resource.path)).await.ok(200);
                assert!(listed["items"].as_array().unwrap().iter().all(|row| !mine.contains(row["id"].as_str().unwrap())), "{sort}");
            }
        })
        .await;
    }

    async fn a_bulk_does_not_reach_another_companys_rows(app: TestApp) {
        every_resource(&app, async |resource| {
            if !resource.is_tenant() || !resource.has("post", "/bulk") {
                return;
            }
            let made = resource.make().await;
            let items = json!([{"op": "update", "id": made.id(), "data": resource.change().await}, {"op": "delete", "id": made.id()}]);
            let answer = app.admin_b().await.post(&format!("{}/bulk", resource.path), &json!({"items": items})).await.ok(200);
            let statuses: Vec<&Value> = answer["results"].as_array().unwrap().iter().map(|result| &result["status"]).collect();
            assert_eq!(statuses, [404, 404], "{answer}");
            assert_eq!(resource.owner.get(&resource.row(&made.id())).await.ok(200), made.ok(201));
        })
        .await;
    }

    /// Business keys are each company's own: what one has taken, another may take too, and is not told.
    async fn the_same_key_in_two_companies_is_no_conflict(app: TestApp) {
        let (a, b) = (app.admin_a().await, app.admin_b().await);
        let organization = json!({"name": "같은 이름", "code": "SAME", "biz_no": "124-81-00998", "is_headquarters": true});
        for caller in [&a, &b] {
            assert_eq!(caller.post(ORGANIZATIONS, &organization).await.ok(201)["no"], 1, "running numbers are each company's own too");
        }
        let user = json!({"username": "twin", "email": "twin@example.com", "full_name": "쌍둥이"});
        for caller in [&a, &b] {
            let _ = caller.post("/api/v1/tenants/adm/users", &user).await.ok(201);
        }
    }

    async fn a_connection_that_served_one_company_shows_nothing_of_it_to_the_next(app: TestApp) {
        let (a, b) = (app.company_a().await.id, app.company_b().await.id);
        let (admin_a, admin_b) = (app.admin_a().await, app.admin_b().await);
        let _ = admin_a.post(ORGANIZATIONS, &json!({"name": "a"})).await.ok(201);
        let _ = admin_b.post(ORGANIZATIONS, &json!({"name": "b"})).await.ok(201);
        // over HTTP, two at a time
        for _ in 0..50 {
            let (one, other) = futures_util::future::join(admin_a.get(ORGANIZATIONS), admin_b.get(ORGANIZATIONS)).await;
            assert_eq!((names(&one.ok(200)), names(&other.ok(200))), (vec!["a".to_owned()], vec!["b".to_owned()]));
        }
        // and on one pool of two connections, with what the generic code does: its own filter
        let database = app.database(Realm::Tenant);
        for turn in 0..200 {
            let (tenant, name) = if turn % 2 == 0 { (a, "a") } else { (b, "b") };
            let mut sql = Sql::new("SELECT name FROM adm_organizations");
            // SQLite has no second lock, so there the filter is the only one
            if app.backend() == Backend::Sqlite {
                sql.push(" WHERE tenant_id = ").bind(tenant);
            }
            assert_eq!(texts(&database, Some(tenant), sql).await, [name], "turn {turn}");
        }
    }
}

/// A row of company a that the field would name, were it company a's: the table its foreign key leads to.
async fn whatever_it_names(resource: &Subject, field: &str) -> String {
    let catalog = resource.app.database(Realm::Tenant);
    catalog.load_catalog().await.unwrap();
    let catalog = catalog.catalog();
    let target =
        catalog.referred_by(&resource.spec.table).find(|reference| reference.column == field).map(|reference| reference.target.clone());
    let target = target.unwrap_or_else(|| panic!("{field} takes an id, and no foreign key says of what"));
    for module in gateway::modules() {
        for info in &module.resources {
            if (info.spec)().unwrap().table == target {
                return Subject::new(&resource.app, module.realm, info).await.make().await.id();
            }
        }
    }
    panic!("{field} refers to {target}, which is no resource");
}

fn names(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

async fn texts(database: &store::Database, tenant: Option<Uuid>, sql: Sql) -> Vec<String> {
    let rows = database.read(tenant).await.unwrap().raw_all(sql).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "name").unwrap()).collect()
}

/// The second lock: what PostgreSQL itself holds, whatever the code forgets.
mod second_lock {
    use super::*;

    fn on_postgres<F: Future<Output = ()>>(story: impl FnOnce(TestApp) -> F) {
        testkit::run(Backend::Postgres, story);
    }

    fn tenant_catalog(app: &TestApp, sql: &str) -> Vec<String> {
        let text = Cluster::get().psql(app.site().database_names().1, sql);
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn every_table_of_companies_rows_is_locked_and_keyed_by_the_company() {
        on_postgres(async |app| {
            let tables = tenant_catalog(
                &app,
                "SELECT c.relname || '|' || c.relrowsecurity || '|' || COALESCE((SELECT string_agg(p.polname::text, ',' ORDER BY p.polname) \
                 FROM pg_policy p WHERE p.polrelid = c.oid), '') FROM pg_class c WHERE c.relkind IN ('r', 'p') \
                 AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'seaql_migrations' ORDER BY 1",
            );
            assert!(tables.len() >= 10, "{tables:?}");
            for table in &tables {
                let [name, locked, policies] = table.split('|').collect::<Vec<_>>()[..] else { panic!("{table}") };
                assert_eq!(locked, "true", "{name}: row-level security is off");
                // the worker finds out for whom there is something to do, and says so
                let wanted = if ["outbox", "outbox_cursors", "stream_heads", "import_batches"].contains(&name) {
                    "company,worker"
                } else {
                    "company"
                };
                assert_eq!(policies, wanted, "{name}");
            }
            let without = tenant_catalog(
                &app,
                "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'seaql_migrations' \
                 AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull)",
            );
            assert!(without.is_empty(), "tables without a company: {without:?}");
        });
    }

    #[test]
    fn every_key_of_companies_rows_begins_with_the_company() {
        on_postgres(async |app| {
            let constraints = tenant_catalog(
                &app,
                "SELECT k.conrelid::regclass || ' ' || k.conname FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] \
                 WHERE k.contype IN ('p', 'u', 'f') AND k.connamespace = 'public'::regnamespace AND k.conrelid::regclass::text <> 'seaql_migrations' \
                 AND (a.attname <> 'tenant_id' OR (k.contype = 'f' AND (SELECT f.attname FROM pg_attribute f WHERE f.attrelid = k.confrelid AND f.attnum = k.confkey[1]) <> 'tenant_id'))",
            );
            assert!(constraints.is_empty(), "{constraints:?}");
            let indexes = tenant_catalog(
                &app,
                "SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
                 WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'seaql_migrations' AND a.attname IS DISTINCT FROM 'tenant_id'",
            );
            assert!(indexes.is_empty(), "unique over all companies: {indexes:?}");
            let primary = tenant_catalog(
                &app,
                "SELECT pg_get_constraintdef(k.oid) || ' ' || k.conrelid::regclass FROM pg_constraint k WHERE k.contype = 'p' AND k.connamespace = 'public'::regnamespace \
                 AND k.conrelid::regclass::text <> 'seaql_migrations'",
            );
            assert!(primary.iter().all(|text| text.starts_with("PRIMARY KEY (tenant_id, id) ")), "{primary:?}");
        });
    }

    /// What somebody who forgot the filter would read.
    fn forgotten() -> Sql {
        Sql::new("SELECT name FROM adm_organizations ORDER BY name")
    }

    async fn two_companies_with_a_row_each(app: &TestApp) -> (Uuid, Uuid) {
        let _ = app.admin_a().await.post(ORGANIZATIONS, &json!({"name": "a"})).await.ok(201);
        let _ = app.admin_b().await.post(ORGANIZATIONS, &json!({"name": "b"})).await.ok(201);
        (app.company_a().await.id, app.company_b().await.id)
    }

    #[test]
    fn a_statement_without_the_filter_shows_ones_own_rows_only() {
        on_postgres(async |app| {
            let (a, b) = two_companies_with_a_row_each(&app).await;
            let database = app.database(Realm::Tenant);
            assert_eq!(texts(&database, Some(b), forgotten()).await, ["b"]);
            assert_eq!(texts(&database, Some(a), forgotten()).await, ["a"]);
            assert!(texts(&database, None, forgotten()).await.is_empty(), "without a company there is no row");
            assert!(texts(&database, Some(Uuid::now_v7()), forgotten()).await.is_empty());
            assert_eq!(Cluster::get().psql(app.site().database_names().1, "SELECT count(*) FROM adm_organizations"), "2", "both are there");
        });
    }

    #[test]
    fn a_write_without_the_filter_reaches_ones_own_rows_only() {
        on_postgres(async |app| {
            let (a, b) = two_companies_with_a_row_each(&app).await;
            let database = app.database(Realm::Tenant);
            let as_b = Context::system(Realm::Tenant, Some(b), "test");
            let touched =
                database.write(&as_b, async |tx| tx.raw_execute(Sql::new("UPDATE adm_organizations SET description = 'x'")).await).await;
            assert_eq!(touched.unwrap(), 1);
            let deleted = database.write(&as_b, async |tx| tx.raw_execute(Sql::new("DELETE FROM idempotency_keys")).await).await;
            assert_eq!(deleted.unwrap(), 0);
            // a row for company a, written as b
            let id = Uuid::now_v7();
            let forged = database
                .write(&as_b, async |tx| {
                    let mut sql = Sql::new("INSERT INTO adm_settings (id, tenant_id, category, key, value, created_at) VALUES (");
                    sql.bind(id).push(", ").bind(a).push(", 'x', 'x', '1', now())");
                    tx.raw_execute(sql).await
                })
                .await;
            assert!(forged.unwrap_err().to_string().contains("row-level security"));
            // moving one's own row over
            let moved = database
                .write(&as_b, async |tx| {
                    let mut sql = Sql::new("UPDATE adm_organizations SET tenant_id = ");
                    sql.bind(a);
                    tx.raw_execute(sql).await
                })
                .await;
            assert!(moved.unwrap_err().to_string().contains("row-level security"));
        });
    }

    #[test]
    fn the_audit_can_only_be_added_to() {
        on_postgres(async |app| {
            let (a, _) = two_companies_with_a_row_each(&app).await;
            for (realm, tenant) in [(Realm::Tenant, Some(a)), (Realm::Manager, None)] {
                let database = app.database(realm);
                let cx = Context::system(realm, tenant, "test");
                for (sql, why) in [
                    ("UPDATE audt_audit_logs SET result = 'SUCCESS'", "permission denied"),
                    ("DELETE FROM audt_audit_logs", "an audit row stays"),
                    ("TRUNCATE audt_audit_logs", "permission denied"),
                    ("UPDATE audt_purges SET up_to_no = 9", "permission denied"),
                    ("DELETE FROM audt_audit_blocks", "permission denied"),
                ] {
                    let done = database.write(&cx, async |tx| tx.raw_execute(Sql::new(sql)).await).await;
                    let error = done.unwrap_err();
                    let text = error.cause().map_or_else(|| error.to_string(), str::to_owned);
                    assert!(text.contains(why), "{sql}: {text}");
                }
            }
        });
    }

    #[test]
    fn serving_is_refused_where_the_lock_would_not_bind() {
        on_postgres(async |app| {
            let (manager, tenant) = app.site().database_names();
            let database = app.database(Realm::Tenant);
            assert_eq!(database.check_role().await, Ok(()));
            assert_eq!(app.database(Realm::Manager).check_role().await, Ok(()));
            // in this database alone the tables are given to the role that serves
            Cluster::get().psql(tenant, "ALTER TABLE adm_organizations OWNER TO cxg_app");
            let refused = database.check_role().await.unwrap_err();
            assert!(refused.contains("cxg_app") && refused.contains("owns tables") && refused.contains("cxg migrate up"), "{refused}");
            let _ = manager;
        });
    }
}

/// `X-Tenant-Key` names a company before sign-in; afterwards it can only agree.
mod named {
    use super::*;

    both! {
        async fn a_named_company_that_is_not_ones_own_is_refused(app: TestApp) {
            let admin = app.admin_a().await;
            let asking = |key: &str| admin.request(Method::GET, ORGANIZATIONS).header("x-tenant-key", key).send();
            assert_eq!(asking("bravo").await.refused(403, "FORBIDDEN")["reason"], "other_tenant");
            assert_eq!(asking("nonsense").await.refused(403, "FORBIDDEN")["reason"], "other_tenant");
            for own in ["alpha", "ALPHA", " alpha "] {
                let _ = asking(own).await.ok(200);
            }
        }
    }
}
