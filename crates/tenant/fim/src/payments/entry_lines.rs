//! The lines of what payments post.

use super::entity::Model;
use crate::open_items::{allocation, item};
use kernel::{Money, Result};
use ledger::{
    accounts::{self, entity::PostingRole},
    journal::{
        document::{Side, line},
        draft::DraftLine,
        line::PartnerType,
        rules::too_large,
    },
};
use store::Scope;
use uuid::Uuid;

/// A part of a payment with the item it goes to.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) item: item::Model,
    pub(crate) allocation: allocation::Model,
    /// What it takes of the payment in the base currency.
    pub(crate) against_base: Money,
}

fn partner_of(payment: &Model) -> Option<(Uuid, Option<PartnerType>)> {
    Some((payment.partner_id, payment.partner_type))
}

/// Where what is not allocated stands.
async fn advance_account(scope: &Scope, payment: &Model) -> Result<Uuid> {
    let role = if payment.goes_out() { PostingRole::AdvancePaid } else { PostingRole::AdvanceReceived };
    accounts::of_role(scope, role).await
}

/// The items leave the ledger at the rate of their documents, the payment comes in at its own; what lies between is gained or lost.
/// `back`: the other way round.
async fn settled(scope: &Scope, payment: &Model, parts: &[Part], back: bool) -> Result<Vec<DraftLine>> {
    let out = payment.goes_out();
    let mut lines = Vec::with_capacity(parts.len() + 2);
    let (mut gain, mut loss) = (0, 0);
    for Part { item, allocation, against_base } in parts {
        let (amount, base) = (Money(allocation.amount.0.abs()), Money(allocation.base_amount.0.abs()));
        lines.push(line(item.account_id, Side::debit_if(out != back), amount, base, partner_of(payment)));
        let more = if out { base.0 - against_base.0 } else { against_base.0 - base.0 };
        gain += more.max(0);
        loss += (-more).max(0);
    }
    for (role, base, side) in [(PostingRole::FxGain, gain, Side::debit_if(back)), (PostingRole::FxLoss, loss, Side::debit_if(!back))] {
        if base != 0 {
            lines.push(line(accounts::of_role(scope, role).await?, side, Money::ZERO, Money(base), None));
        }
    }
    Ok(lines)
}

/// What a payment posts when it is completed: bank, fees, what went to items, and the rest as an advance. `fee` is in the base currency.
pub(crate) async fn completion(scope: &Scope, payment: &Model, parts: &[Part], fee: Money) -> Result<Vec<DraftLine>> {
    let out = payment.goes_out();
    let with_fee = |amount: Money, fee: Money| if out { Money(amount.0 + fee.0) } else { Money(amount.0 - fee.0) };
    let (bank, base) = (with_fee(payment.amount, payment.fee_amount), with_fee(payment.base_amount, fee));
    let mut lines = vec![line(payment.account_id, Side::debit_if(!out), bank, base, None)];
    if payment.fee_amount != Money::ZERO {
        lines.push(line(accounts::of_role(scope, PostingRole::Fees).await?, Side::Debit, payment.fee_amount, fee, None));
    }
    lines.extend(settled(scope, payment, parts, false).await?);
    if payment.unallocated() != Money::ZERO {
        let account = advance_account(scope, payment).await?;
        lines.push(line(account, Side::debit_if(out), payment.unallocated(), payment.base_unallocated(), partner_of(payment)));
    }
    Ok(lines)
}

/// What moves between the advance and the items: when a part is allocated later, and when one is moved `back`.
pub(crate) async fn movement(scope: &Scope, payment: &Model, parts: &[Part], back: bool) -> Result<Vec<DraftLine>> {
    let amount = parts.iter().map(|part| Money(part.allocation.amount.0.abs())).sum::<Option<Money>>().ok_or_else(too_large)?;
    let base = parts.iter().map(|part| part.against_base).sum::<Option<Money>>().ok_or_else(too_large)?;
    let account = advance_account(scope, payment).await?;
    let mut lines = vec![line(account, Side::debit_if(payment.goes_out() == back), amount, base, partner_of(payment))];
    lines.extend(settled(scope, payment, parts, back).await?);
    Ok(lines)
}
