use crate::{
    AnonymousAccess, Door, Mailer,
    door::SystemDoor,
    gate::Gate,
    granted_roles::{granted_roles, summary},
    keyring::Keyring,
    keys,
    principal::Principal,
    sealed::{MasterKey, Secrets},
    tables::Tables,
    token::Claims,
};
use kernel::{Error, PermissionKey, Realm, Result, boxed};
use moka::future::Cache;
use serde_json::Value;
use std::{
    future::{Ready, ready},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::{Database, Sql};
use tenancy::Directory;
use uuid::Uuid;

/// How long a node believes what it read of a session: a revoked one ends within a second everywhere.
const BELIEVED: Duration = Duration::from_millis(500);

/// Whether strangers may make themselves an account of the provider's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    Open,
    Approval,
    Closed,
}

/// What this crate needs to know of the installation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `CXG_SECRET_KEY`, or the file in the data folder.
    pub secrets: Secrets,
    /// `iss` of the tokens: the public URL.
    pub issuer: String,
    pub register: Register,
    /// Every permission of the modules of each realm.
    pub catalogue: Vec<(Realm, PermissionKey)>,
    /// Companies may be named by the host: `<code>.<base domain>`.
    pub base_domain: Option<String>,
    /// Who may come without a credential; `None`: nobody.
    pub anonymous: Option<Arc<dyn AnonymousAccess>>,
    /// Sends emails: resets, invitations.
    pub mailer: Arc<dyn Mailer>,
}

/// The running platform: both databases, the companies, keys and sessions.
///
/// Handlers do not use it; they ask for [`crate::Allowed`].
#[derive(Clone)]
pub struct Platform(Arc<Inner>);

/// What stands behind a [`Platform`]; its parts are this crate's own.
pub struct Inner {
    pub(crate) manager: Database,
    pub(crate) tenant: Database,
    pub(crate) directory: Directory,
    pub(crate) keyring: Keyring,
    pub(crate) master: MasterKey,
    pub(crate) settings: Settings,
    catalogue: [Vec<PermissionKey>; 2],
    sessions: Cache<(Option<Uuid>, Uuid), Option<Arc<Principal>>>,
    pub(crate) keys: Cache<keys::Place, Option<Arc<keys::Known>>>,
    pub(crate) proven_keys: keys::ProvenKeys,
    pub(crate) usage: keys::Usage,
    /// Asked before an action moves a row; without one, everything may.
    pub(crate) gate: OnceLock<Arc<dyn Gate>>,
    ready: AtomicBool,
}

impl std::ops::Deref for Platform {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Platform {
    /// Nothing is opened yet: the databases may be away.
    pub fn new(settings: Settings, manager: Database, tenant: Database) -> Result<Self> {
        Ok(Self(Arc::new(Inner {
            directory: Directory::new(manager.clone()),
            keyring: Keyring::new(manager.clone(), settings.issuer.clone()),
            master: MasterKey::reading(settings.secrets.clone())?,
            sessions: Cache::builder().max_capacity(50_000).time_to_live(BELIEVED).build(),
            keys: Cache::builder().max_capacity(50_000).time_to_live(BELIEVED).build(),
            proven_keys: keys::proven_keys(),
            usage: keys::Usage::default(),
            gate: OnceLock::new(),
            ready: AtomicBool::new(false),
            catalogue: [Realm::Manager, Realm::Tenant]
                .map(|realm| settings.catalogue.iter().filter(|(of, _)| *of == realm).map(|(_, key)| *key).collect()),
            manager,
            tenant,
            settings,
        })))
    }

    /// Reads catalogues and keys; from now on requests are served.
    #[boxed(?Send)]
    pub async fn start(&self) -> Result<()> {
        self.manager.load_catalog().await?;
        self.tenant.load_catalog().await?;
        self.keyring.load(&self.master).await?;
        Ok(())
    }

    /// [`Platform::start`] for whoever only looks: no key is made where there is none.
    #[boxed(?Send)]
    pub async fn look(&self) -> Result<()> {
        self.manager.load_catalog().await?;
        self.tenant.load_catalog().await?;
        self.keyring.read(&self.master).await
    }

    /// Says who is asked before an action moves a row; once, before anything is served.
    pub fn ask_before_moves(&self, gate: Arc<dyn Gate>) {
        self.0.gate.get_or_init(|| gate);
    }

    pub fn set_ready(&self, ready: bool) {
        self.0.ready.store(ready, Ordering::Relaxed);
    }

    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.ready.load(Ordering::Relaxed)
    }

    pub(crate) fn serving(&self) -> Result<()> {
        if self.is_ready() { Ok(()) } else { Err(Error::unavailable("not ready")) }
    }

    /// Every permission there is in a realm.
    #[must_use]
    pub fn catalogue(&self, realm: Realm) -> &[PermissionKey] {
        match realm {
            Realm::Manager => &self.0.catalogue[0],
            Realm::Tenant => &self.0.catalogue[1],
        }
    }

    /// A database itself: for what goes over all companies, such as the worker, and for signing in. Not for requests, which have a door.
    #[must_use]
    pub fn database(&self, realm: Realm) -> &Database {
        match realm {
            Realm::Manager => &self.0.manager,
            Realm::Tenant => &self.0.tenant,
        }
    }

    /// A door for what has no caller: provisioning, seeds, jobs. `part` names who; the audit
    /// shows it. `tenant` is the company it is done for.
    #[must_use]
    pub fn act_as_system(&self, realm: Realm, tenant: Option<Uuid>, part: &str) -> SystemDoor {
        SystemDoor::new(self.clone(), realm, tenant, part)
    }

    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.0.directory
    }

    /// Whether a database answers.
    #[boxed(?Send)]
    pub async fn ping(&self, realm: Realm) -> Result<()> {
        self.database(realm).ping().await
    }

    /// Refuses to serve with a database user whom row-level security does not bind.
    #[boxed(?Send)]
    pub async fn check_role(&self, realm: Realm) -> Result<(), String> {
        self.database(realm).check_role().await
    }

    /// Names of the migrations a database has.
    #[boxed(?Send)]
    pub async fn migrations_taken(&self, realm: Realm) -> Result<Vec<String>> {
        self.database(realm).migrations_taken().await
    }

    pub fn close(&self) {
        self.0.manager.close();
        self.0.tenant.close();
    }

    #[must_use]
    pub fn now(&self) -> kernel::Timestamp {
        self.0.manager.now()
    }

    /// `/.well-known/jwks.json`.
    #[must_use]
    pub fn jwks(&self) -> Value {
        self.0.keyring.jwks(self.now().unix_seconds())
    }

    /// How this installation is set up.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// What seals and tags, derived from the secrets of the installation. For the crate `signin`.
    #[must_use]
    pub fn master_key(&self) -> &MasterKey {
        &self.0.master
    }

    /// The one who holds this access token, as they are now. `None`: whatever is wrong with it.
    #[boxed(?Send)]
    pub async fn holder(&self, token: &str) -> Result<Option<Arc<Principal>>> {
        let now = self.manager.now().unix_seconds();
        let mut claims = self.keyring.claims(token, now);
        if claims.is_none() && self.keyring.is_of_unknown_key(token) {
            self.keyring.reload(&self.master, now).await?;
            claims = self.keyring.claims(token, now);
        }
        let Some(claims) = claims else { return Ok(None) };
        // what no token of ours says must not be remembered for those that say it rightly
        if (claims.realm == Realm::Tenant) != claims.tid.is_some() {
            return Ok(None);
        }
        let key = (claims.tid, claims.sid);
        let found = match self.sessions.get(&key).await {
            Some(known) => known,
            None => self.sessions.try_get_with(key, self.load(&claims)).await.map_err(|error: Arc<Error>| Error::unavailable(error))?,
        };
        Ok(found.filter(|principal| principal.realm == claims.realm && principal.user_id == claims.sub))
    }

    /// This node believes nothing it read of sessions and keys any more: something was revoked here.
    pub fn forget_sessions(&self) {
        self.sessions.invalidate_all();
        self.keys.invalidate_all();
    }

    async fn load(&self, claims: &Claims) -> Result<Option<Arc<Principal>>> {
        let tenant = match (claims.realm, claims.tid) {
            (Realm::Manager, None) => None,
            (Realm::Tenant, Some(id)) => match self.directory.by_id(id).await? {
                Some(tenant) => Some(tenant),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let database = self.database(claims.realm);
        let scope = database.read(claims.tid).await?;
        let tables = Tables::of(claims.realm);
        let now = database.now();
        let mut sql = Sql::new(
            "SELECT u.id AS id, u.username AS username, u.full_name AS full_name, u.mfa_enabled AS mfa_enabled, s.verified_at AS verified_at",
        );
        if claims.tid.is_some() {
            sql.push(crate::impersonation::COLUMNS);
        }
        sql.push(" FROM ").push(tables.sessions).push(" s JOIN ").push(tables.users).push(" u ON u.id = s.user_id");
        if claims.tid.is_some() {
            sql.push(" AND u.tenant_id = s.tenant_id");
        }
        sql.push(" WHERE s.id = ").bind(claims.sid).push(" AND s.status = 'ACTIVE' AND s.expires_at > ").bind(now);
        sql.push(" AND u.status = 'ACTIVE' AND u.deleted_at IS NULL");
        if let Some(tenant) = claims.tid {
            sql.push(" AND s.tenant_id = ").bind(tenant);
        }
        let Some(row) = scope.raw_one(sql).await? else { return Ok(None) };
        let text = |name: &str| row.try_get::<String>("", name).map_err(Error::internal);
        let user_id: Uuid = row.try_get("", "id").map_err(Error::internal)?;
        let impersonator = match claims.tid {
            Some(_) => match self.impersonator(&scope, &row).await? {
                Some(impersonator) => impersonator,
                None => return Ok(None),
            },
            None => None,
        };
        let (roles, rights, scoped) = summary(&granted_roles(&scope, claims.realm, user_id, now).await?);
        Ok(Some(Arc::new(Principal {
            realm: claims.realm,
            user_id,
            username: text("username")?,
            full_name: text("full_name")?,
            session: claims.sid,
            tenant,
            rights,
            scoped,
            mfa_enabled: row.try_get("", "mfa_enabled").map_err(Error::internal)?,
            verified_at: row.try_get("", "verified_at").map_err(Error::internal)?,
            roles,
            key: None,
            impersonator,
            is_anonymous: false,
        })))
    }
}

/// What an action on an account does afterwards: this node reads sessions and keys anew.
pub fn forget_sessions(door: &Door, _: Uuid) -> Ready<Result<()>> {
    door.platform().forget_sessions();
    ready(Ok(()))
}
