//! The rules of policies and assessments: refusals with 409. Those of dead letters are in `flows::rules`.

kernel::rules! {
    /// A policy is changed or deleted that is not a draft.
    pub(crate) POLICY_FIXED = "audt.policy_fixed",
        "초안인 정책만 수정하거나 삭제할 수 있습니다. 새 버전을 만드세요.",
        "Only a draft policy can be changed or deleted. Create a new version instead.";
    /// An assessment is changed or deleted that is not a draft.
    pub(crate) COMPLIANCE_FIXED = "audt.compliance_fixed",
        "초안인 점검만 수정하거나 삭제할 수 있습니다.",
        "Only a draft assessment can be changed or deleted.";
}
