//! Posts of the company's people (겸직): somebody may stand in several departments at once, and one of the posts is the
//! primary one. Where that is, [`rules`] keep, is the department of the user.

pub mod entity;
mod rules;

use auth::Allowed;
use entity::{Column, Create, Entity, Filter, Model, Update};
use envelope::{Api, Body, Created, RawBody, RowId, web};
use kernel::Realm;
use paperclip::actix::api_v2_operation;
use resource::{RangeKind, Resource, Spec};
pub use rules::settle;
pub(crate) use rules::{follow, forget, merge_department, open_in, place};
use sea_orm::IntoActiveModel;
use store::values_of;

/// Posts of the company's people.
pub struct UserPosts;

impl Resource for UserPosts {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "user-posts";
    const NOUN: &'static str = "user_post";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::ValidFrom];
    const SEARCH: &'static [Column] = &[];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::ValidFrom, RangeKind::Day)];
    const EXAMPLE: &'static str =
        r#"{"user_id": "@/adm/users", "department_id": "@/adm/departments", "position": "팀장 {n}", "valid_from": "2026-01-01"}"#;
}

/// Give somebody a post
///
/// From `valid_from` on, today when left out. The department of the primary post becomes that of the user when its day has come.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<UserPosts>>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    wanted.valid_from.get_or_insert_with(|| cx.today());
    let values = values_of(&wanted.into_active_model());
    let spec = Spec::of::<UserPosts>()?;
    let answer = resource::create_with(&cx, spec, values, &|door, tx, changing| Box::pin(rules::fits(door, tx, changing))).await?;
    Ok(answer.into())
}

/// Change or end one post
///
/// A merge patch; `valid_to` is the first day on which it is no more.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<UserPosts>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let spec = Spec::of::<UserPosts>()?;
    let answer = resource::update_with(&cx, spec, *id, body.json, &|door, tx, changing| Box::pin(rules::fits(door, tx, changing))).await?;
    Ok(answer.into())
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/user-posts")
        .service(web::resource("").route(resource::list::<UserPosts>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<UserPosts>()))
        .service(
            web::resource("/{id}")
                .route(resource::get::<UserPosts>())
                .route(web::patch().to(update))
                .route(resource::delete::<UserPosts>()),
        )
}
