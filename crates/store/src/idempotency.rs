//! The same request twice is one request: the first answer is kept in the transaction that
//! made it true, and given again.

use crate::{Context, Sql, Tx, audit::mask, new_id};
use kernel::{Error, Result, boxed};
use uuid::Uuid;

/// Seconds an answer is kept.
const KEPT: i64 = 24 * 60 * 60;

/// An answer as it was given: status, `data` as JSON, version of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    pub status: u16,
    pub data: String,
    pub version: Option<i64>,
}

/// What a key says about a request.
#[derive(Debug)]
pub enum Claim {
    /// No key, or the first with this key: go ahead.
    First,
    /// Done before: this was the answer.
    Done(StoredAnswer),
}

/// Whose key it is; those who came without a credential are one.
fn caller(cx: &Context) -> Uuid {
    cx.actor.id.unwrap_or_default()
}

impl Tx {
    /// Claims the request's `Idempotency-Key`. While another transaction holds the same key
    /// this one waits, at most five seconds.
    ///
    /// # Errors
    /// `idempotency_mismatch` (422) when the key came with another body or query before; `busy` (409)
    /// when the first is still running after the wait.
    #[boxed(?Send)]
    pub async fn claim(&self) -> Result<Claim> {
        let cx = self.context();
        let Some((key, digest)) = &cx.idempotency else { return Ok(Claim::First) };
        if self.is_postgres() {
            self.raw_execute(Sql::new("SET LOCAL lock_timeout = '5s'")).await?;
        }
        let target = if self.tenant().is_some() { "(tenant_id, caller, route, key)" } else { "(caller, route, key)" };
        let mut sql =
            Sql::new("INSERT INTO idempotency_keys (id, tenant_id, caller, route, key, body_digest, created_at, expires_at) VALUES (");
        sql.bind(new_id()).push(", ").bind(self.tenant()).push(", ").bind(caller(cx)).push(", ").bind(cx.route.clone()).push(", ");
        sql.bind(key.clone()).push(", ").bind(digest.clone()).push(", ").bind(self.now()).push(", ").bind(self.now().plus_seconds(KEPT));
        sql.push(") ON CONFLICT ").push(target);
        sql.push(" DO UPDATE SET body_digest = excluded.body_digest, created_at = excluded.created_at, expires_at = excluded.expires_at, status = NULL, answer = NULL");
        sql.push(" WHERE idempotency_keys.expires_at <= ").bind(self.now()).push(" RETURNING id");
        if self.raw_one(sql).await?.is_some() {
            return Ok(Claim::First);
        }
        let mut sql = Sql::new("SELECT body_digest, status, answer, version FROM idempotency_keys WHERE ");
        self.where_key(&mut sql, key);
        let row = self.raw_one(sql).await?.ok_or_else(|| Error::transient("the first answer went away"))?;
        if row.try_get::<Vec<u8>>("", "body_digest").map_err(Error::internal)? != *digest {
            return Err(Error::field(
                "Idempotency-Key",
                "idempotency_mismatch",
                "같은 키로 본문이나 쿼리가 다른 요청이 이미 처리되었습니다. 새 키를 쓰세요.",
                "was already used for a request with another body or query; use a new key",
            )
            .with("rule", "idempotency_mismatch"));
        }
        let status: i32 = row.try_get("", "status").map_err(Error::internal)?;
        Ok(Claim::Done(StoredAnswer {
            status: status.try_into().map_err(Error::internal)?,
            data: row.try_get("", "answer").map_err(Error::internal)?,
            version: row.try_get("", "version").map_err(Error::internal)?,
        }))
    }

    /// Keeps the answer for those who ask again; secrets in it are blanked.
    #[boxed(?Send)]
    pub async fn keep(&self, answer: &StoredAnswer) -> Result<()> {
        let Some((key, _)) = &self.context().idempotency else { return Ok(()) };
        let mut data: serde_json::Value = serde_json::from_str(&answer.data).map_err(Error::internal)?;
        mask(&mut data);
        let mut sql = Sql::new("UPDATE idempotency_keys SET status = ");
        sql.bind(i32::from(answer.status))
            .push(", answer = ")
            .bind(data.to_string())
            .push(", version = ")
            .bind(answer.version)
            .push(" WHERE ");
        self.where_key(&mut sql, key);
        self.raw_execute(sql).await.map(|_| ())
    }

    /// Forgets the answers whose time is over.
    #[boxed(?Send)]
    pub async fn forget_old_keys(&self) -> Result<u64> {
        let mut sql = Sql::new("DELETE FROM idempotency_keys WHERE expires_at <= ");
        sql.bind(self.now());
        self.push_own(&mut sql);
        self.raw_execute(sql).await
    }

    fn where_key(&self, sql: &mut Sql, key: &str) {
        let cx = self.context();
        sql.push("caller = ").bind(caller(cx)).push(" AND route = ").bind(cx.route.clone()).push(" AND key = ").bind(key);
        if let Some(tenant) = self.tenant() {
            sql.push(" AND tenant_id = ").bind(tenant);
        }
    }
}
