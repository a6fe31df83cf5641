//! Sending emails: what the platform needs for it. The gateway implements it.

use kernel::Result;
use std::fmt;

/// An email: plain text, Korean first, English below.
#[derive(Clone)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// Whom it goes to; what is in it may open an account.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("to", &self.to).field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Sends emails, or keeps them where somebody can read them.
#[async_trait::async_trait]
pub trait Mailer: fmt::Debug + Send + Sync {
    async fn send(&self, mail: Mail) -> Result<()>;
}
