//! `adm_organizations`, `adm_departments`, `adm_settings` in `tnnt_db`. (`adm_users` and
//! `adm_roles` are made by the crate `auth`, after these.) The masters of trade are in [`masters`], what
//! departments and posts have by day in [`departments`].

mod departments;
mod keys;
mod masters;

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, is_postgres, live_unique, run};

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    let mut all: Vec<Box<dyn MigrationTrait>> = vec![Box::new(Masters), Box::new(Managers)];
    all.extend(masters::all());
    all.extend(departments::all());
    all.push(Box::new(keys::Keys));
    all
}

struct Masters;

impl MigrationName for Masters {
    fn name(&self) -> &'static str {
        "m20261121_000003_adm_organizations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Masters {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "adm_organizations",
            Rows::Kept,
            "no bigint NOT NULL, name varchar(200) NOT NULL, name_key varchar(200), description text, code varchar(20), biz_no varchar(20), sub_biz_no varchar(4), \
             ceo_name varchar(50), biz_kind varchar(100), biz_item varchar(100), postcode varchar(10), address1 varchar(100), \
             address2 varchar(100), phone varchar(50), fax varchar(50), email varchar(255), \
             is_headquarters boolean NOT NULL DEFAULT false, status varchar(20) NOT NULL DEFAULT 'ACTIVE', \
             CONSTRAINT adm_organizations_no_key UNIQUE (tenant_id, no), \
             CONSTRAINT adm_organizations_status_check CHECK (status IN ('ACTIVE', 'INACTIVE', 'CLOSED'))",
        )
        .await?;
        live_unique(m, "adm_organizations", "name", "tenant_id, name_key").await?;
        live_unique(m, "adm_organizations", "code", "tenant_id, code").await?;
        live_unique(m, "adm_organizations", "biz_no", "tenant_id, biz_no").await?;
        run(m, "CREATE UNIQUE INDEX adm_organizations_is_headquarters_key ON adm_organizations (tenant_id, is_headquarters) WHERE is_headquarters AND deleted_at IS NULL").await?;
        // SQLite cannot add a foreign key later, but lets one name a table that is still to come
        let manager = if is_postgres(m) {
            ""
        } else {
            ", CONSTRAINT adm_departments_manager_id_fkey FOREIGN KEY (tenant_id, manager_id) REFERENCES adm_users (tenant_id, id)"
        };
        company_table(
            m,
            "adm_departments",
            Rows::Kept,
            &format!(
                "no bigint NOT NULL, organization_id {{uuid}} NOT NULL, parent_id {{uuid}}, code varchar(20) NOT NULL, name varchar(100) NOT NULL, name_key varchar(100), \
                 description text, manager_id {{uuid}}, sort_order integer NOT NULL DEFAULT 0, valid_from {{date}} NOT NULL, valid_to {{date}}, \
                 CONSTRAINT adm_departments_no_key UNIQUE (tenant_id, no), \
                 CONSTRAINT adm_departments_valid_to_check CHECK (valid_to IS NULL OR valid_to > valid_from), \
                 CONSTRAINT adm_departments_parent_id_check CHECK (parent_id IS NULL OR parent_id <> id), \
                 CONSTRAINT adm_departments_organization_id_fkey FOREIGN KEY (tenant_id, organization_id) REFERENCES adm_organizations (tenant_id, id), \
                 CONSTRAINT adm_departments_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES adm_departments (tenant_id, id){manager}"
            ),
        )
        .await?;
        live_unique(m, "adm_departments", "code", "tenant_id, code").await?;
        // siblings: below the same parent, or both directly below the same organization
        live_unique(m, "adm_departments", "name", "tenant_id, COALESCE(parent_id, organization_id), name_key").await?;
        company_table(
            m,
            "adm_settings",
            Rows::Kept,
            "category varchar(50) NOT NULL, key varchar(100) NOT NULL, value {json} NOT NULL, description text",
        )
        .await?;
        live_unique(m, "adm_settings", "key", "tenant_id, category, key").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in ["adm_settings", "adm_departments", "adm_organizations"] {
            run(m, &format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}

/// A department's manager is one of the people, whose table comes after the departments'.
struct Managers;

impl MigrationName for Managers {
    fn name(&self) -> &'static str {
        "m20261121_000005_adm_department_managers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Managers {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        if is_postgres(m) {
            run(m, "ALTER TABLE adm_departments ADD CONSTRAINT adm_departments_manager_id_fkey FOREIGN KEY (tenant_id, manager_id) REFERENCES adm_users (tenant_id, id)").await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        if is_postgres(m) {
            run(m, "ALTER TABLE adm_departments DROP CONSTRAINT adm_departments_manager_id_fkey").await?;
        }
        Ok(())
    }
}
