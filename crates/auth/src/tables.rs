use kernel::Realm;

/// The same tables stand in both databases under the names of their domains.
#[derive(Clone, Copy)]
pub(crate) struct Tables {
    pub users: &'static str,
    pub roles: &'static str,
    pub sessions: &'static str,
    /// Domain of the users: audit rows and events say `idam.users` or `adm.users`.
    pub domain: &'static str,
}

impl Tables {
    pub const fn of(realm: Realm) -> Self {
        match realm {
            Realm::Manager => Self { users: "idam_users", roles: "idam_roles", sessions: "idam_sessions", domain: "idam" },
            Realm::Tenant => Self { users: "adm_users", roles: "adm_roles", sessions: "adm_sessions", domain: "adm" },
        }
    }
}
