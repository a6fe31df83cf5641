//! The rules of customers, opportunities and activities: refusals with 409.

kernel::rules! {
    /// A customer that was merged into another one is changed, used or merged again.
    pub(crate) MERGED = "crm.merged",
        "다른 고객으로 병합된 고객입니다. 병합된 고객(merged_into_id)을 사용하세요.",
        "This customer was merged into another one. Use the customer in merged_into_id instead.";
    /// A merge is undone of a customer that nothing was merged into.
    pub(crate) NOT_MERGED = "crm.not_merged",
        "되돌릴 병합이 없습니다.",
        "There is no merge to undo.";
    /// An opportunity that was won is deleted.
    pub(crate) OPPORTUNITY_WON = "crm.opportunity_won",
        "수주한 영업기회는 삭제할 수 없습니다.",
        "An opportunity that was won cannot be deleted.";
    /// Other fields than names and notes are changed in an opportunity that is won, lost or cancelled.
    pub(crate) OPPORTUNITY_CLOSED = "crm.opportunity_closed",
        "종료된 영업기회는 이름, 설명, 메모 같은 항목만 수정할 수 있습니다.",
        "Only descriptive fields, such as the name and notes, can be changed in an opportunity that is closed.";
    /// The customer of an opportunity is changed although there are activities with that customer.
    pub(crate) OPPORTUNITY_HAS_ACTIVITIES = "crm.opportunity_has_activities",
        "활동이 있는 영업기회의 고객은 바꿀 수 없습니다.",
        "The customer of an opportunity that has activities cannot be changed.";
    /// Other fields than texts and results are changed in an activity that is completed or cancelled.
    pub(crate) ACTIVITY_OVER = "crm.activity_over",
        "완료되거나 취소된 활동은 제목, 장소, 설명, 결과, 메모만 수정할 수 있습니다.",
        "Only the subject, location, description, outcome and notes of a completed or cancelled activity can be changed.";
    /// The outcome of an activity is entered before it is completed.
    pub(crate) ACTIVITY_NOT_COMPLETED = "crm.activity_not_completed",
        "결과는 완료된 활동에만 입력할 수 있습니다. 먼저 활동을 완료하세요.",
        "The outcome can be entered only for a completed activity. Complete the activity first.";
}
