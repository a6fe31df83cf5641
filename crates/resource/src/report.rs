//! Statements that are asked for as JSON or to be taken along as a file: the same handler, the same numbers.

use crate::export;
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody};
use envelope::{Failure, Reply, off_the_workers};
use kernel::{Error, Result, boxed};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw, Either},
        schema::Apiv2Schema,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a statement is wanted as.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, paperclip::actix::Apiv2Schema)]
#[serde(rename_all = "lowercase")]
#[openapi(rename = "StatementFormat")]
pub enum ReportFormat {
    #[default]
    Json,
    Csv,
    Xlsx,
}

/// A statement in the envelope, or as a file.
pub enum ReportBody<T> {
    Json(Reply<T>),
    File(HttpResponse),
}

/// What a handler of a statement answers.
pub type ReportAnswer<T> = std::result::Result<ReportBody<T>, Failure>;

impl<T> Responder for ReportBody<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Json(reply) => reply.respond_to(request),
            Self::File(response) => response,
        }
    }
}

impl<T: Apiv2Schema> Apiv2Schema for ReportBody<T> {}

impl<T: Apiv2Schema> OperationModifier for ReportBody<T> {
    fn update_response(op: &mut DefaultOperationRaw) {
        Reply::<T>::update_response(op);
        if let Some(Either::Right(response)) = op.responses.get_mut("200")
            && let Some(schema) = response.schema.take()
        {
            response.schema = Some(kernel::schema::add_keyword(schema, envelope::openapi::FILE_TOO, true.into()));
        }
    }

    fn update_definitions(map: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Reply::<T>::update_definitions(map);
    }
}

/// Answers `statement` as it is wanted; a file is called `name`. In a file every part of the statement that has rows stands under the
/// other, named in the first column, each with its totals.
pub async fn report<T: Serialize>(name: &str, format: Option<ReportFormat>, statement: &T) -> Result<ReportBody<T>> {
    let format = format.unwrap_or_default();
    if format == ReportFormat::Json {
        return Reply::new(statement).map(ReportBody::Json);
    }
    let value = serde_json::to_value(statement).map_err(Error::internal)?;
    report_file(name, value, format == ReportFormat::Xlsx).await.map(ReportBody::File)
}

#[boxed(?Send)]
async fn report_file(name: &str, statement: Value, is_xlsx: bool) -> Result<HttpResponse> {
    let (heading, rows) = off_the_workers(move || table(&statement)).await?;
    export::file(name, heading, Box::new(rows.into_iter()), is_xlsx).await
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The parts of a statement: those with rows, then the single amounts.
fn parts<'v>(name: &'v str, of: &'v Map<String, Value>, found: &mut Vec<(&'v str, Vec<Map<String, Value>>)>) {
    let mut single = Map::new();
    for (field, value) in of {
        match value {
            Value::Array(rows) => {
                let rows = rows.iter().filter_map(Value::as_object).cloned().collect();
                found.push((if field == "rows" { name } else { field }, rows));
            }
            Value::Object(part) if part.contains_key("rows") => parts(field, part, found),
            Value::Object(part) => found.push((field, vec![part.clone()])),
            _ => {
                single.insert(field.clone(), value.clone());
            }
        }
    }
    if !single.is_empty() {
        found.push((name, vec![single]));
    }
}

fn table(statement: &Value) -> (Vec<String>, Vec<Vec<String>>) {
    let mut found = Vec::new();
    if let Some(whole) = statement.as_object() {
        parts("", whole, &mut found);
    }
    let mut columns: Vec<String> = Vec::new();
    for row in found.iter().flat_map(|(_, rows)| rows) {
        for field in row.keys().filter(|field| !field.ends_with("_id")) {
            if !columns.contains(field) {
                columns.push(field.clone());
            }
        }
    }
    let rows = found
        .iter()
        .flat_map(|(part, rows)| rows.iter().map(move |row| (part, row)))
        .map(|(part, row)| std::iter::once((*part).to_owned()).chain(columns.iter().map(|column| text(row.get(column)))).collect())
        .collect();
    (std::iter::once("part".to_owned()).chain(columns).collect(), rows)
}

#[cfg(test)]
mod tests {
    use super::table;
    use serde_json::json;

    #[test]
    fn every_part_stands_under_its_name_with_its_total() {
        let (heading, rows) = table(&json!({
            "as_of": "2026-03-31",
            "sales": {"rows": [{"account_id": "x", "account_code": "401", "amount": "100"}], "total": "100"},
            "totals": {"amount": "7"},
            "rows": [{"account_code": "101", "amount": "5"}],
        }));
        assert_eq!(heading, ["part", "account_code", "amount", "total", "as_of"]);
        let line = |texts: [&str; 5]| texts.map(str::to_owned).to_vec();
        assert_eq!(
            rows,
            [
                line(["sales", "401", "100", "", ""]),
                line(["sales", "", "", "100", ""]),
                line(["totals", "", "7", "", ""]),
                line(["", "101", "5", "", ""]),
                line(["", "", "", "", "2026-03-31"]),
            ]
        );
    }
}
