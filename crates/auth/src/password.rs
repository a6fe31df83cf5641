use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use kernel::{Error, Result};
use paperclip::v2::{
    models::{DataType, DefaultSchemaRaw},
    schema::Apiv2Schema,
};
use serde::Deserialize;
use std::{fmt, sync::LazyLock};
use tokio::sync::Semaphore;

/// Guesses below which a password counts as a common one (10^this).
const COMMON: f64 = 4.0;

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

    /// The rules for a new password: 8 to 128 characters, not a common one, not the user's or
    /// company's own name. No composition rules.
    pub fn acceptable(&self, field: &str, names: &[&str]) -> Result<()> {
        let length = self.0.chars().count();
        if !(8..=128).contains(&length) {
            return Err(Error::field(field, "length", "비밀번호는 8자 이상 128자 이하여야 합니다.", "needs 8 to 128 characters"));
        }
        let lower = self.0.to_lowercase();
        if names.iter().any(|name| name.chars().count() >= 3 && lower.contains(&name.to_lowercase())) {
            return Err(Error::field(
                field,
                "contains_name",
                "비밀번호에 아이디나 회사 이름을 쓸 수 없습니다.",
                "contains the user's or the company's name",
            ));
        }
        if zxcvbn::zxcvbn(&self.0, names).guesses_log10() < COMMON {
            return Err(Error::field(field, "common_password", "너무 흔한 비밀번호입니다.", "is too common"));
        }
        Ok(())
    }

    /// Argon2id with the parameters of OWASP (19 MiB, two passes, one lane).
    pub async fn hash(&self) -> Result<String> {
        let text = self.0.clone();
        on_a_core(move || Argon2::default().hash_password(text.as_bytes()).map(|hash| hash.to_string()).map_err(Error::internal)).await?
    }

    /// Whether it fits; without a hash (unknown user) it takes the same time and does not.
    pub async fn fits(&self, hash: Option<String>) -> Result<bool> {
        let text = self.0.clone();
        on_a_core(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            let fits = PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(text.as_bytes(), &hash).is_ok());
            known && fits
        })
        .await
    }
}

/// What the password of somebody unknown is compared with.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| Argon2::default().hash_password(b"nobody has this password").map(|hash| hash.to_string()).unwrap_or_default());

/// One hash per core at a time: each takes 19 MiB, and a flood of sign-ins must take neither
/// the memory nor the threads that others need.
static CORES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));

async fn on_a_core<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _core = CORES.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
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

    #[test]
    fn common_short_and_telling_passwords_are_refused() {
        let rule = |text: &str| Password::new(text).acceptable("password", &["hong", "한빛상사"]).map_err(|e| e.fields()[0].rule.clone());
        assert_eq!(rule("short"), Err("length".into()));
        assert_eq!(rule("password"), Err("common_password".into()));
        assert_eq!(rule("12345678"), Err("common_password".into()));
        assert_eq!(rule("x-HONG-blue-sky"), Err("contains_name".into()));
        assert_eq!(rule("한빛상사2026!"), Err("contains_name".into()));
        assert_eq!(rule(&"가".repeat(129)), Err("length".into()));
        assert_eq!(rule("푸른하늘은하수하얀쪽배"), Ok(()));
    }
}
