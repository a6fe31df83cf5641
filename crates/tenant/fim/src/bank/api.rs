use super::{
    BankStatements, Create,
    entity::Model,
    file, intake,
    line::{self, LineStatus},
    matching::{self, Is},
};
use crate::{
    open_items::shares::Share,
    payments::{self, Payments},
};
use auth::{Allowed, Door};
use envelope::{Answer, Api, Body, Created, Nothing, Query, RowId, Upload, off_the_workers};
use kernel::{Error, Money, Result, Text, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Deleted, Spec, import::Sheet};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::Deserialize;
use store::Tx;
use uuid::Uuid;

permission! {
    pub Import = "fim", "bank-statements", "import";
    pub Match = "fim", "bank-statements", "match";
    pub Unmatch = "fim", "bank-statements", "unmatch";
    pub Explain = "fim", "bank-statements", "explain";
    pub Finish = "fim", "bank-statements", "finish";
    pub Reopen = "fim", "bank-statements", "reopen";
}

async fn taken(cx: &Door, wanted: &Create) -> Result<Answer> {
    cx.write_answer(201, async |tx| {
        let id = intake::take(tx, cx, wanted).await?;
        resource::answer_of(Spec::of::<BankStatements>()?, tx, id).await
    })
    .await
}

/// Take one statement; lines that are there already are not taken again
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<BankStatements>>, body: Body<Create>) -> Created<Model> {
    Ok(taken(&cx, &body.0).await?.into())
}

#[derive(Deserialize, Apiv2Schema)]
pub struct BankFileQuery {
    /// A bank account of the chart.
    pub account_id: Uuid,
    /// Where the file has no balances.
    pub opening_balance: Option<Money>,
}

/// Take one statement from a bank's file: 거래일자, 적요, 입금액, 출금액, 잔액, 거래처
#[api_v2_operation]
pub async fn import(cx: Allowed<Import>, query: Query<BankFileQuery>, upload: Upload) -> Created<Model> {
    let (account, opening) = (query.0.account_id, query.0.opening_balance);
    let read = move || file::read(&Sheet::read(&upload.bytes, upload.kind, upload.charset.as_deref(), intake::ROWS)?, account, opening);
    let wanted = off_the_workers(read).await??;
    Ok(taken(&cx, &wanted).await?.into())
}

/// Delete one statement of which nothing is matched
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<BankStatements>>, id: RowId) -> Api<Deleted> {
    let id = *id;
    let spec = Spec::of::<BankStatements>()?;
    Ok(resource::delete_with(&cx, spec, id, &|_, tx, _| Box::pin(nothing_is_matched(tx, id))).await?.into())
}

async fn nothing_is_matched(tx: &Tx, statement: Uuid) -> Result<()> {
    let find =
        tx.find::<line::Entity>().filter(line::Column::StatementId.eq(statement)).filter(line::Column::Status.ne(LineStatus::Unmatched));
    match find.one().await? {
        None => Ok(()),
        Some(_) => Err(Error::rule(
            "fim.line_matched",
            "대사된 거래가 있습니다. 먼저 대사를 취소하세요.",
            "Some lines are matched: take that back first.",
        )),
    }
}

/// Does something with a statement that is held, and answers it.
async fn step(cx: &Door, id: Uuid, work: impl AsyncFn(&Tx, Model) -> Result<()>) -> Api<Model> {
    let expected = cx.if_match()?;
    let done = cx.write_answer(200, async |tx| {
        let statement = matching::held(tx, id, expected).await?;
        work(tx, statement).await?;
        resource::answer_of(Spec::of::<BankStatements>()?, tx, id).await
    });
    Ok(done.await?.into())
}

#[derive(Deserialize, Apiv2Schema)]
pub struct BankLineMatch {
    pub line_id: Uuid,
    /// A payment that is there.
    pub payment_id: Option<Uuid>,
    /// Or an entry that somebody booked by hand; several lines may be parts of one.
    pub je_id: Option<Uuid>,
    /// Or open items it settles: the payment is made and completed.
    pub items: Option<Vec<Share>>,
}

/// Say which payment or entry a line is, or which open items it settles
#[api_v2_operation]
pub async fn match_line(cx: Allowed<Match>, id: RowId, body: Body<BankLineMatch>) -> Api<Model> {
    let wanted = body.0;
    step(&cx, *id, async |tx, statement| {
        let line = matching::line_of(tx, &statement, wanted.line_id).await?;
        match (wanted.payment_id, wanted.je_id, &wanted.items) {
            (Some(payment), None, None) => matching::with_payment(tx, &cx, &line, payment).await,
            (None, Some(entry), None) => matching::with_entry(tx, &cx, &statement, &line, entry).await,
            (None, None, Some(items)) => {
                cx.demand_also::<resource::Create<Payments>>()?;
                cx.demand_also::<payments::Complete>()?;
                matching::with_items(tx, &cx, &statement, &line, items).await
            }
            (None, None, None) => {
                Err(Error::field("payment_id", "required", "입출금, 전표 또는 미결 항목을 적으세요.", "is required, or je_id, or items"))
            }
            (_, _, Some(_)) => Err(Error::field("items", "conflict", "하나만 적으세요.", "does not go with payment_id or je_id")),
            _ => Err(Error::field("je_id", "conflict", "하나만 적으세요.", "does not go with payment_id")),
        }
    })
    .await
}

#[derive(Deserialize, Apiv2Schema)]
pub struct BankLineUnmatch {
    pub line_id: Uuid,
}

/// Take back what a line was matched to or explained by; the payment stays
#[api_v2_operation]
pub async fn unmatch(cx: Allowed<Unmatch>, id: RowId, body: Body<BankLineUnmatch>) -> Api<Model> {
    step(&cx, *id, async |tx, statement| {
        let line = matching::line_of(tx, &statement, body.0.line_id).await?;
        if line.status == LineStatus::Unmatched {
            return Ok(());
        }
        matching::note(tx, &cx, &line, Is::Nothing).await
    })
    .await
}

#[derive(Deserialize, Apiv2Schema)]
pub struct BankLineExplanation {
    pub line_id: Uuid,
    pub note: Text<500>,
}

/// Say what a line is that the books do not have: it accounts for the difference
#[api_v2_operation]
pub async fn explain(cx: Allowed<Explain>, id: RowId, body: Body<BankLineExplanation>) -> Api<Model> {
    step(&cx, *id, async |tx, statement| {
        let line = matching::line_of(tx, &statement, body.0.line_id).await?;
        if line.status == LineStatus::Matched {
            return Err(Error::rule(
                "fim.line_matched",
                "이미 처리된 거래입니다. 먼저 대사를 취소하세요.",
                "This line is matched already: take that back first.",
            ));
        }
        matching::note(tx, &cx, &line, Is::Explained(body.0.note.clone())).await
    })
    .await
}

/// Every line is matched or explained and bank and books agree: the statement is done
#[api_v2_operation]
pub async fn finish(cx: Allowed<Finish>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    step(&cx, *id, async |tx, statement| matching::finish(tx, &cx, statement).await).await
}

/// Open a finished statement again
#[api_v2_operation]
pub async fn reopen(cx: Allowed<Reopen>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    step(&cx, *id, async |tx, statement| matching::reopen(tx, &cx, statement).await).await
}
