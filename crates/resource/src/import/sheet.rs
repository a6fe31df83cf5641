//! A file as rows of texts: CSV in whatever encoding and with whatever separator, XLSX without
//! trusting what it says about its size.

use calamine::{DataRef, Reader, Xlsx};
use encoding_rs::{EUC_KR, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use envelope::FileKind;
use kernel::{Error, Result};
use std::io::{self, Cursor, Read};

/// Rows a file may have below its heading.
pub const ROWS: usize = 200_000;
/// Columns a file may have.
const COLUMNS: usize = 200;
/// What an XLSX may be when it is unpacked, in bytes: all parts, and the texts that are kept in memory.
const UNPACKED: u64 = 400 * 1024 * 1024;
const TEXTS: u64 = 64 * 1024 * 1024;
const PARTS: usize = 1000;

/// A heading and rows, each with its number in the file, from 1.
#[derive(Debug, Default)]
pub struct Sheet {
    pub heading: Vec<String>,
    pub rows: Vec<(usize, Vec<String>)>,
}

impl Sheet {
    /// # Errors
    /// 422 for a file that cannot be read, is empty or too large.
    pub fn read(bytes: &[u8], kind: FileKind) -> Result<Self> {
        let sheet = match kind {
            FileKind::Csv => csv(bytes)?,
            FileKind::Xlsx => xlsx(bytes)?,
        };
        if sheet.rows.is_empty() {
            return Err(Error::field("file", "empty", "가져올 행이 없습니다. 첫 줄은 제목입니다.", "has no rows below its heading"));
        }
        Ok(sheet)
    }

    /// Takes the next record: the first that is not blank is the heading.
    fn take(&mut self, number: usize, mut cells: Vec<String>) -> Result<()> {
        while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        if cells.is_empty() {
            return Ok(());
        }
        if cells.len() > COLUMNS {
            return Err(Error::field(
                "file",
                "columns",
                format!("열이 {COLUMNS}개를 넘습니다."),
                format!("has more than {COLUMNS} columns"),
            ));
        }
        if self.heading.is_empty() {
            self.heading = cells;
            return Ok(());
        }
        if self.rows.len() >= ROWS {
            return Err(too_large(&format!("{ROWS}행")));
        }
        cells.resize(cells.len().max(self.heading.len()), String::new());
        self.rows.push((number, cells));
        Ok(())
    }
}

fn too_large(what: &str) -> Error {
    Error::field("file", "too_large", format!("파일이 너무 큽니다: {what}을 넘습니다."), format!("is too large: more than {what}"))
}

fn unreadable(cause: impl std::fmt::Display) -> Error {
    Error::field("file", "unreadable", format!("파일을 읽을 수 없습니다: {cause}"), format!("cannot be read: {cause}"))
}

/// UTF-8 unless it is not; then what Korean programs write without saying so.
fn decode(bytes: &[u8]) -> Result<String> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes)
        && (encoding == UTF_8 || encoding == UTF_16LE || encoding == UTF_16BE)
        && let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..])
    {
        return Ok(text.into_owned());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        // CP949 is what the Encoding Standard calls EUC-KR
        Err(_) => EUC_KR
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| unreadable("UTF-8 · CP949")),
    }
}

/// The separator that stands most often in the first line, outside quotes.
fn separator(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            byte => counts.iter_mut().filter(|(known, _)| *known == byte).for_each(|(_, count)| *count += 1),
        }
    }
    // a tie goes to the first
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

fn csv(bytes: &[u8]) -> Result<Sheet> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(unreadable("CSV"));
    }
    let text = decode(bytes)?;
    if text.contains('\0') {
        return Err(unreadable("CSV"));
    }
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator(&text)).from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(unreadable)?;
        sheet.take(at + 1, record.iter().map(|cell| written(cell).to_owned()).collect())?;
    }
    Ok(sheet)
}

/// A cell without the apostrophe that our exports put before what would be a formula.
fn written(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r'])).unwrap_or(cell)
}

/// Unpacks every part and throws it away, to know that it ends.
fn check_size(bytes: &[u8]) -> Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > PARTS {
        return Err(too_large(&format!("{PARTS}개 항목")));
    }
    let mut all = 0_u64;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(unreadable)?;
        let limit = if part.name().map_err(unreadable)?.ends_with("sharedStrings.xml") { TEXTS } else { UNPACKED };
        let size = io::copy(&mut part.take(limit + 1), &mut io::sink()).map_err(unreadable)?;
        all += size;
        if size > limit || all > UNPACKED {
            return Err(too_large(&format!("{} MiB", limit / 1024 / 1024)));
        }
    }
    Ok(())
}

fn xlsx(bytes: &[u8]) -> Result<Sheet> {
    check_size(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let name = workbook.sheet_names().first().cloned().ok_or_else(|| unreadable("XLSX"))?;
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(unreadable)?;
    let mut sheet = Sheet::default();
    let (mut number, mut row) = (0, Vec::new());
    // cell by cell: a sheet may say that it has a million columns
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (at, column) = (cell.get_position().0 as usize + 1, cell.get_position().1 as usize);
        if at != number {
            sheet.take(number, std::mem::take(&mut row))?;
            number = at;
        }
        let text = text_of(cell.get_value());
        if column >= COLUMNS {
            if text.is_empty() {
                continue;
            }
            return Err(Error::field(
                "file",
                "columns",
                format!("열이 {COLUMNS}개를 넘습니다."),
                format!("has more than {COLUMNS} columns"),
            ));
        }
        row.resize(row.len().max(column + 1), String::new());
        row[column] = text;
    }
    sheet.take(number, row)?;
    Ok(sheet)
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let day = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) { day } else { format!("{day} {hour:02}:{minute:02}:{second:02}") }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A sheet has no whole numbers: 1000 is stored as 1000.0.
fn number_text(number: f64) -> String {
    // fifteen digits are what a sheet shows: 0.1 + 0.2 is 0.3 there
    let shown = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    format!("{shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
        let sheet = Sheet::read(bytes, FileKind::Csv).unwrap();
        std::iter::once(sheet.heading).chain(sheet.rows.into_iter().map(|(_, row)| row)).collect()
    }

    #[test]
    fn every_encoding_and_separator_gives_the_same_rows() {
        let expected = vec![vec!["코드", "이름"], vec!["007", "한빛, \"전자\"\n2층"]];
        for separator in [",", ";", "\t"] {
            let text = format!("코드{separator}이름\r\n007{separator}\"한빛, \"\"전자\"\"\n2층\"\r\n\r\n");
            assert_eq!(rows(text.as_bytes()), expected);
            assert_eq!(rows(format!("\u{feff}{text}").as_bytes()), expected);
            assert_eq!(rows(&EUC_KR.encode(&text).0), expected);
            let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
            assert_eq!(rows(&wide), expected);
        }
        assert_eq!(rows(b"a\n'=1+1\n'x\n"), [["a"], ["=1+1"], ["'x"]]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for bytes in [b"".as_slice(), b"\n\n", b"a,b\n", b"\xff\xfe\x00\xd8", b"PK\x03\x04", b"a\n\0", b"\x81\xff\n\xff"] {
            assert!(Sheet::read(bytes, FileKind::Csv).is_err(), "{bytes:?}");
        }
        for bytes in [b"".as_slice(), b"a,b\n1,2\n", b"PK\x03\x04"] {
            assert!(Sheet::read(bytes, FileKind::Xlsx).is_err(), "{bytes:?}");
        }
    }
}
