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
    /// A program, with a key of somebody's.
    ApiKey,
    /// The platform itself: provisioning, jobs.
    System,
}

impl ActorKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::ApiKey => "API_KEY",
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
    /// One of the provider's people who acts as this user: the audit names both.
    pub by: Option<(Uuid, String)>,
}

impl Actor {
    /// Somebody who signed in, or tries to.
    #[must_use]
    pub fn user(id: Option<Uuid>, name: String, session: Option<Uuid>) -> Self {
        Self { kind: ActorKind::User, id, name, session, by: None }
    }

    /// The platform itself; `part` names the one that acts (`provisioning`, `seed`).
    #[must_use]
    pub fn system(part: &str) -> Self {
        Self { kind: ActorKind::System, id: None, name: part.to_owned(), session: None, by: None }
    }
}
