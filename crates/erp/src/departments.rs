//! Departments.

use crate::{
    code::code_of,
    extract::{BareBody, BareNo, BareQuery},
    reply::{Bare, BareApi, Gone, Moment},
    rows::{DEPARTMENT, DepartmentId, ORGANIZATION, Part, Row, by_no, named, numbers},
};
use adm::{Departments, department, organization, rules, shared};
use auth::Allowed;
use envelope::{Answer, Failure};
use kernel::{CodeText, Error, Memo, Result, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Create, Delete, Read, Spec, Update};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use store::{Scope, values_of};

/// A department: a node in the tree of its organization.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "ErpDepartment")]
pub struct Department {
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
    pub organization_id: Option<i64>,
    /// Null: directly below its organization.
    pub parent_id: Option<i64>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// With the numbers of what they refer to.
async fn views(scope: &Scope, rows: Vec<Row>) -> Result<Vec<Department>> {
    let organizations = numbers::<organization::Entity>(scope, rows.iter().map(|row| row.organization_id)).await?;
    let parents = numbers::<department::Entity>(scope, rows.iter().map(|row| row.parent_id)).await?;
    let views = rows.into_iter().map(|row| Department {
        id: row.no,
        organization_id: row.organization_id.and_then(|id| organizations.get(&id).copied()),
        parent_id: row.parent_id.and_then(|id| parents.get(&id).copied()),
        updated_at: row.updated_at(),
        created_at: row.created_at,
        name: row.name,
        description: row.description,
    });
    Ok(views.collect())
}

async fn one(scope: &Scope, row: Row) -> Result<Department> {
    views(scope, vec![row]).await?.pop().ok_or_else(|| Error::internal("one row became none"))
}

async fn bare<const STATUS: u16>(scope: &Scope, answer: &Answer) -> Result<Bare<Department, STATUS>> {
    Bare::of(&one(scope, Row::of(answer)?).await?, answer)
}

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "ErpDepartmentBody")]
pub struct Wanted {
    pub name: Text<100>,
    /// Where it stands; it stays there for good.
    pub organization_id: i64,
    /// Another department of the same organization; null or left out: directly below the organization.
    pub parent_id: Option<i64>,
    pub description: Option<Memo>,
}

impl Wanted {
    /// What a body says, its numbers found.
    async fn read(self, scope: &Scope) -> Result<department::ActiveModel> {
        let organization = named::<organization::Entity>(scope, "organization_id", &ORGANIZATION, Some(self.organization_id)).await?;
        let parent = named::<department::Entity>(scope, "parent_id", &DEPARTMENT, self.parent_id).await?;
        Ok(department::ActiveModel {
            organization_id: Set(organization.unwrap_or_default()),
            parent_id: Set(parent),
            name: Set(self.name),
            description: Set(self.description),
            ..Default::default()
        })
    }
}

/// List departments
///
/// By their numbers, `skip` and `limit` at a time; the header `Link` names the next part.
#[api_v2_operation]
pub async fn list(cx: Allowed<Read<Departments>>, part: BareQuery<Part>) -> BareApi<Vec<Department>> {
    let scope = cx.read().await?;
    let (rows, next) = part.0.of(scope.find::<department::Entity>(), "/departments/").await?;
    Ok(Bare::new(&views(&scope, Row::all(&rows)?).await?)?.next(next))
}

/// Get one department
///
/// By its running number. `organization_id` and `parent_id` are numbers, too.
#[api_v2_operation]
pub async fn get(cx: Allowed<Read<Departments>>, id: BareNo<DepartmentId>) -> BareApi<Department> {
    let scope = cx.read().await?;
    let row = DEPARTMENT.worded(by_no::<department::Entity>(&scope, *id).await)?;
    Ok(Bare::new(&one(&scope, Row::of_model(&row)?).await?)?.version(row.row_version))
}

/// Create one department; its code is made of its name, and it stands from today
///
/// Below `parent_id`, else directly below the organization, where it stays for good.
#[api_v2_operation]
pub async fn create(cx: Allowed<Create<Departments>>, body: BareBody<Wanted>) -> BareApi<Department, 201> {
    let name = body.0.name.clone();
    let wanted = department::ActiveModel { valid_from: Set(cx.today()), ..body.0.read(&cx.read().await?).await? };
    let taken = async |base: &str| {
        let scope = cx.read().await?;
        let alike = scope.find::<department::Entity>().filter(department::Column::Code.starts_with(base)).all().await?;
        Ok(alike.into_iter().map(|row| row.code.to_string()).collect())
    };
    let make = async |code: String| {
        let code = Set(CodeText::parse(&code).map_err(Error::internal)?);
        let values = values_of(&department::ActiveModel { code, ..wanted.clone() });
        resource::create_with(&cx, Spec::of::<Departments>()?, values, &|door, tx, changing| {
            Box::pin(shared::check_parent(door, tx, changing))
        })
        .await
    };
    let answer = code_of(&name, "DEPT", 20, taken, make).await;
    Ok(bare(&cx.read().await?, &DEPARTMENT.worded(answer)?).await?)
}

/// Say name, description and place of one department anew
///
/// What is left out is emptied; without `parent_id` it moves directly below its organization.
#[api_v2_operation]
pub async fn put(cx: Allowed<Update<Departments>>, id: BareNo<DepartmentId>, body: BareBody<Wanted>) -> BareApi<Department> {
    let scope = cx.read().await?;
    let row = DEPARTMENT.worded(by_no::<department::Entity>(&scope, *id).await)?;
    let wanted = body.0.read(&scope).await?;
    drop(scope);
    if wanted.organization_id != Set(row.organization_id) {
        return Err(rules::DEPARTMENT_ORGANIZATION.error().into());
    }
    let changed = resource::change_with(&cx, Spec::of::<Departments>()?, row.id, values_of(&wanted), &|door, tx, changing| {
        Box::pin(shared::check_parent(door, tx, changing))
    })
    .await;
    let answer = DEPARTMENT.worded(changed)?;
    Ok(bare(&cx.read().await?, &answer).await?)
}

/// Delete one department
///
/// Nobody sees it any more; the audit log keeps what it was. Refused while rows refer to it.
#[api_v2_operation]
pub async fn delete(cx: Allowed<Delete<Departments>>, id: BareNo<DepartmentId>) -> std::result::Result<Gone, Failure> {
    let row = DEPARTMENT.worded(by_no::<department::Entity>(&cx.read().await?, *id).await)?;
    DEPARTMENT.worded(shared::delete_department(&cx, row.id).await)?;
    Ok(Gone)
}
