//! The amendments that correct an issued invoice (수정세금계산서), for one of the six reasons of 부가가치세법 시행령 §70.
//!
//! | code | amendments | day |
//! |---|---|---|
//! | 1 기재사항 착오정정 | − the original, + the correct one | of the original |
//! | 2 공급가액 변동 | ± the difference | of the change |
//! | 3 환입 | − what was returned | of the return |
//! | 4 계약의 해제 | − the whole | of the cancellation |
//! | 5 내국신용장 사후개설 | − with 10 %, + with 0 % | of the original |
//! | 6 착오에 의한 이중발급 | − the whole | of the original |
//!
//! Amendments take away at most the invoice's amount, in supply and in tax of each kind (`taking`), and are set off against what is still
//! to be paid of it. Tax that was deducted with a bad debt is not taken away once more.

use super::{
    api::InvoiceAmend,
    drafting::{locked, write},
    entity::{ActiveModel, Direction, InvoiceType, IssueType, Model},
    figures::{self, Frame, amounts_of, figures, kind_of, put},
    issuing::{answer_with_lines, bears_day_of_original, issue_locked, locked_items},
    left::{self, Left},
    line::Line,
    parties,
    taking::{Original, again, as_it_was_borne, as_sent, within},
};
use crate::{open_items, vat_settlements};
use auth::Door;
use envelope::Answer;
use kernel::{Day, Error, Memo, Money, Qty, Result, Text};
use ledger::{
    journal::rules::not_ahead,
    posting::places_of,
    tax::{Amounts, TaxKind},
};
use resource::{Acting, Done};
use sea_orm::ActiveValue::Set;
use store::{Tx, new_id};

/// An amendment to be issued.
struct Amendment {
    kind: InvoiceType,
    issue_type: IssueType,
    date: Day,
    lines: Vec<Line>,
    /// Whether the prices of the lines have the tax in them.
    prices_include_tax: bool,
    remark: Option<Memo>,
    /// The masters are asked again who supplies and who buys.
    parties_anew: bool,
}

fn wrong(field: &str, rule: &str, ko: &'static str, en: &'static str) -> Error {
    Error::field(field.to_owned(), rule.to_owned(), ko, en)
}

/// Makes, issues and posts the amendments.
pub(super) async fn amend(cx: &Acting<'_>, row: &Model, wanted: &InvoiceAmend) -> Result<Done<ActiveModel>> {
    let (door, tx) = (cx.door()?, cx.tx);
    if row.invoice_type == InvoiceType::CreditNote {
        return Err(crate::rules::CREDIT_NOTE.error());
    }
    let mut items = locked_items(tx, row.id).await?;
    let claim = items.first_mut().ok_or_else(|| Error::transient("the invoice was issued at this moment"))?;
    let left = Left::of(tx, row).await?;
    let relieved = left.relieved(left::relieved(tx, claim.id).await?, places_of(tx, &row.currency_code).await?);
    let relieved = relieved.ok_or_else(figures::too_large)?;
    let original = Original { lines: left.lines.iter().map(again).collect(), left, relieved, row: row.clone() };
    let amendments = amendments(door, tx, &original, wanted).await?;
    let mut answers = Vec::new();
    for amendment in amendments {
        within(&original, &amendment.lines)?;
        let made = draft(door, tx, &original.row, wanted, &amendment).await?;
        let (made, mut item) = issue_locked(tx, &door.permission().to_string(), made, door.today()).await?;
        if item.amount.is_negative() {
            open_items::set_off(tx, &mut item, claim, amendment.date).await?;
        }
        answers.push(answer_with_lines(tx, made.id).await?.data);
    }
    if bears_day_of_original(wanted.code) {
        vat_settlements::supplement(door, tx, original.row.invoice_date).await?;
    }
    let original = answer_with_lines(tx, row.id).await?;
    cx.answer(Answer::json(format!(r#"{{"original":{},"sheets":[{}]}}"#, original.data, answers.join(",")), original.version));
    Ok(Done::Written)
}

/// The amendments a reason asks for.
async fn amendments(door: &Door, tx: &Tx, original: &Original, wanted: &InvoiceAmend) -> Result<Vec<Amendment>> {
    let row = &original.row;
    let code = wanted.code.ok_or_else(|| wrong("code", "required", "필수 항목입니다.", "is required"))?;
    let (may_have_lines, may_have_amount, own_day) = match code {
        1 => (true, false, false),
        2 | 3 => (true, true, true),
        4 => (false, false, true),
        5 | 6 => (false, false, false),
        _ => return Err(wrong("code", "range", "사유 코드는 1부터 6까지입니다.", "must be a reason code from 1 to 6")),
    };
    if wanted.lines.is_some() && (!may_have_lines || wanted.amount.is_some()) {
        return Err(wrong(
            "lines",
            "conflict",
            "이 사유 코드에는 지정할 수 없습니다. amount와 함께 지정할 수도 없습니다.",
            "cannot be combined with this reason code or with amount",
        ));
    }
    if wanted.amount.is_some() && !may_have_amount {
        return Err(wrong("amount", "conflict", "이 사유 코드에는 지정할 수 없습니다.", "cannot be combined with this reason code"));
    }
    not_ahead("date", wanted.date, door.today())?;
    if wanted.date.is_some_and(|date| date < row.invoice_date) {
        return Err(wrong("date", "minimum", "당초 작성일자보다 빠를 수 없습니다.", "must not be before the invoice date of the original"));
    }
    let is_letter_of_credit = code == 5;
    if !own_day && !is_letter_of_credit && wanted.date.is_some_and(|date| date != row.invoice_date) {
        return Err(wrong("date", "original", "당초 작성일자와 같아야 합니다.", "must be the invoice date of the original"));
    }
    let date = if own_day { wanted.date.unwrap_or_else(|| door.today()) } else { row.invoice_date };
    let noted = |what: &str, day: Day| Memo::parse(&format!("{what} {day}")).ok();
    let of_original = if own_day { noted("당초 작성일자", row.invoice_date) } else { None };
    let amendment = |kind, lines, remark| Amendment {
        kind,
        issue_type: row.issue_type,
        date,
        lines,
        // an amount of supply is one without its tax, whatever the original says of its prices
        prices_include_tax: row.prices_include_tax && wanted.amount.is_none(),
        remark,
        parties_anew: false,
    };
    let back = || original.lines.iter().map(negated).collect::<Vec<_>>();
    Ok(match code {
        1 => {
            let correct = match &wanted.lines {
                Some(lines) => compute(tx, row, uncomputed(lines.clone()), false).await?,
                // what was wrong stood elsewhere on the invoice: no amount changes, whatever is computed otherwise by now
                None => original.lines.clone(),
            };
            let correct = Amendment { parties_anew: true, ..amendment(InvoiceType::Modified, correct, None) };
            vec![amendment(InvoiceType::CreditNote, back(), None), correct]
        }
        2 => {
            let lines = difference(tx, original, wanted).await?;
            let sums = figures::sum(&lines)?;
            let kind = if sums.total.is_negative() { InvoiceType::CreditNote } else { InvoiceType::DebitNote };
            vec![amendment(kind, lines, of_original)]
        }
        3 => {
            let lines = returned(tx, original, wanted).await?;
            vec![amendment(InvoiceType::CreditNote, lines, of_original)]
        }
        4 => vec![amendment(InvoiceType::CreditNote, back(), of_original)],
        5 => {
            let opened = wanted.date.ok_or_else(|| {
                wrong("date", "required", "내국신용장 개설일을 입력하세요.", "is required: the day the letter of credit was opened")
            })?;
            if row.tax_amount == Money::ZERO || row.direction == Direction::Purchase {
                return Err(wrong(
                    "code",
                    "taxable",
                    "이 사유 코드는 10% 과세 매출에만 쓸 수 있습니다.",
                    "must not be 5 unless the original is a sale with tax",
                ));
            }
            let remark = noted("내국신용장 개설일", opened);
            let zero = original.lines.iter().cloned().map(zero_rated).collect::<Result<_>>()?;
            let zero = Amendment { issue_type: IssueType::ZeroRate, ..amendment(InvoiceType::Modified, zero, remark.clone()) };
            vec![amendment(InvoiceType::CreditNote, back(), remark), zero]
        }
        _ => vec![amendment(InvoiceType::CreditNote, back(), None)],
    })
}

fn negated(line: &Line) -> Line {
    let mut line = Line { quantity: Qty(-line.quantity.0), ..line.clone() };
    let amounts = amounts_of(&line).negated();
    put(&mut line, amounts);
    line
}

/// The same supply without tax.
fn zero_rated(line: Line) -> Result<Line> {
    let kind = if kind_of(&line) == TaxKind::Exempt { TaxKind::Exempt } else { TaxKind::ZeroRated };
    let amounts = Amounts::of(amounts_of(&line).supply, Money::ZERO).ok_or_else(figures::too_large)?;
    let mut line = Line { tax_kind: Some(kind), ..line };
    put(&mut line, amounts);
    Ok(line)
}

fn uncomputed(lines: Vec<Line>) -> Vec<Line> {
    lines.into_iter().map(|line| Line { supply_amount: None, tax_amount: None, total_amount: None, ..line }).collect()
}

async fn compute(tx: &Tx, row: &Model, lines: Vec<Line>, signed: bool) -> Result<Vec<Line>> {
    let frame = Frame { direction: row.direction, currency: &row.currency_code, prices_include_tax: row.prices_include_tax, signed };
    figures(tx, &frame, lines).await
}

/// One line for an amount of supply, of the kind all lines of the original are.
async fn one_line(tx: &Tx, original: &Original, name: &str, amount: Money) -> Result<Vec<Line>> {
    let first = original.lines.first().ok_or_else(|| Error::internal("an invoice without lines"))?;
    if original.lines.iter().any(|line| kind_of(line) != kind_of(first)) {
        return Err(wrong(
            "amount",
            "one_kind",
            "과세 유형이 여러 가지인 세금계산서에는 amount 대신 lines를 입력하세요.",
            "cannot be used for an invoice with several kinds of tax; give lines instead",
        ));
    }
    let line = Line {
        product_code: None,
        product_name: Text::parse(name).map_err(Error::internal)?,
        product_spec: None,
        unit: None,
        quantity: Qty(10_i64.pow(Qty::SCALE) * amount.0.signum()),
        unit_price: Money(amount.0.abs()),
        supply_amount: None,
        tax_amount: None,
        total_amount: None,
        remark: None,
        ..first.clone()
    };
    let frame = Frame { direction: original.row.direction, currency: &original.row.currency_code, prices_include_tax: false, signed: true };
    let lines = figures(tx, &frame, vec![line]).await?;
    match figures::sum(&lines)?.supply == amount {
        true => Ok(lines),
        false => Err(wrong(
            "amount",
            "decimal_places",
            "통화의 소수 자릿수에 맞는 금액이어야 합니다.",
            "must not have more decimal places than its currency",
        )),
    }
}

fn neither() -> Error {
    wrong("lines", "required", "품목(lines)이나 금액(amount)을 입력하세요.", "is required unless amount is given")
}

/// How the supply changed.
async fn difference(tx: &Tx, original: &Original, wanted: &InvoiceAmend) -> Result<Vec<Line>> {
    let lines = match (&wanted.lines, wanted.amount) {
        (Some(lines), _) => compute(tx, &original.row, uncomputed(lines.clone()), true).await?,
        (None, Some(amount)) if amount != Money::ZERO => one_line(tx, original, "공급가액 변동", amount).await?,
        (None, Some(_)) => return Err(wrong("amount", "not_zero", "0이 아니어야 합니다.", "must not be 0")),
        (None, None) => return Err(neither()),
    };
    let lines = as_it_was_borne(tx, original, lines).await?;
    as_sent(wanted, &lines)?;
    Ok(lines)
}

/// What was returned, taken away.
async fn returned(tx: &Tx, original: &Original, wanted: &InvoiceAmend) -> Result<Vec<Line>> {
    let lines = match (&wanted.lines, wanted.amount) {
        (Some(lines), _) => compute(tx, &original.row, uncomputed(lines.clone()), false).await?,
        (None, Some(amount)) if amount > Money::ZERO => one_line(tx, original, "환입", amount).await?,
        (None, Some(_)) => return Err(wrong("amount", "minimum", "0보다 커야 합니다.", "must be greater than 0")),
        (None, None) => return Err(neither()),
    };
    let lines = as_it_was_borne(tx, original, lines.iter().map(negated).collect()).await?;
    as_sent(wanted, &lines.iter().map(negated).collect::<Vec<_>>())?;
    Ok(lines)
}

/// Writes an amendment as a draft.
async fn draft(door: &Door, tx: &Tx, row: &Model, wanted: &InvoiceAmend, amendment: &Amendment) -> Result<Model> {
    let mut draft = if amendment.parties_anew { ActiveModel::default() } else { parties::copied(row) };
    if amendment.parties_anew {
        parties::fill(tx, &mut draft, row.direction, &parties::partner(tx, row.partner_id).await?).await?;
    }
    let id = new_id();
    let draft = ActiveModel {
        id: Set(id),
        direction: Set(row.direction),
        invoice_type: Set(amendment.kind),
        issue_type: Set(amendment.issue_type),
        invoice_date: Set(amendment.date),
        partner_id: Set(row.partner_id),
        currency_code: Set(row.currency_code.clone()),
        exchange_rate: Set(row.exchange_rate),
        prices_include_tax: Set(amendment.prices_include_tax),
        amendment_code: Set(wanted.code),
        original_invoice_id: Set(Some(row.id)),
        amendment_reason: Set(wanted.reason.clone()),
        remark: Set(amendment.remark.clone()),
        ..draft
    };
    write(door, tx, draft, &amendment.lines).await?;
    locked(tx, id, None).await
}
