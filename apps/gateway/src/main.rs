//! `cxg`: one binary, many roles.

use anyhow::{Context, bail};
use auth::Password;
use flows::auditing::{self, Proof, anchors, check_proof};
use gateway::{
    commands::{Admin, Audit, Cli, Command, Migrate},
    document, keys,
    settings::{self, LogFormat, Settings},
    startup::{self, Trouble},
};
use kernel::Realm;
use migrations::Owner;
use std::{io::IsTerminal, path::PathBuf, process::ExitCode};
use tracing_subscriber::EnvFilter;

// argon2 takes 19 MiB a hash; glibc would keep them
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cxg: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let Cli { settings, command } = settings::read()?;
    log(&settings);
    match command.unwrap_or(Command::Serve) {
        Command::Serve => startup::serve(settings).await,
        Command::Work => startup::work(settings).await,
        Command::Audit(Audit::Verify { tenant, heads, proof }) => verify(&settings, tenant, heads, proof).await,
        Command::Migrate(what) => migrate(&settings, what).await,
        Command::Seed { .. } => seed(&settings).await,
        Command::Admin(Admin::Create { username, password }) => create_admin(&settings, &username, password).await,
        Command::Keys(what) => keys::run(what, &settings, &opened(&settings).await?).await,
        Command::Openapi => {
            print!("{}", document::text());
            Ok(())
        }
        Command::Config => {
            for (name, value) in settings.shown() {
                println!("{name}={value}");
            }
            Ok(())
        }
    }
}

fn log(settings: &Settings) {
    // that a table of the migrations exists already is no news
    let quiet = if settings.log == "info" { ",sqlx::postgres::notice=warn" } else { "" };
    let filter = EnvFilter::new(format!("{}{quiet}", settings.log));
    let format = settings.log_format.unwrap_or(if std::io::stderr().is_terminal() { LogFormat::Pretty } else { LogFormat::Json });
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
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
    settings.make_data_dir()?;
    match what {
        Migrate::Up => {
            let steps = startup::migrate_up(settings).await.map_err(plain)?;
            println!("{steps} steps taken");
        }
        Migrate::Down => {
            for (name, url) in [("manager", settings.manager_url()), ("tenant", settings.tenant_url())] {
                let owner = Owner::connect(&url).await.map_err(anyhow::Error::msg)?;
                let done =
                    if name == "manager" { owner.down::<migrations::Manager>().await } else { owner.down::<migrations::Tenant>().await };
                done.map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
                println!("{name}: the last step was taken back");
            }
        }
        Migrate::Status => {
            let manager = Owner::connect(&settings.manager_url()).await.map_err(anyhow::Error::msg)?;
            show("manager", &manager.applied::<migrations::Manager>().await, &manager.pending::<migrations::Manager>().await);
            let tenant = Owner::connect(&settings.tenant_url()).await.map_err(anyhow::Error::msg)?;
            show("tenant", &tenant.applied::<migrations::Tenant>().await, &tenant.pending::<migrations::Tenant>().await);
        }
    }
    Ok(())
}

fn show(name: &str, applied: &Result<Vec<String>, String>, pending: &Result<Vec<String>, String>) {
    let none = Vec::new();
    for step in applied.as_ref().unwrap_or(&none) {
        println!("{name}  applied  {step}");
    }
    for step in pending.as_ref().unwrap_or(&none) {
        println!("{name}  pending  {step}");
    }
    for error in [applied, pending].into_iter().filter_map(|result| result.as_ref().err()) {
        println!("{name}  {error}");
    }
}

/// A platform for a command of its own: the schema must be there.
async fn opened(settings: &Settings) -> anyhow::Result<auth::Platform> {
    let platform = startup::platform(settings)?;
    startup::open(settings, &platform).await.map_err(plain)?;
    Ok(platform)
}

async fn seed(settings: &Settings) -> anyhow::Result<()> {
    let platform = opened(settings).await?;
    let password = settings::random_text(12)?;
    if flows::demo::seed(&platform, &Password::new(password.clone())).await.map_err(anyhow::Error::msg)? {
        println!("demo company sign-in: {} / {} / {password}", flows::demo::CODE, flows::demo::USERNAME);
    } else {
        println!("the demo company is there already");
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
    secret.acceptable("password", &[username]).map_err(anyhow::Error::msg)?;
    let door = platform.act_as_system(Realm::Manager, None, "command-line");
    if !idam::provision::super_admin(&door, username, &secret).await.map_err(anyhow::Error::msg)? {
        bail!("there is a user {username} already");
    }
    println!("super administrator {username} made{}", if made_up { format!(", password: {password}") } else { String::new() });
    Ok(())
}

/// Ends with an error where something is wrong, so that a script notices.
/// A proof as `…/proof` answers it, in its envelope or out of it.
fn read_proof(text: &str) -> serde_json::Result<Proof> {
    let mut answer: serde_json::Value = serde_json::from_str(text)?;
    let inner = answer.get_mut("data").filter(|data| data.is_object()).map(serde_json::Value::take);
    serde_json::from_value(inner.unwrap_or(answer))
}

async fn verify(settings: &Settings, tenant: Option<String>, heads: Option<PathBuf>, proof: Option<PathBuf>) -> anyhow::Result<()> {
    if let Some(path) = proof {
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let proof = read_proof(&text).with_context(|| format!("{} is no proof", path.display()))?;
        if !check_proof(&proof) {
            bail!("the proof does not hold");
        }
        println!(
            "the proof holds: row {} lies in block {}, signed by key {} ({})",
            proof.row_no, proof.block_no, proof.kid, proof.public_key
        );
        return Ok(());
    }
    let platform = opened(settings).await?;
    if let Some(path) = heads.as_ref().filter(|path| !path.is_file()) {
        bail!("{} is not a file", path.display());
    }
    let anchors = anchors(&heads.unwrap_or_else(|| settings.data_dir.join("audit").join("heads.jsonl"))).map_err(anyhow::Error::msg)?;
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
    println!("{} rows are as they were written; {} exported heads agree", verdict.checked, anchors.len());
    Ok(())
}
