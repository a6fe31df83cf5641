//! An import is taken back whole, or it is said what stands in the way.

use super::{CUSTOMERS, counts, customer, good, import, look, send, total, undo};
use serde_json::json;
use testkit::both;

both! {
    async fn what_an_import_made_goes_and_what_it_changed_comes_back(app: TestApp) {
        let admin = app.admin_a().await;
        let before = admin.post(CUSTOMERS, &json!({"code": "C-000003", "name": "먼저", "credit_limit": "12.5"})).await.ok(201);
        let mine = admin.post(CUSTOMERS, &json!({"code": "MINE", "name": "내 것"})).await.ok(201);
        let batch = import(&app, &admin, "on_duplicate=update", good(0, 1200)).await;
        assert_eq!((counts(&batch), total(&admin).await), ([1199, 1, 0, 0], 1201));
        assert_eq!(undo(&admin, &batch).await.ok(202)["state"], "UNDOING");
        app.settle().await;
        let after = look(&admin, batch["id"].as_str().unwrap()).await;
        assert_eq!((&after["state"], total(&admin).await), (&json!("UNDONE"), 2));
        let back = customer(&admin, "C-000003").await;
        for field in ["id", "name", "phone", "credit_limit"] {
            assert_eq!(back[field], before[field], "{field}");
        }
        assert_eq!(customer(&admin, "MINE").await["id"], mine["id"]);
        assert_eq!(undo(&admin, &batch).await.ok(202)["state"], "UNDONE", "twice is once");
        app.settle().await;
        assert_eq!(total(&admin).await, 2);
        // undone, the same file can come again
        assert_eq!(counts(&import(&app, &admin, "on_duplicate=skip", good(0, 1200)).await), [1199, 0, 1, 0]);
    }

    async fn what_was_changed_or_is_referred_to_keeps_the_import(app: TestApp) {
        let admin = app.admin_a().await;
        let batch = import(&app, &admin, "", good(0, 10)).await;
        let (one, two) = (customer(&admin, "C-000001").await, customer(&admin, "C-000002").await);
        let (one, two) = (one["id"].as_str().unwrap(), two["id"].as_str().unwrap());
        let _ = admin.patch(&format!("{CUSTOMERS}/{one}"), &json!({"name": "고침"})).await.ok(200);
        let contact = json!({"partner_id": two, "contact_name": "이서연", "email": "a@b.example"});
        let contact = admin.post(&CUSTOMERS.replace("customers", "contacts"), &contact).await.ok(201);
        let refused = undo(&admin, &batch).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "import.in_use");
        assert_eq!((&refused["changed"], &refused["referenced"]), (&json!({"count": 1, "ids": [one]}), &json!({"count": 1, "ids": [two]})));
        assert_eq!(total(&admin).await, 10);
        let row = format!("{}/{}", CUSTOMERS.replace("customers", "contacts"), contact["id"].as_str().unwrap());
        let _ = admin.delete(&row).await.ok(200);
        let _ = undo(&admin, &batch).await.refused(409, "CONFLICT");
        let _ = admin.delete(&format!("{CUSTOMERS}/{one}")).await.ok(200);
        let _ = undo(&admin, &batch).await.ok(202);
        app.settle().await;
        assert_eq!(total(&admin).await, 0, "what somebody deleted is not in the way");
    }

    async fn only_what_was_imported_can_be_undone(app: TestApp) {
        let admin = app.admin_a().await;
        let tried = import(&app, &admin, "dry_run=true", good(0, 2)).await;
        assert_eq!(undo(&admin, &tried).await.refused(409, "CONFLICT")["rule"], "import.not_done");
        let failed = import(&app, &admin, "mode=all_or_nothing", "code,name\nX,\n").await;
        assert_eq!(undo(&admin, &failed).await.refused(409, "CONFLICT")["rule"], "import.not_done");
        let waiting = send(&admin, "", "text/csv", good(0, 2)).await.ok(202);
        assert_eq!(undo(&admin, &waiting).await.refused(409, "CONFLICT")["rule"], "import.not_done");
    }
}
