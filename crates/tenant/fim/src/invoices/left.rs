//! What is left of an invoice: what its lines came to, less what its amendments have taken away, for each kind of tax by itself.

use super::{
    entity::{Column, Entity, Model, Status},
    figures::lines_of,
    line,
};
use crate::open_items::allocation;
use kernel::{Money, MoneySum, Result};
use ledger::tax::{self, Rounding, TaxKind};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;
use store::Tx;
use uuid::Uuid;

pub(crate) const KINDS: [TaxKind; 3] = [TaxKind::Taxable, TaxKind::ZeroRated, TaxKind::Exempt];

/// An invoice with the amendments of it that stand.
pub(crate) struct Left {
    pub(super) lines: Vec<line::Model>,
    pub(super) amendments: Vec<Vec<line::Model>>,
}

/// What an amount of lines of a kind came to.
fn of_kind(lines: &[line::Model], kind: TaxKind, of: fn(&line::Model) -> Money) -> MoneySum {
    lines.iter().filter(|line| line.tax_kind == kind).map(of).sum()
}

impl Left {
    /// Of an invoice that is locked.
    pub(crate) async fn of(tx: &Tx, invoice: &Model) -> Result<Self> {
        let lines = lines_of(tx, invoice.id).await?;
        let find = tx.find::<Entity>().filter(Column::OriginalInvoiceId.eq(invoice.id)).filter(Column::Status.ne(Status::Cancelled));
        let ids: Vec<Uuid> = find.all().await?.iter().map(|amendment| amendment.id).collect();
        let mut amendments: BTreeMap<Uuid, Vec<line::Model>> = BTreeMap::new();
        if !ids.is_empty() {
            let find = tx.find::<line::Entity>().filter(line::Column::TaxInvoiceId.is_in(ids)).order_by_asc(line::Column::LineNo);
            for line in find.all().await? {
                amendments.entry(line.tax_invoice_id).or_default().push(line);
            }
        }
        Ok(Self { lines, amendments: amendments.into_values().collect() })
    }

    pub(crate) fn whole(&self, kind: TaxKind, of: fn(&line::Model) -> Money) -> MoneySum {
        of_kind(&self.lines, kind, of)
    }

    /// What of the whole no amendment has taken away. What an amendment added is its own.
    pub(crate) fn rest(&self, kind: TaxKind, of: fn(&line::Model) -> Money) -> MoneySum {
        let whole = self.whole(kind, of);
        let taken = |amendment: &Vec<line::Model>| {
            let moved = of_kind(amendment, kind, of);
            if whole.is_negative() == moved.is_negative() { MoneySum::ZERO } else { moved }
        };
        whole + self.amendments.iter().map(taken).sum()
    }

    /// Supply and tax of all kinds that are left.
    pub(crate) fn total(&self, of: fn(&line::Model) -> Money) -> MoneySum {
        KINDS.into_iter().map(|kind| self.rest(kind, of)).sum()
    }

    /// The output tax that was deducted with bad debts, in the currency of the invoice.
    pub(crate) fn relieved(&self, base: MoneySum, places: u32) -> Option<Money> {
        let whole = self.whole(TaxKind::Taxable, |line| line.tax_amount).money()?;
        let base_whole = self.whole(TaxKind::Taxable, |line| line.base_tax_amount).money()?;
        if base == MoneySum::ZERO { Some(Money::ZERO) } else { tax::share(whole, base.money()?, base_whole, places, Rounding::Up) }
    }
}

/// The output tax of a claim that was deducted with bad debts and not given again, in the base currency. The claim is locked.
pub(crate) async fn relieved(tx: &Tx, item: Uuid) -> Result<MoneySum> {
    use allocation::Column as Of;
    let find = tx.find::<allocation::Entity>().filter(Of::ItemId.eq(item)).filter(Of::VatRelief.is_not_null());
    Ok(find.filter(Of::UndoneAt.is_null()).all().await?.iter().filter_map(|part| part.vat_relief).sum())
}
