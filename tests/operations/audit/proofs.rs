//! One row is shown to be in the audit without showing the others.

use super::{LOGS, business, seal};
use audt::auditing::{Proof, check_proof};
use serde_json::json;
use testkit::{Program, both};

/// The same bytes with one bit another.
fn flipped(hex: &str) -> String {
    let last = if hex.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &hex[..hex.len() - 1])
}

both! {
    async fn a_row_is_proved_with_nothing_but_the_proof_and_the_public_key(app: TestApp) {
        business(&app, 23).await;
        seal(&app).await;
        let manager = app.manager().await;
        let company = app.company_a().await.id;
        let logs = manager.get(&format!("{LOGS}?tenant_id={company}&page_size=100")).await.ok(200);
        let keys = app.stranger().get("/.well-known/jwks.json").await;
        assert_eq!(keys.status, 200);
        for log in logs["items"].as_array().unwrap() {
            let path = format!("{LOGS}/{}/proof", log["id"].as_str().unwrap());
            let data = manager.get(&path).await.ok(200);
            let proof: Proof = serde_json::from_value(data.clone()).unwrap();
            assert!(check_proof(&proof), "{data}");
            assert!(proof.row_fields.contains(log["request_id"].as_str().unwrap()) && proof.company == company);
            // whatever is bent, it does not hold any more
            let mut way = proof.way.clone();
            way.pop();
            let bent = [
                Proof { row_fields: proof.row_fields.replace(log["request_id"].as_str().unwrap(), &uuid::Uuid::now_v7().to_string()), ..proof.clone() },
                Proof { row_previous: flipped(&proof.row_previous), ..proof.clone() },
                Proof { row_no: proof.row_no + 1, ..proof.clone() },
                Proof { company: uuid::Uuid::nil(), ..proof.clone() },
                Proof { way, ..proof.clone() },
                Proof { block_root: flipped(&proof.block_root), ..proof.clone() },
                Proof { block_last_no: proof.block_last_no + 1, ..proof.clone() },
                Proof { block_no: proof.block_no + 1, ..proof.clone() },
                Proof { block_signed_at: proof.block_signed_at.plus_seconds(1), ..proof.clone() },
                Proof { public_key: flipped(&proof.public_key), ..proof.clone() },
                Proof { signature: flipped(&proof.signature), ..proof.clone() },
                Proof { signature: "zz".to_owned(), ..proof.clone() },
            ];
            for (i, bent) in bent.iter().enumerate() {
                assert!(!check_proof(bent), "{i}: {bent:?}");
            }
        }
        // a row of a moment ago is sealed for it
        business(&app, 1).await;
        app.settle().await;
        let newest = manager.get(&format!("{LOGS}?tenant_id={company}")).await.ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let data = manager.get(&format!("{LOGS}/{newest}/proof")).await.ok(200);
        // and the program verifies it, without a database
        let file = app.site().folder.join("proof.json");
        std::fs::write(&file, data.to_string()).unwrap();
        let said = Program::run(&["audit", "verify", "--proof", &file.display().to_string()].map(str::to_owned), &[]).well();
        assert!(said.contains("the proof holds") && said.contains(data["kid"].as_str().unwrap()), "{said}");
        let mut wrong = data;
        wrong["row_no"] = json!(99_999);
        std::fs::write(&file, wrong.to_string()).unwrap();
        let said = Program::run(&["audit", "verify", "--proof", &file.display().to_string()].map(str::to_owned), &[]).badly();
        assert!(said.contains("does not hold"), "{said}");
    }

    async fn the_providers_own_rows_are_proved_alike(app: TestApp) {
        let manager = app.manager().await;
        let _ = manager.post("/api/v1/manager/audt/policies", &json!({"policy_name": "x", "policy_type": "PASSWORD", "policy_category": "AUTHENTICATION", "rules": {}, "effective_date": "2026-01-01", "version": "1"})).await.ok(201);
        seal(&app).await;
        let log = &manager.get(&format!("{LOGS}?target=audt.policies")).await.ok(200)["items"][0];
        let data = manager.get(&format!("{LOGS}/{}/proof", log["id"].as_str().unwrap())).await.ok(200);
        assert!(check_proof(&serde_json::from_value(data.clone()).unwrap()), "{data}");
        manager.get(&format!("{LOGS}/{}/proof", uuid::Uuid::now_v7())).await.refused(404, "NOT_FOUND");
    }
}
