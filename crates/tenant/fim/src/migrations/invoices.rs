use ledger::migrations::refuse;
use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, is_postgres, live_unique, run};

/// Tax invoices with their lines, and what the database itself holds about them.
pub(super) struct Invoices;

impl MigrationName for Invoices {
    fn name(&self) -> &'static str {
        "m20261122_000206_fim_tax_invoices"
    }
}

/// Columns of an invoice that nobody changes once it is issued; what happens to it afterwards stands in the others.
const FROZEN: [&str; 18] = [
    "invoice_no",
    "direction",
    "invoice_type",
    "issue_type",
    "invoice_date",
    "issue_date",
    "supplier_biz_no",
    "supplier_biz_name",
    "buyer_biz_no",
    "buyer_biz_name",
    "supply_amount",
    "tax_amount",
    "total_amount",
    "currency_code",
    "amendment_code",
    "original_invoice_id",
    "je_id",
    "deleted_at",
];

/// One party of the invoice.
fn party(side: &str) -> String {
    let column = |(name, kind): (&str, &str)| format!("{side}_{name} varchar({kind}), ");
    [
        ("biz_no", "10"),
        ("biz_name", "200"),
        ("ceo_name", "50"),
        ("biz_kind", "100"),
        ("biz_item", "100"),
        ("postcode", "10"),
        ("address1", "200"),
        ("address2", "200"),
        ("contact", "100"),
        ("email", "255"),
        ("phone", "50"),
    ]
    .map(column)
    .concat()
}

/// What is wrong with an invoice that becomes issued, and the name of the check that says so.
fn fault() -> String {
    let sum = |column: &str| {
        format!(
            "(SELECT COALESCE(SUM(l.{column}), 0) FROM fim_tax_invoice_lines l \
             WHERE l.tenant_id = NEW.tenant_id AND l.tax_invoice_id = NEW.id AND l.deleted_at IS NULL)"
        )
    };
    ["supply_amount", "tax_amount", "total_amount"].map(|column| format!("{} <> NEW.{column}", sum(column))).join(" OR ")
}

const SUM: &str = "fim_tax_invoices_total_amount_check";
const STILL: &str = "fim_tax_invoices_frozen_check";
const LINES_STILL: &str = "fim_tax_invoice_lines_frozen_check";

#[async_trait::async_trait]
impl MigrationTrait for Invoices {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "fim_tax_invoices",
            Rows::Kept,
            &format!(
                "invoice_no varchar(50), direction varchar(20) NOT NULL DEFAULT 'SALES', invoice_type varchar(20) NOT NULL DEFAULT 'TAX', \
                 issue_type varchar(20) NOT NULL DEFAULT 'NORMAL', invoice_date {{date}} NOT NULL, issue_date {{date}}, issue_deadline {{date}} NOT NULL, \
                 approval_no varchar(50), approval_datetime {{timestamp}}, is_nts_confirmed boolean NOT NULL DEFAULT false, nts_confirmed_at {{timestamp}}, \
                 partner_id {{uuid}} NOT NULL, {supplier}{buyer}supply_amount bigint NOT NULL DEFAULT 0, tax_amount bigint NOT NULL DEFAULT 0, \
                 total_amount bigint NOT NULL DEFAULT 0, paid_amount bigint NOT NULL DEFAULT 0, currency_code varchar(3) NOT NULL, exchange_rate bigint, \
                 prices_include_tax boolean NOT NULL DEFAULT false, due_date {{date}}, vendor_invoice_no varchar(50), source_type varchar(30), \
                 source_id {{uuid}}, source_no varchar(50), remark text, notes text, status varchar(20) NOT NULL DEFAULT 'DRAFT', \
                 transmission_status varchar(20), transmission_attempts integer NOT NULL DEFAULT 0, transmission_error_code varchar(50), \
                 transmission_error_message varchar(500), sent_at {{timestamp}}, amendment_code integer, original_invoice_id {{uuid}}, \
                 amendment_reason varchar(500), cancel_reason varchar(500), cancelled_at {{timestamp}}, je_id {{uuid}}, \
                 CONSTRAINT fim_tax_invoices_direction_check CHECK (direction IN ('SALES', 'PURCHASE')), \
                 CONSTRAINT fim_tax_invoices_invoice_type_check CHECK (invoice_type IN ('TAX', 'CREDIT_NOTE', 'DEBIT_NOTE', 'MODIFIED')), \
                 CONSTRAINT fim_tax_invoices_issue_type_check CHECK (issue_type IN ('NORMAL', 'REVERSE', 'IMPORT', 'ZERO_RATE')), \
                 CONSTRAINT fim_tax_invoices_status_check CHECK (status IN ('DRAFT', 'ISSUED', 'SENT', 'CONFIRMED', 'CANCELLED')), \
                 CONSTRAINT fim_tax_invoices_transmission_status_check CHECK (transmission_status IS NULL OR transmission_status IN ('WAITING', 'SENDING', 'SUCCEEDED', 'FAILED')), \
                 CONSTRAINT fim_tax_invoices_sum_check CHECK (total_amount = supply_amount + tax_amount), \
                 CONSTRAINT fim_tax_invoices_amendment_code_check CHECK ((amendment_code IS NULL) = (original_invoice_id IS NULL) AND (amendment_code IS NULL OR amendment_code BETWEEN 1 AND 6)), \
                 CONSTRAINT fim_tax_invoices_issued_check CHECK (status IN ('DRAFT', 'CANCELLED') OR \
                   (invoice_no IS NOT NULL AND issue_date IS NOT NULL AND je_id IS NOT NULL AND supplier_biz_no IS NOT NULL AND buyer_biz_no IS NOT NULL)), \
                 CONSTRAINT fim_tax_invoices_vendor_invoice_no_check CHECK (vendor_invoice_no IS NULL OR direction = 'PURCHASE'), \
                 CONSTRAINT fim_tax_invoices_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id), \
                 CONSTRAINT fim_tax_invoices_original_invoice_id_fkey FOREIGN KEY (tenant_id, original_invoice_id) REFERENCES fim_tax_invoices (tenant_id, id), \
                 CONSTRAINT fim_tax_invoices_je_id_fkey FOREIGN KEY (tenant_id, je_id) REFERENCES fim_journal_entries (tenant_id, id)",
                supplier = party("supplier"),
                buyer = party("buyer"),
            ),
        )
        .await?;
        live_unique(m, "fim_tax_invoices", "invoice_no", "tenant_id, invoice_no").await?;
        live_unique(m, "fim_tax_invoices", "approval_no", "tenant_id, approval_no").await?;
        for index in [
            "CREATE UNIQUE INDEX fim_tax_invoices_vendor_invoice_no_key ON fim_tax_invoices (tenant_id, partner_id, vendor_invoice_no) \
             WHERE deleted_at IS NULL AND status <> 'CANCELLED' AND vendor_invoice_no IS NOT NULL",
            "CREATE INDEX fim_tax_invoices_invoice_date_idx ON fim_tax_invoices (tenant_id, invoice_date, direction)",
            "CREATE INDEX fim_tax_invoices_partner_id_idx ON fim_tax_invoices (tenant_id, partner_id, invoice_date)",
            "CREATE INDEX fim_tax_invoices_original_invoice_id_idx ON fim_tax_invoices (tenant_id, original_invoice_id) WHERE original_invoice_id IS NOT NULL",
        ] {
            run(m, index).await?;
        }
        company_table(
            m,
            "fim_tax_invoice_lines",
            Rows::Kept,
            "tax_invoice_id {uuid} NOT NULL, line_no integer NOT NULL, product_code varchar(50), product_name varchar(200) NOT NULL, product_spec varchar(200), \
             unit varchar(20), quantity bigint NOT NULL, unit_price bigint NOT NULL, tax_kind varchar(20) NOT NULL DEFAULT 'TAXABLE', \
             supply_amount bigint NOT NULL DEFAULT 0, tax_amount bigint NOT NULL DEFAULT 0, total_amount bigint NOT NULL DEFAULT 0, \
             base_supply_amount bigint NOT NULL DEFAULT 0, base_tax_amount bigint NOT NULL DEFAULT 0, remark text, account_id {uuid} NOT NULL, \
             is_fixed_asset boolean NOT NULL DEFAULT false, non_deductible_reason varchar(30), \
             CONSTRAINT fim_tax_invoice_lines_tax_kind_check CHECK (tax_kind IN ('TAXABLE', 'ZERO_RATED', 'EXEMPT')), \
             CONSTRAINT fim_tax_invoice_lines_tax_amount_check CHECK (tax_kind = 'TAXABLE' OR tax_amount = 0), \
             CONSTRAINT fim_tax_invoice_lines_sum_check CHECK (total_amount = supply_amount + tax_amount), \
             CONSTRAINT fim_tax_invoice_lines_line_no_check CHECK (line_no > 0), \
             CONSTRAINT fim_tax_invoice_lines_tax_invoice_id_fkey FOREIGN KEY (tenant_id, tax_invoice_id) REFERENCES fim_tax_invoices (tenant_id, id), \
             CONSTRAINT fim_tax_invoice_lines_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES fim_accounts (tenant_id, id)",
        )
        .await?;
        live_unique(m, "fim_tax_invoice_lines", "line_no", "tenant_id, tax_invoice_id, line_no").await?;
        if is_postgres(m) { postgres(m).await } else { sqlite(m).await }
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        if is_postgres(m) {
            run(m, "DROP TRIGGER fim_open_items_paid ON fim_open_items").await?;
        } else {
            run(m, "DROP TRIGGER fim_open_items_paid").await?;
        }
        for table in ["fim_tax_invoice_lines", "fim_tax_invoices"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        if is_postgres(m) {
            run(m, "DROP FUNCTION fim_invoice_guard; DROP FUNCTION fim_invoice_line_guard; DROP FUNCTION fim_invoice_paid;").await?;
        }
        Ok(())
    }
}

/// What an open item says was settled is what its invoice shows.
const PAID: &str = "UPDATE fim_tax_invoices SET paid_amount = NEW.settled WHERE tenant_id = NEW.tenant_id AND id = NEW.doc_id;";

async fn postgres(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    let same = FROZEN.map(|column| format!("NEW.{column} IS NOT DISTINCT FROM OLD.{column}")).join(" AND ");
    run(
        m,
        &format!(
            "CREATE FUNCTION fim_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN \
               IF OLD.status = 'DRAFT' AND NEW.status = 'ISSUED' AND ({fault}) THEN {sum} END IF; \
               IF OLD.status <> 'DRAFT' AND (NEW.status = 'DRAFT' OR NOT ({same})) THEN {still} END IF; \
               RETURN NEW; \
             END $guard$; \
             CREATE TRIGGER fim_tax_invoices_guard BEFORE UPDATE ON fim_tax_invoices FOR EACH ROW EXECUTE FUNCTION fim_invoice_guard(); \
             CREATE FUNCTION fim_invoice_line_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$ DECLARE state text; BEGIN \
               SELECT status INTO state FROM fim_tax_invoices i WHERE i.tenant_id = COALESCE(NEW.tenant_id, OLD.tenant_id) \
                 AND i.id = COALESCE(NEW.tax_invoice_id, OLD.tax_invoice_id) FOR SHARE; \
               IF state <> 'DRAFT' THEN {lines} END IF; \
               IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; \
               RETURN NEW; \
             END $guard$; \
             CREATE TRIGGER fim_tax_invoice_lines_guard BEFORE INSERT OR UPDATE OR DELETE ON fim_tax_invoice_lines \
               FOR EACH ROW EXECUTE FUNCTION fim_invoice_line_guard(); \
             CREATE FUNCTION fim_invoice_paid() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {PAID} RETURN NULL; END $guard$; \
             CREATE TRIGGER fim_open_items_paid AFTER UPDATE OF settled ON fim_open_items FOR EACH ROW \
               WHEN (NEW.doc_type = 'INVOICE') EXECUTE FUNCTION fim_invoice_paid();",
            fault = fault(),
            sum = refuse(SUM),
            still = refuse(STILL),
            lines = refuse(LINES_STILL),
        ),
    )
    .await
}

async fn sqlite(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    let trigger = |name: &str, event: &str, table: &str, when: &str, check: &str| {
        format!(
            "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {when} \
             BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {check}'); END;"
        )
    };
    let changed = FROZEN.map(|column| format!("NEW.{column} IS NOT OLD.{column}")).join(" OR ");
    let issued = |row: &str| {
        format!(
            "EXISTS (SELECT 1 FROM fim_tax_invoices i WHERE i.tenant_id = {row}.tenant_id AND i.id = {row}.tax_invoice_id AND i.status <> 'DRAFT')"
        )
    };
    let invoices = "fim_tax_invoices";
    let mut all = vec![
        trigger(
            "fim_tax_invoices_guard_issue",
            "UPDATE",
            invoices,
            &format!("OLD.status = 'DRAFT' AND NEW.status = 'ISSUED' AND ({})", fault()),
            SUM,
        ),
        trigger(
            "fim_tax_invoices_guard_update",
            "UPDATE",
            invoices,
            &format!("OLD.status <> 'DRAFT' AND (NEW.status = 'DRAFT' OR {changed})"),
            STILL,
        ),
        format!(
            "CREATE TRIGGER fim_open_items_paid AFTER UPDATE OF settled ON fim_open_items FOR EACH ROW WHEN NEW.doc_type = 'INVOICE' BEGIN {PAID} END;"
        ),
    ];
    for (event, when) in
        [("INSERT", issued("NEW")), ("UPDATE", format!("{} OR {}", issued("OLD"), issued("NEW"))), ("DELETE", issued("OLD"))]
    {
        let name = format!("fim_tax_invoice_lines_guard_{}", event.to_lowercase());
        all.push(trigger(&name, event, "fim_tax_invoice_lines", &when, LINES_STILL));
    }
    run(m, &all.concat()).await
}
