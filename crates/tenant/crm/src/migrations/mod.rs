//! The tables of `crm` in `tnnt_db`: partners and their contacts.

mod deals;
mod keys;
mod lines;
mod partners;

use sea_orm_migration::prelude::*;

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    [partners::all(), lines::all(), deals::all(), vec![Box::new(keys::Keys) as Box<dyn MigrationTrait>]].into_iter().flatten().collect()
}
