//! Lists: pages, order, filters, search, cursors.

use serde_json::{Value, json};
use std::{cmp::Ordering, collections::BTreeSet};
use testkit::both;
use tests::{Subject, every_log, every_resource, parameters, resolved, sorted, takes_null};

both! {
    async fn a_list_says_where_it_stands(app: TestApp) {
        every_resource(&app, async |resource| {
            for _ in 0..3 {
                resource.make().await;
            }
            let total = resource.total().await;
            let first = resource.owner.get(&format!("{}?page_size=2", resource.path)).await.ok(200);
            let keys = sorted(first.as_object().unwrap().keys());
            assert_eq!(keys, ["items", "next_cursor", "page", "page_size", "total", "total_pages"]);
            assert_eq!(first["items"].as_array().unwrap().len(), 2);
            assert_eq!(
                (&first["page"], &first["page_size"], &first["total"], &first["total_pages"]),
                (&json!(1), &json!(2), &json!(total), &json!((total + 1) / 2))
            );
            assert!(first["next_cursor"].is_string(), "{first}");
            // the last page, and one behind it
            let last = resource.owner.get(&format!("{}?page_size=2&page={}", resource.path, (total + 1) / 2)).await.ok(200);
            assert!(last["next_cursor"].is_null() && !last["items"].as_array().unwrap().is_empty(), "{last}");
            let behind = resource.owner.get(&format!("{}?page_size=2&page=1000", resource.path)).await.ok(200);
            assert_eq!((&behind["items"], &behind["total"], &behind["page"]), (&json!([]), &json!(total), &json!(1000)));
            // the default size, and a list that was not counted
            assert_eq!(resource.owner.get(&resource.path).await.ok(200)["page_size"], 20);
            let uncounted = resource.owner.get(&format!("{}?total=false", resource.path)).await.ok(200);
            assert!(uncounted.get("total").is_none() && uncounted.get("total_pages").is_none(), "{uncounted}");
            assert!(uncounted["items"].is_array() && uncounted["page"] == 1, "{uncounted}");
        })
        .await;
    }

    async fn pages_do_not_overlap(app: TestApp) {
        every_resource(&app, async |resource| {
            for _ in 0..4 {
                resource.make().await;
            }
            let total = usize::try_from(resource.total().await).unwrap();
            let mut seen = Vec::new();
            for page in 1..=total.div_ceil(3) {
                let data = resource.owner.get(&format!("{}?page_size=3&page={page}", resource.path)).await.ok(200);
                seen.extend(ids(&data));
            }
            assert_eq!(seen.len(), total);
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), total, "a row stands on two pages");
        })
        .await;
    }

    async fn what_cannot_be_asked_is_422(app: TestApp) {
        every_resource(&app, async |resource| {
            let wrong = async |query: &str| resource.owner.get(&format!("{}?{query}", resource.path)).await.wrong_fields();
            for query in ["page_size=0", "page_size=101", "page_size=x", "page_size=-1", "page_size=", "page_size=1.5"] {
                assert_eq!(wrong(query).await, ["page_size"], "{query}");
            }
            for query in ["page=0", "page=x", "page=-1", "page=99999999999999999999"] {
                assert_eq!(wrong(query).await, ["page"], "{query}");
            }
            assert_eq!(wrong("total=perhaps").await, ["total"]);
            assert_eq!(wrong("nonsense=1").await, ["nonsense"]);
            assert_eq!(wrong("tenant_id=0192f0c1-2345-7abc-8def-0123456789ab").await, ["tenant_id"]);
            assert_eq!(wrong("password_hash=x").await, ["password_hash"]);
            assert_eq!(wrong("page=1&page=1").await, ["page"]);
            assert_eq!(wrong("sort=name&page=1&sort=name").await, ["sort"]);
            for sort in ["nonsense", "password_hash", "id;drop", "-", "created_at,created_at", "created_at,-created_at", "lower(name)"] {
                assert_eq!(wrong(&format!("sort={sort}")).await, ["sort"], "sort={sort}");
            }
            for cursor in ["nonsense", "", "W10", &"A".repeat(5000)] {
                assert_eq!(wrong(&format!("cursor={cursor}")).await, ["cursor"], "cursor={cursor}");
            }
            // several at once
            assert_eq!(wrong("page=0&page_size=0&nonsense=1&sort=x").await, ["nonsense", "page", "page_size", "sort"]);
            resource.owner.get(&format!("{}?search=%ff", resource.path)).await.refused(400, "VALIDATION_ERROR");
            for (column, kind) in &resource.spec.ranges {
                let ends = match kind {
                    resource::RangeKind::Time | resource::RangeKind::Day => ["from", "to"],
                    resource::RangeKind::Amount | resource::RangeKind::Integer => ["min", "max"],
                };
                for end in ends {
                    assert_eq!(wrong(&format!("{column}_{end}=nonsense")).await, [format!("{column}_{end}")]);
                }
            }
        })
        .await;
    }

    async fn a_range_of_time_includes_its_beginning_and_not_its_end(app: TestApp) {
        every_resource(&app, async |resource| {
            // little enough that all of them are seen before the session is over
            app.clock().advance(1);
            let made = resource.make().await.ok(201);
            let at = made["created_at"].as_str().unwrap();
            let count = async |query: String| {
                let data = resource.owner.get(&format!("{}?{query}", resource.path)).await.ok(200);
                data["items"].as_array().unwrap().iter().filter(|item| item["id"] == made["id"]).count()
            };
            assert_eq!(count(format!("created_at_from={at}")).await, 1);
            assert_eq!(count(format!("created_at_to={at}")).await, 0);
            // the same moment, said in another zone
            let offset = kernel::Timestamp::parse(at).unwrap().get().to_offset(time::macros::offset!(+9));
            let said = offset.format(&time::format_description::well_known::Rfc3339).unwrap().replace('+', "%2B");
            assert_eq!(count(format!("created_at_from={said}")).await, 1);
            assert_eq!(count(format!("created_at_to={said}")).await, 0);
        })
        .await;
    }

    async fn a_filter_finds_exactly_what_it_names(app: TestApp) {
        every_resource(&app, async |resource| {
            let made = resource.make().await.ok(201);
            resource.make().await;
            let parameters = parameters(resource.operation("get", "").unwrap());
            let fields = parameters.filter(|parameter| parameter["in"] == "query").filter_map(|parameter| parameter["name"].as_str());
            for field in fields.filter(|field| resource.spec.shown.contains(field)) {
                let value = match &made[field] {
                    Value::Null => continue,
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                let data = resource.owner.get(&format!("{}?page_size=100&{field}={value}", resource.path)).await.ok(200);
                let items = data["items"].as_array().unwrap();
                assert!(items.iter().any(|item| item["id"] == made["id"]), "{field}={value} does not find its row");
                assert!(items.iter().all(|item| item[field] == made[field]), "{field}={value} finds others: {data}");
            }
        })
        .await;
    }

    async fn a_search_takes_every_character_for_itself(app: TestApp) {
        every_resource(&app, async |resource| {
            if resource.spec.search.is_empty() {
                return;
            }
            let made = resource.make().await.ok(201);
            resource.make().await;
            let column = resource.spec.search.iter().find(|column| made[**column].is_string()).expect("a text to search for");
            let text = made[*column].as_str().unwrap();
            for search in [text.to_owned(), text.to_uppercase(), text.to_lowercase(), text.chars().skip(1).collect()] {
                let data = resource.search(&search).await;
                assert!(ids(&data).contains(&made["id"].as_str().unwrap().to_owned()), "{search:?} does not find {made}");
            }
            for odd in ["%", "_", "'", "\"", "\\", "%%", "a_b", "'; DROP TABLE x --", "\\%", "$1", "?", "한%", "(", "😀"] {
                let data = resource.search(odd).await;
                for item in data["items"].as_array().unwrap() {
                    let holds = |column: &&str| item[*column].as_str().is_some_and(|text| text.to_lowercase().contains(&odd.to_lowercase()));
                    assert!(resource.spec.search.iter().any(holds), "{odd:?} finds {item}");
                }
                assert_eq!(data["total"], data["items"].as_array().unwrap().len(), "{odd:?}");
            }
            let long = "가".repeat(201);
            let answer = resource.owner.get(&format!("{}?search={long}", resource.path)).await;
            assert_eq!(answer.wrong_fields(), ["search"]);
        })
        .await;
    }

    /// Fault of issue 10, section F: `?account_code=null` dropped the filter, and everything was listed and exported. `null` asks for rows
    /// in which the column is empty; where it never is, it is refused.
    async fn null_asks_for_what_is_empty_and_is_refused_where_nothing_is(app: TestApp) {
        every_resource(&app, async |resource| {
            resource.make().await;
            resource.make_of(&resource.small_example().await).await;
            nulls(resource).await;
        })
        .await;
        every_log(&app, async |log| nulls(log).await).await;
    }

    async fn every_order_is_kept_and_a_cursor_shows_each_row_once(app: TestApp) {
        every_resource(&app, async |resource| {
            // some with empty columns, some at the same moment, some later
            for step in 0..7 {
                let body = if step % 2 == 0 { resource.small_example().await } else { resource.example().await };
                resource.make_of(&body).await;
                if step % 3 == 0 {
                    app.clock().advance(1);
                }
            }
            let mut orders: Vec<String> = resource.spec.sort.iter().flat_map(|column| [(*column).to_owned(), format!("-{column}")]).collect();
            orders.extend(["created_at", "-created_at", ""].map(str::to_owned));
            if let [first, second, ..] = resource.spec.sort.as_slice() {
                orders.push(format!("{first},-{second}"));
                orders.push(format!("-{second},{first},created_at"));
            }
            for order in orders {
                walk(resource, &order).await;
            }
        })
        .await;
    }

    async fn a_cursor_is_good_for_its_own_order_only(app: TestApp) {
        every_resource(&app, async |resource| {
            resource.make().await;
            resource.make().await;
            let first = resource.owner.get(&format!("{}?page_size=1", resource.path)).await.ok(200);
            let cursor = first["next_cursor"].as_str().unwrap();
            let second = resource.owner.get(&format!("{}?page_size=1&cursor={cursor}", resource.path)).await.ok(200);
            assert_ne!(ids(&first), ids(&second));
            let answer = resource.owner.get(&format!("{}?page_size=1&sort=created_at&cursor={cursor}", resource.path)).await;
            assert_eq!(answer.wrong_fields(), ["cursor"]);
        })
        .await;
    }

    async fn what_is_not_there_is_404_and_what_is_no_id_422(app: TestApp) {
        every_resource(&app, async |resource| {
            for method in ["get", "patch", "delete"].into_iter().filter(|method| resource.has(method, "/{id}")) {
                let sending = |id: &str| {
                    let request = resource.owner.request(method.to_uppercase().parse().unwrap(), &resource.row(id));
                    if method == "patch" { request.json(&json!({})) } else { request }
                };
                sending(&uuid::Uuid::now_v7().to_string()).send().await.refused(404, "NOT_FOUND");
                for malformed in ["1", "not-an-id", "0192f0c1-2345-7abc-8def-0123456789abc", "%00", "%ED%95%9C"] {
                    assert_eq!(sending(malformed).send().await.wrong_fields(), ["id"], "{method} {malformed}");
                }
            }
            for action in resource.actions() {
                let path = format!("{}/{action}", resource.row(&uuid::Uuid::now_v7().to_string()));
                let body = good_body(resource, &action);
                resource.owner.post(&path, &body).await.refused(404, "NOT_FOUND");
            }
        })
        .await;
    }
}

/// Asks each filter of a list, and of its export, for `null`.
async fn nulls(resource: &Subject) {
    let rows = all(resource).await;
    let pages = ["page", "page_size", "cursor", "total", "sort", "search"];
    let ends = ["_from", "_to", "_min", "_max"];
    let is_range =
        |name: &str| resource.spec.ranges.iter().any(|(column, _)| name.strip_prefix(column).is_some_and(|end| ends.contains(&end)));
    let asked = parameters(resource.operation("get", "").unwrap()).filter(|parameter| parameter["in"] == "query");
    for parameter in asked.filter(|parameter| !pages.contains(&parameter["name"].as_str().unwrap())) {
        let name = parameter["name"].as_str().unwrap();
        let answer = resource.owner.get(&format!("{}?{name}=null&page_size=100", resource.path)).await;
        let has_export = resource.has("get", "/export");
        let export = resource.owner.get(&format!("{}/export?{name}=null", resource.path)).await;
        let may_be_null = takes_null(&parameter["schema"]);
        if is_range(name) || !may_be_null {
            assert_eq!(answer.wrong_fields(), [name]);
            assert!(!has_export || export.wrong_fields() == [name], "{name}");
            continue;
        }
        let found = answer.ok(200);
        // a column that is not shown can be asked for, and not be compared
        if rows.iter().any(|row| row.get(name).is_none()) {
            continue;
        }
        let empty = rows.iter().filter(|row| row[name].is_null()).count();
        assert_eq!(found["total"], empty, "{name}: {found}");
        if has_export {
            let mut table = csv::Reader::from_reader(export.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap());
            let at = table.headers().unwrap().iter().position(|heading| heading == "id").unwrap();
            let exported: BTreeSet<String> = table.records().map(|record| record.unwrap()[at].to_owned()).collect();
            let empty = rows.iter().filter(|row| row[name].is_null()).map(|row| row["id"].as_str().unwrap().to_owned());
            assert_eq!(exported, empty.collect(), "{name}");
        }
    }
}

/// Walks the whole list by cursor while rows are inserted.
async fn walk(resource: &Subject, order: &str) {
    let there: BTreeSet<String> = all_ids(resource).await.into_iter().collect();
    let sort = if order.is_empty() { String::new() } else { format!("&sort={order}") };
    let (mut seen, mut cursor) = (Vec::<Value>::new(), None::<String>);
    for page in 0.. {
        let from = cursor.as_ref().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let data = resource.owner.get(&format!("{}?page_size=4&total=false{sort}{from}", resource.path)).await.ok(200);
        seen.extend(data["items"].as_array().unwrap().iter().cloned());
        if page == 0 {
            resource.make().await;
        }
        cursor = data["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
        assert!(page < 200, "sort={order}: the walk does not end");
    }
    let seen_ids: Vec<String> = seen.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    let distinct: BTreeSet<String> = seen_ids.iter().cloned().collect();
    assert_eq!(distinct.len(), seen_ids.len(), "sort={order}: a row comes twice");
    assert!(there.is_subset(&distinct), "sort={order}: rows are missing");
    let order = if order.is_empty() { "-created_at" } else { order };
    for pair in seen.windows(2) {
        assert_ne!(compare(&pair[0], &pair[1], order), Ordering::Greater, "sort={order}: {} stands before {}", pair[0], pair[1]);
    }
}

/// In the order that was asked for; empty values stand at the end, ties are broken by id.
fn compare(one: &Value, other: &Value, order: &str) -> Ordering {
    let mut down = false;
    for word in order.split(',') {
        let column = word.trim_start_matches('-');
        down = word.starts_with('-');
        let ordering = match (&one[column], &other[column]) {
            (Value::Null, Value::Null) => Ordering::Equal,
            (Value::Null, _) => return Ordering::Greater,
            (_, Value::Null) => return Ordering::Less,
            (Value::Number(a), Value::Number(b)) => a.as_i64().cmp(&b.as_i64()),
            // RFC 3339 trims its fraction
            (Value::String(a), Value::String(b)) if column.ends_with("_at") => {
                kernel::Timestamp::parse(a).unwrap().cmp(&kernel::Timestamp::parse(b).unwrap())
            }
            (Value::String(a), Value::String(b)) => a.cmp(b),
            (a, b) => panic!("{column}: {a} and {b}"),
        };
        if ordering != Ordering::Equal {
            return if down { ordering.reverse() } else { ordering };
        }
    }
    let ordering = one["id"].as_str().cmp(&other["id"].as_str());
    if down { ordering.reverse() } else { ordering }
}

fn ids(data: &Value) -> Vec<String> {
    data["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn all(resource: &Subject) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let data = resource.owner.get(&format!("{}?page_size=100&page={page}", resource.path)).await.ok(200);
        let items = data["items"].as_array().unwrap();
        if items.is_empty() {
            break;
        }
        all.extend(items.iter().cloned());
    }
    all
}

async fn all_ids(resource: &Subject) -> Vec<String> {
    all(resource).await.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// A body an action does not refuse before it looks for its row.
pub fn good_body(resource: &Subject, action: &str) -> Value {
    let Some(schema) = resource.body_schema("post", &format!("/{{id}}/{action}")) else { return json!({}) };
    let fields = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let value = |field: &str| {
        let schema = resolved(&schema["properties"][field]);
        match (schema["enum"].get(0), schema["format"].as_str()) {
            (Some(word), _) => word.clone(),
            (_, Some("uuid")) => json!(uuid::Uuid::now_v7()),
            _ => json!(testkit::PASSWORD),
        }
    };
    fields.map(|field| (field.to_owned(), value(field))).collect::<serde_json::Map<_, _>>().into()
}
