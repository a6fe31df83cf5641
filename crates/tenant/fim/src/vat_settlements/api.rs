use super::{Create, VatSettlements, entity::Model, service};
use auth::Allowed;
use envelope::{Body, Created};
use kernel::Text;
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Spec;
use serde::Deserialize;

/// Settle the VAT of one period, on which return and ledger must agree. Once for a period (409)
///
/// Moves output and input tax of the period to what is payable. 409 with the difference where they disagree.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<VatSettlements>>, body: Body<Create>) -> Created<Model> {
    let wanted = (body.0.from_date, body.0.to_date);
    service::sensible(wanted, cx.today())?;
    let made = cx.write_answer(201, async |tx| {
        let id = service::settle(&cx, tx, wanted).await?;
        resource::answer_of(Spec::of::<VatSettlements>()?, tx, id).await
    });
    Ok(made.await?.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct VatSettlementReversal {
    /// 사유 | Reason
    pub reason: Option<Text<500>>,
}
