//! Where an app's data lies: copied from a template that was set up once, through the API.

use crate::{Backend, Cluster, app::Running, http::Caller, keeper::Keeper, postgres};
use gateway::{commands::Cli, settings::Settings};
use reqwest::Method;
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Everybody's password.
pub const PASSWORD: &str = "violet-harbour-lantern-52";
/// Wraps the signing keys; one for all, so that a copied database can be read.
pub const SECRET_KEY: &str = "a secret key of the tests, 32 characters and more";

/// A number no other name of this process has.
fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A folder that is gone with the process, however the process ends; in memory where there is room.
#[must_use]
pub fn temporary_folder() -> PathBuf {
    static ROOT: OnceLock<(PathBuf, Keeper)> = OnceLock::new();
    let (root, _) = ROOT.get_or_init(|| {
        let folder = postgres::new_folder("cxg-test-").unwrap_or_else(|reason| panic!("{reason}"));
        let keeper = Keeper::start(&folder, ":", &[]);
        (folder, keeper)
    });
    let folder = root.join(unique().to_string());
    fs::create_dir(&folder).expect("a new folder");
    folder
}

/// The two databases and the data folder of one app. Gone when dropped.
#[derive(Debug)]
pub struct Site {
    pub backend: Backend,
    pub folder: PathBuf,
    /// Names of the manager's and the companies' database, on PostgreSQL.
    databases: Option<(String, String)>,
}

impl Site {
    /// Two databases without a table.
    #[must_use]
    pub fn empty(backend: Backend) -> Self {
        Self::made_from(backend, None)
    }

    /// A copy of the template: migrated, with the first user and two companies.
    #[must_use]
    pub fn new(backend: Backend) -> Self {
        Self::made_from(backend, Some(template(backend)))
    }

    fn made_from(backend: Backend, template: Option<&Self>) -> Self {
        let folder = temporary_folder();
        let databases = match backend {
            Backend::Sqlite => {
                if let Some(template) = template {
                    for file in ["mgmt.db", "tnnt.db"] {
                        fs::copy(template.folder.join(file), folder.join(file)).expect("the template is there");
                    }
                }
                None
            }
            Backend::Postgres => {
                let n = unique();
                let names = (format!("mgmt_{n}"), format!("tnnt_{n}"));
                let from = template.and_then(|template| template.databases.as_ref());
                Cluster::get().create_database(&names.0, from.map(|names| names.0.as_str()));
                Cluster::get().create_database(&names.1, from.map(|names| names.1.as_str()));
                Some(names)
            }
        };
        Self { backend, folder, databases }
    }

    /// URLs of the manager's and the companies' database.
    #[must_use]
    pub fn urls(&self) -> (String, String) {
        match &self.databases {
            Some((manager, tenant)) => (Cluster::get().url(postgres::OWNER, manager), Cluster::get().url(postgres::OWNER, tenant)),
            None => {
                let url = |file: &str| format!("sqlite://{}", self.folder.join(file).display());
                (url("mgmt.db"), url("tnnt.db"))
            }
        }
    }

    /// Names of the two databases. Only on PostgreSQL.
    #[must_use]
    pub fn database_names(&self) -> (&str, &str) {
        let (manager, tenant) = self.databases.as_ref().expect("only PostgreSQL has names");
        (manager, tenant)
    }

    /// The arguments that make `cxg` work on this data.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let (manager, tenant) = self.urls();
        let folder = self.folder.display().to_string();
        ["--data-dir", &folder, "--manager-database-url", &manager, "--tenant-database-url", &tenant].map(String::from).to_vec()
    }

    /// Settings of an app on this data; `more` are further arguments of the command line.
    pub(crate) fn settings(&self, more: &[&str]) -> Settings {
        let fixed = [
            ["--bind", "127.0.0.1:0"],
            ["--secret-key", SECRET_KEY],
            ["--admin-password", PASSWORD],
            ["--demo", "false"],
            ["--public-url", "http://cxg.test"],
            ["--rate-limit", "off"],
        ];
        // what a test asks for goes before what all have
        let fixed = fixed.iter().filter(|[flag, _]| !more.contains(flag)).flatten().chain(more).map(|text| (*text).to_owned());
        let line = ["cxg".to_owned()].into_iter().chain(self.arguments()).chain(fixed);
        use clap::Parser as _;
        Cli::try_parse_from(line).unwrap_or_else(|error| panic!("{error}")).settings
    }

    /// SQLite takes its log away when the last connection closes, unless that one may only read: then somebody who may write
    /// has to come and go.
    fn take_up_wal(&self) {
        use sea_orm::ConnectionTrait as _;
        actix_web::rt::System::new().block_on(async {
            for file in ["mgmt.db", "tnnt.db"] {
                let url = format!("sqlite://{}", self.folder.join(file).display());
                let Ok(connection) = sea_orm::Database::connect(url).await else { continue };
                let _ = connection.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await;
                let _ = connection.close().await;
            }
        });
    }

    /// Waits until nobody holds the databases any more: only then are they whole as files, or a template.
    fn wait_until_idle(&self) {
        let patience = Instant::now();
        loop {
            let busy = match &self.databases {
                None => ["mgmt.db-wal", "tnnt.db-wal"].iter().any(|file| self.folder.join(file).exists()),
                Some((manager, tenant)) => {
                    let count = format!("SELECT count(*) FROM pg_stat_activity WHERE datname IN ('{manager}', '{tenant}')");
                    Cluster::get().psql("postgres", &count) != "0"
                }
            };
            if !busy {
                return;
            }
            assert!(patience.elapsed() < Duration::from_secs(60), "somebody still holds the template databases");
            if self.databases.is_none() && patience.elapsed() > Duration::from_millis(200) {
                self.take_up_wal();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some((manager, tenant)) = &self.databases {
            Cluster::get().drop_database(manager);
            Cluster::get().drop_database(tenant);
        }
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    // a server that is still ending may make a file meanwhile; the keeper clears up in the end
    let _ = fs::remove_dir_all(folder);
}

/// What all apps of a backend begin with: migrated by the product, provisioned through its API, once a test process.
fn template(backend: Backend) -> &'static Site {
    static SQLITE: OnceLock<Result<Site, String>> = OnceLock::new();
    static POSTGRES: OnceLock<Result<Site, String>> = OnceLock::new();
    let cell = if backend == Backend::Sqlite { &SQLITE } else { &POSTGRES };
    let made = cell.get_or_init(|| {
        // on a thread of its own: this may be called inside a runtime, which cannot hold another
        std::thread::spawn(move || {
            let site = Site::empty(backend);
            actix_web::rt::System::new().block_on(set_up(&site));
            site.wait_until_idle();
            site
        })
        .join()
        .map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "the template could not be made".to_owned()))
    });
    // every test that needs it says why it is not there
    made.as_ref().unwrap_or_else(|reason| panic!("{reason}"))
}

pub(crate) const COMPANIES: [(&str, &str); 2] = [("alpha", "알파상사"), ("bravo", "브라보물산")];

/// The callers every app has.
async fn set_up(site: &Site) {
    let running = Running::start(site, &["--migrate", "true"]).await;
    let stranger = Caller::stranger(&running.base);
    let manager = stranger.sign_in(None, "admin", PASSWORD).await;
    for (code, name) in COMPANIES {
        let first = json!({"username": "boss", "email": format!("boss@{code}.example"), "full_name": "김관리", "password": PASSWORD});
        let company = json!({"code": code, "name": name, "start_date": "2026-01-01", "admin": first});
        let _ = manager.post("/api/v1/manager/tenants", &company).await.ok(201);
    }
    let guest = json!({"username": "guest", "email": "guest@provider.example", "password": PASSWORD});
    let _ = stranger.request(Method::POST, "/api/v1/manager/auth/register").json(&guest).send().await.ok(201);
    let admin = stranger.sign_in(Some("alpha"), "boss", PASSWORD).await;
    let role = admin.post("/api/v1/tenants/adm/roles", &json!({"code": "NOTHING", "name": "아무 권한 없음", "permissions": []})).await;
    let role = role.ok(201)["id"].clone();
    let user = json!({"username": "nobody", "email": "nobody@alpha.example", "full_name": "아무개", "password": PASSWORD, "role_id": role});
    let _ = admin.post("/api/v1/tenants/adm/users", &user).await.ok(201);
    running.stop().await;
}
