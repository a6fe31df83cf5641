//! The people at a partner.

use crate::customers::entity as partner;
use kernel::{Email, Memo, Phone, Realm, Result, Text};
use macros::record;
use resource::{Changing, Resource, Rule};
use sea_orm::{ActiveValue::Set, QueryFilter, Value, entity::prelude::*};
use serde_json::json;
use store::{Action, AuditEntry, Event, Tx};

resource::string_enum! {
    /// What the person is asked about.
    pub ContactType ("ContactType") { Sales, Purchasing, Accounting, Technical, Management, Other }

    pub Status ("ContactStatus") { Active, Inactive }
}

/// A person at a partner.
#[record(table = "crm_partner_contacts", schema = "Contact")]
pub struct Model {
    /// 거래처 | Partner
    ///
    /// The customer (or vendor) the person works for.
    #[api(create, filter)]
    pub partner_id: Uuid,
    /// 이름 | Contact name
    #[api(create, update, filter)]
    pub contact_name: Text<100>,
    /// The name folded for comparison; kept by the store.
    #[serde(skip)]
    pub contact_name_key: Option<String>,
    /// 직위 | Position
    #[api(create, update, filter(null))]
    pub position: Option<Text<100>>,
    /// 부서 | Department
    #[api(create, update, filter(null))]
    pub department: Option<Text<100>>,
    /// 전화번호 | Phone
    #[api(create(text = "One of telephone, mobile and e-mail is needed."), update)]
    pub phone: Option<Phone>,
    /// 전화번호(국제) | Phone (international)
    ///
    /// The telephone number as it is dialled from anywhere; empty where it has no such form.
    pub phone_e164: Option<Text<20>>,
    /// 휴대전화 | Mobile
    #[api(create, update)]
    pub mobile: Option<Phone>,
    /// 휴대전화(국제) | Mobile (international)
    ///
    /// The mobile number as it is dialled from anywhere.
    pub mobile_e164: Option<Text<20>>,
    /// 이메일 | Email
    #[api(create, update, filter)]
    pub email: Option<Email>,
    /// 담당자 구분 | Contact type
    #[api(create, update, filter(null))]
    pub contact_type: Option<ContactType>,
    /// 대표 담당자 | Primary
    ///
    /// The one to talk to first; at most one of a partner.
    #[api(create(optional), update, filter)]
    pub is_primary: bool,
    /// 메모 | Notes
    #[api(create, update)]
    pub notes: Option<Memo>,
    /// 상태 | Status
    #[api(create(optional), update, filter)]
    pub status: Status,
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
