//! Ids and randomness come from here only, so that they can be found.

use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

/// A new row id: UUID version 7, sortable by the moment it was made.
#[must_use]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Bytes nobody can guess.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn random_bytes<const N: usize>() -> kernel::Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| kernel::Error::internal("no randomness"))?;
    Ok(bytes)
}
