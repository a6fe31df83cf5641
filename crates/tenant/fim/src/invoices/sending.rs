//! On the way to the tax office: WAITING → SENDING → SUCCEEDED, or FAILED and sent again.
//!
//! `send` only puts an invoice into the queue; [`transmit`] takes it on, as often as it is called, from where it stands.

use super::{
    entity::{ActiveModel, Column, Direction, Entity, Model, Status, TransmissionStatus as Stage},
    issuing::record_step,
    provider::{Outcome, Provider, TaxInvoice},
};
use auth::SystemDoor;
use envelope::Nothing;
use kernel::{Error, Result, Text, boxed};
use resource::{Acting, Done};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use store::Tx;
use uuid::Uuid;

/// Who the audit says did it.
const PERMISSION: &str = "fim.invoices.send";

/// Hands an issued invoice over; one that is on its way is left alone, one that failed is sent again.
pub(super) async fn send(cx: &Acting<'_>, row: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    if row.direction == Direction::Purchase {
        return Err(crate::rules::INVOICE_RECEIVED.error());
    }
    if row.status == Status::Sent && row.transmission_status != Some(Stage::Failed) {
        return Ok(Done::Already);
    }
    Ok(Done::Changes(ActiveModel {
        status: Set(Status::Sent),
        transmission_status: Set(Some(Stage::Waiting)),
        transmission_attempts: Set(row.transmission_attempts + 1),
        transmission_error_code: Set(None),
        transmission_error_message: Set(None),
        sent_at: Set(Some(cx.tx.now())),
        ..Default::default()
    }))
}

/// Takes an invoice that waits to the tax office. Called again it goes on from where it stands; one that has arrived stays as it is.
#[boxed(?Send)]
pub async fn transmit(door: &SystemDoor, provider: &dyn Provider, id: Uuid) -> Result<()> {
    let on_the_way = door
        .write(async |tx| {
            if waiting(tx, id).await?.is_none() {
                return Ok(None);
            }
            let change = ActiveModel { transmission_status: Set(Some(Stage::Sending)), ..Default::default() };
            tx.update(id, &change).await
        })
        .await?;
    let Some(row) = on_the_way else { return Ok(()) };
    let invoice = TaxInvoice {
        key: row.id,
        written: row.invoice_date,
        buyer_email: row.buyer_email.as_deref().map(str::to_owned),
        attempt: row.transmission_attempts,
    };
    let outcome = provider.transmit(&invoice).await?;
    door.write(async |tx| {
        let Some(row) = waiting(tx, id).await?.filter(|row| row.transmission_attempts == invoice.attempt) else { return Ok(()) };
        let (change, what) = arrived(tx, &outcome)?;
        let arrived = tx.update(id, &change).await?.ok_or_else(Error::not_found)?;
        record_step(tx, PERMISSION, &row, &arrived, what);
        Ok(())
    })
    .await
}

/// The invoice, locked, if it is on its way.
async fn waiting(tx: &Tx, id: Uuid) -> Result<Option<Model>> {
    let row = tx.find::<Entity>().filter(Column::Id.eq(id)).for_no_key_update().one().await?;
    Ok(row.filter(|row| matches!(row.transmission_status, Some(Stage::Waiting | Stage::Sending))))
}

fn arrived(tx: &Tx, outcome: &Outcome) -> Result<(ActiveModel, &'static str)> {
    let now = tx.now();
    Ok(match outcome {
        Outcome::Succeeded { approval_no } => (
            ActiveModel {
                status: Set(Status::Confirmed),
                transmission_status: Set(Some(Stage::Succeeded)),
                approval_no: Set(Some(Text::parse(approval_no).map_err(Error::internal)?)),
                approval_datetime: Set(Some(now)),
                is_nts_confirmed: Set(true),
                nts_confirmed_at: Set(Some(now)),
                ..Default::default()
            },
            "confirmed",
        ),
        Outcome::Failed { code, message } => (
            ActiveModel {
                transmission_status: Set(Some(Stage::Failed)),
                transmission_error_code: Set(Some(Text::parse(code).map_err(Error::internal)?)),
                transmission_error_message: Set(Some(Text::parse(message).map_err(Error::internal)?)),
                ..Default::default()
            },
            "transmission_failed",
        ),
    })
}
