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
mod traces;
mod trying;
mod writing;

pub use reading::good_body;
