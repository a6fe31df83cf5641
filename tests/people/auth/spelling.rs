//! A path may be written in several ways; which realm it belongs to is the same in all of them.

use testkit::both;

both! {
    async fn an_encoded_letter_opens_no_other_realm(app: TestApp) {
        for path in ["/api/v1/%6danager/tenants", "/api/v1/m%61nager/idam/users", "/%61pi/v1/manager/idam/users", "/api/v%31/manager/tenants"] {
            let refused = app.admin_a().await.get(path).await;
            assert_eq!(refused.refused(403, "FORBIDDEN")["reason"], "wrong_realm", "{path}");
            assert_eq!(app.stranger().get(path).await.status, 401, "{path}");
            let _ = app.manager().await.get(path).await.ok(200);
        }
        let path = "/api/v1/%74enants/adm/users";
        assert_eq!(app.manager().await.get(path).await.refused(403, "FORBIDDEN")["reason"], "wrong_realm");
        let _ = app.admin_a().await.get(path).await.ok(200);
    }
}
