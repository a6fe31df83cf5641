//! 계정별원장

use super::{Basis, Query as Wanted, ReadReports, net};
use crate::sums::{self, LedgerLine};
use auth::Allowed;
use envelope::Query;
use kernel::{CodeText, Day, Error, Money, MoneySum, Result, Text, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, ReportFormat, report};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Lines on a page, at most.
const MOST: i32 = 500;

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "GeneralLedgerQuery")]
pub struct LedgerQuery {
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 시작 | From
    ///
    /// The first day; the first of the fiscal year when left out.
    pub from: Option<Day>,
    /// 종료 | To
    ///
    /// The last day, which belongs to it; today when left out.
    pub to: Option<Day>,
    /// 인지 시점 | Known at
    ///
    /// As the ledger was known at this moment; now when left out.
    pub known_at: Option<Timestamp>,
    /// 부서 | Department
    pub department_id: Option<Uuid>,
    /// 프로젝트 | Project code
    pub project_code: Option<CodeText<50>>,
    /// 쪽 | Page
    ///
    /// From 1.
    pub page: Option<i32>,
    /// 쪽당 행 수 | Rows per page
    ///
    /// 1 to 500; 100 when left out.
    pub page_size: Option<i32>,
    /// 파일 형식 | Format
    ///
    /// `json`, `csv` or `xlsx`.
    pub format: Option<ReportFormat>,
}

/// A line in the ledger of an account.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "GeneralLedgerRow")]
pub struct Row {
    /// 전표 | Journal entry
    pub je_id: Uuid,
    /// 전표번호 | Journal entry number
    pub je_code: String,
    /// 전기일 | Posting date
    pub posting_date: Day,
    /// 행 번호 | Line
    pub line_no: i32,
    /// 설명 | Description
    pub description: Option<Text<500>>,
    /// 거래처 | Partner
    pub partner_id: Option<Uuid>,
    /// 부서 | Department
    pub department_id: Option<Uuid>,
    /// 차변 | Debit
    pub debit: Money,
    /// 대변 | Credit
    pub credit: Money,
    /// 잔액 | Balance
    ///
    /// Debit-positive, after this line.
    pub balance: MoneySum,
}

/// What happened in an account, with the balance after each line.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct GeneralLedger {
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 계정코드 | Account code
    pub account_code: String,
    /// 계정명 | Account name
    pub account_name: String,
    /// 시작 | From
    pub from: Day,
    /// 종료 | To
    pub to: Day,
    /// 인지 시점 | Known at
    pub known_at: Option<Timestamp>,
    /// 쪽 | Page
    pub page: i32,
    /// 쪽당 행 수 | Rows per page
    pub page_size: i32,
    /// 기초 잔액 | Opening balance
    ///
    /// Balance before the first line of this page.
    pub opening: MoneySum,
    /// 행 | Rows
    pub rows: Vec<Row>,
    /// 기말 잔액 | Closing balance
    ///
    /// Balance after the last line of this page.
    pub closing: MoneySum,
    /// 합계 | Total
    pub total: i64,
}

/// Page and lines on a page.
pub fn pages(page: Option<i32>, size: Option<i32>) -> Result<(i32, i32)> {
    let (page, size) = (page.unwrap_or(1), size.unwrap_or(100));
    if page < 1 {
        return Err(Error::field("page", "minimum", "1 이상이어야 합니다.", "must be 1 or more"));
    }
    if !(1..=MOST).contains(&size) {
        return Err(Error::field("page_size", "range", "1 이상 500 이하여야 합니다.", "must be between 1 and 500"));
    }
    Ok((page, size))
}

/// The ledger of one account
///
/// What was brought forward, then each line from `from` to `to` with the balance behind it, page by page.
#[api_v2_operation]
pub async fn general_ledger(cx: Allowed<ReadReports>, query: Query<LedgerQuery>) -> ReportAnswer<GeneralLedger> {
    let wanted = query.0;
    let (page, page_size) = pages(wanted.page, wanted.page_size)?;
    let account = wanted.account_id;
    let scope = cx.read().await?;
    let query = Wanted {
        from: wanted.from,
        to: wanted.to,
        known_at: wanted.known_at,
        department_id: wanted.department_id,
        project_code: wanted.project_code,
        ..Wanted::default()
    };
    let basis = Basis::of(&cx, &scope, &query).await?;
    let account = basis.accounts.get(&account).ok_or_else(|| Error::no_such("account_id"))?;
    let before = basis.from.0.previous_day().map(Day);
    let of_account = |sums: Vec<sums::AccountSum>| sums.iter().find(|sum| sum.account_id == account.id).map(net).unwrap_or_default();
    let brought_forward = of_account(basis.moved(&scope, None, before, true).await?);
    let slice = basis.slice(Some(basis.from), Some(basis.to));
    let offset = i64::from(page - 1) * i64::from(page_size);
    let found = sums::ledger_page(&scope, &slice, account.id, offset, page_size).await?;
    let opening = brought_forward + found.skipped;
    let mut balance = opening;
    let rows: Vec<Row> = found
        .lines
        .into_iter()
        .map(|line: LedgerLine| {
            balance = balance + line.base_debit.into() - line.base_credit.into();
            Row {
                je_id: line.je_id,
                je_code: line.je_code,
                posting_date: line.posting_date,
                line_no: line.line_no,
                description: line.description,
                partner_id: line.partner_id,
                department_id: line.department_id,
                debit: line.base_debit,
                credit: line.base_credit,
                balance,
            }
        })
        .collect();
    let answer = GeneralLedger {
        account_id: account.id,
        account_code: account.account_code.to_string(),
        account_name: account.account_name.to_string(),
        from: basis.from,
        to: basis.to,
        known_at: basis.known_at,
        page,
        page_size,
        opening,
        closing: balance,
        rows,
        total: found.total,
    };
    Ok(report("general-ledger", wanted.format, &answer).await?)
}
