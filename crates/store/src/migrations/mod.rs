//! The tables this crate owns, in either database.

mod events;
mod search;
mod series;
mod tables;

use crate::migrate::run;
use sea_orm_migration::prelude::*;

pub fn manager() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(tables::Platform), Box::new(events::Platform), Box::new(search::Platform)]
}

pub fn tenant() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(tables::Company), Box::new(events::Company), Box::new(series::Formats), Box::new(search::Company)]
}

async fn drop(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables {
        run(manager, &format!("DROP TABLE {table}")).await?;
    }
    Ok(())
}
