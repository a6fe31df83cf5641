//! Ids that must fit each other: a deal's customer, and the people there.

use crate::{contact, partner};
use kernel::{Error, Result};
use resource::Changing;
use sea_orm::{ColumnTrait, QueryFilter};
use store::Tx;
use uuid::Uuid;

/// What a column holds after a change.
pub(crate) fn id_after(changing: &Changing<'_>, column: &str, before: Option<Uuid>) -> Option<Uuid> {
    if changing.value(column).is_some() { changing.id_in(column) } else { before }
}

/// A partner that is sold to.
pub(crate) async fn is_customer(tx: &Tx, partner: Option<Uuid>) -> Result<()> {
    let Some(partner) = partner else { return Ok(()) };
    let row = tx.find::<partner::Entity>().filter(partner::Column::Id.eq(partner)).one().await?;
    let row = row.ok_or_else(|| Error::no_such("partner_id"))?;
    if matches!(row.r#type, partner::PartnerType::Customer | partner::PartnerType::Both) {
        return Ok(());
    }
    Err(Error::field("partner_id", "customer", "고객으로 등록된 거래처여야 합니다.", "must be a customer"))
}

/// The partner a contact is at.
pub(crate) async fn partner_of_contact(tx: &Tx, contact: Uuid) -> Result<Uuid> {
    let row = tx.find::<contact::Entity>().filter(contact::Column::Id.eq(contact)).one().await?;
    row.map(|row| row.partner_id).ok_or_else(|| Error::no_such("contact_id"))
}

/// A contact who is at this partner.
pub(crate) async fn is_contact_of(tx: &Tx, contact: Option<Uuid>, partner: Option<Uuid>) -> Result<()> {
    let Some(contact) = contact else { return Ok(()) };
    if Some(partner_of_contact(tx, contact).await?) == partner {
        return Ok(());
    }
    Err(Error::field("contact_id", "same_partner", "선택한 고객의 담당자여야 합니다.", "must be a contact of the selected customer"))
}
