//! A file as rows of texts: CSV in whatever encoding and with whatever separator, XLSX without
//! trusting what it says about its size.
//!
//! Rows are handed on as they are read, the heading first: a file may be of a size that its table is not.

use super::{archive, cell, format};
use crate::export::is_formula;
use calamine::{DataRef, Reader, Xlsx};
use encoding_rs::{EUC_KR, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use envelope::FileKind;
use kernel::{Code, Error, Message, Result};
use std::io::Cursor;

/// Rows a file may have below its heading.
const ROWS: usize = 200_000;
/// Columns a file may have.
const COLUMNS: usize = 200;
/// Cells that a file may have, up to the last of each row that is not blank, and bytes of what stands in them.
pub(super) const CELLS: usize = 5_000_000;
pub(super) const TEXT: usize = 64 * 1024 * 1024;

/// Who takes the rows of a file, each with its number in the file, from 1.
pub(super) trait Rows {
    /// What stands in the first row that is not blank; before any other is read.
    fn heading(&mut self, cells: Vec<String>) -> Result<()>;
    /// Up to the last cell that is not blank.
    fn row(&mut self, number: usize, cells: Vec<String>) -> Result<()>;
}

/// A heading and rows, each with its number in the file, from 1.
#[derive(Debug, Default)]
pub struct Sheet {
    pub heading: Vec<String>,
    /// Each up to its last cell that is not blank.
    pub rows: Vec<(usize, Vec<String>)>,
    most: usize,
}

impl Rows for Sheet {
    fn heading(&mut self, cells: Vec<String>) -> Result<()> {
        self.heading = cells;
        Ok(())
    }

    fn row(&mut self, number: usize, cells: Vec<String>) -> Result<()> {
        if self.rows.len() >= self.most {
            return Err(too_large(&format!("{}행", self.most)));
        }
        self.rows.push((number, cells));
        Ok(())
    }
}

impl Sheet {
    /// A file of at most so many rows, all at once, its cells as plain texts.
    ///
    /// # Errors
    /// 422 for a file that cannot be read, is empty or too large, or has a number cell with more digits than one keeps; 415 for an encoding
    /// that nobody knows.
    pub fn read(bytes: &[u8], kind: FileKind, charset: Option<&str>, most: usize) -> Result<Self> {
        let mut sheet = Self { most, ..Self::default() };
        read(bytes, kind, charset, &mut sheet)?;
        for (row, cells) in &mut sheet.rows {
            for text in cells {
                let (ko, en) = (
                    "숫자 셀에는 15자리까지만 저장됩니다. 셀을 텍스트로 입력하세요.",
                    "must not have a number cell with more than 15 digits; enter it as text",
                );
                *text = cell::plain(text).ok_or_else(|| Error::field(format!("rows.{row}"), "lost_digits", ko, en))?.to_owned();
            }
        }
        Ok(sheet)
    }
}

/// Reads a file row by row. Cells that were numbers say so (`cell::read`).
///
/// # Errors
/// 422 for a file that cannot be read, is empty or too large; 415 for an encoding that nobody knows; what `rows` refuses.
pub(super) fn read(bytes: &[u8], kind: FileKind, charset: Option<&str>, rows: &mut dyn Rows) -> Result<()> {
    let mut reading = Reading { into: rows, has_heading: false, rows: 0, cells: 0, text: 0 };
    match kind {
        FileKind::Csv => csv(bytes, charset, &mut reading)?,
        FileKind::Xlsx => xlsx(bytes, &mut reading)?,
    }
    if reading.rows == 0 {
        return Err(Error::field("file", "empty", "제목 줄 아래에 가져올 행이 없습니다.", "must have at least one row below the heading"));
    }
    Ok(())
}

/// How much of a file has been read.
struct Reading<'r> {
    into: &'r mut dyn Rows,
    has_heading: bool,
    rows: usize,
    cells: usize,
    text: usize,
}

impl Reading<'_> {
    /// Takes the next record: the first that is not blank is the heading.
    fn take<'c>(&mut self, number: usize, cells: impl DoubleEndedIterator<Item = &'c str> + ExactSizeIterator + Clone) -> Result<()> {
        let blank = cells.clone().rev().take_while(|cell| cell.trim().is_empty()).count();
        let used = cells.len() - blank;
        if used == 0 {
            return Ok(());
        }
        if used > COLUMNS {
            return Err(too_many_columns());
        }
        self.cells += used;
        self.text += cells.clone().take(used).map(str::len).sum::<usize>();
        if self.cells > CELLS {
            return Err(too_large(&format!("셀 {CELLS}개")));
        }
        if self.text > TEXT {
            return Err(too_large(&format!("{} MiB", TEXT / 1024 / 1024)));
        }
        let cells = cells.take(used);
        if !self.has_heading {
            self.has_heading = true;
            return self.into.heading(cells.map(|text| cell::displayed(text).to_owned()).collect());
        }
        if self.rows >= ROWS {
            return Err(too_large(&format!("{ROWS}행")));
        }
        self.rows += 1;
        self.into.row(number, cells.map(str::to_owned).collect())
    }
}

fn too_many_columns() -> Error {
    Error::field("file", "columns", format!("열은 {COLUMNS}개 이하여야 합니다."), format!("must have at most {COLUMNS} columns"))
}

pub(super) fn too_large(what: &str) -> Error {
    Error::field("file", "too_large", format!("파일이 너무 큽니다. 한도: {what}"), format!("is too large; the limit is {what}"))
}

pub(super) fn unreadable(cause: impl std::fmt::Display) -> Error {
    Error::field("file", "unreadable", format!("파일을 읽을 수 없습니다: {cause}"), format!("cannot be read: {cause}"))
}

/// What the sender says it is, or else UTF-8 unless it is not; then what Korean programs write without saying so.
fn decode(bytes: &[u8], charset: Option<&str>) -> Result<String> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes)
        && (encoding == UTF_8 || encoding == UTF_16LE || encoding == UTF_16BE)
        && let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..])
    {
        return Ok(text.into_owned());
    }
    if let Some(charset) = charset {
        let encoding = encoding_of(charset).ok_or_else(|| {
            let ko = format!("알 수 없는 문자 인코딩입니다: {charset}. UTF-8 또는 CP949(euc-kr)로 보내세요.");
            Error::new(
                Code::UnsupportedMediaType,
                Message::new(ko, format!("The character encoding {charset} is not known. Send the file as UTF-8 or CP949 (euc-kr).")),
            )
        })?;
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        return text.map(std::borrow::Cow::into_owned).ok_or_else(|| unreadable(encoding.name()));
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

/// By its name in the Encoding Standard. ASCII is read as the UTF-8 that it is; the names of Korean Windows are known too.
fn encoding_of(charset: &str) -> Option<&'static Encoding> {
    match charset.trim().to_ascii_lowercase().as_str() {
        "us-ascii" | "ascii" => Some(UTF_8),
        "cp949" | "ms949" | "uhc" => Some(EUC_KR),
        label => Encoding::for_label_no_replacement(label.as_bytes()),
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

fn csv(bytes: &[u8], charset: Option<&str>, reading: &mut Reading<'_>) -> Result<()> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(unreadable("CSV"));
    }
    let text = decode(bytes, charset)?;
    if text.contains('\0') {
        return Err(unreadable("CSV"));
    }
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator(&text)).from_reader(text.as_bytes());
    let mut record = ::csv::StringRecord::new();
    for number in 1.. {
        if !reader.read_record(&mut record).map_err(unreadable)? {
            break;
        }
        let cells = (0..record.len()).map(|at| written(record.get(at).unwrap_or_default()));
        reading.take(number, cells)?;
    }
    Ok(())
}

/// A cell without the apostrophe that our exports put before what would be a formula.
fn written(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

fn xlsx(bytes: &[u8], reading: &mut Reading<'_>) -> Result<()> {
    archive::check_size(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let name = workbook.sheet_names().first().cloned().ok_or_else(|| unreadable("XLSX"))?;
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(unreadable)?;
    let formats: Vec<Option<String>> =
        cells.styles().iter().map(|style| style.number_format.as_ref().map(|format| format.format_code.clone())).collect();
    let (mut number, mut row, mut read) = (0, Vec::<String>::new(), 0);
    // cell by cell: a sheet may say that it has a million columns
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(unreadable)? {
        // blank ones with a format are cells too
        read += 1;
        if read > CELLS {
            return Err(too_large(&format!("셀 {CELLS}개")));
        }
        let (at, column) = (cell.get_position().0 as usize + 1, cell.get_position().1 as usize);
        if at != number {
            reading.take(number, row.iter().map(String::as_str))?;
            row.clear();
            number = at;
        }
        let text = text_of(cell.get_value(), formats.get(style).and_then(Option::as_deref).unwrap_or("General"));
        if column >= COLUMNS {
            if text.is_empty() {
                continue;
            }
            return Err(too_many_columns());
        }
        row.resize(row.len().max(column + 1), String::new());
        row[column] = text;
    }
    reading.take(number, row.iter().map(String::as_str))
}

fn text_of(value: &DataRef<'_>, code: &str) -> String {
    match value {
        DataRef::Int(number) => number_text(*number as f64, code),
        DataRef::Float(number) => number_text(*number, code),
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
fn number_text(number: f64, code: &str) -> String {
    // fifteen digits are what a sheet keeps: 0.1 + 0.2 is 0.3 there
    let kept = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    let is_kept = kept.abs() < 1e15 && (number - kept).abs() <= number.abs() * 4.0 * f64::EPSILON;
    let plain = is_kept.then(|| kept.to_string());
    cell::number(plain.as_deref(), plain.as_deref().and_then(|plain| format::displayed(plain, code)).as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
        let sheet = Sheet::read(bytes, FileKind::Csv, None, ROWS).unwrap();
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

    /// Section E: the encoding that a type names was not looked at.
    #[test]
    fn an_encoding_that_is_named_is_the_one_that_counts() {
        let first_cell =
            |bytes: &[u8], charset: &str| Sheet::read(bytes, FileKind::Csv, Some(charset), ROWS).map(|sheet| sheet.rows[0].1[0].clone());
        let kana = encoding_rs::SHIFT_JIS.encode("a\nカナ\n").0.into_owned();
        assert_eq!(first_cell(&kana, "Shift_JIS").unwrap(), "カナ");
        assert_eq!(first_cell(b"a\ncaf\xe9\n", "windows-1252").unwrap(), "café");
        assert_eq!(first_cell(&EUC_KR.encode("a\n한빛\n").0, "cp949").unwrap(), "한빛");
        assert_eq!(first_cell("\u{feff}a\n한빛\n".as_bytes(), "utf-8").unwrap(), "한빛");
        assert!(first_cell(&kana, "utf-8").is_err(), "it is not what it says");
        assert_eq!(first_cell(b"a\nb\n", "nonsense").unwrap_err().code(), Code::UnsupportedMediaType);
    }

    #[test]
    fn a_number_that_keeps_its_digits_is_told_from_one_that_does_not() {
        let plain = |number: f64| cell::plain(&number_text(number, "General")).map(str::to_owned);
        for (number, text) in [(1000.0, "1000"), (0.1 + 0.2, "0.3"), (-12.5, "-12.5"), (123_456_789_012_345.0, "123456789012345")] {
            assert_eq!(plain(number).as_deref(), Some(text));
        }
        for lost in [12_345_678_901_234_567.0, 123_456_789_012_345.67, f64::NAN] {
            assert_eq!(plain(lost), None, "{lost}");
        }
        assert_eq!(cell::displayed(&number_text(7.0, "000")), "007");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for bytes in [b"".as_slice(), b"\n\n", b"a,b\n", b"\xff\xfe\x00\xd8", b"PK\x03\x04", b"a\n\0", b"\x81\xff\n\xff"] {
            assert!(Sheet::read(bytes, FileKind::Csv, None, ROWS).is_err(), "{bytes:?}");
        }
        for bytes in [b"".as_slice(), b"a,b\n1,2\n", b"PK\x03\x04"] {
            assert!(Sheet::read(bytes, FileKind::Xlsx, None, ROWS).is_err(), "{bytes:?}");
        }
    }

    /// Takes a heading that it does not know.
    struct Refusing(usize);

    impl Rows for Refusing {
        fn heading(&mut self, _: Vec<String>) -> Result<()> {
            Err(Error::internal("refused"))
        }
        fn row(&mut self, _: usize, _: Vec<String>) -> Result<()> {
            self.0 += 1;
            Ok(())
        }
    }

    /// Fault F4: 400 KB of CSV were 200 × 200,000 cells in memory.
    #[test]
    fn a_row_is_as_long_as_what_stands_in_it() {
        let heading: Vec<String> = (0..200).map(|n| format!("h{n}")).collect();
        let text = format!("{}\n{}", heading.join(","), "x\n".repeat(1000));
        let sheet = Sheet::read(text.as_bytes(), FileKind::Csv, None, ROWS).unwrap();
        assert_eq!(sheet.rows.len(), 1000);
        assert!(sheet.rows.iter().all(|(_, cells)| cells.len() == 1));
        assert!(Sheet::read(text.as_bytes(), FileKind::Csv, None, 999).is_err());
        // blank cells up to one that is not are cells: more of them than a file may have are refused, and blank ones at the end are none
        let wide = |commas: usize, rows: usize| format!("a\n{}", format!("{}x\n", ",".repeat(commas)).repeat(rows));
        assert_eq!(rows(wide(199, 2).as_bytes()).len(), 3);
        assert!(Sheet::read(wide(200, 1).as_bytes(), FileKind::Csv, None, ROWS).is_err());
        assert_eq!(rows(format!("a\nx{}\n", ",".repeat(100_000)).as_bytes()).len(), 2);
        assert!(Sheet::read(wide(199, CELLS / 200 + 1).as_bytes(), FileKind::Csv, None, ROWS).is_err());
    }

    /// Fault F4: a heading that is refused is refused before the rows are looked at.
    #[test]
    fn a_heading_comes_before_the_rows() {
        let mut refusing = Refusing(0);
        assert!(read(b"a\n1\n2\n", FileKind::Csv, None, &mut refusing).is_err());
        assert_eq!(refusing.0, 0);
    }
}
