//! Many changes in one request: each on its own, or all or nothing.

use crate::{Spec, change};
use auth::Door;
use envelope::Answer;
use kernel::{Error, Few, FieldError, Lang, Message, PermissionKey, Result, boxed};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;
use uuid::Uuid;

const MOST: usize = 500;

/// What to do with one item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Apiv2Schema)]
#[serde(rename_all = "lowercase")]
pub enum BulkOp {
    #[default]
    Create,
    Update,
    Delete,
}

#[derive(Clone, Deserialize, Apiv2Schema)]
pub struct BulkItem {
    /// 작업 | Operation
    ///
    /// `create` when left out.
    pub op: Option<BulkOp>,
    /// ID | ID
    ///
    /// Of the row to change or delete.
    pub id: Option<Uuid>,
    /// 데이터 | Data
    ///
    /// The body of a create or an update.
    pub data: Option<Value>,
}

#[derive(Deserialize, Apiv2Schema)]
pub struct Bulk {
    /// 한꺼번에 처리 | All or nothing
    ///
    /// true: all or nothing. false (default): each item on its own.
    pub atomic: Option<bool>,
    /// 처리할 항목 | Items
    ///
    /// At most 500.
    pub items: Few<BulkItem, MOST>,
}

/// How one item went.
#[derive(Serialize, Apiv2Schema)]
pub struct BulkItemResult {
    /// 순서 | Index
    ///
    /// Place in `items`, from 0.
    pub index: i32,
    /// 상태 | Status
    ///
    /// The status it would have had as a request of its own.
    pub status: i32,
    /// 데이터 | Data
    ///
    /// The row, where it succeeded.
    pub data: Option<Value>,
    /// 오류 | Error
    ///
    /// Code, message and detail, where it failed.
    pub error: Option<Value>,
}

#[derive(Serialize, Apiv2Schema)]
pub struct BulkResult {
    /// 성공 건수 | Succeeded
    pub succeeded: i32,
    /// 실패 건수 | Failed
    pub failed: i32,
    /// 결과 | Results
    pub results: Vec<BulkItemResult>,
}

#[boxed(?Send)]
pub(crate) async fn run(door: &Door, spec: &Spec, bulk: Bulk, update: PermissionKey, delete: PermissionKey) -> Result<Answer> {
    let wants = |op| bulk.items.iter().any(|item| item.op.unwrap_or_default() == op);
    if wants(BulkOp::Update) {
        door.noting(door.demand(update)).await?;
    }
    if wants(BulkOp::Delete) {
        door.noting(door.demand(delete)).await?;
    }
    if bulk.items.is_empty() || bulk.items.len() > MOST {
        return Err(Error::field("items", "length", format!("1개 이상 {MOST}개 이하여야 합니다."), format!("must have 1 to {MOST} items")));
    }
    let atomic = bulk.atomic.unwrap_or(false);
    let lang = envelope::RequestMeta::of(door.request()).lang;
    door.write_answer(200, async |tx| {
        let mut results = Vec::with_capacity(bulk.items.len());
        let mut failed = 0_i32;
        for (index, item) in (0_i32..).zip(bulk.items.iter()) {
            // a failed statement would spoil the rest of the transaction
            let done = tx.attempt(async || one(door, spec, tx, item).await).await;
            match done {
                Ok((status, answer)) => {
                    let data = serde_json::from_str(&answer.data).map_err(Error::internal)?;
                    results.push(BulkItemResult { index, status, data: Some(data), error: None });
                }
                Err(error) if error.is_transient() => return Err(error),
                Err(error) if atomic => return Err(error.with("index", index)),
                Err(error) => {
                    failed += 1;
                    results.push(BulkItemResult {
                        index,
                        status: error.code().status().into(),
                        data: None,
                        error: Some(error_json(&error, lang)),
                    });
                }
            }
        }
        let succeeded = i32::try_from(results.len()).map_err(Error::internal)? - failed;
        Answer::new(&BulkResult { succeeded, failed, results })
    })
    .await
}

fn error_json(error: &Error, lang: Lang) -> Value {
    json!({"code": error.code().as_str(), "message": error.message(lang), "detail": error.detail(lang)})
}

async fn one(door: &Door, spec: &Spec, tx: &Tx, item: &BulkItem) -> Result<(i32, Answer)> {
    let missing = |field: &str| Error::invalid(vec![FieldError::new(field, "required", Message::new("필수 항목입니다.", "is required"))]);
    let id = || item.id.ok_or_else(|| missing("id"));
    let data = || item.data.clone().ok_or_else(|| missing("data"));
    match item.op.unwrap_or_default() {
        BulkOp::Create => Ok((201, change::insert(door, spec, tx, (spec.create)(data()?)?, change::NO_GUARD).await?)),
        BulkOp::Update => Ok((200, change::modify(door, spec, tx, id()?, None, (spec.update)(data()?)?, change::NO_GUARD).await?)),
        BulkOp::Delete => Ok((200, change::remove(door, spec, tx, id()?, None, change::NO_GUARD).await?)),
    }
}
