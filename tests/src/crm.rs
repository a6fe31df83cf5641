//! Customers of a story, and the people at them.

use serde_json::{Value, json};
use testkit::{Answer, Caller};

/// The path of customers.
pub const CUSTOMERS: &str = "/api/v1/tenants/crm/customers";
/// The path of the people at them.
pub const CONTACTS: &str = "/api/v1/tenants/crm/contacts";

/// A business number with the right check digit.
pub fn biz_no(n: u64) -> String {
    let digits: Vec<u64> = format!("{:09}", 120_810_000 + n).bytes().map(|byte| u64::from(byte - b'0')).collect();
    let weights = [1, 3, 7, 1, 3, 7, 1, 3, 5];
    let sum: u64 = digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u64>() + digits[8] * 5 / 10;
    format!("{:09}{}", 120_810_000 + n, (10 - sum % 10) % 10)
}

/// A new customer of this name, with more fields.
pub async fn customer(caller: &Caller, name: &str, more: Value) -> Answer {
    let mut body = json!({"name": name});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = caller.post(CUSTOMERS, &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer
}

/// A new person at a customer.
pub async fn contact(caller: &Caller, partner: &str, name: &str, more: Value) -> Answer {
    let mut body = json!({"partner_id": partner, "contact_name": name, "phone": "02-1234-5678"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    caller.post(CONTACTS, &body).await
}
