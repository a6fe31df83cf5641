//! Rows from files: CSV and XLSX into any plain resource that says `IMPORT`.
//!
//! A file becomes a *batch*: one row of `import_batches`, its rows cut into *chunks* of 500
//! (`import_chunks`), all in the transaction of the request, which answers 202. The worker takes
//! one chunk after the other, each in a transaction that also moves the batch on: whoever is
//! killed in between goes on exactly there, no row twice and none lost. A company's batches are
//! worked on in the order they came.
//!
//! Every row is checked as the body of a POST would be. What fails stays with its chunk, as it
//! came, and can be fetched as a file, corrected and sent again. Every row leaves an audit row;
//! the rows of a chunk share one event, `<domain>.<noun>.imported`, with their ids.
//! Whoever sent it must be active and hold the right until the last chunk; a batch is forgotten some time after its end ([`forget`]).
//! ([ADR 15](../../../docs/adr/0015-an-import-is-chunks-of-rows.md))

mod archive;
mod batch;
mod cell;
mod format;
mod report;
mod request;
mod routes;
mod rows;
mod sheet;
mod undo;
mod work;

pub use batch::{Batch, Mode, OnDuplicate, Reason, State, forget, migrations};
pub use routes::mount;
pub use sheet::Sheet;
pub use work::work;
