//! Two customers that are one: everything that refers to the one goes to the other, and back.

use super::{
    Customers,
    entity::{ActiveModel, Column, Entity, Model, PartnerType, Status},
};
use crate::rules;
use auth::{Allowed, Door};
use envelope::{Api, Reply, RowId};
use kernel::{Error, Result, Timestamp, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Merging, Moved, Spec, answer_of};
use sea_orm::{ActiveValue::Set, QueryFilter, QueryOrder, entity::prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Action, AuditEntry, Event, Tx};

permission! {
    pub Merge = "crm", "customers", "merge";
    pub Unmerge = "crm", "customers", "unmerge";
}

mod record {
    use super::*;
    use macros::record;

    /// What a merge did.
    #[record(table = "crm_partner_merges")]
    pub struct Model {
        pub survivor_id: Uuid,
        pub merged_id: Uuid,
        pub status_before: Status,
        pub done: Json,
        pub undone_at: Option<Timestamp>,
        pub undone_by: Option<Uuid>,
    }
}

/// It was merged into another: it is there to be read, and nothing else.
pub(super) fn is_merged(into: Uuid) -> Error {
    rules::MERGED.error().with("merged_into_id", into.to_string())
}

/// A customer, locked until the end of the transaction.
pub(super) async fn locked(tx: &Tx, id: Uuid) -> Result<Option<Model>> {
    let find = tx.find::<Entity>().filter(Column::Id.eq(id)).filter(Column::Type.is_in([PartnerType::Customer, PartnerType::Both]));
    find.for_update().one().await
}

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "CustomerMergeWanted")]
pub struct Wanted {
    /// 합칠 고객 | From
    ///
    /// The customer that is the same and goes.
    pub from_id: Uuid,
}

/// Takes another customer into this one, and answers it. `moment`: from when on it is known, asked when everything has followed.
///
/// # Errors
/// 404, 422 and 409 where the two are no pair that can be merged.
// not a declared action: the ledger says from when on it is known, and its crate builds on this one
pub async fn merge(cx: &Door, id: Uuid, from: Uuid, moment: impl AsyncFn(&Tx) -> Result<Timestamp>) -> Api<Model> {
    let (spec, expected) = (Spec::of::<Customers>()?, cx.if_match()?);
    let reply = cx
        .write(async |tx| {
            // always in the same order: two merges at once wait for each other
            let (first, second) = (locked(tx, id.min(from)).await?, locked(tx, id.max(from)).await?);
            let (survivor, other) = if id <= from { (first, second) } else { (second, first) };
            let survivor = survivor.ok_or_else(Error::not_found)?;
            let other = other.ok_or_else(|| Error::no_such("from_id"))?;
            if id == from {
                return Err(Error::field("from_id", "self", "자기 자신과는 병합할 수 없습니다.", "must be a different customer"));
            }
            if expected.is_some_and(|version| version != survivor.row_version) {
                return Err(Error::stale(survivor.row_version));
            }
            if other.merged_into_id == Some(id) {
                return Ok(answer_of(spec, tx, id).await?.into());
            }
            if let Some(into) = survivor.merged_into_id.or(other.merged_into_id) {
                return Err(is_merged(into));
            }
            let done = resource::merge(spec, tx, id, from).await?;
            let closed = ActiveModel { status: Set(Status::Closed), merged_into_id: Set(Some(id)), ..Default::default() };
            tx.update(from, &closed).await?;
            let record = record::ActiveModel {
                survivor_id: Set(id),
                merged_id: Set(from),
                status_before: Set(other.status),
                done: Set(serde_json::to_value(&done).map_err(Error::internal)?),
                created_at: Set(moment(tx).await?),
                ..Default::default()
            };
            let record = tx.insert(&record).await?;
            let event = json!({"merge_id": record.id, "from_id": from, "moved": counted(&done.moved), "kept": counted(&done.kept), "filled": done.filled});
            tx.audit(AuditEntry::new(Action::Execute, cx.permission().to_string(), "crm.customers", id).after(event.clone()));
            tx.publish(Event::new("crm.customer.merged", id, event));
            Ok(answer_of(spec, tx, id).await?.into())
        })
        .await?;
    Ok(reply)
}

fn counted(rows: &[Moved]) -> BTreeMap<&str, u32> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row.table.as_str()).or_default() += 1;
    }
    counts
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "CustomerUnmergeWanted")]
pub struct Which {
    /// 병합 | Merge
    ///
    /// One of `/merges`; the last one when left out.
    pub merge_id: Option<Uuid>,
}

/// Undoes a merge, and answers the survivor. `moment` as in [`merge`]; `apart`: whether what has gone back, from the first to the second,
/// can be separated from what stays, asked when it has gone back.
///
/// # Errors
/// 409 `merge.changed` when something that followed was deleted or moved since, or a filled field was changed; and what `apart` says.
// not a declared action: the ledger says whether the two can be separated, and its crate builds on this one
pub async fn unmerge(
    cx: &Door,
    id: Uuid,
    which: Option<Uuid>,
    moment: impl AsyncFn(&Tx) -> Result<Timestamp>,
    apart: impl AsyncFn(&Tx, Uuid, Uuid) -> Result<()>,
) -> Api<Model> {
    let (spec, expected) = (Spec::of::<Customers>()?, cx.if_match()?);
    let reply = cx
        .write(async |tx| {
            let survivor = locked(tx, id).await?.ok_or_else(Error::not_found)?;
            if expected.is_some_and(|version| version != survivor.row_version) {
                return Err(Error::stale(survivor.row_version));
            }
            let mut find = tx.find::<record::Entity>().filter(record::Column::SurvivorId.eq(id));
            find = match which {
                Some(which) => find.filter(record::Column::Id.eq(which)),
                None => find.order_by_desc(record::Column::CreatedAt).order_by_desc(record::Column::Id),
            };
            let record = match (find.all().await?, which) {
                (found, Some(_)) => found.into_iter().next().ok_or_else(|| Error::no_such("merge_id"))?,
                (found, None) => {
                    let last = found.iter().find(|record| record.undone_at.is_none()).or(found.first());
                    last.cloned().ok_or_else(|| rules::NOT_MERGED.error())?
                }
            };
            if record.undone_at.is_some() {
                return Ok(answer_of(spec, tx, id).await?.into());
            }
            if let Some(into) = survivor.merged_into_id {
                return Err(is_merged(into));
            }
            let from = record.merged_id;
            let other = locked(tx, from).await?.filter(|other| other.merged_into_id == Some(id));
            if other.is_none() {
                return Err(resource::rules::MERGE_CHANGED.filled(&[("changed", &from)]));
            }
            let done: Merging = serde_json::from_value(record.done.clone()).map_err(Error::internal)?;
            // its lines and references come back to it while it is still closed, its status last
            resource::unmerge(spec, tx, id, from, &done).await?;
            apart(tx, id, from).await?;
            let opened = ActiveModel { status: Set(record.status_before), merged_into_id: Set(None), ..Default::default() };
            tx.update(from, &opened).await?;
            let undone = record::ActiveModel {
                undone_at: Set(Some(moment(tx).await?)),
                undone_by: Set(tx.context().actor.id),
                ..Default::default()
            };
            tx.update(record.id, &undone).await?;
            let event = json!({"merge_id": record.id, "from_id": from});
            tx.audit(AuditEntry::new(Action::Execute, cx.permission().to_string(), "crm.customers", id).after(event.clone()));
            tx.publish(Event::new("crm.customer.unmerged", id, event));
            Ok(answer_of(spec, tx, id).await?.into())
        })
        .await?;
    Ok(reply)
}

/// A row that a merge touched, or could not take along.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "CustomerMergeRow")]
pub struct Touched {
    /// 테이블 | Table
    ///
    /// Its table: `crm_partner_contacts`.
    pub table: String,
    /// ID | ID
    pub id: Uuid,
    /// 이유 | Reason
    ///
    /// The key that is there already, or the flag that was taken from it.
    pub because: Option<String>,
}

/// A merge into this customer.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "CustomerMerge")]
pub struct MergeView {
    /// ID | ID
    pub id: Uuid,
    /// 병합된 고객 | Merged customer
    pub merged_id: Uuid,
    /// 병합 일시 | Merged
    pub merged_at: Timestamp,
    /// 병합자 | Merged by
    pub merged_by: Option<Uuid>,
    /// 취소 처리 일시 | Undone at
    pub undone_at: Option<Timestamp>,
    /// 병합 취소자 | Undone by
    pub undone_by: Option<Uuid>,
    /// 채운 항목 | Fields filled in
    ///
    /// Fields that were filled.
    pub filled: Vec<String>,
    /// 옮긴 기록 | Records moved
    pub moved: Vec<Touched>,
    /// 유지한 항목 | Fields kept
    ///
    /// What stayed with the other.
    pub kept: Vec<Touched>,
}

/// Merges into a customer, the latest first
///
/// What moved, what was filled in and what stayed with the other, of those too that were undone.
#[api_v2_operation]
pub async fn list(cx: Allowed<resource::Read<Customers>>, id: RowId) -> Api<Vec<MergeView>> {
    let scope = cx.read().await?;
    answer_of(Spec::of::<Customers>()?, &scope, *id).await?;
    let find = scope.find::<record::Entity>().filter(record::Column::SurvivorId.eq(*id));
    let records = find.order_by_desc(record::Column::CreatedAt).order_by_desc(record::Column::Id).all().await?;
    let touched = |rows: Vec<Moved>| rows.into_iter().map(|row| Touched { table: row.table, id: row.id, because: row.because }).collect();
    let mut shown = Vec::new();
    for record in records {
        let done: Merging = serde_json::from_value(record.done).map_err(Error::internal)?;
        let mut filled: Vec<String> = done.filled.keys().cloned().collect();
        filled.sort();
        shown.push(MergeView {
            id: record.id,
            merged_id: record.merged_id,
            merged_at: record.created_at,
            merged_by: record.created_by,
            undone_at: record.undone_at,
            undone_by: record.undone_by,
            filled,
            moved: touched(done.moved),
            kept: touched(done.kept),
        });
    }
    Ok(Reply::new(&shown)?)
}
