//! The rules of administrators and of impersonation: refusals with 409.

kernel::rules! {
    /// The provider's staff wants to act as somebody of a company that has not consented.
    pub(crate) NO_CONSENT = "idam.no_consent",
        "고객사가 동의하지 않은 대리 접속입니다. 먼저 고객사의 동의를 받으세요.",
        "The company has not consented to this impersonation. Ask the company for its consent first.";
    /// The last super administrator is deleted, deactivated or loses the role.
    pub(crate) LAST_SUPER_ADMIN = "idam.last_super_admin",
        "마지막 최고 관리자는 삭제하거나 비활성화할 수 없고 역할을 회수할 수도 없습니다. 먼저 다른 최고 관리자를 지정하세요.",
        "The last super administrator cannot be deleted or deactivated, or lose the role. Appoint another super administrator first.";
    /// The last administrator of a company is deleted, deactivated or loses the role.
    pub(crate) LAST_ADMIN = "adm.last_admin",
        "마지막 관리자는 삭제하거나 비활성화할 수 없고 역할을 회수할 수도 없습니다. 먼저 다른 관리자를 지정하세요.",
        "The last administrator cannot be deleted or deactivated, or lose the role. Appoint another administrator first.";
}
