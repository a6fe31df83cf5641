//! Accounts that strangers make, where the provider allows it.

use crate::{Password, own_address};
use auth::{Anybody, Register, entities::idam_user, roles};
use envelope::{Body, Created, Reply};
use kernel::{Email, Error, Login, Message, Realm, Text};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use store::{Action, AuditEntry};

#[derive(Deserialize, Apiv2Schema)]
pub struct Registration {
    /// 아이디 | User name
    pub username: Login,
    /// 이메일 | Email
    pub email: Email,
    /// 비밀번호 | Password
    pub password: Password,
    /// 이름 | Full name
    pub full_name: Option<Text<100>>,
}

/// Make an account without rights, where the provider allows it
///
/// 403 `register_closed` where it does not. Where it wants to approve first, the account is INACTIVE until somebody activates it.
#[api_v2_operation]
pub async fn register(anybody: Anybody, body: Body<Registration>) -> Created<idam_user::Model> {
    let wanted = body.0;
    let status = match anybody.platform().settings().register {
        Register::Open => idam_user::Status::Active,
        Register::Approval => idam_user::Status::Inactive,
        Register::Closed => {
            return Err(Error::forbidden(
                "register_closed",
                Message::new(
                    "회원 가입을 받지 않습니다. 관리자에게 계정을 요청하세요.",
                    "Sign-up is closed. Ask an administrator for an account.",
                ),
            )
            .into());
        }
    };
    own_address("username", &wanted.username, &wanted.email)?;
    wanted.password.acceptable("password", &[&wanted.username, &wanted.email]).await?;
    let hash = wanted.password.hash().await?;
    let full_name = match wanted.full_name {
        Some(name) => name,
        None => Text::parse(&wanted.username).map_err(Error::internal)?,
    };
    let cx = anybody.context(Realm::Manager, None);
    let user = anybody
        .platform()
        .database(Realm::Manager)
        .write(&cx, async |tx| {
            let user = tx
                .insert(&idam_user::ActiveModel {
                    username: Set(wanted.username.clone()),
                    email: Set(wanted.email.clone()),
                    full_name: Set(full_name.clone()),
                    password_hash: Set(Some(hash.clone())),
                    password_changed_at: Set(Some(tx.now())),
                    user_type: Set(idam_user::UserType::Master),
                    status: Set(status),
                    ..Default::default()
                })
                .await?;
            roles::give(tx, user.id, "GUEST").await?;
            tx.audit(AuditEntry::new(Action::Create, "auth.account.register", "idam.users", user.id));
            tx.publish(store::Event::new("idam.user.registered", user.id, serde_json::json!({"username": user.username})));
            Ok(user)
        })
        .await?;
    Ok(Reply::new(&user)?)
}
