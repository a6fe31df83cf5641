//! Who decides how somebody signs in: one guard for every field and every verb that does, and what follows a change.
//!
//! Whoever sets the address a reset link goes to, the password, or the second factor of a user can sign in as that user. So the
//! caller must hold everything the user's roles hold ([`Door::may_sign_in_as`]); through an API key nobody changes the credentials of
//! its owner. A change ends the user's sessions, makes open links and pending MFA tokens useless, and is reported to the address the
//! account had before.

use crate::{mfa, one_time_token::revoke_all, rules, session_lifecycle::end_sessions_but};
use auth::{Door, impersonation::end_of_staff, tables::Tables};
use kernel::{Realm, Result, boxed};
use serde_json::json;
use store::{Columns, Event, Tx};
use uuid::Uuid;

/// Columns of users that have nothing to do with signing in. A column that is not listed here is guarded, so that a new one is as well
/// until somebody decides otherwise. `role_id` has a rule of its own where it is written.
pub const FREE_COLUMNS: &[&str] =
    &["full_name", "phone", "role_id", "organization_id", "department_id", "department", "position", "job_title", "locale", "timezone"];

/// Somebody whose credentials change, as they are before the change.
pub struct Holder {
    pub id: Uuid,
    pub email: String,
    /// Has not signed in yet, and does so with an invitation.
    pub is_invited: bool,
}

/// The guard over an update of a user's row, in its transaction and before the row is written; what follows the change is done here
/// as well.
#[boxed(?Send)]
pub async fn guard_credentials(door: &Door, tx: &Tx, user: &Holder, values: &Columns) -> Result<()> {
    let fields: Vec<&str> = values.iter().map(|(column, _)| *column).filter(|column| !FREE_COLUMNS.contains(column)).collect();
    if fields.is_empty() {
        return Ok(());
    }
    door.may_sign_in_as(tx, user.id).await?;
    door.step_up()?;
    credentials_changed(door, tx, user, &fields).await?;
    if user.is_invited && fields.contains(&"email") {
        tx.publish(Event::new(format!("{}.user.invited", Tables::of(tx.context().realm).domain), user.id, json!({"id": user.id})));
    }
    Ok(())
}

/// What follows a change, in its transaction: the user signs in again everywhere (but in the session that made the change), and
/// an email goes to the address the account had.
#[boxed(?Send)]
pub async fn credentials_changed(door: &Door, tx: &Tx, user: &Holder, fields: &[&str]) -> Result<()> {
    end_access_but(tx, user.id, Some(door.principal().session), "credentials_changed").await?;
    if !user.is_invited {
        tx.publish(Event::new("auth.credentials.changed", user.id, json!({"id": user.id, "email": user.email, "fields": fields})));
    }
    Ok(())
}

/// Takes the second factor from somebody who has lost it; nothing happens where there is none. Answers whether there was one.
#[boxed(?Send)]
pub async fn reset_mfa(door: &Door, tx: &Tx, user: &Holder, is_enabled: bool) -> Result<bool> {
    door.may_sign_in_as(tx, user.id).await?;
    if door.principal().person() == Some(user.id) {
        return Err(rules::OWN_MFA.error());
    }
    if !is_enabled {
        return Ok(false);
    }
    mfa::take_away(tx, user.id).await?;
    credentials_changed(door, tx, user, &["mfa_enabled"]).await?;
    Ok(true)
}

/// Somebody must sign in again from the beginning: disabled, deleted, let in again. In the transaction that made it so.
#[boxed(?Send)]
pub async fn end_access(tx: &Tx, user: Uuid, reason: &'static str) -> Result<()> {
    end_access_but(tx, user, None, reason).await
}

/// Ends everything that lets somebody in without the credentials they have now: sessions (but one), links of emails, sign-ins that
/// wait for their code, and what one of the provider's staff does as somebody else.
async fn end_access_but(tx: &Tx, user: Uuid, spared: Option<Uuid>, reason: &'static str) -> Result<()> {
    let realm = tx.context().realm;
    end_sessions_but(tx, Tables::of(realm), user, spared, reason).await?;
    if realm == Realm::Manager {
        end_of_staff(tx, user).await?;
    }
    revoke_all(tx, user).await
}
