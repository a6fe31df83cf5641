//! What people sign in with: a user name or an e-mail address. Both are one name space in a company (or at the provider), so that nobody's
//! user name is somebody else's address. The database holds it (`auth::migrations`, for two who come at once); here are the rules that
//! need a word of their own.

use auth::tables::{Tables, of_company};
use kernel::{Error, Login, Result, boxed};
use sea_orm::Value;
use store::{Sql, Tx};
use uuid::Uuid;

/// A user name with `@` is one's own address, or it would be somebody else's.
pub fn own_address(field: &str, username: &str, email: &str) -> Result<()> {
    if username.contains('@') && username != email {
        return Err(Error::field(
            field,
            "own_address",
            "사용자 이름에 @를 쓰려면 그 사용자의 이메일 주소와 같아야 합니다.",
            "must be the same as the user's email address when it contains @",
        ));
    }
    Ok(())
}

/// The rule of every verb that writes users: what the user name and the address will be goes together. A user name that is the address
/// follows it when it changes.
#[boxed(?Send)]
pub async fn keep_names(tx: &Tx, id: Option<Uuid>, username: Option<&Value>, email: Option<&Value>) -> Result<()> {
    let text = |value: Option<&Value>| if let Some(Value::String(Some(text))) = value { Some(text.clone()) } else { None };
    let users = Tables::of(tx.context().realm).users;
    match (id, text(username), text(email)) {
        (_, Some(username), Some(email)) => own_address("username", &username, &email),
        (Some(id), Some(username), None) => {
            let mut sql = Sql::new("SELECT email FROM ");
            sql.push(users).push(" WHERE id = ").bind(id);
            of_company(&mut sql, tx.tenant());
            let row = tx.raw_one(sql).await?.ok_or_else(Error::not_found)?;
            own_address("username", &username, &row.try_get::<String>("", "email").map_err(Error::internal)?)
        }
        (Some(id), None, Some(email)) => {
            let mut sql = Sql::new("SELECT id FROM ");
            sql.push(users).push(" WHERE username = email AND id = ").bind(id);
            of_company(&mut sql, tx.tenant());
            if tx.raw_one(sql).await?.is_none() {
                return Ok(());
            }
            Login::parse(&email).map_err(|_| {
                Error::field(
                    "email",
                    "username",
                    "이 사용자는 이메일 주소로 로그인하므로, 한 가지 문자(영문, 한글 등)로 된 100자 이하의 주소여야 합니다.",
                    "must have at most 100 characters and letters of one script only, because this user signs in with it",
                )
            })?;
            // A rule cannot add the user name to what is written. Both at once: between two statements the row would be neither, and the
            // trigger would hold a user name that is not the address against the addresses of others, and name the field nobody sent.
            let mut sql = Sql::new("UPDATE ");
            sql.push(users).push(" SET username = ").bind(email.clone()).push(", email = ").bind(email).push(" WHERE id = ").bind(id);
            of_company(&mut sql, tx.tenant());
            tx.raw_execute(sql).await.map(|_| ())
        }
        _ => Ok(()),
    }
}
