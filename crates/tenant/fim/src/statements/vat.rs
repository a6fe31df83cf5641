//! What the tax return and the documents behind it are summed up from: issued invoices whose entries stand.

use kernel::Result;
use store::{Sql, Tx};
use uuid::Uuid;

/// The lines of an invoice in the currency of the books are in the books what they are.
pub async fn base_is_amount(tx: &Tx, invoice: Uuid) -> Result<()> {
    let mut sql = Sql::new("UPDATE fim_tax_invoice_lines SET base_supply_amount = supply_amount, base_tax_amount = tax_amount WHERE tenant_id = ");
    sql.bind(tx.tenant()).push(" AND tax_invoice_id = ").bind(invoice).push(" AND deleted_at IS NULL");
    tx.raw_execute(sql).await.map(|_| ())
}
