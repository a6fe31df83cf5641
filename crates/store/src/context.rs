use kernel::{Actor, Realm};
use uuid::Uuid;

/// On whose behalf something is written: what audit rows, `created_by` and idempotency need.
#[derive(Clone, Debug)]
pub struct Context {
    pub realm: Realm,
    /// The company whose rows are meant; none for the provider's own.
    pub tenant: Option<Uuid>,
    pub actor: Actor,
    pub request_id: Uuid,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    /// Method and path, for idempotency: the same key on another path is another key.
    pub route: String,
    /// `Idempotency-Key` with the digest of the body it came with.
    pub idempotency: Option<(String, Vec<u8>)>,
    /// Only to see what would be: the transaction is rolled back.
    pub is_dry_run: bool,
}

impl Context {
    /// The platform acts by itself; `part` names which part (`provisioning`, `seed`).
    #[must_use]
    pub fn system(realm: Realm, tenant: Option<Uuid>, part: &str) -> Self {
        Self {
            realm,
            tenant,
            actor: Actor::system(part),
            request_id: crate::new_id(),
            address: None,
            user_agent: None,
            route: String::new(),
            idempotency: None,
            is_dry_run: false,
        }
    }
}
