//! The HTTP face: what every answer looks like and how every request is read.
//!
//! * [`Reply`] and [`Failure`]: the envelope around an answer and an error;
//! * [`web`]: routes and their arguments. Arguments are read in their order, the permission first: 401 and 403 are settled before a body
//!   is read;
//! * [`Body`], [`Query`], [`RowId`]: arguments that are checked against the very schema the document shows and report everything wrong at
//!   once;
//! * [`Routes`]: finds the route of a request;
//! * [`face`]: the middleware that gives each request an id, catches panics and puts what
//!   actix itself answers (404, 405, 413 …) into the envelope;
//! * [`off_the_workers`]: where work goes that would hold up the other requests of a worker;
//! * [`LegacyApi`]: what is to be known of an API that is served beside this one, without the envelope;
//! * [`openapi`]: paperclip collects Swagger 2; this makes a true OpenAPI 3.1 document of it.
//!
//! This crate alone mounts routes with paperclip.

mod address;
mod answers;
mod bodies;
mod decode;
mod extract;
mod face;
mod failure;
mod heavy;
mod late;
mod legacy;
mod negotiate;
pub mod openapi;
mod path_key;
mod query;
mod reply;
mod request;
mod routes;
mod schema;
mod strict;
mod titles;
mod upload;
mod validate;
pub mod web;
pub mod wording;

pub use actix_web::http::StatusCode;
pub use address::TrustedProxies;
pub use extract::{Body, BodyFault, Nothing, RawBody, RowId, file_response, read_json, read_json_or, request_digest};
pub use face::face;
pub use failure::{ErrorBody, Failure};
pub use heavy::{Heavy, off_the_workers};
pub use late::LateHeaders;
pub use legacy::LegacyApi;
pub use negotiate::{accepts_gzip, is_known, unless_known};
pub use path_key::PathKey;
pub use query::{Query, filters_of, never_null, parameter, read_pairs, typed};
pub use reply::{Accepted, Answer, AnswerKind, Api, Created, Done, Envelope, Page, Reply, location, respond};
pub use request::RequestMeta;
pub use routes::{Routes, path_value, pattern as path_pattern};
pub use schema::{TypeDoc, collisions};
pub use strict::exact_json;
pub use titles::{Title, split_title};
pub use upload::{FileKind, Upload};
pub use validate::{Schema, check};
