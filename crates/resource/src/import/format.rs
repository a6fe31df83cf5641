//! What a number cell of a sheet shows, as far as its format says it by placeholders, and none of its digits is left out.

/// A part of a format.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// `0` (a digit in any case) or `#` (a digit where there is one).
    Digit(bool),
    Point,
    Literal(char),
}

/// The text of the number in this format; `None`: it is rounded, scaled, or shown in a way nobody here can read.
pub(super) fn displayed(number: &str, code: &str) -> Option<String> {
    if matches!(code, "General" | "@" | "") {
        return Some(number.to_owned());
    }
    // a section for negative numbers may show anything: brackets, colours, nothing
    if number.starts_with('-') {
        return None;
    }
    let (pieces, is_grouped) = pieces(code)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let point = pieces.iter().position(|piece| *piece == Piece::Point).unwrap_or(pieces.len());
    let (before, after) = pieces.split_at(point);
    let text = whole_of(if whole == "0" { "" } else { whole }, before, is_grouped)?;
    Some(text + &part_of(part, after)?)
}

/// The pieces of the first section, and whether thousands are set apart.
fn pieces(code: &str) -> Option<(Vec<Piece>, bool)> {
    let (mut pieces, mut is_grouped) = (Vec::new(), false);
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ';' => break,
            '0' | '#' => pieces.push(Piece::Digit(letter == '0')),
            '.' if !pieces.contains(&Piece::Point) => pieces.push(Piece::Point),
            // between digits: thousands; behind them it would divide
            ',' if matches!(pieces.last(), Some(Piece::Digit(_))) && matches!(letters.peek(), Some('0' | '#')) => is_grouped = true,
            '\\' => pieces.push(Piece::Literal(letters.next()?)),
            '"' => loop {
                match letters.next()? {
                    '"' => break,
                    quoted => pieces.push(Piece::Literal(quoted)),
                }
            },
            // as wide as the next letter, or filled with it
            '_' | '*' => {
                letters.next()?;
            }
            '-' | ' ' | '(' | ')' | '/' | '+' | ':' | '$' => pieces.push(Piece::Literal(letter)),
            letter if !letter.is_ascii() => pieces.push(Piece::Literal(letter)),
            _ => return None,
        }
    }
    pieces.iter().any(|piece| matches!(piece, Piece::Digit(_))).then_some((pieces, is_grouped))
}

/// The digits before the point, put into the places from the right; the first place takes all that are left.
fn whole_of(digits: &str, pieces: &[Piece], is_grouped: bool) -> Option<String> {
    let mut digits = digits.chars().rev().peekable();
    let first = pieces.iter().position(|piece| matches!(piece, Piece::Digit(_)));
    let mut backwards = String::new();
    let mut count = 0;
    let mut put = |backwards: &mut String, digit: char| {
        if is_grouped && count > 0 && count % 3 == 0 {
            backwards.push(',');
        }
        count += 1;
        backwards.push(digit);
    };
    for (at, piece) in pieces.iter().enumerate().rev() {
        match piece {
            Piece::Digit(is_always) => match digits.next() {
                Some(digit) => put(&mut backwards, digit),
                None if *is_always => put(&mut backwards, '0'),
                None => {}
            },
            Piece::Literal(letter) => backwards.push(*letter),
            Piece::Point => return None,
        }
        if Some(at) == first {
            digits.by_ref().for_each(|digit| put(&mut backwards, digit));
        }
    }
    digits.peek().is_none().then(|| backwards.chars().rev().collect())
}

/// The point and what is behind it.
fn part_of(part: &str, pieces: &[Piece]) -> Option<String> {
    let mut digits = part.chars();
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Digit(is_always) => text.extend(digits.next().or(is_always.then_some('0'))),
            Piece::Literal(letter) => text.push(*letter),
            Piece::Point => text.push('.'),
        }
    }
    digits.next().is_none().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::displayed;

    /// Section E: number cells became other texts than the sheet shows.
    #[test]
    fn a_number_is_shown_as_its_format_says() {
        for (number, code, text) in [
            ("7", "000", "007"),
            ("6236", "00000", "06236"),
            ("0", "000", "000"),
            ("0", "0", "0"),
            ("12345", "000", "12345"),
            ("1012345678", "000-0000-0000", "010-1234-5678"),
            ("1012345678", "000\\-0000\\-0000", "010-1234-5678"),
            ("21234567", "00\"-\"000\"-\"0000", "02-123-4567"),
            ("1234567", "#,##0", "1,234,567"),
            ("12", "#,##0", "12"),
            ("1.5", "0.00", "1.50"),
            ("1234.5", "#,##0.##", "1,234.5"),
            ("5", "0\"원\"", "5원"),
            ("5", "0원", "5원"),
            ("1001", "General", "1001"),
            ("1001", "@", "1001"),
            ("5", "_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)", "5"),
        ] {
            assert_eq!(displayed(number, code).as_deref(), Some(text), "{number} as {code}");
        }
        for (number, code) in [
            ("1.5", "0"),
            ("1.555", "0.00"),
            ("5", "0%"),
            ("5", "0.00E+00"),
            ("5", "# ?/?"),
            ("5000", "0,"),
            ("-5", "000"),
            ("5", "[>1]0"),
            ("5", "\"x\""),
        ] {
            assert_eq!(displayed(number, code), None, "{number} as {code}");
        }
    }
}
