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
            "시간대를 포함한 일시여야 합니다. (예: 2026-01-31T09:00:00+09:00)",
            "must be a date and time with a time zone offset, such as 2026-01-31T09:00:00+09:00",
        ),
        "decimal4" => (
            "소수점 아래 4자리까지, 922조 3372억 이하의 숫자여야 합니다. (예: 1200.5)",
            "must be a number with at most 4 decimal places and below 922,337,203,685,478, such as 1200.5",
        ),
        "decimal8" => (
            "소수점 아래 8자리까지, 922억 3372만 이하의 숫자여야 합니다. (예: 1382.5)",
            "must be a number with at most 8 decimal places and below 92,233,720,369, such as 1382.5",
        ),
        "biz-no" => ("숫자 10자리의 올바른 사업자등록번호여야 합니다.", "must be a valid business registration number of 10 digits"),
        "time-zone" => ("IANA 시간대여야 합니다. (예: Asia/Seoul)", "must be an IANA time zone, such as Asia/Seoul"),
        _ => return None,
    };
    Some(Message::new(ko, en))
}

/// What a value says of itself when it is decoded ([`kernel::Login::parse`]), in Korean.
#[must_use]
pub fn korean(english: &str) -> String {
    let said = match english {
        text if text.starts_with("must have 3 to 100") => "3자 이상 100자 이하여야 합니다.",
        text if text.starts_with("must not contain spaces") => "공백이나 제어 문자를 쓸 수 없습니다.",
        text if text.starts_with("must not contain control") => "제어 문자를 쓸 수 없습니다.",
        text if text.starts_with("must not contain invisible") => "보이지 않는 문자를 쓸 수 없습니다.",
        text if text.starts_with("must not contain bidirectional") => "글의 방향을 바꾸는 문자를 쓸 수 없습니다.",
        text if text.starts_with("must use letters of one script") => "한 가지 문자(한글, 영문 등)만 써야 합니다.",
        text if text.starts_with("must be a valid phone number") => "올바른 전화번호여야 합니다.",
        text if text.starts_with("must be an email address") => "이메일 주소여야 합니다. (예: hong@example.com)",
        text if text.starts_with("must be a valid business registration number") => "올바른 사업자등록번호여야 합니다.",
        text if text.starts_with("must not be empty") => "비워 둘 수 없습니다.",
        text if text.starts_with("must be sent as a string") => "15자리를 넘는 숫자는 문자열로 보내세요.",
        "has too many items" => "항목이 너무 많습니다.",
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
            format!("영문자, 숫자, -, _로 된 {least}자 이상 {most}자 이하여야 합니다."),
            format!("must be {least} to {most} characters: letters (A-Z), digits, - or _"),
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
            format!("숫자, 공백, -, (, )로 된 {least}자 이상 {most}자 이하의 전화번호여야 합니다. 맨 앞에 +를 쓸 수 있습니다."),
            format!("must be a phone number of {least} to {most} digits, spaces, hyphens or parentheses, optionally starting with +"),
        )
    } else if pattern.contains(r"\.(\*|") {
        Message::new("권한 이름이어야 합니다. (예: crm.customers.read, crm.*)", "must be a permission, such as crm.customers.read or crm.*")
    } else if pattern.contains(r"\S[^") || (pattern.contains(r"[^\s") && between().is_none()) {
        Message::new(
            "비워 둘 수 없으며, 제어 문자나 보이지 않는 문자를 쓸 수 없습니다.",
            "must not be blank or contain control or invisible characters",
        )
    } else if pattern.contains(r"[^\s") {
        let (least, most) = between()?;
        Message::new(
            format!("공백 없이 {least}자 이상 {most}자 이하여야 합니다."),
            format!("must have {least} to {most} characters and no spaces"),
        )
    } else {
        return None;
    };
    Some(message)
}

/// What a value of one of these JSON types must be.
pub(crate) fn of_types(types: &[&str]) -> Message {
    let named = |word: &str| match word {
        "string" => ("문자열", "a string"),
        "integer" => ("정수", "a whole number"),
        "number" => ("숫자", "a number"),
        "boolean" => ("true 또는 false", "true or false"),
        "array" => ("배열", "an array"),
        "object" => ("객체", "an object"),
        _ => ("null", "null"),
    };
    // whether it may be null as well helps nobody who sent something else
    let kinds = types.iter().copied().filter(|word| types.len() == 1 || *word != "null");
    let (ko, en): (Vec<_>, Vec<_>) = kinds.map(named).unzip();
    Message::new(format!("값의 형식이 올바르지 않습니다. 필요한 형식: {}", ko.join(" 또는 ")), format!("must be {}", en.join(" or ")))
}

/// The words a value may be, in a row.
#[must_use]
pub(crate) fn listed(options: &Value) -> String {
    let words = options.as_array().into_iter().flatten().filter(|option| !option.is_null());
    words.map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned)).collect::<Vec<_>>().join(", ")
}

pub(crate) fn no_form() -> Message {
    Message::new("형식이 올바르지 않습니다.", "does not have the right format")
}
