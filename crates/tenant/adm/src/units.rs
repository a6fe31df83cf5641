//! Units of measure.

use crate::{fractions::between, unit_conversions::known};
use auth::Allowed;
use envelope::{Api, Query, Reply, web};
use kernel::{Code, CodeText, Error, Message, Qty, Realm, Result, Text};
use macros::record;
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Resource;
use sea_orm::{QueryFilter, entity::prelude::*};
use serde::{Deserialize, Serialize};
use store::Scope;

resource::string_enum! {
    pub UnitType ("UnitType") { Weight, Length, Volume, Count, Area, Time }

    /// How a quantity is rounded that four places cannot say: to the nearest, towards zero, away from it.
    pub Rounding ("QuantityRounding") { HalfUp, Down, Up }
}

/// A unit of measure.
#[record(table = "adm_units", schema = "Unit")]
pub struct Model {
    /// 코드 | Code
    #[api(create, filter)]
    pub code: CodeText<20>,
    /// 단위명 | Name
    #[api(create, update)]
    pub name: Text<50>,
    /// 단위 종류 | Unit type
    ///
    /// Only units of one type convert into each other.
    #[api(create, filter)]
    pub unit_type: UnitType,
    /// 소수 자릿수 | Decimal places
    ///
    /// Digits behind the point a quantity may have: 0 to 4; 0 when left out.
    #[api(create(optional), update)]
    pub decimal_places: i32,
    /// 기준 단위 | Base unit
    ///
    /// The unit its type is counted in; at most one of a type.
    #[api(create(optional), update, filter)]
    pub is_base: bool,
    /// 사용 | Active
    #[api(create(optional), update, filter)]
    pub is_active: bool,
    /// 정렬 순서 | Sort order
    #[api(create(optional), update)]
    pub sort_order: i32,
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
    /// 변환 전 단위 | From unit
    ///
    /// Code of the unit.
    pub from: CodeText<20>,
    /// 변환 후 단위 | To unit
    pub to: CodeText<20>,
    /// 수량 | Quantity
    pub quantity: Qty,
    /// 반올림 | Round
    ///
    /// Left out, a quantity that is not exact is refused.
    pub round: Option<Rounding>,
}

/// A quantity in another unit.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct Converted {
    /// 변환 전 단위 | From unit
    pub from: CodeText<20>,
    /// 변환 후 단위 | To unit
    pub to: CodeText<20>,
    /// 수량 | Quantity
    pub quantity: Qty,
    /// 결과 | Result
    pub result: Qty,
    /// 정확히 나누어짐 | Exact
    ///
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
///
/// Over as many conversions as it takes. What four decimal places cannot hold asks for `round`; 404 where nothing leads there.
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
