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

    /// Section E: number cells were imported as other texts than the sheet shows, and with other digits.
    async fn a_number_cell_is_taken_as_it_is_shown_or_refused(app: TestApp) {
        use rust_xlsxwriter::Format;
        let admin = app.admin_a().await;
        let mut book = Workbook::new();
        let page = book.add_worksheet();
        for (column, heading) in (0_u16..).zip(["code", "name", "postcode", "phone", "credit_limit"]) {
            page.write_string(0, column, heading).unwrap();
        }
        let zeros = |code: &str| Format::new().set_num_format(code);
        for (row, code) in (1_u32..).zip(["N-1", "N-2", "N-3", "N-4", "N-5", "N-6"]) {
            page.write_string(row, 0, code).unwrap().write_string(row, 1, code).unwrap();
        }
        // as they are shown
        page.write_number_with_format(1, 0, 7, &zeros("000")).unwrap();
        page.write_number(1, 1, 1001).unwrap();
        page.write_number_with_format(1, 2, 6236, &zeros("00000")).unwrap();
        page.write_number_with_format(1, 3, 1_012_345_678, &zeros("000-0000-0000")).unwrap();
        page.write_number_with_format(1, 4, 1234.5, &zeros("#,##0")).unwrap();
        // without the zeros they began with
        page.write_number(2, 2, 6236).unwrap();
        page.write_number(3, 3, 1_012_345_678).unwrap();
        // with digits that a number cell does not keep, or does not show
        page.write_number(4, 1, 12_345_678_901_234_567_f64).unwrap();
        page.write_number(5, 4, 12_345_678_901_234_567_f64).unwrap();
        page.write_number_with_format(6, 1, 1.5, &zeros("0")).unwrap();
        let batch = send(&admin, "", XLSX, book.save_to_buffer().unwrap()).await.ok(202);
        app.settle().await;
        let path = format!("{CUSTOMERS}/import/{}", batch["id"].as_str().unwrap());
        assert_eq!(counts(&admin.get(&path).await.ok(200)), [1, 0, 0, 5]);
        let row = customer(&admin, "007").await;
        let told = [&row["name"], &row["postcode"], &row["phone"], &row["credit_limit"]];
        assert_eq!(json!(told), json!(["1001", "06236", "010-1234-5678", "1234.5"]));
        let errors = admin.get(&format!("{path}/errors?format=json")).await.ok(200);
        let faults: Vec<_> = errors.as_array().unwrap().iter().map(|row| (row["errors"][0]["field"].clone(), row["errors"][0]["rule"].clone())).collect();
        let wanted = [("postcode", "number_cell"), ("phone", "number_cell"), ("name", "lost_digits"), ("credit_limit", "lost_digits"), ("name", "number_cell")];
        assert_eq!(faults, wanted.map(|(field, rule)| (json!(field), json!(rule))));
        assert_eq!(errors[0]["cells"]["postcode"], "6236", "the file to correct shows what was there");
    }

    /// Section E: the encoding that the type names was not looked at.
    async fn an_encoding_that_is_named_counts(app: TestApp) {
        let admin = app.admin_a().await;
        let kana = encoding_rs::SHIFT_JIS.encode("code,name\nJ-1,カナ商事\n").0.into_owned();
        let _ = send(&admin, "", "text/csv; charset=shift_jis", kana.clone()).await.ok(202);
        let _ = send(&admin, "", "text/csv;charset=\"windows-1252\"", b"code,name\nJ-2,Caf\xe9\n".to_vec()).await.ok(202);
        app.settle().await;
        assert_eq!(customer(&admin, "J-1").await["name"], "カナ商事");
        assert_eq!(customer(&admin, "J-2").await["name"], "Café");
        assert_eq!(send(&admin, "", "text/csv; charset=utf-8", kana).await.wrong_fields(), ["file"]);
        let _ = send(&admin, "", "text/csv; charset=nonsense", "code,name\nJ-3,x\n").await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
        let form = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\ncontent-type: text/csv; charset=nonsense\r\n\r\ncode,name\nJ-3,x\n\r\n--x--\r\n";
        let _ = send(&admin, "", "multipart/form-data; boundary=x", form).await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    }

    /// Fault F22: an export left what some spreadsheets take for a formula: fullwidth signs, and cells that begin with a tab or a line break.
    async fn no_cell_of_an_export_is_a_formula(app: TestApp) {
        let admin = app.admin_a().await;
        for (n, name) in ["＝1+1", "＋1", "－1", "＠SUM(A1)", "=1", "평범"].iter().enumerate() {
            let _ = admin.post(CUSTOMERS, &json!({"code": format!("F-{n}"), "name": name})).await.ok(201);
        }
        let export = String::from_utf8(admin.get(&format!("{CUSTOMERS}/export?format=csv")).await.bytes).unwrap();
        for name in ["＝1+1", "＋1", "－1", "＠SUM(A1)", "=1"] {
            assert!(export.contains(&format!(",'{name},")), "{name}: {export}");
        }
        assert!(export.contains(",평범,"), "{export}");
        assert_eq!(counts(&import(&app, &admin, "on_duplicate=update", export).await), [0, 6, 0, 0]);
        assert_eq!(customer(&admin, "F-0").await["name"], "＝1+1", "it comes back as it was");
        // rows that were not taken come back as they came
        let file = "code,name,credit_limit\nBAD-1,\"\t=1\",x\nBAD-2,\"\r=1\",x\nBAD-3,\u{200b}=1,x\n";
        let batch = import(&app, &admin, "", file).await;
        assert_eq!(batch["failed"], 3);
        let errors = admin.get(&format!("{CUSTOMERS}/import/{}/errors?format=csv", batch["id"].as_str().unwrap())).await.bytes;
        let errors = String::from_utf8(errors).unwrap();
        for cell in ["'\t=1", "'\r=1", "'\u{200b}=1"] {
            assert!(errors.contains(cell), "{cell:?}: {errors:?}");
        }
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
        for language in ["ko", "en"] {
            let titled = admin.request(Method::GET, &format!("{CUSTOMERS}/export?headings=titles"));
            let titled = titled.header("accept-language", language).send().await.bytes;
            assert_eq!(counts(&import(&app, &admin, "on_duplicate=update&repeat=true", titled).await), [0, 1, 0, 0], "{language}");
        }
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
