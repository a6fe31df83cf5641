//! Every action of the API is done here once, in a story, with the audit rows and the events that it makes, no more and no less;
//! [`crate::acting`] checks around each step what holds for all of them. A new action that is in no story fails
//! `every_action_of_the_document_is_in_a_story`.

use crate::acting::Story;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Caller, PASSWORD, both};
use tests::{
    crm::{CUSTOMERS, biz_no, customer},
    document,
    fim::{PERIODS, account, clearings, draft, invoices, payments, period, posted},
    mfa::turned_on,
    operations,
    people::somebody_of_a,
};

/// The actions of the stories, by the resource's path below `/api/v1/`.
const COVERED: [(&str, &[&str]); 26] = [
    ("tenants/fim/periods", &["close", "reopen", "soft-close"]),
    ("tenants/fim/transactions", &["cancel", "post", "reverse"]),
    ("tenants/fim/budgets", &["approve", "close"]),
    ("tenants/fim/open-items", &["reverse"]),
    ("tenants/fim/payments", &["allocate", "cancel", "complete", "fail", "unallocate"]),
    ("tenants/fim/clearings", &["cancel", "post", "reverse"]),
    ("tenants/fim/bank-statements", &["explain", "finish", "match", "reopen", "unmatch"]),
    ("tenants/fim/invoices", &["amend", "cancel", "issue", "send"]),
    ("tenants/fim/revaluations", &["reverse"]),
    ("tenants/fim/vat-settlements", &["reverse"]),
    ("tenants/crm/customers", &["activate", "close", "deactivate", "merge", "suspend", "unmerge"]),
    ("tenants/crm/opportunities", &["cancel", "lose", "move", "reopen", "win"]),
    ("tenants/crm/activities", &["cancel", "complete", "start"]),
    ("tenants/adm/departments", &["close", "merge", "move"]),
    ("tenants/adm/users", &["activate", "deactivate", "invite", "reset-mfa", "reset-password"]),
    ("tenants/adm/api-keys", &["activate", "deactivate", "revoke", "rotate"]),
    ("tenants/adm/user-roles", &["revoke"]),
    ("tenants/adm/support-consents", &["revoke"]),
    ("manager/idam/users", &["activate", "deactivate", "reset-mfa", "reset-password"]),
    ("manager/idam/api-keys", &["activate", "deactivate", "revoke", "rotate"]),
    ("manager/idam/impersonations", &["end"]),
    ("manager/tenants", &["activate", "suspend", "terminate"]),
    ("manager/audt/policies", &["approve", "archive", "submit"]),
    ("manager/audt/compliances", &["approve", "publish", "submit"]),
    ("manager/audt/alerts", &["acknowledge"]),
    ("manager/audt/dead-letters", &["replay"]),
];

/// Without a story: their rows are made by the worker; they have tests of their own.
const TESTED_ELSEWHERE: [&str; 2] = ["manager/audt/alerts", "manager/audt/dead-letters"];

/// The document's actions: a verb behind a row, `/bank-statements/{id}/match`. An import that is undone is no row with a version, and the
/// small ERP's list of a user's roles is no action.
fn of_document() -> BTreeSet<String> {
    let all = operations().into_iter().filter(|operation| operation.method == "post" && !operation.is_bare());
    let paths = all.filter_map(|operation| operation.path.strip_prefix("/api/v1/").map(str::to_owned));
    paths.filter(|path| path.contains("/{id}/") && !path.contains("/import/")).collect()
}

/// Fault of section G: nothing saw that an action left no audit row, no event, or did not look at `If-Match`.
#[test]
fn every_action_of_the_document_is_in_a_story() {
    let told = COVERED.iter().flat_map(|(about, verbs)| verbs.iter().map(move |verb| format!("{about}/{{id}}/{verb}")));
    assert_eq!(told.collect::<BTreeSet<_>>(), of_document());
}

impl Story<'_> {
    /// All actions with these rows have been told.
    fn end(self, abouts: &[&str]) {
        let told = COVERED.iter().filter(|(about, _)| abouts.contains(about));
        let told: BTreeSet<String> =
            told.flat_map(|(about, verbs)| verbs.iter().map(move |verb| format!("{about}/{{id}}/{verb}"))).collect();
        assert_eq!(self.done, told);
    }
}

/// Actions that no resource declares; the code says at each of them why.
const NOT_DECLARED: [&str; 4] = [
    "manager/audt/dead-letters/{id}/replay",
    "manager/idam/impersonations/{id}/end",
    "tenants/crm/customers/{id}/merge",
    "tenants/crm/customers/{id}/unmerge",
];

/// A client, and the checks around each story, know from the document what an action does to a row.
#[test]
fn declared_actions_say_from_which_states_they_lead_to_which() {
    let marked = of_document().into_iter().filter(|path| {
        let operation = &document()["paths"][format!("/api/v1/{path}")]["post"];
        operation["x-transition"]["from"].is_array()
    });
    let all: BTreeSet<String> = marked.chain(NOT_DECLARED.iter().map(ToString::to_string)).collect();
    assert_eq!(all, of_document());
}

fn id(row: &Value) -> &str {
    row["id"].as_str().unwrap_or_else(|| panic!("{row}"))
}

async fn made(by: &Caller, path: &str, body: Value) -> String {
    by.post(&format!("/api/v1/{path}"), &body).await.id()
}

both! {
    async fn books_are_closed_and_entries_posted(app: TestApp) {
        let mut story = Story::of_company(&app).await;
        let by = story.by.clone();
        let march = id(&period(&by, "2026-03").await).to_owned();
        let about = "tenants/fim/periods";
        let _ = story.act(about, &march, "close", json!({}), &["fim.periods EXECUTE"], &["fim.period.closed"]).await;
        let _ = story.act(about, &march, "reopen", json!({"reason": "누락"}), &["fim.periods EXECUTE"], &["fim.period.reopened"]).await;
        let _ = story.act(about, &march, "soft-close", json!({}), &["fim.periods EXECUTE"], &["fim.period.soft_closed"]).await;
        let _ = by.post(&format!("{PERIODS}/{march}/reopen"), &json!({"reason": "이어서"})).await.ok(200);
        let about = "tenants/fim/transactions";
        let wanted = [("833", 100, 0), ("103", 0, 100)];
        let (one, other) = (draft(&by, "2026-03-02", &wanted).await.id(), draft(&by, "2026-03-02", &wanted).await.id());
        let _ = story.act(about, &one, "post", json!({}), &["fim.transactions EXECUTE"], &["fim.journal_entry.posted"]).await;
        let both = ["fim.transactions EXECUTE", "fim.transactions EXECUTE"];
        let _ = story.act(about, &one, "reverse", json!({"date": "2026-03-03"}), &both, &["fim.journal_entry.posted", "fim.journal_entry.reversed"]).await;
        let _ = story.act(about, &other, "cancel", json!({}), &["fim.transactions EXECUTE"], &["fim.journal_entry.cancelled"]).await;
        let about = "tenants/fim/budgets";
        let budget = made(&by, about, json!({"account_id": account(&by, "833").await, "period": "2026-03", "amount": "1000"})).await;
        let _ = story.act(about, &budget, "approve", json!({}), &["fim.budgets EXECUTE"], &["fim.budget.approved"]).await;
        let _ = story.act(about, &budget, "close", json!({}), &["fim.budgets EXECUTE"], &["fim.budget.closed"]).await;
        story.end(&["tenants/fim/periods", "tenants/fim/transactions", "tenants/fim/budgets"]);
    }

    async fn money_comes_and_goes(app: TestApp) {
        let mut story = Story::of_company(&app).await;
        let by = story.by.clone();
        let customer = payments::partner(&by).await;
        let opened = async |amount: &str| payments::opened(&by, &customer, "RECEIVABLE", amount, "2026-03-31").await;
        let about = "tenants/fim/open-items";
        let item = opened("100").await;
        let _ = story.act(about, &item, "reverse", json!({"date": "2026-03-10"}), &["fim.open-items EXECUTE"], &["fim.open_item.reversed"]).await;
        let about = "tenants/fim/payments";
        let noted = async |amount: &str| payments::noted(&by, "RECEIPT", &customer, amount).await.id();
        let (payment, item) = (noted("100").await, opened("100").await);
        let audits = ["fim.payments EXECUTE"];
        let _ = story.act(about, &payment, "complete", json!({}), &audits, &["fim.payment.completed"]).await;
        let share = json!({"date": "2026-03-11", "allocations": [{"item_id": item, "amount": "60"}]});
        let allocated = story.act(about, &payment, "allocate", share, &audits, &["fim.payment.allocated"]).await;
        let back = json!({"date": "2026-03-12", "allocation_id": allocated["allocations"][0]["id"]});
        let _ = story.act(about, &payment, "unallocate", back, &audits, &["fim.payment.unallocated"]).await;
        let _ = story.act(about, &payment, "cancel", json!({"reason": "착오", "date": "2026-03-13"}), &audits, &["fim.payment.cancelled"]).await;
        let _ = story.act(about, &noted("5").await, "fail", json!({}), &audits, &["fim.payment.failed"]).await;
        let about = "tenants/fim/clearings";
        let cleared = clearings::clear(&by, "WRITE_OFF", &[(&item, "100")], json!({})).await.id();
        let _ = story.act(about, &cleared, "reverse", json!({"date": "2026-03-31"}), &["fim.clearings EXECUTE"], &["fim.clearing.reversed"]).await;
        let pending = async || clearings::clear(&by, "WRITE_OFF", &[(&opened("10").await, "10")], json!({"is_pending": true})).await.id();
        let _ = story.act(about, &pending().await, "post", json!({}), &["fim.clearings EXECUTE"], &["fim.clearing.posted"]).await;
        let _ = story.act(about, &pending().await, "cancel", json!({"reason": "회수"}), &["fim.clearings EXECUTE"], &["fim.clearing.cancelled"]).await;
        let about = "tenants/fim/bank-statements";
        let lines = json!([{"booked_on": "2026-03-20", "amount": "-30"}, {"booked_on": "2026-03-21", "amount": "-2"}]);
        let statement = json!({"account_id": account(&by, "103").await, "from_date": "2026-03-01", "to_date": "2026-03-31", "opening_balance": "0", "closing_balance": "-32", "lines": lines});
        let statement = by.post(&format!("/api/v1/{about}"), &statement).await.ok(201);
        let (bank, line) = (id(&statement).to_owned(), |at: usize| statement["lines"][at]["id"].clone());
        let entry = posted(&by, "2026-03-20", &[("831", 30, 0), ("103", 0, 30)]).await;
        let audits = ["fim.bank-statements EXECUTE"];
        let matching = json!({"line_id": line(0), "je_id": entry["id"]});
        let _ = story.act(about, &bank, "match", matching.clone(), &audits, &["fim.bank_statement.matched"]).await;
        let _ = story.act(about, &bank, "unmatch", json!({"line_id": line(0)}), &audits, &["fim.bank_statement.unmatched"]).await;
        let _ = by.post(&format!("/api/v1/{about}/{bank}/match"), &matching).await.ok(200);
        let _ = story.act(about, &bank, "explain", json!({"line_id": line(1), "note": "수수료"}), &audits, &["fim.bank_statement.explained"]).await;
        let _ = story.act(about, &bank, "finish", json!({}), &audits, &["fim.bank_statement.finished"]).await;
        let _ = story.act(about, &bank, "reopen", json!({}), &audits, &["fim.bank_statement.reopened"]).await;
        let about = "tenants/fim/revaluations";
        let dollars = json!({"kind": "RECEIVABLE", "partner_id": customer, "doc_date": "2026-03-02", "due_date": "2026-03-31", "currency": "USD", "exchange_rate": "1300", "amount": "10"});
        let _ = by.post(payments::ITEMS, &dollars).await.ok(201);
        let _ = by.post("/api/v1/tenants/adm/exchange-rates", &json!({"from_currency": "USD", "to_currency": "KRW", "rate": "1350", "valid_from": "2026-03-31"})).await.ok(201);
        let revalued = made(&by, about, json!({"as_of": "2026-03-31"})).await;
        let _ = story.act(about, &revalued, "reverse", json!({}), &["fim.revaluations EXECUTE"], &["fim.revaluation.reversed"]).await;
        story.end(&["tenants/fim/open-items", "tenants/fim/payments", "tenants/fim/clearings", "tenants/fim/bank-statements", "tenants/fim/revaluations"]);
    }

    async fn invoices_are_issued_and_their_tax_settled(app: TestApp) {
        let mut story = Story::of_company(&app).await;
        let by = story.by.clone();
        let partner = invoices::partner(&by).await;
        let drafted = async || id(&invoices::drafted(&by, &partner, &[invoices::line("1", "1000", json!({}))], json!({})).await).to_owned();
        let (about, audits) = ("tenants/fim/invoices", ["fim.invoices EXECUTE"]);
        let (sale, other) = (drafted().await, drafted().await);
        let _ = story.act(about, &sale, "issue", json!({}), &audits, &["fim.invoice.issued"]).await;
        let _ = story.act(about, &sale, "send", json!({}), &audits, &["fim.invoice.sent"]).await;
        app.settle().await;
        let sheet = ["fim.invoices CREATE", "fim.invoices EXECUTE", "fim.invoices EXECUTE"];
        let amended = json!({"code": 4, "date": "2026-04-05"});
        let _ = story.act(about, &sale, "amend", amended, &sheet, &["fim.invoice.amended", "fim.invoice.created", "fim.invoice.issued"]).await;
        let _ = by.post(&format!("{}/{other}/issue", invoices::INVOICES), &json!({})).await.ok(200);
        let _ = story.act(about, &other, "cancel", json!({"date": invoices::DAY}), &audits, &["fim.invoice.cancelled"]).await;
        let about = "tenants/fim/vat-settlements";
        let settled = made(&by, about, json!({"from_date": "2026-01-01", "to_date": "2026-03-31"})).await;
        let _ = story.act(about, &settled, "reverse", json!({"reason": "수정신고"}), &["fim.vat-settlements EXECUTE"], &["fim.vat_settlement.reversed"]).await;
        story.end(&["tenants/fim/invoices", "tenants/fim/vat-settlements"]);
    }

    async fn customers_deals_and_activities_go_their_way(app: TestApp) {
        let mut story = Story::of_company(&app).await;
        let by = story.by.clone();
        let about = "tenants/crm/customers";
        let audits = ["crm.customers EXECUTE"];
        let one = customer(&by, "한빛전자", json!({"biz_no": biz_no(70)})).await.id();
        for (verb, event) in [("deactivate", "deactivated"), ("activate", "activated"), ("suspend", "suspended"), ("close", "closed")] {
            let _ = story.act(about, &one, verb, json!({}), &audits, &[&format!("crm.customer.{event}")]).await;
        }
        let (into, from) = (customer(&by, "가나상사", json!({})).await.id(), customer(&by, "가나상사 2", json!({})).await.id());
        let _ = story.act(about, &into, "merge", json!({"from_id": from}), &audits, &["crm.customer.merged"]).await;
        let _ = story.act(about, &into, "unmerge", json!({}), &audits, &["crm.customer.unmerged"]).await;
        assert_eq!(by.get(&format!("{CUSTOMERS}/{from}")).await.ok(200)["status"], "ACTIVE");
        let about = "tenants/crm/opportunities";
        let audits = ["crm.opportunities EXECUTE"];
        let deal = async || made(&by, "tenants/crm/opportunities", json!({"name": "사무용 가구", "amount": "1000", "partner_id": into})).await;
        let (won, lost) = (deal().await, deal().await);
        let _ = story.act(about, &won, "move", json!({"stage": "QUALIFIED"}), &audits, &["crm.opportunity.moved"]).await;
        let _ = story.act(about, &won, "win", json!({}), &audits, &["crm.opportunity.won"]).await;
        let _ = story.act(about, &lost, "lose", json!({"reason": "PRICE"}), &audits, &["crm.opportunity.lost"]).await;
        let _ = story.act(about, &lost, "reopen", json!({}), &audits, &["crm.opportunity.reopened"]).await;
        let _ = story.act(about, &lost, "cancel", json!({}), &audits, &["crm.opportunity.cancelled"]).await;
        let about = "tenants/crm/activities";
        let audits = ["crm.activities EXECUTE"];
        let plan = async || made(&by, "tenants/crm/activities", json!({"activity_type": "CALL", "subject": "안부 전화", "activity_date": "2026-11-20"})).await;
        let (one, other) = (plan().await, plan().await);
        let _ = story.act(about, &one, "start", json!({}), &audits, &["crm.activity.started"]).await;
        let _ = story.act(about, &one, "complete", json!({}), &audits, &["crm.activity.completed"]).await;
        let _ = story.act(about, &other, "cancel", json!({}), &audits, &["crm.activity.cancelled"]).await;
        story.end(&["tenants/crm/customers", "tenants/crm/opportunities", "tenants/crm/activities"]);
    }

    async fn the_company_changes(app: TestApp) {
        let mut story = Story::of_company(&app).await;
        let by = story.by.clone();
        let about = "tenants/adm/departments";
        let audits = ["adm.departments EXECUTE"];
        let organization = made(&by, "tenants/adm/organizations", json!({"name": "본사"})).await;
        let department = async |code: &str| made(&by, "tenants/adm/departments", json!({"organization_id": organization, "code": code, "name": code, "valid_from": "2026-01-01"})).await;
        let (one, other, third) = (department("D1").await, department("D2").await, department("D3").await);
        let _ = story.act(about, &one, "move", json!({"parent_id": other}), &audits, &["adm.department.moved"]).await;
        let _ = story.act(about, &third, "close", json!({}), &audits, &["adm.department.closed"]).await;
        let _ = story.act(about, &one, "merge", json!({"into_id": other}), &audits, &["adm.department.merged"]).await;
        let about = "tenants/adm/users";
        let audits = ["adm.users EXECUTE"];
        let person = somebody_of_a(&app, &["adm.users.read"]).await;
        let _ = turned_on(&app, &person, "tenants").await;
        let person = person.id().to_string();
        let changed = ["adm.user.mfa_reset", "auth.credentials.changed"];
        let _ = story.act(about, &person, "reset-mfa", json!({}), &audits, &changed).await;
        let _ = story.act(about, &person, "reset-password", json!({"new_password": "a new word for kim 1"}), &audits, &["adm.user.password_reset", "auth.credentials.changed"]).await;
        let _ = story.act(about, &person, "deactivate", json!({}), &audits, &["adm.user.deactivated"]).await;
        let _ = story.act(about, &person, "activate", json!({}), &audits, &["adm.user.activated"]).await;
        let invited = json!({"username": "lee.new", "email": "lee@hanbit.test", "full_name": "이초대"});
        let invited = made(&by, about, invited).await;
        let _ = story.act(about, &invited, "invite", json!({}), &audits, &["adm.user.invited"]).await;
        let about = "tenants/adm/api-keys";
        let audits = ["adm.api-keys EXECUTE"];
        let key = made(&by, about, json!({"key_name": "연동"})).await;
        let _ = story.act(about, &key, "deactivate", json!({}), &audits, &["adm.api_key.deactivated"]).await;
        let _ = story.act(about, &key, "activate", json!({}), &audits, &["adm.api_key.activated"]).await;
        let _ = story.act(about, &key, "rotate", json!({}), &audits, &["adm.api_key.rotated"]).await;
        let _ = story.act(about, &key, "revoke", json!({}), &audits, &["adm.api_key.revoked"]).await;
        let about = "tenants/adm/user-roles";
        let role = by.get("/api/v1/tenants/adm/roles?code=VIEWER").await.ok(200)["items"][0]["id"].clone();
        let given = made(&by, about, json!({"user_id": person, "role_id": role})).await;
        let _ = story.act(about, &given, "revoke", json!({}), &["adm.user-roles EXECUTE"], &["adm.user_role.revoked"]).await;
        let about = "tenants/adm/support-consents";
        let consent = made(&by, about, json!({"reason": "도움"})).await;
        let _ = story.act(about, &consent, "revoke", json!({}), &["adm.support-consents EXECUTE"], &["adm.support_consent.revoked"]).await;
        story.end(&["tenants/adm/departments", "tenants/adm/users", "tenants/adm/api-keys", "tenants/adm/user-roles", "tenants/adm/support-consents"]);
    }

    async fn the_provider_acts(app: TestApp) {
        let mut story = Story::of_provider(&app).await;
        let by = story.by.clone();
        let about = "manager/idam/users";
        let audits = ["idam.users EXECUTE"];
        let person = made(&by, about, json!({"username": "staff.kim", "email": "staff@provider.test", "full_name": "김직원", "password": PASSWORD})).await;
        let _ = turned_on(&app, &app.stranger().sign_in(None, "staff.kim", PASSWORD).await, "manager").await;
        let changed = ["auth.credentials.changed", "idam.user.mfa_reset"];
        let _ = story.act(about, &person, "reset-mfa", json!({}), &audits, &changed).await;
        let _ = story.act(about, &person, "reset-password", json!({"new_password": "a new word for kim 1"}), &audits, &["auth.credentials.changed", "idam.user.password_reset"]).await;
        let _ = story.act(about, &person, "deactivate", json!({}), &audits, &["idam.user.deactivated"]).await;
        let _ = story.act(about, &person, "activate", json!({}), &audits, &["idam.user.activated"]).await;
        let about = "manager/idam/api-keys";
        let audits = ["idam.api-keys EXECUTE"];
        let key = made(&by, about, json!({"key_name": "연동"})).await;
        let _ = story.act(about, &key, "deactivate", json!({}), &audits, &["idam.api_key.deactivated"]).await;
        let _ = story.act(about, &key, "activate", json!({}), &audits, &["idam.api_key.activated"]).await;
        let _ = story.act(about, &key, "rotate", json!({}), &audits, &["idam.api_key.rotated"]).await;
        let _ = story.act(about, &key, "revoke", json!({}), &audits, &["idam.api_key.revoked"]).await;
        let about = "manager/idam/impersonations";
        let admin = app.admin_a().await;
        let _ = made(&admin, "tenants/adm/support-consents", json!({"reason": "도움"})).await;
        let wanted = json!({"tenant_id": app.company_a().await.id, "user_id": admin.id(), "reason": "문의 확인"});
        let begun = made(&by, about, wanted).await;
        let _ = story.act(about, &begun, "end", json!({}), &["idam.impersonations EXECUTE"], &["idam.impersonation.ended"]).await;
        let about = "manager/tenants";
        let audits = ["tnnt.tenants EXECUTE"];
        let first = json!({"username": "first", "email": "first@company.example", "full_name": "김처음", "password": PASSWORD});
        let company = made(&by, about, json!({"code": "acting", "name": "회사", "start_date": "2026-01-01", "currency": "KRW", "admin": first})).await;
        let _ = story.act(about, &company, "suspend", json!({"reason": "연체"}), &audits, &["tnnt.tenant.suspended"]).await;
        let _ = story.act(about, &company, "activate", json!({}), &audits, &["tnnt.tenant.active"]).await;
        let _ = story.act(about, &company, "terminate", json!({"reason": "해지"}), &audits, &["tnnt.tenant.terminated"]).await;
        let about = "manager/audt/policies";
        let audits = ["audt.policies EXECUTE"];
        let policy = json!({"policy_name": "보존", "policy_type": "DATA_RETENTION", "policy_category": "DATA_PROTECTION", "rules": {"keep_days": 365}, "effective_date": "2026-01-01", "version": "1.0"});
        let policy = made(&by, about, policy).await;
        let _ = story.act(about, &policy, "submit", json!({}), &audits, &["audt.policy.submitted"]).await;
        let _ = story.act(about, &policy, "approve", json!({}), &audits, &["audt.policy.approved"]).await;
        let _ = story.act(about, &policy, "archive", json!({}), &audits, &["audt.policy.archived"]).await;
        let about = "manager/audt/compliances";
        let audits = ["audt.compliances EXECUTE"];
        let assessed = json!({"report_type": "ISO27001", "report_name": "점검", "start_date": "2026-01-01", "close_date": "2026-12-31"});
        let assessed = made(&by, about, assessed).await;
        let _ = story.act(about, &assessed, "submit", json!({}), &audits, &["audt.compliance.submitted"]).await;
        let _ = story.act(about, &assessed, "approve", json!({}), &audits, &["audt.compliance.approved"]).await;
        let _ = story.act(about, &assessed, "publish", json!({}), &audits, &["audt.compliance.published"]).await;
        let told: Vec<&str> = COVERED.iter().map(|(about, _)| *about).filter(|about| about.starts_with("manager/") && !TESTED_ELSEWHERE.contains(about)).collect();
        story.end(&told);
    }
}
