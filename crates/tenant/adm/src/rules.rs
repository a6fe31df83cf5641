//! The rules of the company itself: refusals with 409.

kernel::rules! {
    /// The base currency is deleted.
    pub(crate) BASE_CURRENCY = "adm.base_currency",
        "기준 통화는 삭제할 수 없습니다.",
        "The base currency cannot be deleted.";
    /// The decimal places of a currency are changed although there are amounts in it.
    pub(crate) CURRENCY_USED = "adm.currency_used",
        "{code} 금액이 이미 있어 소수 자릿수를 바꿀 수 없습니다.",
        "The decimal places of {code} cannot be changed because there are already amounts in this currency.";
    /// A unit conversion is saved that disagrees with what the other conversions give.
    pub(crate) CONVERSION_CONTRADICTS = "adm.conversion_contradicts",
        "다른 환산과 맞지 않습니다. 다른 환산으로 계산한 값: {follows}",
        "This contradicts the other conversions, which give {follows}.";
    /// A code or a code group that is built in is changed or deleted.
    pub(crate) SYSTEM_CODE = "adm.system_code",
        "기본 제공 코드와 코드 그룹은 수정하거나 삭제할 수 없습니다.",
        "A built-in code or code group cannot be changed or deleted.";
    /// A role that is built in is changed or deleted.
    pub(crate) SYSTEM_ROLE = "adm.system_role",
        "기본 제공 역할은 수정하거나 삭제할 수 없습니다.",
        "A built-in role cannot be changed or deleted.";
    /// A role assignment that was revoked is changed.
    pub(crate) ROLE_REVOKED = "adm.role_revoked",
        "이미 회수된 역할 부여는 수정할 수 없습니다.",
        "A role assignment that was revoked cannot be changed.";
    /// An invitation is sent to a user who has accepted one already, or has never been invited.
    pub(crate) NOT_INVITED = "adm.not_invited",
        "초대 중인 사용자에게만 초대 메일을 보낼 수 있습니다.",
        "An invitation can be sent only to a user with the status INVITED.";
    /// A user without a password is activated.
    pub(crate) NO_PASSWORD = "adm.no_password",
        "비밀번호를 아직 설정하지 않은 사용자는 활성화할 수 없습니다.",
        "A user who has not set a password yet cannot be activated.";
    /// A user gets a second post in the same department at the same time.
    pub(crate) POST_OVERLAPS = "adm.post_overlaps",
        "이 사용자는 같은 부서에 기간이 겹치는 보직이 이미 있습니다.",
        "This user already has a post in the same department during this period.";
    /// A department is moved or merged into itself or into a department below it, on any day.
    pub(crate) DEPARTMENT_CYCLE = "adm.department_cycle",
        "부서를 자기 자신이나 자신의 하위 부서로 옮기거나 병합할 수 없습니다.",
        "A department cannot be moved or merged into itself or a department below it.";
    /// A department is moved from a day before the last move that is on record.
    pub(crate) DEPARTMENT_MOVES_LATER = "adm.department_moves_later",
        "{day}부터의 상위 부서가 이미 정해져 있습니다. 그 날짜나 그 이후의 날짜를 지정하세요.",
        "The parent department from {day} on is already set. Choose that day or a later one.";
    /// A department is moved below one that does not exist on that day.
    pub(crate) DEPARTMENT_CLOSED = "adm.department_closed",
        "그 날짜에 존재하지 않는 상위 부서입니다.",
        "The parent department does not exist on that day.";
    /// A department is closed or merged although another one is scheduled to move below it.
    pub(crate) DEPARTMENT_AWAITED = "adm.department_awaited",
        "이 부서 아래로 이동할 예정인 부서가 있습니다.",
        "Another department is scheduled to move below this one.";
    /// A department is closed that still has departments below it or people in it.
    pub(crate) DEPARTMENT_IN_USE = "adm.department_in_use",
        "하위 부서 {children}개와 구성원 {people}명이 남아 있어 부서를 닫을 수 없습니다. 먼저 다른 부서로 옮기세요.",
        "The department cannot be closed while it has departments below it ({children}) or members ({people}). Move them first.";
    /// A department is moved to another organization.
    pub DEPARTMENT_ORGANIZATION = "adm.department_organization",
        "부서를 다른 조직으로 옮길 수 없습니다.",
        "A department cannot be moved to another organization.";
    /// Something needs the public holidays of a year for which there are none on record.
    pub(crate) CALENDAR_NO_DATA = "adm.calendar_no_data",
        "{year}년의 공휴일 자료가 없습니다.",
        "There is no public holiday data for {year}.";
    /// A setting is changed although there are records that depend on its value.
    pub(crate) SETTING_USED = "adm.setting_used",
        "이 설정에 따라 만든 자료가 있어 바꿀 수 없습니다.",
        "This setting cannot be changed because there are records that depend on it.";
    /// The reset period of a document series is changed after it has given numbers.
    pub(crate) SERIES_IN_USE = "adm.series_in_use",
        "이미 번호를 부여한 문서의 일련번호 초기화 주기는 바꿀 수 없습니다.",
        "The reset period of a series that has already given numbers cannot be changed.";
}
