//! Partners and the people at them.

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, live_unique, run};

pub(super) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Partners), Box::new(Contacts)]
}

struct Partners;

impl MigrationName for Partners {
    fn name(&self) -> &'static str {
        "m20261122_000100_crm_partners"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Partners {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "crm_partners",
            Rows::Kept,
            "code varchar(50) NOT NULL, name varchar(200) NOT NULL, name_en varchar(200), type varchar(20) NOT NULL DEFAULT 'CUSTOMER', \
             tax_no varchar(50), biz_no varchar(20), biz_name varchar(200), biz_type varchar(1) NOT NULL DEFAULT 'C', \
             biz_kind varchar(100), biz_item varchar(100), ceo_name varchar(50), postcode varchar(10), address1 varchar(200), \
             address2 varchar(200), phone varchar(50), phone_e164 varchar(20), fax varchar(50), email varchar(255), website varchar(255), \
             payment_terms varchar(20), credit_limit bigint, currency_code varchar(3) NOT NULL DEFAULT 'KRW', currency_id {uuid}, \
             industry varchar(100), employee_count integer, annual_revenue bigint, established_date {date}, \
             status varchar(20) NOT NULL DEFAULT 'ACTIVE', merged_into_id {uuid}, \
             CONSTRAINT crm_partners_type_check CHECK (type IN ('CUSTOMER', 'SUPPLIER', 'BOTH', 'OTHER')), \
             CONSTRAINT crm_partners_biz_type_check CHECK (biz_type IN ('C', 'S')), \
             CONSTRAINT crm_partners_payment_terms_check CHECK (payment_terms IN \
               ('COD', 'NET7', 'NET15', 'NET30', 'NET45', 'NET60', 'NET90', 'PREPAID')), \
             CONSTRAINT crm_partners_credit_limit_check CHECK (credit_limit >= 0), \
             CONSTRAINT crm_partners_employee_count_check CHECK (employee_count >= 0), \
             CONSTRAINT crm_partners_status_check CHECK (status IN ('ACTIVE', 'INACTIVE', 'SUSPENDED', 'CLOSED')), \
             CONSTRAINT crm_partners_merged_into_id_check CHECK (merged_into_id IS NULL OR (merged_into_id <> id AND status = 'CLOSED')), \
             CONSTRAINT crm_partners_currency_id_fkey FOREIGN KEY (tenant_id, currency_id) REFERENCES adm_currencies (tenant_id, id), \
             CONSTRAINT crm_partners_merged_into_id_fkey FOREIGN KEY (tenant_id, merged_into_id) REFERENCES crm_partners (tenant_id, id)",
        )
        .await?;
        live_unique(m, "crm_partners", "code", "tenant_id, code").await?;
        live_unique(m, "crm_partners", "biz_no", "tenant_id, biz_no").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE crm_partners").await
    }
}

struct Contacts;

impl MigrationName for Contacts {
    fn name(&self) -> &'static str {
        "m20261122_000101_crm_partner_contacts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Contacts {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let table = "crm_partner_contacts";
        company_table(
            m,
            table,
            Rows::Kept,
            "partner_id {uuid} NOT NULL, contact_name varchar(100) NOT NULL, position varchar(100), department varchar(100), \
             phone varchar(50), phone_e164 varchar(20), mobile varchar(50), mobile_e164 varchar(20), email varchar(255), \
             contact_type varchar(20), is_primary boolean NOT NULL DEFAULT false, notes text, status varchar(20) NOT NULL DEFAULT 'ACTIVE', \
             CONSTRAINT crm_partner_contacts_phone_check CHECK (phone IS NOT NULL OR mobile IS NOT NULL OR email IS NOT NULL), \
             CONSTRAINT crm_partner_contacts_contact_type_check CHECK (contact_type IN \
               ('SALES', 'PURCHASING', 'ACCOUNTING', 'TECHNICAL', 'MANAGEMENT', 'OTHER')), \
             CONSTRAINT crm_partner_contacts_status_check CHECK (status IN ('ACTIVE', 'INACTIVE')), \
             CONSTRAINT crm_partner_contacts_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id)",
        )
        .await?;
        live_unique(m, table, "contact_name", "tenant_id, partner_id, contact_name").await?;
        live_unique(m, table, "email", "tenant_id, email").await?;
        // one number in two spellings is one number; an expression, so that SQLite too tells the index's name
        live_unique(m, table, "mobile", "tenant_id, lower(mobile_e164)").await?;
        run(
            m,
            "CREATE UNIQUE INDEX crm_partner_contacts_is_primary_key ON crm_partner_contacts (tenant_id, partner_id, is_primary) \
             WHERE is_primary AND deleted_at IS NULL",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE crm_partner_contacts").await
    }
}
