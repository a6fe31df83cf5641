//! `audt_policies`, `audt_alerts`, `audt_compliances` in `mgmt_db`.

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, live_unique, platform_table, run};

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Audt)]
}

struct Audt;

impl MigrationName for Audt {
    fn name(&self) -> &'static str {
        "m20261122_000002_audt"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Audt {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        platform_table(
            m,
            "audt_policies",
            Rows::Kept,
            "policy_name varchar(200) NOT NULL, policy_type varchar(50) NOT NULL, policy_category varchar(50) NOT NULL, description text, \
             rules {json} NOT NULL, apply_to_all_tenants boolean NOT NULL DEFAULT true, tenant_ids {json}, effective_date {date} NOT NULL, \
             expiry_date {date}, enforcement_level varchar(20) NOT NULL DEFAULT 'MANDATORY', version varchar(20) NOT NULL, \
             previous_version_id {uuid}, approved_at {timestamp}, approved_by varchar(100), status varchar(20) NOT NULL DEFAULT 'DRAFT', \
             CONSTRAINT audt_policies_expiry_date_check CHECK (expiry_date IS NULL OR expiry_date >= effective_date), \
             CONSTRAINT audt_policies_tenant_ids_check CHECK (apply_to_all_tenants = (tenant_ids IS NULL)), \
             CONSTRAINT audt_policies_status_check CHECK (status IN ('DRAFT', 'PENDING_APPROVAL', 'ACTIVE', 'ARCHIVED')), \
             CONSTRAINT audt_policies_previous_version_id_fkey FOREIGN KEY (previous_version_id) REFERENCES audt_policies (id)",
        )
        .await?;
        live_unique(m, "audt_policies", "version", "policy_name, version").await?;
        platform_table(
            m,
            "audt_alerts",
            Rows::Kept,
            "policy_id {uuid} NOT NULL, tenant_id {uuid}, kind varchar(100) NOT NULL, count integer NOT NULL, within_minutes integer NOT NULL, \
             status varchar(20) NOT NULL DEFAULT 'OPEN', \
             CONSTRAINT audt_alerts_status_check CHECK (status IN ('OPEN', 'ACKNOWLEDGED')), \
             CONSTRAINT audt_alerts_policy_id_fkey FOREIGN KEY (policy_id) REFERENCES audt_policies (id)",
        )
        .await?;
        platform_table(
            m,
            "audt_compliances",
            Rows::Kept,
            "report_type varchar(50) NOT NULL, report_name varchar(200) NOT NULL, start_date {date} NOT NULL, close_date {date} NOT NULL, \
             generated_at {timestamp} NOT NULL, generated_by {uuid}, scope varchar(50) NOT NULL DEFAULT 'ALL_TENANTS', tenant_ids {json}, \
             compliance_status varchar(20) NOT NULL, findings_count integer NOT NULL DEFAULT 0, critical_count integer NOT NULL DEFAULT 0, \
             findings {json} NOT NULL, approved_at {timestamp}, approved_by varchar(100), status varchar(20) NOT NULL DEFAULT 'DRAFT', \
             CONSTRAINT audt_compliances_critical_count_check CHECK (critical_count <= findings_count AND critical_count >= 0), \
             CONSTRAINT audt_compliances_close_date_check CHECK (close_date >= start_date), \
             CONSTRAINT audt_compliances_tenant_ids_check CHECK ((scope = 'SPECIFIC_TENANT') = (tenant_ids IS NOT NULL)), \
             CONSTRAINT audt_compliances_status_check CHECK (status IN ('DRAFT', 'PENDING_REVIEW', 'APPROVED', 'PUBLISHED'))",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["audt_compliances", "audt_alerts", "audt_policies"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
