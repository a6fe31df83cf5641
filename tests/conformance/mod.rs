//! Every resource of every module keeps the contract. Nothing here names a resource: one that is mounted tomorrow is covered tomorrow.
//!
//! What a body looks like is taken from the resource's own example (`Spec::example`) and from the OpenAPI document.

mod bodies;
mod exporting;
mod logs;
mod many;
mod reading;
mod refusing;
mod repeating;
mod subject;
mod traces;
mod trying;
mod writing;

pub use reading::good_body;
pub use subject::{
    ONE_OF_SEVERAL, Subject, answer_of, document, every_log, every_resource, is_day, is_id, lasting, parameters, properties, resolved,
    sorted, takes_null, unique,
};
