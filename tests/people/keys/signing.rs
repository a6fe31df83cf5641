//! The keys that sign.

use super::{kid, me, published};
use testkit::{Caller, PASSWORD, both};

both! {
    async fn a_key_is_exchanged_while_nodes_serve(app: TestApp) {
        let other = app.another_node(&[], 0).await;
        let there = |caller: &Caller| Caller { base: other.stranger().base, ..caller.clone() };
        let before = app.manager().await;
        let kid_before = kid(&before);
        let kid_after = app.platform().rotate_signing_key(false).await.unwrap();
        let after = app.stranger().sign_in(None, "admin", PASSWORD).await;
        assert_eq!(kid(&after), kid_after);
        // the other node has not read the new key when it meets it
        assert_eq!([me(&before).await, me(&there(&before)).await, me(&after).await, me(&there(&after)).await], [200; 4]);
        for node in [app.stranger(), other.stranger()] {
            assert_eq!(published(&node).await, [kid_before.as_str(), kid_after.as_str()]);
        }
        // when nobody shows it a token of the new one, it finds out within a minute
        let third = app.platform().rotate_signing_key(false).await.unwrap();
        app.clock().advance(59);
        assert_eq!(kid(&other.stranger().sign_in(None, "admin", PASSWORD).await), third);
        app.clock().advance(20 * 60);
        for node in [app.stranger(), other.stranger()] {
            assert_eq!(published(&node).await, [third.as_str()]);
        }
        other.stop().await;
    }

    async fn a_retired_key_is_not_believed_for_ever(app: TestApp) {
        // a clock ahead makes tokens that outlive the overlap; and standing still it does not look whether its key is retired
        let ahead = app.another_node(&[], 600).await;
        let known = app.manager().await;
        let _ = app.platform().rotate_signing_key(false).await.unwrap();
        let late = ahead.stranger().sign_in(None, "admin", PASSWORD).await;
        assert_eq!(kid(&late), kid(&known), "not found out yet");
        let late = Caller { base: app.stranger().base, ..late };
        app.clock().advance(20 * 60 - 1);
        assert_eq!(me(&late).await, 200);
        app.clock().advance(1);
        assert_eq!(me(&late).await, 401, "it has not expired, but its key has");
        ahead.stop().await;
    }

    async fn a_stolen_key_is_not_believed_any_more(app: TestApp) {
        let other = app.another_node(&[], 0).await;
        let first = app.manager().await;
        let _ = app.platform().rotate_signing_key(false).await.unwrap();
        let second = app.stranger().sign_in(None, "admin", PASSWORD).await;
        let there = |caller: &Caller| Caller { base: other.stranger().base, ..caller.clone() };
        assert_eq!([me(&there(&first)).await, me(&there(&second)).await], [200; 2]);
        let last = app.platform().rotate_signing_key(true).await.unwrap();
        assert_eq!([me(&first).await, me(&second).await], [401; 2]);
        app.clock().advance(59);
        assert_eq!([me(&there(&first)).await, me(&there(&second)).await], [401; 2]);
        assert_eq!(published(&other.stranger()).await, [last.as_str()]);
        let body = serde_json::json!({"refresh_token": second.refresh_token});
        let refreshed = other.stranger().post("/api/v1/manager/auth/refresh", &body).await.ok(200);
        assert_eq!(me(&second.holding(&refreshed)).await, 200, "nobody must sign in again");
        other.stop().await;
    }

    async fn what_a_retired_key_has_signed_can_be_verified_for_ever(app: TestApp) {
        let (kid, signature) = app.platform().sign_statement(b"the books of 2026").await.unwrap();
        let other = app.another_node(&[], 0).await;
        let (kid_after, _) = { let _ = app.platform().rotate_signing_key(false).await.unwrap(); app.platform().sign_statement(b"x").await.unwrap() };
        assert_ne!(kid, kid_after);
        app.clock().advance(24 * 60 * 60);
        let token = app.stranger().sign_in(None, "admin", PASSWORD).await.token.unwrap();
        let app = app.restarted().await;
        for platform in [app.platform(), other.platform()] {
            assert!(platform.verify_statement(&kid, b"the books of 2026", &signature).await.unwrap());
            assert!(!platform.verify_statement(&kid, b"the books of 2027", &signature).await.unwrap());
            assert!(!platform.verify_statement(&kid_after, b"the books of 2026", &signature).await.unwrap());
            assert!(!platform.verify_statement("made-up", b"the books of 2026", &signature).await.unwrap());
            // a token is no statement
            let (message, tag) = token.rsplit_once('.').unwrap();
            let tag = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, tag).unwrap();
            assert!(!platform.verify_statement(&kid_after, message.as_bytes(), &tag).await.unwrap());
        }
        other.stop().await;
        app.stop().await;
    }
}
