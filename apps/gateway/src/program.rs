//! The commands of `cxg`.

use crate::{
    commands::{Admin, Audit, Cli, Command, Migrate},
    document, folder, keys, say,
    settings::{self, LogFormat, Settings},
    startup::{self, Trouble},
};
use anyhow::{Context, bail};
use audt::auditing::{self, HeadFile, Proof, check_proof};
use kernel::{Realm, boxed};
use migrations::Owner;
use signin::Password;
use std::{io::IsTerminal, path::PathBuf};
use tracing_subscriber::EnvFilter;

/// Runs the command that the command line names.
///
/// # Errors
/// What is to be said to whoever called it.
#[boxed(?Send)]
pub async fn run() -> anyhow::Result<()> {
    folder::keep_new_files_private();
    let Cli { settings, command } = settings::read()?;
    log(&settings);
    match command.unwrap_or(Command::Serve) {
        Command::Serve => startup::serve(settings).await,
        Command::Work => startup::work(settings).await,
        Command::Audit(Audit::Verify { tenant, heads, proof }) => verify(&settings, tenant, heads, proof).await,
        Command::Migrate(what) => migrate(&settings, what).await,
        Command::Seed { .. } => seed(&settings).await,
        Command::Admin(Admin::Create { username, password }) => create_admin(&settings, &username, password).await,
        Command::Keys(what) => keys::run(what, &settings, &startup::existing(&settings).await.map_err(plain)?).await,
        Command::Openapi => {
            say!("{}", document::text().trim_end());
            Ok(())
        }
        Command::Config => {
            for (name, value) in settings.shown() {
                say!("{name}={value}");
            }
            Ok(())
        }
    }
}

fn log(settings: &Settings) {
    // that a table of the migrations exists already is no news
    let quiet = if settings.log == "info" { ",sqlx::postgres::notice=warn" } else { "" };
    // what it calls an error is a request that is not HTTP; a stream that breaks off is logged by the face, with its request
    let filter = EnvFilter::new(format!("{}{quiet},actix_http::h1::dispatcher=off", settings.log));
    let format = settings.log_format.unwrap_or(if std::io::stderr().is_terminal() { LogFormat::Pretty } else { LogFormat::Json });
    // a log nobody reads any more is no reason to panic either
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    match format {
        LogFormat::Pretty => builder.compact().init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
}

fn plain(trouble: Trouble) -> anyhow::Error {
    match trouble {
        Trouble::Away(why) => anyhow::anyhow!("a database is away: {why}"),
        Trouble::Fatal(error) => error,
    }
}

async fn migrate(settings: &Settings, what: Migrate) -> anyhow::Result<()> {
    let urls = [("manager", settings.manager_url()), ("tenant", settings.tenant_url())];
    match what {
        Migrate::Up => {
            settings.make_data_dir()?;
            let _lock = settings.lock()?;
            let steps = startup::migrate_up(settings).await.map_err(plain)?;
            say!("{steps} steps taken");
        }
        Migrate::Down => {
            if let Some((name, _)) = urls.iter().find(|(_, url)| Owner::is_missing(url)) {
                bail!("there is no {name} database, so there is no step to take back");
            }
            let _lock = settings.lock()?;
            for (name, url) in urls {
                let owner = Owner::connect(&url).await.map_err(anyhow::Error::msg)?;
                let done =
                    if name == "manager" { owner.down::<migrations::Manager>().await } else { owner.down::<migrations::Tenant>().await };
                done.map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
                say!("{name}: the last step was taken back");
            }
        }
        Migrate::Status => {
            for (name, url) in urls {
                // a file that is not there is not made by looking
                let applied = if Owner::is_missing(&url) {
                    Vec::new()
                } else {
                    let owner = Owner::connect(&url).await.map_err(anyhow::Error::msg)?;
                    owner.applied().await.map_err(|error| anyhow::anyhow!("{name}: {error}"))?
                };
                let all =
                    if name == "manager" { migrations::names::<migrations::Manager>() } else { migrations::names::<migrations::Tenant>() };
                let (taken, pending): (Vec<_>, Vec<_>) = all.into_iter().partition(|step| applied.contains(step));
                for (word, steps) in [("applied", taken), ("pending", pending)] {
                    for step in steps {
                        say!("{name}  {word}  {step}");
                    }
                }
            }
        }
    }
    Ok(())
}

/// A platform for a command that may make one. Beside a process that uses the same SQLite files nothing is migrated.
async fn opened(settings: &Settings) -> anyhow::Result<auth::Platform> {
    let platform = startup::platform(settings)?;
    let lock = settings.lock();
    let settings = Settings { migrate: if lock.is_ok() { settings.migrate } else { Some(false) }, ..settings.clone() };
    startup::open(&settings, &platform).await.map_err(plain)?;
    Ok(platform)
}

async fn seed(settings: &Settings) -> anyhow::Result<()> {
    let platform = opened(settings).await?;
    let password = settings::random_text(12)?;
    let made = || say!("demo company sign-in: {} / {} / {password}", flows::demo::CODE, flows::demo::USERNAME);
    if !flows::demo::seed_telling(&platform, &Password::new(password.clone()), &made).await.map_err(anyhow::Error::msg)? {
        say!("the demo company is there already");
    }
    Ok(())
}

async fn create_admin(settings: &Settings, username: &str, password: Option<String>) -> anyhow::Result<()> {
    let platform = opened(settings).await?;
    let made_up = password.is_none();
    let password = match password {
        Some(password) => password,
        None => settings::random_text(12)?,
    };
    let secret = Password::new(password.clone());
    secret.acceptable("password", &[username]).await.map_err(anyhow::Error::msg)?;
    let door = platform.act_as_system(Realm::Manager, None, "command-line");
    if !idam::provision::super_admin(&door, username, &secret).await.map_err(anyhow::Error::msg)? {
        bail!("there is a user {username} already");
    }
    say!("super administrator {username} made{}", if made_up { format!(", password: {password}") } else { String::new() });
    Ok(())
}

/// A proof as `…/proof` answers it, in its envelope or out of it.
fn read_proof(text: &str) -> serde_json::Result<Proof> {
    let mut answer: serde_json::Value = serde_json::from_str(text)?;
    let inner = answer.get_mut("data").filter(|data| data.is_object()).map(serde_json::Value::take);
    serde_json::from_value(inner.unwrap_or(answer))
}

/// Ends with an error where something is wrong, so that a script notices.
async fn verify(settings: &Settings, tenant: Option<String>, heads: Option<PathBuf>, proof: Option<PathBuf>) -> anyhow::Result<()> {
    if let Some(path) = proof {
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let proof = read_proof(&text).with_context(|| format!("{} is no proof", path.display()))?;
        if !check_proof(&proof) {
            bail!("the proof does not hold");
        }
        say!("the proof holds: row {} lies in block {}, signed by key {} ({})", proof.row_no, proof.block_no, proof.kid, proof.public_key);
        return Ok(());
    }
    let platform = startup::existing(settings).await.map_err(plain)?;
    if let Some(path) = heads.as_ref().filter(|path| !path.is_file()) {
        bail!("{} is not a file", path.display());
    }
    let heads = heads.map_or_else(|| HeadFile::in_data_dir(&settings.data_dir), HeadFile::at);
    let anchors = heads.anchors().map_err(anyhow::Error::msg)?;
    let verdict = match tenant {
        Some(code) => {
            let company = platform.directory().by_code(&code).await.map_err(anyhow::Error::msg)?;
            let company = company.with_context(|| format!("there is no company {code}"))?;
            auditing::verify(&platform, Some(company.id), &anchors).await
        }
        None => auditing::verify_all(&platform, &anchors).await,
    };
    let verdict = verdict.map_err(anyhow::Error::msg)?;
    if let Some(bad) = verdict.first_bad {
        let whose = bad.tenant_id.map_or_else(|| "the provider".to_owned(), |id| format!("company {id}"));
        let id = bad.id.map(|id| format!(" ({id})")).unwrap_or_default();
        bail!("row {}{id} of {whose}: {}", bad.no, bad.reason);
    }
    say!("{} rows are as they were written; {} exported heads agree", verdict.checked, anchors.len());
    Ok(())
}
