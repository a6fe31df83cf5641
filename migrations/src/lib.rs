//! The migrations of all crates, in name order, for both databases.
//!
//! Each crate owns the tables it writes and lists their migrations; this crate only joins
//! the lists, and runs them. Names sort over all domains: `m20261121_000001_store`.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use std::time::Duration;
use store::{
    Backend,
    migrate::{APP_ROLE, ensure_app_role, taken},
};

fn in_order(mut all: Vec<Box<dyn MigrationTrait>>) -> Vec<Box<dyn MigrationTrait>> {
    all.sort_by(|a, b| a.name().cmp(b.name()));
    all
}

/// `mgmt_db`.
pub struct Manager;

impl MigratorTrait for Manager {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        in_order(
            [store::migrations::manager(), tenancy::migrations::manager(), auth::migrations::manager(), (audt::module().migrations)()]
                .into_iter()
                .flatten()
                .collect(),
        )
    }
}

/// `tnnt_db`.
pub struct Tenant;

impl MigratorTrait for Tenant {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        in_order(
            [
                store::migrations::tenant(),
                auth::migrations::tenant(),
                (adm::module().migrations)(),
                (crm::module().migrations)(),
                (fim::module().migrations)(),
                resource::import::migrations(),
            ]
            .into_iter()
            .flatten()
            .collect(),
        )
    }
}

/// Names of all steps of one database.
#[must_use]
pub fn names<M: MigratorTrait>() -> Vec<String> {
    M::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// One of the two databases, with the rights of its owner.
pub struct Owner {
    connection: DatabaseConnection,
    backend: Backend,
}

impl Owner {
    pub async fn connect(url: &str) -> Result<Self, String> {
        let backend = Backend::of_url(url).map_err(|e| e.to_string())?;
        let mut options = ConnectOptions::new(url.to_owned());
        options.max_connections(1).connect_timeout(Duration::from_secs(5)).acquire_timeout(Duration::from_secs(5)).sqlx_logging(false);
        options.map_sqlx_sqlite_opts(|options| options.create_if_missing(true).foreign_keys(true).busy_timeout(Duration::from_secs(10)));
        let connection = Database::connect(options).await.map_err(|e| e.to_string())?;
        Ok(Self { connection, backend })
    }

    /// Brings the database to the newest schema; answers how many steps it took.
    pub async fn up<M: MigratorTrait>(&self) -> Result<usize, String> {
        if self.backend == Backend::Postgres {
            ensure_app_role(&self.connection).await?;
        }
        let applied = self.applied().await?;
        let pending = names::<M>().iter().filter(|name| !applied.contains(name)).count();
        if pending > 0 {
            M::up(&self.connection, None).await.map_err(|e| e.to_string())?;
        }
        if self.backend == Backend::Postgres {
            // a start asks which steps were taken
            let grant = format!("GRANT USAGE ON SCHEMA public TO {APP_ROLE}; GRANT SELECT ON seaql_migrations TO {APP_ROLE}");
            self.connection.execute_unprepared(&grant).await.map_err(|e| e.to_string())?;
        }
        Ok(pending)
    }

    /// Takes the last step back. For development.
    pub async fn down<M: MigratorTrait>(&self) -> Result<(), String> {
        M::down(&self.connection, Some(1)).await.map_err(|e| e.to_string())
    }

    /// Names of the steps that were taken. Makes nothing, not even the table they are noted in.
    pub async fn applied(&self) -> Result<Vec<String>, String> {
        taken(&self.connection).await.map_err(|e| e.to_string())
    }

    /// Whether a URL names a file that is not there yet; [`Owner::connect`] would make it.
    #[must_use]
    pub fn is_missing(url: &str) -> bool {
        Backend::file_of_url(url).is_some_and(|file| !file.is_file())
    }

    pub async fn close(self) {
        if let Err(error) = self.connection.close().await {
            eprintln!("closing the database: {error}");
        }
    }
}
