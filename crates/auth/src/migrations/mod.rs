//! People, roles, sessions, signing keys; how they sign in; what acts for them.

mod keyrings;
mod keys;
mod names;
mod people;
mod sign_in;

use sea_orm_migration::MigrationTrait;

pub fn manager() -> Vec<Box<dyn MigrationTrait>> {
    [people::manager(), sign_in::manager(), keys::manager(), keyrings::manager(), names::manager()].into_iter().flatten().collect()
}

pub fn tenant() -> Vec<Box<dyn MigrationTrait>> {
    [people::tenant(), sign_in::tenant(), keys::tenant(), names::tenant()].into_iter().flatten().collect()
}
