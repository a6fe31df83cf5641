//! Customers: numbers, codes, states, and what is not a customer.

use futures_util::future::join_all;
use serde_json::json;
use testkit::both;
use tests::crm::{CONTACTS, CUSTOMERS, biz_no, contact, customer};

both! {
    async fn a_business_number_is_checked_and_one_customers_own(app: TestApp) {
        let admin = app.admin_a().await;
        for wrong in ["1234567890", "120-81-4752", "abc"] {
            assert_eq!(admin.post(CUSTOMERS, &json!({"name": "한빛", "biz_no": wrong})).await.wrong_fields(), ["biz_no"]);
        }
        let number = biz_no(1);
        let made = customer(&admin, "한빛전자", json!({"biz_no": number})).await;
        let hyphened = format!("{}-{}-{}", &number[..3], &number[3..5], &number[5..]);
        assert_eq!(made.ok(201)["biz_no"], json!(hyphened));
        let detail = admin.post(CUSTOMERS, &json!({"name": "다른 회사", "biz_no": hyphened})).await.refused(409, "CONFLICT");
        assert_eq!((&detail["rule"], &detail["field"]), (&json!("unique"), &json!("biz_no")));
        assert_eq!((&detail["held_by"]["id"], &detail["held_by"]["name"]), (&json!(made.id()), &json!("한빛전자")), "{detail}");
        // a change meets the same
        let other = customer(&admin, "또 다른 회사", json!({})).await.id();
        let detail = admin.patch(&format!("{CUSTOMERS}/{other}"), &json!({"biz_no": number})).await.refused(409, "CONFLICT");
        assert_eq!(detail["held_by"]["id"], json!(made.id()));
        // another company has numbers of its own
        customer(&app.admin_b().await, "한빛전자", json!({"biz_no": number})).await;
        // a deleted one lets it go
        let _ = admin.delete(&format!("{CUSTOMERS}/{}", made.id())).await.ok(200);
        let _ = admin.patch(&format!("{CUSTOMERS}/{other}"), &json!({"biz_no": number})).await.ok(200);
    }

    /// Of a key of several columns the holder was looked for by one of them.
    async fn a_contact_whose_name_is_taken_is_the_customers_own(app: TestApp) {
        let admin = app.admin_a().await;
        let mut made = Vec::new();
        for name in ["한빛전자", "두빛전자"] {
            let partner = customer(&admin, name, json!({})).await.id();
            made.push((partner.clone(), contact(&admin, &partner, "김철수", json!({})).await.id()));
        }
        for (partner, holder) in made {
            let detail = contact(&admin, &partner, "김철수", json!({})).await.refused(409, "CONFLICT");
            assert_eq!(detail["held_by"]["id"], json!(holder), "{detail}");
        }
    }

    async fn of_two_who_register_one_number_at_once_one_wins(app: TestApp) {
        let admin = app.admin_a().await;
        let body = json!({"name": "동시상사", "biz_no": biz_no(2)});
        let answers = join_all((0..8).map(|_| admin.post(CUSTOMERS, &body))).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    }

    async fn a_code_is_made_for_who_sends_none(app: TestApp) {
        let admin = app.admin_a().await;
        customer(&admin, "먼저 온 회사", json!({"code": "c000002"})).await;
        let made = join_all((0..4).map(|n| customer(&admin, ["가", "나", "다", "라"][n], json!({})))).await;
        let mut codes: Vec<String> = made.iter().map(|made| made.ok(201)["code"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        assert_eq!(codes, ["C000001", "C000003", "C000004", "C000005"]);
        assert_eq!(customer(&app.admin_b().await, "가", json!({})).await.ok(201)["code"], "C000001");
    }

    async fn a_telephone_number_is_kept_as_written_and_as_it_is_dialled(app: TestApp) {
        let admin = app.admin_a().await;
        for (written, dialled) in [
            ("02-312-3456", json!("+8223123456")),
            ("010-1234-5678", json!("+821012345678")),
            ("+82 (0)2 312 3456", json!("+8223123456")),
            ("1588-1234", json!("+8215881234")),
            ("+1 415 555 2671", json!("+14155552671")),
            ("312-34567", json!(null)),
        ] {
            let made = customer(&admin, "전화", json!({"phone": written})).await.ok(201);
            assert_eq!((&made["phone"], &made["phone_e164"]), (&json!(written), &dialled));
        }
        for wrong in ["010-123-456", "call me", "+82 10 12", "02-1"] {
            assert_eq!(admin.post(CUSTOMERS, &json!({"name": "전화", "phone": wrong})).await.wrong_fields(), ["phone"], "{wrong}");
        }
        let row = format!("{CUSTOMERS}/{}", customer(&admin, "전화", json!({"phone": "02-312-3456"})).await.id());
        assert_eq!(admin.patch(&row, &json!({"phone": null})).await.ok(200)["phone_e164"], json!(null));
    }

    async fn what_is_no_sum_no_currency_or_no_term_is_refused(app: TestApp) {
        let admin = app.admin_a().await;
        for (field, value) in [
            ("credit_limit", json!("-1")),
            ("employee_count", json!(-1)),
            ("currency_code", json!("XXX")),
            ("payment_terms", json!("NET31")),
            ("biz_type", json!("X")),
            ("type", json!("SUPPLIER")),
            ("type", json!("OTHER")),
            ("email", json!("nobody")),
            ("name", json!("")),
        ] {
            let mut body = json!({"name": "검사"});
            body[field] = value.clone();
            assert_eq!(admin.post(CUSTOMERS, &body).await.wrong_fields(), [field], "{value}");
        }
        let made = customer(&admin, "기본값", json!({})).await.ok(201);
        assert_eq!(
            (&made["type"], &made["currency_code"], &made["biz_type"], &made["status"], &made["credit_limit"]),
            (&json!("CUSTOMER"), &json!("KRW"), &json!("C"), &json!("ACTIVE"), &json!(null))
        );
        // a currency that customers are kept in stays
        let krw = admin.get("/api/v1/tenants/adm/currencies?code=USD").await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let row = format!("{CUSTOMERS}/{}", made["id"].as_str().unwrap());
        let _ = admin.patch(&row, &json!({"currency_code": "USD"})).await.ok(200);
        let detail = admin.delete(&format!("/api/v1/tenants/adm/currencies/{krw}")).await.refused(409, "CONFLICT");
        assert_eq!(detail["referenced_by"]["crm_partners"], 1, "{detail}");
    }

    async fn a_customer_moves_by_its_actions_only(app: TestApp) {
        let admin = app.admin_a().await;
        let row = format!("{CUSTOMERS}/{}", customer(&admin, "상태", json!({})).await.id());
        let to = async |verb: &str| admin.post(&format!("{row}/{verb}"), &json!({})).await;
        assert_eq!(admin.patch(&row, &json!({"status": "CLOSED"})).await.wrong_fields(), ["status"]);
        for (verb, status) in [("suspend", "SUSPENDED"), ("suspend", "SUSPENDED"), ("activate", "ACTIVE"), ("deactivate", "INACTIVE")] {
            let now = to(verb).await.ok(200);
            assert_eq!(now["status"], status);
            assert!(now["addresses"].is_array(), "an action answers with the whole customer: {now}");
        }
        let detail = to("suspend").await.refused(409, "CONFLICT");
        assert_eq!((&detail["status"], &detail["allowed"]), (&json!("INACTIVE"), &json!(["ACTIVE", "CLOSED"])));
        let etag = admin.get(&row).await.header("etag").to_owned();
        assert_eq!(to("close").await.ok(200)["status"], "CLOSED");
        let closed = admin.get(&row).await;
        assert_ne!(closed.header("etag"), etag);
        let again = to("close").await;
        assert_eq!((again.ok(200)["status"].clone(), again.header("etag")), (json!("CLOSED"), closed.header("etag")), "harmless");
        to("activate").await.refused(409, "CONFLICT");
        app.admin_b().await.post(&format!("{row}/close"), &json!({})).await.refused(404, "NOT_FOUND");
    }

    async fn a_supplier_is_not_a_customer(app: TestApp) {
        let admin = app.admin_a().await;
        let both = customer(&admin, "양쪽", json!({"type": "BOTH"})).await.id();
        let row = format!("{CUSTOMERS}/{both}");
        assert_eq!(admin.patch(&row, &json!({"type": "SUPPLIER"})).await.wrong_fields(), ["type"]);
        // as psm will make one of it
        let tenant = app.company_a().await.id;
        let cx = store::Context::system(kernel::Realm::Tenant, Some(tenant), "test");
        app.database(kernel::Realm::Tenant)
            .write(&cx, async |tx| {
                let mut sql = store::Sql::new("UPDATE crm_partners SET type = 'SUPPLIER' WHERE id = ");
                sql.bind(both.parse::<uuid::Uuid>().unwrap());
                tx.raw_execute(sql).await.map(|_| ())
            })
            .await
            .unwrap();
        admin.get(&row).await.refused(404, "NOT_FOUND");
        admin.patch(&row, &json!({"name": "x"})).await.refused(404, "NOT_FOUND");
        admin.delete(&row).await.refused(404, "NOT_FOUND");
        admin.post(&format!("{row}/close"), &json!({})).await.refused(404, "NOT_FOUND");
        assert_eq!(admin.get(&format!("{CUSTOMERS}?search=양쪽")).await.ok(200)["total"], 0);
    }

    async fn contacts_go_with_their_customer(app: TestApp) {
        let admin = app.admin_a().await;
        let made = customer(&admin, "떠나는 회사", json!({"addresses": [{"address_type": "BRANCH"}]})).await;
        let person = contact(&admin, &made.id(), "홍길동", json!({"email": "hong@example.com"})).await.id();
        let _ = admin.delete(&format!("{CUSTOMERS}/{}", made.id())).await.ok(200);
        admin.get(&format!("{}/{person}", CONTACTS)).await.refused(404, "NOT_FOUND");
        // and their addresses are free again
        let other = customer(&admin, "남은 회사", json!({})).await.id();
        let _ = contact(&admin, &other, "홍길동", json!({"email": "hong@example.com"})).await.ok(201);
    }
}
