use kernel::{Currency, Day, Memo, Money, Rate, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// What an entry is about.
    pub EntryType ("JournalEntryType") { General, Purchase, Sales, Payroll, Adjustment, Closing }

    /// Who wrote an entry: a person, or a document that posts itself.
    pub EntryOrigin ("JournalEntryOrigin") { Manual, Document }

    /// DRAFT → POSTED → REVERSED; DRAFT → CANCELLED.
    pub EntryStatus ("JournalEntryStatus") { Draft, Posted, Reversed, Cancelled }
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_journal_entries")]
#[openapi(rename = "JournalEntry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    /// Given when it is posted: consecutive in a fiscal year, without gap or double.
    pub je_code: Option<String>,
    pub je_type: EntryType,
    /// The document's day.
    pub je_date: Day,
    /// The day it counts in the ledger.
    pub posting_date: Day,
    /// The month of the posting date.
    pub period: String,
    pub fiscal_year: String,
    pub origin: EntryOrigin,
    /// It is reversed by what its document offers, and not by hand.
    pub is_document_bound: bool,
    /// The document it was posted for, which is posted once; or what somebody wrote by hand refers to.
    pub ref_doc_type: Option<Text<50>>,
    pub ref_doc_id: Option<Uuid>,
    pub ref_doc_no: Option<Text<100>>,
    pub total_debit: Money,
    pub total_credit: Money,
    pub currency: Currency,
    /// What one of `currency` is worth in the base currency.
    pub exchange_rate: Rate,
    /// Somebody gave the rate: it is kept. One that was looked up is looked up again when the draft changes.
    #[serde(skip)]
    pub is_rate_said: bool,
    /// The rate of the other direction that amounts were divided by.
    #[serde(skip)]
    pub rate_divisor: Option<Rate>,
    pub description: Option<Memo>,
    pub memo: Option<Memo>,
    pub status: EntryStatus,
    pub posted_at: Option<Timestamp>,
    pub posted_by: Option<Uuid>,
    /// The entry that reverses this one.
    pub reversed_je_id: Option<Uuid>,
    /// The entry that this one reverses.
    pub reverses_je_id: Option<Uuid>,
    pub reversal_reason: Option<Text<500>>,
    /// Its place in the chain of posted entries.
    pub chain_no: Option<i64>,
    #[serde(skip)]
    pub entry_hash: Option<Vec<u8>>,
    #[serde(skip)]
    pub row_version: i64,
    pub created_at: Timestamp,
    pub created_by: Option<Uuid>,
    pub updated_at: Option<Timestamp>,
    pub updated_by: Option<Uuid>,
    #[serde(skip)]
    pub deleted_at: Option<Timestamp>,
    #[serde(skip)]
    pub deleted_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
