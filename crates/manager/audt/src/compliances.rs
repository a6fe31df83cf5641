//! Assessments: what the running platform is like, measured when it is asked, with evidence.
//! How the facts are gathered is in `flows`, which sees both databases.

use crate::{policies::Companies, rules};
use envelope::{Nothing, web};
use kernel::{Change, Day, Error, Realm, Result, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::{Acting, Action, Done, RangeKind, Resource, action};
use sea_orm::{ActiveValue::Set, DeriveIntoActiveModel, FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

resource::words! {
    pub ReportType ("ComplianceReportType") { Gdpr, Sox, Hipaa, Iso27001 = "ISO27001", PciDss, Ccpa, Custom }
    pub Scope ("ComplianceScope") { AllTenants, SpecificTenant, SystemWide }
    pub Verdict ("ComplianceVerdict") { Compliant, NonCompliant, Partial, Pending }
    pub Status ("ComplianceStatus") { Draft, PendingReview, Approved, Published }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Apiv2Schema)]
#[openapi(rename = "ComplianceFinding")]
pub struct Finding {
    /// `audit.chain_intact`
    pub check: String,
    pub passed: bool,
    /// Whether failing makes the whole NON_COMPLIANT.
    pub is_critical: bool,
    /// What was seen: numbers, names.
    pub evidence: String,
}

/// All that was looked at, passed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Findings(pub Vec<Finding>);

impl paperclip::v2::schema::Apiv2Schema for Findings {
    fn raw_schema() -> paperclip::v2::models::DefaultSchemaRaw {
        let finding = serde_json::json!({
            "type": "object", "required": ["check", "passed", "is_critical", "evidence"],
            "properties": {"check": {"type": "string"}, "passed": {"type": "boolean"}, "is_critical": {"type": "boolean"}, "evidence": {"type": "string"}}
        });
        let example =
            serde_json::json!([{"check": "audit.chain_intact", "passed": true, "is_critical": true, "evidence": "1204 rows verified"}]);
        kernel::schema::with_keywords(paperclip::v2::models::DataType::Array, &serde_json::json!({"items": finding}), example)
    }
}

impl Findings {
    /// How many did not pass, and how many of those are critical.
    #[must_use]
    pub fn counts(&self) -> (i32, i32) {
        let failed = self.0.iter().filter(|finding| !finding.passed);
        let critical = failed.clone().filter(|finding| finding.is_critical).count();
        (failed.count().try_into().unwrap_or(i32::MAX), critical.try_into().unwrap_or(i32::MAX))
    }

    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.counts() {
            (0, _) => Verdict::Compliant,
            (_, 0) => Verdict::Partial,
            _ => Verdict::NonCompliant,
        }
    }
}

pub mod entity {
    use super::*;

    /// An assessment of the platform.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "audt_compliances")]
    #[openapi(rename = "Compliance")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub report_type: ReportType,
        pub report_name: Text<200>,
        /// The period whose events are counted; the state is that of `generated_at`.
        pub start_date: Day,
        pub close_date: Day,
        pub generated_at: Timestamp,
        pub generated_by: Option<Uuid>,
        pub scope: Scope,
        pub tenant_ids: Option<Companies>,
        pub compliance_status: Verdict,
        /// What did not pass.
        pub findings_count: i32,
        pub critical_count: i32,
        pub findings: Findings,
        pub approved_at: Option<Timestamp>,
        pub approved_by: Option<String>,
        pub status: Status,
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
#[openapi(rename = "ComplianceCreate")]
pub struct Create {
    pub report_type: ReportType,
    pub report_name: Text<200>,
    pub start_date: Day,
    pub close_date: Day,
    /// ALL_TENANTS when left out; SPECIFIC_TENANT needs `tenant_ids`.
    pub scope: Option<Scope>,
    pub tenant_ids: Option<Companies>,
}

impl Create {
    pub fn consistent(&self) -> Result<()> {
        if self.close_date < self.start_date {
            return Err(Error::field("close_date", "before_start_date", "시작일보다 앞설 수 없습니다.", "must not be before start_date"));
        }
        if (self.scope == Some(Scope::SpecificTenant)) != self.tenant_ids.is_some() {
            return Err(Error::field(
                "tenant_ids",
                "scope",
                "scope가 SPECIFIC_TENANT일 때만 회사를 지정하세요.",
                "is required with scope SPECIFIC_TENANT and must be left out otherwise",
            ));
        }
        Ok(())
    }
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "ComplianceUpdate")]
pub struct Update {
    pub report_name: Change<Text<200>>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "ComplianceFilter")]
pub struct Filter {
    pub report_type: Option<ReportType>,
    pub status: Option<Status>,
    pub compliance_status: Option<Verdict>,
    pub scope: Option<Scope>,
    pub generated_by: kernel::Patch<Uuid>,
}

/// Assessments.
pub struct Compliances;

impl Resource for Compliances {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "audt";
    const NAME: &'static str = "compliances";
    const NOUN: &'static str = "compliance";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::ReportName, Column::GeneratedAt, Column::CriticalCount];
    const SEARCH: &'static [Column] = &[Column::ReportName];
    const RANGES: &'static [(Column, RangeKind)] =
        &[(Column::GeneratedAt, RangeKind::Time), (Column::StartDate, RangeKind::Day), (Column::CriticalCount, RangeKind::Integer)];
    const EXAMPLE: &'static str =
        r#"{"report_type": "ISO27001", "report_name": "정보보호 점검 {n}", "start_date": "2026-01-01", "close_date": "2026-12-31"}"#;

    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        use Status::{Approved, Draft, PendingReview, Published};
        vec![
            action("submit", "submitted", "Hand an assessment in for review").from(&[Draft]).to(PendingReview),
            action("approve", "approved", "Approve an assessment").from(&[PendingReview]).to(Approved).does(approve),
            action("publish", "published", "Publish an approved assessment").from(&[Approved]).to(Published),
        ]
    }

    fn may_change(row: &Model) -> Result<()> {
        if row.status == Status::Draft {
            return Ok(());
        }
        Err(rules::COMPLIANCE_FIXED.error())
    }
}

async fn approve(cx: &Acting<'_>, _: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    let by = cx.door()?.principal().username.clone();
    Ok(Done::Changes(ActiveModel { approved_at: Set(Some(cx.tx.now())), approved_by: Set(Some(by)), ..Default::default() }))
}

/// `/compliances`; how one is computed is handed in.
pub(crate) fn routes(create: web::Route) -> web::Scope {
    web::scope("/compliances")
        .service(web::resource("").route(resource::list::<Compliances>()).route(create))
        .service(web::resource("/export").route(resource::export::<Compliances>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<Compliances>())
                .route(resource::update::<Compliances>())
                .route(resource::delete::<Compliances>()),
        )
        .configure(resource::actions::<Compliances>)
}
