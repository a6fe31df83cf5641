//! What somebody sees of a batch: its failed rows as a file, and the empty file to begin with.

use super::{
    batch::{self, Model},
    cell::{self, Labels},
    rows::{Fault, Outcome},
};
use crate::{ReportBody, Spec, export};
use actix_web::HttpResponse;
use auth::Door;
use envelope::{Reply, off_the_workers};
use kernel::{Error, Result, boxed};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "lowercase")]
#[openapi(rename = "ImportErrorFormat")]
pub enum Format {
    #[default]
    Csv,
    Xlsx,
    Json,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "lowercase")]
#[openapi(rename = "ImportTemplateFormat")]
pub enum FileFormat {
    #[default]
    Csv,
    Xlsx,
}

#[derive(Clone, Debug, Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct ErrorsQuery {
    /// 파일 형식 | Format
    ///
    /// csv (default; UTF-8 with BOM), xlsx or json.
    pub format: Option<Format>,
}

#[derive(Clone, Debug, Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct TemplateQuery {
    /// 파일 형식 | Format
    pub format: Option<FileFormat>,
}

/// A row that was not taken.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "ImportFailedRow")]
pub struct FailedRow {
    /// 행 | Row
    ///
    /// Its number in the file, from 1.
    pub row: i64,
    /// 셀 | Cells
    ///
    /// As it came, by the headings of the file, up to the last cell that is not blank.
    pub cells: BTreeMap<String, String>,
    /// 오류 | Errors
    pub errors: Vec<Fault>,
}

/// The failed rows as they came, with two columns more: corrected, the same file can be sent again.
#[boxed(?Send)]
pub(super) async fn errors(door: &Door, spec: &Spec, id: uuid::Uuid, format: Format) -> Result<ReportBody<Vec<FailedRow>>> {
    let scope = door.read().await?;
    let batch = batch::find(spec, &scope, id, false).await?;
    let mut bad = Vec::new();
    for no in 0..batch.chunks {
        bad.extend(batch::chunk::<Outcome>(&scope, &batch, no, "outcome").await?.bad);
    }
    if let Format::Json = format {
        let headings = headings(&batch);
        let rows = bad.into_iter().map(move |bad| {
            let cells = headings.iter().cloned().zip(bad.cells).collect();
            Ok(FailedRow { row: i64::try_from(bad.row).map_err(Error::internal)?, cells, errors: bad.faults })
        });
        return off_the_workers(move || Reply::<Vec<FailedRow>>::new(&rows.collect::<Result<_>>()?)).await?.map(ReportBody::Json);
    }
    // those of an error file that was sent again are replaced
    let kept: Vec<usize> = headings(&batch)
        .iter()
        .enumerate()
        .filter(|(_, heading)| ![cell::WRONG_FIELDS, cell::WRONG_TEXT].contains(&heading.as_str()))
        .map(|(at, _)| at)
        .collect();
    let two = [cell::WRONG_FIELDS, cell::WRONG_TEXT].map(str::to_owned);
    let heading = kept.iter().filter_map(|at| headings(&batch).get(*at).cloned()).chain(two).collect();
    let labels = Labels::of(spec);
    let rows = bad.into_iter().map(move |bad| {
        let fields = bad.faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>().join(", ");
        let texts = bad.faults.iter().map(|fault| match fault.field.as_str() {
            "" => fault.message.clone(),
            field => format!("{}: {}", labels.label(field), fault.message),
        });
        let texts = texts.collect::<Vec<_>>().join(" / ");
        kept.iter().map(|at| bad.cells.get(*at).cloned().unwrap_or_default()).chain([fields, texts]).collect()
    });
    let name = format!("{}-{}-errors", spec.domain, spec.name);
    export::file(&name, heading, Box::new(rows), matches!(format, Format::Xlsx)).await.map(ReportBody::File)
}

fn headings(batch: &Model) -> Vec<String> {
    batch.columns.0.iter().map(|column| column.heading.clone()).collect()
}

/// A heading and nothing below.
#[boxed(?Send)]
pub(super) async fn template(spec: &Spec, format: FileFormat) -> Result<HttpResponse> {
    let schema = (spec.create_schema)()?;
    let labels = Labels::of(spec);
    let heading: Vec<String> = schema.fields().map(|(field, _)| labels.label(field).to_owned()).collect();
    if heading.is_empty() {
        return Err(Error::internal("nothing to import"));
    }
    let name = format!("{}-{}-template", spec.domain, spec.name);
    export::file(&name, heading, Box::new(std::iter::empty()), matches!(format, FileFormat::Xlsx)).await
}
