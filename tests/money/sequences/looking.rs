//! Whether what was told is what the model says.

use super::{
    acts::{Act, At},
    books::Told,
    model::{Model, Step, month},
    must,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What must stand in an answer.
pub fn says(data: &Value, says: &[(&'static str, Value)]) -> Result<(), String> {
    for (pointer, wanted) in says {
        let is = data.pointer(pointer).unwrap_or(&Value::Null);
        must(is == wanted, || format!("{pointer} is {is} and should be {wanted}"))?;
    }
    Ok(())
}

/// When a sheet is due is a matter of the partner's terms and of the calendar.
pub fn learn_dues(model: &mut Model, step: &Step, answer: &testkit::Answer) {
    let Act::Amend { .. } = step else { return };
    let sheets = answer.json["data"]["sheets"].as_array().unwrap();
    let first = model.invoices.len() - sheets.len();
    for (at, sheet) in sheets.iter().enumerate() {
        let due = kernel::Day::parse(sheet["due_date"].as_str().unwrap()).unwrap();
        model.learn_due(first + at, due.0);
    }
}

/// Opening, debit, credit and closing of what moved until the end of a month, by code.
fn balance(model: &Model, of: u8) -> BTreeMap<String, Value> {
    let mut all: BTreeMap<&str, (i64, i64, i64)> = BTreeMap::new();
    for ((month, account), (debit, credit)) in &model.sums {
        let row = all.entry(account).or_default();
        if *month < of {
            row.0 += debit - credit;
        } else if *month == of {
            row.1 += debit;
            row.2 += credit;
        }
    }
    all.retain(|_, row| *row != (0, 0, 0));
    let said = |(opening, debit, credit): (i64, i64, i64)| {
        json!([opening.to_string(), debit.to_string(), credit.to_string(), (opening + debit - credit).to_string()])
    };
    all.into_iter().map(|(account, row)| (account.to_owned(), said(row))).collect()
}

fn told_balance(report: &Value) -> BTreeMap<String, Value> {
    let zero = json!(["0", "0", "0", "0"]);
    let of = |row: &Value| json!([row["opening"], row["debit"], row["credit"], row["closing"]]);
    let rows = report["rows"].as_array().unwrap().iter().map(|row| (row["account_code"].as_str().unwrap().to_owned(), of(row)));
    rows.filter(|(_, row)| *row != zero).collect()
}

/// Everything that can be asked for.
pub fn compare(model: &Model, told: &Told, day: At) -> Result<(), String> {
    let trial = &told["trial balance"];
    let (is, wanted) = (told_balance(trial), balance(model, month(day)));
    must(is == wanted, || format!("the trial balance is\n{is:?}\nand should be\n{wanted:?}"))?;
    let totals = &trial["totals"];
    must(totals["debit"] == totals["credit"] && totals["closing"] == "0", || format!("the trial balance does not balance: {totals}"))?;
    let sheet = &told["balance sheet"];
    must(sheet["assets"] == sheet["liabilities_and_equity"], || format!("the balance sheet does not balance: {sheet}"))?;
    let wanted = json!({"valid": true, "checked": model.posted, "first_bad": null});
    let verdict = told.get("verdict").unwrap_or(&wanted);
    must(*verdict == wanted, || format!("verify says {verdict}"))?;
    let rows = |name: &str| told[name].as_array().cloned().unwrap_or_default();
    let wanted = [
        ("items", model.items.iter().map(super::model::Item::says).collect::<Vec<_>>()),
        ("invoices", model.invoices.iter().map(|invoice| invoice.says(&model.items)).collect()),
        ("payments", model.payments.iter().map(super::model::Payment::says).collect()),
    ];
    for (name, wanted) in wanted {
        let is = rows(name);
        must(is.len() == wanted.len(), || format!("{} {name}, and should be {}", is.len(), wanted.len()))?;
        for (row, wanted) in is.iter().zip(&wanted) {
            says(row, wanted).map_err(|error| format!("{name}: {error} in {row}"))?;
        }
    }
    for kind in ["receivable", "payable"] {
        let aging = &told[kind];
        must(aging["difference"] == "0", || format!("what is open is not what stands in the ledger: {aging}"))?;
    }
    Ok(())
}
