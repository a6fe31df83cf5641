//! CRUD as data: a plain resource is a declaration of about a hundred lines, without a handler.
//!
//! `impl Resource for Organizations` names the entity, what is shown, what a create and an
//! update may carry, and what may be sorted, filtered and searched. [`plain`] mounts the five
//! verbs, bulk and export; each of them is an ordinary generic function, so a domain mounts
//! its own handler instead where the business says more.
//!
//! The generic functions are thin shells: they carry the document's types and call concrete
//! code over a [`Spec`], the declaration as a table of plain function pointers. Seventy
//! resources cost seventy small tables, not seventy copies of the engine.

mod acting;
mod action;
mod action_routes;
mod bulk;
mod change;
mod condition;
mod cursor;
mod document;
mod events;
mod export;
mod handlers;
pub mod import;
mod lines;
mod list;
mod merge;
mod module;
mod numbering;
mod references;
mod report;
pub mod rules;
mod spec;
mod words;

pub use acting::{Acting, Done, perform};
pub use action::{Action, action};
pub use action_routes::actions;
pub use change::{
    Changing, Guard, NO_GUARD, Rule, answer_of, change_with, create_with, delete_with, insert, modify, naming_holder, update_with,
};
pub use events::{EventPage, EventQuery, events_of};
pub use handlers::{Create, Delete, Deleted, Import, Read, Update, bulk, create, delete, export, get, list, plain, reading, update};
pub use lines::{LineChange, Lines, Rows};
pub use merge::{Merging, Moved, merge, unmerge};
pub use module::{Module, ResourceInfo};
pub use references::{Lookup, holders, in_use, live_rows};
pub use report::{ReportAnswer, ReportBody, ReportFormat, report};
pub use spec::{RangeKind, ReadOnly, Resource, Spec};
