//! The rules of signing in and of administrators: refusals with 409.

kernel::rules! {
    /// An administrator resets their own two-factor authentication instead of turning it off with a code.
    pub(crate) OWN_MFA = "auth.own_mfa",
        "자신의 2단계 인증은 여기에서 초기화할 수 없습니다. 인증 코드를 입력하여 직접 끄세요.",
        "You cannot reset your own two-factor authentication here. Turn it off yourself with an authentication code.";
    /// Two-factor authentication is set up although it is turned on already.
    pub(crate) MFA_ENABLED = "auth.mfa_enabled",
        "2단계 인증이 이미 켜져 있습니다.",
        "Two-factor authentication is already turned on.";
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
