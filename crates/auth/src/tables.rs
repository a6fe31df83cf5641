use kernel::Realm;

/// The same tables stand in both databases under the names of their domains.
#[derive(Clone, Copy)]
pub(crate) struct Tables {
    pub users: &'static str,
    pub sessions: &'static str,
    pub api_keys: &'static str,
    /// Domain of the users: audit rows and events say `idam.users` or `adm.users`.
    pub domain: &'static str,
}

impl Tables {
    pub const fn of(realm: Realm) -> Self {
        match realm {
            Realm::Manager => Self { users: "idam_users", sessions: "idam_sessions", api_keys: "idam_api_keys", domain: "idam" },
            Realm::Tenant => Self { users: "adm_users", sessions: "adm_sessions", api_keys: "adm_api_keys", domain: "adm" },
        }
    }
}
