//! Organizations of the small ERP.

use super::{ORGANIZATION, OrgId, Part, Row, by_no, organization};
use crate::Organizations;
use auth::Allowed;
use envelope::{Bare, BareApi, BareBody, BareNo, BareQuery, Failure, Gone, Moment};
use kernel::{Memo, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Create, Delete, FREE, Read, Spec, Update};
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
#[api_v2_operation]
pub async fn list(cx: Allowed<Read<Organizations>>, part: BareQuery<Part>) -> BareApi<Vec<Organization>> {
    let scope = cx.read().await?;
    let (rows, next) = part.0.of(scope.find::<organization::Entity>(), "/organizations/").await?;
    let rows: Vec<Organization> = Row::all(&rows)?.into_iter().map(Organization::from).collect();
    Ok(Bare::new(&rows)?.next(next))
}

/// Get one organization
#[api_v2_operation]
pub async fn get(cx: Allowed<Read<Organizations>>, id: BareNo<OrgId>) -> BareApi<Organization> {
    let row = ORGANIZATION.told(by_no::<organization::Entity>(&cx.read().await?, *id).await)?;
    Ok(Bare::new(&Organization::from(Row::of_model(&row)?))?.version(row.row_version))
}

/// Create one organization
#[api_v2_operation]
pub async fn create(cx: Allowed<Create<Organizations>>, body: BareBody<Wanted>) -> BareApi<Organization, 201> {
    let answer = ORGANIZATION.told(resource::create_with(&cx, Spec::of::<Organizations>()?, body.0.values(), FREE).await)?;
    Ok(Bare::of(&Organization::from(Row::of(&answer)?), &answer)?)
}

/// Say name and description of one organization anew
#[api_v2_operation]
pub async fn put(cx: Allowed<Update<Organizations>>, id: BareNo<OrgId>, body: BareBody<Wanted>) -> BareApi<Organization> {
    let row = ORGANIZATION.told(by_no::<organization::Entity>(&cx.read().await?, *id).await)?;
    let changed = resource::change_with(&cx, Spec::of::<Organizations>()?, row.id, body.0.values(), FREE).await;
    let answer = ORGANIZATION.told(changed)?;
    Ok(Bare::of(&Organization::from(Row::of(&answer)?), &answer)?)
}

/// Delete one organization
#[api_v2_operation]
pub async fn delete(cx: Allowed<Delete<Organizations>>, id: BareNo<OrgId>) -> Result<Gone, Failure> {
    let row = ORGANIZATION.told(by_no::<organization::Entity>(&cx.read().await?, *id).await)?;
    ORGANIZATION.told(resource::delete_with(&cx, Spec::of::<Organizations>()?, row.id, FREE).await)?;
    Ok(Gone)
}
