//! People. Their name to sign in with is their e-mail address; a password keeps the rules of the platform.

use crate::{
    extract::{BareBody, BareNo, BareQuery},
    reply::{Bare, BareApi, Gone, Moment},
    rows::{DEPARTMENT, ORGANIZATION, Part, Row, USER, UserId, by_no, named, numbers},
};
use adm::{
    Users, department, organization,
    shared::{self, Activate, Deactivate, ResetPassword},
};
use auth::{Allowed, entities::adm_user as user};
use envelope::{Answer, Failure};
use kernel::{Email, Error, Login, Permission, Realm, Result, Text};
use paperclip::{
    actix::{Apiv2Schema, api_v2_operation},
    v2::models::{DataType, DefaultSchemaRaw},
};
use resource::{Create, Delete, Read, Spec, Update};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use signin::Password;
use store::{Scope, values_of};
use tenancy::TenantContext;
use user::Status;

/// One of the company's people.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "ErpUser")]
pub struct User {
    pub id: i64,
    pub email: String,
    pub full_name: String,
    /// May sign in.
    pub is_active: bool,
    pub organization_id: Option<i64>,
    pub department_id: Option<i64>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

async fn views(scope: &Scope, rows: Vec<Row>) -> Result<Vec<User>> {
    let organizations = numbers::<organization::Entity>(scope, rows.iter().map(|row| row.organization_id)).await?;
    let departments = numbers::<department::Entity>(scope, rows.iter().map(|row| row.department_id)).await?;
    let views = rows.into_iter().map(|row| User {
        id: row.no,
        is_active: row.status == "ACTIVE",
        organization_id: row.organization_id.and_then(|id| organizations.get(&id).copied()),
        department_id: row.department_id.and_then(|id| departments.get(&id).copied()),
        updated_at: row.updated_at(),
        created_at: row.created_at,
        email: row.email.unwrap_or_default(),
        full_name: row.full_name,
    });
    Ok(views.collect())
}

async fn one(scope: &Scope, row: Row) -> Result<User> {
    views(scope, vec![row]).await?.pop().ok_or_else(|| Error::internal("one row became none"))
}

async fn bare<const STATUS: u16>(scope: &Scope, answer: &Answer) -> Result<Bare<User, STATUS>> {
    Bare::of(&one(scope, Row::of(answer)?).await?, answer)
}

/// A new password: 8 to 128 characters.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct NewPassword(Password);

impl paperclip::v2::schema::Apiv2Schema for NewPassword {
    fn raw_schema() -> DefaultSchemaRaw {
        let keywords = serde_json::json!({"format": "password", "minLength": 8, "maxLength": 128});
        kernel::schema::with_keywords(DataType::String, &keywords, "secret123".into())
    }
}

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "ErpUserBody")]
pub struct Wanted {
    pub email: Email,
    pub full_name: Text<100>,
    pub password: NewPassword,
    pub organization_id: Option<i64>,
    pub department_id: Option<i64>,
    /// True when left out.
    pub is_active: Option<bool>,
}

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "ErpUserChange")]
pub struct Change {
    pub email: Email,
    pub full_name: Text<100>,
    /// Stays when left out.
    pub password: Option<NewPassword>,
    pub organization_id: Option<i64>,
    pub department_id: Option<i64>,
    /// Stays when left out.
    pub is_active: Option<bool>,
}

/// The name to sign in with.
fn username(email: &Email) -> Result<Login> {
    if email.chars().count() > 100 {
        let (ko, en) = ("이메일은 100자 이하여야 합니다.", "String should have at most 100 characters");
        return Err(Error::field("email", "string_too_long", ko, en));
    }
    let (ko, en) = ("로그인 이름이 되는 이메일은 한 가지 문자로 써야 합니다.", "value is not a valid email address to sign in with");
    Login::parse(email).map_err(|_| Error::field("email", "value_error", ko, en))
}

impl NewPassword {
    /// The rules of the platform.
    async fn check(&self, email: &Email, company: &TenantContext) -> Result<()> {
        self.0.acceptable("password", &[email, &company.code, &company.name]).await
    }
}

/// List people
///
/// By their numbers, `skip` and `limit` at a time; the header `Link` names the next part.
#[api_v2_operation]
pub async fn list(cx: Allowed<Read<Users>>, part: BareQuery<Part>) -> BareApi<Vec<User>> {
    let scope = cx.read().await?;
    let (rows, next) = part.0.of(scope.find::<user::Entity>(), "/users/").await?;
    Ok(Bare::new(&views(&scope, Row::all(&rows)?).await?)?.next(next))
}

/// Get one of the people
///
/// By the running number; `is_active` says whether they may sign in.
#[api_v2_operation]
pub async fn get(cx: Allowed<Read<Users>>, id: BareNo<UserId>) -> BareApi<User> {
    let scope = cx.read().await?;
    let row = USER.worded(by_no::<user::Entity>(&scope, *id).await)?;
    Ok(Bare::new(&one(&scope, Row::of_model(&row)?).await?)?.version(row.row_version))
}

/// Create one of the people, who can sign in with the e-mail address at once
///
/// Unless `is_active` is false. Asks for a fresh second factor of those who have one.
#[api_v2_operation]
pub async fn create(cx: Allowed<Create<Users>>, body: BareBody<Wanted>) -> BareApi<User, 201> {
    let wanted = body.0;
    wanted.password.check(&wanted.email, cx.tenant()?).await?;
    let scope = cx.read().await?;
    let model = user::ActiveModel {
        username: Set(username(&wanted.email)?),
        organization_id: Set(named::<organization::Entity>(&scope, "organization_id", &ORGANIZATION, wanted.organization_id).await?),
        department_id: Set(named::<department::Entity>(&scope, "department_id", &DEPARTMENT, wanted.department_id).await?),
        status: Set(if wanted.is_active == Some(false) { Status::Inactive } else { Status::Active }),
        email: Set(wanted.email),
        full_name: Set(wanted.full_name),
        ..Default::default()
    };
    drop(scope);
    let model = user::ActiveModel { password_hash: Set(Some(wanted.password.0.hash().await?)), ..model };
    let made = resource::create_with(&cx, Spec::of::<Users>()?, values_of(&model), &|door, tx, changing| {
        Box::pin(async move {
            // whoever sets the password can sign in
            door.step_up()?;
            shared::check_user_role(door, tx, changing).await
        })
    })
    .await;
    let answer = USER.worded(made)?;
    Ok(bare(&cx.read().await?, &answer).await?)
}

/// Say everything of one of the people anew; a password and `is_active` stay when left out
///
/// A password asks for the right to reset it. Places that are left out are emptied.
#[api_v2_operation]
pub async fn put(cx: Allowed<Update<Users>>, id: BareNo<UserId>, body: BareBody<Change>) -> BareApi<User> {
    let wanted = body.0;
    let hash = match &wanted.password {
        Some(password) => {
            cx.noting(cx.demand_also::<ResetPassword>()).await?;
            password.check(&wanted.email, cx.tenant()?).await?;
            Some(password.0.hash().await?)
        }
        None => None,
    };
    let (expected, login) = (cx.if_match()?, username(&wanted.email)?);
    let done = cx.write_answer(200, async |tx| {
        let locked = tx.find::<user::Entity>().filter(user::Column::No.eq(*id)).for_update().one().await?.ok_or_else(Error::not_found)?;
        let follows = *locked.username == *locked.email && locked.email != wanted.email;
        let change = user::ActiveModel {
            email: Set(wanted.email.clone()),
            full_name: Set(wanted.full_name.clone()),
            organization_id: Set(named::<organization::Entity>(tx, "organization_id", &ORGANIZATION, wanted.organization_id).await?),
            department_id: Set(named::<department::Entity>(tx, "department_id", &DEPARTMENT, wanted.department_id).await?),
            ..Default::default()
        };
        // who signs in with another name than the e-mail address keeps it
        let change = if follows { user::ActiveModel { username: Set(login.clone()), ..change } } else { change };
        let guard: &resource::Guard<'_> = &|door, tx, changing| Box::pin(shared::check_user(door, tx, changing));
        resource::modify(&cx, Spec::of::<Users>()?, tx, locked.id, expected, values_of(&change), guard).await?;
        let mut now = tx.find::<user::Entity>().filter(user::Column::Id.eq(locked.id)).one().await?.ok_or_else(Error::not_found)?;
        if let Some(hash) = &hash {
            now = shared::set_password(&cx, tx, &ResetPassword::KEY.to_string(), &now, hash).await?;
        }
        match wanted.is_active.filter(|active| *active != (locked.status == Status::Active)) {
            Some(true) => {
                cx.demand_also::<Activate>()?;
                now = shared::set_status(&cx, tx, &Activate::KEY.to_string(), now, Status::Active).await?;
            }
            Some(false) => {
                cx.demand_also::<Deactivate>()?;
                now = shared::set_status(&cx, tx, &Deactivate::KEY.to_string(), now, Status::Inactive).await?;
            }
            None => {}
        }
        let mut answer = Answer::new(&now)?;
        answer.version = Some(now.row_version);
        Ok(answer)
    });
    let answer = USER.worded(done.await)?;
    cx.platform().forget_sessions();
    let scope = cx.read().await?;
    if hash.is_some() {
        let row = USER.worded(by_no::<user::Entity>(&scope, *id).await)?;
        signin::forget_failures(cx.platform(), Realm::Tenant, Some(cx.tenant()?.id), row.id).await?;
    }
    Ok(bare(&scope, &answer).await?)
}

/// Delete one of the people; their sessions end
///
/// Nobody sees the account any more; the audit log keeps the name. The last administrator stays.
#[api_v2_operation]
pub async fn delete(cx: Allowed<Delete<Users>>, id: BareNo<UserId>) -> std::result::Result<Gone, Failure> {
    let row = USER.worded(by_no::<user::Entity>(&cx.read().await?, *id).await)?;
    USER.worded(shared::delete_user(&cx, row.id).await)?;
    Ok(Gone)
}
