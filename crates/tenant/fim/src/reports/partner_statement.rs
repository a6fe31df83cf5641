//! 거래처원장

use crate::open_items::partners::{self, PartnerLine};
use auth::Allowed;
use crm::partner;
use envelope::Query;
use kernel::{Day, Error, Money, MoneySum, Result, Text, Timestamp};
use ledger::{
    accounts::entity::PostingRole,
    reports::{Basis, Query as Wanted, ReadReports},
};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, ReportFormat, report};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::Scope;
use uuid::Uuid;

/// Lines of a statement, at most.
const MOST: i32 = 2000;

/// What stands for claims and debts of partners, advances among them.
const CLAIMS: [PostingRole; 6] = [
    PostingRole::Receivable,
    PostingRole::OtherReceivable,
    PostingRole::AdvancePaid,
    PostingRole::Payable,
    PostingRole::OtherPayable,
    PostingRole::AdvanceReceived,
];

#[derive(Deserialize, Apiv2Schema)]
pub struct PartnerStatementQuery {
    /// 거래처 | Partner
    pub partner_id: Uuid,
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
    /// 파일 형식 | Format
    ///
    /// `json`, `csv` or `xlsx`.
    pub format: Option<ReportFormat>,
}

#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct PartnerStatementRow {
    /// 전표 | Journal entry
    pub je_id: Uuid,
    /// 전표번호 | Journal entry number
    pub je_code: String,
    /// 전기일 | Posting date
    pub posting_date: Day,
    /// 행 번호 | Line
    pub line_no: i32,
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 계정코드 | Account code
    pub account_code: String,
    /// 계정명 | Account name
    pub account_name: String,
    /// 근거 문서 구분 | Source document type
    pub ref_doc_type: Option<Text<50>>,
    /// 근거 문서 | Source document
    pub ref_doc_id: Option<Uuid>,
    /// 근거 문서번호 | Source document number
    pub ref_doc_no: Option<Text<100>>,
    /// 설명 | Description
    pub description: Option<String>,
    /// 차변 | Debit
    pub debit: Money,
    /// 대변 | Credit
    pub credit: Money,
    /// 잔액 | Balance
    ///
    /// Debit-positive, after this line: above zero the partner owes.
    pub balance: MoneySum,
}

/// What happened with a partner, in the base currency.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct PartnerStatement {
    /// 거래처 | Partner
    pub partner_id: Uuid,
    /// 거래처 코드 | Partner code
    pub partner_code: String,
    /// 거래처명 | Partner name
    pub partner_name: String,
    /// 시작 | From
    pub from: Day,
    /// 종료 | To
    pub to: Day,
    /// 인지 시점 | Known at
    pub known_at: Option<Timestamp>,
    /// 기초 잔액 | Opening balance
    pub opening: MoneySum,
    /// 행 | Rows
    pub rows: Vec<PartnerStatementRow>,
    /// 차변 | Debit
    pub debit: MoneySum,
    /// 대변 | Credit
    pub credit: MoneySum,
    /// 기말 잔액 | Closing balance
    pub closing: MoneySum,
}

/// What stood with partners that are one before the days of the statement, and their lines in it.
async fn of_partners(scope: &Scope, basis: &Basis, ids: &[Uuid]) -> Result<(MoneySum, Vec<PartnerLine>)> {
    if ids.is_empty() {
        return Ok((MoneySum::ZERO, Vec::new()));
    }
    let mut accounts: BTreeSet<Uuid> = partners::accounts_of_items(scope, Some(ids), None).await?.into_iter().collect();
    accounts.extend(basis.accounts.values().filter(|row| row.role.is_some_and(|role| CLAIMS.contains(&role))).map(|row| row.id));
    let accounts: Vec<Uuid> = accounts.into_iter().collect();
    let of = (ids, accounts.as_slice());
    let opening = partners::partner_before(scope, of, basis.from, basis.known).await?;
    Ok((opening, partners::partner_lines(scope, of, (basis.from, basis.to), basis.known, MOST + 1).await?))
}

/// The statement of account of one partner
///
/// Opening balance, each line of the period with the balance behind it, closing balance. Customers that were merged into the partner are
/// in it.
#[api_v2_operation]
pub async fn partner_statement(cx: Allowed<ReadReports>, query: Query<PartnerStatementQuery>) -> ReportAnswer<PartnerStatement> {
    let format = query.0.format;
    let wanted = query.0;
    let id = wanted.partner_id;
    let scope = cx.read().await?;
    let basis =
        Basis::of(&cx, &scope, &Wanted { from: wanted.from, to: wanted.to, known_at: wanted.known_at, ..Wanted::default() }).await?;
    let partner = scope.find_ever::<partner::Entity>().filter(partner::Column::Id.eq(id)).one().await?;
    let partner = partner.ok_or_else(|| Error::no_such("partner_id"))?;
    // whoever was merged into the partner by then; the lines of one that was merged away itself are its survivor's
    let merged = partners::merged(&scope, basis.known_at.unwrap_or_else(|| cx.platform().now())).await?;
    let mut ids: Vec<Uuid> = merged.iter().filter(|(_, into)| **into == id).map(|(from, _)| *from).collect();
    if !merged.contains_key(&id) {
        ids.push(id);
    }
    let (opening, lines) = of_partners(&scope, &basis, &ids).await?;
    if i32::try_from(lines.len()).unwrap_or(i32::MAX) > MOST {
        return Err(Error::field(
            "from",
            "too_many",
            format!("조회 결과가 {MOST}줄을 넘습니다. 기간을 줄이세요."),
            format!("yields more than {MOST} lines; choose a shorter period"),
        )
        .into());
    }
    let mut balance = opening;
    let rows: Vec<PartnerStatementRow> = lines
        .into_iter()
        .map(|line| {
            balance = balance + line.base_debit.into() - line.base_credit.into();
            let account = basis.accounts.get(&line.account_id);
            PartnerStatementRow {
                je_id: line.je_id,
                je_code: line.je_code,
                posting_date: line.posting_date,
                line_no: line.line_no,
                account_id: line.account_id,
                account_code: account.map(|row| row.account_code.to_string()).unwrap_or_default(),
                account_name: account.map(|row| row.account_name.to_string()).unwrap_or_default(),
                ref_doc_type: line.ref_doc_type,
                ref_doc_id: line.ref_doc_id,
                ref_doc_no: line.ref_doc_no,
                description: line.description,
                debit: line.base_debit,
                credit: line.base_credit,
                balance,
            }
        })
        .collect();
    let statement = PartnerStatement {
        partner_id: id,
        partner_code: partner.code.to_string(),
        partner_name: partner.name.to_string(),
        from: basis.from,
        to: basis.to,
        known_at: basis.known_at,
        opening,
        debit: rows.iter().map(|row| row.debit).sum(),
        credit: rows.iter().map(|row| row.credit).sum(),
        rows,
        closing: balance,
    };
    Ok(report("partner-statement", format, &statement).await?)
}
