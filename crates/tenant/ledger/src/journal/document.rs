//! What a document posts: the lines, and the entry that is the document's own.

use super::{
    draft::{Draft, DraftLine},
    entry::{EntryOrigin, EntryType},
    line::PartnerType,
    rules::Sides,
};
use adm::rates::Conversion;
use kernel::{Currency, Day, Error, Memo, Money, Result, Text};
use uuid::Uuid;

/// Which side of an account moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Debit,
    Credit,
}

impl Side {
    /// Debit when it holds.
    #[must_use]
    pub fn debit_if(holds: bool) -> Self {
        if holds { Self::Debit } else { Self::Credit }
    }
}

/// A line with its amount in the currency and in the base currency, of a partner where it stands for a claim.
pub fn line(account_id: Uuid, side: Side, amount: Money, base: Money, partner: Option<(Uuid, Option<PartnerType>)>) -> DraftLine {
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

/// What posts itself: an invoice, a payment. Its entry is its own, and is reversed through it only.
pub struct Document<'d> {
    /// One word for the kind: `INVOICE`.
    pub kind: &'static str,
    pub id: Uuid,
    pub no: Option<&'d str>,
    /// The day it is posted on.
    pub on: Day,
    pub currency: Currency,
    pub rate: Conversion,
    /// What its entry says it is about.
    pub what: &'static str,
}

impl Document<'_> {
    /// Its entry, every line with its amount in the base currency.
    ///
    /// # Errors
    /// Internal, where a text does not fit its column.
    pub fn entry(self, lines: Vec<DraftLine>) -> Result<Draft> {
        let draft = Draft::on(EntryType::General, self.on).of_document(self.kind, self.id, self.no)?;
        Ok(Draft {
            currency: Some(self.currency),
            exchange_rate: Some(self.rate.rate),
            rate_divisor: self.rate.divisor,
            description: Some(Memo::parse(self.what).map_err(Error::internal)?),
            lines,
            ..draft
        })
    }
}

impl Draft {
    /// The entry of this document.
    ///
    /// # Errors
    /// Internal, where a text does not fit its column.
    pub fn of_document(self, kind: &str, id: Uuid, no: Option<&str>) -> Result<Self> {
        Ok(Self {
            origin: EntryOrigin::Document,
            is_document_bound: true,
            ref_doc_type: Some(Text::parse(kind).map_err(Error::internal)?),
            ref_doc_id: Some(id),
            ref_doc_no: no.map(Text::parse).transpose().map_err(Error::internal)?,
            ..self
        })
    }
}
