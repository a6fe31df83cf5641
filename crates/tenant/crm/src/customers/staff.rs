//! Who of the company looks after a partner, and since when.

use kernel::{Day, Memo, Realm};
use macros::record;
use paperclip::actix::Apiv2Schema;
use resource::{ReadOnly, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::Deserialize;

resource::string_enum! {
    pub ManagerType ("PartnerManagerType") { Primary, Secondary, Backup, Technical, Sales, Support }

    pub ManagerStatus ("PartnerManagerStatus") { Active, Inactive, Expired, Terminated }
}

/// One of the company’s people who looks after a partner.
#[record(table = "crm_partner_managers", schema = "PartnerManager", columns = line)]
pub struct Model {
    #[serde(skip)]
    pub partner_id: Uuid,
    /// 직원 | Employee
    ///
    /// One of the company's users.
    pub employee_id: Uuid,
    /// 시작일 | Start date
    pub start_date: Day,
    /// 종료일 | End date
    ///
    /// The last day; open without.
    pub end_date: Option<Day>,
    /// 담당 구분 | Manager type
    ///
    /// Of each kind at most one without an end.
    pub manager_type: ManagerType,
    /// 설명 | Description
    pub description: Option<Memo>,
    /// 메모 | Notes
    pub notes: Option<Memo>,
    /// 상태 | Status
    pub status: ManagerStatus,
}

/// One of the company’s people as sent with the customer.
#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "PartnerManagerLine")]
pub struct Line {
    /// 직원 | Employee
    ///
    /// One of the company's users.
    pub employee_id: Uuid,
    /// 시작일 | Start date
    pub start_date: Day,
    /// 종료일 | End date
    ///
    /// The last day; open without.
    pub end_date: Option<Day>,
    /// 담당 구분 | Manager type
    ///
    /// `PRIMARY` when left out. Of each kind at most one without an end.
    pub manager_type: Option<ManagerType>,
    /// 설명 | Description
    pub description: Option<Memo>,
    /// 메모 | Notes
    pub notes: Option<Memo>,
    /// 상태 | Status
    pub status: Option<ManagerStatus>,
}

/// The company’s people for its partners: lines of the customer.
pub struct Staff;

impl Resource for Staff {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "crm";
    const NAME: &'static str = "staff";
    const NOUN: &'static str = "partner_manager";
    type Entity = Entity;
    type View = Model;
    type Create = Line;
    type Update = ReadOnly;
    type Filter = ReadOnly;
    const SORT: &'static [Column] = &[];
    const SEARCH: &'static [Column] = &[];
    const EXAMPLE: &'static str = r#"{"employee_id": "@/adm/users", "start_date": "2026-01-01"}"#;
}
