//! The second factor: turning it on and off, spending codes, the sign-in that a code completes.
//!
//! A code is spent in the transaction it is good for, by one conditional UPDATE: of two that
//! come with the same code at once one is refused.

use crate::{
    device,
    login::{SignedIn, account_by_id, enter, entered, note_lock},
    pending_mfa::{self, PendingMfaToken, bad_code_or_token},
    refresh_token::RefreshToken,
    rules,
    sign_in_log::{AttemptType, Factor, SignInLogEntry},
    throttle::{Guessed, Place, admit, forgive, settle, subject},
    totp,
};
use auth::{
    Platform, Principal, TOTP_LABEL,
    tables::{Tables, insert, of_company},
};
use kernel::{Error, Result, boxed};
use serde_json::json;
use store::{Action, AuditEntry, Context, Event, Outcome, Sql, Tx, new_id, random_bytes};
use uuid::Uuid;

/// What an app needs, shown once.
pub(crate) struct Enrolled {
    pub secret: String,
    pub url: String,
}

fn bad_code() -> Error {
    Error::field("code", "wrong_code", "인증 코드가 올바르지 않거나 이미 사용되었습니다.", "is incorrect or was already used")
}

fn already_on() -> Error {
    rules::MFA_ENABLED.error()
}

/// Who spends a code, and for what.
pub(crate) struct Spender<'a> {
    pub user: Uuid,
    /// The right it is for, as the audit shows it.
    pub permission: &'a str,
    /// The device's cookie, where there is one.
    pub cookie: Option<&'a str>,
}

/// Runs `work` in the transaction that spends the code. `None`: the code is not one; that
/// is counted, and noted.
async fn with_code<T>(
    platform: &Platform,
    cx: &Context,
    who: &Spender<'_>,
    code: &str,
    confirmed: bool,
    work: impl AsyncFn(&Tx, Factor) -> Result<T>,
) -> Result<Option<T>> {
    let device = who.cookie.and_then(|cookie| device::known(platform, cx, who.user, cookie));
    let subject = subject(platform, cx, &Guessed::Code(who.user), &Place::of(device, cx))?;
    let admitted = admit(platform, &subject).await?;
    let tables = Tables::of(cx.realm);
    let done = platform
        .database(cx.realm)
        .write(cx, async |tx| {
            if let Some(factor) = spend(platform, tx, who.user, code, confirmed).await? {
                return work(tx, factor).await.map(Some);
            }
            let entry = AuditEntry::new(Action::Login, who.permission, format!("{}.users", tables.domain), who.user);
            tx.audit(entry.outcome(Outcome::Failure("INVALID_CODE".to_owned())));
            tx.publish(Event::new("auth.sign_in.failed", who.user, json!({"reason": "INVALID_CODE"})));
            let name = &tx.context().actor.name;
            SignInLogEntry::new(AttemptType::FailedLogin, Some(who.user), name).failed("INVALID_CODE").log(tx).await?;
            note_lock(tx, Some(who.user), &subject, &admitted).await?;
            Ok(None)
        })
        .await;
    if matches!(done, Ok(Some(_))) {
        forgive(platform, &subject).await?
    } else {
        settle(platform, &subject).await?
    }
    done
}

/// Spends a code: one of the app, later than the last one, or a recovery code.
async fn spend(platform: &Platform, tx: &Tx, user: Uuid, code: &str, confirmed: bool) -> Result<Option<Factor>> {
    let tables = Tables::of(tx.context().realm);
    let state = if confirmed { " AND confirmed_at IS NOT NULL" } else { " AND confirmed_at IS NULL" };
    let mut sql = Sql::new("SELECT secret_sealed FROM ");
    sql.push(tables.mfa).push(" WHERE user_id = ").bind(user).push(state);
    of_company(&mut sql, tx.tenant());
    let Some(row) = tx.raw_one(sql).await? else { return Ok(None) };
    let sealed: Vec<u8> = row.try_get("", "secret_sealed").map_err(Error::internal)?;
    let secret = platform.master_key().open(TOTP_LABEL, &sealed)?;
    if let Some(step) = totp::step(&secret, code, tx.now().unix_seconds())? {
        let mut sql = Sql::new("UPDATE ");
        sql.push(tables.mfa).push(" SET last_step = ").bind(step).push(" WHERE last_step < ").bind(step);
        sql.push(" AND user_id = ").bind(user).push(state);
        of_company(&mut sql, tx.tenant());
        return Ok((tx.raw_execute(sql).await? == 1).then_some(Factor::Totp));
    }
    if !confirmed {
        return Ok(None);
    }
    let mut sql = Sql::new("UPDATE ");
    sql.push(tables.recovery_codes).push(" SET used_at = ").bind(tx.now()).push(" WHERE used_at IS NULL AND user_id = ").bind(user);
    sql.push(" AND code_hash = ").bind(totp::recovery_hash(user, code));
    of_company(&mut sql, tx.tenant());
    Ok((tx.raw_execute(sql).await? == 1).then_some(Factor::RecoveryCode))
}

/// Completes a sign-in that waited for its code.
#[boxed(?Send)]
pub(crate) async fn sign_in_with_code(
    platform: &Platform,
    mut cx: Context,
    text: &str,
    code: &str,
    cookie: Option<&str>,
) -> Result<SignedIn> {
    let token = PendingMfaToken::read(text, platform.master_key(), platform.now())
        .filter(|token| token.realm == cx.realm)
        .ok_or_else(bad_code_or_token)?;
    if let Some(tenant) = token.tenant {
        platform.directory().by_id(tenant).await?.ok_or_else(bad_code_or_token)?.served()?;
    }
    cx.tenant = token.tenant;
    let account = account_by_id(platform, cx.realm, cx.tenant, token.user)
        .await?
        .filter(|account| account.mfa_enabled)
        .ok_or_else(bad_code_or_token)?;
    if account.password_changed_at.is_some_and(|at| token.issued().is_none_or(|issued| at > issued)) {
        return Err(bad_code_or_token());
    }
    let session = new_id();
    cx.actor = account.actor(Some(session));
    let refresh = RefreshToken::first(cx.tenant, session)?;
    let who = Spender { user: account.id, permission: "auth.session.create", cookie };
    let done = with_code(platform, &cx, &who, code, true, async |tx, factor| {
        pending_mfa::use_up(tx, &token).await?;
        enter(tx, &account, session, &refresh, Some(factor)).await
    })
    .await?;
    done.ok_or_else(bad_code_or_token)?;
    let device = cookie.and_then(|cookie| device::known(platform, &cx, account.id, cookie));
    entered(platform, &cx, account.id, session, &refresh, device)
}

/// Makes a secret for an app; it counts from [`confirm`] on.
#[boxed(?Send)]
pub(crate) async fn enroll(platform: &Platform, cx: &Context, principal: &Principal) -> Result<Enrolled> {
    if principal.mfa_enabled {
        return Err(already_on());
    }
    let tables = Tables::of(cx.realm);
    let secret = random_bytes::<{ totp::SECRET }>()?;
    let sealed = platform.master_key().seal(TOTP_LABEL, &secret)?;
    platform
        .database(cx.realm)
        .write(cx, async |tx| {
            let mut sql = Sql::new("DELETE FROM ");
            sql.push(tables.mfa).push(" WHERE confirmed_at IS NULL AND user_id = ").bind(principal.user_id);
            of_company(&mut sql, tx.tenant());
            tx.raw_execute(sql).await?;
            let mut sql = insert(tx, tables.mfa, "user_id, secret_sealed, created_at");
            sql.bind(principal.user_id).push(", ").bind(sealed.clone()).push(", ").bind(tx.now()).push(") ON CONFLICT DO NOTHING");
            if tx.raw_execute(sql).await? == 0 {
                return Err(already_on());
            }
            note(tx, principal, "auth.mfa.enroll", "auth.mfa.enrolled");
            Ok(())
        })
        .await?;
    let place = principal.tenant.as_ref().map_or_else(String::new, |tenant| format!("@{}", tenant.code));
    Ok(Enrolled { secret: totp::secret_text(&secret), url: totp::url(&secret, &format!("{}{place}", principal.username)) })
}

/// The app works: the second factor is on. Answers the recovery codes.
#[boxed(?Send)]
pub(crate) async fn confirm(
    platform: &Platform,
    cx: &Context,
    principal: &Principal,
    code: &str,
    cookie: Option<&str>,
) -> Result<Vec<String>> {
    if principal.mfa_enabled {
        return Err(already_on());
    }
    let codes = totp::recovery_codes()?;
    let tables = Tables::of(cx.realm);
    let who = Spender { user: principal.user_id, permission: "auth.mfa.confirm", cookie };
    let done = with_code(platform, cx, &who, code, false, async |tx, _| {
        let mut sql = Sql::new("UPDATE ");
        sql.push(tables.mfa).push(" SET confirmed_at = ").bind(tx.now()).push(" WHERE user_id = ").bind(principal.user_id);
        of_company(&mut sql, tx.tenant());
        tx.raw_execute(sql).await?;
        switch(tx, principal.user_id, true).await?;
        replace_recovery_codes(tx, principal.user_id, &codes).await?;
        verify_session(tx, principal.session).await?;
        note(tx, principal, "auth.mfa.confirm", "auth.mfa.enabled");
        Ok(())
    })
    .await?;
    platform.forget_sessions();
    done.map(|()| codes).ok_or_else(bad_code)
}

/// Turns the second factor off.
#[boxed(?Send)]
pub(crate) async fn disable(platform: &Platform, cx: &Context, principal: &Principal, code: &str, cookie: Option<&str>) -> Result<()> {
    let who = Spender { user: principal.user_id, permission: "auth.mfa.disable", cookie };
    let done = with_code(platform, cx, &who, code, true, async |tx, _| {
        take_away(tx, principal.user_id).await?;
        note(tx, principal, "auth.mfa.disable", "auth.mfa.disabled");
        Ok(())
    })
    .await?;
    platform.forget_sessions();
    done.ok_or_else(bad_code)
}

/// A new set of recovery codes; the old ones are gone.
#[boxed(?Send)]
pub(crate) async fn renew_recovery_codes(
    platform: &Platform,
    cx: &Context,
    principal: &Principal,
    code: &str,
    cookie: Option<&str>,
) -> Result<Vec<String>> {
    let codes = totp::recovery_codes()?;
    let who = Spender { user: principal.user_id, permission: "auth.mfa.recovery-codes", cookie };
    let done = with_code(platform, cx, &who, code, true, async |tx, _| {
        replace_recovery_codes(tx, principal.user_id, &codes).await?;
        note(tx, principal, "auth.mfa.recovery-codes", "auth.mfa.recovery_codes_renewed");
        Ok(())
    })
    .await?;
    done.map(|()| codes).ok_or_else(bad_code)
}

/// A code for a session that goes on: what needs a fresh one is open for a while.
#[boxed(?Send)]
pub(crate) async fn step_up(platform: &Platform, cx: &Context, principal: &Principal, code: &str, cookie: Option<&str>) -> Result<()> {
    let who = Spender { user: principal.user_id, permission: "auth.session.step-up", cookie };
    let done = with_code(platform, cx, &who, code, true, async |tx, _| {
        verify_session(tx, principal.session).await?;
        note(tx, principal, "auth.session.step-up", "auth.session.verified");
        Ok(())
    })
    .await?;
    platform.forget_sessions();
    done.ok_or_else(bad_code)
}

async fn replace_recovery_codes(tx: &Tx, user: Uuid, codes: &[String]) -> Result<()> {
    let table = Tables::of(tx.context().realm).recovery_codes;
    let mut sql = Sql::new("DELETE FROM ");
    sql.push(table).push(" WHERE user_id = ").bind(user);
    of_company(&mut sql, tx.tenant());
    tx.raw_execute(sql).await?;
    for code in codes {
        let mut sql = insert(tx, table, "user_id, code_hash, created_at");
        sql.bind(user).push(", ").bind(totp::recovery_hash(user, code)).push(", ").bind(tx.now()).push(")");
        tx.raw_execute(sql).await?;
    }
    Ok(())
}

/// Removes the second factor of somebody, with its recovery codes.
#[boxed(?Send)]
pub(crate) async fn take_away(tx: &Tx, user: Uuid) -> Result<()> {
    let tables = Tables::of(tx.context().realm);
    for table in [tables.mfa, tables.recovery_codes] {
        let mut sql = Sql::new("DELETE FROM ");
        sql.push(table).push(" WHERE user_id = ").bind(user);
        of_company(&mut sql, tx.tenant());
        tx.raw_execute(sql).await?;
    }
    switch(tx, user, false).await
}

async fn switch(tx: &Tx, user: Uuid, on: bool) -> Result<()> {
    let mut sql = Sql::new("UPDATE ");
    sql.push(Tables::of(tx.context().realm).users).push(" SET mfa_enabled = ").bind(on);
    sql.push(", row_version = row_version + 1 WHERE id = ").bind(user);
    of_company(&mut sql, tx.tenant());
    tx.raw_execute(sql).await.map(|_| ())
}

async fn verify_session(tx: &Tx, session: Uuid) -> Result<()> {
    let mut sql = Sql::new("UPDATE ");
    sql.push(Tables::of(tx.context().realm).sessions).push(" SET mfa_verified = ").bind(true).push(", verified_at = ").bind(tx.now());
    sql.push(" WHERE id = ").bind(session);
    of_company(&mut sql, tx.tenant());
    tx.raw_execute(sql).await.map(|_| ())
}

fn note(tx: &Tx, principal: &Principal, permission: &str, event: &str) {
    let target = format!("{}.users", Tables::of(principal.realm).domain);
    tx.audit(AuditEntry::new(Action::Update, permission, target, principal.user_id));
    tx.publish(Event::new(event, principal.user_id, json!({"id": principal.user_id})));
}
