//! The five verbs, bulk and export as generic handlers: thin, typed for the document.

#![expect(clippy::type_complexity, reason = "the document follows the signature, so the signature says it all")]

use crate::{
    Resource, Spec, bulk as bulk_core, change, export as export_core,
    list::{MAX_PAGE, Query},
    spec::RangeKind,
};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use auth::Allowed;
use envelope::{Answer, Api, Created, Described, Failure, OpMeta, Page, RawBody, Reply, RowId, described, filters_of, parameter};
use kernel::{Permission, PermissionKey, Result};
use paperclip::{
    actix::{Apiv2Schema, OperationModifier, web},
    v2::models::{DefaultOperationRaw, DefaultSchemaRaw},
};
use serde::Serialize;
use std::{collections::BTreeMap, future::Ready, marker::PhantomData};
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

/// The words of an operation in the document; `{many}` and `{one}` are the resource's.
macro_rules! words {
    ($($name:ident: $summary:literal;)+) => {$(
        pub struct $name<R>(PhantomData<R>);
        impl<R: Resource> OpMeta for $name<R> {
            fn meta() -> DefaultOperationRaw {
                let words = $summary.replace("{many}", &R::NAME.replace('-', " ")).replace("{one}", &R::NOUN.replace('_', " "));
                DefaultOperationRaw { summary: Some(words), ..Default::default() }
            }
        }
    )+};
}
words! {
    ListWords: "List {many}";
    GetWords: "Get one {one}";
    CreateWords: "Create one {one}";
    UpdateWords: "Change one {one}";
    DeleteWords: "Delete one {one}";
    BulkWords: "Create, change and delete many {many}";
    ExportWords: "Export {many} as CSV or XLSX";
}

type Listed<R> = Api<Page<<R as Resource>::View>>;
type Got<R> = Api<<R as Resource>::View>;
type Made<R> = Created<<R as Resource>::View>;

/// `GET /`
pub fn list<R: Resource>(
    cx: Allowed<Read<R>>,
    query: ListQuery<R>,
) -> Described<impl Future<Output = Listed<R>>, ListWords<R>, (Allowed<Read<R>>, ListQuery<R>), Listed<R>> {
    described(async move { Ok(Reply::from(list_of(&cx, Spec::of::<R>()?, &query.text).await?)) })
}

async fn list_of(door: &auth::Door, spec: &Spec, text: &str) -> Result<Answer> {
    let query = Query::read(spec, text)?;
    let scope = door.read().await?;
    query.answer(spec, &scope).await
}

/// `GET /{id}`
pub fn get<R: Resource>(
    cx: Allowed<Read<R>>,
    id: RowId,
) -> Described<impl Future<Output = Got<R>>, GetWords<R>, (Allowed<Read<R>>, RowId), Got<R>> {
    described(async move { Ok(Reply::from(change::answer_of(Spec::of::<R>()?, &cx.read().await?, *id).await?)) })
}

/// `POST /`
pub fn create<R: Resource>(
    cx: Allowed<Create<R>>,
    body: RawBody<R::Create>,
) -> Described<impl Future<Output = Made<R>>, CreateWords<R>, (Allowed<Create<R>>, RawBody<R::Create>), Made<R>> {
    described(async move { Ok(Reply::from(change::create(&cx, Spec::of::<R>()?, body.json).await?)) })
}

/// `PATCH /{id}`
pub fn update<R: Resource>(
    cx: Allowed<Update<R>>,
    id: RowId,
    body: RawBody<R::Update>,
) -> Described<impl Future<Output = Got<R>>, UpdateWords<R>, (Allowed<Update<R>>, RowId, RawBody<R::Update>), Got<R>> {
    described(async move { Ok(Reply::from(change::update(&cx, Spec::of::<R>()?, *id, body.json).await?)) })
}

/// What was deleted.
#[derive(Serialize, Apiv2Schema)]
pub struct Deleted {
    pub id: Uuid,
}

/// `DELETE /{id}`
pub fn delete<R: Resource>(
    cx: Allowed<Delete<R>>,
    id: RowId,
) -> Described<impl Future<Output = Api<Deleted>>, DeleteWords<R>, (Allowed<Delete<R>>, RowId), Api<Deleted>> {
    described(async move { Ok(Reply::from(change::delete_with(&cx, Spec::of::<R>()?, *id, change::FREE).await?)) })
}

/// `POST /bulk`
pub fn bulk<R: Resource>(
    cx: Allowed<Create<R>>,
    body: envelope::Body<bulk_core::Bulk>,
) -> Described<
    impl Future<Output = Api<bulk_core::BulkResult>>,
    BulkWords<R>,
    (Allowed<Create<R>>, envelope::Body<bulk_core::Bulk>),
    Api<bulk_core::BulkResult>,
> {
    described(async move {
        let (update, delete) = (Update::<R>::KEY, Delete::<R>::KEY);
        Ok(Reply::from(bulk_core::run(&cx, Spec::of::<R>()?, body.0, update, delete).await?))
    })
}

/// `GET /export`
pub fn export<R: Resource>(
    cx: Allowed<Read<R>>,
    query: ExportQuery<R>,
) -> Described<impl Future<Output = FileReply>, ExportWords<R>, (Allowed<Read<R>>, ExportQuery<R>), FileReply> {
    described(async move {
        match async { export_core::stream(cx.into_door(), Spec::of::<R>()?, &query.0.text).await }.await {
            Ok(response) => FileReply(Ok(response)),
            Err(error) => FileReply(Err(Failure(error))),
        }
    })
}

/// A file instead of an envelope.
pub struct FileReply(pub(crate) Result<HttpResponse, Failure>);

impl actix_web::Responder for FileReply {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self.0 {
            Ok(response) => response,
            Err(error) => HttpResponse::from_error(error).respond_to(request),
        }
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

/// The query string of a list: read by the engine, described for the document.
pub struct ListQuery<R> {
    text: String,
    of: PhantomData<fn() -> R>,
}

impl<R: Resource> FromRequest for ListQuery<R> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;
    // nothing is judged here: the engine reads the text once the caller is allowed
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self { text: request.query_string().to_owned(), of: PhantomData }))
    }
}

impl<R> paperclip::v2::schema::Apiv2Schema for ListQuery<R> {}

impl<R: Resource> OperationModifier for ListQuery<R> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        let page = serde_json::json!({"minimum": 1, "maximum": MAX_PAGE, "default": 1});
        op.parameters.push(parameter("page", "integer", "From 1.", &page));
        op.parameters.push(parameter(
            "page_size",
            "integer",
            "Rows a page.",
            &serde_json::json!({"minimum": 1, "maximum": 100, "default": 20}),
        ));
        op.parameters.push(parameter(
            "cursor",
            "string",
            "next_cursor of the page before: walks a list of any length.",
            &serde_json::json!({}),
        ));
        op.parameters.push(parameter("total", "boolean", "false leaves the count out.", &serde_json::json!({"default": true})));
        describe_filters::<R>(op);
    }
    fn update_definitions(_: &mut BTreeMap<String, DefaultSchemaRaw>) {}
}

/// The query string of an export: a list's without its page, with `format`.
pub struct ExportQuery<R>(ListQuery<R>);

impl<R: Resource> FromRequest for ExportQuery<R> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        std::future::ready(ListQuery::from_request(request, payload).into_inner().map(Self))
    }
}

impl<R> paperclip::v2::schema::Apiv2Schema for ExportQuery<R> {}

impl<R: Resource> OperationModifier for ExportQuery<R> {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        op.parameters.push(parameter(
            "format",
            "string",
            "csv (UTF-8 with BOM) or xlsx.",
            &serde_json::json!({"enum": ["csv", "xlsx"], "default": "csv"}),
        ));
        describe_filters::<R>(op);
    }
    fn update_definitions(_: &mut BTreeMap<String, DefaultSchemaRaw>) {}
}

fn describe_filters<R: Resource>(op: &mut DefaultOperationRaw) {
    use sea_orm::IdenStatic;
    let spec = Spec::of::<R>().ok();
    let columns: Vec<&str> = spec.map(Spec::sorts).into_iter().flatten().collect();
    if !columns.is_empty() {
        let both: Vec<String> = columns.iter().flat_map(|column| [(*column).to_owned(), format!("-{column}")]).collect();
        let text =
            if columns[0] == "created_at" { "`-` in front for descending. Newest first without." } else { "`-` in front for descending." };
        let keywords = serde_json::json!({"items": {"type": "string", "enum": both}, "minItems": 1, "maxItems": columns.len()});
        op.parameters.push(parameter("sort", "array", text, &keywords));
    }
    if !R::SEARCH.is_empty() {
        let columns: Vec<&str> = R::SEARCH.iter().map(IdenStatic::as_str).collect();
        op.parameters.push(parameter(
            "search",
            "string",
            &format!("Looks in {}, in any case.", columns.join(", ")),
            &serde_json::json!({"maxLength": 200}),
        ));
    }
    let ranges = R::RANGES.iter().map(|(column, kind)| (column.as_str(), *kind));
    for (column, kind) in std::iter::once(("created_at", RangeKind::Time)).chain(ranges) {
        let (ends, keywords) = match kind {
            RangeKind::Time => (["from", "to"], serde_json::json!({"format": "date-time"})),
            RangeKind::Day => (["from", "to"], serde_json::json!({"format": "date"})),
            RangeKind::Amount => (["min", "max"], serde_json::json!({"format": "decimal4"})),
            RangeKind::Integer => (["min", "max"], serde_json::json!({"format": "int64"})),
        };
        let kind = if kind == RangeKind::Integer { "integer" } else { "string" };
        for end in ends {
            let text = if end == "to" { "The end, exclusive." } else { "Inclusive." };
            op.parameters.push(parameter(&format!("{column}_{end}"), kind, text, &keywords));
        }
    }
    op.parameters.extend(filters_of::<R::Filter>(|name| spec.is_some_and(|spec| spec.empty(name).is_some())));
}

/// The verbs of a resource that is only looked at, below `/<name>`: list, get, export.
#[must_use]
pub fn reading<R: Resource>() -> web::Scope {
    web::scope(&format!("/{}", R::NAME))
        .service(web::resource("").route(web::get().to(list::<R>)))
        .service(web::resource("/export").route(web::get().to(export::<R>)))
        .service(web::resource("/{id}").route(web::get().to(get::<R>)))
}

/// All verbs of a plain resource, below `/<name>`.
#[must_use]
pub fn plain<R: Resource>() -> web::Scope {
    web::scope(&format!("/{}", R::NAME))
        .service(web::resource("").route(web::get().to(list::<R>)).route(web::post().to(create::<R>)))
        .service(web::resource("/export").route(web::get().to(export::<R>)))
        .service(web::resource("/bulk").route(web::post().to(bulk::<R>)))
        .configure(crate::import::mount::<R>)
        .service(
            web::resource("/{id}").route(web::get().to(get::<R>)).route(web::patch().to(update::<R>)).route(web::delete().to(delete::<R>)),
        )
}
