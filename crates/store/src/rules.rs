//! The rules that the databases enforce: refusals with 409.

kernel::rules! {
    /// Another record has a value that must be unique.
    pub UNIQUE = "unique",
        "이미 사용 중인 값입니다: {field}",
        "This value is already in use: {field}";
    /// A foreign key does not hold: what is referred to does not exist, or what is deleted is still referred to.
    pub(crate) REFERENCE = "reference",
        "참조하는 자료가 없거나, 다른 자료가 이 자료를 참조하고 있습니다.",
        "A record that is referred to does not exist, or other records still refer to this one.";
    /// Another transaction has the row locked for too long.
    pub(crate) BUSY = "busy",
        "다른 요청이 같은 자료를 처리하고 있습니다. 잠시 후 다시 시도하세요.",
        "Another request is working on the same record. Try again in a moment.";
}
