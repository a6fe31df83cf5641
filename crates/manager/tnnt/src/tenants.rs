//! Customer companies.

use auth::{Allowed, Door, impersonation};
use envelope::{Api, Nothing, Reply, RowId, web};
use kernel::{
    BizNo, Change, CompanyCode, Currency, Day, Email, Error, Locale, Login, Memo, Patch, Phone, Realm, Result, Text, Zone, permission,
};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Acting, Action, Done, RangeKind, Resource, action};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, QueryFilter, QueryOrder};
use serde::Deserialize;
use serde_json::json;
use signin::Password;
use tenancy::{
    onboarding,
    tenant::{ActiveModel, BizType, Column, Entity, Extra, Model, Status, Type},
};
use uuid::Uuid;

permission! {
    /// The resource's own, with a fresh second factor.
    pub Delete = "tnnt", "tenants", "delete", step_up;
}

/// Who can sign in to the new company first.
#[derive(Clone, Deserialize, Apiv2Schema)]
pub struct FirstAdministrator {
    /// 아이디 | User name
    pub username: Login,
    /// 이메일 | Email
    pub email: Email,
    /// 이름 | Full name
    pub full_name: Text<100>,
    /// 비밀번호 | Password
    ///
    /// With one they can sign in at once; without they are invited.
    pub password: Option<Password>,
}

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "TenantCreate")]
pub struct Create {
    /// What people type at sign-in: 3 to 20 of a-z 0-9 _ -. Never changes.
    pub code: CompanyCode,
    pub name: Text<100>,
    /// 첫 관리자 | First administrator
    #[sea_orm(ignore)]
    pub admin: Option<FirstAdministrator>,
    pub r#type: Option<Type>,
    pub biz_no: Option<BizNo>,
    pub biz_name: Option<Text<200>>,
    pub biz_type: Option<BizType>,
    pub ceo_name: Option<Text<50>>,
    pub biz_kind: Option<Text<100>>,
    pub biz_item: Option<Text<100>>,
    pub postcode: Option<Text<10>>,
    pub address1: Option<Text<100>>,
    pub address2: Option<Text<100>>,
    pub phone_no: Option<Phone>,
    #[openapi(minimum = 0)]
    pub employee_count: Option<i32>,
    pub start_date: Day,
    pub close_date: Option<Day>,
    pub timezone: Option<Zone>,
    pub locale: Option<Locale>,
    pub currency: Option<Currency>,
    pub extra_data: Option<Extra>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "TenantUpdate")]
pub struct Update {
    pub name: Change<Text<100>>,
    pub r#type: Change<Type>,
    pub biz_no: Patch<BizNo>,
    pub biz_name: Patch<Text<200>>,
    pub biz_type: Patch<BizType>,
    pub ceo_name: Patch<Text<50>>,
    pub biz_kind: Patch<Text<100>>,
    pub biz_item: Patch<Text<100>>,
    pub postcode: Patch<Text<10>>,
    pub address1: Patch<Text<100>>,
    pub address2: Patch<Text<100>>,
    pub phone_no: Patch<Phone>,
    pub employee_count: Change<i32>,
    pub start_date: Change<Day>,
    pub close_date: Patch<Day>,
    pub timezone: Change<Zone>,
    pub locale: Change<Locale>,
    pub currency: Change<Currency>,
    pub extra_data: Change<Extra>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "TenantFilter")]
pub struct Filter {
    pub status: Option<Status>,
    pub r#type: Option<Type>,
    pub code: Option<CompanyCode>,
    pub biz_no: Option<BizNo>,
    pub is_suspended: Option<bool>,
}

/// Customer companies.
pub struct Tenants;

impl Resource for Tenants {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "tnnt";
    const NAME: &'static str = "tenants";
    const NOUN: &'static str = "tenant";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Name, Column::Code, Column::StartDate, Column::Status, Column::EmployeeCount];
    const SEARCH: &'static [Column] = &[Column::Name, Column::Code, Column::BizName];
    const RANGES: &'static [(Column, RangeKind)] =
        &[(Column::StartDate, RangeKind::Day), (Column::CloseDate, RangeKind::Day), (Column::EmployeeCount, RangeKind::Integer)];
    const OWNED: &'static [&'static str] = &["tnnt_onboardings"];
    const EXAMPLE: &'static str = r#"{"code": "hanbit-{n}", "name": "한빛상사 {n}", "type": "STANDARD", "ceo_name": "김한빛", "employee_count": 30, "start_date": "2026-01-01",
        "admin": {"username": "admin", "email": "admin{n}@hanbit.example", "full_name": "김관리", "password": "푸른-하늘-은하수-{n}"}}"#;
    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        use Status::{Active, Suspended, Terminated, Trial};
        let all = [
            action("activate", "active", "Serve a company again, or end its trial").from(&[Trial, Suspended]).to(Active).does(activate),
            action("suspend", "suspended", "Suspend a company: its people are refused, with the reason, within a second")
                .step_up()
                .from(&[Trial, Active])
                .to(Suspended)
                .does(suspend),
            action("terminate", "terminated", "End the contract of a company")
                .step_up()
                .from(&[Trial, Active, Suspended])
                .to(Terminated)
                .does(terminate),
        ];
        // here at once; on other nodes within half a second
        all.map(|action| action.after_commit(forget)).into()
    }
}

/// This node asks for the company anew.
async fn forget(door: &Door, id: Uuid) -> Result<()> {
    door.platform().directory().forget(id).await;
    Ok(())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct Suspension {
    /// 사유 | Reason
    ///
    /// Shown to the company's people when they are refused.
    pub reason: Option<Memo>,
}

/// What a company is that is not suspended.
fn not_suspended() -> ActiveModel {
    ActiveModel { is_suspended: Set(false), suspended_reason: Set(None), suspended_date: Set(None), ..Default::default() }
}

/// Serves a company again. Nor does an impersonation go on that began just before it was suspended, or beside that.
async fn activate(cx: &Acting<'_>, company: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    if company.status == Status::Suspended {
        impersonation::end_of_company(cx.tx, company.id).await?;
    }
    cx.note(json!({"reason": null}));
    Ok(Done::Changes(not_suspended()))
}

/// Suspends a company for a reason; nobody acts as one of its people any more.
async fn suspend(cx: &Acting<'_>, company: &Model, input: &Suspension) -> Result<Done<ActiveModel>> {
    impersonation::end_of_company(cx.tx, company.id).await?;
    cx.note(json!({"reason": input.reason}));
    Ok(Done::Changes(ActiveModel {
        is_suspended: Set(true),
        suspended_reason: Set(input.reason.as_ref().map(ToString::to_string)),
        suspended_date: Set(Some(cx.tx.now())),
        ..Default::default()
    }))
}

/// Ends the contract of a company for a reason, which the audit keeps; nobody acts as one of its people any more.
async fn terminate(cx: &Acting<'_>, company: &Model, input: &Suspension) -> Result<Done<ActiveModel>> {
    impersonation::end_of_company(cx.tx, company.id).await?;
    cx.note(json!({"reason": input.reason}));
    Ok(Done::Changes(not_suspended()))
}

/// Delete a company; its people can no longer sign in
///
/// Nobody sees it any more; the audit log keeps it. Staff who act as one of its people are put out at once.
#[api_v2_operation]
pub async fn delete(cx: Allowed<Delete>, id: RowId) -> Api<resource::Deleted> {
    let answer = resource::delete_with(&cx, resource::Spec::of::<Tenants>()?, *id, &|_, tx, changing| {
        Box::pin(async move {
            match changing.id {
                Some(id) => impersonation::end_of_company(tx, id).await,
                None => Ok(()),
            }
        })
    })
    .await?;
    cx.platform().directory().forget(*id).await;
    cx.platform().forget_sessions();
    Ok(answer.into())
}

/// How far the company's provisioning has come
///
/// The four steps in their order, each with its state and how often it was tried.
#[api_v2_operation]
pub async fn onboarding(cx: Allowed<resource::Read<Tenants>>, id: RowId) -> Api<Vec<onboarding::Model>> {
    let scope = cx.read().await?;
    scope.find::<Entity>().filter(Column::Id.eq(*id)).one().await?.ok_or_else(Error::not_found)?;
    let steps = scope
        .find::<onboarding::Entity>()
        .filter(onboarding::Column::TenantId.eq(*id))
        .order_by_asc(onboarding::Column::StepOrder)
        .all()
        .await?;
    Ok(Reply::new(&steps)?)
}

/// `/tenants`; how one is made is handed in, because it writes in two databases.
#[must_use]
pub fn scope(create: web::Route) -> web::Scope {
    web::scope("/tenants")
        .service(web::resource("").route(resource::list::<Tenants>()).route(create))
        .service(web::resource("/export").route(resource::export::<Tenants>()))
        .service(
            web::resource("/{id}").route(resource::get::<Tenants>()).route(resource::update::<Tenants>()).route(web::delete().to(delete)),
        )
        .configure(resource::actions::<Tenants>)
        .service(web::resource("/{id}/onboarding").route(web::get().to(onboarding)))
}

#[cfg(test)]
mod tests {
    use super::{Status, Tenants};
    use resource::Resource as _;
    use sea_orm::ActiveEnum as _;

    fn leads_to(from: Status, to: Status) -> bool {
        let (from, to) = (from.to_value(), to.to_value());
        Tenants::actions().iter().any(|action| action.from.contains(&from) && action.to.as_ref() == Some(&to))
    }

    #[test]
    fn a_terminated_company_stays_so() {
        for to in [Status::Trial, Status::Active, Status::Suspended] {
            assert!(!leads_to(Status::Terminated, to));
        }
        assert!(leads_to(Status::Suspended, Status::Active));
        assert!(!leads_to(Status::Active, Status::Trial));
    }
}
