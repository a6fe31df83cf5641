//! What is kept how long, and what is alerted on. Drafted, submitted, approved; an approved
//! policy never changes: a new version takes its place.

use auth::{Allowed, Door};
use envelope::{Api, Body, Created, Nothing, RawBody, RowId, web};
use kernel::{Day, Error, Memo, Realm, Result, Text, Timestamp, boxed};
use macros::record;
use paperclip::actix::api_v2_operation;
use resource::{Acting, Action, Changing, Done, RangeKind, Resource, Spec, action, perform};
use sea_orm::{ActiveValue::Set, FromJsonQueryResult, IntoActiveModel, QueryFilter, entity::prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Tx, values_of};

resource::string_enum! {
    pub Type ("PolicyType") { Password, AccessControl, DataRetention, Encryption, Authentication, NetworkSecurity }
    pub Category ("PolicyCategory") { Authentication, Authorization, DataProtection, Monitoring, IncidentResponse, Compliance }
    pub Enforcement ("PolicyEnforcement") { Mandatory, Recommended, Optional }
    pub Status ("PolicyStatus") { Draft, PendingApproval, Active, Archived }
}

/// What a policy demands, as the platform reads it: `keep_days` and `alerts`; the rest is for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Rules(pub Map<String, Value>);

impl paperclip::v2::schema::Apiv2Schema for Rules {
    fn raw_schema() -> paperclip::v2::models::DefaultSchemaRaw {
        let alert = serde_json::json!({
            "type": "object", "required": ["event", "count", "within_minutes"], "additionalProperties": false,
            "properties": {
                "event": {"type": "string", "minLength": 1, "maxLength": 100},
                "count": {"type": "integer", "minimum": 1, "maximum": 100_000},
                "within_minutes": {"type": "integer", "minimum": 1, "maximum": 1440}
            }
        });
        let keywords = serde_json::json!({"properties": {
            "keep_days": {"type": "integer", "minimum": 90, "maximum": 36_500},
            "alerts": {"type": "array", "maxItems": 50, "items": alert}
        }});
        let example = serde_json::json!({"keep_days": 365, "alerts": [{"event": "auth.account.locked", "count": 3, "within_minutes": 10}]});
        kernel::schema::with_keywords(paperclip::v2::models::DataType::Object, &keywords, example)
    }
}

/// An alert's rule: this kind of event, so often, within so many minutes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AlertRule {
    pub event: String,
    pub count: i64,
    pub within_minutes: i64,
}

impl Rules {
    #[must_use]
    pub fn keep_days(&self) -> Option<i64> {
        self.0.get("keep_days").and_then(Value::as_i64)
    }

    #[must_use]
    pub fn alerts(&self) -> Vec<AlertRule> {
        self.0.get("alerts").cloned().and_then(|alerts| serde_json::from_value(alerts).ok()).unwrap_or_default()
    }
}

/// Ids of companies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Companies(pub Vec<Uuid>);

impl Companies {
    /// Each of them is a company the provider serves.
    #[boxed(?Send)]
    pub async fn exist(&self, door: &Door) -> Result<()> {
        for id in &self.0 {
            door.platform().directory().by_id(*id).await?.ok_or_else(|| Error::no_such("tenant_ids"))?;
        }
        Ok(())
    }
}

impl paperclip::v2::schema::Apiv2Schema for Companies {
    fn raw_schema() -> paperclip::v2::models::DefaultSchemaRaw {
        let keywords = serde_json::json!({"items": {"type": "string", "format": "uuid"}, "minItems": 1, "maxItems": 1000});
        let example = serde_json::json!(["0192f0c1-2345-7abc-8def-0123456789ab"]);
        kernel::schema::with_keywords(paperclip::v2::models::DataType::Array, &keywords, example)
    }
}

/// A policy of the platform.
#[record(table = "audt_policies", schema = "Policy", columns = provider)]
pub struct Model {
    /// 정책명 | Policy name
    #[api(create, update)]
    pub policy_name: Text<200>,
    /// 정책 유형 | Policy type
    #[api(create, filter)]
    pub policy_type: Type,
    /// 정책 분류 | Policy category
    #[api(create, update, filter)]
    pub policy_category: Category,
    /// 설명 | Description
    #[api(create, update)]
    pub description: Option<Memo>,
    /// 규칙 | Rules
    #[api(create(text = "DATA_RETENTION needs `keep_days`, at least 90; `alerts` name events and how often."), update)]
    pub rules: Rules,
    /// 모든 고객사에 적용 | Applies to all companies
    pub apply_to_all_tenants: bool,
    /// 고객사 | Companies
    ///
    /// The companies it is for, when not all.
    #[api(create(text = "Companies; all when left out."))]
    pub tenant_ids: Option<Companies>,
    /// 시행일 | Effective date
    #[api(create, update)]
    pub effective_date: Day,
    /// 만료일 | Expiry date
    #[api(create, update)]
    pub expiry_date: Option<Day>,
    /// 강제 수준 | Enforcement level
    #[api(create(optional), update, filter)]
    pub enforcement_level: Enforcement,
    /// 버전 | Version
    #[api(create, update)]
    pub version: Text<20>,
    /// 이전 버전 | Previous version
    #[api(create(text = "The version this one takes the place of when it is approved."), filter(null))]
    pub previous_version_id: Option<Uuid>,
    /// 승인 일시 | Approved
    pub approved_at: Option<Timestamp>,
    /// 승인자 | Approved by
    pub approved_by: Option<String>,
    /// 상태 | Status
    #[api(filter)]
    pub status: Status,
}

impl Model {
    /// Whether it holds on a day for a company (`None`: the provider itself).
    #[must_use]
    pub fn holds_for(&self, company: Option<Uuid>, day: Day) -> bool {
        let named = match (&self.tenant_ids, company) {
            (None, _) => true,
            (Some(companies), Some(company)) => companies.0.contains(&company),
            (Some(_), None) => false,
        };
        self.status == Status::Active && named && self.effective_date <= day && self.expiry_date.is_none_or(|last| day <= last)
    }
}

/// Policies.
pub struct Policies;

impl Resource for Policies {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "audt";
    const NAME: &'static str = "policies";
    const NOUN: &'static str = "policy";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::PolicyName, Column::EffectiveDate, Column::Status];
    const SEARCH: &'static [Column] = &[Column::PolicyName, Column::Description];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::EffectiveDate, RangeKind::Day), (Column::ExpiryDate, RangeKind::Day)];
    const EXAMPLE: &'static str = r#"{"policy_name": "감사 기록 보존 {n}", "policy_type": "DATA_RETENTION", "policy_category": "DATA_PROTECTION",
        "rules": {"keep_days": 365}, "effective_date": "2026-01-01", "version": "1.0"}"#;

    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        use Status::{Active, Archived, Draft, PendingApproval};
        vec![
            action("submit", "submitted", "Hand a draft in for approval").from(&[Draft]).to(PendingApproval),
            action("approve", "approved", "Approve a policy: it holds from its effective date, and the version before it ends")
                .from(&[PendingApproval])
                .to(Active)
                .does(approve),
            action("archive", "archived", "End a policy").from(&[Draft, PendingApproval, Active]).to(Archived),
        ]
    }

    fn may_change(row: &Model) -> Result<()> {
        if row.status == Status::Draft {
            return Ok(());
        }
        Err(crate::rules::POLICY_FIXED.error())
    }
}

/// What the parts of a policy say about one another.
fn consistent(kind: Type, rules: Option<&Rules>, from: Option<Day>, to: Option<Day>) -> Result<()> {
    if let Some(rules) = rules
        && kind == Type::DataRetention
        && rules.keep_days().is_none()
    {
        return Err(Error::field("rules.keep_days", "required", "보존 일수를 입력하세요.", "is required with policy_type DATA_RETENTION"));
    }
    if let Some(rules) = rules
        && kind != Type::DataRetention
        && rules.keep_days().is_some()
    {
        return Err(Error::field(
            "rules.keep_days",
            "policy_type",
            "policy_type이 DATA_RETENTION일 때만 입력하세요.",
            "is allowed only with policy_type DATA_RETENTION",
        ));
    }
    match (from, to) {
        (Some(from), Some(to)) if to < from => {
            Err(Error::field("expiry_date", "before_effective_date", "시행일보다 앞설 수 없습니다.", "must not be before effective_date"))
        }
        _ => Ok(()),
    }
}

/// Create one policy
///
/// A draft. Without `tenant_ids` it is for all companies; `keep_days` belongs to DATA_RETENTION only.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Policies>>, body: Body<Create>) -> Created<Model> {
    let wanted = body.0;
    if let Some(companies) = &wanted.tenant_ids {
        companies.exist(&cx).await?;
    }
    consistent(wanted.policy_type, Some(&wanted.rules), Some(wanted.effective_date), wanted.expiry_date)?;
    let for_all = wanted.tenant_ids.is_none();
    let model = ActiveModel { apply_to_all_tenants: Set(for_all), ..wanted.into_active_model() };
    let answer = resource::create_with(&cx, Spec::of::<Policies>()?, values_of(&model), resource::NO_GUARD).await?;
    Ok(answer.into())
}

/// The policy as it will be holds together.
async fn still_consistent(_: &Door, _: &Tx, changing: Changing<'_>) -> Result<()> {
    let Some(row) = changing.before::<Model>()? else { return Ok(()) };
    let rules = match changing.value("rules") {
        Some(sea_orm::Value::Json(Some(rules))) => serde_json::from_value(rules.as_ref().clone()).map_err(Error::internal)?,
        _ => row.rules,
    };
    let day = |column: &str, is: Option<Day>| match changing.value(column) {
        Some(sea_orm::Value::TimeDate(day)) => day.map(Day),
        _ => is,
    };
    let (from, to) = (day("effective_date", Some(row.effective_date)), day("expiry_date", row.expiry_date));
    consistent(row.policy_type, Some(&rules), from, to)
}

/// Change one policy
///
/// A merge patch: what is left out stays as it is. 409 once it was submitted; a further version is a new policy.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Policies>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let guard: &resource::Guard<'_> = &|door, tx, changing| Box::pin(still_consistent(door, tx, changing));
    Ok(resource::update_with(&cx, Spec::of::<Policies>()?, *id, body.json, guard).await?.into())
}

/// A policy holds from its effective date, and the version before it ends.
async fn approve(cx: &Acting<'_>, row: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    if let Some(before) = row.previous_version_id {
        let find = cx.tx.find::<Entity>().filter(Column::Id.eq(before)).filter(Column::Status.eq(Status::Active));
        if find.one().await?.is_some() {
            perform(cx, Spec::of::<Policies>()?, "archive", before, &Nothing {}).await?;
        }
    }
    let by = cx.door()?.principal().username.clone();
    Ok(Done::Changes(ActiveModel { approved_at: Set(Some(cx.tx.now())), approved_by: Set(Some(by)), ..Default::default() }))
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/policies")
        .service(web::resource("").route(resource::list::<Policies>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<Policies>()))
        .service(
            web::resource("/{id}").route(resource::get::<Policies>()).route(web::patch().to(update)).route(resource::delete::<Policies>()),
        )
        .configure(resource::actions::<Policies>)
}
