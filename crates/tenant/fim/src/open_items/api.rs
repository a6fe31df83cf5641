use super::{
    Create, OpenItems, by_hand,
    item::{ActiveModel, Column, Entity, Model},
    opening,
};
use crate::journal::{rules::not_ahead, service as journal};
use auth::Allowed;
use envelope::{Api, Body, Created, Reply, RowId};
use kernel::{Day, Error, Text, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{Action, AuditEntry, Event};

permission! {
    pub Reverse = "fim", "open-items", "reverse";
}

/// Post what was open when the company began here. Other items are opened by their documents
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<OpenItems>>, body: Body<Create>) -> Created<Model> {
    let wanted = body.0;
    let reply = cx.write(async |tx| {
        let item = opening::begin(tx, &wanted).await?;
        let after = serde_json::to_value(&item).map_err(Error::internal)?;
        tx.audit(AuditEntry::new(Action::Create, cx.permission().to_string(), "fim.open-items", item.id).after(after.clone()));
        tx.publish(Event::new("fim.open_item.created", item.id, after));
        Reply::row(&item, item.row_version)
    });
    Ok(reply.await?)
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct OpeningReversal {
    /// The day the mirror is posted on; today when left out.
    pub date: Option<Day>,
    pub reason: Option<Text<500>>,
}

/// Take one opening item back that nothing was settled of
#[api_v2_operation]
pub async fn reverse(cx: Allowed<Reverse>, id: RowId, body: Body<OpeningReversal>) -> Api<Model> {
    let expected = cx.if_match()?;
    let wanted = body.0;
    let reply = cx.write(async |tx| {
        let find = tx.find::<Entity>().filter(Column::Id.eq(*id)).for_no_key_update();
        let item = find.one().await?.ok_or_else(Error::not_found)?;
        if expected.is_some_and(|version| version != item.row_version) {
            return Err(Error::stale(item.row_version));
        }
        let (opening::DOC_TYPE, Some(je_id)) = (&*item.doc_type, item.je_id) else {
            return Err(Error::rule(
                "fim.item_of_document",
                "문서가 만든 미결 항목입니다. 그 문서를 취소하세요.",
                "A document opened this item: cancel the document.",
            )
            .with("doc_type", item.doc_type.to_string()));
        };
        by_hand::unsettled(&item)?;
        let entry = journal::held(tx, je_id, None).await?;
        let latest = cx.today().max(entry.posting_date);
        not_ahead("date", wanted.date, latest)?;
        let on = wanted.date.unwrap_or(latest);
        let mirror = journal::reverse(tx, entry, on, wanted.reason.clone()).await?;
        let change = ActiveModel { deleted_at: Set(Some(tx.now())), deleted_by: Set(tx.context().actor.id), ..Default::default() };
        let gone = tx.update(item.id, &change).await?.ok_or_else(Error::not_found)?;
        let after = json!({"reversal_je_id": mirror.entry.id, "reason": wanted.reason});
        tx.audit(AuditEntry::new(Action::Execute, cx.permission().to_string(), "fim.open-items", item.id).after(after));
        tx.publish(Event::new("fim.open_item.reversed", item.id, json!({"id": item.id, "je_id": mirror.entry.id})));
        Reply::row(&gone, gone.row_version)
    });
    Ok(reply.await?)
}
