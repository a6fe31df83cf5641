//! Roles. One made here holds no permission; its permissions are set at `/api/v1/tenants/adm/roles`.

use crate::{
    code::code_of,
    extract::{BareBody, BareNo, BareQuery},
    reply::{Bare, BareApi, Gone, Moment},
    rows::{Part, ROLE, RoleId, Row, by_no},
};
use adm::{Roles, shared};
use auth::{Allowed, entities::adm_role as role};
use envelope::Failure;
use kernel::{CodeText, Error, Memo, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Create, Delete, NO_GUARD, Read, Spec, Update};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use store::values_of;

/// A role of the company.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "ErpRole")]
pub struct Role {
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl From<Row> for Role {
    fn from(row: Row) -> Self {
        Self { id: row.no, updated_at: row.updated_at(), name: row.name, description: row.description, created_at: row.created_at }
    }
}

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "ErpRoleBody")]
pub struct Wanted {
    pub name: Text<100>,
    pub description: Option<Memo>,
}

/// List roles
///
/// By their numbers, `skip` and `limit` at a time; the header `Link` names the next part.
#[api_v2_operation]
pub async fn list(cx: Allowed<Read<Roles>>, part: BareQuery<Part>) -> BareApi<Vec<Role>> {
    let scope = cx.read().await?;
    let (rows, next) = part.0.of(scope.find::<role::Entity>(), "/roles/").await?;
    let rows: Vec<Role> = Row::all(&rows)?.into_iter().map(Role::from).collect();
    Ok(Bare::new(&rows)?.next(next))
}

/// Get one role
///
/// By its running number. Its permissions are seen at `/api/v1/tenants/adm/roles`.
#[api_v2_operation]
pub async fn get(cx: Allowed<Read<Roles>>, id: BareNo<RoleId>) -> BareApi<Role> {
    let row = ROLE.worded(by_no::<role::Entity>(&cx.read().await?, *id).await)?;
    Ok(Bare::new(&Role::from(Row::of_model(&row)?))?.version(row.row_version))
}

/// Create one role without permissions; its code is made of its name
///
/// Its permissions are set at `/api/v1/tenants/adm/roles`.
#[api_v2_operation]
pub async fn create(cx: Allowed<Create<Roles>>, body: BareBody<Wanted>) -> BareApi<Role, 201> {
    let Wanted { name, description } = body.0;
    let taken = async |base: &str| {
        let scope = cx.read().await?;
        let alike = scope.find::<role::Entity>().filter(role::Column::Code.starts_with(base)).all().await?;
        Ok(alike.into_iter().map(|row| row.code.to_string()).collect())
    };
    let make = async |code: String| {
        let (name, description) = (Set(name.clone()), Set(description.clone()));
        let code = Set(CodeText::parse(&code).map_err(Error::internal)?);
        let values = values_of(&role::ActiveModel { code, name, description, ..Default::default() });
        resource::create_with(&cx, Spec::of::<Roles>()?, values, NO_GUARD).await
    };
    let answer = ROLE.worded(code_of(&name, "ROLE", 50, taken, make).await)?;
    Ok(Bare::of(&Role::from(Row::of(&answer)?), &answer)?)
}

/// Say name and description of one role anew
///
/// A description that is left out is emptied. 403 for a role that holds more than the caller.
#[api_v2_operation]
pub async fn put(cx: Allowed<Update<Roles>>, id: BareNo<RoleId>, body: BareBody<Wanted>) -> BareApi<Role> {
    let row = ROLE.worded(by_no::<role::Entity>(&cx.read().await?, *id).await)?;
    let wanted = role::ActiveModel { name: Set(body.0.name), description: Set(body.0.description), ..Default::default() };
    let answer = ROLE.worded(
        resource::change_with(&cx, Spec::of::<Roles>()?, row.id, values_of(&wanted), &|door, tx, changing| {
            Box::pin(shared::check_role(door, tx, changing))
        })
        .await,
    )?;
    Ok(Bare::of(&Role::from(Row::of(&answer)?), &answer)?)
}

/// Delete one role
///
/// Nobody sees it any more; the audit log keeps what it was. Refused while somebody has it.
#[api_v2_operation]
pub async fn delete(cx: Allowed<Delete<Roles>>, id: BareNo<RoleId>) -> Result<Gone, Failure> {
    let row = ROLE.worded(by_no::<role::Entity>(&cx.read().await?, *id).await)?;
    ROLE.worded(shared::delete_role(&cx, row.id).await)?;
    Ok(Gone)
}
