//! The two sides of an invoice: what was left out comes from the partner and from the company's headquarters.

use super::entity::{ActiveModel, Direction, Model};
use adm::organization;
use crm::partner;
use kernel::{BizNo, Email, Error, Phone, Result, Text};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder, prelude::StringLen};
use store::Scope;
use uuid::Uuid;

/// One side as the masters know it.
#[derive(Clone, Debug, Default)]
pub(super) struct Party {
    biz_no: Option<BizNo>,
    biz_name: Option<Text<200>>,
    ceo_name: Option<Text<50>>,
    biz_kind: Option<Text<100>>,
    biz_item: Option<Text<100>>,
    postcode: Option<Text<10>>,
    address1: Option<Text<200>>,
    address2: Option<Text<200>>,
    email: Option<Email>,
    phone: Option<Phone>,
}

impl Party {
    fn of_partner(row: &partner::Model) -> Self {
        Self {
            biz_no: row.biz_no.clone(),
            biz_name: row.biz_name.clone().or_else(|| Some(row.name.clone())),
            ceo_name: row.ceo_name.clone(),
            biz_kind: row.biz_kind.clone(),
            biz_item: row.biz_item.clone(),
            postcode: row.postcode.clone(),
            address1: row.address1.clone(),
            address2: row.address2.clone(),
            email: row.email.clone(),
            phone: row.phone.clone(),
        }
    }

    fn of_organization(row: organization::Model) -> Self {
        let wider = |text: Option<Text<100>>| text.and_then(|text| Text::parse(&text).ok());
        Self {
            biz_no: row.biz_no,
            biz_name: Some(row.name),
            ceo_name: row.ceo_name,
            biz_kind: row.biz_kind,
            biz_item: row.biz_item,
            postcode: row.postcode,
            address1: wider(row.address1),
            address2: wider(row.address2),
            email: row.email,
            phone: row.phone,
        }
    }
}

resource::string_enum! {
    /// What the company itself lacks for its tax invoices: an organization, its business number, its representative.
    pub HomeMissing ("HomeMissing") { Headquarters, BizNo, CeoName }
}

/// What is to be filled in of the company before its first tax invoice.
pub(crate) async fn missing_of_company(scope: &Scope) -> Result<Vec<HomeMissing>> {
    let Some(own) = company(scope).await? else { return Ok(vec![HomeMissing::Headquarters]) };
    let lacks = [(own.biz_no.is_none(), HomeMissing::BizNo), (own.ceo_name.is_none(), HomeMissing::CeoName)];
    Ok(lacks.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, what)| what).collect())
}

/// The company itself: its headquarters, or the first of its organizations.
async fn company(scope: &Scope) -> Result<Option<Party>> {
    let find = scope.find::<organization::Entity>().filter(organization::Column::Status.eq("ACTIVE"));
    let found = find.order_by_desc(organization::Column::IsHeadquarters).order_by_asc(organization::Column::No).one().await?;
    Ok(found.map(Party::of_organization))
}

/// The partner of an invoice.
pub(super) async fn partner(scope: &Scope, id: Uuid) -> Result<partner::Model> {
    let found = scope.find::<partner::Entity>().filter(partner::Column::Id.eq(id)).one().await?;
    found.ok_or_else(|| Error::no_such("partner_id"))
}

macro_rules! fill {
    ($row:ident, $party:ident, $($column:ident = $field:ident),+) => {$(
        if !matches!($row.$column.try_as_ref(), Some(Some(_))) && $party.$field.is_some() {
            $row.$column = Set($party.$field.clone());
        }
    )+};
}

fn supplier(row: &mut ActiveModel, party: &Party) {
    fill!(row, party, supplier_biz_no = biz_no, supplier_biz_name = biz_name, supplier_ceo_name = ceo_name, supplier_biz_kind = biz_kind);
    fill!(row, party, supplier_biz_item = biz_item, supplier_postcode = postcode, supplier_address1 = address1);
    fill!(row, party, supplier_address2 = address2, supplier_email = email, supplier_phone = phone);
}

fn buyer(row: &mut ActiveModel, party: &Party) {
    fill!(row, party, buyer_biz_no = biz_no, buyer_biz_name = biz_name, buyer_ceo_name = ceo_name, buyer_biz_kind = biz_kind);
    fill!(row, party, buyer_biz_item = biz_item, buyer_postcode = postcode, buyer_address1 = address1);
    fill!(row, party, buyer_address2 = address2, buyer_email = email, buyer_phone = phone);
}

/// Fills in what is missing on both sides.
pub(super) async fn fill(scope: &Scope, row: &mut ActiveModel, direction: Direction, partner: &partner::Model) -> Result<()> {
    let (company, partner) = (company(scope).await?.unwrap_or_default(), Party::of_partner(partner));
    let (from, to) = if direction == Direction::Sales { (&company, &partner) } else { (&partner, &company) };
    supplier(row, from);
    buyer(row, to);
    Ok(())
}

macro_rules! copy {
    ($from:ident, $($column:ident),+ $(,)?) => { ActiveModel { $($column: Set($from.$column.clone()),)+ ..Default::default() } };
}

/// Both sides as they stand on another invoice.
pub(super) fn copied(from: &Model) -> ActiveModel {
    copy!(
        from,
        supplier_biz_no,
        supplier_biz_name,
        supplier_ceo_name,
        supplier_biz_kind,
        supplier_biz_item,
        supplier_postcode,
        supplier_address1,
        supplier_address2,
        supplier_contact,
        supplier_email,
        supplier_phone,
        buyer_biz_no,
        buyer_biz_name,
        buyer_ceo_name,
        buyer_biz_kind,
        buyer_biz_item,
        buyer_postcode,
        buyer_address1,
        buyer_address2,
        buyer_contact,
        buyer_email,
        buyer_phone,
    )
}

/// What the other side of an invoice is cleared of when it gets another partner.
pub(super) fn without_partner(row: &mut ActiveModel, direction: Direction) {
    macro_rules! clear {
        ($($column:ident),+) => {$( if !row.$column.is_set() { row.$column = Set(None); } )+};
    }
    if direction == Direction::Sales {
        clear!(buyer_biz_no, buyer_biz_name, buyer_ceo_name, buyer_biz_kind, buyer_biz_item, buyer_postcode);
        clear!(buyer_address1, buyer_address2, buyer_contact, buyer_email, buyer_phone);
    } else {
        clear!(supplier_biz_no, supplier_biz_name, supplier_ceo_name, supplier_biz_kind, supplier_biz_item, supplier_postcode);
        clear!(supplier_address1, supplier_address2, supplier_contact, supplier_email, supplier_phone);
    }
}
