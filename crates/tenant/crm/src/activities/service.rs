//! What is done with an activity, inside a transaction.

use super::{
    Activities,
    api::ActivityCompletion,
    entity::{ActiveModel, Column, Entity, Kind, Model, Participants, Status},
    rules::{about, duration},
};
use crate::{contact, opportunity, related, rules};
use auth::{Door, entities::adm_user};
use envelope::Answer;
use kernel::{Day, Error, Result, Text};
use resource::{Acting, Changing, Done, Guard, Spec};
use sea_orm::{
    ActiveValue::{self, Set},
    ColumnTrait, QueryFilter,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{Tx, new_id, values_of};
use uuid::Uuid;

/// The fields of a completed or cancelled activity that may still be changed.
const STILL_OPEN_TO_CHANGE: [&str; 6] = ["subject", "description", "location", "outcome", "outcome_notes", "notes"];

/// What a field holds after a change.
fn then<T: Clone + Into<sea_orm::Value>>(wanted: &ActiveValue<T>, was: Option<T>) -> Option<T> {
    wanted.try_as_ref().cloned().or(was)
}

/// The ids fit each other; those nobody named follow from those that were.
async fn relate(tx: &Tx, row: Option<&Model>, wanted: &mut ActiveModel) -> Result<()> {
    if row.is_some() && !(wanted.partner_id.is_set() || wanted.opportunity_id.is_set() || wanted.contact_id.is_set()) {
        return Ok(());
    }
    let named = wanted.partner_id.try_as_ref().copied();
    let mut partner = then(&wanted.partner_id, row.map(|row| row.partner_id)).flatten();
    let opportunity = then(&wanted.opportunity_id, row.map(|row| row.opportunity_id)).flatten();
    let contact = then(&wanted.contact_id, row.map(|row| row.contact_id)).flatten();
    if let Some(id) = opportunity {
        // locked, so that the deal does not go to another customer meanwhile
        let deal = tx.find::<opportunity::Entity>().filter(opportunity::Column::Id.eq(id)).for_update().one().await?;
        let deal = deal.ok_or_else(|| Error::no_such("opportunity_id"))?;
        if named.is_some_and(|named| (row.is_some() || named.is_some()) && named != deal.partner_id) {
            return Err(Error::field(
                "opportunity_id",
                "same_partner",
                "선택한 고객의 영업기회여야 합니다.",
                "must be an opportunity of the selected customer",
            ));
        }
        partner = deal.partner_id;
    } else if let (None, Some(contact), None) = (partner, contact, row) {
        partner = Some(related::partner_of_contact(tx, contact).await?);
    }
    related::is_contact_of(tx, contact, partner).await?;
    let said = wanted.related_to_type.try_as_ref().copied().flatten();
    let kind = about(said.or_else(|| row.and_then(|row| row.related_to_type)), opportunity, contact, partner);
    if said.is_some() && said != kind {
        return Err(Error::field(
            "related_to_type",
            "exists",
            "관련 대상의 id를 함께 입력하세요.",
            "requires the id of the related record",
        ));
    }
    wanted.partner_id = Set(partner);
    wanted.related_to_type = Set(kind);
    Ok(())
}

/// Day and times make a moment and a length.
fn schedule(door: &Door, row: Option<&Model>, wanted: &mut ActiveModel) -> Result<()> {
    let Some(day) = then(&wanted.activity_date, row.map(|row| row.activity_date)) else { return Ok(()) };
    let start = then(&wanted.start_time, row.map(|row| row.start_time.clone())).flatten();
    let end = then(&wanted.end_time, row.map(|row| row.end_time.clone())).flatten();
    wanted.duration_minutes = Set(duration(start.as_ref(), end.as_ref())?);
    wanted.starts_at = Set(door.tenant()?.zone.moment(day, start.map_or(0, |start| start.minutes())));
    let later = then(&wanted.follow_up_date, row.map(|row| row.follow_up_date)).flatten();
    if later.is_some_and(|later| later < day) {
        return Err(not_before());
    }
    Ok(())
}

fn not_before() -> Error {
    Error::field(
        "follow_up_date",
        "minimum",
        "활동일이나 오늘보다 앞설 수 없습니다.",
        "must not be before the activity date or in the past",
    )
}

/// Whoever takes part is one of the company's people or contacts.
async fn known(tx: &Tx, participants: &Participants) -> Result<()> {
    let users: BTreeSet<Uuid> = participants.0.iter().filter_map(|one| one.user_id).collect();
    let contacts: BTreeSet<Uuid> = participants.0.iter().filter_map(|one| one.contact_id).collect();
    let mut found = 0;
    if !users.is_empty() {
        found += tx.find::<adm_user::Entity>().filter(adm_user::Column::Id.is_in(users.iter().copied())).all().await?.len();
    }
    if !contacts.is_empty() {
        found += tx.find::<contact::Entity>().filter(contact::Column::Id.is_in(contacts.iter().copied())).all().await?.len();
    }
    if found == users.len() + contacts.len() { Ok(()) } else { Err(Error::no_such("participants")) }
}

/// Of a completed or cancelled activity nothing changes but [`STILL_OPEN_TO_CHANGE`].
async fn fits(changing: Changing<'_>) -> Result<()> {
    let Some(before) = changing.before::<Model>()? else { return Ok(()) };
    let over = matches!(before.status, Status::Completed | Status::Cancelled);
    if over && changing.values.iter().any(|(column, _)| !STILL_OPEN_TO_CHANGE.contains(column)) {
        return Err(rules::ACTIVITY_OVER.error());
    }
    if before.status != Status::Completed && ["outcome", "outcome_notes"].iter().any(|column| changing.value(column).is_some()) {
        return Err(rules::ACTIVITY_NOT_COMPLETED.error());
    }
    Ok(())
}

const FITS: &Guard<'static> = &|_, _, changing| Box::pin(fits(changing));

/// What follows from what was sent, and whether it fits.
async fn work_out(door: &Door, tx: &Tx, row: Option<&Model>, wanted: &mut ActiveModel) -> Result<()> {
    let url = wanted.meeting_url.try_as_ref().and_then(Option::as_ref).map(|url| url.to_ascii_lowercase());
    if url.is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        return Err(Error::field("meeting_url", "url", "http:// 또는 https:// 주소여야 합니다.", "must begin with http:// or https://"));
    }
    relate(tx, row, wanted).await?;
    schedule(door, row, wanted)?;
    match wanted.participants.try_as_ref() {
        Some(participants) => known(tx, participants).await,
        None => Ok(()),
    }
}

/// Makes an activity.
pub(super) async fn plan(door: &Door, tx: &Tx, mut wanted: ActiveModel) -> Result<Answer> {
    work_out(door, tx, None, &mut wanted).await?;
    if !wanted.owner_id.is_set() {
        wanted.owner_id = Set(door.principal().user_id);
    }
    if !wanted.participants.is_set() {
        wanted.participants = Set(Participants::default());
    }
    resource::insert(door, Spec::of::<Activities>()?, tx, values_of(&wanted), FITS).await
}

/// Changes an activity, with what follows from it.
pub(super) async fn change(door: &Door, tx: &Tx, id: Uuid, version: Option<kernel::Versions>, mut wanted: ActiveModel) -> Result<Answer> {
    let row = tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
    work_out(door, tx, Some(&row), &mut wanted).await?;
    resource::modify(door, Spec::of::<Activities>()?, tx, id, version, values_of(&wanted), FITS).await
}

/// A follow-up that goes leaves no link to itself.
pub(super) async fn unlink(tx: &Tx, id: Option<Uuid>) -> Result<()> {
    for row in tx.find::<Entity>().filter(Column::FollowUpActivityId.eq(id)).all().await? {
        tx.update(row.id, &ActiveModel { follow_up_activity_id: Set(None), ..Default::default() }).await?;
    }
    Ok(())
}

/// A deal goes to another customer: what was done for it goes along while it had none; otherwise that was done with the old one.
pub(crate) async fn follow(tx: &Tx, opportunity: Uuid, from: Option<Uuid>, to: Option<Uuid>) -> Result<()> {
    let rows = tx.find::<Entity>().filter(Column::OpportunityId.eq(opportunity)).all().await?;
    if from.is_some() && !rows.is_empty() {
        return Err(rules::OPPORTUNITY_HAS_ACTIVITIES.error());
    }
    for row in rows {
        tx.update(row.id, &ActiveModel { partner_id: Set(to), ..Default::default() }).await?;
    }
    Ok(())
}

/// Plans what follows an activity, for the same people about the same thing.
async fn follow_up(door: &Door, tx: &Tx, of: &Model, on: Day) -> Result<Uuid> {
    let id = new_id();
    let subject: String = format!("[후속] {}", &*of.subject).chars().take(200).collect();
    let next = ActiveModel {
        id: Set(id),
        activity_type: Set(Kind::FollowUp),
        subject: Set(Text::parse(&subject).map_err(Error::internal)?),
        related_to_type: Set(of.related_to_type),
        partner_id: Set(of.partner_id),
        opportunity_id: Set(of.opportunity_id),
        contact_id: Set(of.contact_id),
        activity_date: Set(on),
        starts_at: Set(door.tenant()?.zone.moment(on, 0)),
        owner_id: Set(of.owner_id),
        participants: Set(of.participants.clone()),
        priority: Set(of.priority),
        ..Default::default()
    };
    resource::insert(door, Spec::of::<Activities>()?, tx, values_of(&next), resource::NO_GUARD).await?;
    Ok(id)
}

/// What completes an activity, and the day on which another one follows it, if one is wanted.
fn completed(row: &Model, said: &ActivityCompletion, today: Day) -> Result<(ActiveModel, Option<Day>)> {
    if said.follow_up_date.is_some_and(|day| day < row.activity_date || day < today) {
        return Err(not_before());
    }
    let wanted = row.is_follow_up_required || said.follow_up_date.is_some();
    let on = said.follow_up_date.or(row.follow_up_date).filter(|_| wanted);
    let change = ActiveModel {
        is_completed: Set(true),
        outcome: Set(said.outcome),
        outcome_notes: Set(said.outcome_notes.clone()),
        is_follow_up_required: Set(wanted),
        follow_up_date: on.map_or(ActiveValue::NotSet, |on| Set(Some(on))),
        ..Default::default()
    };
    Ok((change, on))
}

/// Completes an activity, and plans what follows it.
pub(super) async fn complete(cx: &Acting<'_>, row: &Model, said: &ActivityCompletion) -> Result<Done<ActiveModel>> {
    let door = cx.door()?;
    let (mut change, on) = completed(row, said, cx.today())?;
    change.completed_at = Set(Some(cx.tx.now()));
    change.completed_by = Set(Some(door.principal().user_id));
    if let Some(on) = on {
        change.follow_up_activity_id = Set(Some(follow_up(door, cx.tx, row, on).await?));
    }
    Ok(Done::Changes(change))
}

/// What the events of an activity's steps say besides its id.
pub(super) fn event_fields(row: &Model) -> Value {
    json!({
        "partner_id": row.partner_id, "opportunity_id": row.opportunity_id, "owner_id": row.owner_id,
        "outcome": row.outcome, "follow_up_activity_id": row.follow_up_activity_id,
    })
}
