//! `…/<resource>/import`: sending a file, looking at how it went, taking it back.

#![expect(clippy::type_complexity, reason = "the document follows the signature, so the signature says it all")]

use super::{
    batch::{self, Batch, OnDuplicate},
    report::{self, ErrorsQuery, FailedRow, TemplateQuery},
    request::{self, ImportQuery},
    undo,
};
use crate::{Create, Delete, Import, Print, Resource, Spec, Update, handlers::FileReply};
use auth::Allowed;
use envelope::{Accepted, Answer, Api, Body, Described, Failure, Nothing, OpMeta, Query, Reply, RowId, Upload, described};
use kernel::Permission;
use paperclip::{actix::web, v2::models::DefaultOperationRaw};
use std::marker::PhantomData;

macro_rules! words {
    ($($name:ident: $summary:literal;)+) => {$(
        pub struct $name<R>(PhantomData<R>);
        impl<R: Resource> OpMeta for $name<R> {
            fn meta() -> DefaultOperationRaw {
                DefaultOperationRaw { summary: Some($summary.replace("{many}", &R::NAME.replace('-', " "))), ..Default::default() }
            }
        }
    )+};
}
words! {
    SendWords: "Import {many} from CSV or XLSX (at most 32 MiB, 200,000 rows)";
    LookWords: "How an import of {many} goes";
    ErrorsWords: "The rows of an import of {many} that failed, as they came, with what is wrong";
    TemplateWords: "The heading of a file of {many}";
    UndoWords: "Take an import of {many} back";
}

type FailedRows = Print<Vec<FailedRow>>;
type Sent<R> = (Allowed<Import<R>>, Query<ImportQuery>, Upload);

/// `POST /import`
pub fn send<R: Resource>(
    cx: Allowed<Import<R>>,
    query: Query<ImportQuery>,
    upload: Upload,
) -> Described<impl Future<Output = Accepted<Batch>>, SendWords<R>, Sent<R>, Accepted<Batch>> {
    described(async move {
        cx.noting(cx.demand(Create::<R>::KEY)).await?;
        if query.0.on_duplicate() == OnDuplicate::Update {
            cx.noting(cx.demand(Update::<R>::KEY)).await?;
        }
        Ok(Reply::from(request::take(&cx, Spec::of::<R>()?, &query.0, upload).await?))
    })
}

/// `GET /import/{id}`
pub fn look<R: Resource>(
    cx: Allowed<Import<R>>,
    id: RowId,
) -> Described<impl Future<Output = Api<Batch>>, LookWords<R>, (Allowed<Import<R>>, RowId), Api<Batch>> {
    described(async move {
        let batch = batch::find(Spec::of::<R>()?, &cx.read().await?, *id, false).await?;
        Ok(Reply::from(Answer::new(&Batch::from(batch))?))
    })
}

/// `GET /import/{id}/errors`
pub fn errors<R: Resource>(
    cx: Allowed<Import<R>>,
    id: RowId,
    query: Query<ErrorsQuery>,
) -> Described<impl Future<Output = FailedRows>, ErrorsWords<R>, (Allowed<Import<R>>, RowId, Query<ErrorsQuery>), FailedRows> {
    described(async move { Ok(report::errors(&cx, Spec::of::<R>()?, *id, query.0.format.unwrap_or_default()).await?) })
}

/// `GET /import/template`
pub fn template<R: Resource>(
    _: Allowed<Import<R>>,
    query: Query<TemplateQuery>,
) -> Described<impl Future<Output = FileReply>, TemplateWords<R>, (Allowed<Import<R>>, Query<TemplateQuery>), FileReply> {
    described(async move {
        let file = async { report::template(Spec::of::<R>()?, query.0.format.unwrap_or_default()).await };
        FileReply(file.await.map_err(Failure))
    })
}

/// `POST /import/{id}/undo`
pub fn take_back<R: Resource>(
    cx: Allowed<Import<R>>,
    id: RowId,
    _: Body<Nothing>,
) -> Described<impl Future<Output = Accepted<Batch>>, UndoWords<R>, (Allowed<Import<R>>, RowId, Body<Nothing>), Accepted<Batch>> {
    described(async move {
        cx.noting(cx.demand(Delete::<R>::KEY)).await?;
        cx.noting(cx.demand(Update::<R>::KEY)).await?;
        Ok(Reply::from(undo::begin(&cx, Spec::of::<R>()?, *id).await?))
    })
}

/// Mounts the paths where the resource says `IMPORT`.
pub fn mount<R: Resource>(cfg: &mut web::ServiceConfig) {
    if R::IMPORT.is_none() {
        return;
    }
    cfg.service(web::resource("/import").route(web::post().to(send::<R>)))
        .service(web::resource("/import/template").route(web::get().to(template::<R>)))
        .service(web::resource("/import/{id}").route(web::get().to(look::<R>)))
        .service(web::resource("/import/{id}/errors").route(web::get().to(errors::<R>)))
        .service(web::resource("/import/{id}/undo").route(web::post().to(take_back::<R>)));
}
