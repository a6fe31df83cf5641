//! Exchange rates by day. What a rate is on a day is asked of [`effective`]: the latest that is in force.

use crate::currencies;
use auth::Allowed;
use envelope::{Api, Body, Created, Query, Reply, web};
use kernel::{Code, Currency, Day, Error, Message, Money, Rate, Realm, Result, Text, boxed};
use macros::record;
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{RangeKind, Resource, Spec};
use rust_decimal::{Decimal, RoundingStrategy};
use sea_orm::{ActiveValue::Set, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*};
use serde::{Deserialize, Serialize};
use store::{Scope, values_of};

resource::string_enum! {
    /// Which of a day's rates: 매매기준율, 전신환 매입·매도, 관세청 고시, 평균.
    pub RateType ("ExchangeRateType") { Spot, Buying, Selling, Customs, Average }
}

/// What one of a currency is worth in another, from a day on.
#[record(table = "adm_exchange_rates", schema = "ExchangeRate")]
pub struct Model {
    #[serde(skip)]
    pub from_currency_id: Uuid,
    #[serde(skip)]
    pub to_currency_id: Uuid,
    /// 환산 전 통화 | From currency
    #[api(create, filter)]
    pub from_currency: Currency,
    /// 환산 후 통화 | To currency
    #[api(create, filter)]
    pub to_currency: Currency,
    /// 환율 구분 | Rate type
    ///
    /// `SPOT` when left out.
    #[api(create(optional), filter)]
    pub rate_type: RateType,
    /// 환율 | Rate
    ///
    /// One of the first in the second.
    #[api(create, update)]
    pub rate: Rate,
    /// 시작일 | Valid from
    ///
    /// In force from this day until the next one begins.
    #[api(create, filter)]
    pub valid_from: Day,
    /// 출처 | Source
    ///
    /// Who said so.
    #[api(create, update)]
    pub source: Option<Text<100>>,
}

/// Exchange rates of the company.
pub struct ExchangeRates;

impl Resource for ExchangeRates {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "exchange-rates";
    const NOUN: &'static str = "exchange_rate";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::ValidFrom, Column::FromCurrency, Column::ToCurrency];
    const SEARCH: &'static [Column] = &[Column::Source];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::ValidFrom, RangeKind::Day)];
    const TITLE: Option<Column> = Some(Column::FromCurrency);
    const EXAMPLE: &'static str =
        r#"{"from_currency": "USD", "to_currency": "KRW", "rate": "1382.5", "valid_from": "{day}", "source": "서울외국환중개 {n}"}"#;
}

/// Create one exchange rate
///
/// Between two currencies of the company. It is in force until the next of the same pair and type begins.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<ExchangeRates>>, body: Body<Create>) -> Created<Model> {
    let scope = cx.read().await?;
    let (from, to) = (of_code(&scope, &body.0.from_currency).await?, of_code(&scope, &body.0.to_currency).await?);
    drop(scope);
    let from = from.ok_or_else(|| Error::no_such("from_currency"))?;
    let to = to.ok_or_else(|| Error::no_such("to_currency"))?;
    let mut row = body.0.into_active_model();
    row.from_currency_id = Set(from);
    row.to_currency_id = Set(to);
    Ok(resource::create_with(&cx, Spec::of::<ExchangeRates>()?, values_of(&row), resource::NO_GUARD).await?.into())
}

async fn of_code(scope: &Scope, code: &Currency) -> Result<Option<Uuid>> {
    let row = scope.find::<currencies::Entity>().filter(currencies::Column::Code.eq(code.to_string())).one().await?;
    Ok(row.map(|row| row.id))
}

/// The rate in force on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Apiv2Schema)]
#[openapi(rename = "EffectiveRate")]
pub struct Effective {
    /// 환산 전 통화 | From currency
    pub from: Currency,
    /// 환산 후 통화 | To currency
    pub to: Currency,
    /// 환율 구분 | Rate type
    pub rate_type: RateType,
    /// 기준일 | On
    pub on: Day,
    /// 환율 | Rate
    pub rate: Rate,
    /// 역환율 | Inverse rate
    ///
    /// Only the other direction was there: this is one divided by it, to eight places.
    pub is_inverse: bool,
    /// The rate of the other direction, where only that was there.
    #[serde(skip)]
    pub divisor: Option<Rate>,
    /// 환율 기록 | Exchange rate
    ///
    /// The row it was taken from; none between a currency and itself.
    pub exchange_rate_id: Option<Uuid>,
    /// 시작일 | Valid from
    pub valid_from: Option<Day>,
}

impl Effective {
    #[must_use]
    pub const fn conversion(&self) -> Conversion {
        Conversion { rate: self.rate, divisor: self.divisor }
    }
}

/// How amounts of one currency become amounts of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// What one of the first is worth in the second.
    pub rate: Rate,
    /// The rate that was given, where it is that of the other direction. Amounts are divided by it: eight places of its inverse are too
    /// few for large amounts.
    pub divisor: Option<Rate>,
}

impl From<Rate> for Conversion {
    fn from(rate: Rate) -> Self {
        Self { rate, divisor: None }
    }
}

impl Conversion {
    /// An amount in the other currency, rounded half up. None when it cannot be kept.
    #[must_use]
    pub fn worth(&self, amount: Money, places: u32) -> Option<Money> {
        let exact = match self.divisor {
            Some(divisor) => amount.to_decimal().checked_div(divisor.to_decimal())?,
            None => amount.to_decimal().checked_mul(self.rate.to_decimal())?,
        };
        Money::from_decimal(exact.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero))
    }
}

async fn latest(scope: &Scope, from: &Currency, to: &Currency, rate_type: RateType, on: Day) -> Result<Option<Model>> {
    let find = scope.find::<Entity>().filter(Column::FromCurrency.eq(from.to_string())).filter(Column::ToCurrency.eq(to.to_string()));
    find.filter(Column::RateType.eq(rate_type)).filter(Column::ValidFrom.lte(on)).order_by_desc(Column::ValidFrom).limit(1).one().await
}

/// One divided by a rate, to eight places; none when nothing is left of it.
fn inverse(rate: Rate) -> Option<Rate> {
    let one = Decimal::ONE.checked_div(rate.to_decimal())?;
    Rate::from_decimal(one.round_dp_with_strategy(Rate::SCALE, RoundingStrategy::MidpointAwayFromZero)).filter(|rate| rate.0 > 0)
}

/// What one of `from` is worth in `to` on a day: the latest rate in force, the other way round when only that is there.
#[boxed(?Send)]
pub async fn effective(scope: &Scope, from: &Currency, to: &Currency, rate_type: RateType, on: Day) -> Result<Option<Effective>> {
    let answer = |rate: Rate, divisor: Option<Rate>, row: Option<&Model>| Effective {
        from: from.clone(),
        to: to.clone(),
        rate_type,
        on,
        rate,
        is_inverse: divisor.is_some(),
        divisor,
        exchange_rate_id: row.map(|row| row.id),
        valid_from: row.map(|row| row.valid_from),
    };
    if from == to {
        return Ok(Rate::from_decimal(Decimal::ONE).map(|rate| answer(rate, None, None)));
    }
    if let Some(row) = latest(scope, from, to, rate_type, on).await? {
        return Ok(Some(answer(row.rate, None, Some(&row))));
    }
    let Some(row) = latest(scope, to, from, rate_type, on).await? else { return Ok(None) };
    Ok(inverse(row.rate).map(|rate| answer(rate, Some(row.rate), Some(&row))))
}

#[derive(Deserialize, Apiv2Schema)]
pub struct EffectiveQuery {
    /// 환산 전 통화 | From currency
    pub from: Currency,
    /// 환산 후 통화 | To currency
    pub to: Currency,
    /// 기준일 | On
    ///
    /// Today when left out.
    pub on: Option<Day>,
    /// 환율 구분 | Rate type
    ///
    /// `SPOT` when left out.
    pub rate_type: Option<RateType>,
}

/// The exchange rate in force on a day
///
/// The latest that has begun by then. Where only the other direction is known, one divided by it (`is_inverse`); 404 where neither is.
#[api_v2_operation]
pub async fn in_force(cx: Allowed<resource::Read<ExchangeRates>>, query: Query<EffectiveQuery>) -> Api<Effective> {
    let wanted = query.0;
    let on = wanted.on.unwrap_or_else(|| cx.today());
    let scope = cx.read().await?;
    let found = effective(&scope, &wanted.from, &wanted.to, wanted.rate_type.unwrap_or(RateType::Spot), on).await?;
    let found = found.ok_or_else(|| {
        let none = Message::new("그 날짜에 적용할 환율이 없습니다.", "No exchange rate applies on that day.");
        Error::new(Code::NotFound, none).with("rule", "adm.no_exchange_rate")
    })?;
    Ok(Reply::new(&found)?)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/exchange-rates")
        .service(web::resource("").route(resource::list::<ExchangeRates>()).route(web::post().to(create)))
        .service(web::resource("/effective").route(web::get().to(in_force)))
        .service(web::resource("/export").route(resource::export::<ExchangeRates>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<ExchangeRates>())
                .route(resource::update::<ExchangeRates>())
                .route(resource::delete::<ExchangeRates>()),
        )
}

#[cfg(test)]
mod tests {
    use super::{Conversion, Rate, inverse};
    use kernel::Money;
    use proptest::prelude::*;

    #[test]
    fn the_other_way_round_is_rounded_to_eight_places() {
        let of = |text: &str| inverse(text.parse().unwrap()).map(|rate| rate.to_string());
        assert_eq!(of("1382.5").unwrap(), "0.00072333");
        assert_eq!(of("8").unwrap(), "0.125");
        assert_eq!(of("0.00000001").unwrap(), "100000000");
        assert_eq!(of("90000000000"), None, "nothing would be left");
    }

    #[test]
    fn an_amount_is_divided_by_a_rate_of_the_other_direction() {
        let given: Rate = "1382.5".parse().unwrap();
        let won: Money = "1382500000".parse().unwrap();
        let by = |divisor| Conversion { rate: inverse(given).unwrap(), divisor }.worth(won, 2).unwrap().to_string();
        assert_eq!((by(Some(given)), by(None)), ("1000000".to_owned(), "1000003.73".to_owned()));
    }

    proptest! {
        #[test]
        fn a_rate_times_its_inverse_is_one_within_the_rounding(units in 1_000_000_i64..100_000_000_000) {
            let rate = Rate(units);
            let product = rate.to_decimal() * inverse(rate).unwrap().to_decimal();
            // half of the last place of the inverse, times the rate
            let error = rate.to_decimal() * rust_decimal::Decimal::new(5, 9);
            prop_assert!((product - rust_decimal::Decimal::ONE).abs() <= error);
        }
    }
}
