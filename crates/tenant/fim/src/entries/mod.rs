//! Entries of the journal as people write them: drafted, posted, reversed by hand. What lines say of partners opens items, and what is
//! reversed here belongs to no document.

mod api;
mod rules;
mod verify;

pub(crate) use verify::verify;

use envelope::{StatusCode, web};
use kernel::{Change, Currency, Day, Memo, Patch, Rate, Realm, Result, Text, permission};
use ledger::journal::{
    EntryWithLines,
    draft::{Draft, DraftLine},
    entry::{ActiveModel, Column, Entity, EntryStatus, EntryType, Model},
    line::{EntryLines, Line},
};
use paperclip::actix::Apiv2Schema;
use resource::{Action, Lines, RangeKind, Resource, action};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;
use uuid::Uuid;

permission! {
    pub Verify = "fim", "transactions", "verify";
}

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "JournalEntryCreate")]
pub struct Create {
    /// `GENERAL` when left out.
    pub je_type: Option<EntryType>,
    pub je_date: Day,
    /// The day it counts in the ledger; the document's day when left out.
    pub posting_date: Option<Day>,
    pub ref_doc_type: Option<Text<50>>,
    pub ref_doc_id: Option<Uuid>,
    pub ref_doc_no: Option<Text<100>>,
    /// The base currency when left out.
    pub currency: Option<Currency>,
    /// The rate in force on the posting date when left out. One that is given is kept when the date changes; one that was looked up is
    /// looked up again.
    pub exchange_rate: Option<Rate>,
    pub description: Option<Memo>,
    pub memo: Option<Memo>,
    /// At least two; debit and credit come to the same.
    #[sea_orm(ignore)]
    pub lines: Vec<Line>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "JournalEntryUpdate")]
pub struct Update {
    pub je_type: Change<EntryType>,
    pub je_date: Change<Day>,
    pub posting_date: Change<Day>,
    pub ref_doc_type: Patch<Text<50>>,
    pub ref_doc_id: Patch<Uuid>,
    pub ref_doc_no: Patch<Text<100>>,
    pub currency: Change<Currency>,
    pub exchange_rate: Change<Rate>,
    pub description: Patch<Memo>,
    pub memo: Patch<Memo>,
    /// Replace all lines.
    #[sea_orm(ignore)]
    pub lines: Change<Vec<Line>>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "JournalEntryFilter")]
pub struct Filter {
    pub je_code: Option<String>,
    pub je_type: Option<EntryType>,
    pub period: Option<String>,
    pub fiscal_year: Option<String>,
    pub status: Option<EntryStatus>,
    pub ref_doc_type: Option<Text<50>>,
    pub ref_doc_id: Option<Uuid>,
    pub posting_date: Option<Day>,
}

/// The journal entries of the company.
pub struct Transactions;

impl Resource for Transactions {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "transactions";
    const NOUN: &'static str = "journal_entry";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::JeCode, Column::PostingDate, Column::JeDate, Column::TotalDebit, Column::ChainNo];
    const SEARCH: &'static [Column] = &[Column::JeCode, Column::Description, Column::RefDocNo];
    const RANGES: &'static [(Column, RangeKind)] =
        &[(Column::PostingDate, RangeKind::Day), (Column::JeDate, RangeKind::Day), (Column::TotalDebit, RangeKind::Amount)];
    const LINES: &'static [Lines] = &[Lines::of::<EntryLines>("je_id").numbered("line_no")];
    const EXAMPLE: &'static str = r#"{"je_date": "2026-03-02", "description": "비품 구입 {n}", "lines": [{"account_id": "@/fim/accounts", "debit_amount": "{n}"}, {"account_id": "@/fim/accounts", "credit_amount": "{n}"}]}"#;

    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        use EntryStatus::{Cancelled, Draft, Posted, Reversed};
        vec![
            action("post", "posted", "Post one draft: it gets its number and never changes again")
                .from(&[Draft])
                .to(Posted)
                .already(&[Reversed])
                .does(api::post)
                .event_fields(api::fact)
                .answers::<EntryWithLines>(StatusCode::OK),
            action("reverse", "reversed", "Reverse one posted entry: answers the reversing entry, posted in an open period")
                .from(&[Posted])
                .to(Reversed)
                .does(api::reverse)
                .event_fields(api::fact)
                .answers::<EntryWithLines>(StatusCode::OK)
                .answering(api::reversing_entry),
            action("cancel", "cancelled", "Cancel one draft; it can still be read")
                .from(&[Draft])
                .to(Cancelled)
                .event_fields(api::fact)
                .answers::<EntryWithLines>(StatusCode::OK),
        ]
    }

    fn may_change(row: &Model) -> Result<()> {
        if row.status == EntryStatus::Draft {
            return Ok(());
        }
        Err(crate::rules::ENTRY_POSTED.error().with("status", serde_json::json!(row.status)))
    }
}

impl Update {
    /// The draft as it shall be, from the one that is there.
    fn over(&self, before: &EntryWithLines) -> Draft {
        let is = &before.entry;
        let lines = match self.lines.value() {
            Some(lines) => lines.iter().cloned().map(DraftLine::from).collect(),
            None => before.lines.iter().map(DraftLine::again).collect(),
        };
        let currency = self.currency.value().cloned().unwrap_or_else(|| is.currency.clone());
        // a rate that somebody gave is kept, in its currency; one that was looked up is looked up again
        let is_kept = is.is_rate_said && currency == is.currency;
        let exchange_rate = self.exchange_rate.value().copied().or_else(|| is_kept.then_some(is.exchange_rate));
        Draft {
            posting_date: Some(self.posting_date.value().copied().unwrap_or(is.posting_date)),
            ref_doc_type: self.ref_doc_type.clone().over(is.ref_doc_type.clone()),
            ref_doc_id: self.ref_doc_id.over(is.ref_doc_id),
            ref_doc_no: self.ref_doc_no.clone().over(is.ref_doc_no.clone()),
            currency: Some(currency),
            exchange_rate,
            description: self.description.clone().over(is.description.clone()),
            memo: self.memo.clone().over(is.memo.clone()),
            lines,
            ..Draft::on(self.je_type.value().copied().unwrap_or(is.je_type), self.je_date.value().copied().unwrap_or(is.je_date))
        }
    }
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/transactions")
        .service(web::resource("").route(resource::list::<Transactions>()).route(web::post().to(api::create)))
        .service(web::resource("/verify").route(web::get().to(verify::verify_chain)))
        .service(web::resource("/export").route(resource::export::<Transactions>()))
        .service(
            web::resource("/{id}")
                .route(web::get().to(api::get))
                .route(web::patch().to(api::update))
                .route(resource::delete::<Transactions>()),
        )
        .configure(resource::actions::<Transactions>)
}
