//! What is done with a deal, inside a transaction.

use super::{
    Opportunities,
    api::{OpportunityLoss, OpportunityMove},
    entity::{ActiveModel, Column, Entity, Model, Stage, Status},
    rules::{Verb, after, certain, expected, money_unit},
    stages::{self, Place},
};
use crate::{related, rules};
use adm::{currency, settings};
use auth::{Door, entities::adm_user};
use envelope::{Answer, Nothing};
use kernel::{CodeText, Currency, Error, FieldError, Message, Result, Timestamp, Zone};
use resource::{Acting, Changing, Done, Guard, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use store::{Scope, Tx, new_id, values_of};
use uuid::Uuid;

/// The fields of a closed deal that may still be changed: everything else was agreed on.
const STILL_OPEN_TO_CHANGE: [&str; 8] =
    ["name", "description", "notes", "competitors", "our_advantage", "source_detail", "product_interest", "service_interest"];

/// Percent of a stage, as the company has set it.
async fn percent_of(scope: &Scope, stage: Stage) -> Result<i32> {
    let declared = match stage {
        Stage::Lead => &settings::PROBABILITY_LEAD,
        Stage::Qualified => &settings::PROBABILITY_QUALIFIED,
        Stage::Proposal => &settings::PROBABILITY_PROPOSAL,
        Stage::Negotiation => &settings::PROBABILITY_NEGOTIATION,
        Stage::Closing => &settings::PROBABILITY_CLOSING,
        Stage::Won => return Ok(100),
        Stage::Lost => return Ok(0),
    };
    settings::integer(scope, declared).await?.try_into().map_err(Error::internal)
}

/// The currency of this code, or the base one.
async fn currency_of(scope: &Scope, code: Option<&Currency>) -> Result<currency::Model> {
    let find = scope.find::<currency::Entity>();
    let find = match code {
        Some(code) => find.filter(currency::Column::Code.eq(code.to_string())),
        None => find.filter(currency::Column::IsBase.eq(true)),
    };
    find.one().await?.ok_or_else(|| Error::no_such("currency"))
}

/// The next code of the series that nobody has given by hand.
async fn next_code(tx: &Tx, year: i32) -> Result<CodeText<50>> {
    loop {
        let code = CodeText::parse(&tx.next_document_number("OPP", year).await?).map_err(Error::internal)?;
        if tx.find::<Entity>().filter(Column::Code.eq(code.to_string())).one().await?.is_none() {
            return Ok(code);
        }
    }
}

/// Amount, currency and probability fit each other, and what follows from them. `row` is the deal as it is; none for a new one.
async fn value(tx: &Tx, row: Option<&Model>, wanted: &mut ActiveModel) -> Result<()> {
    let code = wanted.currency.try_as_ref().cloned();
    if code.is_some() || row.is_none() {
        let currency = currency_of(tx, code.as_ref()).await?;
        wanted.money_unit = Set(money_unit(currency.decimal_places));
        wanted.currency_id = Set(currency.id);
        wanted.currency = Set(currency.code);
    }
    let stage = row.map(|row| row.stage).or_else(|| wanted.stage.try_as_ref().copied()).unwrap_or(Stage::Lead);
    let amount = wanted.amount.try_as_ref().copied().or_else(|| row.map(|row| row.amount)).unwrap_or_default();
    let unit = wanted.money_unit.try_as_ref().copied().or_else(|| row.map(|row| row.money_unit)).unwrap_or(1);
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, rule: &str, ko: &'static str, en: &'static str| {
        wrong.push(FieldError::new(field, rule, Message::new(ko, en)));
    };
    if amount.is_negative() {
        refuse("amount", "minimum", "0 이상이어야 합니다.", "must be 0 or more");
    } else if amount.0 % unit != 0 {
        refuse("amount", "currency", "통화의 소수 자릿수를 넘을 수 없습니다.", "must not have more decimal places than the currency");
    }
    let by_hand = wanted.win_probability.try_as_ref().copied();
    match (by_hand, wanted.is_probability_manual.try_as_ref().copied()) {
        (Some(percent), _) if !(0..=100).contains(&percent) => {
            refuse("win_probability", "range", "0 이상 100 이하여야 합니다.", "must be from 0 to 100");
        }
        (Some(_), Some(false)) => {
            refuse(
                "is_probability_manual",
                "conflict",
                "win_probability를 입력하면 false로 지정할 수 없습니다.",
                "must not be false when win_probability is given",
            );
        }
        (Some(_), _) => wanted.is_probability_manual = Set(true),
        (None, flag) => {
            let back = flag == Some(false) && row.is_some_and(|row| row.is_probability_manual);
            if back || row.is_none() {
                wanted.win_probability = Set(percent_of(tx, stage).await?);
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let percent = wanted.win_probability.try_as_ref().copied().or_else(|| row.map(|row| row.win_probability)).unwrap_or_default();
    wanted.amount = Set(amount);
    wanted.expected_revenue = Set(expected(amount, percent, unit));
    Ok(())
}

/// The customer is one, the contact is theirs, and what was agreed on stays once the deal is closed.
async fn fits(tx: &Tx, changing: Changing<'_>) -> Result<()> {
    let before = changing.before::<Model>()?;
    if before.as_ref().is_some_and(|row| row.status != Status::Open)
        && changing.values.iter().any(|(column, _)| !STILL_OPEN_TO_CHANGE.contains(column))
    {
        return Err(rules::OPPORTUNITY_CLOSED.error());
    }
    let partner = related::id_after(&changing, "partner_id", before.as_ref().and_then(|row| row.partner_id));
    let contact = related::id_after(&changing, "contact_id", before.as_ref().and_then(|row| row.contact_id));
    if changing.value("partner_id").is_some() {
        related::is_customer(tx, partner).await?;
        if let Some(before) = &before {
            crate::activities::follow(tx, before.id, before.partner_id, partner).await?;
        }
    }
    if changing.value("partner_id").is_some() || changing.value("contact_id").is_some() {
        related::is_contact_of(tx, contact, partner).await?;
    }
    Ok(())
}

const FITS: &Guard<'static> = &|_, tx, changing| Box::pin(fits(tx, changing));

/// Makes a deal, and begins its way.
pub(super) async fn open(door: &Door, tx: &Tx, mut wanted: ActiveModel) -> Result<Answer> {
    let stage = wanted.stage.try_as_ref().copied().unwrap_or(Stage::Lead);
    if !stage.is_open() {
        return Err(Error::field("stage", "enum", "진행 중인 단계여야 합니다.", "must be an open stage"));
    }
    value(tx, None, &mut wanted).await?;
    let owner = wanted.owner_id.try_as_ref().copied().flatten().unwrap_or(door.principal().user_id);
    wanted.owner_id = Set(Some(owner));
    if wanted.department_id.try_as_ref().copied().flatten().is_none() {
        let owner = tx.find::<adm_user::Entity>().filter(adm_user::Column::Id.eq(owner)).one().await?;
        wanted.department_id = Set(owner.and_then(|owner| owner.department_id));
    }
    let (id, now) = (new_id(), tx.now());
    wanted.id = Set(id);
    wanted.stage = Set(stage);
    wanted.stage_entered_at = Set(now);
    wanted.stage_second = Set(now.unix_seconds());
    wanted.opened_second = Set(now.unix_seconds());
    if !wanted.code.is_set() {
        // last of all: everybody who makes a deal waits for this number
        wanted.code = Set(next_code(tx, door.today().0.year()).await?);
    }
    let answer = resource::insert(door, Spec::of::<Opportunities>()?, tx, values_of(&wanted), FITS).await?;
    stages::enter(tx, id, Place::of(stage, Status::Open), now).await?;
    Ok(answer)
}

/// Changes a deal, with what follows from it.
pub(super) async fn change(door: &Door, tx: &Tx, id: Uuid, version: Option<kernel::Versions>, mut wanted: ActiveModel) -> Result<Answer> {
    let row = tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
    value(tx, Some(&row), &mut wanted).await?;
    resource::modify(door, Spec::of::<Opportunities>()?, tx, id, version, values_of(&wanted), FITS).await
}

/// Takes a deal one step on its way; where it stands already nothing happens. The action says the state it leads to.
async fn step(cx: &Acting<'_>, row: &Model, verb: Verb, loss: Option<&OpportunityLoss>) -> Result<Done<ActiveModel>> {
    let (tx, now) = (cx.tx, cx.tx.now());
    let last_open = if row.status == Status::Lost { stages::last_open(tx, row.id).await? } else { row.stage };
    let Some((stage, status)) = after(row.stage, row.status, verb, last_open)? else { return Ok(Done::Already) };
    let manual = status == Status::Open && row.is_probability_manual;
    let percent = match certain(status) {
        Some(percent) => percent,
        None if manual => row.win_probability,
        None => percent_of(tx, stage).await?,
    };
    stages::enter(tx, row.id, Place::of(stage, status), now).await?;
    Ok(Done::Changes(ActiveModel {
        stage: Set(stage),
        win_probability: Set(percent),
        is_probability_manual: Set(manual),
        expected_revenue: Set(expected(row.amount, percent, row.money_unit)),
        actual_close_date: Set((status != Status::Open).then(|| cx.today())),
        lost_reason: Set(loss.map(|loss| loss.reason)),
        lost_reason_detail: Set(loss.and_then(|loss| loss.detail.clone())),
        stage_entered_at: Set(now),
        stage_second: Set(now.unix_seconds()),
        ..Default::default()
    }))
}

/// Moves a deal to the stage before or behind its own.
pub(super) async fn move_to(cx: &Acting<'_>, row: &Model, wanted: &OpportunityMove) -> Result<Done<ActiveModel>> {
    cx.note(json!({"from": Place::of(row.stage, row.status)}));
    step(cx, row, Verb::Move(wanted.stage), None).await
}

/// Closes a deal that was won.
pub(super) async fn win(cx: &Acting<'_>, row: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    step(cx, row, Verb::Win, None).await
}

/// Closes a deal that was lost, with the reason.
pub(super) async fn lose(cx: &Acting<'_>, row: &Model, loss: &OpportunityLoss) -> Result<Done<ActiveModel>> {
    step(cx, row, Verb::Lose, Some(loss)).await
}

/// Closes a deal that was given up, in the stage it has.
pub(super) async fn cancel(cx: &Acting<'_>, row: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    step(cx, row, Verb::Cancel, None).await
}

/// Opens a deal again, in the stage it had.
pub(super) async fn reopen(cx: &Acting<'_>, row: &Model, _: &Nothing) -> Result<Done<ActiveModel>> {
    step(cx, row, Verb::Reopen, None).await
}

/// What the event of a deal that was won says: enough to draft the quote without asking back.
pub(super) fn for_a_quote(row: &Model) -> Value {
    json!({
        "code": row.code, "name": row.name, "partner_id": row.partner_id, "contact_id": row.contact_id,
        "owner_id": row.owner_id, "department_id": row.department_id, "amount": row.amount, "currency": row.currency,
        "actual_close_date": row.actual_close_date, "product_interest": row.product_interest, "service_interest": row.service_interest,
    })
}

/// A deal as it went, for the demo: each place with the moment it came there.
pub(crate) async fn open_in_the_past(tx: &Tx, zone: &Zone, mut wanted: ActiveModel, way: &[(Stage, Status, Timestamp)]) -> Result<Uuid> {
    let (Some((_, _, began)), Some((stage, status, at))) = (way.first().copied(), way.last().copied()) else {
        return Err(Error::internal("a deal without a way"));
    };
    value(tx, None, &mut wanted).await?;
    let percent = match certain(status) {
        Some(percent) => percent,
        None => percent_of(tx, stage).await?,
    };
    let (amount, unit) = (wanted.amount.try_as_ref().copied().unwrap_or_default(), wanted.money_unit.try_as_ref().copied().unwrap_or(1));
    let id = new_id();
    let row = ActiveModel {
        id: Set(id),
        stage: Set(stage),
        status: Set(status),
        win_probability: Set(percent),
        expected_revenue: Set(expected(amount, percent, unit)),
        actual_close_date: Set((status != Status::Open).then(|| zone.day(at))),
        stage_entered_at: Set(at),
        stage_second: Set(at.unix_seconds()),
        opened_second: Set(began.unix_seconds()),
        created_at: Set(began),
        code: Set(next_code(tx, zone.day(began).0.year()).await?),
        ..wanted
    };
    tx.insert(&row).await?;
    for (stage, status, at) in way {
        stages::enter(tx, id, Place::of(*stage, *status), *at).await?;
    }
    Ok(id)
}
