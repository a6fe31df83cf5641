//! Two customers that are one, in the ledger too: its lines never change, so statements read through the merges that were known.

use auth::Allowed;
use crm::{Merge, MergeWanted, Unmerge, UnmergeWanted, partner};
use envelope::{Api, Body, RowId, web};
use fim::open_items::apart;
use ledger::sums::moment;
use paperclip::actix::api_v2_operation;

/// Take another customer into this one
///
/// Contacts, addresses, bank accounts, opportunities, activities and whatever else refers to it follow, empty fields
/// are filled, and it is closed with `merged_into_id`. What cannot follow, because there is one with the same key,
/// stays; `/merges` names it. Statements show what was posted for it with this one, as known from now on.
#[api_v2_operation]
pub async fn merge(cx: Allowed<Merge>, id: RowId, body: Body<MergeWanted>) -> Api<partner::Model> {
    crm::merge(&cx, *id, body.0.from_id, moment).await
}

/// Undo a merge: what followed goes back, what was filled is emptied, the other customer is as it was
///
/// 409 `merge.changed` when something that followed was deleted or moved since, or a filled field was changed; 409 `merge.joined` when
/// a posting since has joined what belongs to both, such as a payment that was allocated to items of both.
#[api_v2_operation]
pub async fn unmerge(cx: Allowed<Unmerge>, id: RowId, body: Body<UnmergeWanted>) -> Api<partner::Model> {
    crm::unmerge(&cx, *id, body.0.merge_id, moment, apart).await
}

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/crm/customers/{id}/merge").route(web::post().to(merge)));
    cfg.service(web::resource("/crm/customers/{id}/unmerge").route(web::post().to(unmerge)));
}
