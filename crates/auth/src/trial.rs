//! `?dry_run=true`: the same checks and the same answer, and the transaction is rolled back.

use crate::Door;
use actix_web::http::Method;
use envelope::{path_pattern, read_pairs};
use kernel::{Error, FieldError, Message, Result};

impl Door {
    /// Of a write of the API, a query may say `dry_run` and nothing else: a parameter that is misspelt must not do the real thing. (The small
    /// ERP passes over what it does not know, an import reads its own.)
    pub(crate) fn check_query(&self) -> Result<()> {
        let query = self.request().query_string();
        if query.is_empty() || self.request().method().is_safe() {
            return Ok(());
        }
        let pattern = path_pattern(self.request()).unwrap_or_default();
        if pattern.starts_with("/api/v1/") && !pattern.ends_with("/import") {
            let unknown =
                |name: &String| FieldError::new(name.clone(), "unknown", Message::new("알 수 없는 항목입니다.", "is not known here"));
            let errors: Vec<FieldError> =
                read_pairs(query)?.iter().map(|(name, _)| name).filter(|name| *name != "dry_run").map(unknown).collect();
            if !errors.is_empty() {
                return Err(Error::invalid(errors));
            }
        }
        self.is_dry_run().map(|_| ())
    }

    /// Whether the caller only wants to see what would be (`?dry_run=true`).
    ///
    /// # Errors
    /// 422 where it is neither `true` nor `false`, and for an operation that cannot be tried.
    pub fn is_dry_run(&self) -> Result<bool> {
        let pattern = path_pattern(self.request()).unwrap_or_default();
        if pattern.ends_with("/import") {
            // it tries its rows itself
            return Ok(false);
        }
        let is_wanted = dry_run(self.request().query_string())?;
        if is_wanted && !can_be_tried(self.request().method(), &pattern) {
            let (ko, en) = ("이 작업은 시험 실행을 지원하지 않습니다.", "is not supported for this operation");
            return Err(Error::field("dry_run", "not_possible", ko, en));
        }
        Ok(is_wanted)
    }
}

/// What writes in both databases, one after the other, and cannot be rolled back.
const NOT_TRIED: [&str; 3] = [
    "/api/v1/manager/idam/impersonations",
    "/api/v1/manager/idam/impersonations/{id}/end",
    "/api/v1/manager/audt/dead-letters/{id}/replay",
];

/// Whether an operation can be done with `?dry_run=true`: what creates rows, and every action on one.
#[must_use]
pub fn can_be_tried(method: &Method, pattern: &str) -> bool {
    let is_apart = pattern.contains("/auth/") || pattern.contains("/import");
    *method == Method::POST && pattern.starts_with("/api/v1/") && !is_apart && !NOT_TRIED.contains(&pattern)
}

/// What a query says of `dry_run`; other parameters are none of its business.
fn dry_run(query: &str) -> Result<bool> {
    if !query.contains("dry_run") {
        return Ok(false);
    }
    match read_pairs(query)?.iter().find(|(name, _)| name == "dry_run").map(|(_, value)| value.as_str()) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Error::field("dry_run", "boolean", "true 또는 false여야 합니다.", "must be true or false")),
    }
}
