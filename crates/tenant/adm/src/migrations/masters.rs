//! What money, stock and selling build on: currencies and rates, units and conversions, payment terms, codes,
//! the company's own days.

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, live_unique, run};

pub(super) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Currencies), Box::new(Units), Box::new(Terms), Box::new(Codes), Box::new(Holidays)]
}

async fn drop(m: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables {
        run(m, &format!("DROP TABLE {table}")).await?;
    }
    Ok(())
}

struct Currencies;

impl MigrationName for Currencies {
    fn name(&self) -> &'static str {
        "m20261122_000030_adm_currencies"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Currencies {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "adm_currencies",
            Rows::Kept,
            "code varchar(3) NOT NULL, name varchar(100) NOT NULL, symbol varchar(10), decimal_places integer NOT NULL DEFAULT 2, \
             is_base boolean NOT NULL DEFAULT false, is_active boolean NOT NULL DEFAULT true, sort_order integer NOT NULL DEFAULT 0, \
             CONSTRAINT adm_currencies_decimal_places_check CHECK (decimal_places BETWEEN 0 AND 4), \
             CONSTRAINT adm_currencies_is_active_check CHECK (is_active OR NOT is_base)",
        )
        .await?;
        live_unique(m, "adm_currencies", "code", "tenant_id, code").await?;
        run(
            m,
            "CREATE UNIQUE INDEX adm_currencies_is_base_key ON adm_currencies (tenant_id, is_base) WHERE is_base AND deleted_at IS NULL",
        )
        .await?;
        company_table(
            m,
            "adm_exchange_rates",
            Rows::Kept,
            "from_currency_id {uuid} NOT NULL, to_currency_id {uuid} NOT NULL, from_currency varchar(3) NOT NULL, to_currency varchar(3) NOT NULL, \
             rate_type varchar(20) NOT NULL DEFAULT 'SPOT', rate bigint NOT NULL, valid_from {date} NOT NULL, source varchar(100), \
             CONSTRAINT adm_exchange_rates_rate_check CHECK (rate > 0), \
             CONSTRAINT adm_exchange_rates_to_currency_check CHECK (to_currency <> from_currency), \
             CONSTRAINT adm_exchange_rates_rate_type_check CHECK (rate_type IN ('SPOT', 'BUYING', 'SELLING', 'CUSTOMS', 'AVERAGE')), \
             CONSTRAINT adm_exchange_rates_from_currency_id_fkey FOREIGN KEY (tenant_id, from_currency_id) REFERENCES adm_currencies (tenant_id, id), \
             CONSTRAINT adm_exchange_rates_to_currency_id_fkey FOREIGN KEY (tenant_id, to_currency_id) REFERENCES adm_currencies (tenant_id, id)",
        )
        .await?;
        live_unique(m, "adm_exchange_rates", "valid_from", "tenant_id, from_currency, to_currency, rate_type, valid_from").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop(m, &["adm_exchange_rates", "adm_currencies"]).await
    }
}

struct Units;

impl MigrationName for Units {
    fn name(&self) -> &'static str {
        "m20261122_000031_adm_units"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Units {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "adm_units",
            Rows::Kept,
            "code varchar(20) NOT NULL, name varchar(50) NOT NULL, unit_type varchar(20) NOT NULL, decimal_places integer NOT NULL DEFAULT 0, \
             is_base boolean NOT NULL DEFAULT false, is_active boolean NOT NULL DEFAULT true, sort_order integer NOT NULL DEFAULT 0, \
             CONSTRAINT adm_units_unit_type_check CHECK (unit_type IN ('WEIGHT', 'LENGTH', 'VOLUME', 'COUNT', 'AREA', 'TIME')), \
             CONSTRAINT adm_units_decimal_places_check CHECK (decimal_places BETWEEN 0 AND 4)",
        )
        .await?;
        live_unique(m, "adm_units", "code", "tenant_id, lower(code)").await?;
        run(m, "CREATE UNIQUE INDEX adm_units_is_base_key ON adm_units (tenant_id, unit_type) WHERE is_base AND deleted_at IS NULL")
            .await?;
        company_table(
            m,
            "adm_unit_conversions",
            Rows::Kept,
            "from_unit_id {uuid} NOT NULL, to_unit_id {uuid} NOT NULL, numerator bigint NOT NULL, denominator bigint NOT NULL DEFAULT 1, \
             CONSTRAINT adm_unit_conversions_numerator_check CHECK (numerator > 0), \
             CONSTRAINT adm_unit_conversions_denominator_check CHECK (denominator > 0), \
             CONSTRAINT adm_unit_conversions_to_unit_id_check CHECK (to_unit_id <> from_unit_id), \
             CONSTRAINT adm_unit_conversions_from_unit_id_fkey FOREIGN KEY (tenant_id, from_unit_id) REFERENCES adm_units (tenant_id, id), \
             CONSTRAINT adm_unit_conversions_to_unit_id_fkey FOREIGN KEY (tenant_id, to_unit_id) REFERENCES adm_units (tenant_id, id)",
        )
        .await?;
        live_unique(m, "adm_unit_conversions", "to_unit_id", "tenant_id, from_unit_id, to_unit_id").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop(m, &["adm_unit_conversions", "adm_units"]).await
    }
}

struct Terms;

impl MigrationName for Terms {
    fn name(&self) -> &'static str {
        "m20261122_000032_adm_payment_terms"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Terms {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "adm_payment_terms",
            Rows::Kept,
            "code varchar(20) NOT NULL, name varchar(100) NOT NULL, description text, due_rule varchar(20) NOT NULL, \
             months integer NOT NULL DEFAULT 0, days integer NOT NULL DEFAULT 0, day_of_month integer, adjustment varchar(20) NOT NULL DEFAULT 'NONE', \
             discount_days integer, discount_percent bigint, is_active boolean NOT NULL DEFAULT true, \
             CONSTRAINT adm_payment_terms_due_rule_check CHECK (due_rule IN ('DAYS', 'END_OF_MONTH', 'DAY_OF_MONTH')), \
             CONSTRAINT adm_payment_terms_adjustment_check CHECK (adjustment IN ('NONE', 'FOLLOWING', 'PRECEDING')), \
             CONSTRAINT adm_payment_terms_months_check CHECK (months BETWEEN 0 AND 24), \
             CONSTRAINT adm_payment_terms_days_check CHECK (days BETWEEN 0 AND 365), \
             CONSTRAINT adm_payment_terms_day_of_month_check CHECK ((due_rule = 'DAY_OF_MONTH') = (day_of_month IS NOT NULL) AND (day_of_month IS NULL OR day_of_month BETWEEN 1 AND 31)), \
             CONSTRAINT adm_payment_terms_discount_days_check CHECK (discount_days IS NULL OR discount_days BETWEEN 0 AND 365), \
             CONSTRAINT adm_payment_terms_discount_percent_check CHECK ((discount_days IS NULL) = (discount_percent IS NULL) AND (discount_percent IS NULL OR (discount_percent > 0 AND discount_percent < 10000000000)))",
        )
        .await?;
        live_unique(m, "adm_payment_terms", "code", "tenant_id, code").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop(m, &["adm_payment_terms"]).await
    }
}

struct Codes;

impl MigrationName for Codes {
    fn name(&self) -> &'static str {
        "m20261122_000033_adm_codes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Codes {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let body = "name varchar(100) NOT NULL, description text, is_system boolean NOT NULL DEFAULT false, \
                    is_active boolean NOT NULL DEFAULT true, sort_order integer NOT NULL DEFAULT 0";
        company_table(m, "adm_code_groups", Rows::Kept, &format!("code varchar(50) NOT NULL, {body}")).await?;
        live_unique(m, "adm_code_groups", "code", "tenant_id, code").await?;
        company_table(
            m,
            "adm_codes",
            Rows::Kept,
            &format!(
                "group_id {{uuid}} NOT NULL, code varchar(50) NOT NULL, {body}, \
                 CONSTRAINT adm_codes_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES adm_code_groups (tenant_id, id)"
            ),
        )
        .await?;
        live_unique(m, "adm_codes", "code", "tenant_id, group_id, code").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop(m, &["adm_codes", "adm_code_groups"]).await
    }
}

struct Holidays;

impl MigrationName for Holidays {
    fn name(&self) -> &'static str {
        "m20261122_000034_adm_holidays"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Holidays {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let body = "date {date} NOT NULL, name varchar(100) NOT NULL, is_working_day_override boolean NOT NULL DEFAULT false";
        company_table(m, "adm_holidays", Rows::Kept, body).await?;
        live_unique(m, "adm_holidays", "date", "tenant_id, date").await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        drop(m, &["adm_holidays"]).await
    }
}
