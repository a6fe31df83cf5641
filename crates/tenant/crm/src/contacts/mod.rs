//! The people at a partner.

use crate::customers::entity as partner;
use kernel::{Change, Email, Memo, Patch, Phone, Realm, Result, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use resource::{Changing, Resource, Rule};
use sea_orm::{ActiveValue::Set, DeriveIntoActiveModel, QueryFilter, Value, entity::prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Action, AuditEntry, Event, Tx};

resource::words! {
    /// What the person is asked about.
    pub ContactType ("ContactType") { Sales, Purchasing, Accounting, Technical, Management, Other }

    pub Status ("ContactStatus") { Active, Inactive }
}

pub mod entity {
    use super::*;

    /// A person at a partner.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
    #[sea_orm(table_name = "crm_partner_contacts")]
    #[openapi(rename = "Contact")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub tenant_id: Uuid,
        /// The customer (or vendor) the person works for.
        pub partner_id: Uuid,
        pub contact_name: Text<100>,
        /// The name folded for comparison; kept by the store.
        #[serde(skip)]
        pub contact_name_key: Option<String>,
        pub position: Option<Text<100>>,
        pub department: Option<Text<100>>,
        pub phone: Option<Phone>,
        /// The telephone number as it is dialled from anywhere; empty where it has no such form.
        pub phone_e164: Option<Text<20>>,
        pub mobile: Option<Phone>,
        /// The mobile number as it is dialled from anywhere.
        pub mobile_e164: Option<Text<20>>,
        pub email: Option<Email>,
        pub contact_type: Option<ContactType>,
        /// The one to talk to first; at most one of a partner.
        pub is_primary: bool,
        pub notes: Option<Memo>,
        pub status: Status,
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
}
use entity::{ActiveModel, Column, Entity, Model};

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "ContactCreate")]
pub struct Create {
    pub partner_id: Uuid,
    pub contact_name: Text<100>,
    pub position: Option<Text<100>>,
    pub department: Option<Text<100>>,
    /// One of telephone, mobile and e-mail is needed.
    pub phone: Option<Phone>,
    pub mobile: Option<Phone>,
    pub email: Option<Email>,
    pub contact_type: Option<ContactType>,
    pub is_primary: Option<bool>,
    pub notes: Option<Memo>,
    pub status: Option<Status>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "ContactUpdate")]
pub struct Update {
    pub contact_name: Change<Text<100>>,
    pub position: Patch<Text<100>>,
    pub department: Patch<Text<100>>,
    pub phone: Patch<Phone>,
    pub mobile: Patch<Phone>,
    pub email: Patch<Email>,
    pub contact_type: Patch<ContactType>,
    pub is_primary: Change<bool>,
    pub notes: Patch<Memo>,
    pub status: Change<Status>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "ContactFilter")]
pub struct Filter {
    pub partner_id: Option<Uuid>,
    pub contact_name: Option<Text<100>>,
    pub email: Option<Email>,
    pub position: Patch<Text<100>>,
    pub department: Patch<Text<100>>,
    pub contact_type: Patch<ContactType>,
    pub is_primary: Option<bool>,
    pub status: Option<Status>,
}

/// Contacts of the company's partners.
pub struct Contacts;

impl Resource for Contacts {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "crm";
    const NAME: &'static str = "contacts";
    const NOUN: &'static str = "contact";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::ContactName, Column::Position, Column::Department, Column::Email];
    const SEARCH: &'static [Column] =
        &[Column::ContactName, Column::Email, Column::Mobile, Column::Phone, Column::Position, Column::Department];
    const IMPORT: Option<&'static [Column]> = Some(&[]);
    const EXAMPLE: &'static str = r#"{"partner_id": "@/crm/customers", "contact_name": "이서연", "position": "과장", "department": "구매팀",
        "phone": "02-1234-5678", "email": "seoyeon{n}@hanbit.example", "contact_type": "PURCHASING"}"#;
    const RULE: Option<Rule> = Some(|tx, permission, changing| Box::pin(takes_over(tx, permission, changing)));
}

/// A new primary contact takes the place of the old one: people name the new one, and would have to look for the old
/// one first if that were refused. That there is one only is held by the database.
async fn takes_over(tx: &Tx, permission: &str, changing: Changing<'_>) -> Result<()> {
    if changing.value("is_primary") != Some(&Value::Bool(Some(true))) {
        return Ok(());
    }
    let before = changing.before::<Model>()?.map(|row| row.partner_id);
    let Some(partner) = before.or_else(|| changing.id_in("partner_id")) else { return Ok(()) };
    // two at once wait for each other
    tx.find::<partner::Entity>().filter(partner::Column::Id.eq(partner)).for_no_key_update().one().await?;
    let others = tx.find::<Entity>().filter(Column::PartnerId.eq(partner)).filter(Column::IsPrimary.eq(true)).all().await?;
    for other in others.into_iter().filter(|other| Some(other.id) != changing.id) {
        tx.update(other.id, &ActiveModel { is_primary: Set(false), ..Default::default() }).await?;
        let entry = AuditEntry::new(Action::Update, permission, "crm.contacts", other.id);
        tx.audit(entry.change(&json!({"is_primary": true}), &json!({"is_primary": false})));
        tx.publish(Event::new("crm.contact.updated", other.id, json!({"id": other.id, "changed": ["is_primary"]})));
    }
    Ok(())
}
