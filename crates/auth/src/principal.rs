use kernel::{Actor, ActorKind, Grant, PermissionKey, Realm, Timestamp};
use std::sync::Arc;
use tenancy::TenantContext;
use uuid::Uuid;

/// Seconds a second factor counts as just shown.
const FRESH: i64 = 10 * 60;

/// What somebody may do.
#[derive(Clone, Debug, Default)]
pub struct Rights(Vec<Grant>);

impl Rights {
    #[must_use]
    pub fn new(grants: Vec<Grant>) -> Self {
        Self(grants)
    }

    /// What everybody who signed in may do without any role: see and end their own session.
    pub(crate) const OWN: &str = "auth";

    #[must_use]
    pub fn cover(&self, key: PermissionKey) -> bool {
        key.domain == Self::OWN || self.0.iter().any(|grant| grant.covers(key))
    }

    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.0
    }
}

/// Somebody who signed in, as they are now.
#[derive(Clone, Debug)]
pub struct Principal {
    pub realm: Realm,
    pub user_id: Uuid,
    pub username: String,
    pub full_name: String,
    pub session: Uuid,
    /// The company, in the tenant realm.
    pub tenant: Option<Arc<TenantContext>>,
    pub rights: Rights,
    /// Codes of the roles the rights come from.
    pub roles: Vec<String>,
    /// Whether the account has a second factor.
    pub mfa_enabled: bool,
    /// When this session last showed it.
    pub verified_at: Option<Timestamp>,
}

impl Principal {
    #[must_use]
    pub fn tenant_id(&self) -> Option<Uuid> {
        self.tenant.as_ref().map(|tenant| tenant.id)
    }

    /// Whether a second factor is to be shown again before something that matters.
    pub(crate) fn needs_step_up(&self, now: Timestamp) -> bool {
        self.mfa_enabled && self.verified_at.is_none_or(|at| at.plus_seconds(FRESH) <= now)
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor { kind: ActorKind::User, id: Some(self.user_id), name: self.username.clone(), session: Some(self.session) }
    }
}
