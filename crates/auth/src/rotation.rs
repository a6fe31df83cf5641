//! Exchanging keys while everything serves: those that sign, and the secret that seals them at rest.

use crate::{Platform, keyring};
use kernel::{Error, Realm, Result, boxed};
use store::{Context, Scope, Sql};
use uuid::Uuid;

/// What the TOTP secrets of the second factor are labelled with when they are sealed.
pub const TOTP_LABEL: &str = "totp";

/// A column whose values are sealed.
struct Sealed {
    realm: Realm,
    table: &'static str,
    column: &'static str,
    label: &'static str,
}

/// Every column that holds sealed values. One that is missing here is lost when its secret is exchanged.
const SEALED: [Sealed; 3] = [
    Sealed { realm: Realm::Manager, table: "idam_signing_keys", column: "wrapped_key", label: keyring::LABEL },
    Sealed { realm: Realm::Manager, table: "idam_mfa", column: "secret_sealed", label: TOTP_LABEL },
    Sealed { realm: Realm::Tenant, table: "adm_mfa", column: "secret_sealed", label: TOTP_LABEL },
];

impl Sealed {
    /// The sealed values of the provider, or of a company.
    async fn values(&self, scope: &Scope, tenant: Option<Uuid>) -> Result<Vec<(Uuid, Vec<u8>)>> {
        let mut sql = Sql::new("SELECT id, ");
        sql.push(self.column).push(" AS sealed FROM ").push(self.table).push(" WHERE ").push(self.column).push(" IS NOT NULL");
        if let Some(tenant) = tenant {
            sql.push(" AND tenant_id = ").bind(tenant);
        }
        let read = |row: &sea_orm::QueryResult| Ok((row.try_get("", "id")?, row.try_get("", "sealed")?));
        let rows = scope.raw_all(sql).await?;
        rows.iter().map(|row| read(row).map_err(|error: sea_orm::DbErr| Error::internal(error))).collect()
    }

    /// Puts a value in the place of another, when that still stands there.
    fn replacing(&self, tenant: Option<Uuid>, id: Uuid, old: &[u8], new: Vec<u8>) -> Sql {
        let mut sql = Sql::new("UPDATE ");
        sql.push(self.table).push(" SET ").push(self.column).push(" = ").bind(new).push(" WHERE id = ").bind(id);
        sql.push(" AND ").push(self.column).push(" = ").bind(old.to_vec());
        if let Some(tenant) = tenant {
            sql.push(" AND tenant_id = ").bind(tenant);
        }
        sql
    }
}

impl Platform {
    /// Makes a new signing key; tokens of the old ones are believed for twenty minutes more, or not any more. Answers its name.
    #[boxed(?Send)]
    pub async fn rotate_signing_key(&self, at_once: bool) -> Result<String> {
        self.keyring.rotate(&self.master, at_once).await
    }

    /// Looks, at most every half minute, whether keys were exchanged elsewhere. Before whatever signs, seals or verifies.
    #[boxed(?Send)]
    pub async fn keep_keys_fresh(&self) {
        if self.is_ready() {
            self.keyring.keep_fresh(&self.master, self.now().unix_seconds()).await;
        }
    }

    /// Signs a statement of the platform: the name of the key, and the signature. It is not valid as a token, nor a token's as this.
    #[boxed(?Send)]
    pub async fn sign_statement(&self, message: &[u8]) -> Result<(String, Vec<u8>)> {
        self.keyring.keep_fresh(&self.master, self.now().unix_seconds()).await;
        self.keyring.sign(message)
    }

    /// Whether the platform has signed this, with a key of today or a retired one.
    #[boxed(?Send)]
    pub async fn verify_statement(&self, kid: &str, message: &[u8], signature: &[u8]) -> Result<bool> {
        if self.keyring.public(kid).is_none() {
            self.keyring.reload(&self.master, self.now().unix_seconds()).await?;
        }
        Ok(self.keyring.verify(kid, message, signature))
    }

    /// The public half of a key of ours, a retired one too.
    #[must_use]
    pub fn public_key(&self, kid: &str) -> Option<Vec<u8>> {
        self.keyring.public(kid)
    }

    /// Seals again, with the newest secret, whatever is sealed with another; answers how many values.
    #[boxed(?Send)]
    pub async fn reseal(&self) -> Result<usize> {
        self.master.reread();
        let mut done = 0;
        for (sealed, tenant) in self.sealed_places().await? {
            let old = self.of_older_secret(sealed, tenant).await?;
            if old.is_empty() {
                continue;
            }
            let mut statements = Vec::new();
            for (id, value) in &old {
                let plain = self.master.open(sealed.label, value)?;
                statements.push(sealed.replacing(tenant, *id, value, self.master.seal(sealed.label, &plain)?));
            }
            let cx = Context::system(sealed.realm, tenant, "keys");
            self.database(sealed.realm)
                .write(&cx, async |tx| {
                    for sql in &statements {
                        tx.raw_execute(sql.clone()).await?;
                    }
                    Ok(())
                })
                .await?;
            done += old.len();
        }
        Ok(done)
    }

    /// How many values are sealed with another secret than the newest.
    #[boxed(?Send)]
    pub async fn sealed_with_older(&self) -> Result<usize> {
        self.master.reread();
        let mut count = 0;
        for (sealed, tenant) in self.sealed_places().await? {
            count += self.of_older_secret(sealed, tenant).await?.len();
        }
        Ok(count)
    }

    async fn of_older_secret(&self, sealed: &Sealed, tenant: Option<Uuid>) -> Result<Vec<(Uuid, Vec<u8>)>> {
        let scope = self.database(sealed.realm).read(tenant).await?;
        let values = sealed.values(&scope, tenant).await?;
        Ok(values.into_iter().filter(|(_, value)| !self.master.is_of_newest(value)).collect())
    }

    /// Each column with each company whose rows it holds.
    async fn sealed_places(&self) -> Result<Vec<(&'static Sealed, Option<Uuid>)>> {
        let mut companies = Vec::new();
        for row in self.manager.read(None).await?.raw_all(Sql::new("SELECT id FROM tnnt_tenants")).await? {
            companies.push(Some(row.try_get::<Uuid>("", "id").map_err(Error::internal)?));
        }
        let places = |sealed: &'static Sealed| match sealed.realm {
            Realm::Manager => vec![(sealed, None)],
            Realm::Tenant => companies.iter().map(|company| (sealed, *company)).collect(),
        };
        Ok(SEALED.iter().flat_map(places).collect())
    }
}
