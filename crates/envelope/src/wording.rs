//! What is wrong with a text, in words: a caller reads what would be right, never an expression or the name of a format.

use kernel::Message;
use serde_json::Value;

/// What a text of this format must be. `None` for a format that is never checked.
#[must_use]
pub fn of_format(format: &str) -> Option<Message> {
    let (ko, en) = match format {
        "uuid" => ("UUID여야 합니다.", "must be a UUID"),
        "date" => ("YYYY-MM-DD 형식의 날짜여야 합니다. (예: 2026-01-31)", "must be a date, such as 2026-01-31"),
        "date-time" => (
            "시간대가 붙은 일시여야 합니다. (예: 2026-01-31T09:00:00+09:00)",
            "must be a date and time with its offset, such as 2026-01-31T09:00:00+09:00",
        ),
        "decimal4" => (
            "소수점 아래 4자리까지, 922조 3372억 이하의 숫자여야 합니다. (예: 1200.5)",
            "must be a number with at most 4 decimal places and below 922,337,203,685,478, such as 1200.5",
        ),
        "decimal8" => (
            "소수점 아래 8자리까지, 922억 3372만 이하의 숫자여야 합니다. (예: 1382.5)",
            "must be a number with at most 8 decimal places and below 92,233,720,369, such as 1382.5",
        ),
        "biz-no" => ("올바른 사업자등록번호가 아닙니다. (숫자 10자리)", "is not a valid business registration number of 10 digits"),
        "time-zone" => ("IANA 시간대여야 합니다. (예: Asia/Seoul)", "must be an IANA time zone, such as Asia/Seoul"),
        _ => return None,
    };
    Some(Message::new(ko, en))
}

/// What a value says of itself when it is decoded ([`kernel::Login::parse`]), in Korean.
#[must_use]
pub fn korean(english: &str) -> String {
    let said = match english {
        text if text.starts_with("must have 3 to 100") => "3~100자여야 합니다.",
        text if text.starts_with("holds blanks") => "공백이나 제어 문자가 들어 있으면 안 됩니다.",
        text if text.starts_with("holds invisible") => "보이지 않는 문자가 들어 있으면 안 됩니다.",
        text if text.starts_with("mixes letters") => "한 가지 문자(한글, 영문 등)만 써야 합니다.",
        "too many items" => "항목이 너무 많습니다.",
        text => return format!("올바르지 않은 값입니다: {text}"),
    };
    said.to_owned()
}

/// What a text of this pattern must be. `None` for a pattern that nobody has put into words yet.
#[must_use]
pub fn of_pattern(pattern: &str) -> Option<Message> {
    let between = || -> Option<(u32, u32)> {
        let (least, most) = pattern.rsplit_once('{')?.1.split_once('}')?.0.split_once(',')?;
        Some((least.parse().ok()?, most.parse().ok()?))
    };
    let message = if pattern.contains("[A-Za-z0-9_-]{") {
        let (least, most) = between()?;
        Message::new(
            format!("영문자, 숫자, -, _로 된 {least}~{most}자여야 합니다."),
            format!("must be {least} to {most} letters (A-Z), digits, - or _"),
        )
    } else if pattern.contains('@') {
        Message::new("이메일 주소여야 합니다. (예: hong@example.com)", "must be an email address, such as hong@example.com")
    } else if pattern.contains("[A-Za-z]{3}") {
        Message::new("영문자 3자의 통화 코드여야 합니다. (예: KRW)", "must be a currency code of 3 letters, such as KRW")
    } else if pattern.contains("[A-Za-z]{2,3}(-") {
        Message::new("언어 코드여야 합니다. (예: ko-KR)", "must be a language code, such as ko-KR")
    } else if pattern.contains("([01][0-9]|2[0-3])") {
        Message::new("HH:MM 형식의 시각이어야 합니다. (예: 09:30)", "must be a time of day, such as 09:30")
    } else if pattern.contains(r"0-9\-\(\) ]{") {
        let (least, most) = between()?;
        Message::new(
            format!("숫자, 공백, -, (, )로 된 {least}~{most}자의 전화번호여야 합니다. 앞에 +를 쓸 수 있습니다."),
            format!("must be a phone number of {least} to {most} digits, spaces, - or brackets, with a + in front if need be"),
        )
    } else if pattern.contains(r"\.(\*|") {
        Message::new("권한 이름이어야 합니다. (예: crm.customers.read, crm.*)", "must name a right, such as crm.customers.read or crm.*")
    } else if pattern.contains(r"\S[^") || (pattern.contains(r"[^\s") && between().is_none()) {
        Message::new(
            "비어 있거나 제어 문자·보이지 않는 문자가 들어 있으면 안 됩니다.",
            "must not be blank or hold control or invisible characters",
        )
    } else if pattern.contains(r"[^\s") {
        let (least, most) = between()?;
        Message::new(format!("공백이 없는 {least}~{most}자여야 합니다."), format!("must have {least} to {most} characters and no spaces"))
    } else {
        return None;
    };
    Some(message)
}

/// The words a value may be, in a row.
#[must_use]
pub(crate) fn listed(options: &Value) -> String {
    let words = options.as_array().into_iter().flatten().filter(|option| !option.is_null());
    words.map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned)).collect::<Vec<_>>().join(", ")
}

pub(crate) fn no_form() -> Message {
    Message::new("형식이 올바르지 않습니다.", "does not have the right form")
}
