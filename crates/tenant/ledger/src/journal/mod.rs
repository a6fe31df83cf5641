//! The journal: entries that balance, are posted once and never change afterwards.
//!
//! What an entry is, and the arithmetic of one. The module `posting` writes them.

pub mod document;
pub mod draft;
pub mod entry;
pub mod line;
pub mod rules;

use paperclip::actix::Apiv2Schema;
use serde::Serialize;

/// An entry with its lines.
#[derive(Clone, Debug, PartialEq, Serialize, Apiv2Schema)]
#[openapi(rename = "Transaction")]
pub struct EntryWithLines {
    /// 전표 | Journal entry
    #[serde(flatten)]
    pub entry: entry::Model,
    /// 내역 | Lines
    pub lines: Vec<line::Model>,
}
