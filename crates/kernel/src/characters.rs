//! Which characters a name may hold, and when two names or two business keys are the same.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

/// Characters a folded key keeps: what an index of PostgreSQL takes, whatever the compatibility form expands to.
const KEY: usize = 600;

/// Whether nothing is drawn for a character, or it changes how its neighbours are drawn: format characters (Unicode's category Cf: soft
/// hyphen, zero-width characters, bidirectional controls, tags) and letters that are blank (Hangul fillers, the blank Braille pattern).
#[must_use]
pub fn is_invisible(c: char) -> bool {
    const BLANK: [char; 9] = ['\u{34f}', '\u{115f}', '\u{1160}', '\u{17b4}', '\u{17b5}', '\u{2800}', '\u{3164}', '\u{ffa0}', '\u{180f}'];
    c.general_category() == GeneralCategory::Format || BLANK.contains(&c) || ('\u{180b}'..='\u{180e}').contains(&c)
}

/// What chooses between two drawings of the character before it (an emoji in colour), and is nothing on its own.
pub(crate) fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether nothing can be seen of a text.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c) || is_variation_selector(c))
}

/// Whether a text holds what cannot be seen ([`is_invisible`]), but for the joiner between two emoji that are drawn as one.
pub(crate) fn has_invisible(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let is_emoji = |c: Option<&char>| c.is_some_and(|c| *c > '\u{2000}' && c.is_emoji_char());
    letters.iter().enumerate().any(|(at, c)| {
        let (before, after) = letters.split_at(at);
        let joins = || *c == '\u{200d}' && is_emoji(before.iter().rev().find(|c| !is_variation_selector(**c))) && is_emoji(after.get(1));
        is_invisible(*c) && !joins()
    })
}

/// Controls that turn the direction of the text after them, which makes a text read as another.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that a name to sign in with, or an address, has at most as it is typed.
const NAME: usize = 255;

/// A name to sign in with as it is kept and compared: compatibility form (NFKC) in lower case. `None`: it is too long for a name, and is
/// not folded at all, for one character may become eighteen and strangers may send as many as they like.
#[must_use]
pub fn sign_in_name(text: &str) -> Option<String> {
    let text = text.trim();
    let is_short = text.chars().nth(NAME).is_none();
    is_short.then(|| text.nfkc().collect::<String>().to_lowercase().nfkc().collect())
}

/// Whether the letters are of one script, so that none of them stands in for a letter of another (Cyrillic а for Latin a). Digits,
/// punctuation and combining marks belong to every script; Han goes with Hangul, and with the two syllabaries of Japan.
pub(crate) fn is_of_one_script(text: &str) -> bool {
    let mut scripts: Vec<Script> = Vec::new();
    for script in text.chars().map(|c| c.script()).filter(|script| !matches!(script, Script::Common | Script::Inherited)) {
        if !scripts.contains(&script) {
            scripts.push(script);
        }
    }
    let within = |allowed: &[Script]| scripts.iter().all(|script| allowed.contains(script));
    scripts.len() < 2 || within(&[Script::Han, Script::Hangul]) || within(&[Script::Han, Script::Hiragana, Script::Katakana])
}

/// Whether a character is written as a dash: hyphens, dashes, the minus sign.
fn is_dash(c: char) -> bool {
    c.general_category() == GeneralCategory::DashPunctuation || matches!(c, '\u{2212}' | '\u{2043}' | '\u{2d7}')
}

/// A business key folded for comparison: what a person reads as the same number or name is the same. Compatibility form (NFKC), without
/// case, without what cannot be seen, every dash a hyphen, runs of blanks one blank.
#[must_use]
pub fn business_key(text: &str) -> String {
    let seen = text.nfkc().filter(|c| !is_invisible(*c) && !is_variation_selector(*c));
    // by way of the upper case: ß is SS there, and a final ς the same Σ as any other
    let folded = seen.flat_map(char::to_uppercase).flat_map(char::to_lowercase).map(|c| if is_dash(c) { '-' } else { c });
    let folded: String = folded.collect::<String>().nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(KEY).collect()
}

/// What [`is_invisible`] refuses, as far as every dialect of regular expressions can say it, and control characters.
pub(crate) const UNSEEN: &str = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb";

/// What [`is_bidi_control`] refuses, as a regular expression says it, and NUL.
pub(crate) const TURNING: &str = r"\x00\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069";

/// What a name to sign in with does not hold: in a name, what chooses between two drawings of a letter is as little seen as the rest.
pub(crate) fn is_unseen(c: char) -> bool {
    is_invisible(c) || is_variation_selector(c)
}

#[cfg(test)]
mod tests {
    use super::{business_key, has_invisible, is_blank, is_of_one_script, sign_in_name};

    /// Fault F19: the same invoice number in another spelling was another one.
    #[test]
    fn spellings_of_one_key_are_one() {
        let key = business_key("INV-2026 a1");
        for same in [
            "inv-2026 A1",
            "ＩＮＶ－２０２６\u{3000}ａ１",
            "INV\u{2010}2026 a1",
            "INV\u{2013}2026  a1",
            "INV\u{2212}2026 a1",
            "IN\u{200b}V-2026 a\u{ad}1",
            "\u{feff}INV-2026\u{a0}a1\u{3164}",
        ] {
            assert_eq!(business_key(same), key, "{same}");
        }
        assert_ne!(business_key("INV2026 a1"), key, "a hyphen is part of a key");
        assert_eq!(business_key("STRASSE"), business_key("straße"));
        assert_eq!(business_key("한빛"), business_key("\u{1112}\u{1161}\u{11ab}\u{1107}\u{1175}\u{11be}"));
        assert!(business_key(&"\u{fdfa}".repeat(200)).len() < 2600);
    }

    #[test]
    fn emoji_are_joined_and_nothing_else_is() {
        for joined in ["👩\u{200d}👩\u{200d}👧", "\u{1f9d1}\u{200d}\u{1f4bb} x", "👩🏽\u{200d}🚀", "❤\u{fe0f}\u{200d}🔥", "한빛"]
        {
            assert!(!has_invisible(joined), "{joined:?}");
        }
        for not in
            ["a\u{200d}b", "👩\u{200d}", "\u{200d}👩", "1\u{200d}2", "👩\u{200d}\u{200d}👩", "👩\u{200b}👩", "👩\u{200d}a", "한\u{200d}빛"]
        {
            assert!(has_invisible(not), "{not:?}");
        }
    }

    /// Fault F21: a name that cannot be seen, or that looks like another.
    #[test]
    fn what_cannot_be_seen_is_blank_and_scripts_do_not_mix() {
        for blank in ["", " ", "\u{200b}", "\u{3164}", "\u{2800}\u{115f}", "\u{202e}", "\u{fe0f}", "\u{feff} \u{ad}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("\u{200b}a"));
        for one in ["admin", "홍길동", "洪길동", "ほしカ月", "админ", "a.b-c_1", "12345", "é\u{301}x"] {
            assert!(is_of_one_script(one), "{one}");
        }
        for mixed in ["\u{430}dmin", "hong길동", "αdmin", "админa"] {
            assert!(!is_of_one_script(mixed), "{mixed}");
        }
        assert_eq!(sign_in_name(" ＡＤＭＩＮ ").as_deref(), Some("admin"));
    }

    /// A stranger's "user name" of 870 KB took two seconds to fold.
    #[test]
    fn what_is_too_long_for_a_name_is_not_folded() {
        assert_eq!(sign_in_name(&"\u{fdfa}".repeat(290_000)), None);
        assert_eq!(sign_in_name(&"a".repeat(256)), None);
        assert_eq!(sign_in_name(&format!(" {} ", "A".repeat(255))), Some("a".repeat(255)));
    }
}
