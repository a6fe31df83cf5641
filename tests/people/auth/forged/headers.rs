//! Tokens that are wrong in their header.

use super::{
    Corpus,
    forger::{Forger, encode, new_pair},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{hmac, signature::KeyPair as _};
use serde_json::{Value, json};

/// What others take for an algorithm.
fn algorithms() -> Vec<Value> {
    let words = [
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        " none",
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS512",
        "PS256",
        "ES256",
        "ES256K",
        "eddsa",
        "EDDSA",
        "EdDSA ",
        "Ed25519",
        "Ed448",
        "dir",
        "A128GCMKW",
    ];
    words
        .into_iter()
        .map(|word| json!(word))
        .chain([json!(null), json!(1), json!(true), json!(["EdDSA"]), json!({"alg": "EdDSA"})])
        .collect()
}

/// Signed symmetrically by what everybody can read, in every form it is read in.
fn by_the_public_half(forger: &Forger, alg: &str, kind: hmac::Algorithm, corpus: &mut Corpus) {
    let public = forger.public();
    let spki = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00], public].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&spki));
    let x = URL_SAFE_NO_PAD.encode(public);
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": forger.kid, "x": x}).to_string();
    let mut head = forger.head.clone();
    head["alg"] = json!(alg);
    let message = format!("{}.{}", encode(head.to_string()), encode(forger.claims.to_string()));
    for key in [public, &spki, pem.as_bytes(), pem.trim().as_bytes(), x.as_bytes(), jwk.as_bytes(), b""] {
        let tag = hmac::sign(&hmac::Key::new(kind, key), message.as_bytes());
        corpus.add(format!("{alg} by the public half"), format!("{message}.{}", encode(tag.as_ref())));
    }
}

pub fn collect(forger: &Forger, corpus: &mut Corpus) {
    for alg in algorithms() {
        let token = forger.head_with("alg", Some(alg.clone()));
        let (message, _) = token.rsplit_once('.').unwrap();
        corpus.add(format!("alg {alg}, unsigned"), format!("{message}."));
        corpus.add(format!("alg {alg}"), token);
    }
    corpus.add("no alg", forger.head_with("alg", None));
    by_the_public_half(forger, "HS256", hmac::HMAC_SHA256, corpus);
    by_the_public_half(forger, "HS384", hmac::HMAC_SHA384, corpus);
    by_the_public_half(forger, "HS512", hmac::HMAC_SHA512, corpus);

    let stranger = new_pair();
    let sign = |head: &Value| {
        let message = format!("{}.{}", encode(head.to_string()), encode(forger.claims.to_string()));
        format!("{message}.{}", encode(stranger.sign(message.as_bytes()).as_ref()))
    };
    let x = URL_SAFE_NO_PAD.encode(stranger.public_key().as_ref());
    corpus.add("a stranger's signature", sign(&forger.head));
    let mut head = forger.head.clone();
    head["jwk"] = json!({"kty": "OKP", "crv": "Ed25519", "x": x});
    corpus.add("a stranger's signature and key", sign(&head));
    head.as_object_mut().unwrap().remove("kid");
    corpus.add("a stranger's key instead of a name", sign(&head));

    for typ in ["JWT", "jwt", "", "AT+JWT", "at+jwt ", "application/at+jwt", "refresh", "rt+jwt", "id+jwt", "logout+jwt", "secevent+jwt"] {
        corpus.add(format!("typ {typ:?}"), forger.head_with("typ", Some(json!(typ))));
    }
    for typ in [json!(null), json!(1), json!([]), json!({"typ": "at+jwt"})] {
        corpus.add(format!("typ {typ}"), forger.head_with("typ", Some(typ)));
    }
    corpus.add("no typ", forger.head_with("typ", None));

    let long = "k".repeat(10_000);
    let kid = &forger.kid;
    let (upper, dashed) = (kid.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A"), format!("{}-{}", &kid[..8], &kid[8..]));
    let names = [
        "",
        " ",
        "..",
        "../",
        "../../../../etc/passwd",
        "..\\..\\windows",
        "/dev/null",
        "file:///dev/null",
        "https://evil.example/jwks.json",
        "' OR '1'='1",
        "x' UNION SELECT 'a' --",
        "'; DROP TABLE idam_signing_keys; --",
        "%00",
        "\0",
        "$(id)",
        "`id`",
        "{{7*7}}",
        "*",
        "_",
        "0",
        "00000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffff",
        "열쇠",
        &upper,
        &dashed,
        &long,
    ];
    for name in names {
        corpus.add(format!("kid {}", name.chars().take(30).collect::<String>()), forger.head_with("kid", Some(json!(name))));
    }
    for name in [json!(null), json!(0), json!(true), json!([kid]), json!({"kid": kid})] {
        corpus.add(format!("kid {name}"), forger.head_with("kid", Some(name)));
    }
    corpus.add("no kid", forger.head_with("kid", None));

    let url = "https://evil.example/keys";
    let more = [
        ("jku", json!(url)),
        ("x5u", json!(url)),
        ("jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": x})),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
        ("crit", json!(["exp"])),
        ("crit", json!(["b64"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("enc", json!("A256GCM")),
        ("epk", json!({})),
        ("p2c", json!(2_000_000_000)),
        ("made_up", json!(1)),
    ];
    for (field, value) in more {
        corpus.add(format!("a header with {field}"), forger.head_with(field, Some(value)));
    }

    let whole = forger.head.to_string();
    let inner = whole.trim_start_matches('{').trim_end_matches('}');
    let claims = forger.claims.to_string();
    for twice in
        [r#""alg":"none""#, r#""typ":"JWT""#, r#""kid":"other""#, r#""\u0061lg":"none""#, r#""\u006bid":"other""#, r#""alg":"EdDSA""#]
    {
        corpus.add(format!("{twice} before"), forger.sign(&format!("{{{twice},{inner}}}"), &claims));
        corpus.add(format!("{twice} behind"), forger.sign(&format!("{{{inner},{twice}}}"), &claims));
    }
    let deep = "[".repeat(2_000);
    for head in [
        "",
        "{}",
        "[]",
        "null",
        "1",
        "\"EdDSA\"",
        "{",
        &whole[..whole.len() - 1],
        &format!("{whole}{whole}"),
        &format!("\u{feff}{whole}"),
        &deep,
        &format!("[{whole}]"),
    ] {
        corpus.add(format!("the header {}", head.chars().take(20).collect::<String>()), forger.sign(head, &claims));
    }
}
