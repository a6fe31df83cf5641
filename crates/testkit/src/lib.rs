//! What tests need: databases that are thrown away, a running platform, callers, a clock to move.
//!
//! [`TestApp`] runs the platform inside the test process and is spoken to over real HTTP, as its customers do. Two companies exist in every
//! one of them, because whatever is tested must not leak into the other. [`both!`] runs one test on both databases.
//!
//! [`Program`] starts the real binary, for what only a process shows: exit codes, signals, being killed.

#![expect(clippy::expect_used, reason = "a test that cannot go on ends here, and says why")]

mod app;
mod clock;
mod http;
mod keeper;
pub mod postgres;
mod program;
pub mod redis;
mod site;
mod traces;

pub use app::{Company, TestApp, run};
pub use clock::ManualClock;
pub use http::{Answer, Caller, Request};
pub use postgres::Cluster;
pub use program::{Ended, Program};
pub use redis::Redis;
pub use site::{PASSWORD, SECRET_KEY, Site, temporary_folder};
pub use store::Backend;
pub use traces::{Audit, Published};

/// Runs each test on SQLite and on PostgreSQL, each time with an app of its own: `<name>::on_sqlite`, `<name>::on_postgres`.
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "what stands around the macro is there for some of its tests")]
            use super::*;

            async fn story($app: $crate::TestApp) $body

            #[test]
            fn on_sqlite() {
                $crate::run($crate::Backend::Sqlite, story);
            }

            #[test]
            fn on_postgres() {
                $crate::run($crate::Backend::Postgres, story);
            }
        }
    )+};
}
