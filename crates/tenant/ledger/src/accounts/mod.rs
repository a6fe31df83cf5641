//! The chart of accounts: a tree; entries are posted to its leaves.

mod api;
pub mod chart;
pub mod entity;

use entity::{Column, Create, Entity, Filter, Model, PostingRole, Update};
use envelope::web;
use kernel::{Realm, Result};
use resource::Resource;
use sea_orm::{ActiveEnum as _, ColumnTrait, QueryFilter};
use store::Scope;
use uuid::Uuid;

/// The accounts of the company.
pub struct Accounts;

impl Resource for Accounts {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "accounts";
    const NOUN: &'static str = "account";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::AccountCode, Column::AccountName, Column::AccountType, Column::StatementOrder];
    const SEARCH: &'static [Column] = &[Column::AccountCode, Column::AccountName];
    const EXAMPLE: &'static str =
        r#"{"account_code": "83{n}", "account_name": "지급수수료 {n}", "account_type": "EXPENSE", "account_group": "판매비와관리비"}"#;

    fn may_change(_: &Model) -> Result<()> {
        Ok(())
    }

    fn may_delete(row: &Model) -> Result<()> {
        if row.role.is_none() {
            return Ok(());
        }
        Err(crate::rules::ACCOUNT_HAS_ROLE.error())
    }
}

/// The account the platform posts to for this.
///
/// # Errors
/// 409 `fim.no_account_for_role` when the company has none.
pub async fn of_role(scope: &Scope, role: PostingRole) -> Result<Uuid> {
    let found = scope.find::<Entity>().filter(Column::Role.eq(role)).one().await?;
    found.map(|account| account.id).ok_or_else(|| {
        let role = role.to_value();
        crate::rules::NO_ACCOUNT_FOR_ROLE.filled(&[("role", &role)]).with("role", role)
    })
}

pub fn routes() -> web::Scope {
    web::scope("/accounts")
        .service(web::resource("").route(resource::list::<Accounts>()).route(web::post().to(api::create)))
        .service(web::resource("/export").route(resource::export::<Accounts>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<Accounts>())
                .route(web::patch().to(api::update))
                .route(resource::delete::<Accounts>()),
        )
}
