//! The surface of the small ERP, which speaks otherwise than the rest: bare JSON, errors as FastAPI and pydantic word them
//! (`{"detail": …}`), rows by their running numbers, paths that are good with and without a slash at the end.

mod extract;
mod reply;

pub use extract::{BareBody, BareNo, BareQuery, PathName};
pub use reply::{Bare, BareApi, ErpError, ErpInvalid, Gone, Moment, said};
pub(crate) use reply::{define_errors, error_body};

use actix_web::{
    dev::ServiceRequest,
    http::{Uri, uri::PathAndQuery},
};

/// What the surface's paths begin with.
const ROOTS: [&str; 4] = ["/organizations", "/departments", "/roles", "/users"];

/// Whether a path is one of the small ERP.
#[must_use]
pub fn is_bare(path: &str) -> bool {
    ROOTS.into_iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// A collection as the document writes it: with the slash.
#[must_use]
pub(crate) fn is_root(path: &str) -> bool {
    ROOTS.contains(&path)
}

/// Drops the slash at the end of a path of the small ERP: what it is routed, logged and counted as is one and the same.
pub(crate) fn one_spelling(request: &mut ServiceRequest) {
    let path = request.uri().path();
    let Some(trimmed) = path.strip_suffix('/').filter(|trimmed| is_bare(trimmed)) else { return };
    let text = match request.uri().query() {
        Some(query) => format!("{trimmed}?{query}"),
        None => trimmed.to_owned(),
    };
    let Ok(path_and_query) = PathAndQuery::from_maybe_shared(text) else { return };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(path_and_query);
    if let Ok(uri) = Uri::from_parts(parts) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

#[cfg(test)]
mod tests {
    use super::is_bare;

    #[test]
    fn only_its_own_paths_are_bare() {
        for path in ["/users", "/users/", "/users/7/roles", "/organizations/abc", "/roles", "/departments/1"] {
            assert!(is_bare(path), "{path}");
        }
        for path in ["/", "/usersx", "/api/v1/tenants/adm/users", "/frontend/users", "/user"] {
            assert!(!is_bare(path), "{path}");
        }
    }
}
