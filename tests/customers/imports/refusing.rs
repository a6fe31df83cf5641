//! Who may, and which files are none.

use super::{CUSTOMERS, XLSX, counts, good, import, look, send, total, undo};
use reqwest::Method;
use serde_json::json;
use testkit::both;

/// A workbook whose texts are unpacked into more than anybody would write.
fn bomb() -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let packed = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("xl/sharedStrings.xml", packed).unwrap();
    let nothing = vec![b' '; 1024 * 1024];
    for _ in 0..66 {
        archive.write_all(&nothing).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

both! {
    async fn what_is_no_table_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = send(&admin, "", "application/json", "{}").await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
        let _ = send(&admin, "", "application/vnd.ms-excel", "x").await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
        for (kind, file) in [
            ("text/csv", b"".as_slice()),
            ("text/csv", b"\n\n"),
            ("text/csv", b"code,name\n"),
            ("text/csv", b"code,name\nA,\0\n"),
            ("text/csv", b"PK\x03\x04"),
            ("text/csv", b"code,name\n\x81,\xff\n"),
            (XLSX, b""),
            (XLSX, b"code,name\nA,b\n"),
        ] {
            assert_eq!(send(&admin, "", kind, file).await.wrong_fields(), ["file"], "{kind}: {file:?}");
        }
        for query in ["dry_run=maybe", "mode=some", "on_duplicate=replace", "unknown=1"] {
            let _ = send(&admin, query, "text/csv", good(0, 1)).await.refused(422, "VALIDATION_ERROR");
        }
        assert_eq!(total(&admin).await, 0);
    }

    async fn what_is_too_large_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        let _ = send(&admin, "", "text/csv", vec![b'a'; 32 * 1024 * 1024 + 1]).await.refused(413, "PAYLOAD_TOO_LARGE");
        let rows = format!("code,name\n{}", "A,b\n".repeat(200_001));
        assert_eq!(send(&admin, "", "text/csv", rows).await.wrong_fields(), ["file"]);
        let rows = format!("code,name\n{}", "A,b\n".repeat(10_001));
        assert_eq!(send(&admin, "mode=all_or_nothing", "text/csv", rows).await.wrong_fields(), ["mode"]);
        let bomb = bomb();
        assert!(bomb.len() < 1024 * 1024, "it is small");
        assert_eq!(send(&admin, "", XLSX, bomb).await.wrong_fields(), ["file"]);
    }

    async fn nobody_imports_without_the_right_or_sees_what_others_import(app: TestApp) {
        let (admin, other, nobody) = (app.admin_a().await, app.admin_b().await, app.nobody_a().await);
        let batch = import(&app, &admin, "", good(0, 2)).await;
        let path = format!("{CUSTOMERS}/import/{}", batch["id"].as_str().unwrap());
        for below in ["", "/errors"] {
            let _ = other.get(&format!("{path}{below}")).await.refused(404, "NOT_FOUND");
            assert_eq!(nobody.get(&format!("{path}{below}")).await.refused(403, "FORBIDDEN")["permission"], "crm.customers.import");
        }
        let _ = undo(&other, &batch).await.refused(404, "NOT_FOUND");
        let _ = undo(&nobody, &batch).await.refused(403, "FORBIDDEN");
        let _ = send(&nobody, "", "text/csv", good(9, 1)).await.refused(403, "FORBIDDEN");
        let _ = send(&app.stranger(), "", "text/csv", good(9, 1)).await.refused(401, "UNAUTHORIZED");
        // a batch of one resource is none of another
        let elsewhere = path.replace("customers", "contacts");
        let _ = admin.get(&elsewhere).await.refused(404, "NOT_FOUND");
        assert_eq!((total(&admin).await, total(&other).await), (2, 0));
    }

    async fn the_right_to_import_is_not_enough_to_create_or_change(app: TestApp) {
        let importer = tests::people::somebody_of_a(&app, &["crm.customers.import", "crm.customers.read"]).await;
        assert_eq!(send(&importer, "", "text/csv", good(0, 1)).await.refused(403, "FORBIDDEN")["permission"], "crm.customers.create");
        let importer = tests::people::somebody_of_a(&app, &["crm.customers.import", "crm.customers.create"]).await;
        let refused = send(&importer, "on_duplicate=update", "text/csv", good(0, 1)).await.refused(403, "FORBIDDEN");
        assert_eq!(refused["permission"], "crm.customers.update");
        let batch = import(&app, &importer, "", good(0, 1)).await;
        let _ = undo(&importer, &batch).await.refused(403, "FORBIDDEN");
        assert_eq!(total(&app.admin_a().await).await, 1);
    }

    async fn the_same_file_twice_is_told(app: TestApp) {
        let admin = app.admin_a().await;
        let tried = import(&app, &admin, "dry_run=true", good(0, 3)).await;
        assert_eq!((counts(&tried), total(&admin).await), ([3, 0, 0, 0], 0), "a dry run does not count");
        let first = import(&app, &admin, "", good(0, 3)).await;
        let refused = send(&admin, "", "text/csv", good(0, 3)).await.refused(409, "CONFLICT");
        assert_eq!((&refused["rule"], &refused["batch_id"]), (&json!("import.same_file"), &first["id"]));
        // a browser sends it in a form, with another boundary each time
        let form = format!("--b7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{}\r\n--b7--\r\n", good(0, 3));
        let refused = send(&admin, "", "multipart/form-data; boundary=b7", form).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "import.same_file");
        let again = import(&app, &admin, "repeat=true&on_duplicate=skip", good(0, 3)).await;
        assert_eq!(counts(&again), [0, 0, 3, 0]);
        // of which nothing was written: what was missing is there now
        let file = "코드,이름,통화\nS-1,한빛,SEK\n";
        assert_eq!(counts(&import(&app, &admin, "", file).await), [0, 0, 0, 1]);
        let _ = admin.post("/api/v1/tenants/adm/currencies", &json!({"code": "SEK", "name": "크로나"})).await.ok(201);
        assert_eq!(counts(&import(&app, &admin, "", file).await), [1, 0, 0, 0]);
        // the same request, because its answer was lost
        let file = good(50, 2);
        let sent = async || {
            let request = admin.request(Method::POST, &format!("{CUSTOMERS}/import")).header("idempotency-key", "once");
            request.raw("text/csv", file.clone()).send().await
        };
        let (one, two) = (sent().await.ok(202), sent().await.ok(202));
        assert_eq!(one["id"], two["id"]);
        app.settle().await;
        assert_eq!(counts(&look(&admin, one["id"].as_str().unwrap()).await), [2, 0, 0, 0]);
    }
}
