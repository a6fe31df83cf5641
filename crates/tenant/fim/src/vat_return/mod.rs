//! 부가가치세 신고서, 세금계산서합계표

pub(crate) mod figures;
mod late_invoices;

pub(crate) use late_invoices::late;

use crate::{
    revaluations::foreign,
    vat_return::figures::{BOXES, Span, Total},
};
use auth::{Allowed, Door};
use envelope::{Api, Query, Reply};
use kernel::{BizNo, Day, Error, Money, MoneySum, Result, Text, Timestamp};
use ledger::{
    accounts::{self, entity::PostingRole},
    reports::{Basis, Query as Statement, ReadReports, net, pages},
};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{ReportAnswer, ReportFormat, report};
use serde::{Deserialize, Serialize};
use store::Scope;
use uuid::Uuid;

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "VatReturnQuery")]
pub struct Wanted {
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
    /// 파일 형식 | Format
    ///
    /// `json`, `csv` or `xlsx`.
    pub format: Option<ReportFormat>,
}

/// A box of the return.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "VatBox")]
pub struct VatBox {
    /// 신고서 칸 | Box
    #[serde(rename = "box")]
    pub no: String,
    /// 이름 | Name
    pub name: String,
    /// 영문명 | English name
    pub name_en: String,
    /// 공급가액 | Supply amount
    pub supply: MoneySum,
    /// 세액 | Tax
    pub tax: MoneySum,
    /// 건수 | Count
    ///
    /// Invoices, and write-offs where the tax of bad debts is in it.
    pub count: i64,
}

/// A tax of the return beside the account it was posted to.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "VatTie")]
pub struct Tie {
    /// 계정과목 | Account
    pub account_id: Uuid,
    /// 계정코드 | Account code
    pub account_code: String,
    /// 문서 | Documents
    ///
    /// What the documents say.
    pub documents: MoneySum,
    /// 원장 | Ledger
    ///
    /// What moved in the account, settlements aside.
    pub ledger: MoneySum,
    /// 차이 | Difference
    ///
    /// What the ledger has more: entries without a tax invoice.
    pub difference: MoneySum,
}

/// The return: its boxes from issued invoices and bad debts, tied to the ledger.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct VatReturn {
    /// 시작 | From
    pub from: Day,
    /// 종료 | To
    pub to: Day,
    /// 인지 시점 | Known at
    ///
    /// Asked again with this moment, the answer is the same, whatever is posted since.
    pub known_at: Option<Timestamp>,
    /// 신고서 칸 | Boxes
    pub boxes: Vec<VatBox>,
    /// 매출세액 | Output tax
    pub output_tax: MoneySum,
    /// 매입세액 | Input tax
    ///
    /// 매입세액, what is not deducted taken off.
    pub input_tax: MoneySum,
    /// 납부세액 | Payable
    ///
    /// 납부세액; below zero it is refunded (환급세액).
    pub payable: MoneySum,
    /// 지연 가산세 | Late penalty
    ///
    /// 지연발급 가산세: what is due beside it for sales that were invoiced late.
    pub late_penalty: MoneySum,
    /// 매출세액 대사 | Output tax reconciliation
    ///
    /// The account of output tax.
    pub output_tie: Tie,
    /// 매입세액 대사 | Input tax reconciliation
    ///
    /// The account of input tax.
    pub input_tie: Tie,
    /// 부가세 정산 | VAT settlements
    ///
    /// What was settled of these days, and what supplemented that afterwards (수정신고).
    pub settlements: Vec<SettledPart>,
}

/// A settlement of the days of a return, or of a part of them.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "VatReturnSettlement")]
pub struct SettledPart {
    /// 부가세 정산 | VAT settlement
    pub vat_settlement_id: Uuid,
    /// 수정신고 | Supplementary return
    ///
    /// Whether it is a supplement (수정신고).
    pub is_supplement: bool,
    /// 수정신고한 당초 정산 | Supplement of
    ///
    /// The settlement it supplements, as an amendment made necessary; null of the settlement itself.
    pub supplement_of_id: Option<Uuid>,
    /// 시작일 | From date
    pub from_date: Day,
    /// 종료일 | To date
    pub to_date: Day,
    /// 매출세액 | Output tax
    pub output_tax: Money,
    /// 매입세액 | Input tax
    pub input_tax: Money,
    /// 납부세액 | Payable
    pub payable: Money,
    /// 전표 | Journal entry
    pub je_id: Uuid,
}

impl From<figures::Settlement> for SettledPart {
    fn from(row: figures::Settlement) -> Self {
        Self {
            vat_settlement_id: row.id,
            is_supplement: row.supplement_of_id.is_some(),
            supplement_of_id: row.supplement_of_id,
            from_date: row.from_date,
            to_date: row.to_date,
            output_tax: row.output_tax,
            input_tax: row.input_tax,
            payable: row.payable,
            je_id: row.je_id,
        }
    }
}

pub(super) async fn basis(
    cx: &Door,
    scope: &Scope,
    from: Option<Day>,
    to: Option<Day>,
    known_at: Option<Timestamp>,
) -> Result<(Basis, Span)> {
    let basis = Basis::of(cx, scope, &Statement { from, to, known_at, ..Statement::default() }).await?;
    let span = Span { from: basis.from, to: basis.to, known: basis.known };
    Ok((basis, span))
}

/// What moved in the account of a role, on its own side; what a settlement took out of it is no tax.
async fn tie(scope: &Scope, basis: &Basis, role: PostingRole, documents: MoneySum) -> Result<Tie> {
    let id = accounts::of_role(scope, role).await?;
    let account = basis.accounts.get(&id).ok_or_else(|| Error::internal("a role without an account"))?;
    let sums = basis.moved(scope, Some(basis.from), Some(basis.to), true).await?;
    let moved = sums.iter().find(|sum| sum.account_id == id).map(net).unwrap_or_default();
    let settled = foreign::moved_by(scope, "fim_vat_settlements", (basis.from, basis.to), basis.known, &[id]).await?;
    let moved = moved - settled;
    let ledger = if role == PostingRole::VatOut { -moved } else { moved };
    Ok(Tie { account_id: id, account_code: account.account_code.to_string(), documents, ledger, difference: ledger - documents })
}

/// The return of a period, from the documents and the ledger.
pub(crate) async fn compute(
    cx: &Door,
    scope: &Scope,
    from: Option<Day>,
    to: Option<Day>,
    known_at: Option<Timestamp>,
) -> Result<VatReturn> {
    let (basis, span) = basis(cx, scope, from, to, known_at).await?;
    let mut boxes = Vec::with_capacity(BOXES.len());
    for of in &BOXES {
        let Total { supply, tax, count } = figures::total(scope, span, of).await?;
        boxes.push(VatBox { no: of.no.to_owned(), name: of.name.to_owned(), name_en: of.name_en.to_owned(), supply, tax, count });
    }
    let tax = |no: &str| boxes.iter().find(|known| known.no == no).map(|known| known.tax).unwrap_or_default();
    let output_tax = tax("9");
    let input_tax = tax("10") + tax("11") - tax("50");
    Ok(VatReturn {
        from: basis.from,
        to: basis.to,
        known_at: basis.known_at,
        output_tie: tie(scope, &basis, PostingRole::VatOut, output_tax).await?,
        input_tie: tie(scope, &basis, PostingRole::VatIn, input_tax).await?,
        boxes,
        output_tax,
        input_tax,
        payable: output_tax - input_tax,
        late_penalty: late_invoices::of(scope, span).await?.iter().map(|row| row.penalty).sum(),
        settlements: figures::settlements(scope, span).await?.into_iter().map(SettledPart::from).collect(),
    })
}

/// The tax return of a period
///
/// Every box with supply and tax, whether the ledger says the same, and the settlements that were made.
#[api_v2_operation]
pub async fn vat_return(cx: Allowed<ReadReports>, query: Query<Wanted>) -> ReportAnswer<VatReturn> {
    let scope = cx.read().await?;
    let answer = compute(&cx, &scope, query.0.from, query.0.to, query.0.known_at).await?;
    Ok(report("vat-return", query.0.format, &answer).await?)
}

#[derive(Deserialize, Apiv2Schema)]
#[openapi(rename = "VatDocumentsQuery")]
pub struct DocumentsWanted {
    /// 신고서 칸 | Box
    ///
    /// The number of a box.
    #[serde(rename = "box")]
    pub no: Text<10>,
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
    /// 쪽 | Page
    ///
    /// From 1.
    pub page: Option<i32>,
    /// 쪽당 행 수 | Rows per page
    ///
    /// 1 to 500; 100 when left out.
    pub page_size: Option<i32>,
}

/// An invoice behind a box.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
#[openapi(rename = "VatDocument")]
pub struct Row {
    /// 세금계산서 | Tax invoice
    pub invoice_id: Uuid,
    /// 계산서 번호 | Invoice number
    pub invoice_no: Option<Text<50>>,
    /// 작성일자 | Invoice date
    pub invoice_date: Day,
    /// 국세청 승인번호 | Approval number
    pub approval_no: Option<Text<50>>,
    /// 거래처 | Partner
    pub partner_id: Uuid,
    /// 공급자 등록번호 | Supplier business number
    pub supplier_biz_no: Option<BizNo>,
    /// 공급자 상호 | Supplier business name
    pub supplier_biz_name: Option<Text<200>>,
    /// 공급받는 자 등록번호 | Buyer business number
    pub buyer_biz_no: Option<BizNo>,
    /// 공급받는 자 상호 | Buyer business name
    pub buyer_biz_name: Option<Text<200>>,
    /// 대손·상계 정리 | Clearing
    ///
    /// The write-off that deducted its tax, or was itself reversed.
    pub clearing_id: Option<Uuid>,
    /// 공급가액 | Supply amount
    ///
    /// The part of it that is in the box.
    pub supply: Money,
    /// 세액 | Tax
    pub tax: Money,
}

/// The invoices behind a box.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct VatDocuments {
    /// 신고서 칸 | Box
    #[serde(rename = "box")]
    pub no: String,
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
    /// 전체 건수 | Total
    ///
    /// Documents on all pages.
    pub total: i64,
    /// 공급가액 | Supply amount
    pub supply: MoneySum,
    /// 세액 | Tax
    pub tax: MoneySum,
    /// 행 | Rows
    pub rows: Vec<Row>,
}

/// The invoices behind a box of the tax return
///
/// Page by page, with the part of each that is in the box; the sums are those of all pages.
#[api_v2_operation]
pub async fn documents(cx: Allowed<ReadReports>, query: Query<DocumentsWanted>) -> Api<VatDocuments> {
    let wanted = query.0;
    let (page, page_size) = pages(wanted.page, wanted.page_size)?;
    let no = wanted.no;
    let which = BOXES.iter().find(|known| *known.no == *no);
    let which =
        which.ok_or_else(|| Error::field("box", "enum", "신고서에 없는 번호입니다.", "must be the number of a box on the return"))?;
    let scope = cx.read().await?;
    let (basis, span) = basis(&cx, &scope, wanted.from, wanted.to, wanted.known_at).await?;
    let Total { supply, tax, count } = figures::total(&scope, span, which).await?;
    let offset = i64::from(page - 1) * i64::from(page_size);
    let rows = figures::documents_in(&scope, span, which, offset, page_size).await?;
    let row = |row: figures::Document| Row {
        invoice_id: row.id,
        invoice_no: row.invoice_no,
        invoice_date: row.invoice_date,
        approval_no: row.approval_no,
        partner_id: row.partner_id,
        supplier_biz_no: row.supplier_biz_no,
        supplier_biz_name: row.supplier_biz_name,
        buyer_biz_no: row.buyer_biz_no,
        buyer_biz_name: row.buyer_biz_name,
        clearing_id: row.clearing_id,
        supply: row.supply,
        tax: row.tax,
    };
    let answer = VatDocuments {
        no: which.no.to_owned(),
        from: basis.from,
        to: basis.to,
        known_at: basis.known_at,
        page,
        page_size,
        total: count,
        supply,
        tax,
        rows: rows.into_iter().map(row).collect(),
    };
    Ok(Reply::new(&answer)?)
}
