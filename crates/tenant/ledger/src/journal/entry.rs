use kernel::{Currency, Day, Memo, Money, Rate, Text, Timestamp};
use macros::record;
use sea_orm::entity::prelude::*;

resource::string_enum! {
    /// What an entry is about.
    pub EntryType ("JournalEntryType") { General, Purchase, Sales, Payroll, Adjustment, Closing }

    /// Who wrote an entry: a person, or a document that posts itself.
    pub EntryOrigin ("JournalEntryOrigin") { Manual, Document }

    /// DRAFT → POSTED → REVERSED; DRAFT → CANCELLED.
    pub EntryStatus ("JournalEntryStatus") { Draft, Posted, Reversed, Cancelled }
}

/// An entry of the journal.
#[record(table = "fim_journal_entries", schema = "JournalEntry")]
pub struct Model {
    /// 전표번호 | Journal entry number
    ///
    /// Given when it is posted: consecutive in a fiscal year, without gap or double.
    pub je_code: Option<String>,
    /// 전표 유형 | Entry type
    pub je_type: EntryType,
    /// 전표일 | Entry date
    ///
    /// The document's day.
    pub je_date: Day,
    /// 전기일 | Posting date
    ///
    /// The day it counts in the ledger.
    pub posting_date: Day,
    /// 회계기간 | Period
    ///
    /// The month of the posting date.
    pub period: String,
    /// 회계연도 | Fiscal year
    pub fiscal_year: String,
    /// 작성 구분 | Origin
    pub origin: EntryOrigin,
    /// 문서에서만 취소 | Reversed by its document only
    ///
    /// It is reversed by what its document offers, and not by hand.
    pub is_document_bound: bool,
    /// 근거 문서 구분 | Source document type
    ///
    /// The document it was posted for, which is posted once; or what somebody wrote by hand refers to.
    pub ref_doc_type: Option<Text<50>>,
    /// 근거 문서 | Source document
    pub ref_doc_id: Option<Uuid>,
    /// 근거 문서번호 | Source document number
    pub ref_doc_no: Option<Text<100>>,
    /// 차변 합계 | Total debit
    pub total_debit: Money,
    /// 대변 합계 | Total credit
    pub total_credit: Money,
    /// 통화 | Currency
    pub currency: Currency,
    /// 환율 | Exchange rate
    ///
    /// What one of `currency` is worth in the base currency.
    pub exchange_rate: Rate,
    /// Somebody gave the rate: it is kept. One that was looked up is looked up again when the draft changes.
    #[serde(skip)]
    pub is_rate_said: bool,
    /// The rate of the other direction that amounts were divided by.
    #[serde(skip)]
    pub rate_divisor: Option<Rate>,
    /// 설명 | Description
    pub description: Option<Memo>,
    /// 메모 | Memo
    pub memo: Option<Memo>,
    /// 상태 | Status
    pub status: EntryStatus,
    /// 전기 일시 | Posted
    pub posted_at: Option<Timestamp>,
    /// 전기한 사람 | Posted by
    pub posted_by: Option<Uuid>,
    /// 역분개 전표 | Reversing entry
    ///
    /// The entry that reverses this one.
    pub reversed_je_id: Option<Uuid>,
    /// 원 전표 | Reversed entry
    ///
    /// The entry that this one reverses.
    pub reverses_je_id: Option<Uuid>,
    /// 역분개 사유 | Reversal reason
    pub reversal_reason: Option<Text<500>>,
    /// 체인 번호 | Chain number
    ///
    /// Its place in the chain of posted entries.
    pub chain_no: Option<i64>,
    #[serde(skip)]
    pub entry_hash: Option<Vec<u8>>,
}
