//! A good token out of shape, and what is a credential elsewhere.

use super::{
    Corpus,
    forger::{Forger, encode},
};
use serde_json::json;

pub fn collect(forger: &Forger, corpus: &mut Corpus) {
    let good = forger.good();
    let [head, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    for at in (0..good.len()).step_by(good.len() / 16).chain([head.len(), head.len() + 1, good.len() - signature.len(), good.len() - 1]) {
        corpus.add(format!("cut off at {at}"), good[..at].to_owned());
    }
    for parts in [
        vec!["", claims, signature],
        vec![head, "", signature],
        vec![head, claims, ""],
        vec![head, claims],
        vec![head],
        vec![head, signature],
        vec!["", "", ""],
        vec![""; 5],
        vec![claims, head, signature],
        vec![head, claims, signature, ""],
        vec!["", head, claims, signature],
        vec![head, claims, signature, signature],
        vec![head, "", claims, signature],
        vec![head, claims, "", signature],
        vec![head, "a2V5", "aXY", claims, signature],
    ] {
        corpus.add(format!("{} parts", parts.len()), parts.join("."));
    }
    // one bit of the signature, all along it; the last character has bits that nobody reads
    let turned = |text: &str, at: usize, to: char| text.char_indices().map(|(i, c)| if i == at { to } else { c }).collect::<String>();
    for at in (0..signature.len()).step_by(9).chain([signature.len() - 1]) {
        let to = if signature.as_bytes()[at] == b'A' { 'B' } else { 'A' };
        corpus.add(format!("the signature bent at {at}"), format!("{head}.{claims}.{}", turned(signature, at, to)));
    }
    for last in ('A'..='Z').chain('a'..='z').filter(|last| !signature.ends_with(*last)).step_by(5) {
        corpus.add(format!("the signature ends in {last}"), format!("{head}.{claims}.{}", turned(signature, signature.len() - 1, last)));
    }
    for (name, signature) in [
        ("zeros", encode([0; 64])),
        ("ones", encode([0xff; 64])),
        ("half of it", encode([1; 32])),
        ("two of it", format!("{signature}{signature}")),
    ] {
        corpus.add(format!("a signature of {name}"), format!("{head}.{claims}.{signature}"));
    }
    for pad in ["=", "==", "A", "AAAA", " ", "\t", "%20", "+", "/", "-", ".", "~", "\"", "#", "?x=1"] {
        corpus.add(format!("{pad:?} behind the header"), format!("{head}{pad}.{claims}.{signature}"));
        corpus.add(format!("{pad:?} behind the claims"), format!("{head}.{claims}{pad}.{signature}"));
        if !pad.trim().is_empty() {
            corpus.add(format!("{pad:?} at the end"), format!("{good}{pad}"));
            corpus.add(format!("{pad:?} at the beginning"), format!("{pad}{good}"));
        }
    }
    for (name, token) in [
        ("upper case", good.to_uppercase()),
        ("lower case", good.to_lowercase()),
        ("backwards", good.chars().rev().collect()),
        ("twice", format!("{good}{good}")),
        ("twice with a comma", format!("{good},{good}")),
        ("twice with a space", format!("{good} {good}")),
        ("twice with a dot", format!("{good}.{good}")),
        ("in quotes", format!("\"{good}\"")),
        ("in brackets", format!("<{good}>")),
        ("with its scheme again", format!("Bearer {good}")),
        ("percent", good.replace('.', "%2E")),
        ("full stops of elsewhere", good.replace('.', "。")),
        ("encoded once more", encode(&good)),
        ("flat JSON", json!({"protected": head, "payload": claims, "signature": signature}).to_string()),
        (
            "general JSON",
            json!({"payload": claims, "signatures": [{"protected": head, "signature": signature}, {"protected": head, "signature": ""}]})
                .to_string(),
        ),
        ("100 KB", "x".repeat(100_000)),
        ("a good one with 100 KB behind", format!("{good}{}", "x".repeat(100_000))),
        ("100 KB of dots", ".".repeat(100_000)),
        ("a long third part", format!("{head}.{claims}.{}", "A".repeat(50_000))),
        ("words", "nonsense".to_owned()),
        ("Korean", "열쇠.열쇠.열쇠".to_owned()),
        ("a word with a dot", "null.null.null".to_owned()),
        ("undefined", "undefined".to_owned()),
        ("an address", "https://evil.example".to_owned()),
    ] {
        corpus.add(name.to_owned(), token);
    }
}
