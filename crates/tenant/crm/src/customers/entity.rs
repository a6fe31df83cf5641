use kernel::{BizNo, CodeText, Currency, Day, Email, Money, Phone, Text, Timestamp};
use paperclip::actix::Apiv2Schema;
use sea_orm::entity::prelude::*;
use serde::Serialize;

resource::words! {
    /// On which side of trade a partner stands.
    pub PartnerType ("PartnerType") { Customer, Supplier, Both, Other }

    /// C: corporation (법인), S: sole proprietor (개인).
    pub BizType ("PartnerBizType") { C, S }

    /// On delivery, days after the invoice, or before.
    pub PaymentTerms ("PartnerPaymentTerms") {
        Cod, Net7 = "NET7", Net15 = "NET15", Net30 = "NET30", Net45 = "NET45", Net60 = "NET60", Net90 = "NET90", Prepaid,
    }

    /// Changed by actions.
    pub Status ("PartnerStatus") { Active, Inactive, Suspended, Closed }
}

/// A business the company sells to.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Apiv2Schema)]
#[sea_orm(table_name = "crm_partners")]
#[openapi(rename = "Customer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub tenant_id: Uuid,
    pub code: CodeText<50>,
    pub name: Text<200>,
    pub name_en: Option<Text<200>>,
    pub r#type: PartnerType,
    /// Corporate or foreign tax number.
    pub tax_no: Option<Text<50>>,
    /// Business registration number (사업자등록번호).
    pub biz_no: Option<BizNo>,
    /// The name it is registered under.
    pub biz_name: Option<Text<200>>,
    pub biz_type: BizType,
    /// 업태
    pub biz_kind: Option<Text<100>>,
    /// 종목
    pub biz_item: Option<Text<100>>,
    pub ceo_name: Option<Text<50>>,
    pub postcode: Option<Text<10>>,
    pub address1: Option<Text<200>>,
    pub address2: Option<Text<200>>,
    pub phone: Option<Phone>,
    /// The telephone number as it is dialled from anywhere; empty where it has no such form.
    pub phone_e164: Option<Text<20>>,
    pub fax: Option<Phone>,
    pub email: Option<Email>,
    pub website: Option<Text<255>>,
    pub payment_terms: Option<PaymentTerms>,
    /// The most it may owe; empty: no limit was set.
    pub credit_limit: Option<Money>,
    pub currency_code: Currency,
    #[serde(skip)]
    pub currency_id: Option<Uuid>,
    pub industry: Option<Text<100>>,
    pub employee_count: Option<i32>,
    /// A year's revenue.
    pub annual_revenue: Option<Money>,
    pub established_date: Option<Day>,
    pub status: Status,
    /// The customer this one was merged into.
    pub merged_into_id: Option<Uuid>,
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
