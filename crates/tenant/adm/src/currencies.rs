//! Currencies the company works in. One of them is the base: the one its books are kept in,
//! given at the birth of the company.

use crate::rules;
use futures_util::future::LocalBoxFuture;
use kernel::{Change, Currency, Error, Patch, Realm, Result, Text, Timestamp, boxed};
use paperclip::actix::Apiv2Schema;
use resource::{Changing, Resource, Rule, Spec, holders};
use sea_orm::{DeriveIntoActiveModel, QueryFilter, entity::prelude::*};
use serde::{Deserialize, Serialize};
use store::{Scope, Tx};

pub mod entity {
    use super::*;

    /// A currency the company works in.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "adm_currencies")]
    #[openapi(rename = "CompanyCurrency")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        /// ISO 4217
        pub code: Currency,
        pub name: Text<100>,
        pub symbol: Option<Text<10>>,
        /// The smallest part as digits behind the point: KRW 0, USD 2, KWD 3; 2 when left out.
        pub decimal_places: i32,
        /// The currency of the books; exactly one.
        pub is_base: bool,
        pub is_active: bool,
        pub sort_order: i32,
        #[serde(skip)]
        pub row_version: i64,
        pub created_at: Timestamp,
        pub created_by: Option<Uuid>,
        pub updated_at: Option<Timestamp>,
        pub updated_by: Option<Uuid>,
        #[serde(skip)]
        pub deleted_at: Option<Timestamp>,
        #[serde(skip)]
        pub deleted_by: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
use entity::{ActiveModel, Column, Entity, Model};

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "CompanyCurrencyCreate")]
pub struct Create {
    /// ISO 4217
    pub code: Currency,
    pub name: Text<100>,
    pub symbol: Option<Text<10>>,
    /// The smallest part as digits behind the point: KRW 0, USD 2, KWD 3; 2 when left out.
    pub decimal_places: Option<i32>,
    pub is_active: Option<bool>,
    pub sort_order: Option<i32>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "CompanyCurrencyUpdate")]
pub struct Update {
    pub name: Change<Text<100>>,
    pub symbol: Patch<Text<10>>,
    pub decimal_places: Change<i32>,
    pub is_active: Change<bool>,
    pub sort_order: Change<i32>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "CompanyCurrencyFilter")]
pub struct Filter {
    pub code: Option<Currency>,
    pub is_base: Option<bool>,
    pub is_active: Option<bool>,
}

/// Currencies of the company.
pub struct Currencies;

impl Resource for Currencies {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "currencies";
    const NOUN: &'static str = "currency";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Code, Column::Name, Column::SortOrder];
    const SEARCH: &'static [Column] = &[Column::Code, Column::Name, Column::Symbol];
    const NAMED_IN: &'static [(&'static str, Column)] =
        &[("currency", Column::Code), ("currency_code", Column::Code), ("base_currency", Column::Code)];
    const RULE: Option<Rule> = Some(keeps_its_digits);
    const EXAMPLE: &'static str = r#"{"code": "{abc}", "name": "통화 {n}", "symbol": "¤", "decimal_places": 2}"#;
    fn may_change(_row: &Model) -> Result<()> {
        Ok(())
    }

    fn may_delete(row: &Model) -> Result<()> {
        if row.is_base {
            return Err(rules::BASE_CURRENCY.error());
        }
        Ok(())
    }
}

/// Amounts of a currency have its digits: with others they could be neither settled nor taken back.
fn keeps_its_digits<'t>(tx: &'t Tx, _permission: &'t str, changing: Changing<'t>) -> LocalBoxFuture<'t, Result<()>> {
    Box::pin(async move {
        let Some(before) = changing.before::<Model>()? else { return Ok(()) };
        if changing.value("decimal_places").is_none() {
            return Ok(());
        }
        let mut used = holders(Spec::of::<Currencies>()?, tx, before.id).await?;
        // a rate is not kept in the smallest parts of a currency
        used.shift_remove("adm_exchange_rates");
        if used.is_empty() {
            return Ok(());
        }
        Err(rules::CURRENCY_USED.filled(&[("code", &before.code)]).with("referenced_by", used))
    })
}

/// The digits behind the point of a currency that new business may be done in.
///
/// # Errors
/// 422 on `field` where the company has no such currency, or does no more business in it.
#[boxed(?Send)]
pub async fn in_use(scope: &Scope, code: &Currency, field: &str) -> Result<u32> {
    let row = scope.find::<Entity>().filter(Column::Code.eq(code.to_string())).one().await?;
    match row {
        None => Err(Error::no_such(field.to_owned())),
        Some(row) if !row.is_active => Err(Error::field(
            field.to_owned(),
            "inactive",
            format!("{code}은(는) 사용이 중지된 통화입니다. 다른 통화를 쓰거나 이 통화를 다시 사용하도록 바꾸세요."),
            format!("must be an active currency; use another one or activate {code} again"),
        )),
        Some(row) => u32::try_from(row.decimal_places).map_err(Error::internal),
    }
}
