use super::{Create, VatSettlements, entity::Model, service};
use auth::Allowed;
use envelope::{Api, Body, Created, RowId};
use kernel::{Text, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Spec;
use serde::Deserialize;

permission! {
    pub Reverse = "fim", "vat-settlements", "reverse";
}

/// Settle the taxes of one period, as the return and the ledger agree on them. Once for a period (409)
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
    pub reason: Option<Text<500>>,
}

/// Take one settlement back on its own day; the period may be settled anew
#[api_v2_operation]
pub async fn reverse(cx: Allowed<Reverse>, id: RowId, body: Body<VatSettlementReversal>) -> Api<Model> {
    let reason = body.0.reason;
    let done = cx.write_answer(200, async |tx| {
        service::reverse(&cx, tx, *id, reason.clone()).await?;
        resource::answer_of(Spec::of::<VatSettlements>()?, tx, *id).await
    });
    Ok(done.await?.into())
}
