//! Before an action moves a row, one place is asked whether it may: what approvals will use.

use auth::{Gate, Move};
use kernel::{Error, Result};
use serde_json::json;
use std::{
    pin::Pin,
    sync::{Arc, Mutex},
};
use store::Tx;
use testkit::both;
use tests::fim::{account, payments};

/// Remembers what it was asked, and refuses payments to be completed.
#[derive(Debug, Default)]
struct Refusing(Mutex<Vec<String>>);

impl Gate for Refusing {
    fn may_move<'t>(&'t self, _: &'t Tx, step: &'t Move<'t>) -> Pin<Box<dyn Future<Output = Result<()>> + 't>> {
        self.0.lock().unwrap().push(format!("{} {}", step.target, step.verb));
        let refused = step.target == "fim.payments" && step.verb == "complete";
        Box::pin(std::future::ready(if refused {
            Err(Error::rule("lwm.awaits_approval", "결재를 기다리고 있습니다.", "This document waits for an approval."))
        } else {
            Ok(())
        }))
    }
}

both! {
    async fn what_the_gate_refuses_does_not_move(app: TestApp) {
        let gate = Arc::new(Refusing::default());
        app.platform().ask_before_moves(gate.clone());
        let admin = app.admin_a().await;
        let customer = payments::partner(&admin).await;
        let item = payments::opened(&admin, &customer, "RECEIVABLE", "100", "2026-03-31").await;
        let payment = payments::noted(&admin, "RECEIPT", &customer, "100").await.id();
        let path = format!("{}/{payment}", payments::PAYMENTS);
        for query in ["", "?dry_run=true"] {
            let refused = admin.post(&format!("{path}/complete{query}"), &json!({})).await.refused(409, "CONFLICT");
            assert_eq!(refused["rule"], "lwm.awaits_approval");
        }
        assert_eq!(admin.get(&path).await.ok(200)["status"], "PENDING");
        // a line of the bank that is matched to what is open makes a payment and completes it: the same gate
        let line = json!({"booked_on": "2026-03-20", "amount": "100"});
        let statement = json!({"account_id": account(&admin, "103").await, "from_date": "2026-03-01", "to_date": "2026-03-31", "opening_balance": "0", "closing_balance": "100", "lines": [line]});
        let statement = admin.post("/api/v1/tenants/fim/bank-statements", &statement).await.ok(201);
        let id = statement["id"].as_str().unwrap();
        let matching = json!({"line_id": statement["lines"][0]["id"], "items": [{"item_id": item, "amount": "100"}]});
        let refused = admin.post(&format!("/api/v1/tenants/fim/bank-statements/{id}/match"), &matching).await.refused(409, "CONFLICT");
        assert_eq!(refused["rule"], "lwm.awaits_approval");
        assert_eq!(admin.get(payments::PAYMENTS).await.ok(200)["total"], 1, "the payment it would have made is not there");
        let _ = admin.post(&format!("{path}/cancel"), &json!({})).await.ok(200);
        let asked = gate.0.lock().unwrap().clone();
        assert_eq!(
            asked,
            ["fim.payments complete", "fim.payments complete", "fim.bank-statements match", "fim.payments complete", "fim.payments cancel"]
        );
        // what is refused anyway, or is done already, is not asked about
        let _ = admin.post(&format!("{path}/cancel"), &json!({})).await.ok(200);
        let _ = admin.post(&format!("{path}/fail"), &json!({})).await.refused(409, "CONFLICT");
        assert_eq!(gate.0.lock().unwrap().len(), asked.len());
    }
}
