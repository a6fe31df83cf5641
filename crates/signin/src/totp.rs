//! Codes of six digits that an app and we compute from the same secret (RFC 6238: SHA-1, 30
//! seconds, one step either way), and recovery codes for who has lost the app.

use kernel::{Error, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest::{SHA256, digest};
use store::random_bytes;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use uuid::Uuid;

/// Bytes of a secret: what RFC 4226 recommends.
pub(crate) const SECRET: usize = 20;
/// Recovery codes somebody has at once.
pub(crate) const RECOVERY_CODES: usize = 10;
const ISSUER: &str = "CXG";
/// 32 letters that are not mistaken for one another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

fn app(secret: &[u8]) -> Result<Totp> {
    let app = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1).with_step_duration(30);
    app.with_secret(secret.to_vec()).build().map_err(Error::internal)
}

/// The secret as people type it into an app.
pub(crate) fn secret_text(secret: &[u8]) -> String {
    Secret::from(secret).to_base32()
}

/// What a QR code for the app says.
pub(crate) fn url(secret: &[u8], account: &str) -> String {
    let account = utf8_percent_encode(account, NON_ALPHANUMERIC);
    format!("otpauth://totp/{ISSUER}:{account}?secret={}&issuer={ISSUER}&algorithm=SHA1&digits=6&period=30", secret_text(secret))
}

/// The step a code is of, if it is one of now.
pub(crate) fn step(secret: &[u8], code: &str, unix_seconds: i64) -> Result<Option<i64>> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let now = u64::try_from(unix_seconds).map_err(Error::internal)?;
    app(secret)?.check(&code, now).map(i64::try_from).transpose().map_err(Error::internal)
}

/// A new set of recovery codes, 80 bits each: `ABCD-EFGH-JKLM-NPQR`.
pub(crate) fn recovery_codes() -> Result<Vec<String>> {
    let code = || -> Result<String> {
        let mut text = String::new();
        for (i, byte) in random_bytes::<16>()?.into_iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(LETTERS[usize::from(byte % 32)]));
        }
        Ok(text)
    };
    (0..RECOVERY_CODES).map(|_| code()).collect()
}

/// What is stored of a recovery code, however it is typed. Nobody guesses 80 bits, so no key is
/// needed, and the codes outlive an exchange of keys.
pub(crate) fn recovery_hash(user: Uuid, code: &str) -> Vec<u8> {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    digest(&SHA256, &[b"recovery|", user.as_bytes().as_slice(), code.as_bytes()].concat()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{recovery_codes, recovery_hash, step, url};
    use uuid::Uuid;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six digits
        let secret = b"12345678901234567890";
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")] {
            assert_eq!(step(secret, code, time).unwrap(), Some(time / 30));
            assert_eq!(step(secret, code, time + 30).unwrap(), Some(time / 30), "one step late");
            assert_eq!(step(secret, code, time - 30).unwrap(), Some(time / 30), "one step early");
            assert_eq!(step(secret, code, time + 61).unwrap(), None);
        }
        assert_eq!(step(secret, "279037", 2_000_000_000 - 61).unwrap(), None);
        assert_eq!(step(secret, "287 082", 59).unwrap(), Some(1));
        for bad in ["", "28708", "2870821", "abcdef", "２８７０８２", "-87082", "+87082"] {
            assert_eq!(step(secret, bad, 59).unwrap(), None, "{bad}");
        }
        assert!(url(secret, "a b@c").starts_with("otpauth://totp/CXG:a%20b%40c?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"));
    }

    #[test]
    fn a_recovery_code_is_known_however_it_is_typed() {
        let user = Uuid::now_v7();
        let codes = recovery_codes().unwrap();
        assert_eq!(codes.len(), 10);
        let code = &codes[0];
        assert_eq!(recovery_hash(user, code), recovery_hash(user, &code.to_lowercase().replace('-', " ")));
        assert_ne!(recovery_hash(user, code), recovery_hash(user, &codes[1]));
        assert_ne!(recovery_hash(user, code), recovery_hash(Uuid::now_v7(), code));
    }
}
