//! 매출·매입처별 세금계산서합계표

use crate::{
    invoices::entity::Direction,
    vat_return::{basis, figures},
};
use auth::Allowed;
use envelope::{Api, Query, Reply};
use kernel::{BizNo, Day, MoneySum, Text, Timestamp};
use ledger::reports::ReadReports;
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use serde::{Deserialize, Serialize};

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "VatPartnersQuery")]
pub struct PartnersWanted {
    /// 매출·매입 | Direction
    ///
    /// `SALES` when left out.
    pub direction: Option<Direction>,
    /// 시작 | From
    ///
    /// The first day of the tax period; the first of the fiscal year when left out.
    pub from: Option<Day>,
    /// 종료 | To
    ///
    /// The last day, which belongs to it; today when left out.
    pub to: Option<Day>,
    /// 인지 시점 | Known at
    ///
    /// As the ledger was known at this moment; now when left out.
    pub known_at: Option<Timestamp>,
}

/// What the tax invoices of one business number come to.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "VatPartner")]
pub struct Partner {
    /// 사업자등록번호 | Business number
    pub biz_no: Option<BizNo>,
    /// 상호 | Legal name
    pub biz_name: Option<Text<200>>,
    /// 건수 | Count
    pub count: i64,
    /// 공급가액 | Supply amount
    pub supply: MoneySum,
    /// 세액 | Tax
    pub tax: MoneySum,
}

/// Tax invoices by business number.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct VatPartners {
    /// 시작 | From
    pub from: Day,
    /// 종료 | To
    pub to: Day,
    /// 인지 시점 | Known at
    pub known_at: Option<Timestamp>,
    /// 매출·매입 | Direction
    pub direction: Direction,
    /// 행 | Rows
    pub rows: Vec<Partner>,
    /// 건수 | Count
    pub count: i64,
    /// 공급가액 | Supply amount
    pub supply: MoneySum,
    /// 세액 | Tax
    pub tax: MoneySum,
}

/// Tax invoices by the business number of the other side
///
/// Count, supply and tax for each number between `from` and `to`, for the lists that go with the return.
#[api_v2_operation]
pub async fn partners(cx: Allowed<ReadReports>, query: Query<PartnersWanted>) -> Api<VatPartners> {
    let wanted = query.0;
    let direction = wanted.direction.unwrap_or(Direction::Sales);
    let scope = cx.read().await?;
    let (basis, span) = basis(&cx, &scope, wanted.from, wanted.to, wanted.known_at).await?;
    let rows = figures::by_partner(&scope, span, direction == Direction::Sales).await?;
    let rows: Vec<Partner> = rows
        .into_iter()
        .map(|row| Partner { biz_no: row.biz_no, biz_name: row.biz_name, count: row.count, supply: row.supply, tax: row.tax })
        .collect();
    let answer = VatPartners {
        from: basis.from,
        to: basis.to,
        known_at: basis.known_at,
        direction,
        count: rows.iter().map(|row| row.count).sum(),
        supply: rows.iter().map(|row| row.supply).sum(),
        tax: rows.iter().map(|row| row.tax).sum(),
        rows,
    };
    Ok(Reply::new(&answer)?)
}
