use super::{
    BankStatements, Create,
    entity::Model,
    file, intake,
    line::{self, LineStatus},
};
use auth::{Allowed, Door};
use envelope::{Answer, Api, Body, Created, Query, RowId, Upload, off_the_workers};
use kernel::{Money, Result, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Deleted, Spec, import::Sheet};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::Deserialize;
use store::Tx;
use uuid::Uuid;

permission! {
    pub Import = "fim", "bank-statements", "import";
}

async fn taken(cx: &Door, wanted: &Create) -> Result<Answer> {
    cx.write_answer(201, async |tx| {
        let id = intake::take(tx, cx, wanted).await?;
        resource::answer_of(Spec::of::<BankStatements>()?, tx, id).await
    })
    .await
}

/// Add one statement; lines that are there already are not added again
///
/// Opening balance and lines must come to the closing balance. 409 where all of its lines are there already.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<BankStatements>>, body: Body<Create>) -> Created<Model> {
    Ok(taken(&cx, &body.0).await?.into())
}

#[derive(Deserialize, Apiv2Schema)]
pub struct BankFileQuery {
    /// 계정과목 | Account
    ///
    /// A bank account of the chart.
    pub account_id: Uuid,
    /// 기초 잔액 | Opening balance
    ///
    /// Where the file has no balances.
    pub opening_balance: Option<Money>,
}

/// Add one statement from a bank's file: 거래일자, 적요, 입금액, 출금액, 잔액, 거래처
///
/// CSV or XLSX, a line for each movement. `opening_balance` is for a file without a column of balances.
#[api_v2_operation]
pub async fn import(cx: Allowed<Import>, query: Query<BankFileQuery>, upload: Upload) -> Created<Model> {
    let (account, opening) = (query.0.account_id, query.0.opening_balance);
    let read = move || file::read(&Sheet::read(&upload.bytes, upload.kind, upload.charset.as_deref(), intake::ROWS)?, account, opening);
    let wanted = off_the_workers(read).await??;
    Ok(taken(&cx, &wanted).await?.into())
}

/// Delete one statement of which nothing is matched
///
/// 409 while a line of it is matched or explained: `unmatch` it first.
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
        Some(_) => Err(crate::rules::LINE_MATCHED.error()),
    }
}
