//! The consumers of events that ask for an email. Each may get its event again: the token is stored once,
//! and the email goes out once, or once more where nobody knows whether it did.

use crate::one_time_token::{OneTimeToken, Purpose, revoke};
use auth::{
    Mail, Platform,
    tables::{Tables, insert, of_company},
};
use kernel::{Error, Realm, Result, boxed};
use serde_json::Value;
use store::{Context, Sql, Tx};
use uuid::Uuid;

/// Emails somebody gets within an hour for having forgotten their password.
const MOST_RESETS: i64 = 5;

/// Sends a link to set a new password: consumes `auth.password_reset.requested` {email, typed}. Looks for the folded address first, then for
/// the address as it was typed: rows from before addresses were folded keep their spelling. Sign-in looks in the same order.
#[boxed(?Send)]
pub async fn password_reset(platform: &Platform, tenant: Option<Uuid>, event_id: Uuid, payload: &Value) -> Result<()> {
    let text = |name: &str| payload.get(name).and_then(Value::as_str).map(|text| text.trim().to_lowercase());
    let Some(email) = text("email") else { return Ok(()) };
    let typed = text("typed").unwrap_or_else(|| email.clone());
    let is = |sql: &mut Sql, address: &str| {
        sql.push("email = ").bind(address);
    };
    send(platform, tenant, event_id, Purpose::Reset, &[&|sql| is(sql, &email), &|sql| is(sql, &typed)]).await
}

/// Sends a link to who was invited: consumes `adm.user.invited` {id}.
#[boxed(?Send)]
pub async fn invitation(platform: &Platform, tenant: Option<Uuid>, event_id: Uuid, payload: &Value) -> Result<()> {
    let id = payload.get("id").and_then(Value::as_str).and_then(|text| text.parse::<Uuid>().ok());
    let Some(id) = id else { return Ok(()) };
    let is = |sql: &mut Sql| {
        sql.push("id = ").bind(id);
    };
    send(platform, tenant, event_id, Purpose::Invitation, &[&is]).await
}

/// Tells the address an account had that a user administrator changed how one signs in to it: consumes `auth.credentials.changed`
/// {id, email, fields}.
#[boxed(?Send)]
pub async fn credentials_changed(platform: &Platform, tenant: Option<Uuid>, payload: &Value) -> Result<()> {
    let text = |name: &str| payload.get(name).and_then(Value::as_str);
    let (Some(email), Some(id)) = (text("email"), text("id").and_then(|text| text.parse::<Uuid>().ok())) else { return Ok(()) };
    let realm = if tenant.is_some() { Realm::Tenant } else { Realm::Manager };
    let company = match tenant {
        Some(id) => match platform.directory().by_id(id).await? {
            Some(company) if company.served().is_ok() => Some(company),
            _ => return Ok(()),
        },
        None => None,
    };
    let mut sql = Sql::new("SELECT full_name FROM ");
    sql.push(Tables::of(realm).users).push(" WHERE id = ").bind(id);
    of_company(&mut sql, tenant);
    let Some(row) = platform.database(realm).read(tenant).await?.raw_one(sql).await? else { return Ok(()) };
    let name: String = row.try_get("", "full_name").map_err(Error::internal)?;
    let place = company.as_ref().map_or("CXG", |company| company.name.as_str());
    let fields: Vec<&str> = payload.get("fields").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let named = |names: fn(&str) -> &str| fields.iter().map(|field| names(field)).collect::<Vec<_>>().join(", ");
    let korean = named(|field| match field {
        "email" => "이메일 주소",
        "username" => "아이디",
        "password" => "비밀번호",
        "mfa_enabled" => "2단계 인증",
        _ => "로그인 정보",
    });
    let english = named(|field| match field {
        "email" => "e-mail address",
        "username" => "user name",
        "password" => "password",
        "mfa_enabled" => "second factor",
        _ => "sign-in details",
    });
    let text = format!(
        "{name} 님,\n\n{place} 계정의 로그인 정보가 변경되었습니다: {korean}. 로그인되어 있던 기기에서는 로그아웃되었습니다.\n\n\
         예상하지 못한 변경이라면 바로 관리자에게 알려 주세요.\n\n\
         ---\n\nHow you sign in to your account at {place} has been changed: {english}. Devices that were signed in have been signed out.\n\
         If you did not expect this, tell your administrator at once.\n"
    );
    let subject = format!("[{place}] 로그인 정보 변경 안내 · Your sign-in details have changed");
    platform.settings().mailer.send(Mail { to: email.to_owned(), subject, text }).await
}

/// Whom an email goes to.
struct Addressee {
    id: Uuid,
    username: String,
    full_name: String,
    email: String,
}

/// Adds the condition that finds the addressee.
type Which<'w> = &'w (dyn Fn(&mut Sql) + Sync);

/// Sends the email to the first account that one of the conditions finds.
async fn send(platform: &Platform, tenant: Option<Uuid>, event: Uuid, purpose: Purpose, which: &[Which<'_>]) -> Result<()> {
    let realm = if tenant.is_some() { Realm::Tenant } else { Realm::Manager };
    let company = match tenant {
        Some(id) => match platform.directory().by_id(id).await? {
            Some(company) if company.served().is_ok() => Some(company),
            _ => return Ok(()),
        },
        None => None,
    };
    let cx = Context::system(realm, tenant, "mailing");
    let database = platform.database(realm);
    let made = database
        .write(&cx, async |tx| {
            let mut to = None;
            for one in which {
                to = addressee(tx, purpose, *one).await?;
                if to.is_some() {
                    break;
                }
            }
            let Some(to) = to else { return Ok(None) };
            let token = OneTimeToken::of_event(&platform.master_key().tokens.newest()?, purpose, event, tenant, to.id);
            Ok(keep(tx, purpose, event, &to, &token).await?.then_some((to, token)))
        })
        .await?;
    let Some((to, token)) = made else { return Ok(()) };
    let place = company.as_ref().map_or("CXG", |company| company.name.as_str());
    platform.settings().mailer.send(compose(&platform.settings().issuer, purpose, place, &to, &token)).await?;
    database
        .write(&cx, async |tx| {
            let mut sql = Sql::new("UPDATE ");
            sql.push(Tables::of(realm).one_time_tokens).push(" SET mailed_at = ").bind(tx.now()).push(" WHERE token_hash = ");
            sql.bind(token.hash());
            of_company(&mut sql, tx.tenant());
            tx.raw_execute(sql).await.map(|_| ())
        })
        .await
}

async fn addressee(tx: &Tx, purpose: Purpose, which: Which<'_>) -> Result<Option<Addressee>> {
    let mut sql = Sql::new("SELECT id, username, full_name, email FROM ");
    sql.push(Tables::of(tx.context().realm).users).push(" WHERE deleted_at IS NULL AND status = ").bind(purpose.status()).push(" AND ");
    which(&mut sql);
    of_company(&mut sql, tx.tenant());
    if tx.is_postgres() {
        // whoever changes address or password at this moment comes before, or finds the token and makes it useless
        sql.push(" FOR NO KEY UPDATE");
    }
    let Some(row) = tx.raw_one(sql).await? else { return Ok(None) };
    let text = |name: &str| row.try_get::<String>("", name).map_err(Error::internal);
    let id = row.try_get("", "id").map_err(Error::internal)?;
    Ok(Some(Addressee { id, username: text("username")?, full_name: text("full_name")?, email: text("email")? }))
}

/// Keeps the hash of a token. Answers whether there is an email to be sent.
async fn keep(tx: &Tx, purpose: Purpose, event: Uuid, to: &Addressee, token: &OneTimeToken) -> Result<bool> {
    let table = Tables::of(tx.context().realm).one_time_tokens;
    // an email that could not be sent while its token was good is of no use any more
    let mut sql = Sql::new("SELECT (mailed_at IS NULL AND used_at IS NULL AND expires_at > ");
    sql.bind(tx.now()).push(") AS waiting FROM ").push(table).push(" WHERE token_hash = ").bind(token.hash());
    of_company(&mut sql, tx.tenant());
    if let Some(row) = tx.raw_one(sql).await? {
        return row.try_get("", "waiting").map_err(Error::internal);
    }
    match purpose {
        // the last invitation is the one that counts
        Purpose::Invitation => revoke(tx, purpose, to.id).await?,
        Purpose::Reset => {
            let mut sql = Sql::new("SELECT count(*) AS n FROM ");
            sql.push(table).push(" WHERE purpose = 'RESET' AND user_id = ").bind(to.id).push(" AND created_at > ");
            sql.bind(tx.now().plus_seconds(-60 * 60));
            of_company(&mut sql, tx.tenant());
            let sent = tx.raw_one(sql).await?.and_then(|row| row.try_get::<i64>("", "n").ok()).unwrap_or_default();
            if sent >= MOST_RESETS {
                return Ok(false);
            }
        }
    }
    let mut sql = insert(tx, table, "user_id, purpose, token_hash, event_id, expires_at, created_at");
    sql.bind(to.id).push(", ").bind(purpose.as_str()).push(", ").bind(token.hash()).push(", ").bind(event).push(", ");
    sql.bind(tx.now().plus_seconds(purpose.life())).push(", ").bind(tx.now()).push(") ON CONFLICT DO NOTHING");
    tx.raw_execute(sql).await.map(|_| true)
}

fn compose(public_url: &str, purpose: Purpose, place: &str, to: &Addressee, token: &OneTimeToken) -> Mail {
    let (url, token) = (public_url.trim_end_matches('/'), token.write());
    let (name, username) = (&to.full_name, &to.username);
    let (subject, text) = match purpose {
        Purpose::Reset => (
            format!("[{place}] 비밀번호 재설정 · Reset your password"),
            format!(
                "{name} 님,\n\n{place} 계정({username})의 비밀번호를 다시 정하려면 아래 주소를 여십시오. 60분 동안 한 번만 쓸 수 있습니다.\n\n\
                 {url}/frontend/reset?token={token}\n\n요청하지 않으셨다면 이 메일을 무시하십시오. 비밀번호는 바뀌지 않습니다.\n\n\
                 ---\n\nOpen the address above to set a new password for {username}. It is good once, for 60 minutes.\n\
                 If you did not ask for it, ignore this mail: nothing has changed.\n"
            ),
        ),
        Purpose::Invitation => (
            format!("[{place}] 초대합니다 · You are invited"),
            format!(
                "{name} 님,\n\n{place}에 초대되었습니다. 아이디는 {username} 입니다. 아래 주소에서 비밀번호를 정하면 바로 로그인할 수 있습니다. \
                 7일 동안 한 번만 쓸 수 있습니다.\n\n{url}/frontend/invitation?token={token}\n\n\
                 ---\n\nYou are invited to {place}; your user name is {username}. Open the address above to set a password and sign in.\n\
                 It is good once, for seven days.\n"
            ),
        ),
    };
    Mail { to: to.email.clone(), subject, text }
}
