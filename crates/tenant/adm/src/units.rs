//! Units of measure.

use crate::{fractions::between, unit_conversions::known};
use auth::Allowed;
use envelope::{Api, Query, Reply, web};
use kernel::{Change, Code, CodeText, Error, Message, Qty, Realm, Result, Text, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Resource;
use sea_orm::{DeriveIntoActiveModel, QueryFilter, entity::prelude::*};
use serde::{Deserialize, Serialize};
use store::Scope;

resource::words! {
    pub UnitType ("UnitType") { Weight, Length, Volume, Count, Area, Time }

    /// How a quantity is rounded that four places cannot say: to the nearest, towards zero, away from it.
    pub Rounding ("QuantityRounding") { HalfUp, Down, Up }
}

pub mod entity {
    use super::*;

    /// A unit of measure.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "adm_units")]
    #[openapi(rename = "Unit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        pub code: CodeText<20>,
        pub name: Text<50>,
        /// Only units of one type convert into each other.
        pub unit_type: UnitType,
        /// Digits behind the point a quantity may have: 0 to 4; 0 when left out.
        pub decimal_places: i32,
        /// The unit its type is counted in; at most one of a type.
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
#[openapi(rename = "UnitCreate")]
pub struct Create {
    pub code: CodeText<20>,
    pub name: Text<50>,
    /// Only units of one type convert into each other.
    pub unit_type: UnitType,
    /// Digits behind the point a quantity may have: 0 to 4; 0 when left out.
    pub decimal_places: Option<i32>,
    /// The unit its type is counted in; at most one of a type.
    pub is_base: Option<bool>,
    pub is_active: Option<bool>,
    pub sort_order: Option<i32>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "UnitUpdate")]
pub struct Update {
    pub name: Change<Text<50>>,
    pub decimal_places: Change<i32>,
    pub is_base: Change<bool>,
    pub is_active: Change<bool>,
    pub sort_order: Change<i32>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "UnitFilter")]
pub struct Filter {
    pub code: Option<CodeText<20>>,
    pub unit_type: Option<UnitType>,
    pub is_base: Option<bool>,
    pub is_active: Option<bool>,
}

/// Units of measure of the company.
pub struct Units;

impl Resource for Units {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "units";
    const NOUN: &'static str = "unit";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Code, Column::Name, Column::SortOrder];
    const SEARCH: &'static [Column] = &[Column::Code, Column::Name];
    const EXAMPLE: &'static str = r#"{"code": "U-{n}", "name": "단위 {n}", "unit_type": "COUNT", "decimal_places": 0}"#;
}

#[derive(Deserialize, Apiv2Schema)]
pub struct ConvertQuery {
    /// Code of the unit.
    pub from: CodeText<20>,
    pub to: CodeText<20>,
    pub quantity: Qty,
    /// Left out, a quantity that is not exact is refused.
    pub round: Option<Rounding>,
}

/// A quantity in another unit.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct Converted {
    pub from: CodeText<20>,
    pub to: CodeText<20>,
    pub quantity: Qty,
    pub result: Qty,
    /// Whether nothing was rounded away.
    pub is_exact: bool,
}

/// A quantity in another unit of the same type, by what the conversions say.
pub async fn convert_quantity(scope: &Scope, wanted: ConvertQuery) -> Result<Converted> {
    let ConvertQuery { from, to, quantity, round } = wanted;
    let rows = scope.find::<Entity>().filter(Column::Code.is_in([from.to_string(), to.to_string()])).all().await?;
    let of = |code: &CodeText<20>, field: &str| rows.iter().find(|row| row.code == *code).ok_or_else(|| Error::no_such(field));
    let (first, second) = (of(&from, "from")?, of(&to, "to")?);
    if first.unit_type != second.unit_type {
        return Err(Error::field("to", "same_type", "같은 종류의 단위여야 합니다.", "must be a unit of the same type"));
    }
    let factor = between(&known(scope, None).await?, first.id, second.id).ok_or_else(|| {
        let none = Message::new("두 단위 사이의 환산이 등록되어 있지 않습니다.", "There is no conversion between these two units.");
        Error::new(Code::NotFound, none).with("rule", "adm.no_conversion")
    })?;
    let (result, is_exact) =
        factor.of(quantity, round).ok_or_else(|| Error::field("quantity", "range", "값이 너무 큽니다.", "is too large"))?;
    if !is_exact && round.is_none() {
        let (ko, en) = (
            "결과를 소수점 아래 4자리로 나타낼 수 없습니다. round에 반올림 방법을 지정하세요.",
            "gives a result with more than 4 decimal places; choose a rounding with `round`",
        );
        return Err(Error::field("quantity", "not_exact", ko, en));
    }
    Ok(Converted { from, to, quantity, result, is_exact })
}

/// Convert a quantity into another unit
#[api_v2_operation]
pub async fn convert(cx: Allowed<resource::Read<Units>>, query: Query<ConvertQuery>) -> Api<Converted> {
    let scope = cx.read().await?;
    Ok(Reply::new(&convert_quantity(&scope, query.0).await?)?)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/units")
        .service(web::resource("").route(resource::list::<Units>()).route(resource::create::<Units>()))
        .service(web::resource("/convert").route(web::get().to(convert)))
        .service(web::resource("/export").route(resource::export::<Units>()))
        .service(web::resource("/bulk").route(resource::bulk::<Units>()))
        .service(
            web::resource("/{id}").route(resource::get::<Units>()).route(resource::update::<Units>()).route(resource::delete::<Units>()),
        )
}
