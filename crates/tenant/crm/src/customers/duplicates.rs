//! Which customers may be one: the same business number, the same or nearly the same name, the same telephone.
//!
//! Nothing compares all with all. Each customer has blocking keys (its numbers, its name with a letter left out at each
//! place), and only those that share one are looked at ([`names::keys`]): 10,000 customers are some 100,000 keys.

use super::{
    Customers,
    entity::{PartnerType, Status},
    names,
};
use auth::Allowed;
use envelope::{Api, Query, Reply, RowId, off_the_workers};
use kernel::{BizNo, CodeText, Error, FieldError, Message, Result, Text, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::Spec;
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, entity::prelude::*};
use serde::{Deserialize, Serialize};
use store::Scope;

/// What two customers are compared by: the few columns that are needed.
mod party {
    use super::*;
    use macros::record;

    #[record(table = "crm_partners", columns = own)]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        pub code: CodeText<50>,
        pub name: Text<200>,
        pub r#type: PartnerType,
        pub biz_no: Option<BizNo>,
        pub phone_e164: Option<Text<20>>,
        pub status: Status,
        pub merged_into_id: Option<Uuid>,
        pub deleted_at: Option<Timestamp>,
    }
}

resource::string_enum! {
    /// Why two customers may be one.
    pub Reason ("DuplicateReason") { BizNo, Name, SimilarName, Phone }
}

impl Reason {
    /// How far the reason alone goes, of 100.
    const fn weight(self) -> u32 {
        match self {
            Self::BizNo => 98,
            Self::Name => 90,
            Self::SimilarName => 60,
            Self::Phone => 70,
        }
    }
}

/// What distinguishes a customer from another one.
#[derive(Clone, Serialize, Apiv2Schema)]
#[openapi(rename = "DuplicateCustomer")]
pub struct Party {
    /// ID | ID
    pub id: Uuid,
    /// 코드 | Code
    pub code: CodeText<50>,
    /// 고객명 | Name
    pub name: Text<200>,
    /// 사업자등록번호 | Business number
    pub biz_no: Option<BizNo>,
    /// 전화번호(국제) | Phone (international)
    pub phone_e164: Option<Text<20>>,
    /// 상태 | Status
    pub status: Status,
    /// 삭제됨 | Deleted
    ///
    /// It was deleted; its business number may come back with another.
    pub is_deleted: bool,
}

/// Two customers that may be one.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "CustomerDuplicate")]
pub struct Duplicate {
    /// 고객 | Customer
    ///
    /// The older one; of one customer's duplicates: the customer.
    pub customer: Party,
    /// 다른 고객 | Other customer
    pub other: Party,
    /// 점수 | Score
    ///
    /// 1 to 100: how likely.
    pub score: i32,
    /// 이유 | Reasons
    pub reasons: Vec<Reason>,
}

impl From<&party::Model> for Party {
    fn from(row: &party::Model) -> Self {
        Self {
            id: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            biz_no: row.biz_no.clone(),
            phone_e164: row.phone_e164.clone(),
            status: row.status,
            is_deleted: row.deleted_at.is_some(),
        }
    }
}

/// A row with its name ready to be compared.
struct Known {
    row: party::Model,
    letters: Vec<char>,
}

impl Known {
    fn new(row: party::Model) -> Self {
        let letters = names::plain_name(&row.name).chars().collect();
        Self { row, letters }
    }

    /// The reasons for which this may be the same as another; none: there are none.
    fn like(&self, other: &Self) -> Option<Duplicate> {
        let same = |one: Option<&str>, other: Option<&str>| one.is_some() && one == other;
        let mut reasons = Vec::new();
        if same(self.row.biz_no.as_deref(), other.row.biz_no.as_deref()) {
            reasons.push(Reason::BizNo);
        }
        match names::difference(&self.letters, &other.letters) {
            Some(0) => reasons.push(Reason::Name),
            Some(_) => reasons.push(Reason::SimilarName),
            None => {}
        }
        if same(self.row.phone_e164.as_deref(), other.row.phone_e164.as_deref()) {
            reasons.push(Reason::Phone);
        }
        if reasons.is_empty() {
            return None;
        }
        // two independent reasons leave less doubt than each alone
        let doubt = reasons.iter().fold(100, |doubt, reason| doubt * (100 - reason.weight()) / 100);
        let score = i32::try_from(100 - doubt).unwrap_or(100);
        Some(Duplicate { customer: (&self.row).into(), other: (&other.row).into(), score, reasons })
    }
}

/// Customers read at once: others have their turn in between.
const PAGE: u64 = 2000;
/// Customers that are compared as closely as can be.
const MANY: usize = 20_000;

async fn all_rows(scope: &Scope) -> Result<Vec<party::Model>> {
    let mut rows: Vec<party::Model> = Vec::new();
    loop {
        let of_customers = party::Column::Type.is_in([PartnerType::Customer, PartnerType::Both]);
        let find = scope.find::<party::Entity>().filter(of_customers).filter(party::Column::MergedIntoId.is_null());
        let find = match rows.last() {
            Some(last) => find.filter(party::Column::Id.gt(last.id)),
            None => find,
        };
        let page = find.order_by_asc(party::Column::Id).limit(PAGE).all().await?;
        let is_last = u64::try_from(page.len()).is_ok_and(|count| count < PAGE);
        rows.extend(page);
        if is_last {
            return Ok(rows);
        }
    }
}

/// The pairs among all, the likeliest first.
fn pairs_of(rows: Vec<party::Model>, least: i32, most: usize) -> Vec<Duplicate> {
    let known: Vec<Known> = rows.into_iter().map(Known::new).collect();
    let rows = || known.iter().zip(0_u32..);
    let many = known.len() > MANY;
    let by_name = rows().flat_map(|(known, row)| names::keys(&known.letters, many).into_iter().map(move |key| (key, row)));
    let mut candidates = names::pairs(by_name);
    candidates.extend(names::pairs(rows().filter_map(|(known, row)| Some((known.row.biz_no.as_deref()?, row)))));
    candidates.extend(names::pairs(rows().filter_map(|(known, row)| Some((known.row.phone_e164.as_deref()?, row)))));
    candidates.sort_unstable();
    candidates.dedup();
    let at = |row: u32| usize::try_from(row).ok().and_then(|row| known.get(row));
    let mut found: Vec<Duplicate> =
        candidates.into_iter().filter_map(|(one, other)| at(one)?.like(at(other)?)).filter(|pair| pair.score >= least).collect();
    best_first(&mut found);
    found.truncate(most);
    found
}

fn best_first(found: &mut [Duplicate]) {
    found.sort_by(|one, other| {
        other.score.cmp(&one.score).then_with(|| (one.customer.id, one.other.id).cmp(&(other.customer.id, other.other.id)))
    });
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "DuplicateQuery")]
pub struct DuplicateQuery {
    /// 최대 건수 | Limit
    ///
    /// Pairs at most, 1 to 1000; 100 when left out.
    pub limit: Option<i32>,
    /// 최소 점수 | Minimum score
    ///
    /// Pairs of this score and above, 1 to 100.
    pub min_score: Option<i32>,
}

/// Pairs of customers that may be one, the likeliest first
///
/// Found by business number, name and telephone; `score` says how alike they are.
#[api_v2_operation]
pub async fn all(cx: Allowed<resource::Read<Customers>>, query: Query<DuplicateQuery>) -> Api<Vec<Duplicate>> {
    let (limit, least) = (query.0.limit.unwrap_or(100), query.0.min_score.unwrap_or(1));
    let bounds = [("limit", limit, 1000), ("min_score", least, 100)];
    let wrong: Vec<FieldError> = bounds
        .into_iter()
        .filter(|(_, value, most)| !(1..=*most).contains(value))
        .map(|(field, _, most)| {
            FieldError::new(field, "range", Message::new(format!("1 이상 {most} 이하여야 합니다."), format!("must be from 1 to {most}")))
        })
        .collect();
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong).into());
    }
    let rows = all_rows(&cx.read().await?).await?;
    let most = usize::try_from(limit).unwrap_or_default();
    let found = off_the_workers(move || pairs_of(rows, least, most)).await?;
    Ok(Reply::new(&found)?)
}

/// Customers that may be the same as this one, the likeliest first; also a deleted one that had its business number
///
/// `score` says how alike they are, and the reasons why. `/merge` makes them one.
#[api_v2_operation]
pub async fn of_one(cx: Allowed<resource::Read<Customers>>, id: RowId) -> Api<Vec<Duplicate>> {
    let scope = cx.read().await?;
    resource::answer_of(Spec::of::<Customers>()?, &scope, *id).await?;
    let mut rows = all_rows(&scope).await?;
    // who was merged is the same as the other already
    let Some(one) = rows.iter().position(|row| row.id == *id).map(|at| rows.remove(at)) else {
        return Ok(Reply::new(&Vec::<Duplicate>::new())?);
    };
    if let Some(number) = &one.biz_no {
        let gone = scope
            .find_ever::<party::Entity>()
            .filter(party::Column::BizNo.eq(number.to_string()))
            .filter(party::Column::DeletedAt.is_not_null());
        rows.extend(gone.limit(PAGE).all().await?);
    }
    let like = move || {
        let one = Known::new(one);
        let mut found: Vec<Duplicate> = rows.into_iter().filter_map(|row| one.like(&Known::new(row))).collect();
        best_first(&mut found);
        found
    };
    Ok(Reply::new(&off_the_workers(like).await?)?)
}
