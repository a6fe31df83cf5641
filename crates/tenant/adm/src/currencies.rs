//! Currencies the company works in. One of them is the base: the one its books are kept in,
//! given at the birth of the company.

use crate::rules;
use futures_util::future::LocalBoxFuture;
use kernel::{Currency, Error, Realm, Result, Text, boxed};
use macros::record;
use resource::{Changing, Resource, Rule, Spec, holders};
use sea_orm::{QueryFilter, entity::prelude::*};
use store::{Scope, Tx};

/// A currency the company works in.
#[record(table = "adm_currencies", schema = "CompanyCurrency")]
pub struct Model {
    /// 코드 | Code
    ///
    /// ISO 4217
    #[api(create, filter)]
    pub code: Currency,
    /// 통화명 | Name
    #[api(create, update)]
    pub name: Text<100>,
    /// 기호 | Symbol
    #[api(create, update)]
    pub symbol: Option<Text<10>>,
    /// 소수 자릿수 | Decimal places
    ///
    /// The smallest part as digits behind the point: KRW 0, USD 2, KWD 3; 2 when left out.
    #[api(create(optional), update)]
    pub decimal_places: i32,
    /// 기준 통화 | Base currency
    ///
    /// The currency the ledger is kept in; exactly one.
    #[api(filter)]
    pub is_base: bool,
    /// 사용 | Active
    #[api(create(optional), update, filter)]
    pub is_active: bool,
    /// 정렬 순서 | Sort order
    #[api(create(optional), update)]
    pub sort_order: i32,
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
