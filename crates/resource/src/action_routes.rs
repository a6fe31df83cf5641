//! Declared actions as routes: `POST /{id}/{verb}`.

use crate::{Acting, Action, Resource, Spec, acting::carry_out, change::answer_of, document::action_text, handlers::Answered};
use actix_web::{HttpRequest, HttpResponse, dev::Payload};
use auth::{Demand, Door, needs};
use envelope::{
    Answer, AnswerKind, Failure, RowId, StatusCode, TypeDoc, read_json, respond,
    web::{self, Description},
};
use futures_util::FutureExt as _;
use kernel::{Result, boxed};
use sea_orm::QueryResult;
use std::rc::Rc;
use uuid::Uuid;

/// What an action answers: what its function says, or the row with its lines.
#[boxed(?Send)]
async fn answer(cx: &Acting<'_>, spec: &Spec, action: &Action, id: Uuid, row: &QueryResult) -> Result<Answer> {
    if let Some(answer) = cx.own_answer() {
        return Ok(answer);
    }
    match &action.answering {
        Some(answering) => answering(cx, row).await,
        None => answer_of(spec, cx.tx, id).await,
    }
}

#[boxed(?Send)]
async fn respond_to(door: Door, spec: &'static Spec, action: &Action, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    let id = *RowId::of(&request)?;
    if action.in_department {
        door.stands_in_department(id).await?;
    }
    let input = (action.read)(read_json(request.clone(), payload).await?)?;
    let expected = door.if_match()?;
    let prepared = match &action.prepares {
        Some(prepare) => Some(prepare(&door, id, &*input).await?),
        None => None,
    };
    let status = action.answers.map_or(StatusCode::OK, |(_, status)| status);
    let done = door
        .write_answer(status.as_u16(), async |tx| {
            let cx = Acting::caller(&door, tx).with(prepared.as_deref());
            let row = carry_out(&cx, spec, action, id, expected, &*input).await?;
            answer(&cx, spec, action, id, &row).await
        })
        .await?;
    if let Some(then) = action.after_commit.as_ref().filter(|_| done.kind != AnswerKind::DryRun) {
        then(&door, id).await?;
    }
    Ok(respond(done, status, &request))
}

fn route(spec: &'static Spec, view: TypeDoc, action: &'static Action) -> web::Route {
    let permission = action.permission(spec.domain, spec.name);
    let demand = Demand { permission, step_up: action.step_up, in_department: action.in_department };
    let run = move |request: HttpRequest, payload: Payload| {
        let answer = async move {
            let door = Door::open(request.clone(), demand).await?;
            respond_to(door, spec, action, request, payload).await
        };
        let answer: Answered = Box::pin(answer);
        answer.map(|answer| answer.unwrap_or_else(|error| HttpResponse::from_error(Failure(error)))).boxed_local()
    };
    let describe = move || {
        let (of, status) = action.answers.unwrap_or((view, StatusCode::OK));
        let mut made = Description::new(action.summary.to_owned());
        made.operation.description = Some(action_text(spec, action));
        needs(made, demand).takes::<RowId>().body(action.input).answers(status, of)
    };
    web::post().boxed(Rc::new(run), Rc::new(describe))
}

/// Mounts the actions of a resource, below its path.
pub fn actions<R: Resource>(config: &mut web::ServiceConfig) {
    match Spec::of::<R>() {
        Ok(spec) => mount(config, spec, TypeDoc::of::<R::View>()),
        Err(error) => tracing::error!(%error, resource = R::NAME, "its actions are not there"),
    }
}

fn mount(config: &mut web::ServiceConfig, spec: &'static Spec, view: TypeDoc) {
    for action in &spec.actions {
        config.service(web::resource(&format!("/{{id}}/{}", action.verb)).route(route(spec, view, action)));
    }
}
