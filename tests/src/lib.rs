//! What the groups of tests share: the document with its operations, every resource as a subject, and what a story begins with.
//!
//! A group is a program of its own (`platform`, `people`, `customers`, `money`, `operations`), so an edit in one group links that one anew;
//! an edit here links all of them. What only one group needs stays there.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics, in its helpers too")]

pub mod crm;
mod document;
pub mod fim;
pub mod idam;
pub mod mfa;
pub mod people;
pub mod process;
mod subject;

pub use document::{ANY, NO_ID, Operation, answer_of, document, operations, parameters, properties, resolved, takes_null};
pub use subject::{ONE_OF_SEVERAL, Subject, every_log, every_resource, is_day, is_id, lasting, sorted, unique};
