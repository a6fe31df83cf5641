//! Which paths are of the small ERP, and how they are spelt.

use actix_web::{
    dev::ServiceRequest,
    http::{Uri, uri::PathAndQuery},
};

/// What the paths begin with; each is a collection.
const COLLECTIONS: [&str; 4] = ["/organizations", "/departments", "/roles", "/users"];

/// Whether a path is one of the small ERP.
#[must_use]
pub fn is_erp_path(path: &str) -> bool {
    COLLECTIONS.into_iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// A path as the document writes it: collections with the slash at the end.
pub(crate) fn with_slash(path: &str) -> String {
    if COLLECTIONS.contains(&path) { format!("{path}/") } else { path.to_owned() }
}

/// Removes the slash at the end of a path of the small ERP: what it is routed, logged and counted as is one and the same.
pub fn remove_last_slash(request: &mut ServiceRequest) {
    let path = request.uri().path();
    let Some(trimmed) = path.strip_suffix('/').filter(|trimmed| is_erp_path(trimmed)) else { return };
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
    use super::is_erp_path;

    #[test]
    fn only_its_own_paths_are_of_the_small_erp() {
        for path in ["/users", "/users/", "/users/7/roles", "/organizations/abc", "/roles", "/departments/1"] {
            assert!(is_erp_path(path), "{path}");
        }
        for path in ["/", "/usersx", "/api/v1/tenants/adm/users", "/frontend/users", "/user"] {
            assert!(!is_erp_path(path), "{path}");
        }
    }
}
