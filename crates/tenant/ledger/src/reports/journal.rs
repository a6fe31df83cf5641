//! 분개장

use super::{Basis, Query as Wanted, ReadReports, general_ledger::pages};
use crate::sums;
use auth::Allowed;
use envelope::Query;
use kernel::{CodeText, Day, Money, Text, Timestamp};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, ReportFormat, report};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "JournalQuery")]
pub struct JournalQuery {
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

/// A line of the journal.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "JournalRow")]
pub struct Row {
    /// 전기일 | Posting date
    pub posting_date: Day,
    /// 전표 | Journal entry
    pub je_id: Uuid,
    /// 전표번호 | Journal entry number
    pub je_code: String,
    /// 행 번호 | Line
    pub line_no: i32,
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 계정코드 | Account code
    pub account_code: String,
    /// 계정명 | Account name
    pub account_name: String,
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
}

/// What was posted, line by line, in the order of days and of posting.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct Journal {
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
    /// 행 | Rows
    pub rows: Vec<Row>,
    /// 합계 | Total
    ///
    /// Lines in all.
    pub total: i64,
}

/// The journal, line by line
///
/// Every posted line from `from` to `to`, entry by entry, page by page. What was posted after `known_at` is left out.
#[api_v2_operation]
pub async fn journal(cx: Allowed<ReadReports>, query: Query<JournalQuery>) -> ReportAnswer<Journal> {
    let wanted = query.0;
    let (page, page_size) = pages(wanted.page, wanted.page_size)?;
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
    let slice = basis.slice(Some(basis.from), Some(basis.to));
    let (total, lines) = sums::journal(&scope, &slice, i64::from(page - 1) * i64::from(page_size), page_size).await?;
    let rows = lines.into_iter().filter_map(|sums::JournalLine { account_id, line }| {
        let account = basis.accounts.get(&account_id)?;
        Some(Row {
            posting_date: line.posting_date,
            je_id: line.je_id,
            je_code: line.je_code,
            line_no: line.line_no,
            account_id,
            account_code: account.account_code.to_string(),
            account_name: account.account_name.to_string(),
            description: line.description,
            partner_id: line.partner_id,
            department_id: line.department_id,
            debit: line.base_debit,
            credit: line.base_credit,
        })
    });
    let journal = Journal { from: basis.from, to: basis.to, known_at: basis.known_at, page, page_size, rows: rows.collect(), total };
    Ok(report("journal", wanted.format, &journal).await?)
}
