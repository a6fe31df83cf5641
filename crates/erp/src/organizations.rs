//! Organizations.

use crate::{
    extract::{BareBody, BareNo, BareQuery},
    reply::{Bare, BareApi, Gone, Moment},
    rows::{ORGANIZATION, OrgId, Part, Row, by_no},
};
use adm::{Organizations, organization};
use auth::Allowed;
use envelope::Failure;
use kernel::{Memo, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Create, Delete, NO_GUARD, Read, Spec, Update};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use store::values_of;

/// A legal entity or a site.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "ErpOrganization")]
pub struct Organization {
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl From<Row> for Organization {
    fn from(row: Row) -> Self {
        Self { id: row.no, updated_at: row.updated_at(), name: row.name, description: row.description, created_at: row.created_at }
    }
}

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "ErpOrganizationBody")]
pub struct Wanted {
    pub name: Text<200>,
    pub description: Option<Memo>,
}

impl Wanted {
    fn values(self) -> store::Columns {
        values_of(&organization::ActiveModel { name: Set(self.name), description: Set(self.description), ..Default::default() })
    }
}

/// List organizations
///
/// By their numbers, `skip` and `limit` at a time; the header `Link` names the next part.
#[api_v2_operation]
pub async fn list(cx: Allowed<Read<Organizations>>, part: BareQuery<Part>) -> BareApi<Vec<Organization>> {
    let scope = cx.read().await?;
    let (rows, next) = part.0.of(scope.find::<organization::Entity>(), "/organizations/").await?;
    let rows: Vec<Organization> = Row::all(&rows)?.into_iter().map(Organization::from).collect();
    Ok(Bare::new(&rows)?.next(next))
}

/// Get one organization
///
/// By its running number, which other rows name it by here.
#[api_v2_operation]
pub async fn get(cx: Allowed<Read<Organizations>>, id: BareNo<OrgId>) -> BareApi<Organization> {
    let row = ORGANIZATION.worded(by_no::<organization::Entity>(&cx.read().await?, *id).await)?;
    Ok(Bare::new(&Organization::from(Row::of_model(&row)?))?.version(row.row_version))
}

/// Create one organization
///
/// The rows are those of `/api/v1/tenants/adm/organizations`, with fewer fields.
#[api_v2_operation]
pub async fn create(cx: Allowed<Create<Organizations>>, body: BareBody<Wanted>) -> BareApi<Organization, 201> {
    let answer = ORGANIZATION.worded(resource::create_with(&cx, Spec::of::<Organizations>()?, body.0.values(), NO_GUARD).await)?;
    Ok(Bare::of(&Organization::from(Row::of(&answer)?), &answer)?)
}

/// Say name and description of one organization anew
///
/// A description that is left out is emptied; other fields stay as they are.
#[api_v2_operation]
pub async fn put(cx: Allowed<Update<Organizations>>, id: BareNo<OrgId>, body: BareBody<Wanted>) -> BareApi<Organization> {
    let row = ORGANIZATION.worded(by_no::<organization::Entity>(&cx.read().await?, *id).await)?;
    let changed = resource::change_with(&cx, Spec::of::<Organizations>()?, row.id, body.0.values(), NO_GUARD).await;
    let answer = ORGANIZATION.worded(changed)?;
    Ok(Bare::of(&Organization::from(Row::of(&answer)?), &answer)?)
}

/// Delete one organization
///
/// Nobody sees it any more; the audit log keeps what it was. Refused while rows refer to it.
#[api_v2_operation]
pub async fn delete(cx: Allowed<Delete<Organizations>>, id: BareNo<OrgId>) -> Result<Gone, Failure> {
    let row = ORGANIZATION.worded(by_no::<organization::Entity>(&cx.read().await?, *id).await)?;
    ORGANIZATION.worded(resource::delete_with(&cx, Spec::of::<Organizations>()?, row.id, NO_GUARD).await)?;
    Ok(Gone)
}
