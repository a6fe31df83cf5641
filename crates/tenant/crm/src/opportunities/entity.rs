use kernel::{CodeText, Currency, Day, Memo, Money, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// Where a deal stands on its way.
    pub Stage ("OpportunityStage") { Lead, Qualified, Proposal, Negotiation, Closing, Won, Lost }
    /// What became of it: `OPEN` until it is won, lost or given up.
    pub Status ("OpportunityStatus") { Open, Won, Lost, Cancelled }
    pub LostReason ("OpportunityLostReason") { Price, Competitor, NoBudget, NoDecision, Timing }
}

/// A chance to sell something.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "crm_opportunities")]
#[openapi(rename = "Opportunity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub code: CodeText<50>,
    pub name: Text<200>,
    pub description: Option<Memo>,
    pub partner_id: Option<Uuid>,
    pub contact_id: Option<Uuid>,
    pub stage: Stage,
    pub status: Status,
    pub amount: Money,
    pub currency: Currency,
    #[serde(skip)]
    pub currency_id: Uuid,
    /// The smallest part of the currency, in the units amounts are kept in: KRW 10,000, USD 100.
    #[serde(skip)]
    pub money_unit: i64,
    /// Percent.
    pub win_probability: i32,
    /// Set by hand; otherwise it follows the stage.
    pub is_probability_manual: bool,
    /// Amount × probability, rounded to the currency's smallest part.
    pub expected_revenue: Money,
    pub expected_close_date: Option<Day>,
    pub actual_close_date: Option<Day>,
    pub owner_id: Option<Uuid>,
    pub department_id: Option<Uuid>,
    pub source: Option<Text<50>>,
    pub source_detail: Option<Text<200>>,
    pub product_interest: Option<Text<200>>,
    pub service_interest: Option<Text<200>>,
    pub competitors: Option<Memo>,
    pub our_advantage: Option<Memo>,
    pub lost_reason: Option<LostReason>,
    pub lost_reason_detail: Option<Memo>,
    pub notes: Option<Memo>,
    /// Since when it stands where it stands.
    pub stage_entered_at: Timestamp,
    /// Second of the epoch: days on average are a sum in the database, which knows numbers better than moments.
    #[serde(skip)]
    pub stage_second: i64,
    #[serde(skip)]
    pub opened_second: i64,
    #[serde(skip)]
    pub row_version: i64,
    pub created_at: Timestamp,
    pub created_by: Option<Uuid>,
    pub updated_at: Option<Timestamp>,
    pub updated_by: Option<Uuid>,
    #[serde(skip)]
    pub deleted_at: Option<Timestamp>,
    #[serde(skip)]
    pub deleted_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
