//! What was open when the company began here: posted against retained earnings.

use super::{
    Create, NewItem, by_hand,
    item::{ActiveModel, Model, OpenItemKind},
};
use crm::partner;
use envelope::Answer;
use kernel::{Day, Error, Result, Text};
use ledger::{
    accounts::{self, entity::PostingRole},
    journal::{
        document::{Document, Side, line},
        rules::{fits, not_ahead},
    },
    posting::{self, in_base_currency},
    sums,
};
use paperclip::actix::Apiv2Schema;
use resource::{Acting, Done};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde::Deserialize;
use serde_json::json;
use store::{Tx, new_id};

const DOC_TYPE: &str = "OPENING";

/// Posts what a partner owed or was owed, and opens the item.
pub(crate) async fn begin(tx: &Tx, wanted: &Create) -> Result<Model> {
    let base = sums::ledger(tx).await?.base_currency;
    let currency = wanted.currency.clone().unwrap_or_else(|| base.clone());
    let places = adm::currency_in_use(tx, &currency, "currency").await?;
    if wanted.amount.0 <= 0 || !fits(wanted.amount, places) {
        return Err(Error::field(
            "amount",
            "amount",
            format!("0보다 크고 소수점 아래 {places}자리 이하여야 합니다."),
            format!("must be greater than 0 and have at most {places} decimal places"),
        ));
    }
    if wanted.due_date < wanted.doc_date {
        return Err(Error::field("due_date", "minimum", "문서 일자보다 빠를 수 없습니다.", "must not be before doc_date"));
    }
    let partner = tx.find::<partner::Entity>().filter(partner::Column::Id.eq(wanted.partner_id)).one().await?;
    if partner.is_none_or(|partner| partner.merged_into_id.is_some()) {
        return Err(Error::no_such("partner_id"));
    }
    let rate = posting::conversion_of(tx, &currency, &base, wanted.exchange_rate, wanted.doc_date).await?;
    let base_amount = in_base_currency(tx, wanted.amount, rate).await?;
    let receivable = wanted.kind == OpenItemKind::Receivable;
    let role = if receivable { PostingRole::Receivable } else { PostingRole::Payable };
    let account_id = accounts::of_role(tx, role).await?;
    let counter = accounts::of_role(tx, PostingRole::RetainedEarnings).await?;
    let lines = vec![
        line(account_id, Side::debit_if(receivable), wanted.amount, base_amount, Some((wanted.partner_id, None))),
        line(counter, Side::debit_if(!receivable), wanted.amount, base_amount, None),
    ];
    let doc_id = new_id();
    let document = Document {
        kind: DOC_TYPE,
        id: doc_id,
        no: wanted.doc_no.as_deref(),
        on: wanted.doc_date,
        currency: currency.clone(),
        rate,
        what: "미결 이월",
    };
    let drafted = posting::draft(tx, None, &document.entry(lines)?).await?;
    let item = super::open(
        tx,
        NewItem {
            kind: wanted.kind,
            partner_id: wanted.partner_id,
            account_id,
            doc_type: DOC_TYPE,
            doc_id,
            doc_no: wanted.doc_no.clone(),
            je_id: Some(drafted.entry.id),
            doc_date: wanted.doc_date,
            due_date: wanted.due_date,
            currency,
            exchange_rate: rate.rate,
            amount: wanted.amount,
            base_amount,
        },
    )
    .await?;
    posting::post(tx, drafted).await?;
    Ok(item)
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct OpeningReversal {
    /// 날짜 | Date
    ///
    /// The day the reversing entry is posted on; today when left out.
    pub date: Option<Day>,
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}

/// Reverses an opening item of which nothing is settled: posts its reversing entry, and the item is deleted.
pub(super) async fn reverse(cx: &Acting<'_>, row: &Model, input: &OpeningReversal) -> Result<Done<ActiveModel>> {
    let (DOC_TYPE, Some(je_id)) = (&*row.doc_type, row.je_id) else {
        return Err(crate::rules::ITEM_OF_DOCUMENT.error().with("doc_type", row.doc_type.to_string()));
    };
    by_hand::unsettled(row)?;
    let tx = cx.tx;
    let entry = posting::locked(tx, je_id, None).await?;
    let latest = cx.today().max(entry.posting_date);
    not_ahead("date", input.date, latest)?;
    let on = input.date.unwrap_or(latest);
    let reversing = posting::reverse(tx, entry, on, input.reason.clone()).await?;
    cx.note(json!({"reversal_je_id": reversing.entry.id, "reason": input.reason}));
    Ok(Done::Changes(ActiveModel { deleted_at: Set(Some(tx.now())), deleted_by: Set(tx.context().actor.id), ..Default::default() }))
}

/// The item as it was deleted: it cannot be read any more.
pub(super) async fn gone(_: &Acting<'_>, row: &Model) -> Result<Answer> {
    Ok(Answer::json(serde_json::to_string(row).map_err(Error::internal)?, Some(row.row_version)))
}
