use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which of the two systems: the provider's (`mgmt_db`) or the companies' (`tnnt_db`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Realm {
    Manager,
    Tenant,
}

impl Realm {
    /// The word in tokens and in the audit.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Tenant => "tenant",
        }
    }

    /// The segment behind `/api/v1/`.
    #[must_use]
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Tenant => "tenants",
        }
    }
}

/// What kind of being acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// Somebody who signed in.
    User,
    /// The platform itself: provisioning, jobs.
    System,
}

impl ActorKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::System => "SYSTEM",
        }
    }
}

/// Who acts: what audit rows and `created_by` say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    /// The user's id; none for the system.
    pub id: Option<Uuid>,
    /// The name as it was at that time.
    pub name: String,
    pub session: Option<Uuid>,
}

impl Actor {
    /// The platform itself; `part` names the one that acts (`provisioning`, `seed`).
    #[must_use]
    pub fn system(part: &str) -> Self {
        Self { kind: ActorKind::System, id: None, name: part.to_owned(), session: None }
    }
}
