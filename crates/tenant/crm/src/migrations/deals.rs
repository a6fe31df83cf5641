//! Deals, the way they went, and what is done with customers.

use sea_orm_migration::prelude::*;
use store::migrate::{Rows, company_table, live_unique, run};

pub(super) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Opportunities), Box::new(Activities), Box::new(Story)]
}

struct Opportunities;

impl MigrationName for Opportunities {
    fn name(&self) -> &'static str {
        "m20261122_000120_crm_opportunities"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Opportunities {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // what a deal is worth is computed by the server; here stands the same sum, so that no row can say otherwise
        company_table(
            m,
            "crm_opportunities",
            Rows::Kept,
            "code varchar(50) NOT NULL, name varchar(200) NOT NULL, description text, partner_id {uuid}, contact_id {uuid}, \
             stage varchar(20) NOT NULL DEFAULT 'LEAD', status varchar(20) NOT NULL DEFAULT 'OPEN', amount bigint NOT NULL DEFAULT 0, \
             currency varchar(3) NOT NULL, currency_id {uuid} NOT NULL, money_unit bigint NOT NULL, win_probability integer NOT NULL, \
             is_probability_manual boolean NOT NULL DEFAULT false, expected_revenue bigint NOT NULL, expected_close_date {date}, \
             actual_close_date {date}, owner_id {uuid}, department_id {uuid}, source varchar(50), source_detail varchar(200), \
             product_interest varchar(200), service_interest varchar(200), competitors text, our_advantage text, lost_reason varchar(50), \
             lost_reason_detail text, notes text, stage_entered_at {timestamp} NOT NULL, stage_second bigint NOT NULL, \
             opened_second bigint NOT NULL, \
             CONSTRAINT crm_opportunities_stage_check CHECK (stage IN \
               ('LEAD', 'QUALIFIED', 'PROPOSAL', 'NEGOTIATION', 'CLOSING', 'WON', 'LOST')), \
             CONSTRAINT crm_opportunities_status_check CHECK (CASE WHEN stage IN ('WON', 'LOST') THEN status = stage \
               ELSE status IN ('OPEN', 'CANCELLED') END), \
             CONSTRAINT crm_opportunities_amount_check CHECK (amount >= 0 AND amount % money_unit = 0), \
             CONSTRAINT crm_opportunities_money_unit_check CHECK (money_unit IN (1, 10, 100, 1000, 10000)), \
             CONSTRAINT crm_opportunities_win_probability_check CHECK (CASE status WHEN 'OPEN' THEN win_probability BETWEEN 0 AND 100 \
               WHEN 'WON' THEN win_probability = 100 ELSE win_probability = 0 END), \
             CONSTRAINT crm_opportunities_expected_revenue_check CHECK (expected_revenue = ((amount / money_unit) / 100 * win_probability \
               + ((amount / money_unit) % 100 * win_probability + 50) / 100) * money_unit), \
             CONSTRAINT crm_opportunities_actual_close_date_check CHECK ((status = 'OPEN') = (actual_close_date IS NULL)), \
             CONSTRAINT crm_opportunities_lost_reason_check CHECK ((status = 'LOST') = (lost_reason IS NOT NULL) AND (lost_reason IS NULL \
               OR lost_reason IN ('PRICE', 'COMPETITOR', 'NO_BUDGET', 'NO_DECISION', 'TIMING'))), \
             CONSTRAINT crm_opportunities_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id), \
             CONSTRAINT crm_opportunities_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) \
               REFERENCES crm_partner_contacts (tenant_id, id), \
             CONSTRAINT crm_opportunities_currency_id_fkey FOREIGN KEY (tenant_id, currency_id) REFERENCES adm_currencies (tenant_id, id), \
             CONSTRAINT crm_opportunities_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES adm_users (tenant_id, id), \
             CONSTRAINT crm_opportunities_department_id_fkey FOREIGN KEY (tenant_id, department_id) \
               REFERENCES adm_departments (tenant_id, id)",
        )
        .await?;
        live_unique(m, "crm_opportunities", "code", "tenant_id, code").await?;
        run(m, "CREATE INDEX crm_opportunities_partner_id_idx ON crm_opportunities (tenant_id, partner_id)").await?;
        run(m, "CREATE INDEX crm_opportunities_stage_idx ON crm_opportunities (tenant_id, stage, status) WHERE deleted_at IS NULL").await?;
        company_table(
            m,
            "crm_opportunity_stages",
            Rows::Plain,
            "opportunity_id {uuid} NOT NULL, from_stage varchar(20), stage varchar(20) NOT NULL, entered_at {timestamp} NOT NULL, \
             left_at {timestamp}, entered_by {uuid}, \
             CONSTRAINT crm_opportunity_stages_stage_check CHECK (stage IN \
               ('LEAD', 'QUALIFIED', 'PROPOSAL', 'NEGOTIATION', 'CLOSING', 'WON', 'LOST', 'CANCELLED')), \
             CONSTRAINT crm_opportunity_stages_left_at_check CHECK (left_at >= entered_at), \
             CONSTRAINT crm_opportunity_stages_opportunity_id_fkey FOREIGN KEY (tenant_id, opportunity_id) \
               REFERENCES crm_opportunities (tenant_id, id)",
        )
        .await?;
        // a deal stands at one place
        run(
            m,
            "CREATE UNIQUE INDEX crm_opportunity_stages_opportunity_id_key ON crm_opportunity_stages (tenant_id, opportunity_id) \
             WHERE left_at IS NULL",
        )
        .await?;
        run(m, "CREATE INDEX crm_opportunity_stages_entered_at_idx ON crm_opportunity_stages (tenant_id, opportunity_id, entered_at DESC)")
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE crm_opportunity_stages").await?;
        run(m, "DROP TABLE crm_opportunities").await
    }
}

struct Activities;

impl MigrationName for Activities {
    fn name(&self) -> &'static str {
        "m20261122_000121_crm_activities"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Activities {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "crm_activities",
            Rows::Kept,
            "activity_type varchar(20) NOT NULL, subject varchar(200) NOT NULL, description text, related_to_type varchar(20), \
             partner_id {uuid}, opportunity_id {uuid}, contact_id {uuid}, activity_date {date} NOT NULL, start_time varchar(5), \
             end_time varchar(5), starts_at {timestamp} NOT NULL, duration_minutes integer, location varchar(200), \
             is_online boolean NOT NULL DEFAULT false, meeting_url varchar(500), owner_id {uuid} NOT NULL, participants {json} NOT NULL, \
             status varchar(20) NOT NULL DEFAULT 'PLANNED', priority varchar(20) NOT NULL DEFAULT 'NORMAL', \
             is_completed boolean NOT NULL DEFAULT false, completed_at {timestamp}, completed_by {uuid}, outcome varchar(50), \
             outcome_notes text, is_follow_up_required boolean NOT NULL DEFAULT false, follow_up_date {date}, follow_up_activity_id {uuid}, \
             is_reminder_enabled boolean NOT NULL DEFAULT false, reminder_minutes integer, notes text, \
             CONSTRAINT crm_activities_activity_type_check CHECK (activity_type IN \
               ('CALL', 'EMAIL', 'MEETING', 'DEMO', 'VISIT', 'TASK', 'FOLLOW_UP', 'OTHER')), \
             CONSTRAINT crm_activities_related_to_type_check CHECK (CASE related_to_type WHEN 'PARTNER' THEN partner_id IS NOT NULL \
               WHEN 'OPPORTUNITY' THEN opportunity_id IS NOT NULL WHEN 'CONTACT' THEN contact_id IS NOT NULL \
               ELSE related_to_type IS NULL END), \
             CONSTRAINT crm_activities_end_time_check CHECK (end_time >= start_time), \
             CONSTRAINT crm_activities_duration_minutes_check CHECK (duration_minutes IS NULL \
               OR (duration_minutes >= 0 AND start_time IS NOT NULL AND end_time IS NOT NULL)), \
             CONSTRAINT crm_activities_status_check CHECK (status IN ('PLANNED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED')), \
             CONSTRAINT crm_activities_priority_check CHECK (priority IN ('URGENT', 'HIGH', 'NORMAL', 'LOW')), \
             CONSTRAINT crm_activities_is_completed_check CHECK (is_completed = (status = 'COMPLETED')), \
             CONSTRAINT crm_activities_completed_at_check CHECK ((completed_at IS NOT NULL) = (status = 'COMPLETED')), \
             CONSTRAINT crm_activities_outcome_check CHECK (outcome IN ('SUCCESSFUL', 'UNSUCCESSFUL', 'NO_ANSWER', 'RESCHEDULED')), \
             CONSTRAINT crm_activities_follow_up_date_check CHECK (follow_up_date >= activity_date), \
             CONSTRAINT crm_activities_follow_up_activity_id_check CHECK (follow_up_activity_id <> id), \
             CONSTRAINT crm_activities_reminder_minutes_check CHECK (reminder_minutes > 0), \
             CONSTRAINT crm_activities_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES crm_partners (tenant_id, id), \
             CONSTRAINT crm_activities_opportunity_id_fkey FOREIGN KEY (tenant_id, opportunity_id) \
               REFERENCES crm_opportunities (tenant_id, id), \
             CONSTRAINT crm_activities_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES crm_partner_contacts (tenant_id, id), \
             CONSTRAINT crm_activities_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES adm_users (tenant_id, id), \
             CONSTRAINT crm_activities_follow_up_activity_id_fkey FOREIGN KEY (tenant_id, follow_up_activity_id) \
               REFERENCES crm_activities (tenant_id, id)",
        )
        .await?;
        run(m, "CREATE INDEX crm_activities_partner_id_idx ON crm_activities (tenant_id, partner_id, starts_at DESC, id DESC)").await?;
        run(m, "CREATE INDEX crm_activities_opportunity_id_idx ON crm_activities (tenant_id, opportunity_id)").await?;
        run(m, "CREATE INDEX crm_activities_owner_id_idx ON crm_activities (tenant_id, owner_id, activity_date) WHERE deleted_at IS NULL")
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE crm_activities").await
    }
}

struct Story;

impl MigrationName for Story {
    fn name(&self) -> &'static str {
        "m20261122_000122_crm_timeline"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Story {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // what was changed about a customer is asked of the audit; the index holds the customers' rows only, and costs others nothing
        run(
            m,
            "CREATE INDEX audt_audit_logs_crm_customers_idx ON audt_audit_logs (tenant_id, resource_id, created_at DESC, id DESC) \
             WHERE target = 'crm.customers'",
        )
        .await?;
        run(m, "CREATE INDEX crm_partner_contacts_timeline_idx ON crm_partner_contacts (tenant_id, partner_id, created_at DESC, id DESC)")
            .await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP INDEX crm_partner_contacts_timeline_idx").await?;
        run(m, "DROP INDEX audt_audit_logs_crm_customers_idx").await
    }
}
