//! Encodings, separators, sheets, headings, and what our own exports look like when they come back.

use super::{CUSTOMERS, XLSX, counts, customer, import, send};
use reqwest::Method;
use rust_xlsxwriter::Workbook;
use serde_json::json;
use testkit::both;

fn sheet(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(*cells) {
            page.write_string(row, column, *text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

both! {
    async fn whatever_an_office_saves_gives_the_same_customer(app: TestApp) {
        let admin = app.admin_a().await;
        let text = |code: &str, between: &str| {
            let row = [code, "(주)한빛, \"전자\"", "007", "1,234,500", "2026.3.31"];
            let quoted = row.map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).join(between);
            format!("{}\r\n{quoted}\r\n", ["코드", "상호", "우편번호", "여신한도", "설립일"].join(between))
        };
        let cp949 = encoding_rs::EUC_KR.encode(&text("E-CP949", ",")).0.into_owned();
        let files: Vec<(&str, Vec<u8>)> = vec![
            ("E-UTF8", text("E-UTF8", ",").into()),
            ("E-BOM", format!("\u{feff}{}", text("E-BOM", ",")).into()),
            ("E-CP949", cp949),
            ("E-SEMI", text("E-SEMI", ";").into()),
            ("E-TAB", text("E-TAB", "\t").into()),
        ];
        for (code, file) in files {
            assert_eq!(counts(&import(&app, &admin, "", file).await), [1, 0, 0, 0], "{code}");
            let row = customer(&admin, code).await;
            let told = [&row["name"], &row["postcode"], &row["credit_limit"], &row["established_date"]];
            assert_eq!(json!(told), json!(["(주)한빛, \"전자\"", "007", "1234500", "2026-03-31"]), "{code}");
        }
        // a sheet: texts, a number, and a day as the sheet counts them
        let mut book = Workbook::new();
        let page = book.add_worksheet();
        for (column, heading) in (0_u16..).zip(["code", "name", "postcode", "credit_limit", "established_date", "employee_count"]) {
            page.write_string(0, column, heading).unwrap();
        }
        page.write_string(1, 0, "E-XLSX").unwrap().write_string(1, 1, "표").unwrap().write_string(1, 2, "007").unwrap();
        page.write_number(1, 3, 1_234_500).unwrap().write_number(1, 4, 46112).unwrap().write_number(1, 5, 12).unwrap();
        let _ = send(&admin, "", XLSX, book.save_to_buffer().unwrap()).await.ok(202);
        app.settle().await;
        let row = customer(&admin, "E-XLSX").await;
        let told = [&row["postcode"], &row["credit_limit"], &row["established_date"], &row["employee_count"]];
        assert_eq!(json!(told), json!(["007", "1234500", "2026-03-31", 12]));
    }

    async fn a_form_brings_a_file_with_its_name(app: TestApp) {
        let admin = app.admin_a().await;
        let form = |name: &str, file: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/vnd.ms-excel\r\n\r\n{file}\r\n--x--\r\n")
        };
        let post = async |body: String| {
            admin.request(Method::POST, &format!("{CUSTOMERS}/import")).raw("multipart/form-data; boundary=x", body).send().await
        };
        let batch = post(form("거래처.csv", "코드,이름\nF-1,한빛\n")).await.ok(202);
        assert_eq!((&batch["file_name"], &batch["total"]), (&json!("거래처.csv"), &json!(1)));
        let mapping = json!([{"heading": "코드", "field": "code"}, {"heading": "이름", "field": "name"}]);
        assert_eq!(batch["columns"], mapping);
        let _ = post(form("거래처.xls", "x")).await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
        assert_eq!(post("--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--x--\r\n".into()).await.wrong_fields(), ["file"]);
        let _ = post("no form at all".into()).await.refused(400, "VALIDATION_ERROR");
    }

    async fn the_template_and_an_export_can_be_imported(app: TestApp) {
        let admin = app.admin_a().await;
        for (format, kind) in [("csv", "text/csv"), ("xlsx", XLSX)] {
            let template = admin.get(&format!("{CUSTOMERS}/import/template?format={format}")).await;
            assert_eq!(template.status, 200);
            assert_eq!(send(&admin, "", kind, template.bytes.clone()).await.wrong_fields(), ["file"], "a heading alone is no row");
        }
        let _ = admin.get(&format!("{CUSTOMERS}/import/template?format=pdf")).await.refused(422, "VALIDATION_ERROR");
        let file = "코드,이름,메모 아님\n";
        assert_eq!(send(&admin, "", "text/csv", format!("{file}A,b,c\n")).await.wrong_fields(), ["메모 아님"]);

        let made = json!({"code": "X-1", "name": "=1+1", "phone": "02-1234-5678", "credit_limit": "1000", "established_date": "2020-02-29"});
        let row = admin.post(CUSTOMERS, &made).await.ok(201);
        let export = admin.get(&format!("{CUSTOMERS}/export?format=csv")).await.bytes;
        assert_eq!(counts(&import(&app, &admin, "on_duplicate=update", export).await), [0, 1, 0, 0]);
        assert_eq!(admin.get(&format!("{CUSTOMERS}/{}", row["id"].as_str().unwrap())).await.ok(200), row, "nothing has changed");
        let export = admin.get(&format!("{CUSTOMERS}/export?format=xlsx")).await.bytes;
        let _ = admin.delete(&format!("{CUSTOMERS}/{}", row["id"].as_str().unwrap())).await.ok(200);
        let _ = send(&admin, "", XLSX, export).await.ok(202);
        app.settle().await;
        let again = customer(&admin, "X-1").await;
        for field in ["name", "phone", "credit_limit", "established_date"] {
            assert_eq!(again[field], row[field], "{field}");
        }
    }

    async fn a_heading_that_says_nothing_too_much_or_too_little_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        for (file, wrong) in [
            ("코드,이름,code\nA,b,c\n", vec!["code"]),
            // a code is made for who sends none; a name is not
            ("코드\nA\n", vec!["name"]),
            ("색깔,크기\n1,2\n", vec!["name", "색깔", "크기"]),
        ] {
            assert_eq!(send(&admin, "", "text/csv", file).await.wrong_fields(), wrong, "{file}");
        }
        let xlsx = sheet(&[&["코드", "코드"], &["A", "B"]]);
        assert_eq!(send(&admin, "", XLSX, xlsx).await.wrong_fields(), ["name", "코드"]);
    }
}
