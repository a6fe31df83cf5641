//! The chart of accounts: a tree; entries are posted to its leaves.

mod api;
pub mod chart;
pub mod entity;

use entity::{AccountType, ActiveModel, Column, Entity, Model, PostingRole};
use envelope::web;
use kernel::{Change, CodeText, Currency, Memo, Patch, Realm, Result, Text};
use paperclip::actix::Apiv2Schema;
use resource::Resource;
use sea_orm::{ActiveEnum as _, ColumnTrait, DeriveIntoActiveModel, QueryFilter};
use serde::Deserialize;
use store::Scope;
use uuid::Uuid;

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "AccountCreate")]
pub struct Create {
    pub account_code: CodeText<50>,
    pub account_name: Text<200>,
    pub account_name_en: Option<Text<200>>,
    pub account_type: AccountType,
    pub account_group: Option<Text<50>>,
    pub account_class: Option<Text<50>>,
    /// An account of the same type that does not allow posting.
    pub parent_id: Option<Uuid>,
    pub is_control_account: Option<bool>,
    /// When left out: false for a control account, true for any other.
    pub is_posting_allowed: Option<bool>,
    pub is_bank_account: Option<bool>,
    pub is_cash_account: Option<bool>,
    pub currency: Option<Currency>,
    pub fs_position: Option<Text<50>>,
    pub statement_order: Option<i32>,
    pub tax_category: Option<Text<20>>,
    pub tax_code: Option<CodeText<20>>,
    pub description: Option<Memo>,
    pub notes: Option<Memo>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "AccountUpdate")]
pub struct Update {
    pub account_code: Change<CodeText<50>>,
    pub account_name: Change<Text<200>>,
    pub account_name_en: Patch<Text<200>>,
    pub account_group: Patch<Text<50>>,
    pub account_class: Patch<Text<50>>,
    pub parent_id: Patch<Uuid>,
    pub is_posting_allowed: Change<bool>,
    pub is_bank_account: Change<bool>,
    pub is_cash_account: Change<bool>,
    pub currency: Patch<Currency>,
    pub fs_position: Patch<Text<50>>,
    pub statement_order: Change<i32>,
    pub tax_category: Patch<Text<20>>,
    pub tax_code: Patch<CodeText<20>>,
    pub description: Patch<Memo>,
    pub notes: Patch<Memo>,
    /// Nothing new is posted to an account that is not active.
    pub is_active: Change<bool>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "AccountFilter")]
pub struct Filter {
    pub account_code: Option<CodeText<50>>,
    pub account_name: Option<Text<200>>,
    pub account_type: Option<AccountType>,
    pub role: Patch<entity::PostingRole>,
    /// `null`: those at the top.
    pub parent_id: Patch<Uuid>,
    pub is_active: Option<bool>,
    pub is_posting_allowed: Option<bool>,
    pub is_bank_account: Option<bool>,
}

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
