//! The audit as a chain: each row's hash covers the row and the hash before it, per company.
//!
//! Rows are chained after their commit, in the order in which they are found (a row waits for
//! nobody's lock when it is written). From then on a row that is changed, taken out, put in or
//! moved breaks the chain at a number that can be named. So that the whole tail cannot be cut
//! off or the whole chain computed anew, runs of rows are closed into *blocks*: a Merkle tree
//! over the rows' hashes, its root signed together with the block before it and exported. From
//! a block one row can be proved without showing the others.

mod block;
mod link;
mod rows;

pub use block::{Block, Side, root, root_from, way};
pub use link::{FIRST, Hash, Link, hash_of, to_hex};
pub use rows::{
    BlockRow, Purge, blocks, chain_up, close_block, companies, copy, end, last_block, last_copied, page, purge, purges, unsigned,
};
