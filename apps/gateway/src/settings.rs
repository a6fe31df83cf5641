//! Settings: flags, then the environment (`CXG_*`, also from a `.env` file), then defaults.
//! The only place that reads the environment.

use crate::commands::Cli;
use anyhow::{Context, bail};
use clap::{
    Args, CommandFactory, Parser, ValueEnum,
    error::{ContextKind, ContextValue},
};
use std::{path::PathBuf, sync::Arc};
use store::Backend;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Register {
    Open,
    Approval,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Pretty,
    Json,
}

#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// Address and port to listen on
    #[arg(long, global = true, env = "CXG_BIND", default_value = "127.0.0.1:8100")]
    pub bind: String,
    /// SQLite files, keys, attachments, backups
    #[arg(long, global = true, env = "CXG_DATA_DIR", default_value = "./data")]
    pub data_dir: PathBuf,
    /// sqlite://… or postgres://…; SQLite in the data folder without
    #[arg(long, global = true, env = "CXG_MANAGER_DATABASE_URL", hide_env_values = true)]
    pub manager_database_url: Option<String>,
    /// sqlite://… or postgres://…; SQLite in the data folder without
    #[arg(long, global = true, env = "CXG_TENANT_DATABASE_URL", hide_env_values = true)]
    pub tenant_database_url: Option<String>,
    /// Shared cache, limits and locks of several nodes
    #[arg(long, global = true, env = "CXG_REDIS_URL", hide_env_values = true)]
    pub redis_url: Option<String>,
    /// Password of the first user, admin; made up and printed once without
    #[arg(long, global = true, env = "CXG_ADMIN_PASSWORD", hide_env_values = true)]
    pub admin_password: Option<String>,
    /// Make the demo company [default: true on SQLite]
    #[arg(long, global = true, env = "CXG_DEMO")]
    pub demo: Option<bool>,
    /// Bring the databases to the newest schema at start [default: true on SQLite]
    #[arg(long, global = true, env = "CXG_MIGRATE")]
    pub migrate: Option<bool>,
    /// Whose data the small-ERP surface serves in open mode [default: demo when it exists]
    #[arg(long, global = true, env = "CXG_ERP_TENANT")]
    pub erp_tenant: Option<String>,
    /// Answer the small-ERP surface without a token; on a loopback address only
    #[arg(long, global = true, env = "CXG_ERP_OPEN", default_value_t = false, action = clap::ArgAction::Set)]
    pub erp_open: bool,
    /// Rate limits; off for load tests
    #[arg(long, global = true, env = "CXG_RATE_LIMIT", default_value = "on")]
    pub rate_limit: OnOff,
    /// Wraps secrets at rest, at least 32 characters, several separated by spaces, newest first; made in the data folder without
    #[arg(long, global = true, env = "CXG_SECRET_KEY", hide_env_values = true)]
    pub secret_key: Option<String>,
    /// Links and token issuer [default: http://<bind>]
    #[arg(long, global = true, env = "CXG_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Companies by subdomain of this domain
    #[arg(long, global = true, env = "CXG_BASE_DOMAIN")]
    pub base_domain: Option<String>,
    /// Whether strangers may make an account of the provider's side
    #[arg(long, global = true, env = "CXG_REGISTER", default_value = "open")]
    pub register: Register,
    /// What is logged: error, warn, info, debug, or module=level
    #[arg(long, global = true, env = "CXG_LOG", default_value = "info")]
    pub log: String,
    /// [default: pretty on a terminal, else json]
    #[arg(long, global = true, env = "CXG_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Networks whose forwarded addresses are believed, comma-separated
    #[arg(long, global = true, env = "CXG_TRUSTED_PROXIES")]
    pub trusted_proxies: Option<String>,
    /// Origins that may call from a browser, comma-separated
    #[arg(long, global = true, env = "CXG_CORS_ORIGINS")]
    pub cors_origins: Option<String>,
    /// Outgoing mail
    #[arg(long, global = true, env = "CXG_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// OpenTelemetry collector
    #[arg(long, global = true, env = "CXG_OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<String>,
}

/// Names beginning with `CXG_` that are not settings of the program.
const OTHERS: [&str; 1] = ["CXG_WITHOUT_NODE"];

/// Refuses names that would be ignored: a typing error must not look like a setting.
pub fn refuse_unknown(names: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let command = Cli::command();
    let known: Vec<String> =
        command.get_arguments().filter_map(|arg| arg.get_env()).map(|name| name.to_string_lossy().into_owned()).collect();
    let unknown: Vec<String> =
        names.filter(|name| name.starts_with("CXG_") && !known.contains(name) && !OTHERS.contains(&name.as_str())).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    bail!("unknown setting: {}\nknown are: {}", unknown.join(", "), known.join(", "));
}

/// Reads `.env`, the environment and the command line. Ends the program with a clear sentence
/// where something is wrong.
pub fn read() -> anyhow::Result<Cli> {
    match dotenvy::dotenv() {
        Ok(_) => {}
        Err(error) if error.not_found() => {}
        Err(error) => bail!("the file .env cannot be read: {error}"),
    }
    refuse_unknown(std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()))?;
    let cli = Cli::try_parse().unwrap_or_else(|error| {
        if let Some(name) = setting_of(&error) {
            eprintln!("{name}, or its flag:");
        }
        error.exit()
    });
    cli.settings.check()?;
    Ok(cli)
}

/// The environment name of the argument an error is about: clap names the flag only.
fn setting_of(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let flag = argument.split([' ', '=']).next()?.trim_start_matches('-');
    let command = Cli::command();
    command.get_arguments().find(|known| known.get_long() == Some(flag))?.get_env().map(|name| name.to_string_lossy().into_owned())
}

impl Settings {
    fn check(&self) -> anyhow::Result<()> {
        let bind: std::net::SocketAddr =
            self.bind.parse().with_context(|| format!("CXG_BIND: {} is not an address and port such as 127.0.0.1:8100", self.bind))?;
        for (name, url) in [("CXG_MANAGER_DATABASE_URL", self.manager_url()), ("CXG_TENANT_DATABASE_URL", self.tenant_url())] {
            if Backend::of_url(&url).is_err() {
                bail!("{name} must begin with sqlite:// or postgres://");
            }
        }
        let backends = [self.manager_url(), self.tenant_url()].map(|url| Backend::of_url(&url).ok());
        if backends[0] != backends[1] {
            let (missing, there) = match (&self.manager_database_url, &self.tenant_database_url) {
                (None, _) => ("CXG_MANAGER_DATABASE_URL", "CXG_TENANT_DATABASE_URL"),
                (_, None) => ("CXG_TENANT_DATABASE_URL", "CXG_MANAGER_DATABASE_URL"),
                _ => bail!("CXG_MANAGER_DATABASE_URL and CXG_TENANT_DATABASE_URL: PostgreSQL for both databases, or SQLite for both"),
            };
            bail!("{missing} is missing: {there} names a PostgreSQL database, and there are two; give both, or neither for SQLite");
        }
        if self.manager_url() == self.tenant_url() {
            bail!("CXG_MANAGER_DATABASE_URL and CXG_TENANT_DATABASE_URL name the same database; there are two");
        }
        if self.erp_open && !bind.ip().is_loopback() {
            bail!("CXG_ERP_OPEN answers without a token, so it needs CXG_BIND on a loopback address");
        }
        if self.secret_key.as_ref().is_some_and(|keys| auth::Secrets::split(keys).is_err()) {
            bail!("CXG_SECRET_KEY needs at least 32 characters");
        }
        if self.admin_password.as_ref().is_some_and(|password| !(8..=128).contains(&password.chars().count())) {
            bail!("CXG_ADMIN_PASSWORD needs 8 to 128 characters");
        }
        if let Some(url) = &self.public_url
            && !url.starts_with("http://")
            && !url.starts_with("https://")
        {
            bail!("CXG_PUBLIC_URL must begin with http:// or https://");
        }
        if let Some(url) = &self.redis_url {
            redis::Client::open(url.as_str()).context("CXG_REDIS_URL")?;
        }
        self.trusted_proxies()?;
        if let Some(url) = &self.smtp_url {
            crate::mail::smtp(url)?;
        }
        tracing_subscriber::EnvFilter::try_new(&self.log).with_context(|| format!("CXG_LOG: {}", self.log))?;
        Ok(())
    }

    /// Whose `X-Forwarded-For` is believed.
    pub fn trusted_proxies(&self) -> anyhow::Result<envelope::TrustedProxies> {
        envelope::TrustedProxies::parse(self.trusted_proxies.as_deref().unwrap_or_default())
            .map_err(|entry| anyhow::anyhow!("CXG_TRUSTED_PROXIES: {entry} is neither an address nor a network such as 10.0.0.0/8"))
    }

    fn sqlite_url(&self, file: &str) -> String {
        format!("sqlite://{}", self.data_dir.join(file).display())
    }

    #[must_use]
    pub fn manager_url(&self) -> String {
        self.manager_database_url.clone().unwrap_or_else(|| self.sqlite_url("mgmt.db"))
    }

    #[must_use]
    pub fn tenant_url(&self) -> String {
        self.tenant_database_url.clone().unwrap_or_else(|| self.sqlite_url("tnnt.db"))
    }

    /// Both databases are files: one machine, nothing to set up.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        [self.manager_url(), self.tenant_url()].iter().all(|url| Backend::of_url(url).is_ok_and(|backend| backend == Backend::Sqlite))
    }

    #[must_use]
    pub fn wants_migration(&self) -> bool {
        self.migrate.unwrap_or_else(|| self.is_embedded())
    }

    #[must_use]
    pub fn wants_demo(&self) -> bool {
        self.demo.unwrap_or_else(|| self.is_embedded())
    }

    /// Who may use the small ERP without a credential.
    #[must_use]
    pub fn open_mode(&self) -> Option<Arc<dyn auth::AnonymousAccess>> {
        let company = || self.erp_tenant.clone().unwrap_or_else(|| flows::demo::CODE.to_owned());
        self.erp_open.then(|| -> Arc<dyn auth::AnonymousAccess> { Arc::new(erp::OpenMode { company: company() }) })
    }

    #[must_use]
    pub fn public_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.bind))
    }

    /// Name and value of every setting, secrets masked.
    #[must_use]
    pub fn shown(&self) -> Vec<(&'static str, String)> {
        let secret = |value: &Option<String>| value.as_ref().map_or_else(String::new, |_| "***".to_owned());
        let plain = |value: &Option<String>| value.clone().unwrap_or_default();
        let word = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
        vec![
            ("CXG_BIND", self.bind.clone()),
            ("CXG_DATA_DIR", self.data_dir.display().to_string()),
            ("CXG_MANAGER_DATABASE_URL", without_password(&self.manager_url())),
            ("CXG_TENANT_DATABASE_URL", without_password(&self.tenant_url())),
            ("CXG_REDIS_URL", self.redis_url.as_deref().map(without_password).unwrap_or_default()),
            ("CXG_ADMIN_PASSWORD", secret(&self.admin_password)),
            ("CXG_DEMO", self.wants_demo().to_string()),
            ("CXG_MIGRATE", self.wants_migration().to_string()),
            ("CXG_ERP_TENANT", plain(&self.erp_tenant)),
            ("CXG_ERP_OPEN", self.erp_open.to_string()),
            ("CXG_RATE_LIMIT", word(&self.rate_limit)),
            ("CXG_SECRET_KEY", secret(&self.secret_key)),
            ("CXG_PUBLIC_URL", self.public_url()),
            ("CXG_BASE_DOMAIN", plain(&self.base_domain)),
            ("CXG_REGISTER", word(&self.register)),
            ("CXG_LOG", self.log.clone()),
            ("CXG_LOG_FORMAT", self.log_format.map(|format| word(&format)).unwrap_or_default()),
            ("CXG_TRUSTED_PROXIES", plain(&self.trusted_proxies)),
            ("CXG_CORS_ORIGINS", plain(&self.cors_origins)),
            ("CXG_SMTP_URL", self.smtp_url.as_deref().map(without_password).unwrap_or_default()),
            ("CXG_OTLP_ENDPOINT", plain(&self.otlp_endpoint)),
        ]
    }
}

/// Text nobody can guess, from `bytes` random bytes.
pub fn random_text(bytes: usize) -> anyhow::Result<String> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let random = store::random_bytes::<64>().map_err(anyhow::Error::msg)?;
    Ok(URL_SAFE_NO_PAD.encode(&random[..bytes.min(64)]))
}

/// `postgres://user:secret@host/db` → `postgres://user:***@host/db`.
#[must_use]
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            format!("{scheme}://{}@{host}{path}", user.split_once(':').map_or(user.to_owned(), |(name, _)| format!("{name}:***")))
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cli, refuse_unknown, without_password};
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_typing_error_is_not_a_setting() {
        assert!(refuse_unknown(["CXG_BIND", "PATH", "CXG_WITHOUT_NODE"].map(String::from).into_iter()).is_ok());
        let error = refuse_unknown(["CXG_BNID"].map(String::from).into_iter()).unwrap_err().to_string();
        assert!(error.contains("CXG_BNID") && error.contains("CXG_BIND"), "{error}");
    }

    #[test]
    fn passwords_are_masked() {
        assert_eq!(without_password("postgres://u:p@h:5432/db?x=1"), "postgres://u:***@h:5432/db?x=1");
        assert_eq!(without_password("postgres://u@h/db"), "postgres://u@h/db");
        assert_eq!(without_password("sqlite://./data/mgmt.db"), "sqlite://./data/mgmt.db");
        assert_eq!(without_password("postgres://u:p@/db?host=/tmp"), "postgres://u:***@/db?host=/tmp");
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_name() {
        let wrong = |args: &[&str]| Cli::try_parse_from([&["cxg"], args].concat()).unwrap().settings.check().unwrap_err().to_string();
        assert!(wrong(&["--bind", "nowhere"]).contains("CXG_BIND"));
        assert!(wrong(&["--manager-database-url", "mysql://x"]).contains("CXG_MANAGER_DATABASE_URL"));
        assert!(wrong(&["--bind", "0.0.0.0:8100", "--erp-open", "true"]).contains("CXG_ERP_OPEN"));
        // one database of two
        assert!(wrong(&["--manager-database-url", "postgres://h/mgmt"]).starts_with("CXG_TENANT_DATABASE_URL is missing"));
        assert!(wrong(&["--tenant-database-url", "postgres://h/tnnt"]).starts_with("CXG_MANAGER_DATABASE_URL is missing"));
        let mixed = wrong(&["--manager-database-url", "postgres://h/mgmt", "--tenant-database-url", "sqlite://tnnt.db"]);
        assert!(mixed.contains("PostgreSQL for both databases, or SQLite for both"), "{mixed}");
        assert!(wrong(&["--secret-key", "short"]).contains("CXG_SECRET_KEY"));
        assert!(wrong(&["--trusted-proxies", "10.0.0.1,proxy.example"]).contains("CXG_TRUSTED_PROXIES: proxy.example"));
    }
}
