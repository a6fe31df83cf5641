//! The rules of replaying dead letters: refusals with 409.

kernel::rules! {
    /// A dead letter is replayed whose consumer does not exist any more.
    pub(crate) CONSUMER_GONE = "audt.reader_gone",
        "이 이벤트를 처리하던 수신자가 더 이상 없습니다.",
        "The consumer of this event no longer exists.";
    /// A dead letter is replayed whose event is not kept any more.
    pub(crate) EVENT_GONE = "audt.event_gone",
        "보존 기간이 지나 더 이상 보관하지 않는 이벤트입니다.",
        "The event is past its retention period and is no longer kept.";
    /// A dead letter is replayed and fails again.
    pub(crate) STILL_FAILING = "audt.still_failing",
        "이벤트를 다시 처리하지 못했습니다. reason에서 원인을 확인하세요.",
        "Processing the event failed again. See reason for the cause.";
}
