//! From settings to a platform that serves.

use crate::{
    modules, say,
    settings::{self, Settings},
};
use anyhow::Context;
use auth::Platform;
use flows::background;
use kernel::{Code, Realm};
use migrations::Owner;
use signin::Password;
use std::{cell::Cell, sync::Arc};
use store::{Backend, Database, Options, SystemClock};

/// Between not being ready any more and closing the port.
const DRAIN: std::time::Duration = std::time::Duration::from_secs(1);

/// How often the uses of API keys are written down.
const COUNTING: std::time::Duration = std::time::Duration::from_secs(10);

/// Before databases that are away are looked for again.
const AWAY: std::time::Duration = std::time::Duration::from_secs(1);

/// Before a start that met another one looks again.
const AGAIN: std::time::Duration = std::time::Duration::from_millis(100);

/// An account that a first start has made.
#[derive(Debug)]
pub enum SignIn {
    /// `admin` of the provider, with the password when it was made up now.
    Manager(Option<String>),
    /// `admin` of the demo company, with the password.
    Demo(String),
}

/// Why a start did not succeed.
pub enum Trouble {
    /// A database is away: worth trying again.
    Away(String),
    /// Something a person must mend.
    Fatal(anyhow::Error),
}

impl From<kernel::Error> for Trouble {
    fn from(error: kernel::Error) -> Self {
        let why = error.cause().map_or_else(|| error.to_string(), str::to_owned);
        if error.code() == Code::Unavailable {
            return Self::Away(why);
        }
        let hint = if why.contains(store::migrate::APP_ROLE) { "; run `cxg migrate up` first, or set CXG_MIGRATE=true" } else { "" };
        Self::Fatal(anyhow::anyhow!("{why}{hint}"))
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Fatal(error)
    }
}

/// Connections that all threads share, and those of each thread ([`Options`]): enough that commits share a write to the disk, few enough
/// for the server. A thread a core serves, and the main thread has its own besides.
fn connections(backend: Backend) -> (usize, usize) {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    match backend {
        Backend::Postgres => ((cores * 8).clamp(16, 32), (32 / (cores + 1)).clamp(2, 8)),
        // readers do not wait for anything, and each keeps pages of its own
        Backend::Sqlite => (cores.clamp(2, 8) * 2, 0),
    }
}

/// The platform over databases that are not opened yet.
pub fn platform(settings: &Settings) -> anyhow::Result<Platform> {
    platform_with(settings, Arc::new(SystemClock))
}

/// [`platform`] with a clock of one's own, for tests.
pub fn platform_with(settings: &Settings, clock: Arc<dyn kernel::Clock>) -> anyhow::Result<Platform> {
    settings.make_data_dir()?;
    assembled(settings, clock)
}

fn assembled(settings: &Settings, clock: Arc<dyn kernel::Clock>) -> anyhow::Result<Platform> {
    let open = |realm, url: String| {
        let (connections, of_thread) = connections(Backend::of_url(&url).map_err(|error| anyhow::anyhow!("{error}"))?);
        Database::new(realm, &Options { url, connections, of_thread, clock: clock.clone() }).map_err(|error| anyhow::anyhow!("{error}"))
    };
    let catalogue = modules().iter().flat_map(|module| module.catalogue().into_iter().map(|key| (module.realm, key))).collect();
    let auth = auth::Settings {
        secrets: settings.secrets()?,
        issuer: settings.public_url(),
        register: match settings.register {
            settings::Register::Open => auth::Register::Open,
            settings::Register::Approval => auth::Register::Approval,
            settings::Register::Closed => auth::Register::Closed,
        },
        catalogue,
        base_domain: settings.base_domain.as_ref().map(|domain| domain.to_ascii_lowercase()),
        anonymous: settings.open_mode(),
        mailer: crate::mail::mailer(settings, clock.clone())?,
    };
    let (manager, tenant) = (open(Realm::Manager, settings.manager_url())?, open(Realm::Tenant, settings.tenant_url())?);
    manager.search_in(searched(Realm::Manager)?);
    tenant.search_in(searched(Realm::Tenant)?);
    Platform::new(auth, manager, tenant).map_err(|error| anyhow::anyhow!("{error}"))
}

/// What the lists of a realm are searched in, as its resources say.
fn searched(realm: Realm) -> anyhow::Result<store::search::Searched> {
    let mut searched = store::search::Searched::new();
    for resource in modules().iter().filter(|module| module.realm == realm).flat_map(|module| &module.resources) {
        let spec = (resource.spec)().map_err(|error| anyhow::anyhow!("{error}"))?;
        if !spec.search.is_empty() {
            // two resources may be parts of one table
            let columns = searched.entry(spec.table.clone()).or_default();
            columns.extend(spec.search.iter().filter(|column| !columns.contains(column)).copied().collect::<Vec<_>>());
        }
    }
    Ok(searched)
}

/// Brings both databases to the newest schema; answers how many steps were taken.
pub async fn migrate_up(settings: &Settings) -> Result<usize, Trouble> {
    let (manager, tenant) = (owner(&settings.manager_url()).await?, owner(&settings.tenant_url()).await?);
    let fatal = |what: &str, error: String| Trouble::Fatal(anyhow::anyhow!("migrating the {what} database: {error}"));
    let steps = manager.up::<migrations::Manager>().await.map_err(|error| fatal("manager", error))?
        + tenant.up::<migrations::Tenant>().await.map_err(|error| fatal("tenant", error))?;
    manager.close().await;
    tenant.close().await;
    Ok(steps)
}

pub(crate) async fn owner(url: &str) -> Result<Owner, Trouble> {
    Owner::connect(url).await.map_err(|error| Trouble::Away(format!("{}: {error}", settings::without_password(url))))
}

/// Schema, role, keys, built-in roles: what every command that uses the platform needs.
pub async fn open(settings: &Settings, platform: &Platform) -> Result<(), Trouble> {
    // asked over the serving connection first: a start that has nothing to migrate opens no other
    match pending(platform).await {
        Ok(pending) if pending.is_empty() => {}
        _ if settings.wants_migration() => {
            migrate_up(settings).await?;
        }
        pending => refuse_pending(&pending?)?,
    }
    for realm in [Realm::Manager, Realm::Tenant] {
        platform.ping(realm).await?;
        platform.check_role(realm).await.map_err(|error| Trouble::Fatal(anyhow::anyhow!(error)))?;
    }
    platform.start().await?;
    let door = platform.act_as_system(Realm::Manager, None, "first-run");
    let catalogue = platform.catalogue(Realm::Manager);
    beside_others(async || {
        idam::provision::permissions(&door, catalogue).await?;
        idam::provision::roles(&door, catalogue).await?;
        idam::provision::role_permissions(&door).await
    })
    .await?;
    Ok(())
}

fn refuse_pending(pending: &[String]) -> Result<(), Trouble> {
    if pending.is_empty() {
        return Ok(());
    }
    let all = pending.join(", ");
    Err(Trouble::Fatal(anyhow::anyhow!("migrations are pending ({all}): run `cxg migrate up` first, or set CXG_MIGRATE=true")))
}

/// The platform as it is, for commands that look at it or change what is there: nothing is made, nothing is migrated.
pub async fn existing(settings: &Settings) -> Result<Platform, Trouble> {
    settings.must_exist()?;
    let platform = assembled(settings, Arc::new(SystemClock))?;
    refuse_pending(&pending(&platform).await?)?;
    for realm in [Realm::Manager, Realm::Tenant] {
        platform.check_role(realm).await.map_err(|error| Trouble::Fatal(anyhow::anyhow!(error)))?;
    }
    platform.look().await?;
    Ok(platform)
}

/// Nodes may start at one moment, each finding the same things missing: who comes second looks
/// again, and finds them made.
async fn beside_others<T>(make: impl AsyncFn() -> kernel::Result<T>) -> kernel::Result<T> {
    for _ in 0..20 {
        match make().await {
            Err(error) if error.code() == Code::Conflict => tokio::time::sleep(AGAIN).await,
            done => return done,
        }
    }
    make().await
}

/// Makes everything ready to serve: [`open`], the first user, the demo, companies whose
/// provisioning was cut off. `tell` hears of an account at once: what goes wrong afterwards must not take its password along.
pub async fn prepare(settings: &Settings, platform: &Platform, tell: impl Fn(SignIn)) -> Result<(), Trouble> {
    open(settings, platform).await?;
    first_run(settings, platform, tell).await?;
    flows::provisioning::resume(platform).await;
    background::worker(work_context(settings, platform)).declare().await?;
    platform.set_ready(true);
    Ok(())
}

/// The steps a database of this version has and these databases have not.
async fn pending(platform: &Platform) -> kernel::Result<Vec<String>> {
    let mut pending = Vec::new();
    for (realm, names) in
        [(Realm::Manager, migrations::names::<migrations::Manager>()), (Realm::Tenant, migrations::names::<migrations::Tenant>())]
    {
        let taken = platform.migrations_taken(realm).await?;
        pending.extend(names.into_iter().filter(|name| !taken.contains(name)).map(|name| format!("{} {name}", realm.as_str())));
    }
    Ok(pending)
}

async fn first_run(settings: &Settings, platform: &Platform, tell: impl Fn(SignIn)) -> Result<(), Trouble> {
    let door = platform.act_as_system(Realm::Manager, None, "first-run");
    let password = match &settings.admin_password {
        Some(password) => password.clone(),
        None => settings::random_text(12)?,
    };
    let admin = Password::new(password.clone());
    let made =
        beside_others(
            async || Ok(!idam::provision::has_users(&door).await? && idam::provision::super_admin(&door, "admin", &admin).await?),
        );
    if made.await? {
        tell(SignIn::Manager(settings.admin_password.is_none().then_some(password)));
    }
    if settings.wants_demo() {
        let password = settings::random_text(12)?;
        let demo = Password::new(password.clone());
        let made = || tell(SignIn::Demo(password.clone()));
        beside_others(async || flows::demo::seed_telling(platform, &demo, &made).await).await?;
    }
    Ok(())
}

/// Serves until told to stop.
pub async fn serve(settings: Settings) -> anyhow::Result<()> {
    settings.make_data_dir()?;
    let _lock = settings.lock()?;
    let platform = platform(&settings)?;
    // before anything is made: who finds the port taken has lost nothing
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let (run, address) =
        crate::app::bind(&settings, &platform, workers).with_context(|| format!("cannot listen on {} (CXG_BIND)", settings.bind))?;
    let announcing = Announcing::default();
    let is_prepared = announcing.prepare(&settings, &platform).await?;
    say!("CXG {} listens on http://{address} (docs: http://{address}/docs)", env!("CARGO_PKG_VERSION"));
    say!("console: http://{address}/frontend/");
    say!("data: {}", place(&settings));
    if settings.erp_open {
        say!("CXG_ERP_OPEN: /organizations/, /departments/, /roles/ and /users/ answer without a token, to this machine");
    }
    let server = run();
    let handle = server.handle();
    let serving = tokio::spawn(server);
    if !is_prepared {
        match announcing.retry(&settings, &platform).await {
            Ok(true) => {}
            Ok(false) => {
                handle.stop(true).await;
                return Ok(());
            }
            Err(error) => {
                handle.stop(false).await;
                return Err(error);
            }
        }
    }
    let working = actix_web::rt::spawn(background::run(work_context(&settings, &platform)));
    let refreshing = platform.clone();
    actix_web::rt::spawn(async move {
        if let Err(error) = flows::provisioning::refresh_all(&refreshing).await {
            tracing::error!(%error, "companies made before could not all be brought up to date");
        }
    });
    let counting = platform.clone();
    actix_web::rt::spawn(async move {
        loop {
            tokio::time::sleep(COUNTING).await;
            if let Err(error) = counting.flush_usage().await {
                tracing::warn!(%error, "how API keys were used could not be written down; it will be");
            }
        }
    });
    stop_signal().await?;
    tracing::info!("stopping: work in hand is finished");
    platform.set_ready(false);
    // whoever spreads the load sees the 503 of /health/ready before the port closes
    tokio::time::sleep(DRAIN).await;
    handle.stop(true).await;
    serving.await??;
    if let Err(error) = platform.flush_usage().await {
        tracing::warn!(%error, "how API keys were used since is lost");
    }
    working.abort();
    platform.close();
    Ok(())
}

/// What consumers and jobs work with.
pub fn work_context(settings: &Settings, platform: &Platform) -> worker::Context {
    worker::Context { platform: platform.clone(), data_dir: settings.data_dir.clone() }
}

/// Works without serving, until told to stop.
pub async fn work(settings: Settings) -> anyhow::Result<()> {
    settings.make_data_dir()?;
    let _lock = settings.lock()?;
    let platform = platform(&settings)?;
    let announcing = Announcing::default();
    if !announcing.prepare(&settings, &platform).await? && !announcing.retry(&settings, &platform).await? {
        return Ok(());
    }
    say!("CXG {} works on {}", env!("CARGO_PKG_VERSION"), place(&settings));
    tokio::select! {
        () = background::run(work_context(&settings, &platform)) => {}
        stopped = stop_signal() => stopped?,
    }
    platform.close();
    Ok(())
}

fn place(settings: &Settings) -> String {
    format!("{} · {}", settings::without_password(&settings.manager_url()), settings::without_password(&settings.tenant_url()))
}

/// Prints the sign-ins that a start makes, whatever `CXG_LOG` says.
#[derive(Default)]
struct Announcing {
    announced: Cell<bool>,
    away: Cell<bool>,
}

impl Announcing {
    /// [`prepare`], printing the accounts it makes. False: a database is away.
    async fn prepare(&self, settings: &Settings, platform: &Platform) -> anyhow::Result<bool> {
        match prepare(settings, platform, |made| self.tell(&made)).await {
            Ok(()) => {
                if self.announced.get() {
                    say!("these are shown once; change them with POST …/auth/change-password");
                }
                Ok(true)
            }
            Err(Trouble::Away(why)) => {
                if !self.away.replace(true) {
                    tracing::warn!(%why, "a database is away; nothing is done until it comes");
                }
                Ok(false)
            }
            Err(Trouble::Fatal(error)) => Err(error),
        }
    }

    /// Tries again every second until the databases are there, or a person is needed. False: asked to stop meanwhile.
    async fn retry(&self, settings: &Settings, platform: &Platform) -> anyhow::Result<bool> {
        let stop = stop_signal();
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                _ = &mut stop => return Ok(false),
                () = tokio::time::sleep(AWAY) => {}
            }
            if self.prepare(settings, platform).await? {
                tracing::info!("the databases are there");
                return Ok(true);
            }
        }
    }

    fn tell(&self, made: &SignIn) {
        self.announced.set(true);
        match made {
            SignIn::Manager(password) => {
                let password = password.as_deref().unwrap_or("the password of CXG_ADMIN_PASSWORD");
                say!("manager sign-in: admin / {password}   (POST /api/v1/manager/auth/login)");
            }
            SignIn::Demo(password) => {
                let (company, user) = (flows::demo::CODE, flows::demo::USERNAME);
                say!("demo company sign-in: {company} / {user} / {password}   (POST /api/v1/tenants/auth/login)");
            }
        }
    }
}

async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    Ok(())
}
