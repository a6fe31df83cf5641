//! Nobody gives what they do not hold: rights, keys, and ways to sign in as somebody.

use crate::{Door, entities::adm_role::Grants, permissions::distinct, principal::refused_by_key, roles::grants_of_user};
use kernel::{Error, Grant, Message, Result, Timestamp, boxed};
use sea_orm::Value;
use store::Tx;
use uuid::Uuid;

/// Permissions and patterns that one list may have; there are some hundred to name.
const MOST: usize = 1000;

impl Door {
    /// Refuses to give rights that mean nothing, or that the caller does not hold: nobody makes
    /// themselves or a friend more than they are. the error names `field`.
    pub fn may_give(&self, tx: &Tx, field: &str, grants: &[String]) -> Result<()> {
        self.mean_something(field, grants)?;
        self.are_held(tx, grants)
    }

    /// Refuses permissions and patterns that cover nothing there is.
    pub fn mean_something(&self, field: &str, grants: &[String]) -> Result<()> {
        if grants.len() > MOST {
            return Err(Error::field(field, "max_items", format!("{MOST}개 이하여야 합니다."), format!("must have at most {MOST} items")));
        }
        let catalogue = self.platform().catalogue(self.principal().realm);
        match grants.iter().find(|text| !Grant::new((*text).clone()).means_something(catalogue)) {
            Some(text) => Err(Error::field(
                field,
                "unknown_permission",
                format!("존재하지 않는 권한입니다: {text}"),
                format!("must name existing permissions; {text} does not"),
            )),
            None => Ok(()),
        }
    }

    /// Refuses what the caller does not hold: for what somebody else has already, and may mean
    /// nothing any more. Asked in the transaction of the request, where a refusal leaves an audit row.
    pub fn are_held(&self, _: &Tx, grants: &[String]) -> Result<()> {
        for text in grants {
            if !self.principal().rights.hold(&Grant::new(text.clone())) {
                return Err(Error::forbidden(
                    "exceeds_own_rights",
                    Message::new(
                        "자신에게 없는 권한은 줄 수 없으며, 그런 권한을 가진 사용자나 역할도 변경할 수 없습니다.",
                        "You cannot grant permissions you do not have, or change users and roles that have them.",
                    ),
                )
                .with("permission", text.clone()));
            }
        }
        Ok(())
    }

    /// Refuses a moment that has passed; the error names `field`.
    pub fn must_lie_ahead(&self, field: &str, at: Option<Timestamp>) -> Result<()> {
        match at {
            Some(at) if at <= self.platform().now() => {
                Err(Error::field(field, "future", "현재보다 이후의 시각이어야 합니다.", "must be in the future"))
            }
            _ => Ok(()),
        }
    }

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
}
