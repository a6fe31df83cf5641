//! Where departments stood by day, and the posts of people.

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, run};

pub(super) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Places), Box::new(Posts)]
}

struct Places;

impl MigrationName for Places {
    fn name(&self) -> &'static str {
        "m20261122_000141_adm_department_places"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Places {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // a place lasts until the next one begins: there is no end that could overlap with it
        company_table(
            m,
            "adm_department_places",
            Rows::Plain,
            "department_id {uuid} NOT NULL, parent_id {uuid}, valid_from {date} NOT NULL, created_by {uuid}, \
             CONSTRAINT adm_department_places_valid_from_key UNIQUE (tenant_id, department_id, valid_from), \
             CONSTRAINT adm_department_places_parent_id_check CHECK (parent_id IS NULL OR parent_id <> department_id), \
             CONSTRAINT adm_department_places_department_id_fkey FOREIGN KEY (tenant_id, department_id) REFERENCES adm_departments (tenant_id, id), \
             CONSTRAINT adm_department_places_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES adm_departments (tenant_id, id)",
        )
        .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE adm_department_places").await
    }
}

struct Posts;

impl MigrationName for Posts {
    fn name(&self) -> &'static str {
        "m20261122_000142_adm_user_posts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Posts {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "adm_user_posts",
            Rows::Kept,
            "user_id {uuid} NOT NULL, department_id {uuid} NOT NULL, position varchar(50), is_primary boolean NOT NULL DEFAULT false, \
             valid_from {date} NOT NULL, valid_to {date}, \
             CONSTRAINT adm_user_posts_valid_to_check CHECK (valid_to IS NULL OR valid_to > valid_from), \
             CONSTRAINT adm_user_posts_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES adm_users (tenant_id, id), \
             CONSTRAINT adm_user_posts_department_id_fkey FOREIGN KEY (tenant_id, department_id) REFERENCES adm_departments (tenant_id, id)",
        )
        .await?;
        run(
            m,
            "CREATE UNIQUE INDEX adm_user_posts_is_primary_key ON adm_user_posts (tenant_id, user_id, is_primary) \
             WHERE is_primary AND valid_to IS NULL AND deleted_at IS NULL",
        )
        .await?;
        run(m, "CREATE INDEX adm_user_posts_user_id_idx ON adm_user_posts (tenant_id, user_id) WHERE deleted_at IS NULL").await?;
        run(m, "CREATE INDEX adm_user_posts_department_id_idx ON adm_user_posts (tenant_id, department_id) WHERE deleted_at IS NULL").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE adm_user_posts").await
    }
}
