//! From what stands in a cell to the JSON a POST would have carried.

use crate::Spec;
use envelope::{Schema, Title};
use kernel::{Day, FieldError, Message, search::fold};
use serde_json::Value;

/// Further words that Korean forms use for a field, besides its title ([`Labels`]): a heading may be any of them.
const SYNONYMS: [(&str, &str); 58] = [
    ("code", "코드"),
    ("name", "이름"),
    ("name", "명칭"),
    ("name", "상호"),
    ("name", "거래처명"),
    ("name_en", "영문명"),
    ("type", "구분"),
    ("description", "설명"),
    ("memo", "메모"),
    ("notes", "비고"),
    ("status", "상태"),
    ("biz_no", "사업자등록번호"),
    ("biz_no", "사업자번호"),
    ("sub_biz_no", "종사업장번호"),
    ("tax_no", "납세번호"),
    ("biz_name", "사업자명"),
    ("biz_type", "사업자유형"),
    ("biz_kind", "업태"),
    ("biz_item", "종목"),
    ("ceo_name", "대표자"),
    ("ceo_name", "대표자명"),
    ("postcode", "우편번호"),
    ("address1", "주소"),
    ("address2", "상세주소"),
    ("phone", "전화번호"),
    ("phone", "전화"),
    ("mobile", "휴대전화"),
    ("mobile", "휴대폰"),
    ("fax", "팩스"),
    ("email", "이메일"),
    ("website", "홈페이지"),
    ("is_headquarters", "본사 여부"),
    ("payment_terms", "결제조건"),
    ("credit_limit", "여신한도"),
    ("currency_code", "통화"),
    ("industry", "업종"),
    ("employee_count", "직원 수"),
    ("annual_revenue", "연매출"),
    ("established_date", "설립일"),
    ("contact_name", "담당자"),
    ("contact_name", "담당자명"),
    ("position", "직위"),
    ("department", "부서"),
    ("contact_type", "담당 업무"),
    ("is_primary", "대표 담당자 여부"),
    ("partner_id", "거래처 ID"),
    ("parent_id", "상위 ID"),
    ("organization_id", "조직 ID"),
    ("sort_order", "정렬 순서"),
    ("price", "단가"),
    ("unit_price", "단가"),
    ("amount", "금액"),
    ("quantity", "수량"),
    ("unit", "단위"),
    ("currency", "통화"),
    ("start_date", "시작일"),
    ("end_date", "종료일"),
    ("is_active", "사용 여부"),
];

/// The words of an error file for its two columns more.
pub const WRONG_FIELDS: &str = "오류 항목";
pub const WRONG_TEXT: &str = "오류 내용";

/// What the fields of a resource are called in a heading.
pub struct Labels {
    titles: Vec<(String, Title)>,
}

impl Labels {
    #[must_use]
    pub fn of(spec: &Spec) -> Self {
        Self { titles: (spec.titles)() }
    }

    /// The Korean title of a field.
    #[must_use]
    pub fn label<'l>(&'l self, field: &'l str) -> &'l str {
        let own = self.titles.iter().find(|(name, _)| name == field).map(|(_, title)| title.ko.as_str());
        own.or_else(|| SYNONYMS.iter().find(|(name, _)| *name == field).map(|(_, word)| *word)).unwrap_or(field)
    }

    /// Whether a heading is of a field that is shown, by its name or by its title in either language: an export has columns that no
    /// create takes.
    #[must_use]
    pub fn is_shown(&self, heading: &str, shown: &[&str]) -> bool {
        let wanted = fold(heading);
        let is_title = |(_, title): &(String, Title)| fold(&title.ko) == wanted || fold(&title.en) == wanted;
        shown.iter().any(|name| fold(name) == wanted) || self.titles.iter().any(is_title)
    }

    /// The field of a create that a heading names: by its name, by its title in either language, or by another word for it.
    #[must_use]
    pub fn field_of(&self, heading: &str, schema: &Schema) -> Option<String> {
        let wanted = fold(heading.trim().trim_end_matches('*'));
        let is_known = |field: &str| schema.field(field).is_some();
        let by_name = schema.fields().map(|(name, _)| name.to_owned()).find(|name| fold(name) == wanted);
        let is_title = |title: &Title| fold(&title.ko) == wanted || fold(&title.en) == wanted;
        by_name
            .or_else(|| self.titles.iter().find(|(name, title)| is_known(name) && is_title(title)).map(|(name, _)| name.clone()))
            .or_else(|| SYNONYMS.iter().find(|(name, word)| is_known(name) && fold(word) == wanted).map(|(name, _)| (*name).to_owned()))
    }
}

/// Before the two spellings of a number of an XLSX file: the plain number, and the text that its cell shows. One of them is empty where it
/// cannot be known: the cell keeps fewer digits than the number has, or has a format nobody here can read. No text may hold this noncharacter.
const NUMBER: char = '\u{ffff}';

/// Fields whose numbers begin with zeros, which a number cell without a format has lost.
const ZEROS: [&str; 8] = ["postcode", "phone", "mobile", "fax", "account_no", "bank_code", "sub_biz_no", "tax_no"];

/// A number cell of an XLSX file.
pub(super) fn number(plain: Option<&str>, shown: Option<&str>) -> String {
    format!("{NUMBER}{}{NUMBER}{}", plain.unwrap_or_default(), shown.unwrap_or_default())
}

fn spellings(cell: &str) -> Option<(&str, &str)> {
    cell.strip_prefix(NUMBER)?.split_once(NUMBER)
}

/// What somebody sees of a cell.
pub(super) fn displayed(cell: &str) -> &str {
    spellings(cell).map_or(cell, |(plain, shown)| if shown.is_empty() { plain } else { shown })
}

/// The plain number of a number cell, or the text of another; `None`: digits are lost.
pub(super) fn plain(cell: &str) -> Option<&str> {
    spellings(cell).map_or(Some(cell), |(plain, _)| Some(plain).filter(|plain| !plain.is_empty()))
}

/// [`value`] of what came as a text, or as a number: numbers and days take it plain, texts as it is shown.
pub(super) fn read(cell: &str, field: &str, kind: (&str, &str)) -> Result<Option<Value>, FieldError> {
    let Some((plain, shown)) = spellings(cell) else { return Ok(value(cell, kind)) };
    let wrong = |rule: &str, ko: &str, en: &str| Err(FieldError::new(field, rule, Message::new(ko.to_owned(), en.to_owned())));
    if plain.is_empty() {
        let (ko, en) = (
            "숫자 셀에는 15자리까지만 저장됩니다. 셀을 텍스트로 입력하세요.",
            "is a number cell, which stores only 15 digits; enter it as text",
        );
        return wrong("lost_digits", ko, en);
    }
    let is_text = kind.0 == "string" && !matches!(kind.1, "date" | "decimal4" | "decimal8");
    if !is_text {
        return Ok(value(plain, kind));
    }
    // a Korean postcode of five digits has lost none
    let is_whole = field == "postcode" && plain.len() == 5;
    if shown.is_empty() || (ZEROS.contains(&field) && shown == plain && !is_whole) {
        let (ko, en) = (
            "숫자 셀이어서 앞의 0이 없어졌을 수 있습니다. 텍스트로 입력하거나 표시 형식(예: 00000)을 지정하세요.",
            "is a number cell, which loses leading zeros; enter it as text or set a number format such as 00000",
        );
        return wrong("number_cell", ko, en);
    }
    Ok(value(shown, kind))
}

/// The value of a cell; `None` for an empty one. What is no good stays as it came, for the check
/// of the field to complain about.
#[must_use]
pub fn value(text: &str, (kind, format): (&str, &str)) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let folded = fold(text);
    Some(match (kind, format) {
        ("boolean", _) => match folded.as_str() {
            "true" | "1" | "y" | "yes" | "o" | "예" | "네" | "참" | "사용" => true.into(),
            "false" | "0" | "n" | "no" | "x" | "아니오" | "아니요" | "거짓" | "미사용" => false.into(),
            _ => text.into(),
        },
        ("integer", _) => plain_number(text).parse::<i64>().map_or_else(|_| text.into(), Value::from),
        ("object" | "array", _) => envelope::exact_json(text).unwrap_or_else(|| text.into()),
        (_, "date") => day(&folded).unwrap_or_else(|| text.to_owned()).into(),
        (_, "decimal4" | "decimal8") => plain_number(text).into(),
        _ => text.into(),
    })
}

/// A number without the commas between its thousands and without a currency's sign.
fn plain_number(text: &str) -> String {
    let bare = text.trim_start_matches(['₩', '$', '€']).trim_end_matches('원').trim();
    let whole = bare.split('.').next().unwrap_or_default().trim_start_matches(['-', '+']);
    let mut groups = whole.split(',');
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    if whole.contains(',') && first && groups.all(|group| group.len() == 3) { bare.replace(',', "") } else { bare.to_owned() }
}

/// The days people write: 2026-03-31, 2026.3.31., 20260331, 2026년 3월 31일, and a sheet's own number.
fn day(text: &str) -> Option<String> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        if text.len() == 8 {
            return written(text.get(..4)?, text.get(4..6)?, text.get(6..)?);
        }
        // days since the end of 1899, as sheets count them; those of 1927 to 2119
        let serial = text.parse::<i64>().ok().filter(|serial| (10_000..=80_000).contains(serial))?;
        return Day::parse("1899-12-30").ok()?.plus_days(serial).map(|day| day.to_string());
    }
    let parts: Vec<&str> = text.split(['-', '.', '/', '년', '월', '일']).filter(|part| !part.is_empty()).collect();
    let [year, month, last] = parts[..] else { return None };
    written(year, month, last)
}

fn written(year: &str, month: &str, day: &str) -> Option<String> {
    let (year, month, day): (u16, u8, u8) = (year.parse().ok().filter(|_| year.len() == 4)?, month.parse().ok()?, day.parse().ok()?);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::{displayed, number, plain, read, value};
    use serde_json::json;

    /// Section E: number cells became texts without the zeros in front, or with other digits.
    #[test]
    fn a_number_cell_is_read_as_it_is_shown_or_refused() {
        let text = ("string", "");
        let kind_of = |cell: &str, field, kind| read(cell, field, kind).map_err(|fault| fault.rule);
        assert_eq!(kind_of(&number(Some("7"), Some("007")), "code", text), Ok(Some(json!("007"))));
        assert_eq!(kind_of(&number(Some("1001"), Some("1001")), "code", text), Ok(Some(json!("1001"))));
        assert_eq!(kind_of(&number(Some("6236"), Some("06236")), "postcode", text), Ok(Some(json!("06236"))));
        assert_eq!(kind_of(&number(Some("18469"), Some("18469")), "postcode", text), Ok(Some(json!("18469"))));
        for field in ["postcode", "phone", "mobile"] {
            assert_eq!(kind_of(&number(Some("1012345678"), Some("1012345678")), field, text), Err("number_cell".into()));
        }
        assert_eq!(kind_of(&number(Some("1.5"), None), "name", text), Err("number_cell".into()));
        for kind in [text, ("string", "decimal4"), ("integer", "")] {
            assert_eq!(kind_of(&number(None, None), "name", kind), Err("lost_digits".into()));
        }
        assert_eq!(kind_of(&number(Some("1234.5"), Some("1,235")), "price", ("string", "decimal4")), Ok(Some(json!("1234.5"))));
        assert_eq!(kind_of(&number(Some("46112"), Some("46112")), "day", ("string", "date")), Ok(Some(json!("2026-03-31"))));
        assert_eq!(kind_of("0101234", "phone", text), Ok(Some(json!("0101234"))));
        assert_eq!((displayed(&number(Some("7"), Some("007"))), displayed("x"), displayed(&number(Some("7"), None))), ("007", "x", "7"));
        assert_eq!((plain(&number(Some("7"), Some("007"))), plain("x"), plain(&number(None, Some("1E+16")))), (Some("7"), Some("x"), None));
    }

    #[test]
    fn a_cell_becomes_what_a_body_would_have_said() {
        let date = ("string", "date");
        for text in ["2026-03-31", "2026.3.31", "2026. 3. 31.", "20260331", "2026/03/31", "2026년 3월 31일", "46112"] {
            assert_eq!(value(text, date), Some(json!("2026-03-31")), "{text}");
        }
        for text in ["31.3.2026", "soon", "26-3-31", "99999"] {
            assert_eq!(value(text, date), Some(json!(text)), "{text}");
        }
        for (text, number) in
            [("1,234,567", "1234567"), ("₩1,000.50", "1000.50"), ("-1,000", "-1000"), ("1,23", "1,23"), ("5000원", "5000")]
        {
            assert_eq!(value(text, ("string", "decimal4")), Some(json!(number)), "{text}");
        }
        assert_eq!(value("1,200", ("integer", "")), Some(json!(1200)));
        assert_eq!(value("12.5", ("integer", "")), Some(json!("12.5")));
        assert_eq!(value("예", ("boolean", "")), Some(json!(true)));
        assert_eq!(value("N", ("boolean", "")), Some(json!(false)));
        assert_eq!(value("maybe", ("boolean", "")), Some(json!("maybe")));
        assert_eq!(value("007", ("string", "")), Some(json!("007")));
        assert_eq!(value("  ", ("string", "")), None);
    }
}
