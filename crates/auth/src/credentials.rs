//! Who decides how somebody signs in: one guard for every field and every verb that does, and what follows a change.
//!
//! Whoever sets the address a reset link goes to, the password, or the second factor of a user can sign in as that user. So the
//! caller must hold everything the user's roles hold; through an API key nobody changes the credentials of its owner. A change ends
//! the user's sessions, makes open links and half-finished sign-ins useless, and is reported to the address the account had before.

use crate::{
    Door, Platform, entities::adm_role::Grants, impersonation::end_of_staff, mfa, one_time::kill_all, permissions::distinct,
    principal::refused_by_key, roles::grants_of_user, rules, session::end_sessions_but, tables::Tables,
};
use kernel::{Error, Realm, Result, boxed};
use sea_orm::Value;
use serde_json::json;
use std::future::{Ready, ready};
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

impl Door {
    /// Refuses to decide how somebody signs in who holds more than the caller.
    #[boxed(?Send)]
    pub async fn may_sign_in_as(&self, tx: &Tx, user: Uuid) -> Result<()> {
        if self.principal().person() == Some(user) {
            return if self.principal().key.is_some() { Err(refused_by_key()) } else { Ok(()) };
        }
        self.are_held(tx, &grants_of_user(tx, user).await?)
    }

    /// The scopes of a key whose secret the caller gets. Of somebody else's key the caller holds them, and where none are wanted they are
    /// what the owner holds now: what the owner is given later is not the caller's.
    #[boxed(?Send)]
    pub async fn scopes_of_key(&self, tx: &Tx, owner: Uuid, wanted: Option<Grants>) -> Result<Option<Grants>> {
        if self.principal().person() == Some(owner) {
            return Ok(wanted);
        }
        let scopes = match wanted {
            Some(scopes) => scopes,
            None => Grants(distinct(&grants_of_user(tx, owner).await?)),
        };
        self.are_held(tx, &scopes.0)?;
        Ok(Some(scopes))
    }

    /// Whether the caller may let a key have these scopes, by the value of the column. Of somebody else's key the caller holds them; none
    /// is whatever the owner may ever be given.
    pub fn may_scope(&self, tx: &Tx, owner: Uuid, scopes: Option<&Value>) -> Result<()> {
        let scopes = match scopes {
            None => return Ok(()),
            Some(_) if self.principal().person() == Some(owner) => return Ok(()),
            Some(Value::Json(Some(scopes))) => serde_json::from_value::<Grants>((**scopes).clone()).map_err(Error::internal)?.0,
            Some(_) => vec!["*".to_owned()],
        };
        self.are_held(tx, &scopes)
    }

    /// The guard over an update of a user's row, in its transaction and before the row is written; what follows the change is done here
    /// as well.
    #[boxed(?Send)]
    pub async fn guard_credentials(&self, tx: &Tx, user: &Holder, values: &Columns) -> Result<()> {
        let fields: Vec<&str> = values.iter().map(|(column, _)| *column).filter(|column| !FREE_COLUMNS.contains(column)).collect();
        if fields.is_empty() {
            return Ok(());
        }
        self.may_sign_in_as(tx, user.id).await?;
        self.step_up()?;
        self.credentials_changed(tx, user, &fields).await?;
        if user.is_invited && fields.contains(&"email") {
            tx.publish(Event::new(format!("{}.user.invited", Tables::of(tx.context().realm).domain), user.id, json!({"id": user.id})));
        }
        Ok(())
    }

    /// What follows a change, in its transaction: the user signs in again everywhere (but in the session that made the change), and
    /// an email goes to the address the account had.
    #[boxed(?Send)]
    pub async fn credentials_changed(&self, tx: &Tx, user: &Holder, fields: &[&str]) -> Result<()> {
        end_access(tx, user.id, Some(self.principal().session), "credentials_changed").await?;
        if !user.is_invited {
            tx.publish(Event::new("auth.credentials.changed", user.id, json!({"id": user.id, "email": user.email, "fields": fields})));
        }
        Ok(())
    }

    /// Takes the second factor from somebody who has lost it; nothing happens where there is none. Answers whether there was one.
    #[boxed(?Send)]
    pub async fn reset_mfa(&self, tx: &Tx, user: &Holder, is_enabled: bool) -> Result<bool> {
        self.may_sign_in_as(tx, user.id).await?;
        if self.principal().person() == Some(user.id) {
            return Err(rules::OWN_MFA.error());
        }
        if !is_enabled {
            return Ok(false);
        }
        mfa::take_away(tx, user.id).await?;
        self.credentials_changed(tx, user, &["mfa_enabled"]).await?;
        Ok(true)
    }
}

impl Platform {
    /// Somebody must sign in again from the beginning: disabled, deleted, let in again. In the transaction that made it so.
    #[boxed(?Send)]
    pub async fn end_access_of(tx: &Tx, user: Uuid, reason: &'static str) -> Result<()> {
        end_access(tx, user, None, reason).await
    }
}

/// Ends everything that lets somebody in without the credentials they have now: sessions (but one), links of mails, half-finished
/// sign-ins, and what one of the provider's staff does as somebody else.
#[boxed(?Send)]
pub(crate) async fn end_access(tx: &Tx, user: Uuid, spared: Option<Uuid>, reason: &'static str) -> Result<()> {
    let realm = tx.context().realm;
    end_sessions_but(tx, Tables::of(realm), user, spared, reason).await?;
    if realm == Realm::Manager {
        end_of_staff(tx, user).await?;
    }
    kill_all(tx, user).await
}

/// What an action on an account does afterwards: this node reads sessions and keys anew.
pub fn forget_sessions(door: &Door, _: Uuid) -> Ready<Result<()>> {
    door.platform().forget_sessions();
    ready(Ok(()))
}
