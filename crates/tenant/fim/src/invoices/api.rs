use super::{Amend, Cancel, Create, Invoices, Issue, Send, Update, amending, drafting, entity::Model, issuing, line::Line, sending};
use auth::Allowed;
use envelope::{Api, Body, Created, Nothing, RawBody, RowId, check};
use kernel::{Day, Money, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Spec;
use sea_orm::IntoActiveModel;
use serde::{Deserialize, Serialize};
use store::values_of;

/// Draft one invoice: what was left out is filled in, the amounts are computed
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Invoices>>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    let lines = std::mem::take(&mut wanted.lines);
    let wanted = wanted.into_active_model();
    let done = cx.write_answer(201, async |tx| drafting::open(&cx, tx, wanted.clone(), lines.clone()).await).await;
    Ok(resource::naming_holder(&cx, Spec::of::<Invoices>()?, None, &values_of(&wanted), done).await?.into())
}

/// Change one draft; its amounts are computed anew
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Invoices>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let sent = body.json.get("lines").and_then(serde_json::Value::as_array).cloned();
    let wanted = check::<Update>(body.json)?.into_active_model();
    let done = cx.write_answer(200, async |tx| drafting::change(&cx, tx, *id, wanted.clone(), sent.clone()).await).await;
    Ok(resource::naming_holder(&cx, Spec::of::<Invoices>()?, Some(*id), &values_of(&wanted), done).await?.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct InvoiceIssue {
    /// Today when left out; not before the invoice's own day, and never after today. Another day than today needs the permission
    /// `fim.invoices.issue-dated`.
    pub issue_date: Option<Day>,
}

/// Issue one draft: it gets its number, is posted, and never changes again
#[api_v2_operation]
pub async fn issue(cx: Allowed<Issue>, id: RowId, body: Body<InvoiceIssue>) -> Api<Model> {
    let expected = cx.if_match()?;
    Ok(cx.write_answer(200, async |tx| issuing::issue(&cx, tx, *id, expected, body.0.issue_date).await).await?.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct InvoiceCancel {
    pub reason: Option<Text<500>>,
    /// The day its entry is reversed on, and on which it leaves the tax return; the invoice's own when left out. Not in a tax period that is
    /// settled.
    pub date: Option<Day>,
}

/// Take one invoice back before it is sent
#[api_v2_operation]
pub async fn cancel(cx: Allowed<Cancel>, id: RowId, body: Body<InvoiceCancel>) -> Api<Model> {
    let wanted = body.0;
    Ok(cx.write_answer(200, async |tx| issuing::cancel(&cx, tx, *id, wanted.reason.clone(), wanted.date).await).await?.into())
}

/// Hand one issued invoice over to be sent to the tax office; again after it failed
#[api_v2_operation]
pub async fn send(cx: Allowed<Send>, id: RowId, _body: Body<Nothing>) -> Api<Model> {
    Ok(cx.write_answer(200, async |tx| sending::send(&cx, tx, *id).await).await?.into())
}

#[derive(Clone, Debug, Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct InvoiceAmend {
    /// 1 기재사항 착오정정, 2 공급가액 변동, 3 환입, 4 계약의 해제, 5 내국신용장 사후개설, 6 착오에 의한 이중발급.
    pub code: Option<i32>,
    /// Of the change (2), the return (3), the cancellation (4); today when left out. Of the letter of credit (5). The sheets of 1, 5 and 6
    /// bear the day of the original.
    pub date: Option<Day>,
    /// The correct lines (1), the lines that changed (2) or were returned (3).
    pub lines: Option<Vec<Line>>,
    /// Instead of lines: how much the supply changed, below zero when it became less (2), or how much of it was returned (3).
    pub amount: Option<Money>,
    pub reason: Option<Text<500>>,
}

/// An invoice with the sheets that amend it now.
#[derive(Serialize, Apiv2Schema)]
pub struct InvoiceAmendment {
    pub original: Model,
    pub sheets: Vec<Model>,
}

/// Amend one issued invoice for one of the six reasons: the sheets are issued and posted at once
#[api_v2_operation]
pub async fn amend(cx: Allowed<Amend>, id: RowId, body: Body<InvoiceAmend>) -> Api<InvoiceAmendment> {
    let wanted = body.0;
    Ok(cx.write_answer(200, async |tx| amending::amend(&cx, tx, *id, &wanted).await).await?.into())
}
