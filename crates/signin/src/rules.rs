//! The rules of signing in: refusals with 409.

kernel::rules! {
    /// An administrator resets their own two-factor authentication instead of turning it off with a code.
    pub(crate) OWN_MFA = "auth.own_mfa",
        "자신의 2단계 인증은 여기에서 초기화할 수 없습니다. 인증 코드를 입력하여 직접 끄세요.",
        "You cannot reset your own two-factor authentication here. Turn it off yourself with an authentication code.";
    /// Two-factor authentication is set up although it is turned on already.
    pub(crate) MFA_ENABLED = "auth.mfa_enabled",
        "2단계 인증이 이미 켜져 있습니다.",
        "Two-factor authentication is already turned on.";
}
