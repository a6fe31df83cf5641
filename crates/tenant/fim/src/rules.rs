//! The rules of entries, open items, payments, banks, invoices and VAT: refusals with 409. Those of the ledger are in `ledger::rules`.

kernel::rules! {
    /// An entry is changed or deleted that is not a draft.
    pub(crate) ENTRY_POSTED = "fim.entry_posted",
        "초안인 전표만 수정하거나 삭제할 수 있습니다. 전기된 전표는 역분개하세요.",
        "Only a draft entry can be changed or deleted. Reverse a posted entry instead.";
    /// An entry is reversed that is matched to a line of a bank statement.
    pub(crate) ENTRY_MATCHED = "fim.entry_matched",
        "은행 거래와 대사된 전표입니다. 먼저 대사를 취소하세요.",
        "This entry is matched to a bank line. Cancel the match first.";
    /// More is allocated than is left of an open item or of a payment.
    pub(crate) OVER_ALLOCATED = "fim.over_allocated",
        "요청한 금액({wanted})을 배분할 수 없습니다. 배분할 수 있는 금액은 {rest}입니다.",
        "The requested amount of {wanted} cannot be allocated. The amount left to allocate is {rest}.";
    /// Something is reversed whose open item is partly or fully settled.
    pub(crate) ITEM_SETTLED = "fim.item_settled",
        "이미 전부 또는 일부가 정리된 미결 항목입니다. 먼저 배분이나 정리를 취소하세요.",
        "This open item is already partly or fully settled. Undo its allocations or clearings first.";
    /// An open item is reversed that a document created.
    pub(crate) ITEM_OF_DOCUMENT = "fim.item_of_document",
        "문서에서 생성된 미결 항목입니다. 해당 문서를 취소하세요.",
        "This open item was created by a document. Cancel the document instead.";
    /// A merge of customers is undone although later documents settled items of the one with those of the other.
    pub(crate) MERGE_JOINED = "merge.joined",
        "병합한 뒤 두 고객의 거래를 함께 처리한 문서가 있어 병합을 되돌릴 수 없습니다. 먼저 해당 문서를 취소하세요.",
        "The merge cannot be undone because later documents combine items of both customers. Cancel those documents first.";
    /// A payment is changed or deleted that is not pending.
    pub(crate) PAYMENT_CLOSED = "fim.payment_closed",
        "대기 중인 입출금만 수정하거나 삭제할 수 있습니다. 취소하고 새로 등록하세요.",
        "Only a pending payment can be changed or deleted. Cancel it and create a new one instead.";
    /// A payment is cancelled, or matched again, that is matched to a line of a bank statement.
    pub(crate) PAYMENT_MATCHED = "fim.payment_matched",
        "이미 은행 거래와 대사된 입출금입니다. 먼저 대사를 취소하세요.",
        "This payment is already matched to a bank line. Cancel the match first.";
    /// A bank statement is imported of which every line is there already.
    pub(crate) STATEMENT_KNOWN = "fim.statement_known",
        "이 거래내역의 거래는 모두 이미 등록되어 있습니다.",
        "All lines of this statement have already been imported.";
    /// A bank line is matched or explained again, or its statement is deleted.
    pub(crate) LINE_MATCHED = "fim.line_matched",
        "이미 대사되었거나 사유가 등록된 은행 거래가 있습니다. 먼저 대사를 취소하세요.",
        "A bank line is already matched or explained. Cancel the match first.";
    /// A bank line is matched to a payment of another amount, or to an entry that has less left.
    pub(crate) AMOUNT_DIFFERS = "fim.amount_differs",
        "은행 거래의 금액({amount})이 대사할 수 있는 금액({other})과 맞지 않습니다.",
        "The amount of the bank line ({amount}) does not agree with the amount it can be matched to ({other}).";
    /// A bank statement is finished although some lines are neither matched nor explained.
    pub(crate) LINES_UNMATCHED = "fim.lines_unmatched",
        "처리하지 않은 은행 거래가 {unmatched}건 있습니다. 먼저 대사하거나 사유를 등록하세요.",
        "Some bank lines are neither matched nor explained ({unmatched}). Match or explain them first.";
    /// A bank statement is finished although bank and ledger differ.
    pub(crate) NOT_RECONCILED = "fim.not_reconciled",
        "은행 잔액과 원장 잔액 사이에 설명되지 않은 차이({difference})가 있습니다.",
        "There is an unexplained difference of {difference} between the bank balance and the ledger balance.";
    /// An invoice is changed or deleted that is not a draft.
    pub(crate) INVOICE_ISSUED = "fim.invoice_issued",
        "초안인 세금계산서만 수정하거나 삭제할 수 있습니다. 발행된 세금계산서는 취소하거나 수정세금계산서를 발행하세요.",
        "Only a draft invoice can be changed or deleted. Cancel or amend an issued invoice instead.";
    /// An invoice is cancelled that was amended.
    pub(crate) INVOICE_AMENDED = "fim.invoice_amended",
        "수정세금계산서가 발행된 세금계산서는 취소할 수 없습니다. 수정세금계산서를 추가로 발행하세요.",
        "This invoice has amendments and cannot be cancelled. Amend it again instead.";
    /// An invoice is cancelled that is partly or fully paid or set off.
    pub(crate) INVOICE_SETTLED = "fim.invoice_settled",
        "전부 또는 일부가 결제되거나 상계된 세금계산서는 취소할 수 없습니다. 먼저 배분이나 정리를 취소하세요.",
        "An invoice that is partly or fully paid or set off cannot be cancelled. Undo its allocations or clearings first.";
    /// A purchase invoice is sent to the tax office.
    pub(crate) INVOICE_RECEIVED = "fim.invoice_received",
        "매입 세금계산서는 공급자가 국세청에 전송합니다.",
        "A purchase invoice is sent to the tax office by its supplier.";
    /// A credit note is amended.
    pub(crate) CREDIT_NOTE = "fim.credit_note",
        "음(-)의 수정세금계산서는 다시 수정할 수 없습니다.",
        "A credit note cannot be amended.";
    /// An amendment credits more than is left of the invoice.
    pub(crate) CREDIT_EXCEEDS = "fim.credit_exceeds",
        "차감할 수 있는 금액은 {rest}(공급가액 {supply}, 세액 {tax})입니다.",
        "No more than {rest} can still be credited: supply {supply}, tax {tax}.";
    /// An amendment credits tax that was already deducted as bad debt relief.
    pub(crate) VAT_RELIEVED = "fim.vat_relieved",
        "대손세액으로 이미 {relieved}만큼 공제받아, 차감할 수 있는 세액은 {rest}입니다. 먼저 대손 처리를 역분개하세요.",
        "{relieved} of the tax was already deducted as bad debt relief, so no more than {rest} of tax can be credited. Reverse the write-off first.";
    /// A day is revalued twice.
    pub(crate) REVALUED = "fim.revalued",
        "{day} 기준 외화환산이 이미 있습니다. 다시 하려면 먼저 역분개하세요.",
        "A revaluation as of {day} already exists. Reverse it before revaluing again.";
    /// A tax period is settled twice, or something in its tax return is dated into it after it was settled.
    pub(crate) VAT_SETTLED = "fim.vat_settled",
        "{from}부터 {to}까지의 부가세는 이미 정산되었습니다. 다른 기간의 날짜를 사용하거나 먼저 정산을 역분개하세요.",
        "VAT from {from} to {to} is already settled. Use a date outside this period, or reverse the settlement first.";
    /// A tax period is settled although return and ledger disagree.
    pub(crate) VAT_DIFFERS = "fim.vat_differs",
        "{account} 계정의 원장 금액({ledger})이 신고서의 세액({documents})과 다릅니다. 차이는 {difference}입니다.",
        "Account {account} has {ledger} in the ledger but {documents} in the return. The difference is {difference}.";
    /// A tax period without any tax is settled.
    pub(crate) NOTHING_TO_SETTLE = "fim.nothing_to_settle",
        "정산할 부가세가 없습니다.",
        "There is no VAT to settle.";
    /// A supplementary settlement is reversed by itself.
    pub(crate) VAT_SUPPLEMENT = "fim.vat_supplement",
        "수정신고 정산은 당초 정산과 함께 역분개됩니다. 당초 정산을 역분개하세요.",
        "A supplementary settlement is reversed together with the original settlement. Reverse the original settlement instead.";
}
