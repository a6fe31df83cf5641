//! What is done with a deal, inside a transaction.

use super::{
    Opportunities,
    entity::{ActiveModel, Column, Entity, LostReason, Model, Stage, Status},
    rules::{Verb, after, certain, expected, money_unit},
    stages::{self, Place},
};
use crate::related;
use adm::{currency, settings};
use auth::{Door, entities::adm_user};
use envelope::{Answer, Reply};
use kernel::{CodeText, Currency, Error, FieldError, Memo, Message, Result, Timestamp, Zone};
use resource::{Changing, Guard, Spec};
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait, QueryFilter};
use serde_json::json;
use store::{Action, AuditEntry, Event, Scope, Tx, new_id, values_of};
use uuid::Uuid;

/// What a closed deal may still be told: everything else was agreed on.
const STILL_TOLD: [&str; 8] =
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
        refuse("amount", "currency", "통화의 최소 단위보다 작은 금액입니다.", "is finer than the smallest part of its currency");
    }
    let by_hand = wanted.win_probability.try_as_ref().copied();
    match (by_hand, wanted.is_probability_manual.try_as_ref().copied()) {
        (Some(percent), _) if !(0..=100).contains(&percent) => {
            refuse("win_probability", "range", "0 이상 100 이하여야 합니다.", "must be from 0 to 100");
        }
        (Some(_), Some(false)) => {
            refuse("is_probability_manual", "conflict", "직접 정한 확률과 함께 쓸 수 없습니다.", "does not go with a probability by hand");
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
        && changing.values.iter().any(|(column, _)| !STILL_TOLD.contains(column))
    {
        return Err(Error::rule("crm.opportunity_closed", "종료된 영업기회입니다.", "This deal is closed."));
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
        return Err(Error::field("stage", "enum", "진행 중인 단계여야 합니다.", "must be a stage that is open"));
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

/// What others are told of a step.
fn event(row: &Model, verb: Verb, was: Place) -> Event {
    let (what, payload) = match verb {
        Verb::Move(_) => ("moved", json!({"id": row.id, "from": was, "to": row.stage})),
        // enough to draft the quote without asking back
        Verb::Win => (
            "won",
            json!({
                "id": row.id, "code": row.code, "name": row.name, "partner_id": row.partner_id, "contact_id": row.contact_id,
                "owner_id": row.owner_id, "department_id": row.department_id, "amount": row.amount, "currency": row.currency,
                "actual_close_date": row.actual_close_date, "product_interest": row.product_interest, "service_interest": row.service_interest,
            }),
        ),
        Verb::Lose => ("lost", json!({"id": row.id, "partner_id": row.partner_id, "reason": row.lost_reason})),
        Verb::Cancel => ("cancelled", json!({"id": row.id, "partner_id": row.partner_id})),
        Verb::Reopen => ("reopened", json!({"id": row.id, "partner_id": row.partner_id, "stage": row.stage})),
    };
    Event::new(format!("crm.opportunity.{what}"), row.id, payload)
}

/// One step on the way of a deal; where it stands already nothing happens.
pub(super) async fn step(door: &Door, id: Uuid, verb: Verb, loss: (Option<LostReason>, Option<Memo>)) -> Result<Reply<Model>> {
    let version = door.if_match()?;
    door.write(async |tx| {
        let row = tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
        if version.is_some_and(|version| version != row.row_version) {
            return Err(Error::stale(row.row_version));
        }
        let last_open = if row.status == Status::Lost { stages::last_open(tx, id).await? } else { row.stage };
        let Some((stage, status)) = after(row.stage, row.status, verb, last_open)? else {
            return Reply::row(&row, row.row_version);
        };
        let manual = status == Status::Open && row.is_probability_manual;
        let percent = match certain(status) {
            Some(percent) => percent,
            None if manual => row.win_probability,
            None => percent_of(tx, stage).await?,
        };
        let change = ActiveModel {
            stage: Set(stage),
            status: Set(status),
            win_probability: Set(percent),
            is_probability_manual: Set(manual),
            expected_revenue: Set(expected(row.amount, percent, row.money_unit)),
            actual_close_date: Set((status != Status::Open).then(|| door.today())),
            lost_reason: Set(loss.0),
            lost_reason_detail: Set(loss.1.clone()),
            stage_entered_at: Set(tx.now()),
            stage_second: Set(tx.now().unix_seconds()),
            ..Default::default()
        };
        let changed = tx.update(id, &change).await?.ok_or_else(Error::not_found)?;
        stages::enter(tx, id, Place::of(stage, status), tx.now()).await?;
        let told = |row: &Model| json!({"stage": row.stage.to_value(), "status": row.status.to_value(), "lost_reason": row.lost_reason});
        let entry = AuditEntry::new(Action::Execute, door.permission().to_string(), "crm.opportunities", id);
        tx.audit(entry.change(&told(&row), &told(&changed)));
        tx.publish(event(&changed, verb, Place::of(row.stage, row.status)));
        Reply::row(&changed, changed.row_version)
    })
    .await
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
