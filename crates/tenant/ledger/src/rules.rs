//! The rules of the ledger: refusals with 409. Their names say `fim`, as the URLs do.

kernel::rules! {
    /// An account is moved below itself.
    pub(crate) ACCOUNT_CYCLE = "fim.account_cycle",
        "계정을 자기 자신이나 자신의 하위 계정 아래로 옮길 수 없습니다.",
        "An account cannot be moved below itself or one of its own sub-accounts.";
    /// The currency or the use of an account is changed that lines, documents or budgets refer to.
    pub(crate) ACCOUNT_USED = "fim.account_used",
        "사용 중인 계정은 통화, 전기 가능 여부, 현금·예금 구분을 바꿀 수 없습니다.",
        "The currency of an account that is in use cannot be changed, nor whether it allows posting or is a cash or bank account.";
    /// An account that documents post to by its role is deleted, deactivated or closed for posting.
    pub(crate) ACCOUNT_HAS_ROLE = "fim.account_has_role",
        "자동 전기에 쓰이는 계정은 삭제하거나 사용 중지할 수 없고, 전기를 막을 수도 없습니다. 이름은 바꿀 수 있습니다.",
        "An account that is used for automatic posting cannot be deleted, deactivated or closed for posting. It can be renamed.";
    /// An account with accounts below it is opened for posting.
    pub(crate) ACCOUNT_HAS_CHILDREN = "fim.account_has_children",
        "하위 계정이 있는 계정에는 전기를 허용할 수 없습니다.",
        "An account that has sub-accounts cannot be opened for posting.";
    /// Something is posted by a role that no account has.
    pub(crate) NO_ACCOUNT_FOR_ROLE = "fim.no_account_for_role",
        "{role} 역할의 계정이 없습니다.",
        "There is no account with the role {role}.";
    /// A posting goes beyond a budget of a company that blocks such postings.
    pub(crate) BUDGET_EXCEEDED = "fim.budget_exceeded",
        "예산을 초과합니다. 사용할 수 있는 금액은 {available}입니다.",
        "This exceeds the budget. The amount still available is {available}.";
    /// A budget is changed or deleted that is not a draft.
    pub(crate) BUDGET_APPROVED = "fim.budget_approved",
        "초안인 예산만 수정하거나 삭제할 수 있습니다.",
        "Only a draft budget can be changed or deleted.";
    /// An entry is reversed by hand that only its document may reverse.
    pub(crate) ENTRY_OF_DOCUMENT = "fim.entry_of_document",
        "문서에서 전기된 전표는 직접 역분개할 수 없습니다. 해당 문서({document})에서 취소, 수정 또는 역분개하세요.",
        "This entry was posted by a document and cannot be reversed by hand. Cancel, amend or reverse the document ({document}) instead.";
    /// A reversing entry is reversed.
    pub(crate) IS_REVERSAL = "fim.is_reversal",
        "역분개 전표는 다시 역분개할 수 없습니다. 새 전표를 작성하세요.",
        "A reversing entry cannot be reversed. Create a new entry instead.";
    /// An entry is posted into a month that is not there.
    pub(crate) NO_PERIOD = "fim.no_period",
        "{period} 회계기간이 없습니다.",
        "There is no accounting period {period}.";
    /// An entry is posted into a month that is closed, or closed for whoever posts.
    pub(crate) PERIOD_CLOSED = "fim.period_closed",
        "{period} 회계기간은 마감되었습니다. 마감되지 않은 기간의 날짜를 사용하거나 회계기간을 다시 여세요.",
        "The accounting period {period} is closed. Use a date in an open period, or reopen this one.";
    /// An amount or a sum is more than can be stored.
    pub TOO_LARGE = "fim.too_large",
        "금액이나 합계가 저장할 수 있는 범위(약 922조)를 넘습니다.",
        "An amount or a total exceeds what can be stored (about 922 trillion).";
}
