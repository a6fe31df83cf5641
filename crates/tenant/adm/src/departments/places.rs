//! Where each department stood, stands and will stand.
//!
//! One that never moved has no rows here: it stands where its own row says. Its first move writes the place it leaves, too. A
//! place lasts until the next one begins, so that there is neither a gap nor an overlap; two of one day the key refuses.

use super::{
    entity::{ActiveModel, Column, Entity, Model},
    tree::makes_cycle,
};
use crate::{organizations, rules};
use auth::SystemDoor;
use kernel::{Day, Error, Result, boxed};
use paperclip::actix::Apiv2Schema;
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::{Action, AuditEntry, Event, Scope, Tx};
use uuid::Uuid;

pub mod entity {
    use kernel::{Day, Timestamp};
    use macros::record;
    use sea_orm::entity::prelude::*;

    /// Where a department stands from a day on.
    #[record(table = "adm_department_places", columns = own)]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        pub department_id: Uuid,
        pub parent_id: Option<Uuid>,
        pub valid_from: Day,
        pub created_at: Timestamp,
        pub created_by: Option<Uuid>,
    }
}

/// A place of a department and its days.
#[derive(Debug, PartialEq, Eq, Serialize, Apiv2Schema)]
#[openapi(rename = "DepartmentPlace")]
pub struct Place {
    /// 상위 부서 | Parent
    ///
    /// Null: directly below the organization.
    pub parent_id: Option<Uuid>,
    /// 시작일 | Valid from
    pub valid_from: Day,
    /// 종료일 | Valid to
    ///
    /// The day from which it stands elsewhere, or is no more; null: open.
    pub valid_to: Option<Day>,
}

/// The places of all departments of the company, by day.
pub(super) struct History(BTreeMap<Uuid, Vec<entity::Model>>);

impl History {
    pub(super) async fn of(scope: &Scope) -> Result<Self> {
        let rows = scope.find::<entity::Entity>().order_by_asc(entity::Column::ValidFrom).all().await?;
        let mut places: BTreeMap<Uuid, Vec<entity::Model>> = BTreeMap::new();
        for row in rows {
            places.entry(row.department_id).or_default().push(row);
        }
        Ok(Self(places))
    }

    fn written(&self, department: Uuid) -> &[entity::Model] {
        self.0.get(&department).map_or(&[], Vec::as_slice)
    }

    /// Since when it stands at its last place, if it ever moved.
    pub(super) fn last_day(&self, department: Uuid) -> Option<Day> {
        self.written(department).last().map(|place| place.valid_from)
    }

    /// What it stands below on a day.
    pub(super) fn parent_on(&self, row: &Model, day: Day) -> Option<Uuid> {
        let places = self.written(row.id);
        let place = places.iter().rfind(|place| place.valid_from <= day).or_else(|| places.first());
        place.map_or(row.parent_id, |place| place.parent_id)
    }

    /// Whether somebody is to go below it after a day.
    pub(super) fn is_awaited(&self, department: Uuid, after: Day) -> bool {
        self.0.values().flatten().any(|place| place.parent_id == Some(department) && place.valid_from > after)
    }

    pub(super) fn places(&self, row: &Model) -> Vec<Place> {
        let written = self.written(row.id);
        if written.is_empty() {
            return vec![Place { parent_id: row.parent_id, valid_from: row.valid_from, valid_to: row.valid_to }];
        }
        let ends = written.iter().skip(1).map(|place| Some(place.valid_from)).chain([row.valid_to]);
        let places = written.iter().zip(ends);
        places.map(|(place, end)| Place { parent_id: place.parent_id, valid_from: place.valid_from, valid_to: end }).collect()
    }
}

/// All departments of an organization. Two moves at once could hang each below the other; so those of one organization wait
/// for each other here.
pub(super) async fn hold(tx: &Tx, organization: Uuid) -> Result<Vec<Model>> {
    use organizations::{Column as Name, Entity as Organization};
    let locked = tx.find::<Organization>().filter(Name::Id.eq(organization)).for_no_key_update().one().await?;
    locked.ok_or_else(|| Error::no_such("organization_id"))?;
    tx.find::<Entity>().filter(Column::OrganizationId.eq(organization)).all().await
}

/// One of the same organization.
pub(super) fn sibling<'r>(siblings: &'r [Model], id: Uuid, field: &str) -> Result<&'r Model> {
    let (ko, en) = ("같은 조직의 부서여야 합니다.", "must be a department of the same organization");
    siblings.iter().find(|row| row.id == id).ok_or_else(|| Error::field(field, "same_organization", ko, en))
}

/// Whether it is there on a day.
pub(super) fn stands(row: &Model, day: Day) -> bool {
    row.valid_from <= day && row.valid_to.is_none_or(|end| day < end)
}

pub(super) fn cycle() -> Error {
    rules::DEPARTMENT_CYCLE.error()
}

/// Writes that a department stands below `parent` from a day on. Answers whether that is news.
///
/// # Errors
/// 409 where it moves later already, where the parent is not there that day, or where it would then stand below itself, that
/// day or on one for which another move is planned.
pub(super) async fn note(tx: &Tx, siblings: &[Model], row: &Model, parent: Option<Uuid>, day: Day) -> Result<bool> {
    let history = History::of(tx).await?;
    let last = history.written(row.id).last();
    if let Some(last) = last.filter(|last| day < last.valid_from) {
        let refusal = rules::DEPARTMENT_MOVES_LATER.filled(&[("day", &last.valid_from)]);
        return Err(refusal.with("valid_from", last.valid_from.to_string()));
    }
    if last.map_or(row.parent_id, |last| last.parent_id) == parent {
        return Ok(false);
    }
    if let Some(parent) = parent {
        let above = sibling(siblings, parent, "parent_id")?;
        let later = history.0.values().flatten().map(|place| place.valid_from).filter(|later| *later > day);
        for day in std::iter::once(day).chain(later) {
            let parents = siblings.iter().map(|row| (row.id, history.parent_on(row, day))).collect();
            if makes_cycle(row.id, parent, &parents) {
                return Err(cycle());
            }
        }
        if !stands(above, day) {
            return Err(rules::DEPARTMENT_CLOSED.error());
        }
    }
    let place = |parent, day| entity::ActiveModel {
        department_id: Set(row.id),
        parent_id: Set(parent),
        valid_from: Set(day),
        ..Default::default()
    };
    match last {
        Some(last) if last.valid_from == day => {
            let change = entity::ActiveModel { parent_id: Set(parent), ..Default::default() };
            tx.update(last.id, &change).await?.ok_or_else(Error::not_found)?;
            return Ok(true);
        }
        None if row.valid_from < day => {
            tx.insert(&place(row.parent_id, row.valid_from)).await?;
        }
        _ => {}
    }
    tx.insert(&place(parent, day)).await?;
    Ok(true)
}

/// Whether a place that begins on a day is one to come ([`settle`]).
pub(super) fn is_planned(row: &Model, day: Day, today: Day) -> bool {
    day > today.max(row.valid_from)
}

/// Moves a department out of one that is merged, from a day on: at once, or when the day has come.
pub(super) async fn relocate(
    tx: &Tx,
    permission: &str,
    siblings: &[Model],
    row: &Model,
    parent: Option<Uuid>,
    day: Day,
    today: Day,
) -> Result<()> {
    if !note(tx, siblings, row, parent, day).await? {
        return Ok(());
    }
    let place = json!({"parent_id": parent, "effective_date": day});
    tx.audit(AuditEntry::new(Action::Execute, permission, "adm.departments", row.id).change(&json!({"parent_id": row.parent_id}), &place));
    tx.publish(Event::new("adm.department.moved", row.id, json!({"id": row.id, "parent_id": parent, "effective_date": day})));
    if is_planned(row, day, today) {
        return Ok(());
    }
    let change = ActiveModel { parent_id: Set(parent), ..Default::default() };
    tx.update(row.id, &change).await?.ok_or_else(Error::not_found).map(|_| ())
}

/// Lets planned moves whose day has come be so: for a job. One that cannot be (a name is taken there) keeps none of the others.
#[boxed(?Send)]
pub async fn settle(door: &SystemDoor, today: Day) -> Result<()> {
    let scope = door.read().await?;
    let history = History::of(&scope).await?;
    let is_due = |history: &History, row: &Model| stands(row, today) && history.parent_on(row, today) != row.parent_id;
    let rows = scope.find::<Entity>().all().await?;
    let organizations: BTreeSet<Uuid> = rows.iter().filter(|row| is_due(&history, row)).map(|row| row.organization_id).collect();
    drop(scope);
    let mut failed = Ok(());
    for organization in organizations {
        let done = door.write(async |tx| {
            let siblings = hold(tx, organization).await?;
            let history = History::of(tx).await?;
            let mut failed = None;
            for row in siblings.iter().filter(|row| is_due(&history, row)) {
                let parent = history.parent_on(row, today);
                let change = ActiveModel { parent_id: Set(parent), ..Default::default() };
                match tx.attempt(async || tx.update(row.id, &change).await).await {
                    Ok(_) => tx.audit(
                        AuditEntry::new(Action::Update, "adm.departments.move", "adm.departments", row.id)
                            .change(&json!({"parent_id": row.parent_id}), &json!({"parent_id": parent})),
                    ),
                    Err(error) if error.is_transient() => return Err(error),
                    Err(error) => failed = Some(error),
                }
            }
            Ok(failed)
        });
        if let Some(error) = done.await? {
            failed = Err(error);
        }
    }
    failed
}
