use kernel::{Error, Lang};
use serde_json::Value;

/// An API that is served beside the one of the envelope, with answers of its own, so that older clients go on working. The gateway hands it
/// in: as `app_data` for the answers, in [`crate::openapi::About`] for the document.
#[derive(Clone, Copy, Debug)]
pub struct LegacyApi {
    /// The tag of its operations. The names of these, of its errors and of its schemas of errors begin with it: `erp` has `listErpUsers`,
    /// `ErpNotFound`, `ErpError` and, for 422, `ErpInvalid`.
    pub name: &'static str,
    /// Whether a path is one of its.
    pub has_path: fn(&str) -> bool,
    /// A path as the document writes it.
    pub documented_path: fn(&str) -> String,
    /// The body of an error.
    pub error_body: fn(&Error, Lang) -> Value,
}
