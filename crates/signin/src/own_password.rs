//! One's own password: changing it, and showing it again before something that matters.

use crate::{
    Password, device,
    login::note_lock,
    one_time_token::revoke_all,
    session_lifecycle::end_sessions_but,
    throttle::{Guessed, Place, admit, forgive, settle, subject},
};
use auth::{
    Platform, Principal,
    tables::{Tables, of_company},
};
use kernel::{Error, Result, boxed};
use serde_json::json;
use store::{Action, AuditEntry, Context, Event, Outcome, Sql, Tx};
use uuid::Uuid;

/// Refuses whoever does not know the password of the account they are signed in to. Counted
/// like a sign-in: a stolen session is not to be made a password by guessing.
#[boxed(?Send)]
pub(crate) async fn demand_password(
    platform: &Platform,
    cx: &Context,
    principal: &Principal,
    current: &Password,
    cookie: Option<&str>,
    permission: &'static str,
) -> Result<()> {
    let tables = Tables::of(cx.realm);
    let device = cookie.and_then(|cookie| device::known(platform, cx, principal.user_id, cookie));
    let subject = subject(platform, cx, &Guessed::Password(principal.user_id), &Place::of(device, cx))?;
    let admitted = admit(platform, &subject).await?;
    let stored = {
        let scope = platform.database(cx.realm).read(cx.tenant).await?;
        let mut sql = Sql::new("SELECT password_hash FROM ");
        sql.push(tables.users).push(" WHERE id = ").bind(principal.user_id);
        of_company(&mut sql, cx.tenant);
        scope.raw_one(sql).await?.and_then(|row| row.try_get::<Option<String>>("", "password_hash").ok()).flatten()
    };
    if current.fits(stored).await? {
        return forgive(platform, &subject).await;
    }
    platform
        .database(cx.realm)
        .write(cx, async |tx| {
            let entry = AuditEntry::new(Action::Update, permission, format!("{}.users", tables.domain), principal.user_id);
            tx.audit(entry.outcome(Outcome::Failure("INVALID_PASSWORD".to_owned())));
            tx.publish(Event::new("auth.password.refused", principal.user_id, json!({"reason": "INVALID_PASSWORD"})));
            note_lock(tx, Some(principal.user_id), &subject, &admitted).await
        })
        .await?;
    settle(platform, &subject).await?;
    Err(Error::field("current_password", "wrong_password", "현재 비밀번호가 올바르지 않습니다.", "is incorrect"))
}

/// Changes the caller's own password, which they have shown.
#[boxed(?Send)]
pub(crate) async fn change(platform: &Platform, cx: &Context, principal: &Principal, new: &Password, end_others: bool) -> Result<()> {
    let tables = Tables::of(cx.realm);
    let company = principal.tenant.as_ref().map(|tenant| (tenant.code.clone(), tenant.name.clone())).unwrap_or_default();
    new.acceptable("new_password", &[&principal.username, &company.0, &company.1]).await?;
    let hash = new.hash().await?;
    platform
        .database(cx.realm)
        .write(cx, async |tx| {
            set_password(tx, principal.user_id, &hash, "").await?;
            if end_others {
                end_sessions_but(tx, tables, principal.user_id, Some(principal.session), "password_changed").await?;
            }
            tx.audit(AuditEntry::new(Action::Update, "auth.password.change", format!("{}.users", tables.domain), principal.user_id));
            tx.publish(Event::new("auth.password.changed", principal.user_id, json!({"how": "CHANGED"})));
            Ok(())
        })
        .await?;
    platform.forget_sessions();
    Ok(())
}

/// Writes a new password; `also` is further SET text. What was mailed before sets no other one. Answers whether there is such a user.
#[boxed(?Send)]
pub(crate) async fn set_password(tx: &Tx, user: Uuid, hash: &str, also: &str) -> Result<bool> {
    let mut sql = Sql::new("UPDATE ");
    sql.push(Tables::of(tx.context().realm).users).push(" SET password_hash = ").bind(hash.to_owned());
    sql.push(", password_changed_at = ")
        .bind(tx.now())
        .push(also)
        .push(", row_version = row_version + 1 WHERE deleted_at IS NULL AND id = ");
    sql.bind(user);
    of_company(&mut sql, tx.tenant());
    let done = tx.raw_execute(sql).await? == 1;
    // after the row is locked: an email that is being made at the same time has its token by now
    revoke_all(tx, user).await?;
    Ok(done)
}
