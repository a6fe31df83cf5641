//! `#[record]`: what every table of the platform has in common is said here, and only here.
//!
//! ```ignore
//! /// A day of the company that differs from the public calendar.
//! #[record(table = "adm_holidays", schema = "Holiday")]
//! pub struct Model {
//!     #[api(create, filter)]
//!     pub date: Day,
//!     #[api(create, update)]
//!     pub name: Text<100>,
//!     /// True: worked, although the public calendar says off. False: off.
//!     #[api(create(optional), update, filter)]
//!     pub is_working_day_override: bool,
//! }
//! ```
//!
//! becomes, in the same module, nothing but plain structs (`cargo expand` shows them):
//!
//! * `Model` with the standard columns around its own, and what SeaORM derives from it: `Entity`, `Column`, `ActiveModel`, `Relation`
//!   (empty: foreign keys live in the database);
//! * `Create` with the fields marked `create`: of the same type, so an `Option` may be left out; `create(optional)` may be left out where
//!   the column may not be empty, because the database or the resource has a value for it;
//! * `Update` with the fields marked `update`: [`Patch`] for a column that may be empty, [`Change`] for one that may not;
//! * `Filter` with the fields marked `filter`: equality with the column; `filter(null)` also takes the word `null`.
//!
//! `create(text = "…")`, and the same at the others, is what a field means there, where that differs from its text in the row.
//! A struct whose mark no field has is not made: a body that is not the table's own columns is written by hand beside the entity.
//!
//! [`Patch`]: ../kernel/enum.Patch.html
//! [`Change`]: ../kernel/enum.Change.html

mod marks;
mod record;

use proc_macro::TokenStream;
use syn::{ItemStruct, parse_macro_input};

/// Makes a table's entity of a struct with the table's own columns; see the text of the crate.
///
/// * `table`: the name of the table.
/// * `schema`: the name of the row in the API document; left out for a table that no answer shows.
/// * `bodies`: what the names of `Create`, `Update` and `Filter` begin with in the document, where that is not `schema`.
/// * `columns`: which standard columns it has. `company` (when left out): `id`, `tenant_id`, `row_version`, who created, changed and
///   deleted the row and when. `provider`: the same without `tenant_id`. `line`: those of `company`, of which an answer shows the `id`
///   only, because the row is shown within another one. `own`: those that the struct has itself.
#[proc_macro_attribute]
pub fn record(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse_macro_input!(arguments as record::Arguments);
    let item = parse_macro_input!(item as ItemStruct);
    record::expand(&arguments, item).unwrap_or_else(syn::Error::into_compile_error).into()
}
