//! What is written with a partner: addresses, bank accounts, who looks after it; and how two became one.

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, live_unique, run};

pub(super) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Lines), Box::new(Merges)]
}

/// Of the rows of one partner at most one has the flag.
async fn one_of_a_partner(m: &SchemaManager<'_>, table: &str, flag: &str) -> Result<(), DbErr> {
    run(
        m,
        &format!("CREATE UNIQUE INDEX {table}_{flag}_key ON {table} (tenant_id, partner_id, {flag}) WHERE {flag} AND deleted_at IS NULL"),
    )
    .await
}

struct Lines;

impl MigrationName for Lines {
    fn name(&self) -> &'static str {
        "m20261122_000102_crm_partner_lines"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Lines {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "crm_partner_addresses",
            Rows::Kept,
            "partner_id {uuid} NOT NULL, address_type varchar(20) NOT NULL, address_name varchar(100), postcode varchar(20), \
             address1 varchar(200), address2 varchar(200), building varchar(200), city varchar(100), state_province varchar(100), \
             country_code varchar(3) NOT NULL DEFAULT 'KOR', region_code varchar(20), contact_name varchar(100), phone varchar(50), \
             mobile varchar(50), fax varchar(50), email varchar(255), is_default boolean NOT NULL DEFAULT false, \
             is_billing boolean NOT NULL DEFAULT false, is_shipping boolean NOT NULL DEFAULT false, instruction text, \
             access_code varchar(20), notes text, status varchar(20) NOT NULL DEFAULT 'ACTIVE', \
             CONSTRAINT crm_partner_addresses_address_type_check CHECK (address_type IN \
               ('HEADQUARTER', 'BRANCH', 'WAREHOUSE', 'FACTORY', 'BILLING', 'SHIPPING', 'OTHER')), \
             CONSTRAINT crm_partner_addresses_country_code_check CHECK (length(country_code) = 3 AND country_code = upper(country_code)), \
             CONSTRAINT crm_partner_addresses_status_check CHECK (status IN ('ACTIVE', 'INACTIVE', 'SUSPENDED')), \
             CONSTRAINT crm_partner_addresses_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id)",
        )
        .await?;
        live_unique(m, "crm_partner_addresses", "address_name", "tenant_id, partner_id, address_name").await?;
        one_of_a_partner(m, "crm_partner_addresses", "is_default").await?;
        company_table(
            m,
            "crm_partner_banks",
            Rows::Kept,
            "partner_id {uuid} NOT NULL, account_type varchar(20) NOT NULL, bank_code varchar(10) NOT NULL, bank_name varchar(100), \
             account_no varchar(50) NOT NULL, account_holder varchar(100) NOT NULL, account_name varchar(100), \
             is_primary boolean NOT NULL DEFAULT false, is_receive boolean NOT NULL DEFAULT false, \
             is_payment boolean NOT NULL DEFAULT false, swift_code varchar(20), branch_code varchar(20), branch_name varchar(100), \
             notes text, status varchar(20) NOT NULL DEFAULT 'ACTIVE', \
             CONSTRAINT crm_partner_banks_account_type_check CHECK (account_type IN \
               ('CHECKING', 'SAVINGS', 'FOREIGN_CURRENCY', 'ESCROW', 'TRUST', 'OTHER')), \
             CONSTRAINT crm_partner_banks_bank_code_check CHECK (length(bank_code) >= 3), \
             CONSTRAINT crm_partner_banks_account_no_check CHECK (length(account_no) >= 5 AND trim(account_no, '-0123456789') = ''), \
             CONSTRAINT crm_partner_banks_swift_code_check CHECK (length(swift_code) IN (8, 11)), \
             CONSTRAINT crm_partner_banks_status_check CHECK (status IN ('ACTIVE', 'INACTIVE', 'SUSPENDED', 'CLOSED')), \
             CONSTRAINT crm_partner_banks_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id)",
        )
        .await?;
        live_unique(m, "crm_partner_banks", "account_no", "tenant_id, partner_id, account_no").await?;
        one_of_a_partner(m, "crm_partner_banks", "is_primary").await?;
        company_table(
            m,
            "crm_partner_managers",
            Rows::Kept,
            "partner_id {uuid} NOT NULL, employee_id {uuid} NOT NULL, start_date {date} NOT NULL, end_date {date}, \
             manager_type varchar(20) NOT NULL DEFAULT 'PRIMARY', description text, notes text, \
             status varchar(20) NOT NULL DEFAULT 'ACTIVE', \
             CONSTRAINT crm_partner_managers_end_date_check CHECK (end_date IS NULL OR end_date >= start_date), \
             CONSTRAINT crm_partner_managers_manager_type_check CHECK (manager_type IN \
               ('PRIMARY', 'SECONDARY', 'BACKUP', 'TECHNICAL', 'SALES', 'SUPPORT')), \
             CONSTRAINT crm_partner_managers_status_check CHECK (status IN ('ACTIVE', 'INACTIVE', 'EXPIRED', 'TERMINATED')), \
             CONSTRAINT crm_partner_managers_employee_id_fkey FOREIGN KEY (tenant_id, employee_id) REFERENCES adm_users (tenant_id, id), \
             CONSTRAINT crm_partner_managers_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id)",
        )
        .await?;
        run(
            m,
            "CREATE UNIQUE INDEX crm_partner_managers_manager_type_key ON crm_partner_managers (tenant_id, partner_id, manager_type) \
             WHERE end_date IS NULL AND deleted_at IS NULL",
        )
        .await?;
        for table in ["crm_partner_addresses", "crm_partner_banks", "crm_partner_managers", "crm_partner_contacts"] {
            run(m, &format!("CREATE INDEX {table}_partner_id_idx ON {table} (tenant_id, partner_id) WHERE deleted_at IS NULL")).await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["crm_partner_addresses", "crm_partner_banks", "crm_partner_managers"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        run(m, "DROP INDEX crm_partner_contacts_partner_id_idx").await
    }
}

struct Merges;

impl MigrationName for Merges {
    fn name(&self) -> &'static str {
        "m20261122_000103_crm_partner_merges"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Merges {
    /// The two are named without foreign keys: a record of what was must not follow its partner into the next merge.
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "crm_partner_merges",
            Rows::Kept,
            "survivor_id {uuid} NOT NULL, merged_id {uuid} NOT NULL, status_before varchar(20) NOT NULL, done {json} NOT NULL, \
             undone_at {timestamp}, undone_by {uuid}",
        )
        .await?;
        run(m, "CREATE INDEX crm_partner_merges_survivor_id_idx ON crm_partner_merges (tenant_id, survivor_id)").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE crm_partner_merges").await
    }
}
