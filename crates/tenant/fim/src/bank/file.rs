//! A bank's file as a statement: whatever the columns are called, whichever way it runs.

use super::{Create, LineInput};
use kernel::{Day, Error, Few, Money, Result, Text, is_invisible};
use resource::import::Sheet;
use uuid::Uuid;

/// The headings of each column, as banks write them.
const BOOKED_ON: &[&str] = &["거래일자", "거래일", "거래일시", "일자", "date", "booked_on"];
const PAID_IN: &[&str] = &["입금액", "입금", "맡기신금액", "deposit", "credit"];
const PAID_OUT: &[&str] = &["출금액", "출금", "찾으신금액", "withdrawal", "debit"];
const AMOUNT: &[&str] = &["거래금액", "금액", "amount"];
const BALANCE: &[&str] = &["잔액", "거래후잔액", "balance"];
const COUNTERPARTY: &[&str] = &["거래처", "의뢰인/수취인", "보낸분/받는분", "상대", "counterparty", "name"];
const DESCRIPTION: &[&str] = &["적요", "내용", "기재내용", "description", "memo"];
const REFERENCE: &[&str] = &["거래번호", "참조번호", "reference"];

struct Columns<'s>(Vec<&'s str>);

impl Columns<'_> {
    fn of(&self, names: &[&str]) -> Option<usize> {
        self.0.iter().position(|heading| {
            let heading: String = heading.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_lowercase();
            // `입금액(원)` is `입금액`
            let heading = heading.split('(').next().unwrap_or_default();
            names.contains(&heading)
        })
    }
}

fn wrong(row: usize, what: &str, ko: &'static str, en: &'static str) -> Error {
    Error::field(format!("rows.{row}.{what}"), what, ko, en)
}

fn day_of(text: &str) -> Option<Day> {
    let digits: String = text.chars().take_while(|letter| !letter.is_whitespace()).filter(char::is_ascii_digit).take(8).collect();
    let (year, rest) = digits.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    Day::parse(&format!("{year}-{month}-{day}")).ok()
}

/// `1,234,000원`; nothing is 0.
fn amount_of(text: &str) -> Option<Money> {
    let plain: String = text.trim().trim_end_matches('원').chars().filter(|letter| *letter != ',' && !letter.is_whitespace()).collect();
    if plain.is_empty() || plain == "-" { Some(Money::ZERO) } else { plain.strip_prefix('+').unwrap_or(&plain).parse().ok() }
}

/// A file as a statement: opening and closing balance are those of its lines, or follow from `opening`.
pub(super) fn read(sheet: &Sheet, account_id: Uuid, opening: Option<Money>) -> Result<Create> {
    let columns = Columns(sheet.heading.iter().map(String::as_str).collect());
    let missing =
        |name: &str| Error::field(name, "required", format!("파일에 {name} 열이 있어야 합니다."), "is a required column of the file");
    let booked_on = columns.of(BOOKED_ON).ok_or_else(|| missing("거래일자"))?;
    let (paid_in, paid_out, amount) = (columns.of(PAID_IN), columns.of(PAID_OUT), columns.of(AMOUNT));
    if amount.is_none() && (paid_in.is_none() || paid_out.is_none()) {
        return Err(missing(if paid_in.is_none() { "입금액" } else { "출금액" }));
    }
    let (balance, counterparty) = (columns.of(BALANCE), columns.of(COUNTERPARTY));
    let (description, reference) = (columns.of(DESCRIPTION), columns.of(REFERENCE));
    let mut lines = Vec::with_capacity(sheet.rows.len());
    for (row, cells) in &sheet.rows {
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map(|text| text.trim()).unwrap_or_default();
        let number =
            |at: Option<usize>| amount_of(cell(at)).ok_or_else(|| wrong(*row, "amount", "올바른 금액이 아닙니다.", "must be an amount"));
        let day = cell(Some(booked_on));
        let Some(day) = day_of(day) else {
            // 합계 and the like stand below the lines
            if day.is_empty() || !day.contains(|letter: char| letter.is_ascii_digit()) {
                continue;
            }
            return Err(wrong(*row, "booked_on", "올바른 날짜가 아닙니다.", "must be a date"));
        };
        let moved = match amount {
            Some(_) => number(amount)?,
            None => number(paid_in)?
                .checked_sub(number(paid_out)?)
                .ok_or_else(|| wrong(*row, "amount", "금액이 너무 큽니다.", "is too large"))?,
        };
        let text = |at: Option<usize>| {
            Some(cell(at)).map(|text| text.chars().filter(|c| !is_invisible(*c)).collect::<String>()).filter(|text| !text.is_empty())
        };
        let too_long = |_| wrong(*row, "text", "내용이 너무 깁니다.", "is too long");
        lines.push(LineInput {
            booked_on: day,
            amount: moved,
            balance: if cell(balance).is_empty() { None } else { Some(number(balance)?) },
            counterparty: text(counterparty).map(|text| Text::parse(&text)).transpose().map_err(too_long)?,
            description: text(description).map(|text| Text::parse(&text)).transpose().map_err(too_long)?,
            reference: text(reference).map(|text| Text::parse(&text)).transpose().map_err(too_long)?,
        });
    }
    // many banks put the newest first
    if !runs(&lines) {
        lines.reverse();
        if !runs(&lines) {
            return Err(Error::field(
                "file",
                "balance",
                "파일의 잔액이 거래 금액과 맞지 않습니다.",
                "contains balances that do not follow from its lines",
            ));
        }
    }
    let before = |line: &LineInput| line.balance.and_then(|balance| balance.checked_sub(line.amount));
    let opening_balance = opening.or_else(|| lines.first().and_then(before)).ok_or_else(|| missing("잔액"))?;
    let closing_balance = lines.last().and_then(|line| line.balance);
    let sum = [opening_balance].into_iter().chain(lines.iter().map(|line| line.amount)).sum::<Option<Money>>();
    let days = || lines.iter().map(|line| line.booked_on);
    let (Some(from_date), Some(to_date)) = (days().min(), days().max()) else {
        return Err(Error::field("file", "empty", "가져올 거래가 없습니다.", "contains no lines"));
    };
    let too_much = || Error::field("file", "too_large", "금액의 합계가 너무 큽니다.", "contains amounts whose total is too large");
    let closing_balance = closing_balance.or(sum).ok_or_else(too_much)?;
    Ok(Create { account_id, from_date, to_date, opening_balance, closing_balance, lines: Few(lines) })
}

/// Whether the days go forward and each balance follows from the one before.
fn runs(lines: &[LineInput]) -> bool {
    lines.windows(2).all(|pair| {
        let [one, next] = pair else { return true };
        let follows = one.balance.zip(next.balance).is_none_or(|(one, balance)| one.checked_add(next.amount) == Some(balance));
        one.booked_on <= next.booked_on && follows
    })
}

#[cfg(test)]
mod tests {
    use super::{amount_of, day_of};

    #[test]
    fn days_and_amounts_as_banks_write_them() {
        for text in ["2026-03-02", "2026.03.02", "2026/03/02 13:05:11", "20260302", "2026년03월02일"] {
            assert_eq!(day_of(text).map(|day| day.to_string()).as_deref(), Some("2026-03-02"), "{text}");
        }
        assert!(day_of("합계").is_none() && day_of("2026-13-02").is_none() && day_of("26-3-2").is_none());
        let amount = |text: &str| amount_of(text).map(|amount| amount.to_string());
        assert_eq!(
            (amount("1,234,000원"), amount(""), amount("-"), amount("-500")),
            (Some("1234000".into()), Some("0".into()), Some("0".into()), Some("-500".into()))
        );
        assert_eq!((amount("천원"), amount("+5,000")), (None, Some("5000".into())));
    }
}
