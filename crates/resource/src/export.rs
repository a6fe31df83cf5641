//! A list as a file: CSV streamed row by row, XLSX by way of a temporary file, packed off the workers.

use crate::{Spec, list::Query, rules};
use actix_web::{
    HttpResponse,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
    web::Bytes,
};
use auth::Door;
use envelope::{off_the_workers, read_pairs};
use futures_util::{Stream, StreamExt, stream};
use kernel::{Error, Lang, Result, boxed};
use rust_xlsxwriter::Workbook;
use serde_json::Value;

/// Rows read at once, before others of the same thread have their turn.
const BATCH: u64 = 200;
/// Rows of a file that are made one after the other before others have their turn.
const PART: usize = 500;
/// What a sheet can hold below its heading.
const XLSX_ROWS: u32 = 1_048_575;

const PAGING: [&str; 4] = ["page", "page_size", "cursor", "total"];

#[boxed(?Send)]
pub(crate) async fn stream(door: Door, spec: &'static Spec, text: &str, lang: Lang) -> Result<HttpResponse> {
    let mut pairs = read_pairs(text)?;
    if let Some((name, _)) = pairs.iter().find(|(name, _)| PAGING.contains(&name.as_str())) {
        return Err(Error::field(name.clone(), "unknown", "내보내기에는 쓸 수 없는 매개변수입니다.", "is not allowed for an export"));
    }
    let mut take = |wanted: &str| pairs.iter().position(|(name, _)| name == wanted).map(|at| pairs.remove(at).1);
    let (format, headings) = (take("format"), take("headings"));
    let is_own = |part: &&str| ["format=", "headings="].iter().any(|name| part.starts_with(name));
    let rest: String = text.split('&').filter(|part| !is_own(part)).collect::<Vec<_>>().join("&");
    let query = Query::read(spec, &rest)?.walk(BATCH);
    let rows = batches(door, spec, query);
    let name = format!("{}-{}", spec.domain, spec.name);
    let heading = match headings.as_deref().unwrap_or("names") {
        "names" => spec.shown.iter().map(|name| (*name).to_owned()).collect(),
        "titles" => titles(spec, lang),
        _ => return Err(Error::field("headings", "enum", "names 또는 titles여야 합니다.", "must be names or titles")),
    };
    match format.as_deref().unwrap_or("csv") {
        "csv" => Ok(csv(&name, heading, rows)),
        "xlsx" => {
            let mut book = Book::new(&heading)?;
            let mut rows = std::pin::pin!(rows);
            while let Some(rows) = rows.next().await {
                let rows = rows?;
                book = off_the_workers(move || book.write(rows).map(|()| book)).await??;
            }
            xlsx(&name, move || book.packed()).await
        }
        _ => Err(Error::field("format", "enum", "csv 또는 xlsx여야 합니다.", "must be csv or xlsx")),
    }
}

/// What the shown fields are called by people; a field without a title keeps its name.
fn titles(spec: &Spec, lang: Lang) -> Vec<String> {
    let titles = (spec.titles)();
    let title = |name: &&str| {
        titles.iter().find(|(field, _)| field == name).map_or_else(|| (*name).to_owned(), |(_, title)| title.text(lang).to_owned())
    };
    spec.shown.iter().map(title).collect()
}

/// Rows of a file.
pub(crate) type FileRows = Box<dyn Iterator<Item = Vec<String>> + Send>;

/// Rows that are there already, as a file.
#[boxed(?Send)]
pub(crate) async fn file(name: &str, heading: Vec<String>, mut rows: FileRows, is_xlsx: bool) -> Result<HttpResponse> {
    if is_xlsx {
        let write = move || {
            let mut book = Book::new(&heading)?;
            book.write(rows)?;
            book.packed()
        };
        return xlsx(name, write).await;
    }
    let parts = std::iter::from_fn(move || Some(rows.by_ref().take(PART).collect::<Vec<_>>()).filter(|part| !part.is_empty()));
    Ok(csv(name, heading, stream::iter(parts.map(Ok))))
}

/// The rows in batches, each as the texts of its fields.
fn batches(door: Door, spec: &'static Spec, query: Query) -> impl Stream<Item = Result<Vec<Vec<String>>>> {
    stream::try_unfold(Some((door, query)), move |state| async move {
        let Some((door, mut query)) = state else { return Ok(None) };
        // a database that answers at once would keep the thread for all rows
        actix_web::rt::task::yield_now().await;
        let scope = door.read().await?;
        let (rows, next, _) = query.rows(spec, &scope).await?;
        let texts = rows.iter().map(|row| fields(spec, &row.json)).collect::<Result<Vec<_>>>()?;
        let state = match next {
            Some(next) => {
                query.at(spec, &next)?;
                Some((door, query))
            }
            None => None,
        };
        Ok(Some((texts, state)))
    })
}

fn fields(spec: &Spec, json: &str) -> Result<Vec<String>> {
    let row: Value = serde_json::from_str(json).map_err(Error::internal)?;
    let text = |name: &&str| match &row[*name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(spec.shown.iter().map(text).collect())
}

/// Whether a spreadsheet would take a cell for a formula: what can be seen of it begins with a sign of one, in any width. A tab or a line
/// break before it does not keep some programs from that, neither does a character of no width. A plain number is none.
pub(crate) fn is_formula(text: &str) -> bool {
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let seen = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || kernel::is_invisible(c));
    (text.starts_with(['\t', '\r', '\n']) || seen.starts_with(SIGNS)) && (seen.len() < text.len() || text.parse::<f64>().is_err())
}

/// A cell that a spreadsheet would take for a formula begins with an apostrophe instead. (A text in an XLSX file is never taken for one.)
fn harmless(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

fn csv_lines(rows: &[Vec<String>]) -> Result<Bytes> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|text| harmless(text))).map_err(Error::internal)?;
    }
    writer.into_inner().map(Bytes::from).map_err(Error::internal)
}

fn csv(name: &str, heading: Vec<String>, rows: impl Stream<Item = Result<Vec<Vec<String>>>> + 'static) -> HttpResponse {
    // the mark by which a Korean Excel knows UTF-8
    let head = stream::once(async move { csv_lines(&[heading]).map(|line| Bytes::from([b"\xef\xbb\xbf".as_slice(), &line].concat())) });
    let body = rows.map(|rows| rows.and_then(|rows| csv_lines(&rows)));
    let body = head.chain(body).map(|chunk| {
        chunk.map_err(|error| {
            tracing::error!(%error, "an export broke off");
            envelope::Failure(error)
        })
    });
    HttpResponse::Ok().content_type("text/csv; charset=utf-8").insert_header(attachment(name, "csv")).streaming(body)
}

fn attachment(name: &str, ending: &str) -> (header::HeaderName, header::HeaderValue) {
    let name = format!("{name}.{ending}");
    let disposition = ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![DispositionParam::Filename(name)] };
    let value = header::HeaderValue::from_str(&disposition.to_string()).unwrap_or_else(|_| header::HeaderValue::from_static("attachment"));
    (header::CONTENT_DISPOSITION, value)
}

/// A sheet in the making: its rows go to a temporary file as they come, not into memory.
struct Book {
    workbook: Workbook,
    rows: u32,
}

impl Book {
    fn new(heading: &[String]) -> Result<Self> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(Error::internal)?;
        for (column, name) in (0_u16..).zip(heading) {
            sheet.write_string(0, column, name).map_err(Error::internal)?;
        }
        Ok(Self { workbook, rows: 0 })
    }

    fn write(&mut self, rows: impl IntoIterator<Item = Vec<String>>) -> Result<()> {
        let sheet = self.workbook.worksheet_from_index(0).map_err(Error::internal)?;
        for row in rows {
            self.rows += 1;
            if self.rows > XLSX_ROWS {
                return Err(rules::TOO_MANY_ROWS.error());
            }
            for (column, text) in (0_u16..).zip(&row) {
                // a string cell is never taken for a formula
                sheet.write_string(self.rows, column, text).map_err(Error::internal)?;
            }
        }
        Ok(())
    }

    fn packed(mut self) -> Result<Vec<u8>> {
        self.workbook.save_to_buffer().map_err(Error::internal)
    }
}

async fn xlsx(name: &str, packed: impl FnOnce() -> Result<Vec<u8>> + Send + 'static) -> Result<HttpResponse> {
    let file = off_the_workers(packed).await??;
    Ok(HttpResponse::Ok()
        .content_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        .insert_header(attachment(name, "xlsx"))
        .body(file))
}

#[cfg(test)]
mod tests {
    use super::harmless;

    /// Fault F22; and section G: cells that begin with a tab or a carriage return.
    #[test]
    fn a_cell_cannot_become_a_formula() {
        for formula in
            ["＝1+1", "＋1", "－1", "＠SUM(A1)", "\u{200b}=1", "\u{feff}@x", "\t=1", "\r=1", "\n=1", "\tx", "\rx", " =1", "\t5", "-x"]
        {
            assert_eq!(harmless(formula), format!("'{formula}"), "{formula:?}");
        }
        for harmless_ in ["a=1", "12", "-0.5", "1\t=1", "", " x", "'x"] {
            assert_eq!(harmless(harmless_), harmless_);
        }
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(harmless("-12.5"), "-12.5");
        assert_eq!(harmless("+82-2-123"), "'+82-2-123");
        assert_eq!(harmless("한빛"), "한빛");
    }
}
