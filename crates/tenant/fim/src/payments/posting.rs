//! The lines of what payments post.

use super::entity::Model;
use crate::{
    accounts::{self, entity::PostingRole},
    journal::{
        draft::{Draft, DraftLine},
        entry::EntryType,
        line::PartnerType,
        rules::{Sides, too_large},
    },
    open_items::{allocation, item},
};
use adm::rates::Conversion;
use kernel::{Currency, Day, Error, Money, Result, Text};
use store::Scope;
use uuid::Uuid;

/// Which side of an account moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Debit,
    Credit,
}

impl Side {
    /// Debit when it holds.
    pub(crate) fn debit_if(holds: bool) -> Self {
        if holds { Self::Debit } else { Self::Credit }
    }
}

/// A line with its amount in the currency and in the books, of a partner where it stands for a claim.
pub(crate) fn line(account_id: Uuid, side: Side, amount: Money, base: Money, partner: Option<(Uuid, Option<PartnerType>)>) -> DraftLine {
    let sides = |amount: Money| match side {
        Side::Debit => Sides { debit: amount, credit: Money::ZERO },
        Side::Credit => Sides { debit: Money::ZERO, credit: amount },
    };
    DraftLine {
        debit_amount: Some(sides(amount).debit),
        credit_amount: Some(sides(amount).credit),
        base: Some(sides(base)),
        partner_id: partner.map(|(id, _)| id),
        partner_type: partner.and_then(|(_, kind)| kind),
        ..DraftLine::to(account_id)
    }
}

/// A part of a payment with the item it goes to.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) item: item::Model,
    pub(crate) allocation: allocation::Model,
    /// What it takes of the payment in the books.
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

/// The items leave the books at the rate of their documents, the payment comes in at its own; what lies between is gained or lost.
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

/// What a payment posts when it is completed: bank, fees, what went to items, and the rest as an advance. `fee` is in the books.
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

/// What moves between the advance and the items: when a part is allocated later, and when one is taken `back`.
pub(crate) async fn movement(scope: &Scope, payment: &Model, parts: &[Part], back: bool) -> Result<Vec<DraftLine>> {
    let amount = parts.iter().map(|part| Money(part.allocation.amount.0.abs())).sum::<Option<Money>>().ok_or_else(too_large)?;
    let base = parts.iter().map(|part| part.against_base).sum::<Option<Money>>().ok_or_else(too_large)?;
    let account = advance_account(scope, payment).await?;
    let mut lines = vec![line(account, Side::debit_if(payment.goes_out() == back), amount, base, partner_of(payment))];
    lines.extend(settled(scope, payment, parts, back).await?);
    Ok(lines)
}

/// A document that is posted.
pub(crate) struct Posted<'d> {
    pub(crate) doc_type: &'static str,
    pub(crate) doc_id: Uuid,
    pub(crate) doc_no: Option<&'d str>,
    pub(crate) on: Day,
    pub(crate) currency: Currency,
    pub(crate) rate: Conversion,
    pub(crate) what: &'static str,
}

/// The entry of a document, every line with its amount in the books.
pub(crate) fn entry(document: Posted<'_>, lines: Vec<DraftLine>) -> Result<Draft> {
    Ok(Draft {
        je_type: EntryType::General,
        je_date: document.on,
        posting_date: None,
        ref_doc_type: Some(Text::parse(document.doc_type).map_err(Error::internal)?),
        ref_doc_id: Some(document.doc_id),
        ref_doc_no: document.doc_no.map(Text::parse).transpose().map_err(Error::internal)?,
        currency: Some(document.currency),
        exchange_rate: Some(document.rate.rate),
        rate_divisor: document.rate.divisor,
        description: Some(kernel::Memo::parse(document.what).map_err(Error::internal)?),
        memo: None,
        lines,
        reverses: None,
        reversal_reason: None,
    })
}
