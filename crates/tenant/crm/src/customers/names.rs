//! Names of businesses as people mean them: without their legal form, without blanks, and how near two are.

use std::hash::{DefaultHasher, Hash, Hasher};
use unicode_normalization::UnicodeNormalization;

/// Legal forms as they stand inside a Korean name.
const FORMS: [&str; 12] =
    ["주식회사", "유한책임회사", "유한회사", "합자회사", "합명회사", "재단법인", "사단법인", "(주)", "(유)", "(재)", "(사)", "(합)"];
/// Legal forms as words of an English name.
const WORDS: [&str; 14] =
    ["inc", "incorporated", "co", "company", "ltd", "limited", "corp", "corporation", "llc", "llp", "plc", "gmbh", "ag", "pte"];

/// The name without legal form, blanks and punctuation, in lower case; the name itself where nothing else is left.
#[must_use]
pub fn plain_name(name: &str) -> String {
    // ㈜ becomes (주), full width becomes half
    let mut text: String = name.nfkc().collect::<String>().to_lowercase();
    for form in FORMS {
        text = text.replace(form, " ");
    }
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !WORDS.contains(word));
    let short: String = words.collect();
    if short.is_empty() { text.chars().filter(|c| c.is_alphanumeric()).collect() } else { short }
}

/// How many letters two names may differ in and still be taken for one; short names differ by one syllable for good.
fn tolerance(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=9 => 1,
        _ => 2,
    }
}

/// How many letters two plain names differ in, if they may be one. Other digits are another branch.
pub(super) fn difference(one: &[char], other: &[char]) -> Option<usize> {
    let most = tolerance(one.len().min(other.len()));
    if one.is_empty() || one.len().abs_diff(other.len()) > most {
        return None;
    }
    let digits = |name: &[char]| name.iter().copied().filter(char::is_ascii_digit).collect::<Vec<_>>();
    let distance = edits(one, other);
    (distance <= most && (distance == 0 || digits(one) == digits(other))).then_some(distance)
}

/// Insertions, deletions and replacements from one to the other, where they are at most two; more otherwise. Only what lies as near to the
/// diagonal is looked at: two names of two hundred letters cost a thousand steps, not forty thousand.
fn edits(one: &[char], other: &[char]) -> usize {
    const WIDE: usize = 2;
    const MORE: usize = WIDE + 1;
    if one.len().abs_diff(other.len()) > WIDE {
        return MORE;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let (from, to) = (i.saturating_sub(WIDE), (i + WIDE + 1).min(other.len()));
        let mut before = row[from];
        row[from] = if from == 0 { i + 1 } else { MORE };
        for (j, b) in other.iter().enumerate().take(to).skip(from) {
            // the last of the row above lies outside of what was looked at there
            let above = if j + 1 == i + WIDE + 1 { MORE } else { row[j + 1] };
            row[j + 1] = (before + usize::from(a != b)).min(above + 1).min(row[j] + 1);
            before = above;
        }
    }
    row[other.len()].min(MORE)
}

/// The blocking keys of a name: itself with up to `tolerance` letters left out. Two names that differ in no more than
/// that have one of them in common, so nothing is missed, and only names with a common key are compared. Where there are
/// too many names for it, one letter less must do.
pub(super) fn keys(name: &[char], many: bool) -> Vec<u64> {
    // beyond twenty letters the pairs of letters to leave out are too many; there one must do
    let deep = tolerance(name.len()) == 2 && name.len() <= 20 && !many;
    let hash = |skip: [Option<usize>; 2]| {
        let mut hasher = DefaultHasher::new();
        for (_, letter) in name.iter().enumerate().filter(|(at, _)| !skip.contains(&Some(*at))) {
            letter.hash(&mut hasher);
        }
        hasher.finish()
    };
    let mut keys = vec![hash([None, None])];
    if tolerance(name.len() + 1) == 0 {
        return keys;
    }
    for i in 0..name.len() {
        keys.push(hash([Some(i), None]));
        if deep {
            keys.extend((i + 1..name.len()).map(|j| hash([Some(i), Some(j)])));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Rows that share a key, each pair once. A key that very many share pairs each of them with the first only: that is
/// one finding, not a million; and a million pairs are more than anybody looks through.
pub(super) fn pairs<K: Ord>(keyed: impl IntoIterator<Item = (K, u32)>) -> Vec<(u32, u32)> {
    const CROWD: usize = 30;
    const MOST: usize = 1_000_000;
    let mut keyed: Vec<(K, u32)> = keyed.into_iter().collect();
    keyed.sort_unstable();
    let mut found = Vec::new();
    for rows in keyed.chunk_by(|one, other| one.0 == other.0) {
        let firsts = if rows.len() > CROWD { 1 } else { rows.len() };
        for (at, (_, one)) in rows.iter().take(firsts).enumerate() {
            found.extend(rows.iter().skip(at + 1).map(|(_, other)| (*one.min(other), *one.max(other))));
        }
        if found.len() >= MOST {
            break;
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::{difference, edits, keys, pairs, plain_name};

    fn letters(name: &str) -> Vec<char> {
        plain_name(name).chars().collect()
    }

    #[test]
    fn the_legal_form_says_nothing() {
        for name in
            ["(주)한빛전자", "㈜ 한빛전자", "주식회사 한빛전자", "한빛전자 주식회사", "한빛 전자(주)", "한빛-전자", "유한회사 한빛전자"]
        {
            assert_eq!(plain_name(name), "한빛전자", "{name}");
        }
        assert_eq!(plain_name("Hanbit Electronics Co., Ltd."), plain_name("HANBIT electronics, Inc."));
        assert_eq!(plain_name("Co"), "co");
    }

    #[test]
    fn names_are_near_by_their_length() {
        let near = |one: &str, other: &str| difference(&letters(one), &letters(other));
        assert_eq!(near("대한정밀공업", "대한정밀공엽"), Some(1));
        assert_eq!(near("한빛", "한별"), None);
        assert_eq!(near("서울물산 1공장", "서울물산 2공장"), None);
        assert_eq!(near("Hanbit Electronics", "Hanbitt Electornics"), None);
        assert_eq!(near("Hanbit Electronics", "Hanbyt Electronic"), Some(2));
    }

    /// The whole table, as a book has it.
    fn edits_of_all(one: &[char], other: &[char]) -> usize {
        match (one, other) {
            ([], rest) | (rest, []) => rest.len(),
            ([a, one_rest @ ..], [b, other_rest @ ..]) => {
                let replaced = edits_of_all(one_rest, other_rest) + usize::from(a != b);
                replaced.min(edits_of_all(one_rest, other) + 1).min(edits_of_all(one, other_rest) + 1)
            }
        }
    }

    #[test]
    fn near_the_diagonal_is_all_that_matters() {
        let words: Vec<Vec<char>> = (1..=6_u32)
            .flat_map(|len| (0..1 << len).map(move |n| (0..len).map(|i| if n >> i & 1 == 0 { 'a' } else { 'b' }).collect()))
            .collect();
        for one in words.iter().step_by(3) {
            for other in &words {
                assert_eq!(edits(one, other), edits_of_all(one, other).min(3), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn whoever_is_near_shares_a_key() {
        for (one, other) in [
            ("대한정밀공업", "대한정밀공엽"),
            ("Hanbit Electronics", "Hanbyt Electronic"),
            ("한빛전자", "한빛전자산"),
            ("abcdefghi", "abcdefghij"),
        ] {
            let (one, other) = (letters(one), letters(other));
            assert!(difference(&one, &other).is_some());
            let theirs = keys(&other, false);
            assert!(keys(&one, false).iter().any(|key| theirs.contains(key)), "{one:?} {other:?}");
        }
    }

    #[test]
    fn ten_thousand_are_compared_without_looking_at_fifty_million_pairs() {
        let syllables: Vec<char> = "가나다라마바사아자차카타파하한빛서울대정밀공업산전기계물류".chars().collect();
        let name = |n: usize| -> Vec<char> { (0..6).map(|place| syllables[(n / 29_usize.pow(place)) % 29 * 7 % 29]).collect() };
        let names: Vec<Vec<char>> = (0..10_000).map(|n| name(n * 7919)).collect();
        let keyed = names.iter().zip(0_u32..).flat_map(|(name, row)| keys(name, false).into_iter().map(move |key| (key, row)));
        let candidates = pairs(keyed);
        assert!(candidates.len() < 1_000_000, "{} pairs to look at", candidates.len());
    }

    #[test]
    fn a_crowd_is_one_finding() {
        assert_eq!(pairs((0..1000).map(|row| ("same", row))).len(), 999);
        assert_eq!(pairs([("a", 1), ("b", 1), ("a", 2), ("b", 2)]), [(1, 2)]);
    }
}
