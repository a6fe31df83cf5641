//! The list as a file.

use serde_json::json;
use std::collections::HashMap;
use testkit::{Answer, both};
use tests::{Subject, every_resource, is_id, unique};

both! {
    async fn a_list_comes_as_a_table_that_a_korean_excel_can_read(app: TestApp) {
        every_resource(&app, async |resource| {
            for _ in 0..2 {
                resource.make().await;
            }
            let answer = resource.owner.get(&format!("{}/export", resource.path)).await;
            assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8", "{answer:?}");
            assert!(answer.header("content-disposition").contains(".csv"), "{answer:?}");
            assert!(answer.bytes.starts_with(b"\xef\xbb\xbf"), "no byte order mark");
            let rows = table(&answer);
            assert_eq!(rows[0], resource.spec.shown);
            assert_eq!(i64::try_from(rows.len() - 1).unwrap(), resource.total().await);
            let newest = resource.owner.get(&resource.path).await.ok(200)["items"][0].clone();
            for (name, cell) in resource.spec.shown.iter().zip(&rows[1]) {
                let cell = cell.strip_prefix('\'').unwrap_or(cell);
                match &newest[*name] {
                    serde_json::Value::Null => assert_eq!(cell, ""),
                    serde_json::Value::String(text) => assert_eq!(cell, text),
                    other => assert_eq!(cell, other.to_string()),
                }
            }
            let titles = table(&resource.owner.get(&format!("{}/export?headings=titles", resource.path)).await);
            let known: HashMap<String, String> = (resource.spec.titles)().into_iter().map(|(field, title)| (field, title.ko)).collect();
            let wanted: Vec<&String> = resource.spec.shown.iter().map(|field| &known[*field]).collect();
            assert_eq!(titles[0].iter().collect::<Vec<_>>(), wanted);
            assert_eq!(titles[1..], rows[1..]);
            let sheet = resource.owner.get(&format!("{}/export?format=xlsx", resource.path)).await;
            assert!(sheet.bytes.starts_with(b"PK"), "{sheet:?}");
            assert!(sheet.header("content-disposition").contains(".xlsx"), "{sheet:?}");
        })
        .await;
    }

    async fn an_export_takes_the_filters_of_the_list_and_nothing_else(app: TestApp) {
        every_resource(&app, async |resource| {
            let id = resource.make().await.id();
            let at = kernel::Timestamp::parse(resource.owner.get(&resource.row(&id)).await.ok(200)["created_at"].as_str().unwrap()).unwrap();
            let none = resource.owner.get(&format!("{}/export?created_at_from={}", resource.path, at.plus_seconds(3600))).await;
            assert_eq!(table(&none).len(), 1, "only the heading: {none:?}");
            for wrong in ["format=pdf", "headings=numbers", "page=1", "page_size=5", "cursor=x", "total=false", "nonsense=1", "sort=nonsense"] {
                let answer = resource.owner.get(&format!("{}/export?{wrong}", resource.path)).await;
                assert_eq!(answer.wrong_fields(), [wrong.split('=').next().unwrap()]);
            }
            let sorted = resource.owner.get(&format!("{}/export?sort=created_at", resource.path)).await;
            let newest_first = resource.owner.get(&format!("{}/export", resource.path)).await;
            assert_eq!(column(resource, &sorted, "id"), column(resource, &newest_first, "id").into_iter().rev().collect::<Vec<_>>());
        })
        .await;
    }

    async fn a_cell_never_becomes_a_formula(app: TestApp) {
        every_resource(&app, async |resource| {
            for formula in ["=HYPERLINK(\"http://evil\",\"x\")", "+1+1", "-1+cmd", "@SUM(A1)"] {
                let example = resource.example().await;
                let texts: Vec<String> =
                    example.as_object().unwrap().iter().filter(|(_, value)| value.is_string() && !is_id(value)).map(|(field, _)| field.clone()).collect();
                for field in texts.iter().filter(|field| resource.spec.shown.contains(&field.as_str())) {
                    let mut body = resource.example().await;
                    // unique, in case the field is a key
                    let text = format!("{formula} {}", unique());
                    body[field] = json!(text);
                    let made = resource.owner.post(&resource.path, &body).await;
                    if made.status != 201 {
                        continue;
                    }
                    assert_eq!(made.ok(201)[field], json!(text), "kept as it was typed");
                    let cells = column(resource, &resource.owner.get(&format!("{}/export", resource.path)).await, field);
                    assert!(cells.contains(&format!("'{text}")), "{field}: {cells:?}");
                    assert!(!cells.iter().any(|cell| cell.starts_with(['=', '@'])), "{field}: {cells:?}");
                }
            }
        })
        .await;
    }
}

fn table(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = answer.bytes.strip_prefix(b"\xef\xbb\xbf").expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn column(resource: &Subject, answer: &Answer, name: &str) -> Vec<String> {
    let at = resource.spec.shown.iter().position(|shown| *shown == name).unwrap();
    table(answer).into_iter().skip(1).map(|row| row[at].clone()).collect()
}
