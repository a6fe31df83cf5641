//! Devices that signed in before: a cookie that names the account and cannot be made up.
//!
//! It opens nothing. It only lets its owner be counted apart from strangers, see [`crate::throttle`].

use actix_web::{HttpRequest, http::header};
use auth::Platform;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Realm, Result};
use ring::hmac;
use store::{Context, random_bytes};
use uuid::Uuid;

const COOKIE: &str = "cxg_device";
/// Seconds the browser keeps it.
const YEAR: u32 = 365 * 24 * 60 * 60;

fn tagged(realm: Realm, tenant: Option<Uuid>, body: &[u8]) -> Vec<u8> {
    [b"device|", realm.as_str().as_bytes(), b"|", tenant.unwrap_or_default().as_bytes(), body].concat()
}

/// The `Set-Cookie` for somebody who has just signed in. `number`: the one the device has already.
pub(crate) fn cookie(
    key: &hmac::Key,
    realm: Realm,
    tenant: Option<Uuid>,
    user: Uuid,
    number: Option<[u8; 16]>,
    secure: bool,
) -> Result<String> {
    let number = match number {
        Some(number) => number,
        None => random_bytes()?,
    };
    let body = [user.as_bytes().as_slice(), &number].concat();
    let tag = hmac::sign(key, &tagged(realm, tenant, &body));
    let text = URL_SAFE_NO_PAD.encode([&body, tag.as_ref()].concat());
    let secure = if secure { "; Secure" } else { "" };
    Ok(format!("{COOKIE}={text}; HttpOnly; SameSite=Strict; Path=/api; Max-Age={YEAR}{secure}"))
}

/// The cookie a request brings, whatever it is worth.
pub(crate) fn brought(request: &HttpRequest) -> Option<String> {
    let cookies = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

/// The number of the device a cookie names, where it signed in to this very account before.
pub(crate) fn known(platform: &Platform, cx: &Context, user: Uuid, cookie: &str) -> Option<[u8; 16]> {
    platform.master_key().tokens.all().iter().find_map(|key| number(key, cx.realm, cx.tenant, user, cookie))
}

fn number(key: &hmac::Key, realm: Realm, tenant: Option<Uuid>, user: Uuid, text: &str) -> Option<[u8; 16]> {
    let bytes = URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() < 200)?).ok()?;
    let (body, tag) = bytes.split_at_checked(32)?;
    hmac::verify(key, &tagged(realm, tenant, body), tag).ok()?;
    let (owner, number) = body.split_at_checked(16)?;
    (owner == user.as_bytes()).then(|| number.try_into().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{cookie, number};
    use kernel::Realm;
    use ring::hmac;
    use uuid::Uuid;

    #[test]
    fn a_device_is_known_to_its_own_account_only() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"key");
        let (tenant, user) = (Some(Uuid::now_v7()), Uuid::now_v7());
        let made = cookie(&key, Realm::Tenant, tenant, user, None, true).unwrap();
        let text = made.split_once(';').unwrap().0.trim_start_matches("cxg_device=");
        let known = number(&key, Realm::Tenant, tenant, user, text);
        assert!(known.is_some());
        assert_eq!(number(&key, Realm::Tenant, tenant, Uuid::now_v7(), text), None);
        assert_eq!(number(&key, Realm::Tenant, Some(Uuid::now_v7()), user, text), None);
        assert_eq!(number(&key, Realm::Manager, None, user, text), None);
        let other = hmac::Key::new(hmac::HMAC_SHA256, b"other");
        assert_eq!(number(&other, Realm::Tenant, tenant, user, text), None);
        for bad in ["", "!!", &text[..20], &"A".repeat(5000)] {
            assert_eq!(number(&key, Realm::Tenant, tenant, user, bad), None);
        }
        let again = cookie(&key, Realm::Tenant, tenant, user, known, true).unwrap();
        assert_eq!(again, made);
        assert!(made.ends_with("; HttpOnly; SameSite=Strict; Path=/api; Max-Age=31536000; Secure"), "{made}");
    }
}
