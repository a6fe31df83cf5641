//! `tnnt_tenants`, `tnnt_onboardings` in `mgmt_db`.

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, live_unique, platform_table, run};

pub fn manager() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Tenants)]
}

struct Tenants;

impl MigrationName for Tenants {
    fn name(&self) -> &'static str {
        "m20261121_000002_tnnt_tenants"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tenants {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        platform_table(
            m,
            "tnnt_tenants",
            Rows::Kept,
            "code varchar(20) NOT NULL, name varchar(100) NOT NULL, type varchar(20) NOT NULL DEFAULT 'STANDARD', biz_no varchar(20), \
             biz_name varchar(200), biz_type char(1) DEFAULT 'C', ceo_name varchar(50), biz_kind varchar(100), biz_item varchar(100), \
             postcode varchar(10), address1 varchar(100), address2 varchar(100), phone_no varchar(50), \
             employee_count integer NOT NULL DEFAULT 0, start_date {date} NOT NULL, close_date {date}, \
             timezone varchar(50) NOT NULL DEFAULT 'Asia/Seoul', locale varchar(10) NOT NULL DEFAULT 'ko-KR', \
             currency char(3) NOT NULL DEFAULT 'KRW', extra_data {json} NOT NULL DEFAULT '{}', status varchar(20) NOT NULL DEFAULT 'ACTIVE', \
             is_suspended boolean NOT NULL DEFAULT false, suspended_reason text, suspended_date {timestamp}, \
             CONSTRAINT tnnt_tenants_type_check CHECK (type IN ('TRIAL', 'STANDARD', 'PREMIUM', 'ENTERPRISE')), \
             CONSTRAINT tnnt_tenants_status_check CHECK (status IN ('TRIAL', 'ACTIVE', 'SUSPENDED', 'TERMINATED')), \
             CONSTRAINT tnnt_tenants_biz_type_check CHECK (biz_type IN ('C', 'S')), \
             CONSTRAINT tnnt_tenants_employee_count_check CHECK (employee_count >= 0), \
             CONSTRAINT tnnt_tenants_close_date_check CHECK (close_date IS NULL OR close_date >= start_date), \
             CONSTRAINT tnnt_tenants_suspended_date_check CHECK (is_suspended = (status = 'SUSPENDED') AND (NOT is_suspended OR suspended_date IS NOT NULL))",
        )
        .await?;
        live_unique(m, "tnnt_tenants", "code", "code").await?;
        live_unique(m, "tnnt_tenants", "biz_no", "biz_no").await?;
        platform_table(
            m,
            "tnnt_onboardings",
            Rows::Plain,
            "tenant_id {uuid} NOT NULL, step_name varchar(50) NOT NULL, step_order integer NOT NULL, \
             step_status varchar(20) NOT NULL DEFAULT 'PENDING', started_at {timestamp}, completed_at {timestamp}, error_message text, \
             retry_count integer NOT NULL DEFAULT 0, step_data {json} NOT NULL, \
             CONSTRAINT tnnt_onboardings_step_key UNIQUE (tenant_id, step_name), \
             CONSTRAINT tnnt_onboardings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tnnt_tenants (id), \
             CONSTRAINT tnnt_onboardings_step_name_check CHECK (step_name IN ('REGISTRATION', 'EMAIL_VERIFICATION', 'SCHEMA_CREATION', 'INITIAL_SETUP', 'DATA_MIGRATION', 'CONFIGURATION', 'COMPLETED')), \
             CONSTRAINT tnnt_onboardings_completed_at_check CHECK (step_status <> 'COMPLETED' OR completed_at IS NOT NULL)",
        )
        .await?;
        run(m, "CREATE INDEX tnnt_onboardings_waiting_idx ON tnnt_onboardings (tenant_id) WHERE step_status <> 'COMPLETED'").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE tnnt_onboardings").await?;
        run(m, "DROP TABLE tnnt_tenants").await
    }
}
