use crate::Platform;
use kernel::Realm;
use store::Database;

impl Platform {
    /// A database itself, for the worker that goes over all companies' streams. Not for requests.
    #[must_use]
    pub fn streams(&self, realm: Realm) -> &Database {
        self.database(realm)
    }
}
