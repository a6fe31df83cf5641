//! Search as Korean people type it: inside words, in any case of any script, by initial
//! consonants (`ㅎㅂ` is 한빛), and numbers with or without their hyphens.
//!
//! A text is kept for searching as its letters without blanks, each syllable with its initial
//! consonant before it: 한빛 is `ᄒ한ᄇ빛`. What somebody types becomes one `LIKE` pattern over
//! that, in which a lone consonant stands for any syllable that begins with it: `ㅎㅂ` is
//! `ᄒ_ᄇ_`, `한ㅂ` is `ᄒ한ᄇ_`. So one text answers all three, on every database alike.

use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Changes whenever the texts this module makes do: they are made again then.
pub const EDITION: i64 = 1;

/// Between two texts of a row; nobody can type it, since blanks are dropped.
const BETWEEN: char = '\n';

const SYLLABLES: std::ops::RangeInclusive<char> = '가'..='힣';
/// Initial consonants as Unicode's normal form writes them.
const INITIALS: std::ops::RangeInclusive<char> = '\u{1100}'..='\u{1112}';
/// Syllables that share an initial consonant.
const EACH: u32 = 588;

/// What stands between the digits of telephone, business and account numbers.
const HYPHENS: [char; 7] = ['-', '.', '/', '(', ')', '+', '·'];

/// Consonants that keyboards join when they are typed one after the other: ㄱㅅ becomes ㄳ.
const JOINED: [(char, &str); 11] = [
    ('ㄳ', "ㄱㅅ"),
    ('ㄵ', "ㄴㅈ"),
    ('ㄶ', "ㄴㅎ"),
    ('ㄺ', "ㄹㄱ"),
    ('ㄻ', "ㄹㅁ"),
    ('ㄼ', "ㄹㅂ"),
    ('ㄽ', "ㄹㅅ"),
    ('ㄾ', "ㄹㅌ"),
    ('ㄿ', "ㄹㅍ"),
    ('ㅀ', "ㄹㅎ"),
    ('ㅄ', "ㅂㅅ"),
];

/// One spelling of what looks alike: full and half width, composed and in parts, either case;
/// without blanks.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut apart = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match JOINED.iter().find(|(joined, _)| *joined == c) {
            Some((_, parts)) => apart.push_str(parts),
            None => apart.push(c),
        }
    }
    // by way of the upper case: ß is SS there, and a final ς the same Σ as any other
    let folded = apart.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    folded.collect::<String>().nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// The initial consonant of a syllable; a lone one is its own.
fn initial(c: char) -> Option<char> {
    if SYLLABLES.contains(&c) {
        return char::from_u32(0x1100 + (u32::from(c) - 0xAC00) / EACH);
    }
    INITIALS.contains(&c).then_some(c)
}

fn without_hyphens(folded: &str) -> String {
    folded.chars().filter(|c| !HYPHENS.contains(c)).collect()
}

/// What is kept of a row's texts for searching.
pub fn text_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut kept = String::new();
    let mut keep = |folded: &str| {
        if !kept.is_empty() {
            kept.push(BETWEEN);
        }
        for c in folded.chars() {
            kept.extend(initial(c));
            kept.push(c);
        }
    };
    for text in texts {
        let folded = fold(text);
        if folded.is_empty() {
            continue;
        }
        keep(&folded);
        if folded.contains(|c: char| c.is_ascii_digit()) && folded.contains(HYPHENS) {
            keep(&without_hyphens(&folded));
        }
    }
    kept
}

/// What was typed, as a pattern for `LIKE … ESCAPE '\'` over [`text_of`]; `None` where nothing
/// was typed but blanks.
#[must_use]
pub fn pattern_of(typed: &str) -> Option<String> {
    let folded = typed_as(typed)?;
    let mut pattern = String::from("%");
    for c in folded.chars() {
        match initial(c) {
            Some(consonant) if consonant == c => pattern.extend([c, '_']),
            Some(consonant) => pattern.extend([consonant, c]),
            None => {
                if matches!(c, '%' | '_' | '\\') {
                    pattern.push('\\');
                }
                pattern.push(c);
            }
        }
    }
    pattern.push('%');
    Some(pattern)
}

/// Two letters beside each other: what an index finds a text by before its pattern is tried.
pub type Pair = [char; 2];

/// The pairs of a kept text: its letters, and its initial consonants.
#[must_use]
pub fn pairs_of(kept: &str) -> BTreeSet<Pair> {
    let mut pairs = BTreeSet::new();
    for text in kept.split(BETWEEN) {
        let mut before: Option<(char, char)> = None;
        let mut letters = text.chars();
        while let Some(first) = letters.next() {
            // an initial consonant stands before its syllable
            let here = if INITIALS.contains(&first) { (first, letters.next().unwrap_or(first)) } else { (first, first) };
            if let Some((consonant, letter)) = before {
                pairs.extend([[letter, here.1], [consonant, here.0]]);
            }
            before = Some(here);
        }
    }
    pairs
}

/// The pairs that every text has which is found by what was typed; none for a single letter.
#[must_use]
pub fn pairs_typed(typed: &str) -> BTreeSet<Pair> {
    let letters: Vec<char> = typed_as(typed).unwrap_or_default().chars().collect();
    let pair = |[one, other]: Pair| {
        let lone = |c| INITIALS.contains(&c);
        let consonant = |c| initial(c).unwrap_or(c);
        if lone(one) || lone(other) { [consonant(one), consonant(other)] } else { [one, other] }
    };
    letters.array_windows().copied().map(pair).collect()
}

/// What was typed as texts are kept; a number without its hyphens.
fn typed_as(typed: &str) -> Option<String> {
    let mut folded = fold(typed);
    if folded.chars().all(|c| c.is_ascii_digit() || HYPHENS.contains(&c)) && folded.contains(|c: char| c.is_ascii_digit()) {
        folded = without_hyphens(&folded);
    }
    (!folded.is_empty()).then_some(folded)
}

#[cfg(test)]
mod tests {
    use super::{pairs_of, pairs_typed, pattern_of, text_of};
    use proptest::prelude::*;

    /// `LIKE` with `\`, as both databases have it.
    fn like(text: &[char], pattern: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['%', rest @ ..] => (0..=text.len()).any(|at| like(&text[at..], rest)),
            ['_', rest @ ..] => !text.is_empty() && like(&text[1..], rest),
            ['\\', c, rest @ ..] | [c, rest @ ..] => text.first() == Some(c) && like(&text[1..], rest),
        }
    }

    fn finds(typed: &str, texts: &[&str]) -> bool {
        let text: Vec<char> = text_of(texts.iter().copied()).chars().collect();
        let pattern: Vec<char> = pattern_of(typed).expect("something was typed").chars().collect();
        let found = like(&text, &pattern);
        // what the pattern finds, the index must not hide
        assert!(!found || pairs_typed(typed).is_subset(&pairs_of(&text.iter().collect::<String>())), "{typed:?} in {texts:?}");
        found
    }

    #[test]
    fn syllables_and_initial_consonants_are_found_inside_words() {
        let row = ["(주)한빛전자", "길동 상사"];
        for typed in ["한빛", "빛전", "ㅎㅂ", "ㅎㅂㅈㅈ", "한ㅂ", "ㅎ빛ㅈ", "주)한", "㈜한빛", "길동상사", "길 동", "ㄱㄷㅅㅅ", "ㄱㄷ"]
        {
            assert!(finds(typed, &row), "{typed}");
        }
        for typed in ["한밭", "ㅎㅈ", "ㅂㅎ", "하빛", "전자길", "ㅈㄱ", "%", "_", "한_", "ㅎㅂㅈㅈㅈ"] {
            assert!(!finds(typed, &row), "{typed}");
        }
        // as the keyboard joins them
        assert!(finds("ㄳ", &["건설"]) && finds("ㅂㅅ", &["부산"]) && finds("ㅄ", &["부산"]));
    }

    #[test]
    fn what_looks_alike_is_found_alike() {
        for typed in ["\u{1112}\u{1161}\u{11ab}\u{1107}\u{1175}\u{11be}", "한\u{3000}빛", "한빛 ＴＲＡＤＩＮＧ", "한빛 tRading"]
        {
            assert!(finds(typed, &["한빛 Trading"]), "{typed}");
        }
        assert!(finds("ÉCLAIR", &["éclair"]) && finds("strasse", &["Straße"]) && finds("ΟΔΟΣ", &["οδός οδοσ"]) && finds("ﾊﾝ", &["ハン"]));
        assert!(finds("100%", &["100％ 면"]) && !finds("1%", &["100원"]) && !finds("a_b", &["axb"]) && finds(r"a\b", &[r"a\b"]));
        assert!(finds("ㅋ", &["ㅋㅋ상사"]) && finds("ㅋ상", &["ㅋㅋ상사"]));
    }

    #[test]
    fn numbers_are_found_with_and_without_hyphens() {
        let row = ["02-1234-5678", "1234567891", "PO-2026-7"];
        for typed in ["02-1234-5678", "0212345678", "02) 1234", "1234-5678", "123-45-67891", "12345", "po-2026", "2026-7", "20267"] {
            assert!(finds(typed, &row), "{typed}");
        }
        assert!(!finds("03-1234", &row) && !finds("-", &["한빛"]) && finds("-", &row));
        assert_eq!((pattern_of(""), pattern_of(" \u{3000}\t")), (None, None));
    }

    proptest! {
        #[test]
        fn every_part_of_a_text_finds_it(text in "[가-힣a-zA-Z0-9 %_()ㄱ-ㅎé-]{1,12}", from in 0_usize..12, length in 1_usize..12) {
            let part: String = text.chars().skip(from).take(length).collect();
            prop_assume!(!part.trim().is_empty());
            prop_assert!(finds(&part, &[&text]), "{part:?} in {text:?}");
        }
    }
}
