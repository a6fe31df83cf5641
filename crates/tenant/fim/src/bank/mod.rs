//! Bank statements: what the bank says of an account, line by line, and which payment or entry of the ledger each line is.
//!
//! A line is there once, however often a file brings it. A statement is finished when every line is a payment, an entry or explained and
//! the bank and the ledger differ by nothing that is not explained.

mod api;
mod books;
mod candidates;
pub mod entity;
mod file;
mod intake;
mod matching;
mod suggestions;

pub(crate) use api::Import;

use crate::bank_lines as line;
use entity::{ActiveModel, Column, Entity, Filter, Model, StatementStatus};
use envelope::web;
use intake::MOST;
use kernel::{Day, Error, Few, Money, Realm, Result, Text};
use paperclip::actix::Apiv2Schema;
use resource::{Action, Lines, RangeKind, ReadOnly, Resource, action};
use sea_orm::{ColumnTrait, DeriveIntoActiveModel, QueryFilter};
use serde::Deserialize;
use store::Scope;
use uuid::Uuid;

/// A movement as the bank states it.
#[derive(Clone, Debug, Deserialize, Apiv2Schema)]
#[openapi(rename = "BankStatementLineInput")]
pub struct LineInput {
    /// 거래일 | Booked on
    pub booked_on: Day,
    /// 금액 | Amount
    ///
    /// Above zero what came in, below zero what went out.
    pub amount: Money,
    /// 잔액 | Balance
    ///
    /// What stood in the account after it.
    pub balance: Option<Money>,
    /// 거래 상대 | Counterparty
    pub counterparty: Option<Text<200>>,
    /// 설명 | Description
    pub description: Option<Text<500>>,
    /// 참조 | Reference
    pub reference: Option<Text<100>>,
}

#[derive(Clone, Debug, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "BankStatementCreate")]
pub struct Create {
    /// A bank account of the chart.
    pub account_id: Uuid,
    pub from_date: Day,
    /// The last day, which belongs to it.
    pub to_date: Day,
    pub opening_balance: Money,
    /// Opening balance and all lines come to it.
    pub closing_balance: Money,
    /// In the order of the bank. Those that are there already are not added again.
    #[sea_orm(ignore)]
    pub lines: Few<LineInput, MOST>,
}

/// What banks say about accounts.
pub struct BankStatements;

impl Resource for BankStatements {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "bank-statements";
    const NOUN: &'static str = "bank_statement";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::FromDate, Column::ToDate, Column::ClosingBalance];
    const SEARCH: &'static [Column] = &[];
    const RANGES: &'static [(Column, RangeKind)] = &[(Column::ToDate, RangeKind::Day)];
    const LINES: &'static [Lines] = &[Lines::of::<StatementLines>("statement_id").numbered("line_no")];
    const STATE: Option<Column> = Some(Column::Status);
    const EXAMPLE: &'static str = r#"{"account_id": "@/fim/accounts?is_bank_account=true", "from_date": "2026-03-01", "to_date": "2026-03-31", "opening_balance": "0", "closing_balance": "{n}", "lines": [{"booked_on": "2026-03-02", "amount": "{n}", "counterparty": "한빛전자", "reference": "R{n}"}]}"#;

    fn actions() -> Vec<Action> {
        use StatementStatus::{Finished, Open};
        let step = |verb, event, summary| action(verb, event, summary).locking_no_key();
        vec![
            step("match", "matched", "Match one line to a payment or an entry, or settle open items with it")
                .from(&[Open])
                .does(matching::match_line),
            step("unmatch", "unmatched", "Cancel the match or the explanation of one line; the payment itself is kept")
                .from(&[Open])
                .does(matching::unmatch),
            step("explain", "explained", "Explain one line that is not in the ledger: it accounts for the difference")
                .from(&[Open])
                .does(matching::explain),
            step("finish", "finished", "Finish one statement: every line is matched or explained, and bank and ledger agree")
                .from(&[Open])
                .to(Finished)
                .event_fields(account_of)
                .does(matching::finish),
            step("reopen", "reopened", "Reopen one finished statement")
                .from(&[Finished])
                .to(Open)
                .event_fields(account_of)
                .does(matching::reopen),
        ]
    }

    fn may_change(row: &Model) -> Result<()> {
        match row.status {
            StatementStatus::Open => Ok(()),
            StatementStatus::Finished => Err(Error::transition("FINISHED", &["OPEN"])),
        }
    }
}

/// What the events of a statement as a whole say of it.
fn account_of(row: &Model) -> serde_json::Value {
    serde_json::json!({"account_id": row.account_id})
}

/// The movements of a statement.
pub struct StatementLines;

impl Resource for StatementLines {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "fim";
    const NAME: &'static str = "lines";
    const NOUN: &'static str = "bank_statement_line";
    type Entity = line::Entity;
    type View = line::Model;
    type Create = ReadOnly;
    type Update = ReadOnly;
    type Filter = ReadOnly;
    const SORT: &'static [line::Column] = &[];
    const SEARCH: &'static [line::Column] = &[];
    const EXAMPLE: &'static str = "{}";
}

/// An entry that bank lines are matched to is not reversed.
///
/// # Errors
/// 409 `fim.entry_matched`.
pub(crate) async fn lets_reverse(scope: &Scope, entry: Uuid) -> Result<()> {
    match scope.find::<line::Entity>().filter(line::Column::JeId.eq(entry)).one().await? {
        None => Ok(()),
        Some(line) => Err(crate::rules::ENTRY_MATCHED
            .error()
            .with("bank_statement_id", line.statement_id.to_string())
            .with("line_id", line.id.to_string())),
    }
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/bank-statements")
        .service(web::resource("").route(resource::list::<BankStatements>()).route(web::post().to(api::create)))
        .service(web::resource("/export").route(resource::export::<BankStatements>()))
        .service(web::resource("/import").route(web::post().to(api::import)))
        .service(web::resource("/{id}").route(resource::get::<BankStatements>()).route(web::delete().to(api::delete)))
        .service(web::resource("/{id}/suggestions").route(web::get().to(suggestions::suggestions)))
        .configure(resource::actions::<BankStatements>)
}
