//! Tokens under a good header and a good signature that claim what is not so.

use super::{Corpus, forger::Forger};
use serde_json::{Value, json};
use testkit::{Caller, TestApp};
use uuid::Uuid;

/// Those whose ids a forger would put in.
pub struct Others {
    /// Of the same company.
    pub colleague: Caller,
    /// Of the other company.
    pub stranger: Caller,
    pub manager: Caller,
    /// A session of the token's own user that was ended.
    pub ended: Caller,
    pub other_company: Uuid,
}

fn session(caller: &Caller) -> Value {
    super::super::part(caller.token.as_deref().unwrap(), 1)["sid"].clone()
}

/// What is no instant.
fn no_number() -> Vec<Value> {
    vec![json!(null), json!("9999999999"), json!("tomorrow"), json!(true), json!([]), json!({}), json!(1.5), json!(-1.5), json!(1e300)]
}

fn times(app: &TestApp, forger: &Forger, corpus: &mut Corpus) {
    let now = app.now().unix_seconds();
    for name in ["exp", "iat", "nbf"] {
        // `nbf` is not ours to give: null says that it is not there, and half a second is a moment
        for value in no_number().into_iter().filter(|value| name != "nbf" || !value.is_null() && *value != json!(1.5)) {
            corpus.add(format!("{name} {value}"), forger.claims_with(name, Some(value)));
        }
    }
    corpus.add("no exp", forger.claims_with("exp", None));
    corpus.add("no iat", forger.claims_with("iat", None));
    #[expect(clippy::cast_precision_loss, reason = "a number with a point is what is tried")]
    let half = now as f64 + 600.5;
    for exp in [
        json!(half),
        json!(now),
        json!(now - 1),
        json!(now - 86_400),
        json!(0),
        json!(-1),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
    ] {
        corpus.add(format!("exp {exp}"), forger.claims_with("exp", Some(exp)));
    }
    for later in [60, 3_600, 86_400, 100 * 365 * 86_400] {
        // an hour is what acting as somebody else may last
        let exp = forger.claims["iat"].as_i64().unwrap() + 3_600 + later;
        corpus.add(format!("a life {later} s longer than we give"), forger.claims_with("exp", Some(json!(exp))));
        corpus.add(format!("nbf in {later} s"), forger.claims_with("nbf", Some(json!(now + later))));
    }
    for iat in [json!(now + 3_600), json!(now + 62), json!(i64::MAX), json!(u64::MAX), json!(i64::MIN), json!(-1), json!(0)] {
        corpus.add(format!("iat {iat}"), forger.claims_with("iat", Some(iat)));
    }
    for nbf in [json!(i64::MAX), json!(u64::MAX), json!(-1)] {
        corpus.add(format!("nbf {nbf}"), forger.claims_with("nbf", Some(nbf)));
    }
}

fn places(forger: &Forger, others: &Others, corpus: &mut Corpus) {
    let issuer = forger.claims["iss"].as_str().unwrap();
    let wrong_iss = [
        json!(null),
        json!(""),
        json!("http://evil.example"),
        json!([issuer]),
        json!([issuer, "http://evil.example"]),
        json!(format!("{issuer}/")),
        json!(format!("{issuer}.evil.example")),
        json!(issuer.to_uppercase()),
        json!(1),
        json!({}),
    ];
    let wrong_aud =
        [json!(null), json!(""), json!("CXG"), json!("cxg "), json!("other"), json!(["cxg"]), json!(["cxg", "other"]), json!([]), json!(1)];
    let wrong_realm = [
        json!("manager"),
        json!("MANAGER"),
        json!("TENANT"),
        json!("Tenant"),
        json!(""),
        json!(null),
        json!(1),
        json!(["tenant"]),
        json!("platform"),
        json!("*"),
    ];
    let nil = json!(Uuid::nil());
    let wrong_tid = [
        json!(others.other_company),
        json!(null),
        nil.clone(),
        json!(Uuid::max()),
        json!(Uuid::now_v7()),
        json!("alpha"),
        json!(""),
        json!("*"),
        json!(1),
        json!([forger.claims["tid"]]),
    ];
    let wrong_sub = [
        json!(others.colleague.id()),
        json!(others.stranger.id()),
        json!(others.manager.id()),
        nil.clone(),
        json!(Uuid::now_v7()),
        json!("boss"),
        json!(""),
        json!("' OR 1=1 --"),
        json!(null),
        json!(1),
        json!([forger.claims["sub"]]),
    ];
    let wrong_sid = [
        session(&others.colleague),
        session(&others.stranger),
        session(&others.manager),
        session(&others.ended),
        nil,
        json!(Uuid::now_v7()),
        forger.claims["sub"].clone(),
        json!("%"),
        json!(""),
        json!(null),
        json!(1),
    ];
    let wrong_jti = [json!(null), json!(""), json!("x"), json!(1)];
    for (name, values) in [
        ("iss", wrong_iss.as_slice()),
        ("aud", &wrong_aud),
        ("realm", &wrong_realm),
        ("tid", &wrong_tid),
        ("sub", &wrong_sub),
        ("sid", &wrong_sid),
        ("jti", &wrong_jti),
    ] {
        corpus.add(format!("no {name}"), forger.claims_with(name, None));
        for value in values {
            corpus.add(format!("{name} {value}"), forger.claims_with(name, Some(value.clone())));
        }
    }
}

/// Claims of a whole other person, with one thing kept.
fn mixtures(forger: &Forger, others: &Others, corpus: &mut Corpus) {
    let head = forger.head.to_string();
    let of = |caller: &Caller| super::super::part(caller.token.as_deref().unwrap(), 1);
    let mut add = |name: &str, claims: &Value| corpus.add(name.to_owned(), forger.sign(&head, &claims.to_string()));
    let with = |mut claims: Value, more: &[(&str, Value)]| {
        for (name, value) in more {
            claims[*name] = value.clone();
        }
        claims
    };
    let (own, manager, stranger) = (&forger.claims, of(&others.manager), of(&others.stranger));
    add("a manager with a company", &with(manager.clone(), &[("tid", own["tid"].clone())]));
    add("a manager as a company's", &with(manager.clone(), &[("realm", json!("tenant"))]));
    add("a manager as this company's", &with(manager.clone(), &[("realm", json!("tenant")), ("tid", own["tid"].clone())]));
    add("a manager in somebody's session", &with(manager.clone(), &[("sid", own["sid"].clone())]));
    add("somebody in a manager's session", &with(own.clone(), &[("sid", manager["sid"].clone()), ("sub", manager["sub"].clone())]));
    add("the other company's in this one", &with(stranger.clone(), &[("tid", own["tid"].clone())]));
    add("this one's in the other", &with(own.clone(), &[("tid", stranger["tid"].clone())]));
    add("the other company's user in one's own session", &with(stranger, &[("sid", own["sid"].clone())]));
    let mut bare = own.clone();
    bare["realm"] = json!("manager");
    bare.as_object_mut().unwrap().remove("tid");
    add("somebody as a manager", &bare);
}

fn texts(forger: &Forger, others: &Others, corpus: &mut Corpus) {
    let (head, whole) = (forger.head.to_string(), forger.claims.to_string());
    let inner = whole.trim_start_matches('{').trim_end_matches('}');
    let twice = [
        format!(r#""sub":"{}""#, others.colleague.id()),
        format!(r#""\u0073ub":"{}""#, others.colleague.id()),
        format!(r#""sid":{}"#, session(&others.colleague)),
        format!(r#""tid":"{}""#, others.other_company),
        r#""tid":null"#.to_owned(),
        r#""realm":"manager""#.to_owned(),
        r#""exp":9999999999"#.to_owned(),
        r#""\u0065xp":9999999999"#.to_owned(),
        r#""iss":"http://evil.example""#.to_owned(),
        r#""aud":"cxg""#.to_owned(),
        r#""aud":["cxg"]"#.to_owned(),
        r#""iat":0"#.to_owned(),
    ];
    for field in twice {
        corpus.add(format!("{field} before"), forger.sign(&head, &format!("{{{field},{inner}}}")));
        corpus.add(format!("{field} behind"), forger.sign(&head, &format!("{{{inner},{field}}}")));
    }
    let deep = "[".repeat(1_500);
    for claims in [
        "",
        "{}",
        "[]",
        "null",
        "1",
        "\"me\"",
        "{",
        &whole[..whole.len() - 1],
        &format!("{whole}{whole}"),
        &format!("\u{feff}{whole}"),
        &deep,
        &format!("[{whole}]"),
        "\0",
    ] {
        corpus.add(format!("the claims {}", claims.chars().take(20).collect::<String>()), forger.sign(&head, claims));
    }
    // no Unicode at all
    let message = format!("{}.{}", super::forger::encode(&head), super::forger::encode([0xff, 0xfe, 0x7b, 0x7d]));
    corpus.add("claims that are no text", format!("{message}.{}", forger.good().rsplit_once('.').unwrap().1));
}

pub fn collect(app: &TestApp, forger: &Forger, others: &Others, corpus: &mut Corpus) {
    times(app, forger, corpus);
    places(forger, others, corpus);
    mixtures(forger, others, corpus);
    texts(forger, others, corpus);
}
