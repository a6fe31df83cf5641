use kernel::{Day, DayTime, Memo, Text, Timestamp};
use paperclip::{
    actix::Apiv2Schema,
    v2::models::{DataType, DefaultSchemaRaw},
};
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::json;

resource::words! {
    pub Kind ("ActivityType") { Call, Email, Meeting, Demo, Visit, Task, FollowUp, Other }
    pub Status ("ActivityStatus") { Planned, InProgress, Completed, Cancelled }
    pub Priority ("ActivityPriority") { Urgent, High, Normal, Low }
    pub Outcome ("ActivityOutcome") { Successful, Unsuccessful, NoAnswer, Rescheduled }
    /// Which of the ids it is about first of all.
    pub RelatedTo ("ActivityRelatedTo") { Partner, Opportunity, Contact }
}

/// Somebody who takes part: one of the company's people, a contact, or another by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Text<100>>,
}

/// Who takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Participants(pub Vec<Participant>);

impl paperclip::v2::schema::Apiv2Schema for Participants {
    fn raw_schema() -> DefaultSchemaRaw {
        let id = json!({"type": "string", "format": "uuid"});
        let mut name = json!({"type": "string"});
        if let Some(rules) = name.as_object_mut() {
            rules.extend(kernel::schema::keywords_of(&<Text<100> as paperclip::v2::schema::Apiv2Schema>::raw_schema()));
        }
        // each is one thing: a user, a contact, or a name
        let item = json!({
            "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
            "properties": {"user_id": id, "contact_id": id, "name": name},
        });
        kernel::schema::with_keywords(
            DataType::Array,
            &json!({"items": item, "maxItems": 100, "uniqueItems": true}),
            json!([{"name": "박부장 (외부)"}]),
        )
    }
}

/// Something done with a customer: a call, a visit, a task.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "crm_activities")]
#[openapi(rename = "Activity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub activity_type: Kind,
    pub subject: Text<200>,
    pub description: Option<Memo>,
    pub related_to_type: Option<RelatedTo>,
    pub partner_id: Option<Uuid>,
    pub opportunity_id: Option<Uuid>,
    pub contact_id: Option<Uuid>,
    pub activity_date: Day,
    pub start_time: Option<DayTime>,
    pub end_time: Option<DayTime>,
    /// Day and time as a moment; without a time the day's beginning.
    pub starts_at: Timestamp,
    /// From start to end.
    pub duration_minutes: Option<i32>,
    pub location: Option<Text<200>>,
    pub is_online: bool,
    pub meeting_url: Option<Text<500>>,
    /// Who does it.
    pub owner_id: Uuid,
    pub participants: Participants,
    pub status: Status,
    pub priority: Priority,
    pub is_completed: bool,
    pub completed_at: Option<Timestamp>,
    pub completed_by: Option<Uuid>,
    pub outcome: Option<Outcome>,
    pub outcome_notes: Option<Memo>,
    pub is_follow_up_required: bool,
    pub follow_up_date: Option<Day>,
    /// What its completion has made.
    pub follow_up_activity_id: Option<Uuid>,
    pub is_reminder_enabled: bool,
    /// Before it starts.
    pub reminder_minutes: Option<i32>,
    pub notes: Option<Memo>,
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
