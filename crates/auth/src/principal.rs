use ipnet::IpNet;
use kernel::{Actor, ActorKind, Error, Grant, Message, PermissionKey, Realm, Result, Timestamp};
use std::{net::IpAddr, sync::Arc};
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

    /// Whether everything `grant` covers is covered.
    #[must_use]
    pub fn hold(&self, grant: &Grant) -> bool {
        self.0.iter().any(|own| own.contains(grant))
    }

    /// What both have.
    #[must_use]
    pub(crate) fn within(&self, scopes: &[Grant]) -> Self {
        let mut both = Vec::new();
        for (own, scope) in self.0.iter().flat_map(|own| scopes.iter().map(move |scope| (own, scope))) {
            both.extend(common(own, scope).filter(|grant| !both.contains(grant)));
        }
        Self(both)
    }
}

/// Of two patterns one contains the other, or they have nothing in common.
pub(crate) fn common(one: &Grant, other: &Grant) -> Option<Grant> {
    if one.contains(other) { Some(other.clone()) } else { other.contains(one).then(|| one.clone()) }
}

/// The key somebody's program came with.
#[derive(Clone, Debug)]
pub struct HeldKey {
    pub id: Uuid,
    pub name: String,
    /// What the owner may, of which the key has a part.
    pub(crate) owner: Rights,
    /// From where it may be used; empty: from anywhere.
    pub(crate) addresses: Vec<IpNet>,
}

/// One of the provider's staff, who acts as the principal.
#[derive(Clone, Debug)]
pub struct Impersonator {
    pub id: Uuid,
    pub name: String,
    pub read_only: bool,
}

/// Somebody who signed in, as they are now.
#[derive(Clone, Debug)]
pub struct Principal {
    pub realm: Realm,
    pub user_id: Uuid,
    pub username: String,
    pub full_name: String,
    /// The session; with an API key, which has none, the key's id.
    pub session: Uuid,
    /// The company, in the tenant realm.
    pub tenant: Option<Arc<TenantContext>>,
    pub rights: Rights,
    /// Rights that count in one department and below it only. Never part of `rights`.
    pub scoped: Vec<(Uuid, Grant)>,
    /// Codes of the roles the rights come from.
    pub roles: Vec<String>,
    pub key: Option<HeldKey>,
    pub impersonator: Option<Impersonator>,
    /// Whether the account has a second factor.
    pub mfa_enabled: bool,
    /// When this session last showed it.
    pub verified_at: Option<Timestamp>,
    /// Nobody in particular: see [`crate::AnonymousAccess`].
    pub is_anonymous: bool,
}

/// Resources whose writes make or change credentials, rights or consents: what outlives the hour.
const CREDENTIALS: [&str; 7] = ["users", "roles", "user-roles", "api-keys", "invitations", "sessions", "support-consents"];

impl Principal {
    #[must_use]
    pub fn tenant_id(&self) -> Option<Uuid> {
        self.tenant.as_ref().map(|tenant| tenant.id)
    }

    /// Who it is, unless it is nobody in particular.
    #[must_use]
    pub fn person(&self) -> Option<Uuid> {
        (!self.is_anonymous).then_some(self.user_id)
    }

    /// Whether a second factor is to be shown again before something that matters.
    pub(crate) fn needs_step_up(&self, now: Timestamp) -> bool {
        self.mfa_enabled && self.verified_at.is_none_or(|at| at.plus_seconds(FRESH) <= now)
    }

    pub(crate) fn actor(&self) -> Actor {
        if self.is_anonymous {
            return Actor::system(&self.username);
        }
        let mut actor = Actor::user(Some(self.user_id), self.username.clone(), Some(self.session));
        if let Some(key) = &self.key {
            actor.kind = ActorKind::ApiKey;
            actor.name = format!("{} / {}", self.username, key.name);
            actor.session = None;
        }
        actor.by = self.impersonator.as_ref().map(|staff| (staff.id, staff.name.clone()));
        actor
    }

    /// Who comes without a credential where none is asked for; they may everything there.
    pub(crate) fn anonymous(company: Arc<TenantContext>, actor: &str) -> Self {
        Self {
            realm: Realm::Tenant,
            user_id: Uuid::nil(),
            username: actor.to_owned(),
            full_name: String::new(),
            session: Uuid::nil(),
            tenant: Some(company),
            rights: Rights::new(vec![Grant::new("*")]),
            scoped: Vec::new(),
            roles: Vec::new(),
            key: None,
            impersonator: None,
            mfa_enabled: false,
            verified_at: None,
            is_anonymous: true,
        }
    }

    /// Whether a right is held in general, or for a department; `path` is that department and
    /// all above it.
    #[must_use]
    pub fn may_in_department(&self, key: PermissionKey, path: &[Uuid]) -> bool {
        self.rights.cover(key) || self.scoped.iter().any(|(department, grant)| path.contains(department) && grant.covers(key))
    }

    /// Whether a right is held at least somewhere.
    pub(crate) fn may_somewhere(&self, key: PermissionKey) -> bool {
        self.rights.cover(key) || self.scoped.iter().any(|(_, grant)| grant.covers(key))
    }

    /// What a key and an impersonator may not, whatever rights they have.
    pub(crate) fn judge(&self, permission: PermissionKey, reads: bool, address: Option<IpAddr>) -> Result<()> {
        let seeing = permission.domain == Rights::OWN && permission.resource == "session" && permission.action == "read";
        if let Some(key) = &self.key {
            if !key.addresses.is_empty() && !address.is_some_and(|ip| key.addresses.iter().any(|net| net.contains(&ip))) {
                return Err(Error::forbidden(
                    "address",
                    Message::new("이 주소에서는 사용할 수 없는 API 키입니다.", "This API key cannot be used from this address."),
                ));
            }
            let personal = match (permission.resource, permission.action) {
                _ if permission.domain == Rights::OWN => !seeing,
                ("api-keys", action) => action != "read",
                // what a person answers for: staff act as anybody who has no right that this person lacks
                ("impersonations" | "support-consents", action) => action == "create",
                _ => false,
            };
            if personal {
                return Err(refused_by_key());
            }
        }
        if let Some(staff) = &self.impersonator {
            let leaving = permission.domain == Rights::OWN && permission.resource == "session" && permission.action == "delete";
            let personal = if permission.domain == Rights::OWN {
                !seeing && !leaving
            } else {
                permission.action != "read" && CREDENTIALS.contains(&permission.resource)
            };
            if personal {
                return Err(Error::forbidden(
                    "impersonation",
                    Message::new("대리 접속 중에는 할 수 없는 작업입니다.", "This cannot be done during impersonation."),
                ));
            }
            // whoever may only look may go, too
            if staff.read_only && !reads && !leaving {
                return Err(Error::forbidden(
                    "read_only",
                    Message::new("조회만 허용된 대리 접속입니다.", "This impersonation is read-only."),
                ));
            }
        }
        Ok(())
    }

    /// The refusal of a right that is not held: with a key it says whether the owner has it.
    pub(crate) fn lacks(&self, permission: PermissionKey) -> Error {
        let error = Error::lacks(permission);
        match &self.key {
            Some(key) if key.owner.cover(permission) => error.with("reason", "scope"),
            _ => error,
        }
    }
}

/// The refusal of what no API key may.
pub(crate) fn refused_by_key() -> Error {
    Error::forbidden("api_key", Message::new("API 키로는 할 수 없는 작업입니다.", "This cannot be done with an API key."))
}

#[cfg(test)]
mod tests {
    use super::Rights;
    use kernel::{Grant, PermissionKey};

    /// What a key may is exactly what both its owner and its scopes cover.
    #[test]
    fn a_part_of_rights_is_what_both_cover() {
        let words = ["crm", "fim"];
        let keys = words.iter().flat_map(|domain| {
            ["a", "b"]
                .iter()
                .flat_map(move |resource| ["read", "post"].iter().map(move |action| PermissionKey { domain, resource, action }))
        });
        let keys: Vec<PermissionKey> = keys.collect();
        let grants = ["*", "crm.*", "fim.*", "crm.a.*", "crm.b.*", "fim.a.*", "crm.a.read", "crm.a.post", "crm.b.read", "fim.a.read"];
        // every set of up to two, on either side
        let sets: Vec<Vec<Grant>> = (0..grants.len() * (grants.len() + 1))
            .map(|n| [n % grants.len(), n / grants.len()])
            .map(|picked| picked.iter().filter_map(|n| grants.get(*n)).map(|text| Grant::new(*text)).collect())
            .collect();
        for own in &sets {
            for scopes in &sets {
                let (own, part) = (Rights::new(own.clone()), Rights::new(own.clone()).within(scopes));
                for key in &keys {
                    let wanted = own.cover(*key) && scopes.iter().any(|scope| scope.covers(*key));
                    assert_eq!(part.cover(*key), wanted, "{own:?} within {scopes:?}: {key}");
                }
            }
        }
    }
}
