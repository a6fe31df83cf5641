//! What entries that somebody wrote leave partners to pay: a line in the account of claims or debts that names a partner opens an item,
//! as a document would. So what is open of partners is what the account says of them.

use super::{
    NewItem,
    item::{ActiveModel, Column, Entity, Model, OpenItemKind},
};
use crm::partner;
use kernel::{Error, Money, Result};
use ledger::{
    accounts::{self, entity::PostingRole},
    journal::{
        EntryWithLines,
        line::{Model as Line, PartnerType},
    },
};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use store::Tx;
use uuid::Uuid;

pub(super) const DOC_TYPE: &str = "ENTRY";

/// Whether a line is of the account of claims or of that of debts.
async fn kind_of(tx: &Tx, line: &Line) -> Result<Option<OpenItemKind>> {
    let find = tx.find::<accounts::entity::Entity>().filter(accounts::entity::Column::Id.eq(line.account_id)).one().await?;
    Ok(match find.and_then(|account| account.role) {
        Some(PostingRole::Receivable) => Some(OpenItemKind::Receivable),
        Some(PostingRole::Payable) => Some(OpenItemKind::Payable),
        _ => None,
    })
}

/// Claims and debts are of customers and vendors.
///
/// # Errors
/// 422 on the type of another partner.
pub(crate) async fn partners_fit(tx: &Tx, lines: &[Line]) -> Result<()> {
    for (at, line) in lines.iter().enumerate() {
        if matches!(line.partner_type, Some(PartnerType::Employee | PartnerType::Other)) && kind_of(tx, line).await?.is_some() {
            return Err(Error::field(
                format!("lines.{at}.partner_type"),
                "role",
                "채권·채무 계정에는 CUSTOMER나 VENDOR만 지정할 수 있습니다.",
                "must be CUSTOMER or VENDOR for the receivables or payables account",
            ));
        }
    }
    Ok(())
}

/// Opens the items of an entry that is about to be posted.
///
/// # Errors
/// 422 on the partner of a line who is not there any more, or is none to owe or be owed.
pub(crate) async fn open(tx: &Tx, draft: &EntryWithLines) -> Result<()> {
    partners_fit(tx, &draft.lines).await?;
    for (at, line) in draft.lines.iter().enumerate().filter(|(_, line)| line.partner_id.is_some()) {
        let Some(kind) = kind_of(tx, line).await? else { continue };
        let sign = if kind == OpenItemKind::Receivable { 1 } else { -1 };
        let (amount, base) = (line.debit_amount.0 - line.credit_amount.0, line.base_debit.0 - line.base_credit.0);
        let Some(partner_id) = line.partner_id.filter(|_| amount != 0) else { continue };
        let partner = tx.find::<partner::Entity>().filter(partner::Column::Id.eq(partner_id)).one().await?;
        let partner = partner.ok_or_else(|| Error::no_such(format!("lines.{at}.partner_id")))?;
        super::open(
            tx,
            NewItem {
                kind,
                // whoever was merged meanwhile is paid as the one it was merged into
                partner_id: partner.merged_into_id.unwrap_or(partner_id),
                account_id: line.account_id,
                doc_type: DOC_TYPE,
                doc_id: line.id,
                doc_no: draft.entry.ref_doc_no.clone(),
                je_id: Some(draft.entry.id),
                doc_date: draft.entry.posting_date,
                due_date: draft.entry.posting_date,
                currency: draft.entry.currency.clone(),
                exchange_rate: draft.entry.exchange_rate,
                amount: Money(sign * amount),
                base_amount: Money(sign * base),
            },
        )
        .await?;
    }
    Ok(())
}

/// Deletes the items of an entry that is about to be reversed.
///
/// # Errors
/// 409 `fim.item_settled` when something was settled of one.
pub(crate) async fn delete_items(tx: &Tx, entry: Uuid) -> Result<()> {
    let find = tx.find::<Entity>().filter(Column::JeId.eq(entry)).filter(Column::DocType.eq(DOC_TYPE)).order_by_asc(Column::Id);
    for item in find.for_no_key_update().all().await? {
        unsettled(&item)?;
        let gone = ActiveModel { deleted_at: Set(Some(tx.now())), deleted_by: Set(tx.context().actor.id), ..Default::default() };
        tx.update(item.id, &gone).await?;
    }
    Ok(())
}

/// # Errors
/// 409 `fim.item_settled` when something was settled of it.
pub(super) fn unsettled(item: &Model) -> Result<()> {
    if item.settled == Money::ZERO {
        return Ok(());
    }
    Err(crate::rules::ITEM_SETTLED.error().with("item_id", item.id.to_string()))
}
