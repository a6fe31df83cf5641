//! 부가세 정산: at the end of a tax period 부가세예수금 is set off against 부가세대급금; what is left is owed to the tax office (미지급세금)
//! or refunded by it (미수금).
//!
//! It posts what the tax return says, and only while the ledger says the same: where entries without a tax invoice moved one of the two
//! accounts, both figures are named and nothing is posted. A period is settled once; reversed, it may be settled anew.
//!
//! Nothing more is invoiced, cancelled or relieved on a day of a settled period. Only amendments that bear the day of their original are
//! (reasons 1, 5 and 6): what they change is settled at once, beside the settlement (수정신고), and is reversed with it.

mod api;
pub mod entity;
mod service;

pub(crate) use service::{lets_post, not_settled, supplement};

use entity::{Column, Create, Entity, Filter, Model, SettlementStatus};
use envelope::web;
use kernel::Realm;
use resource::{Action, RangeKind, ReadOnly, Resource, action};

/// Settlements of value added tax.
pub struct VatSettlements;

impl Resource for VatSettlements {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "vat-settlements";
    const NOUN: &'static str = "vat_settlement";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::FromDate, Column::ToDate];
    const SEARCH: &'static [Column] = &[];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::ToDate, RangeKind::Day)];
    const EXAMPLE: &'static str = r#"{"from_date": "2026-01-01", "to_date": "2026-03-31"}"#;
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        use SettlementStatus::{Posted, Reversed};
        vec![
            action("reverse", "reversed", "Reverse one settlement on its own day; the period can then be settled again")
                .from(&[Posted])
                .to(Reversed)
                .locking_no_key()
                .does(service::reverse)
                .event_fields(service::fact),
        ]
    }
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/vat-settlements")
        .service(web::resource("").route(resource::list::<VatSettlements>()).route(web::post().to(api::create)))
        .service(web::resource("/export").route(resource::export::<VatSettlements>()))
        .service(web::resource("/{id}").route(resource::get::<VatSettlements>()))
        .configure(resource::actions::<VatSettlements>)
}
