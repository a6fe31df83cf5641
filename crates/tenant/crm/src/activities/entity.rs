use kernel::{Day, DayTime, Memo, Text, Timestamp};
use macros::record;
use paperclip::v2::models::{DataType, DefaultSchemaRaw};
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::json;

resource::string_enum! {
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
#[record(table = "crm_activities", schema = "Activity")]
pub struct Model {
    /// 활동 유형 | Activity type
    #[api(create, update, filter)]
    pub activity_type: Kind,
    /// 제목 | Subject
    #[api(create, update)]
    pub subject: Text<200>,
    /// 설명 | Description
    #[api(create, update)]
    pub description: Option<Memo>,
    /// 관련 대상 | Related to
    #[api(create(text = "The closest of the ids when left out."), filter(null))]
    pub related_to_type: Option<RelatedTo>,
    /// 거래처 | Partner
    #[api(create(text = "The opportunity's or the contact's when left out."), update, filter(null))]
    pub partner_id: Option<Uuid>,
    /// 영업 기회 | Opportunity
    #[api(create, update, filter(null))]
    pub opportunity_id: Option<Uuid>,
    /// 고객 담당자 | Contact
    #[api(create, update, filter(null))]
    pub contact_id: Option<Uuid>,
    /// 활동일 | Activity date
    #[api(create, update, filter)]
    pub activity_date: Day,
    /// 시작 시각 | Start time
    #[api(create, update)]
    pub start_time: Option<DayTime>,
    /// 종료 시각 | End time
    #[api(create, update)]
    pub end_time: Option<DayTime>,
    /// 시작 일시 | Starts
    ///
    /// Day and time as a moment; without a time the day's beginning.
    pub starts_at: Timestamp,
    /// 소요 시간(분) | Duration (minutes)
    ///
    /// From start to end.
    pub duration_minutes: Option<i32>,
    /// 장소 | Location
    #[api(create, update)]
    pub location: Option<Text<200>>,
    /// 온라인 | Online
    #[api(create(optional), update)]
    pub is_online: bool,
    /// 회의 주소 | Meeting URL
    #[api(create, update)]
    pub meeting_url: Option<Text<500>>,
    /// 담당자 | Owner
    ///
    /// Who does it.
    #[api(create(optional, text = "The caller when left out."), update, filter)]
    pub owner_id: Uuid,
    /// 참석자 | Participants
    #[api(create(optional), update)]
    pub participants: Participants,
    /// 상태 | Status
    #[api(filter)]
    pub status: Status,
    /// 우선순위 | Priority
    #[api(create(optional), update, filter)]
    pub priority: Priority,
    /// 완료 | Completed
    #[api(filter)]
    pub is_completed: bool,
    /// 완료 일시 | Completed at
    pub completed_at: Option<Timestamp>,
    /// 완료자 | Completed by
    pub completed_by: Option<Uuid>,
    /// 결과 | Outcome
    #[api(update(text = "Of one that is completed."))]
    pub outcome: Option<Outcome>,
    /// 결과 메모 | Outcome notes
    #[api(update(text = "Of one that is completed."))]
    pub outcome_notes: Option<Memo>,
    /// 후속 활동 필요 | Follow-up required
    #[api(create(optional), update, filter)]
    pub is_follow_up_required: bool,
    /// 후속 활동일 | Follow-up date
    #[api(create(text = "Not before the activity itself."), update)]
    pub follow_up_date: Option<Day>,
    /// 후속 활동 | Follow-up activity
    ///
    /// What its completion has made.
    pub follow_up_activity_id: Option<Uuid>,
    /// 알림 | Reminder
    #[api(create(optional), update)]
    pub is_reminder_enabled: bool,
    /// 알림(분 전) | Reminder (minutes before)
    ///
    /// Before it starts.
    #[api(create, update)]
    pub reminder_minutes: Option<i32>,
    /// 메모 | Notes
    #[api(create, update)]
    pub notes: Option<Memo>,
}
