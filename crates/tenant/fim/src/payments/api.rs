use super::{
    Create, Payments, Update,
    entity::{Model, Payment, PaymentType},
};
use auth::Allowed;
use envelope::{Api, Body, Created, RawBody, RowId};
use kernel::{Currency, Error, FieldError, Message, Money, Result, permission};
use ledger::{accounts, journal::rules::fits, posting::places_of, sums};
use paperclip::actix::api_v2_operation;
use resource::{Changing, Guard, Spec};
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, Value};
use store::{Tx, values_of};

permission! {
    /// Asked for too where a line of the bank makes a payment; the action itself is declared with the resource.
    pub Complete = "fim", "payments", "complete";
}

/// Digits of a card's number that may be kept.
const CARD_DIGITS: usize = 10;

fn amount_in(changing: &Changing<'_>, column: &str, before: Option<Money>) -> Money {
    match changing.value(column) {
        Some(Value::BigInt(Some(units))) => Money(*units),
        _ => before.unwrap_or_default(),
    }
}

fn text_in<'c>(changing: &'c Changing<'_>, column: &str) -> Option<&'c str> {
    match changing.value(column) {
        Some(Value::String(Some(text))) => Some(text.as_str()),
        _ => None,
    }
}

/// Amounts, currency and account of a payment fit each other.
async fn fits_together(tx: &Tx, changing: Changing<'_>) -> Result<()> {
    let before = changing.before::<Model>()?;
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, rule: &str, ko: String, en: String| wrong.push(FieldError::new(field, rule, Message::new(ko, en)));
    let currency = match text_in(&changing, "currency") {
        Some(code) => Currency::parse(code).map_err(Error::internal)?,
        None => before.as_ref().map(|row| row.currency.clone()).ok_or_else(|| Error::internal("a payment without a currency"))?,
    };
    let places = places_of(tx, &currency).await?;
    let amount = amount_in(&changing, "amount", before.as_ref().map(|row| row.amount));
    let fee = amount_in(&changing, "fee_amount", before.as_ref().map(|row| row.fee_amount));
    let digits = |field: &str| {
        (
            field.to_owned(),
            format!("소수점 아래 {places}자리까지만 입력할 수 있습니다."),
            format!("must have at most {places} decimal places"),
        )
    };
    if amount.0 <= 0 {
        refuse("amount", "minimum", "0보다 커야 합니다.".into(), "must be greater than 0".into());
    }
    if fee.is_negative() {
        refuse("fee_amount", "minimum", "0 이상이어야 합니다.".into(), "must be 0 or more".into());
    }
    for (field, value) in [("amount", amount), ("fee_amount", fee)] {
        if !fits(value, places) {
            let (field, ko, en) = digits(field);
            refuse(&field, "decimal_places", ko, en);
        }
    }
    let kind =
        text_in(&changing, "transaction_type").map(str::to_owned).or_else(|| before.as_ref().map(|row| row.transaction_type.to_value()));
    if kind.as_deref() == Some(&PaymentType::Receipt.to_value()) && amount.0 > 0 && fee >= amount {
        refuse("fee_amount", "maximum", "받은 금액보다 작아야 합니다.".into(), "must be less than the amount received".into());
    }
    if matches!(changing.value("exchange_rate"), Some(Value::BigInt(Some(rate))) if *rate <= 0) {
        refuse("exchange_rate", "minimum", "0보다 커야 합니다.".into(), "must be greater than 0".into());
    }
    if text_in(&changing, "card_no").is_some_and(|text| text.chars().filter(char::is_ascii_digit).count() > CARD_DIGITS) {
        refuse(
            "card_no",
            "masked",
            "카드번호는 일부를 가려서 입력하세요.".into(),
            "must be masked; complete card numbers are not stored".into(),
        );
    }
    if let Some(id) = changing.id_in("account_id").or_else(|| before.as_ref().map(|row| row.account_id)) {
        let account = tx.find::<accounts::entity::Entity>().filter(accounts::entity::Column::Id.eq(id)).one().await?;
        let account = account.ok_or_else(|| Error::no_such("account_id"))?;
        if !(account.is_bank_account || account.is_cash_account) || !account.is_posting_allowed || !account.is_active {
            refuse(
                "account_id",
                "bank_account",
                "전기를 허용하는 사용 중인 현금·예금 계정이어야 합니다.".into(),
                "must be an active cash or bank account that allows posting".into(),
            );
        } else if account.currency.as_ref().is_some_and(|only| *only != currency) {
            refuse(
                "account_id",
                "currency",
                "입출금과 통화가 같은 계정이어야 합니다.".into(),
                "must be an account in the currency of the payment".into(),
            );
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

pub(crate) const FITS: &Guard<'static> = &|_, tx, changing| Box::pin(fits_together(tx, changing));

/// Note one payment or receipt; nothing is posted before it is completed
///
/// In the base currency when `currency` is left out. `complete` posts it, and settles open items.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Payments>>, body: Body<Create>) -> Created<Payment> {
    let mut row = body.0.into_active_model();
    if !row.currency.is_set() {
        let base = sums::ledger(&cx.read().await?).await?.base_currency;
        row.currency = Set(Currency::parse(&base).map_err(Error::internal)?);
    }
    Ok(resource::create_with(&cx, Spec::of::<Payments>()?, values_of(&row), FITS).await?.into())
}

/// Change one payment that is pending
///
/// A merge patch: what is left out stays as it is. 409 once it was completed, failed or cancelled.
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Payments>>, id: RowId, body: RawBody<Update>) -> Api<Payment> {
    let mut json = body.json;
    if let Some(code) = json.get("currency").and_then(serde_json::Value::as_str).filter(|_| json.get("exchange_rate").is_none()) {
        let row = cx.read().await?.find::<super::entity::Entity>().filter(super::entity::Column::Id.eq(*id)).one().await?;
        // a rate that was given is one of the currency
        if row.is_some_and(|row| row.exchange_rate.is_some() && !row.currency.eq_ignore_ascii_case(code)) {
            json["exchange_rate"] = serde_json::Value::Null;
        }
    }
    Ok(resource::update_with(&cx, Spec::of::<Payments>()?, *id, json, FITS).await?.into())
}
