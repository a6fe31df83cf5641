//! Customer companies.

use auth::{Allowed, Door, Password, impersonation};
use envelope::{Api, Body, Nothing, Reply, RowId, web};
use kernel::{
    BizNo, Change, CompanyCode, Currency, Day, Email, Error, Locale, Login, Memo, Patch, Phone, Realm, Result, Text, Zone, permission,
};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{RangeKind, Resource};
use sea_orm::{ActiveValue::Set, ColumnTrait, DeriveIntoActiveModel, QueryFilter, QueryOrder};
use serde::Deserialize;
use serde_json::json;
use store::{Action, AuditEntry, Event};
use tenancy::{
    onboarding,
    tenant::{ActiveModel, BizType, Column, Entity, Extra, Model, Status, Type},
};
use uuid::Uuid;

permission! {
    pub Suspend = "tnnt", "tenants", "suspend", step_up;
    pub Activate = "tnnt", "tenants", "activate";
    pub Terminate = "tnnt", "tenants", "terminate", step_up;
    /// The resource's own, with a fresh second factor.
    pub Delete = "tnnt", "tenants", "delete", step_up;
}

/// Who can sign in to the new company first.
#[derive(Clone, Deserialize, Apiv2Schema)]
pub struct FirstAdministrator {
    pub username: Login,
    pub email: Email,
    pub full_name: Text<100>,
    /// With one they can sign in at once; without they are invited.
    pub password: Option<Password>,
}

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "TenantCreate")]
pub struct Create {
    /// What people type at sign-in: 3 to 20 of a-z 0-9 _ -. Never changes.
    pub code: CompanyCode,
    pub name: Text<100>,
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
}

/// What may become of a company from where it stands.
fn leads_to(from: Status, to: Status) -> bool {
    matches!(
        (from, to),
        (Status::Trial | Status::Active, Status::Suspended)
            | (Status::Trial | Status::Suspended, Status::Active)
            | (Status::Trial | Status::Active | Status::Suspended, Status::Terminated)
    )
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Trial => "TRIAL",
        Status::Active => "ACTIVE",
        Status::Suspended => "SUSPENDED",
        Status::Terminated => "TERMINATED",
    }
}

async fn switch(cx: &Door, id: Uuid, to: Status, reason: Option<String>) -> Result<Reply<Model>> {
    let expected = cx.if_match()?;
    let reply = cx
        .write(async |tx| {
            let company = tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
            if expected.is_some_and(|version| version != company.row_version) {
                return Err(Error::stale(company.row_version));
            }
            if company.status == to {
                return Reply::row(&company, company.row_version);
            }
            if !leads_to(company.status, to) {
                let all = [Status::Active, Status::Suspended, Status::Terminated];
                let allowed: Vec<&str> = all.into_iter().filter(|to| leads_to(company.status, *to)).map(word).collect();
                return Err(Error::transition(word(company.status), &allowed));
            }
            // nor does an impersonation go on that began just before, or beside it
            if company.status == Status::Suspended || to != Status::Active {
                impersonation::end_of_company(tx, id).await?;
            }
            let suspended = to == Status::Suspended;
            let change = ActiveModel {
                status: Set(to),
                is_suspended: Set(suspended),
                suspended_reason: Set(reason.clone().filter(|_| suspended)),
                suspended_date: Set(suspended.then(|| tx.now())),
                ..Default::default()
            };
            let changed = tx.update(id, &change).await?.ok_or_else(Error::not_found)?;
            let entry = AuditEntry::new(Action::Execute, cx.permission().to_string(), "tnnt.tenants", id);
            tx.audit(entry.change(&json!({"status": company.status}), &json!({"status": to, "reason": reason})));
            tx.publish(Event::new(format!("tnnt.tenant.{}", word(to).to_lowercase()), id, json!({"id": id, "reason": reason})));
            Reply::row(&changed, changed.row_version)
        })
        .await?;
    // here at once; on other nodes within half a second
    cx.platform().directory().forget(id).await;
    Ok(reply)
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct Suspension {
    /// Shown to the company's people when they are refused.
    pub reason: Option<Memo>,
}

/// Suspend a company: its people are refused, with the reason, within a second
#[api_v2_operation]
pub async fn suspend(cx: Allowed<Suspend>, id: RowId, body: Body<Suspension>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Suspended, body.0.reason.map(|text| text.to_string())).await?)
}

/// Serve a company again, or end its trial
#[api_v2_operation]
pub async fn activate(cx: Allowed<Activate>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Active, None).await?)
}

/// End the contract of a company
#[api_v2_operation]
pub async fn terminate(cx: Allowed<Terminate>, id: RowId, body: Body<Suspension>) -> Api<Model> {
    Ok(switch(&cx, *id, Status::Terminated, body.0.reason.map(|text| text.to_string())).await?)
}

/// Delete a company; its people can no longer sign in
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
        .service(web::resource("/{id}/suspend").route(web::post().to(suspend)))
        .service(web::resource("/{id}/activate").route(web::post().to(activate)))
        .service(web::resource("/{id}/terminate").route(web::post().to(terminate)))
        .service(web::resource("/{id}/onboarding").route(web::get().to(onboarding)))
}

#[cfg(test)]
mod tests {
    use super::{Status, leads_to};

    #[test]
    fn a_terminated_company_stays_so() {
        for to in [Status::Trial, Status::Active, Status::Suspended] {
            assert!(!leads_to(Status::Terminated, to));
        }
        assert!(leads_to(Status::Suspended, Status::Active));
        assert!(!leads_to(Status::Active, Status::Trial));
    }
}
