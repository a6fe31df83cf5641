//! The tables of `crm` in `tnnt_db`: partners and their contacts.

mod deals;
mod lines;
mod partners;

use sea_orm_migration::prelude::*;

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    [partners::all(), lines::all(), deals::all()].into_iter().flatten().collect()
}
