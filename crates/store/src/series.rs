//! Document series: what the numbers of a company's documents look like, and the next one.
//!
//! A number is `PREFIX-…-000123`: the prefix, what the pattern says of the day, and behind a last separator the count, which begins anew
//! each year or month, or never. No two are the same: the count of a period never goes back, the periods of a series differ in the year
//! (and month) that the pattern must show, literal text has no digits that could be taken for it, a series keeps its way of beginning
//! anew once it has given a number, and no two series share a prefix. There is no gap, because the count is a part of the transaction that
//! makes the document binding.

use crate::{Scope, Sql, Tx};
use kernel::{Day, Error, FieldError, Message, Result, boxed};

/// When the count begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    Yearly,
    Monthly,
    Never,
}

impl Reset {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yearly => "YEARLY",
            Self::Monthly => "MONTHLY",
            Self::Never => "NEVER",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "MONTHLY" => Self::Monthly,
            "NEVER" => Self::Never,
            _ => Self::Yearly,
        }
    }
}

/// What the numbers of a series look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    pub prefix: String,
    /// `{PREFIX}-{YYYY}-{000000}`: also `{YY}`, `{MM}`; the zeros say how many digits the count has at least.
    pub pattern: String,
    pub reset: Reset,
}

const SEPARATORS: [char; 4] = ['-', '/', '_', '.'];

impl Format {
    /// The format of a series nobody has said anything about: `SO-2026-000123`.
    #[must_use]
    pub fn standard(series: &str) -> Self {
        Self { prefix: series.to_owned(), pattern: "{PREFIX}-{YYYY}-{000000}".to_owned(), reset: Reset::Yearly }
    }

    /// What is wrong with it, by the field's name.
    pub fn check(&self) -> Result<()> {
        let wrong = |field: &str, rule: &str, ko: &'static str, en: &'static str| {
            Err(Error::invalid(vec![FieldError::new(field, rule, Message::new(ko, en))]))
        };
        if self.prefix.is_empty() || self.prefix.len() > 10 || !self.prefix.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return wrong("prefix", "letters", "영문 대문자 1자 이상 10자 이하여야 합니다.", "must be 1 to 10 letters (A-Z)");
        }
        let Some((head, zeros)) = self.pattern.strip_suffix('}').and_then(|text| text.rsplit_once('{')) else {
            return wrong(
                "pattern",
                "count",
                "{000000}과 같은 일련번호 자리로 끝나야 합니다.",
                "must end with the serial number, such as {000000}",
            );
        };
        if !(3..=10).contains(&zeros.len()) || !zeros.bytes().all(|byte| byte == b'0') {
            return wrong(
                "pattern",
                "count",
                "일련번호 자리는 0을 3개 이상 10개 이하로 쓰세요. (예: {000000})",
                "must give the serial number as 3 to 10 zeros, such as {000000}",
            );
        }
        if !head.starts_with("{PREFIX}") || !head.ends_with(SEPARATORS) {
            let en = "must begin with {PREFIX} and have a separator (- / _ .) before the serial number";
            return wrong("pattern", "shape", "{PREFIX}로 시작하고 일련번호 앞에 구분자(- / _ .)가 있어야 합니다.", en);
        }
        let literal = ["{PREFIX}", "{YYYY}", "{YY}", "{MM}"].iter().fold(head.to_owned(), |text, word| text.replace(word, ""));
        if !literal.chars().all(|letter| letter.is_ascii_uppercase() || SEPARATORS.contains(&letter)) {
            let en = "must contain only {PREFIX}, {YYYY}, {YY}, {MM}, letters (A-Z) and - / _ . before the serial number";
            return wrong("pattern", "words", "{PREFIX}, {YYYY}, {YY}, {MM}, 영문 대문자와 - / _ . 만 쓸 수 있습니다.", en);
        }
        let (year, month) = (head.contains("{YYYY}") || head.contains("{YY}"), head.contains("{MM}"));
        match self.reset {
            Reset::Yearly if !year => wrong(
                "pattern",
                "year",
                "일련번호를 해마다 다시 시작하려면 연도({YYYY} 또는 {YY})가 있어야 합니다.",
                "must contain the year ({YYYY} or {YY}) when the serial number restarts every year",
            ),
            Reset::Monthly if !(year && month) => wrong(
                "pattern",
                "month",
                "일련번호를 달마다 다시 시작하려면 연도({YYYY} 또는 {YY})와 월({MM})이 있어야 합니다.",
                "must contain the year ({YYYY} or {YY}) and the month ({MM}) when the serial number restarts every month",
            ),
            _ => Ok(()),
        }
    }

    /// What is counted together with `day`.
    #[must_use]
    pub fn period(&self, day: Day) -> String {
        match self.reset {
            Reset::Yearly => format!("{:04}", day.0.year()),
            Reset::Monthly => format!("{:04}-{:02}", day.0.year(), u8::from(day.0.month())),
            Reset::Never => String::new(),
        }
    }

    /// The number of the `count`th document, dated `day`.
    #[must_use]
    pub fn number(&self, day: Day, count: i64) -> String {
        let (head, zeros) = self.pattern.trim_end_matches('}').rsplit_once('{').unwrap_or((&self.pattern, ""));
        let (year, month) = (day.0.year(), u8::from(day.0.month()));
        let head = head.replace("{PREFIX}", &self.prefix).replace("{YYYY}", &format!("{year:04}"));
        let head = head.replace("{YY}", &format!("{:02}", year.rem_euclid(100))).replace("{MM}", &format!("{month:02}"));
        format!("{head}{count:0width$}", width = zeros.len())
    }
}

impl Scope {
    /// The format of a series of this company.
    #[boxed(?Send)]
    pub async fn document_format(&self, series: &str) -> Result<Format> {
        let mut sql = Sql::new("SELECT prefix, pattern, reset FROM adm_document_formats WHERE deleted_at IS NULL AND tenant_id = ");
        sql.bind(self.tenant()).push(" AND series = ").bind(series);
        let Some(row) = self.raw_one(sql).await? else { return Ok(Format::standard(series)) };
        let text = |name: &str| row.try_get::<String>("", name).map_err(Error::internal);
        Ok(Format { prefix: text("prefix")?, pattern: text("pattern")?, reset: Reset::parse(&text("reset")?) })
    }

    /// How many numbers each series has given, by period; running numbers of rows are none of them.
    #[boxed(?Send)]
    pub async fn document_counts(&self) -> Result<Vec<(String, String, i64)>> {
        let mut sql = Sql::new("SELECT series, period, last_no FROM adm_document_series WHERE tenant_id = ");
        sql.bind(self.tenant()).push(" ORDER BY series, period");
        let mut counts = Vec::new();
        for row in self.raw_all(sql).await? {
            let text = |name: &str| row.try_get::<String>("", name).map_err(Error::internal);
            let series = text("series")?;
            if series.bytes().all(|byte| byte.is_ascii_uppercase()) {
                counts.push((series, text("period")?, row.try_get("", "last_no").map_err(Error::internal)?));
            }
        }
        Ok(counts)
    }
}

impl Tx {
    /// The number of a document of `day` that becomes binding now. Its count is a hot row: take it last.
    #[boxed(?Send)]
    pub async fn number_document(&self, series: &str, day: Day) -> Result<String> {
        let format = self.document_format(series).await?;
        Ok(format.number(day, self.next_number(series, &format.period(day)).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, Reset};
    use kernel::Day;

    fn format(pattern: &str, reset: Reset) -> Format {
        Format { prefix: "SO".into(), pattern: pattern.into(), reset }
    }

    #[test]
    fn a_number_is_what_its_pattern_says() {
        let day = Day::parse("2026-03-09").unwrap();
        let number = |pattern: &str| format(pattern, Reset::Never).number(day, 123);
        assert_eq!(Format::standard("SO").number(day, 123), "SO-2026-000123");
        assert_eq!(number("{PREFIX}{YY}{MM}-{0000}"), "SO2603-0123");
        assert_eq!(number("{PREFIX}/{000}"), "SO/123");
        assert_eq!(format("{PREFIX}-{000}", Reset::Never).number(day, 12345), "SO-12345");
        assert_eq!(format("", Reset::Monthly).period(day), "2026-03");
        assert_eq!((format("", Reset::Yearly).period(day), format("", Reset::Never).period(day)), ("2026".into(), String::new()));
    }

    #[test]
    fn a_pattern_that_could_give_a_number_twice_is_refused() {
        for (pattern, reset) in [
            ("{PREFIX}-{000000}", Reset::Yearly),
            ("{PREFIX}-{YYYY}-{000000}", Reset::Monthly),
            ("{PREFIX}-{MM}-{000000}", Reset::Monthly),
            ("{PREFIX}{YYYY}{000000}", Reset::Yearly),
            ("{PREFIX}-{YYYY}-2026-{000000}", Reset::Yearly),
            ("{YYYY}-{000000}", Reset::Yearly),
            ("{PREFIX}-{YYYY}-{00}", Reset::Yearly),
            ("{PREFIX}-{YYYY}-{000000}-X", Reset::Yearly),
            ("{PREFIX}-{DD}-{000000}", Reset::Never),
            ("{PREFIX} {000000}", Reset::Never),
            ("", Reset::Never),
        ] {
            assert!(format(pattern, reset).check().is_err(), "{pattern}");
        }
        for (pattern, reset) in
            [("{PREFIX}-{000000}", Reset::Never), ("{PREFIX}{YY}{MM}-{0000}", Reset::Monthly), ("{PREFIX}-{YYYY}.{000}", Reset::Yearly)]
        {
            assert!(format(pattern, reset).check().is_ok(), "{pattern}");
        }
        for prefix in ["", "so", "S1", "ABCDEFGHIJK", "한"] {
            assert!(Format { prefix: prefix.into(), ..Format::standard("SO") }.check().is_err(), "{prefix}");
        }
    }
}
