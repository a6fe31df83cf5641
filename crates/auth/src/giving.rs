//! Nobody gives what they do not hold.

use crate::Door;
use kernel::{Error, Grant, Message, Result, Timestamp};
use store::Tx;

/// Permissions and patterns that one list may have; there are some hundred to name.
const MOST: usize = 1000;

impl Door {
    /// Refuses to give rights that mean nothing, or that the caller does not hold: nobody makes
    /// themselves or a friend more than they are. `field` is told in the error.
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

    /// Refuses a moment that has passed; `field` is told in the error.
    pub fn must_lie_ahead(&self, field: &str, at: Option<Timestamp>) -> Result<()> {
        match at {
            Some(at) if at <= self.platform().now() => {
                Err(Error::field(field, "future", "현재보다 이후의 시각이어야 합니다.", "must be in the future"))
            }
            _ => Ok(()),
        }
    }
}
