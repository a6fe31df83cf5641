//! The tables of `crm` in `tnnt_db`: partners and their contacts.

mod partners;

use sea_orm_migration::prelude::*;

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    partners::all()
}
