use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use envelope::Heavy;
use kernel::{Error, Result, boxed};
use paperclip::v2::{
    models::{DataType, DefaultSchemaRaw},
    schema::Apiv2Schema,
};
use serde::Deserialize;
use std::{fmt, sync::LazyLock, time::Duration};

/// Guesses below which a password counts as a common one (10^this).
const COMMON: f64 = 4.0;
/// Characters that are looked at for that: the work grows with a high power of them, and what is not common by then is not common.
const LOOKED_AT: usize = 24;

/// A password as typed. Never shown, never logged.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Apiv2Schema for Password {
    fn raw_schema() -> DefaultSchemaRaw {
        kernel::schema::with_keywords(
            DataType::String,
            &serde_json::json!({"format": "password", "minLength": 1, "maxLength": 128}),
            "correct horse battery".into(),
        )
    }
}

impl Password {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The rules for a new password, on every face: 8 to 128 characters, not a common one, not the user's or
    /// company's own name (of an address the part before the `@`). No composition rules.
    #[boxed(?Send)]
    pub async fn acceptable(&self, field: &str, names: &[&str]) -> Result<()> {
        if !self.is_long_enough() {
            return Err(Error::field(field, "length", "비밀번호는 8자 이상 128자 이하여야 합니다.", "must have 8 to 128 characters"));
        }
        let lower = self.0.to_lowercase();
        let mut own = names.iter().map(|name| name.split('@').next().unwrap_or(name));
        if own.any(|name| name.chars().count() >= 3 && lower.contains(&name.to_lowercase())) {
            return Err(Error::field(
                field,
                "contains_name",
                "비밀번호에 아이디나 회사 이름을 포함할 수 없습니다.",
                "must not contain the user name or the company name",
            ));
        }
        let start: String = self.0.chars().take(LOOKED_AT).collect();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        if STRENGTH.run(move || is_common(&start, &names)).await? {
            return Err(Error::field(
                field,
                "common_password",
                "너무 흔한 비밀번호입니다. 추측하기 어려운 비밀번호를 입력하세요.",
                "is too common: choose one that is harder to guess",
            ));
        }
        Ok(())
    }

    /// Whether it has so many characters as every password needs.
    fn is_long_enough(&self) -> bool {
        (8..=128).contains(&self.0.chars().count())
    }

    /// Argon2id with the parameters of OWASP (19 MiB, two passes, one lane).
    #[boxed(?Send)]
    pub async fn hash(&self) -> Result<String> {
        let text = self.0.clone();
        CORES.run(move || Argon2::default().hash_password(text.as_bytes()).map(|hash| hash.to_string()).map_err(Error::internal)).await?
    }

    /// Whether it fits; without a hash (unknown user) it takes the same time and does not.
    #[boxed(?Send)]
    pub async fn fits(&self, hash: Option<String>) -> Result<bool> {
        let text = self.0.clone();
        CORES
            .run(move || {
                let known = hash.is_some();
                let hash = hash.unwrap_or_else(|| NOBODY.clone());
                let (hash, typed) = match hash.strip_prefix(WRAPPED) {
                    Some(inner) => (inner, sha256_hex(&text)),
                    None => (hash.as_str(), text),
                };
                let fits = PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(typed.as_bytes(), &hash).is_ok());
                known && fits
            })
            .await
    }
}

/// Before the argon2id hash of what the small ERP kept, which was the SHA-256 of the password in
/// hex: its users come over without their passwords being known.
const WRAPPED: &str = "sha256+";
/// How a hash of today begins.
const TODAY: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// Whether a hash is to be made anew as soon as the password is known.
pub(crate) fn is_outdated(hash: &str) -> bool {
    !hash.starts_with(TODAY)
}

fn sha256_hex(text: &str) -> String {
    use std::fmt::Write as _;
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

impl Password {
    /// The hash to import for a user of the small ERP, from the hex text it kept.
    #[boxed(?Send)]
    pub async fn wrap_sha256(hex: &str) -> Result<String> {
        Ok(format!("{WRAPPED}{}", Self::new(hex.trim().to_lowercase()).hash().await?))
    }
}

/// What the password of somebody unknown is compared with.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| Argon2::default().hash_password(b"nobody has this password").map(|hash| hash.to_string()).unwrap_or_default());

/// One hash per core at a time: each takes 19 MiB, and a flood of sign-ins must take neither
/// the memory nor the threads that others need.
static CORES: LazyLock<Heavy> = LazyLock::new(|| Heavy::new(cores(), PATIENCE));
/// Judging passwords: in the places of nobody who signs in.
static STRENGTH: LazyLock<Heavy> = LazyLock::new(|| Heavy::new(cores().div_ceil(2), PATIENCE));
const PATIENCE: Duration = Duration::from_secs(60);

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Signs that are read as letters; a word with so many different ones is none that others use.
const SIGNS: [char; 10] = ['@', '(', '{', '[', '<', '!', '|', '$', '+', '%'];
const MOST_SIGNS: usize = 6;

fn is_common(text: &str, names: &[String]) -> bool {
    // every way to read them is tried: with all of them there are thousands
    if SIGNS.iter().filter(|sign| text.contains(**sign)).count() >= MOST_SIGNS {
        return false;
    }
    zxcvbn::zxcvbn(text, &names.iter().map(String::as_str).collect::<Vec<_>>()).guesses_log10() < COMMON
}

#[cfg(test)]
mod tests {
    use super::Password;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hash = Password::new("correct horse battery").hash().await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Password::new("correct horse battery").fits(Some(hash.clone())).await.unwrap());
        assert!(!Password::new("Correct horse battery").fits(Some(hash)).await.unwrap());
        assert!(!Password::new("nobody has this password").fits(None).await.unwrap());
    }

    #[tokio::test]
    async fn an_old_sha256_fits_wrapped_and_is_outdated() {
        // printf hello-erp-2019 | sha256sum
        let old = super::sha256_hex("hello-erp-2019");
        assert_eq!(super::sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let wrapped = Password::wrap_sha256(&old.to_uppercase()).await.unwrap();
        assert!(wrapped.starts_with("sha256+$argon2id$") && wrapped.len() < 255 && super::is_outdated(&wrapped));
        assert!(Password::new("hello-erp-2019").fits(Some(wrapped.clone())).await.unwrap());
        // what was kept is no password
        assert!(!Password::new(old).fits(Some(wrapped.clone())).await.unwrap());
        assert!(!Password::new("hello-erp-2018").fits(Some(wrapped)).await.unwrap());
        let plain = Password::new("hello-erp-2019").hash().await.unwrap();
        assert!(!super::is_outdated(&plain));
    }

    #[tokio::test]
    async fn common_short_and_telling_passwords_are_refused() {
        let rule = async |text: &str| {
            let done = Password::new(text).acceptable("password", &["hong", "한빛상사"]).await;
            done.map_err(|error| error.fields()[0].rule.clone())
        };
        assert_eq!(rule("short").await, Err("length".into()));
        assert_eq!(rule("password").await, Err("common_password".into()));
        assert_eq!(rule("12345678").await, Err("common_password".into()));
        assert_eq!(rule("x-HONG-blue-sky").await, Err("contains_name".into()));
        assert_eq!(rule("한빛상사2026!").await, Err("contains_name".into()));
        assert_eq!(rule(&"가".repeat(129)).await, Err("length".into()));
        assert_eq!(rule("푸른하늘은하수하얀쪽배").await, Ok(()));
        assert_eq!(rule("p@$$w0rd").await, Err("common_password".into()));
        assert_eq!(rule(&"a".repeat(128)).await, Err("common_password".into()));
        // what comes behind the first 24 is not looked at
        assert_eq!(rule(&format!("{}x7Kq-mP2v-Zt9w", "a".repeat(24))).await, Err("common_password".into()));
        assert_eq!(rule("@({[<!|$+%4831706952").await, Ok(()));
        let of_address = Password::new("x-hong-blue-sky").acceptable("password", &["hong@example.com"]).await;
        assert_eq!(of_address.map_err(|error| error.fields()[0].rule.clone()), Err("contains_name".into()));
        // the example of the small ERP
        assert_eq!(rule("secret123").await, Ok(()));
    }
}
