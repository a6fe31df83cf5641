//! What was open when the company began here: posted against retained earnings.

use super::{Create, Model, NewItem, OpenItemKind};
use crate::{
    accounts::{self, entity::PostingRole},
    journal::{rules::fits, service as journal},
    payments::posting::{self, Posted, Side, line},
    payments::settling::in_books,
    statements,
};
use crm::partner;
use kernel::{Currency, Error, Result};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Tx, new_id};

pub(super) const DOC_TYPE: &str = "OPENING";

/// Posts what a partner owed or was owed, and opens the item.
pub(crate) async fn begin(tx: &Tx, wanted: &Create) -> Result<Model> {
    let base = Currency::parse(&statements::ledger(tx).await?.base_currency).map_err(Error::internal)?;
    let currency = wanted.currency.clone().unwrap_or_else(|| base.clone());
    let places = adm::currency_in_use(tx, &currency, "currency").await?;
    if wanted.amount.0 <= 0 || !fits(wanted.amount, places) {
        return Err(Error::field(
            "amount",
            "amount",
            format!("0보다 크고 소수점 아래 {places}자리 이하여야 합니다."),
            format!("must be greater than 0, with at most {places} decimal places"),
        ));
    }
    if wanted.due_date < wanted.doc_date {
        return Err(Error::field("due_date", "minimum", "문서 일자보다 앞설 수 없습니다.", "must not be before the document's day"));
    }
    let partner = tx.find::<partner::Entity>().filter(partner::Column::Id.eq(wanted.partner_id)).one().await?;
    if partner.is_none_or(|partner| partner.merged_into_id.is_some()) {
        return Err(Error::no_such("partner_id"));
    }
    let rate = journal::conversion_of(tx, &currency, &base, wanted.exchange_rate, wanted.doc_date).await?;
    let base_amount = in_books(tx, wanted.amount, rate).await?;
    let receivable = wanted.kind == OpenItemKind::Receivable;
    let role = if receivable { PostingRole::Receivable } else { PostingRole::Payable };
    let account_id = accounts::of_role(tx, role).await?;
    let counter = accounts::of_role(tx, PostingRole::RetainedEarnings).await?;
    let lines = vec![
        line(account_id, Side::debit_if(receivable), wanted.amount, base_amount, Some((wanted.partner_id, None))),
        line(counter, Side::debit_if(!receivable), wanted.amount, base_amount, None),
    ];
    let doc_id = new_id();
    let document = Posted {
        doc_type: DOC_TYPE,
        doc_id,
        doc_no: wanted.doc_no.as_deref(),
        on: wanted.doc_date,
        currency: currency.clone(),
        rate,
        what: "미결 이월",
    };
    let drafted = journal::draft(tx, None, &posting::entry(document, lines)?).await?;
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
    journal::post(tx, drafted).await?;
    Ok(item)
}
