use super::{Create, Invoices, Update, drafting, entity::Model, line::Line};
use auth::Allowed;
use envelope::{Api, Body, Created, RawBody, RowId, check};
use kernel::{Day, Money, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Spec;
use sea_orm::IntoActiveModel;
use serde::{Deserialize, Serialize};
use store::values_of;

/// Draft one invoice: what was left out is filled in, the amounts are computed
///
/// Parties, taxes and due date follow from customer and lines. It has no number and counts nowhere until it is issued.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Invoices>>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    let lines = std::mem::take(&mut wanted.lines);
    let wanted = wanted.into_active_model();
    let done = cx.write_answer(201, async |tx| drafting::open(&cx, tx, wanted.clone(), lines.clone()).await).await;
    Ok(resource::naming_holder(&cx, Spec::of::<Invoices>()?, None, &values_of(&wanted), done).await?.into())
}

/// Change one draft; its amounts are computed anew
///
/// A merge patch; `lines` that are sent are the whole set. 409 once it is issued: then it is amended.
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
    /// 발급일 | Issue date
    ///
    /// Today when left out; not before the invoice's own day, and never after today. Another day than today needs the permission
    /// `fim.invoices.issue-dated`.
    pub issue_date: Option<Day>,
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct InvoiceCancel {
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
    /// 날짜 | Date
    ///
    /// The day its entry is reversed on, and on which it leaves the tax return; the invoice's own when left out. Not in a tax period that is
    /// settled.
    pub date: Option<Day>,
}

#[derive(Clone, Debug, Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct InvoiceAmend {
    /// 수정 사유 코드 | Reason code
    ///
    /// 1 기재사항 착오정정, 2 공급가액 변동, 3 환입, 4 계약의 해제, 5 내국신용장 사후개설, 6 착오에 의한 이중발급.
    pub code: Option<i32>,
    /// 날짜 | Date
    ///
    /// Of the change (2), the return (3), the cancellation (4); today when left out. Of the letter of credit (5). The amendments of
    /// 1, 5 and 6 bear the day of the original.
    pub date: Option<Day>,
    /// 내역 | Lines
    ///
    /// The correct lines (1), the lines that changed (2) or were returned (3).
    pub lines: Option<Vec<Line>>,
    /// 금액 | Amount
    ///
    /// Instead of lines: how much the supply changed, below zero when it became less (2), or how much of it was returned (3).
    pub amount: Option<Money>,
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}

/// An invoice with the amendments that were made of it now.
#[derive(Serialize, Apiv2Schema)]
pub struct InvoiceAmendment {
    /// 당초 세금계산서 | Original invoice
    pub original: Model,
    /// 수정세금계산서 | Amendments
    pub sheets: Vec<Model>,
}
