//! The rules of the provider's people and roles: refusals with 409. Those of the last super administrator and of consents are in
//! `auth::rules`.

kernel::rules! {
    /// A role that is built in is changed or deleted.
    pub(crate) SYSTEM_ROLE = "idam.system_role",
        "기본 제공 역할은 수정하거나 삭제할 수 없습니다.",
        "A built-in role cannot be changed or deleted.";
}
