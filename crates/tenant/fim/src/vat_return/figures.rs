//! What the tax return and the documents behind it are summed up from: issued invoices whose entries stand.

use kernel::{BizNo, Day, Error, Money, MoneySum, Result, Text};
use ledger::sums::read;
use sea_orm::FromQueryResult;
use store::{Scope, Sql, Tx};
use uuid::Uuid;

/// The lines of an invoice in the base currency are there what they are.
pub async fn base_is_amount(tx: &Tx, invoice: Uuid) -> Result<()> {
    let mut sql =
        Sql::new("UPDATE fim_tax_invoice_lines SET base_supply_amount = supply_amount, base_tax_amount = tax_amount WHERE tenant_id = ");
    sql.bind(tx.tenant()).push(" AND tax_invoice_id = ").bind(invoice).push(" AND deleted_at IS NULL");
    tx.raw_execute(sql).await.map(|_| ())
}

/// A box of the return.
#[derive(Clone, Copy, Debug)]
pub struct Box {
    /// As it is numbered on the form of today.
    pub no: &'static str,
    pub name: &'static str,
    pub name_en: &'static str,
    /// Which lines stand in it.
    lines: &'static str,
    /// Whether the tax of bad debts does.
    bad_debts: bool,
}

const fn of(no: &'static str, name: &'static str, name_en: &'static str, lines: &'static str) -> Box {
    Box { no, name, name_en, lines, bad_debts: false }
}

const fn with_bad_debts(of: Box) -> Box {
    Box { bad_debts: true, ..of }
}

/// Sales with tax, at 10 % or at 0 %.
const TAXED_SALES: &str = "i.direction = 'SALES' AND l.tax_kind <> 'EXEMPT'";

/// No line of a document.
const NONE: &str = "1 = 0";

/// The form for general taxpayers (일반과세자 부가가치세 신고서), as far as documents of this system fill it. The numbers change when the
/// form is revised: they stand here and nowhere else.
pub const BOXES: [Box; 10] = [
    of("1", "과세 세금계산서 발급분", "Tax invoices issued", "i.direction = 'SALES' AND l.tax_kind = 'TAXABLE'"),
    of("5", "영세율 세금계산서 발급분", "Zero-rated invoices issued", "i.direction = 'SALES' AND l.tax_kind = 'ZERO_RATED'"),
    // exports without a tax invoice; no document of this system is one
    of("6", "영세율 기타", "Other zero-rated supplies", NONE),
    with_bad_debts(of("8", "대손세액 가감", "Tax of bad debts, deducted or added back", NONE)),
    with_bad_debts(of("9", "매출 합계", "Sales, all", TAXED_SALES)),
    of("10", "세금계산서 수취분 일반매입", "Purchases", "i.direction = 'PURCHASE' AND l.tax_kind <> 'EXEMPT' AND l.is_fixed_asset = false"),
    of(
        "11",
        "세금계산서 수취분 고정자산 매입",
        "Purchases of fixed assets",
        "i.direction = 'PURCHASE' AND l.tax_kind <> 'EXEMPT' AND l.is_fixed_asset = true",
    ),
    of(
        "50",
        "공제받지못할 매입세액",
        "Input tax not deducted",
        "i.direction = 'PURCHASE' AND l.tax_kind <> 'EXEMPT' AND l.non_deductible_reason IS NOT NULL",
    ),
    of("85", "계산서 발급금액", "Exempt invoices issued", "i.direction = 'SALES' AND l.tax_kind = 'EXEMPT'"),
    of("86", "계산서 수취금액", "Exempt invoices received", "i.direction = 'PURCHASE' AND l.tax_kind = 'EXEMPT'"),
];

/// Which invoices count.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub from: Day,
    pub to: Day,
    /// As known when the chain ended here.
    pub known: i64,
}

/// Invoices with their lines, as far as known. An invoice counts on its own day, which decides the tax period; one that was cancelled
/// counts with the other sign on the day that was posted, so that documents and ledger move in the same period. Where both days lie in the
/// span it does not count.
fn documents(sql: &mut Sql, scope: &Scope, span: Span) {
    sql.push(" FROM fim_tax_invoices i JOIN fim_tax_invoice_lines l ON l.tenant_id = i.tenant_id AND l.tax_invoice_id = i.id AND l.deleted_at IS NULL ");
    sql.push("JOIN fim_journal_entries e ON e.tenant_id = i.tenant_id AND e.id = i.je_id ");
    sql.push("LEFT JOIN fim_journal_entries r ON r.tenant_id = e.tenant_id AND r.id = e.reversed_je_id WHERE i.tenant_id = ")
        .bind(scope.tenant());
    sql.push(" AND i.deleted_at IS NULL AND i.invoice_date <= ").bind(span.to).push(" AND e.chain_no <= ").bind(span.known);
    sql.push(" AND (i.invoice_date >= ").bind(span.from).push(" OR i.status = 'CANCELLED') AND (i.invoice_date >= ").bind(span.from);
    sql.push(") <> (r.chain_no IS NOT NULL AND r.chain_no <= ").bind(span.known).push(" AND r.posting_date >= ").bind(span.from);
    sql.push(" AND r.posting_date <= ").bind(span.to).push(")");
}

/// What the lines of one invoice come to: with the other sign where it is in the span for having been cancelled.
fn sums(sql: &mut Sql, span: Span) {
    for (at, (column, name)) in [("base_supply_amount", "supply"), ("base_tax_amount", "tax")].into_iter().enumerate() {
        sql.push(if at == 0 { "" } else { ", " })
            .push(&format!("CAST(COALESCE(SUM(l.{column}), 0) AS bigint) * CASE WHEN i.invoice_date >= "));
        sql.bind(span.from).push(&format!(" THEN 1 ELSE -1 END AS {name}"));
    }
}

/// What documents come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Total {
    pub supply: MoneySum,
    pub tax: MoneySum,
    pub count: i64,
}

/// What stands in a box.
pub async fn total(scope: &Scope, span: Span, which: &Box) -> Result<Total> {
    let mut sql =
        Sql::new(&format!("SELECT {} AS supply, {} AS tax, COUNT(*) AS count FROM (", MoneySum::of("supply"), MoneySum::of("tax")));
    in_box(&mut sql, scope, span, which);
    sql.push(") documents");
    read(&scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no row"))?)
}

/// Of an invoice, whatever else is shown of it.
const COLUMNS: &str = "i.id, i.invoice_no, i.invoice_date, i.partner_id, i.supplier_biz_no, i.supplier_biz_name, i.buyer_biz_no, i.buyer_biz_name, i.approval_no";

/// The documents that stand in a box: invoices, and where the tax of bad debts belongs to it the write-offs of sales and those reversed,
/// each on the day it was posted.
fn in_box(sql: &mut Sql, scope: &Scope, span: Span, which: &Box) {
    let no_clearing = if scope.is_postgres() { "CAST(NULL AS uuid)" } else { "NULL" };
    sql.push("SELECT ").push(COLUMNS).push(", ").push(no_clearing).push(" AS clearing_id, ");
    sums(sql, span);
    documents(sql, scope, span);
    sql.push(" AND ").push(which.lines).push(" GROUP BY ").push(COLUMNS);
    if !which.bad_debts {
        return;
    }
    for (tax, entry) in [("-a.vat_relief", "je_id"), ("a.vat_relief", "reversal_je_id")] {
        sql.push(" UNION ALL SELECT ").push(COLUMNS).push(", c.id, 0, ").push(tax);
        sql.push(" FROM fim_allocations a JOIN fim_clearings c ON c.tenant_id = a.tenant_id AND c.id = a.against_id ");
        sql.push("JOIN fim_open_items o ON o.tenant_id = a.tenant_id AND o.id = a.item_id ");
        sql.push("JOIN fim_tax_invoices i ON i.tenant_id = o.tenant_id AND i.id = o.doc_id ");
        sql.push("JOIN fim_journal_entries e ON e.tenant_id = c.tenant_id AND e.id = c.").push(entry);
        sql.push(" WHERE a.vat_relief IS NOT NULL AND a.tenant_id = ").bind(scope.tenant());
        sql.push(" AND e.posting_date >= ").bind(span.from).push(" AND e.posting_date <= ").bind(span.to);
        sql.push(" AND e.chain_no <= ").bind(span.known);
    }
}

/// An invoice with what of it stands in a box.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Document {
    pub id: Uuid,
    pub invoice_no: Option<Text<50>>,
    pub invoice_date: Day,
    pub partner_id: Uuid,
    pub supplier_biz_no: Option<BizNo>,
    pub supplier_biz_name: Option<Text<200>>,
    pub buyer_biz_no: Option<BizNo>,
    pub buyer_biz_name: Option<Text<200>>,
    pub approval_no: Option<Text<50>>,
    pub clearing_id: Option<Uuid>,
    pub supply: Money,
    pub tax: Money,
}

/// What is behind a box, by day and number of the invoice.
pub async fn documents_in(scope: &Scope, span: Span, which: &Box, offset: i64, limit: i32) -> Result<Vec<Document>> {
    let mut sql = Sql::new("SELECT * FROM (");
    in_box(&mut sql, scope, span, which);
    sql.push(") documents ORDER BY invoice_date, invoice_no, id, clearing_id, tax LIMIT ").bind(limit).push(" OFFSET ").bind(offset);
    scope.raw_all(sql).await?.iter().map(read).collect()
}

/// A sale that was invoiced after its deadline.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Late {
    pub id: Uuid,
    pub invoice_no: Option<Text<50>>,
    pub partner_id: Uuid,
    pub buyer_biz_name: Option<Text<200>>,
    pub invoice_date: Day,
    pub issue_deadline: Day,
    pub issue_date: Day,
    /// What of it is taxed, at 10 % or at 0 %.
    pub supply: Money,
}

/// Sales that were invoiced late, by day and number. Amendments have deadlines of their own.
pub async fn issued_late(scope: &Scope, span: Span) -> Result<Vec<Late>> {
    const COLUMNS: &str = "i.id, i.invoice_no, i.partner_id, i.buyer_biz_name, i.invoice_date, i.issue_deadline, i.issue_date";
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(", CAST(COALESCE(SUM(l.base_supply_amount), 0) AS bigint) AS supply");
    documents(&mut sql, scope, span);
    sql.push(" AND i.invoice_date >= ").bind(span.from);
    sql.push(" AND i.direction = 'SALES' AND l.tax_kind <> 'EXEMPT' AND i.original_invoice_id IS NULL AND i.issue_date > i.issue_deadline");
    sql.push(" GROUP BY ").push(COLUMNS).push(" ORDER BY i.invoice_date, i.invoice_no, i.id");
    scope.raw_all(sql).await?.iter().map(read).collect()
}

/// What documents of one business number come to.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PartnerTotal {
    pub biz_no: Option<BizNo>,
    pub biz_name: Option<Text<200>>,
    pub supply: MoneySum,
    pub tax: MoneySum,
    pub count: i64,
}

/// Taxed documents by the business number of the other side (매출·매입처별 세금계산서합계표).
pub async fn by_partner(scope: &Scope, span: Span, is_sale: bool) -> Result<Vec<PartnerTotal>> {
    let side = if is_sale { "buyer" } else { "supplier" };
    let taxed = of("", "", "", if is_sale { TAXED_SALES } else { "i.direction = 'PURCHASE' AND l.tax_kind <> 'EXEMPT'" });
    let (supply, tax) = (MoneySum::of("supply"), MoneySum::of("tax"));
    let mut sql = Sql::new(&format!(
        "SELECT {side}_biz_no AS biz_no, MIN({side}_biz_name) AS biz_name, {supply} AS supply, {tax} AS tax, COUNT(DISTINCT id) AS count FROM ("
    ));
    in_box(&mut sql, scope, span, &taxed);
    sql.push(&format!(") documents GROUP BY {side}_biz_no ORDER BY {side}_biz_no"));
    scope.raw_all(sql).await?.iter().map(read).collect()
}

/// A settlement of a period, or one that supplements it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Settlement {
    pub id: Uuid,
    pub supplement_of_id: Option<Uuid>,
    pub from_date: Day,
    pub to_date: Day,
    pub output_tax: Money,
    pub input_tax: Money,
    pub payable: Money,
    pub je_id: Uuid,
}

/// The settlements of periods within a span that stand, in the order they were posted.
pub async fn settlements(scope: &Scope, span: Span) -> Result<Vec<Settlement>> {
    let mut sql = Sql::new(
        "SELECT d.id, d.supplement_of_id, d.from_date, d.to_date, d.output_tax, d.input_tax, d.payable, d.je_id FROM fim_vat_settlements d \
         JOIN fim_journal_entries e ON e.tenant_id = d.tenant_id AND e.id = d.je_id \
         LEFT JOIN fim_journal_entries r ON r.tenant_id = e.tenant_id AND r.id = e.reversed_je_id WHERE d.tenant_id = ",
    );
    sql.bind(scope.tenant()).push(" AND d.from_date >= ").bind(span.from).push(" AND d.to_date <= ").bind(span.to);
    sql.push(" AND e.chain_no <= ").bind(span.known).push(" AND (r.chain_no IS NULL OR r.chain_no > ").bind(span.known);
    sql.push(") ORDER BY e.chain_no");
    scope.raw_all(sql).await?.iter().map(read).collect()
}
