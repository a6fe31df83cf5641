use kernel::{Actor, ActorKind, Grant, PermissionKey, Realm};
use std::sync::Arc;
use tenancy::TenantContext;
use uuid::Uuid;

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
}

impl Principal {
    #[must_use]
    pub fn tenant_id(&self) -> Option<Uuid> {
        self.tenant.as_ref().map(|tenant| tenant.id)
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor { kind: ActorKind::User, id: Some(self.user_id), name: self.username.clone(), session: Some(self.session) }
    }
}
