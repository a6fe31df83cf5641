use kernel::{Currency, Day, Money, Rate, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// Who owes whom: the partner the company, or the company the partner.
    pub OpenItemKind ("OpenItemKind") { Receivable, Payable }
}

/// What a partner owes or is owed by one document. Below zero: a credit note.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "fim_open_items")]
#[openapi(rename = "OpenItem")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub kind: OpenItemKind,
    pub partner_id: Uuid,
    /// Whose it was when it was posted; a merge leaves that alone, as it does the lines of the ledger.
    #[serde(skip)]
    pub posted_partner_id: Option<Uuid>,
    /// The account it stands in: 108, 251 …
    pub account_id: Uuid,
    pub doc_type: Text<50>,
    pub doc_id: Uuid,
    pub doc_no: Option<Text<100>>,
    /// The entry that posted the document.
    pub je_id: Option<Uuid>,
    pub doc_date: Day,
    pub due_date: Day,
    pub currency: Currency,
    /// What one of `currency` was worth in the base currency when it was posted.
    pub exchange_rate: Rate,
    pub amount: Money,
    /// How much of it was paid or set off, of the same sign.
    pub settled: Money,
    /// The same in the base currency, at the rate of the document.
    pub base_amount: Money,
    pub base_settled: Money,
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

impl Model {
    /// What is left of it.
    #[must_use]
    pub fn rest(&self) -> Money {
        Money(self.amount.0 - self.settled.0)
    }

    #[must_use]
    pub fn base_rest(&self) -> Money {
        Money(self.base_amount.0 - self.base_settled.0)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
