//! Customers, the people at them, what is sold to them, and the files they are imported from.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics, in its helpers too")]

mod crm;
mod imports;
