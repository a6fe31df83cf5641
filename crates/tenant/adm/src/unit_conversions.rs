//! What one unit is in another, as a fraction: exact, and without contradiction among all of them.

use crate::{
    fractions::{Fraction, between},
    rules, units,
};
use auth::Allowed;
use envelope::{Api, Body, Created, RawBody, RowId, web};
use kernel::{Error, Realm, Result};
use macros::record;
use paperclip::actix::api_v2_operation;
use resource::{Changing, Resource, Spec};
use sea_orm::{IntoActiveModel, QueryFilter, entity::prelude::*};
use store::{Scope, Tx, values_of};

/// One of the first unit is numerator/denominator of the second.
#[record(table = "adm_unit_conversions", schema = "UnitConversion")]
pub struct Model {
    /// 변환 전 단위 | From unit
    #[api(create, filter)]
    pub from_unit_id: Uuid,
    /// 변환 후 단위 | To unit
    ///
    /// Of the same type as the first.
    #[api(create, filter)]
    pub to_unit_id: Uuid,
    /// 분자 | Numerator
    #[api(create, update)]
    pub numerator: i64,
    /// 분모 | Denominator
    ///
    /// 1 when left out.
    #[api(create(optional), update)]
    pub denominator: i64,
}

/// Conversions between units.
pub struct UnitConversions;

impl Resource for UnitConversions {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "unit-conversions";
    const NOUN: &'static str = "unit_conversion";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Numerator];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str = r#"{"from_unit_id": "@/adm/units", "to_unit_id": "@/adm/units", "numerator": {n}, "denominator": 1}"#;
}

/// The fractions that are known, of the units they join; without one row.
pub(crate) async fn known(scope: &Scope, without: Option<Uuid>) -> Result<Vec<(Uuid, Uuid, Fraction)>> {
    let rows = scope.find::<Entity>().all().await?;
    let rows = rows.into_iter().filter(|row| Some(row.id) != without);
    Ok(rows.filter_map(|row| Some((row.from_unit_id, row.to_unit_id, Fraction::new(row.numerator, row.denominator)?))).collect())
}

/// Both units are of one type, and what follows from the other conversions says the same.
async fn agrees(tx: &Tx, changing: Changing<'_>) -> Result<()> {
    let before = changing.before::<Model>()?;
    let id = |column: &str, row: fn(&Model) -> Uuid| {
        changing.id_in(column).or_else(|| before.as_ref().map(row)).ok_or_else(|| Error::no_such(column))
    };
    let (from, to) = (id("from_unit_id", |row| row.from_unit_id)?, id("to_unit_id", |row| row.to_unit_id)?);
    let number = |column: &str, row: fn(&Model) -> i64| match changing.value(column) {
        Some(sea_orm::Value::BigInt(Some(number))) => *number,
        _ => before.as_ref().map_or(1, row),
    };
    let (numerator, denominator) = (number("numerator", |row| row.numerator), number("denominator", |row| row.denominator));
    // the table refuses what is not positive, with the name of the field
    let Some(wanted) = Fraction::new(numerator, denominator) else { return Ok(()) };
    let first = tx.find::<units::Entity>().filter(units::Column::Id.eq(from)).one().await?.ok_or_else(|| Error::no_such("from_unit_id"))?;
    // two at once could contradict each other; so conversions of one type wait for each other
    let of_type = tx.find::<units::Entity>().filter(units::Column::UnitType.eq(first.unit_type)).for_update().all().await?;
    if !of_type.iter().any(|unit| unit.id == to) {
        return Err(Error::field("to_unit_id", "same_type", "같은 종류의 단위여야 합니다.", "must be a unit of the same type"));
    }
    let known = known(tx, changing.id).await?;
    // a second conversion of the same two units contradicts nothing: there is one already
    if known.iter().any(|(known_from, known_to, _)| (*known_from, *known_to) == (from, to)) {
        return Ok(());
    }
    match between(&known, from, to) {
        Some(follows) if follows != wanted => {
            Err(rules::CONVERSION_CONTRADICTS.filled(&[("follows", &follows)]).with("follows", follows.to_string()))
        }
        _ => Ok(()),
    }
}

/// Create one unit conversion
///
/// Between units of one type. 409 where it contradicts what follows from the others.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<UnitConversions>>, body: Body<Create>) -> Created<Model> {
    let values = values_of(&body.0.into_active_model());
    let answer =
        resource::create_with(&cx, Spec::of::<UnitConversions>()?, values, &|_, tx, changing| Box::pin(agrees(tx, changing))).await?;
    Ok(answer.into())
}

/// Change one unit conversion
///
/// A merge patch: what is left out stays as it is. 409 where it contradicts what follows from the others.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<UnitConversions>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let spec = Spec::of::<UnitConversions>()?;
    let answer = resource::update_with(&cx, spec, *id, body.json, &|_, tx, changing| Box::pin(agrees(tx, changing))).await?;
    Ok(answer.into())
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/unit-conversions")
        .service(web::resource("").route(resource::list::<UnitConversions>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<UnitConversions>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<UnitConversions>())
                .route(web::patch().to(update))
                .route(resource::delete::<UnitConversions>()),
        )
}
