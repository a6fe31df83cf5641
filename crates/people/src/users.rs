//! Who signs in, in either realm: letting somebody in, keeping them out, setting another password, taking the second factor away.

use crate::one_as;
use auth::{
    Door,
    entities::{adm_user, idam_user},
    roles::keep_the_last,
};
use envelope::{Answer, Nothing, StatusCode};
use kernel::{Realm, Result, boxed};
use resource::{Acting, Action, Changing, Done, Rule, action};
use sea_orm::{ActiveEnum, ActiveModelTrait, ColumnTrait, FromQueryResult, QueryFilter};
use signin::{
    Password,
    credentials::{self, Holder},
};
use store::Tx;
use uuid::Uuid;

/// A user of either realm, as far as signing in goes.
#[derive(FromQueryResult)]
pub struct Account {
    pub id: Uuid,
    pub username: String,
    pub email: String,
    pub mfa_enabled: bool,
    pub status: String,
}

impl Account {
    /// Whose credentials change, before they do.
    #[must_use]
    pub fn holder(&self) -> Holder {
        let is_invited = self.status == adm_user::Status::Invited.to_value();
        Holder { id: self.id, email: self.email.clone(), is_invited }
    }
}

/// User names and addresses are nobody else's.
pub const NAMES: Rule = |tx, _, changing| {
    Box::pin(async move { signin::keep_names(tx, changing.id, changing.value("username"), changing.value("email")).await })
};

/// The guard of an update: whoever changes how somebody signs in may sign in as them.
#[boxed(?Send)]
pub async fn may_change(door: &Door, tx: &Tx, changing: &Changing<'_>) -> Result<()> {
    match changing.before::<Account>()? {
        Some(user) => credentials::guard_credentials(door, tx, &user.holder(), changing.values).await,
        None => Ok(()),
    }
}

/// The guard of a deletion: what the user has open ends.
#[boxed(?Send)]
pub async fn may_delete(door: &Door, tx: &Tx, user: Uuid) -> Result<()> {
    door.may_sign_in_as(tx, user).await?;
    keep_the_last(tx, user).await?;
    credentials::end_access(tx, user, "user_deleted").await
}

/// Keeps a user out who is not the last administrator, and ends what they have open.
#[boxed(?Send)]
pub async fn keep_out(tx: &Tx, user: Uuid) -> Result<()> {
    keep_the_last(tx, user).await?;
    credentials::end_access(tx, user, "user_deactivated").await
}

/// Lets a user in again: what was begun before, or beside it, is not taken up again.
#[boxed(?Send)]
pub async fn let_in(tx: &Tx, user: Uuid) -> Result<()> {
    credentials::end_access(tx, user, "user_activated").await
}

/// What another password takes besides writing it, of a user who is locked by the transaction.
#[boxed(?Send)]
pub async fn reset_password(door: &Door, tx: &Tx, user: &Holder, username: &str) -> Result<()> {
    // whoever could set the password of somebody with more rights would have those rights
    door.may_sign_in_as(tx, user.id).await?;
    credentials::credentials_changed(door, tx, user, &["password"]).await?;
    signin::log_password_reset(tx, user.id, username).await
}

/// The hash of a password that is good enough for this user.
#[boxed(?Send)]
pub async fn hash(door: &Door, user: Uuid, password: &Password) -> Result<String> {
    let principal = door.principal();
    let user: Account = {
        let scope = door.read().await?;
        match principal.realm {
            Realm::Manager => one_as(scope.find::<idam_user::Entity>().filter(idam_user::Column::Id.eq(user))).await?,
            Realm::Tenant => one_as(scope.find::<adm_user::Entity>().filter(adm_user::Column::Id.eq(user))).await?,
        }
    };
    let mut known = vec![user.username.as_str(), user.email.as_str()];
    known.extend(principal.tenant.iter().flat_map(|company| [company.code.as_str(), company.name.as_str()]));
    password.acceptable("new_password", &known).await?;
    password.hash().await
}

/// `activate`, whose state the realm adds.
#[must_use]
pub fn activation<A: ActiveModelTrait + 'static>(summary: &'static str) -> Action {
    let action = action("activate", "activated", summary).step_up().locks_first(may_decide).after_commit(auth::forget_sessions);
    action.does(activate::<A>)
}

/// `deactivate`, whose state the realm adds.
#[must_use]
pub fn deactivation<A: ActiveModelTrait + 'static>(summary: &'static str) -> Action {
    let action = action("deactivate", "deactivated", summary).locks_first(may_decide).after_commit(auth::forget_sessions);
    action.does(deactivate::<A>)
}

/// `reset-mfa`.
#[must_use]
pub fn mfa_reset<A: ActiveModelTrait + 'static>(summary: &'static str) -> Action {
    let action = action("reset-mfa", "mfa_reset", summary).step_up().after_commit(auth::forget_sessions);
    action.does(reset_mfa::<A>).answers::<envelope::Done>(StatusCode::OK).answering(is_done)
}

/// `reset-password`, whose body and work the realm adds.
#[must_use]
pub fn password_reset(summary: &'static str) -> Action {
    let action = action("reset-password", "password_reset", summary).step_up().after_commit(forget_failures);
    action.answers::<envelope::Done>(StatusCode::OK).answering(is_done)
}

/// Whoever decides whether a user signs in holds what they hold. Asked before anything is said of their state, of a row that is locked: what
/// they hold does not change meanwhile.
async fn may_decide(cx: &Acting<'_>, id: Uuid) -> Result<()> {
    let _: Account = match cx.tx.context().realm {
        Realm::Manager => one_as(cx.tx.find::<idam_user::Entity>().filter(idam_user::Column::Id.eq(id)).for_update()).await?,
        Realm::Tenant => one_as(cx.tx.find::<adm_user::Entity>().filter(adm_user::Column::Id.eq(id)).for_update()).await?,
    };
    cx.door()?.may_sign_in_as(cx.tx, id).await
}

async fn activate<A: ActiveModelTrait>(cx: &Acting<'_>, user: &Account, _: &Nothing) -> Result<Done<A>> {
    let_in(cx.tx, user.id).await?;
    Ok(Done::Changes(A::default()))
}

async fn deactivate<A: ActiveModelTrait>(cx: &Acting<'_>, user: &Account, _: &Nothing) -> Result<Done<A>> {
    keep_out(cx.tx, user.id).await?;
    Ok(Done::Changes(A::default()))
}

/// Takes the second factor away, where there is one.
async fn reset_mfa<A: ActiveModelTrait>(cx: &Acting<'_>, user: &Account, _: &Nothing) -> Result<Done<A>> {
    let was_on = credentials::reset_mfa(cx.door()?, cx.tx, &user.holder(), user.mfa_enabled).await?;
    Ok(if was_on { Done::Written } else { Done::Already })
}

async fn is_done(_: &Acting<'_>, _: &Account) -> Result<Answer> {
    Answer::new(&envelope::Done { done: true })
}

/// Whoever tried to sign in with the old password is not locked out any more.
async fn forget_failures(door: &Door, id: Uuid) -> Result<()> {
    door.platform().forget_sessions();
    signin::forget_failures(door.platform(), door.principal().realm, door.principal().tenant_id(), id).await
}
