//! What an entry that somebody writes may say: pure.

use kernel::{Error, Result, Text};
use ledger::journal::entry::EntryType;

/// What the documents of this domain, and the year end, call themselves in the entries they post.
const DOCUMENTS: [&str; 12] = [
    "INVOICE",
    "INVOICE_CANCEL",
    "PAYMENT",
    "ALLOCATION",
    "UNALLOCATION",
    "OPENING",
    "SET_OFF",
    "YEAR_END",
    "REVALUATION",
    "REVALUATION_RETURN",
    "VAT_SETTLEMENT",
    "CLEARING",
];

/// An entry that somebody writes is not that of a document which posts itself: people would take one for the other. Nor does it close a
/// year: such entries are left out of the profit and loss and of the budgets.
///
/// # Errors
/// 422 on `ref_doc_type` or `je_type`.
pub(super) fn by_hand(je_type: Option<EntryType>, ref_doc_type: Option<&Text<50>>) -> Result<()> {
    if je_type == Some(EntryType::Closing) {
        return Err(Error::field(
            "je_type",
            "system_type",
            "CLOSING 전표는 결산할 때 자동으로 만들어집니다. 다른 유형을 선택하거나 회계연도를 마감하세요.",
            "must not be CLOSING; such an entry is created by closing the fiscal year",
        ));
    }
    match ref_doc_type {
        Some(kind) if DOCUMENTS.iter().any(|own| own.eq_ignore_ascii_case(kind)) => Err(Error::field(
            "ref_doc_type",
            "own_entry",
            format!("{kind} 문서의 전표는 자동으로 전기됩니다. 해당 문서에서 처리하세요."),
            format!("must not be {kind}; such a document posts its own entry"),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_writes_the_entry_of_a_document_that_posts_itself() {
        let text = |text| Text::parse(text).unwrap();
        for own in ["INVOICE", "payment", "SET_OFF", "VAT_SETTLEMENT"] {
            assert_eq!(by_hand(None, Some(&text(own))).unwrap_err().fields()[0].field, "ref_doc_type", "{own}");
        }
        for free in [None, Some(&text("EXPENSE_REPORT")), Some(&text("INVOICE_OF_A_HOTEL"))] {
            assert!(by_hand(Some(EntryType::General), free).is_ok(), "{free:?}");
        }
        assert_eq!(by_hand(Some(EntryType::Closing), None).unwrap_err().fields()[0].field, "je_type");
    }
}
