//! Customers: partners of type CUSTOMER or BOTH.

mod addresses;
mod banks;
mod demo;
mod duplicates;
pub mod entity;
mod merges;
mod names;
mod staff;
mod status;

pub use demo::{demo, suppliers};
pub use merges::{Merge, Unmerge, Wanted as MergeWanted, Which as UnmergeWanted, merge, unmerge};
pub use names::plain_name;

use crate::contacts::Contacts;
use entity::{ActiveModel, BizType, Column, Entity, Filter, Model, PartnerType, PaymentTerms};
use envelope::web;
use kernel::{BizNo, Change, CodeText, Currency, Day, Email, Money, Patch, Phone, Realm, Result, Text};
use paperclip::actix::Apiv2Schema;
use resource::{Action, LineChange, Lines, Lookup, RangeKind, Resource};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "CustomerCreate")]
pub struct Create {
    /// Made (`C000001`) when left out.
    pub code: Option<CodeText<50>>,
    pub name: Text<200>,
    pub name_en: Option<Text<200>>,
    /// `CUSTOMER` or `BOTH`; `CUSTOMER` when left out.
    pub r#type: Option<PartnerType>,
    pub tax_no: Option<Text<50>>,
    pub biz_no: Option<BizNo>,
    pub biz_name: Option<Text<200>>,
    pub biz_type: Option<BizType>,
    pub biz_kind: Option<Text<100>>,
    pub biz_item: Option<Text<100>>,
    pub ceo_name: Option<Text<50>>,
    pub postcode: Option<Text<10>>,
    pub address1: Option<Text<200>>,
    pub address2: Option<Text<200>>,
    pub phone: Option<Phone>,
    pub fax: Option<Phone>,
    pub email: Option<Email>,
    pub website: Option<Text<255>>,
    pub payment_terms: Option<PaymentTerms>,
    pub credit_limit: Option<Money>,
    pub currency_code: Option<Currency>,
    pub industry: Option<Text<100>>,
    pub employee_count: Option<i32>,
    pub annual_revenue: Option<Money>,
    pub established_date: Option<Day>,
    #[sea_orm(ignore)]
    pub addresses: Option<Vec<addresses::Line>>,
    #[sea_orm(ignore)]
    pub banks: Option<Vec<banks::Line>>,
    #[sea_orm(ignore)]
    pub staff: Option<Vec<staff::Line>>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "CustomerUpdate")]
pub struct Update {
    pub code: Change<CodeText<50>>,
    pub name: Change<Text<200>>,
    pub name_en: Patch<Text<200>>,
    pub r#type: Change<PartnerType>,
    pub tax_no: Patch<Text<50>>,
    pub biz_no: Patch<BizNo>,
    pub biz_name: Patch<Text<200>>,
    pub biz_type: Change<BizType>,
    pub biz_kind: Patch<Text<100>>,
    pub biz_item: Patch<Text<100>>,
    pub ceo_name: Patch<Text<50>>,
    pub postcode: Patch<Text<10>>,
    pub address1: Patch<Text<200>>,
    pub address2: Patch<Text<200>>,
    pub phone: Patch<Phone>,
    pub fax: Patch<Phone>,
    pub email: Patch<Email>,
    pub website: Patch<Text<255>>,
    pub payment_terms: Patch<PaymentTerms>,
    pub credit_limit: Patch<Money>,
    pub currency_code: Change<Currency>,
    pub industry: Patch<Text<100>>,
    pub employee_count: Patch<i32>,
    pub annual_revenue: Patch<Money>,
    pub established_date: Patch<Day>,
    /// The whole set: with `id` changed, without added, missing removed.
    #[sea_orm(ignore)]
    pub addresses: Change<Vec<LineChange<addresses::Line>>>,
    /// The whole set: with `id` changed, without added, missing removed.
    #[sea_orm(ignore)]
    pub banks: Change<Vec<LineChange<banks::Line>>>,
    /// The whole set: with `id` changed, without added, missing removed.
    #[sea_orm(ignore)]
    pub staff: Change<Vec<LineChange<staff::Line>>>,
}

/// Customers of the company.
pub struct Customers;

impl Resource for Customers {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "crm";
    const NAME: &'static str = "customers";
    const NOUN: &'static str = "customer";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const ONLY: Option<(Column, &'static [&'static str])> = Some((Column::Type, &["CUSTOMER", "BOTH"]));
    const LINES: &'static [Lines] = &[
        Lines::of::<addresses::Addresses>("partner_id"),
        Lines::of::<banks::Banks>("partner_id"),
        Lines::of::<staff::Staff>("partner_id"),
        Lines::apart::<Contacts>("partner_id"),
    ];
    // lines of the ledger never change, so they name a partner without a foreign key, which a merge would follow
    const NAMED_IN: &'static [(&'static str, Column)] = &[("partner_id", Column::Id)];
    const NUMBERED: Option<(Column, &'static str)> = Some((Column::Code, "C"));
    const LOOKUPS: &'static [Lookup] = &[Lookup { code: "currency_code", id: "currency_id", by: "code", otherwise: Some("KRW") }];
    const SORT: &'static [Column] = &[Column::Name, Column::Code, Column::Status, Column::CreditLimit, Column::EstablishedDate];
    const SEARCH: &'static [Column] = &[Column::Name, Column::NameEn, Column::Code, Column::BizNo, Column::BizName, Column::CeoName];
    const RANGES: &'static [(Column, RangeKind)] =
        &[(Column::CreditLimit, RangeKind::Amount), (Column::AnnualRevenue, RangeKind::Amount), (Column::EstablishedDate, RangeKind::Day)];
    const IMPORT: Option<&'static [Column]> = Some(&[Column::Code]);
    const STATE: Option<Column> = Some(Column::Status);
    const EXAMPLE: &'static str = r#"{"code": "CUST_{n}", "name": "주식회사 한빛전자 {n}", "type": "CUSTOMER", "biz_type": "C", "ceo_name": "김한빛",
        "biz_kind": "제조업", "biz_item": "전자부품", "postcode": "06236", "address1": "서울 강남구 테헤란로 123", "phone": "02-1234-5678",
        "email": "sales{n}@hanbit.example", "payment_terms": "NET30", "credit_limit": "50000000", "currency_code": "KRW",
        "addresses": [{"address_type": "WAREHOUSE", "address_name": "화성 물류센터", "postcode": "18469", "address1": "경기 화성시 동탄대로 537", "is_default": true}]}"#;

    fn actions() -> Vec<Action> {
        status::actions()
    }

    fn may_change(row: &Model) -> Result<()> {
        match row.merged_into_id {
            Some(into) => Err(merges::is_merged(into)),
            None => Ok(()),
        }
    }
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/customers")
        .service(web::resource("").route(resource::list::<Customers>()).route(resource::create::<Customers>()))
        .service(web::resource("/export").route(resource::export::<Customers>()))
        .service(web::resource("/bulk").route(resource::bulk::<Customers>()))
        .configure(resource::import::mount::<Customers>)
        .service(web::resource("/duplicates").route(web::get().to(duplicates::all)))
        .service(
            web::resource("/{id}")
                .route(resource::get::<Customers>())
                .route(resource::update::<Customers>())
                .route(resource::delete::<Customers>()),
        )
        .service(web::resource("/{id}/duplicates").route(web::get().to(duplicates::of_one)))
        .service(web::resource("/{id}/merges").route(web::get().to(merges::list)))
        .configure(resource::actions::<Customers>)
}
