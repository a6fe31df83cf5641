//! What an invoice is in the ledger: a sale 108 / 401, 255; a purchase 146, 135 / 251. A credit note has the sides turned.

use super::{
    entity::{Column, Direction, Entity, Model},
    line::Model as Line,
};
use crate::open_items::{NewItem, item::OpenItemKind};
use adm::{payment_term, settings};
use crm::partner;
use kernel::{CodeText, Day, Error, Memo, Money, Rate, Result, Text};
use ledger::{
    accounts::{self, entity::PostingRole},
    journal::{
        EntryWithLines,
        draft::{Draft, DraftLine},
        entry::EntryType,
        line::PartnerType,
        rules::too_large,
    },
    posting::conversion_by,
    tax,
};
use sea_orm::{ActiveEnum as _, ColumnTrait, QueryFilter};
use store::Tx;
use uuid::Uuid;

/// What invoices are called where documents of all kinds meet.
pub(super) const DOCUMENT: &str = "INVOICE";

/// The account an invoice's claim stands in.
async fn control(tx: &Tx, direction: Direction) -> Result<Uuid> {
    accounts::of_role(tx, if direction == Direction::Sales { PostingRole::Receivable } else { PostingRole::Payable }).await
}

/// A line of the entry: an amount of the document on the side where it stands on an invoice that adds.
struct Side<'i> {
    invoice: &'i Model,
    is_debit: bool,
}

impl Side<'_> {
    fn line(&self, account_id: Uuid, amount: Money, about: Option<&Line>) -> DraftLine {
        let sides = |is_debit: bool| (self.is_debit == is_debit) != amount.is_negative();
        let size = Money(amount.0.abs());
        let kind = if self.invoice.direction == Direction::Sales { PartnerType::Customer } else { PartnerType::Vendor };
        DraftLine {
            account_id,
            debit_amount: sides(true).then_some(size),
            credit_amount: sides(false).then_some(size),
            base: None,
            description: about.and_then(|line| Text::parse(&line.product_name).ok()),
            cost_center: None,
            project_code: None,
            department_id: None,
            partner_id: Some(self.invoice.partner_id),
            partner_type: Some(kind),
            tax_code: about.and_then(|line| CodeText::parse(&line.tax_kind.to_value()).ok()),
            tax_amount: about.map(|line| line.tax_amount),
            quantity: about.map(|line| line.quantity),
            unit_price: about.map(|line| line.unit_price),
        }
    }
}

/// The tax of a line that is deducted, or owed.
fn deducted(line: &Line) -> Money {
    if line.non_deductible_reason.is_some() { Money::ZERO } else { line.tax_amount }
}

/// The entry of an invoice. Its claim is the last line.
pub(super) async fn entry(tx: &Tx, invoice: &Model, no: &Text<50>, lines: &[Line]) -> Result<Draft> {
    let is_sale = invoice.direction == Direction::Sales;
    let side = |is_debit: bool| Side { invoice, is_debit };
    let mut all = Vec::with_capacity(lines.len() + 2);
    for line in lines {
        // tax that is not deducted is part of the cost
        let amount = if is_sale { line.supply_amount } else { Money(line.total_amount.0 - deducted(line).0) };
        if amount != Money::ZERO {
            all.push(side(!is_sale).line(line.account_id, amount, Some(line)));
        }
    }
    let tax = lines.iter().map(deducted).sum::<Option<Money>>().ok_or_else(too_large)?;
    if tax != Money::ZERO {
        let role = if is_sale { PostingRole::VatOut } else { PostingRole::VatIn };
        all.push(side(!is_sale).line(accounts::of_role(tx, role).await?, tax, None));
    }
    all.push(side(is_sale).line(control(tx, invoice.direction).await?, invoice.total_amount, None));
    let name = if is_sale { &invoice.buyer_biz_name } else { &invoice.supplier_biz_name };
    let what = if is_sale { "매출" } else { "매입" };
    let je_type = if is_sale { EntryType::Sales } else { EntryType::Purchase };
    Ok(Draft {
        currency: Some(invoice.currency_code.clone()),
        exchange_rate: invoice.exchange_rate,
        rate_divisor: rate_divisor(tx, invoice).await?,
        description: Memo::parse(&format!("{what} {no} {}", name.as_deref().unwrap_or_default())).ok(),
        lines: all,
        ..Draft::on(je_type, invoice.invoice_date).of_document(DOCUMENT, invoice.id, Some(no))?
    })
}

/// An amendment is converted into the base currency as its invoice was, by division where it was divided.
async fn rate_divisor(tx: &Tx, invoice: &Model) -> Result<Option<Rate>> {
    let Some(original) = invoice.original_invoice_id else { return Ok(None) };
    let original = tx.find::<Entity>().filter(Column::Id.eq(original)).one().await?;
    let Some(entry) = original.filter(|row| row.exchange_rate == invoice.exchange_rate).and_then(|row| row.je_id) else { return Ok(None) };
    conversion_by(tx, entry).await.map(|found| found.divisor)
}

/// What a posted invoice leaves the partner, or the company, to pay.
pub(super) fn claim(invoice: &Model, no: &Text<50>, due: Day, posted: &EntryWithLines) -> Result<NewItem> {
    let line = posted.lines.last().ok_or_else(|| Error::internal("an entry without lines"))?;
    let is_sale = invoice.direction == Direction::Sales;
    let size = if is_sale { line.base_debit.0 - line.base_credit.0 } else { line.base_credit.0 - line.base_debit.0 };
    Ok(NewItem {
        kind: if is_sale { OpenItemKind::Receivable } else { OpenItemKind::Payable },
        partner_id: invoice.partner_id,
        account_id: line.account_id,
        doc_type: DOCUMENT,
        doc_id: invoice.id,
        doc_no: Text::parse(no).ok(),
        je_id: Some(posted.entry.id),
        doc_date: invoice.invoice_date,
        due_date: due,
        currency: posted.entry.currency.clone(),
        exchange_rate: posted.entry.exchange_rate,
        amount: invoice.total_amount,
        base_amount: Money(size),
    })
}

/// Supply and tax of each line in the base currency: together they are what was posted.
pub(super) fn in_base(lines: &[Line], posted: &EntryWithLines, places: u32) -> Option<Vec<(Money, Money)>> {
    let of = |line: &ledger::journal::line::Model| line.base_debit.0 + line.base_credit.0;
    let mut entries = posted.lines.iter();
    let tax = lines.iter().map(deducted).sum::<Option<Money>>()?;
    let mut costs = Vec::with_capacity(lines.len());
    for line in lines {
        let cost = Money(line.supply_amount.0 + line.tax_amount.0 - deducted(line).0);
        let base = if cost == Money::ZERO { 0 } else { entries.next().map(of)? };
        costs.push(Money(if cost.is_negative() { -base } else { base }));
    }
    let whole = if tax == Money::ZERO { Money::ZERO } else { Money(entries.next().map(of)? * tax.0.signum()) };
    let taxes = tax::parts(whole, &lines.iter().map(deducted).collect::<Vec<_>>(), places)?;
    lines
        .iter()
        .zip(costs.into_iter().zip(taxes))
        .map(|(line, (cost, tax))| match line.non_deductible_reason {
            // supply and tax stand in one line of the entry
            Some(_) => tax::parts(cost, &[line.supply_amount, line.tax_amount], places).map(|parts| (parts[0], parts[1])),
            None => Some((cost, tax)),
        })
        .collect()
}

/// When an invoice of a day is due: by the partner's terms, or by those the company has for who has none.
pub(super) async fn due_date(tx: &Tx, invoice: &Model, partner: &partner::Model) -> Result<Day> {
    let of = invoice.invoice_date;
    let setting = if invoice.direction == Direction::Sales { &settings::SALES_PAYMENT_TERM } else { &settings::PURCHASE_PAYMENT_TERM };
    let code = match partner.payment_terms {
        Some(terms) => terms.to_value(),
        None => settings::text(tx, setting).await?,
    };
    let find = tx.find::<payment_term::Entity>().filter(payment_term::Column::Code.eq(&code));
    if let Some(term) = find.one().await? {
        return term.due_date(of, &adm::calendar::load(tx).await?);
    }
    // NET45 says itself what it means
    let days = code.strip_prefix("NET").and_then(|days| days.parse().ok()).unwrap_or(0);
    of.plus_days(days).ok_or_else(|| Error::field("due_date", "range", "너무 먼 미래의 날짜입니다.", "is too far in the future"))
}
