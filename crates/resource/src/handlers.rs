//! The five verbs, bulk and export of a plain resource, as routes.
//!
//! Nothing here is generic but the declaration itself: a route is a permission, a [`Spec`] and one of the functions below, so that a
//! further resource costs a table and not a copy of the engine.

use crate::{Resource, Spec, bulk as bulk_core, change, document::Types, export as export_core, list::Query};
use actix_web::{HttpRequest, HttpResponse, dev::Payload, http::StatusCode};
use auth::{Demand, Door};
use envelope::{
    Failure, RequestMeta, RowId, check, read_json, respond,
    web::{self, Description, Outcome, Route, Verb},
};
use futures_util::{FutureExt, future::LocalBoxFuture};
use kernel::{Permission, PermissionKey, Result};
use paperclip::{
    actix::{Apiv2Schema, OperationModifier},
    v2::models::{DefaultOperationRaw, DefaultSchemaRaw},
};
use serde::Serialize;
use std::{collections::BTreeMap, marker::PhantomData, rc::Rc};
use uuid::Uuid;

macro_rules! verb {
    ($($(#[$doc:meta])* $name:ident = $action:literal;)+) => {$(
        $(#[$doc])*
        pub struct $name<R>(PhantomData<R>);
        impl<R: Resource> Permission for $name<R> {
            const KEY: PermissionKey = PermissionKey { domain: R::DOMAIN, resource: R::NAME, action: $action };
        }
    )+};
}
verb! {
    /// List, get and export.
    Read = "read";
    Create = "create";
    Update = "update";
    Delete = "delete";
    /// Import files, look at how that went, undo it.
    Import = "import";
}

/// What was deleted.
#[derive(Serialize, Apiv2Schema)]
pub struct Deleted {
    /// ID | ID
    pub id: Uuid,
}

/// The answer of a plain verb, to come.
pub(crate) type Answered = LocalBoxFuture<'static, Result<HttpResponse>>;

/// What a route does once the caller is let in.
pub(crate) type Run = fn(Door, &'static Spec, HttpRequest, Payload) -> Answered;

/// One of a resource's routes, without the resource's types.
pub(crate) struct Plain {
    demand: Demand,
    spec: fn() -> Result<&'static Spec>,
    types: fn() -> Types,
}

impl Plain {
    pub fn of<R: Resource, P: Permission>() -> Self {
        Self { demand: Demand::of::<P>(), spec: Spec::of::<R>, types: Types::of::<R> }
    }

    pub fn route(self, verb: Verb, run: Run, describe: fn(&Types, Demand) -> Description) -> Route {
        let Self { demand, spec, types } = self;
        let answer = move |request: HttpRequest, payload: Payload| {
            let answer = async move {
                let door = Door::open(request.clone(), demand).await?;
                run(door, spec()?, request, payload).await
            };
            answer.map(|answer: Result<_>| answer.unwrap_or_else(|error| HttpResponse::from_error(Failure(error)))).boxed_local()
        };
        verb.boxed(Rc::new(answer), Rc::new(move || describe(&types(), demand)))
    }
}

/// `GET /`
#[must_use]
pub fn list<R: Resource>() -> Route {
    Plain::of::<R, Read<R>>().route(web::get(), run_list, Types::list)
}

fn run_list(door: Door, spec: &'static Spec, request: HttpRequest, _: Payload) -> Answered {
    Box::pin(async move {
        let query = Query::read(spec, request.query_string())?;
        let scope = door.read().await?;
        Ok(respond(query.answer(spec, &scope).await?, StatusCode::OK, &request))
    })
}

/// `GET /{id}`
#[must_use]
pub fn get<R: Resource>() -> Route {
    Plain::of::<R, Read<R>>().route(web::get(), run_get, Types::get)
}

fn run_get(door: Door, spec: &'static Spec, request: HttpRequest, _: Payload) -> Answered {
    Box::pin(async move {
        let id = RowId::of(&request)?;
        Ok(respond(change::answer_of(spec, &door.read().await?, *id).await?, StatusCode::OK, &request))
    })
}

/// `POST /`
#[must_use]
pub fn create<R: Resource>() -> Route {
    Plain::of::<R, Create<R>>().route(web::post(), run_create, Types::create)
}

fn run_create(door: Door, spec: &'static Spec, request: HttpRequest, payload: Payload) -> Answered {
    Box::pin(async move {
        let body = read_json(request.clone(), payload).await?;
        Ok(respond(change::create(&door, spec, body).await?, StatusCode::CREATED, &request))
    })
}

/// `PATCH /{id}`
#[must_use]
pub fn update<R: Resource>() -> Route {
    Plain::of::<R, Update<R>>().route(web::patch(), run_update, Types::update)
}

fn run_update(door: Door, spec: &'static Spec, request: HttpRequest, payload: Payload) -> Answered {
    Box::pin(async move {
        let id = RowId::of(&request)?;
        let body = read_json(request.clone(), payload).await?;
        Ok(respond(change::update(&door, spec, *id, body).await?, StatusCode::OK, &request))
    })
}

/// `DELETE /{id}`
#[must_use]
pub fn delete<R: Resource>() -> Route {
    Plain::of::<R, Delete<R>>().route(web::delete(), run_delete, Types::delete)
}

fn run_delete(door: Door, spec: &'static Spec, request: HttpRequest, _: Payload) -> Answered {
    Box::pin(async move {
        let id = RowId::of(&request)?;
        Ok(respond(change::delete_with(&door, spec, *id, change::NO_GUARD).await?, StatusCode::OK, &request))
    })
}

/// `POST /bulk`
#[must_use]
pub fn bulk<R: Resource>() -> Route {
    Plain::of::<R, Create<R>>().route(web::post(), run_bulk, Types::bulk)
}

fn run_bulk(door: Door, spec: &'static Spec, request: HttpRequest, payload: Payload) -> Answered {
    Box::pin(async move {
        let body = check(read_json(request.clone(), payload).await?)?;
        let [update, delete] = ["update", "delete"].map(|action| PermissionKey { action, ..door.permission() });
        Ok(respond(bulk_core::run(&door, spec, body, update, delete).await?, StatusCode::OK, &request))
    })
}

/// `GET /export`
#[must_use]
pub fn export<R: Resource>() -> Route {
    Plain::of::<R, Read<R>>().route(web::get(), run_export, Types::export)
}

fn run_export(door: Door, spec: &'static Spec, request: HttpRequest, _: Payload) -> Answered {
    let lang = RequestMeta::of(&request).lang;
    Box::pin(async move { export_core::stream(door, spec, request.query_string(), lang).await })
}

/// A file instead of an envelope.
pub struct FileReply(pub(crate) Result<HttpResponse, Failure>);

impl Outcome for FileReply {
    fn respond(self, _: &HttpRequest) -> HttpResponse {
        self.0.unwrap_or_else(HttpResponse::from_error)
    }
}

impl paperclip::v2::schema::Apiv2Schema for FileReply {}

impl OperationModifier for FileReply {
    fn update_response(op: &mut DefaultOperationRaw) {
        envelope::file_response(op);
    }
    fn update_definitions(map: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Failure::update_definitions(map);
    }
}

/// The verbs of a resource that is only looked at, below `/<name>`: list, get, export.
#[must_use]
pub fn reading<R: Resource>() -> web::Scope {
    web::scope(&format!("/{}", R::NAME))
        .service(web::resource("").route(list::<R>()))
        .service(web::resource("/export").route(export::<R>()))
        .service(web::resource("/{id}").route(get::<R>()))
        .configure(crate::actions::<R>)
}

/// All verbs of a plain resource, below `/<name>`.
#[must_use]
pub fn plain<R: Resource>() -> web::Scope {
    web::scope(&format!("/{}", R::NAME))
        .service(web::resource("").route(list::<R>()).route(create::<R>()))
        .service(web::resource("/export").route(export::<R>()))
        .service(web::resource("/bulk").route(bulk::<R>()))
        .configure(crate::import::mount::<R>)
        .service(web::resource("/{id}").route(get::<R>()).route(update::<R>()).route(delete::<R>()))
        .configure(crate::actions::<R>)
}
