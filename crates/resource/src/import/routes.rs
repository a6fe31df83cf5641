//! `…/<resource>/import`: sending a file, looking at how it went, taking it back.

use super::{
    batch::{self, Batch, OnDuplicate},
    report::{self, ErrorsQuery, FailedRow, TemplateQuery},
    request::{self, ImportQuery},
    undo,
};
use crate::{
    Import, ReportAnswer, Resource, Spec,
    handlers::{Answered, FileReply, Plain},
};
use actix_web::{HttpRequest, dev::Payload, http::StatusCode};
use auth::Door;
use envelope::{
    Accepted, Answer, Api, Body, Nothing, Query, RowId, Upload, check, read_json, respond,
    web::{self, Outcome, Route},
};
use kernel::{PermissionKey, Result};

/// Another right of the same resource.
fn also(door: &Door, action: &'static str) -> Result<()> {
    door.demand(PermissionKey { action, ..door.permission() })
}

/// `POST /import`
fn send<R: Resource>() -> Route {
    Plain::of::<R, Import<R>>().route(web::post(), run_send, |types, demand| {
        let text = "Answers at once; the rows are worked on one after the other, each checked as the body of a create. Asks for the right to create \
            too, and with `on_duplicate=update` for that to update.";
        let made = types.operation("Import {many} from CSV or XLSX (at most 32 MiB, 200,000 rows)", text, demand);
        made.takes::<Query<ImportQuery>>().takes::<Upload>().gives::<Accepted<Batch>>()
    })
}

fn run_send(door: Door, spec: &'static Spec, request: HttpRequest, payload: Payload) -> Answered {
    Box::pin(async move {
        let query = Query::<ImportQuery>::of(&request)?.0;
        let upload = Upload::receive(&request, payload).await?;
        door.noting(also(&door, "create")).await?;
        if query.on_duplicate() == OnDuplicate::Update {
            door.noting(also(&door, "update")).await?;
        }
        Ok(respond(request::take(&door, spec, &query, upload).await?, StatusCode::ACCEPTED, &request))
    })
}

/// `GET /import/{id}`
fn look<R: Resource>() -> Route {
    Plain::of::<R, Import<R>>().route(web::get(), run_look, |types, demand| {
        let text = "Its state, and how many rows were created, changed, skipped and failed so far.";
        types.operation("How an import of {many} goes", text, demand).takes::<RowId>().gives::<Api<Batch>>()
    })
}

fn run_look(door: Door, spec: &'static Spec, request: HttpRequest, _: Payload) -> Answered {
    Box::pin(async move {
        let batch = batch::find(spec, &door.read().await?, *RowId::of(&request)?, false).await?;
        Ok(respond(Answer::new(&Batch::from(batch))?, StatusCode::OK, &request))
    })
}

/// `GET /import/{id}/errors`
fn errors<R: Resource>() -> Route {
    Plain::of::<R, Import<R>>().route(web::get(), run_errors, |types, demand| {
        let text = "As a file it can be corrected and imported again: the columns that say what is wrong are passed over.";
        let made = types.operation("The rows of an import of {many} that failed, as they came, with what is wrong", text, demand);
        made.takes::<RowId>().takes::<Query<ErrorsQuery>>().gives::<ReportAnswer<Vec<FailedRow>>>()
    })
}

fn run_errors(door: Door, spec: &'static Spec, request: HttpRequest, _: Payload) -> Answered {
    Box::pin(async move {
        let id = *RowId::of(&request)?;
        let format = Query::<ErrorsQuery>::of(&request)?.0.format.unwrap_or_default();
        Ok(ReportAnswer::Ok(report::errors(&door, spec, id, format).await?).respond(&request))
    })
}

/// `GET /import/template`
fn template<R: Resource>() -> Route {
    Plain::of::<R, Import<R>>().route(web::get(), run_template, |types, demand| {
        let text = "An empty file with a column for each field that an import takes, to be filled in.";
        types.operation("The heading of a file of {many}", text, demand).takes::<Query<TemplateQuery>>().gives::<FileReply>()
    })
}

fn run_template(_: Door, spec: &'static Spec, request: HttpRequest, _: Payload) -> Answered {
    Box::pin(async move { report::template(spec, Query::<TemplateQuery>::of(&request)?.0.format.unwrap_or_default()).await })
}

/// `POST /import/{id}/undo`
fn take_back<R: Resource>() -> Route {
    Plain::of::<R, Import<R>>().route(web::post(), run_take_back, |types, demand| {
        let text = "Rows that it created are deleted, those that it changed are as before. 409 while one was changed since or is referred \
            to. Asks for the rights to delete and to update.";
        let made = types.operation("Take an import of {many} back", text, demand);
        made.takes::<RowId>().takes::<Body<Nothing>>().gives::<Accepted<Batch>>()
    })
}

fn run_take_back(door: Door, spec: &'static Spec, request: HttpRequest, payload: Payload) -> Answered {
    Box::pin(async move {
        let id = *RowId::of(&request)?;
        check::<Nothing>(read_json(request.clone(), payload).await?)?;
        door.noting(also(&door, "delete")).await?;
        door.noting(also(&door, "update")).await?;
        Ok(respond(undo::begin(&door, spec, id).await?, StatusCode::ACCEPTED, &request))
    })
}

/// Mounts the paths where the resource says `IMPORT`.
pub fn mount<R: Resource>(cfg: &mut web::ServiceConfig) {
    if R::IMPORT.is_none() {
        return;
    }
    cfg.service(web::resource("/import").route(send::<R>()))
        .service(web::resource("/import/template").route(template::<R>()))
        .service(web::resource("/import/{id}").route(look::<R>()))
        .service(web::resource("/import/{id}/errors").route(errors::<R>()))
        .service(web::resource("/import/{id}/undo").route(take_back::<R>()));
}
