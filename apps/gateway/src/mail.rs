//! Outgoing mail: over SMTP, or into a folder where nobody has set one up.

use crate::settings::Settings;
use anyhow::Context as _;
use auth::{Mail, Mailer};
use kernel::{Clock, Error, Result};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Body, Mailbox, header::ContentTransferEncoding, header::ContentType},
};
use std::{fmt, path::PathBuf, sync::Arc};

/// The mailer the settings ask for.
pub(crate) fn mailer(settings: &Settings, clock: Arc<dyn Clock>) -> anyhow::Result<Arc<dyn Mailer>> {
    let sender = sender(settings)?;
    Ok(match &settings.smtp_url {
        Some(url) => Arc::new(Smtp { transport: smtp(url)?, sender }),
        None => Arc::new(Folder { folder: settings.data_dir.join("mail"), sender, clock }),
    })
}

/// Whether an SMTP URL is one: `smtps://user:password@host`, `smtp://host:587?tls=required`.
pub(crate) fn smtp(url: &str) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    // the cause may show the password
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
    let builder = transport.map_err(|_| anyhow::anyhow!("CXG_SMTP_URL must be smtp://host, smtps://user:password@host …"))?;
    Ok(builder.build())
}

/// Who emails are from: the SMTP user, where it is an address, else nobody at the public host.
fn sender(settings: &Settings) -> anyhow::Result<Mailbox> {
    let url = settings.smtp_url.as_deref().unwrap_or_default();
    let user = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).and_then(|(user, _)| user.split(':').next());
    let user = user.map(|text| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned());
    let public = settings.public_url();
    let host = public.split_once("://").map_or(public.as_str(), |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
    let own = if host.contains('.') && host.chars().any(char::is_alphabetic) { host } else { "localhost.localdomain" };
    let address = user.filter(|text| text.contains('@')).unwrap_or_else(|| format!("no-reply@{own}"));
    let address = address.parse().with_context(|| format!("{address} is no address to send mail from"))?;
    Ok(Mailbox::new(Some("CXG".to_owned()), address))
}

fn message(mail: &Mail, sender: &Mailbox) -> lettre::message::MessageBuilder {
    let builder = Message::builder().from(sender.clone()).subject(&mail.subject).header(ContentType::TEXT_PLAIN);
    match mail.to.parse::<Mailbox>() {
        Ok(to) => builder.to(to),
        Err(_) => builder,
    }
}

struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Mailbox,
}

/// Not the transport: it has the password.
impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("sender", &self.sender).finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: Mail) -> Result<()> {
        let message = message(&mail, &self.sender).body(mail.text).map_err(Error::internal)?;
        self.transport.send(message).await.map_err(Error::unavailable)?;
        Ok(())
    }
}

/// `<data>/mail/<time>-<id>.eml`, for its owner only: whoever reads an email can open the account.
struct Folder {
    folder: PathBuf,
    sender: Mailbox,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folder").field("folder", &self.folder).finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl Mailer for Folder {
    async fn send(&self, mail: Mail) -> Result<()> {
        // as it is, so that a person can read it
        let text = mail.text.replace('\n', "\r\n").into_bytes();
        let text = Body::dangerous_pre_encoded(text, ContentTransferEncoding::EightBit);
        let now = self.clock.now();
        let message = message(&mail, &self.sender).date(now.get().into()).body(text).map_err(Error::internal)?;
        let time: String = now.to_millis_string().chars().filter(char::is_ascii_alphanumeric).collect();
        let path = self.folder.join(format!("{time}-{}.eml", store::new_id()));
        let (folder, file, bytes) = (self.folder.clone(), path.clone(), message.formatted());
        tokio::task::spawn_blocking(move || keep(&folder, &file, &bytes)).await.map_err(Error::internal)?.map_err(Error::internal)?;
        tracing::info!(file = %path.display(), to = %mail.to, "no CXG_SMTP_URL: a mail was written to a file");
        Ok(())
    }
}

#[cfg(unix)]
fn keep(folder: &std::path::Path, file: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::{
        io::Write,
        os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(not(unix))]
fn keep(folder: &std::path::Path, file: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(file, bytes)
}

#[cfg(test)]
mod tests {
    use super::{sender, smtp};
    use crate::commands::Cli;
    use clap::Parser;

    #[test]
    fn emails_come_from_the_smtp_user_or_from_nobody_at_the_public_host() {
        let from = |args: &[&str]| sender(&Cli::try_parse_from([&["cxg"], args].concat()).unwrap().settings).unwrap().email.to_string();
        assert_eq!(from(&[]), "no-reply@localhost.localdomain");
        assert_eq!(from(&["--public-url", "https://erp.example.com:8443/x"]), "no-reply@erp.example.com");
        assert_eq!(from(&["--smtp-url", "smtps://post%40example.com:secret@mail.example.com"]), "post@example.com");
        assert_eq!(from(&["--smtp-url", "smtp://mail.example.com", "--public-url", "http://a.example"]), "no-reply@a.example");
    }

    #[test]
    fn an_smtp_url_that_is_none_is_refused_without_showing_it() {
        assert!(smtp("smtps://user:secret@mail.example.com").is_ok());
        let error = smtp("http://user:secret@mail.example.com").err().unwrap().to_string();
        assert!(error.contains("CXG_SMTP_URL") && !error.contains("secret"), "{error}");
    }
}
