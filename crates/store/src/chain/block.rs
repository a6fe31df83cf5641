//! A run of rows under one signature: the Merkle tree of RFC 6962 (leaves and nodes differ
//! in their first byte, so that no row can be passed off as a node).

use super::link::{Hash, sha256, to_hex};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

fn leaf(hash: &[u8]) -> Hash {
    sha256(&[&[0], hash])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// Where a neighbour on the way to the root stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Left,
    Right,
}

/// The root over the hashes of a block's rows.
#[must_use]
pub fn root(hashes: &[Vec<u8>]) -> Hash {
    match hashes {
        [] => sha256(&[]),
        [one] => leaf(one),
        _ => {
            let (left, right) = hashes.split_at(split(hashes.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The largest power of two below `n`.
fn split(n: usize) -> usize {
    (n.next_power_of_two()) / 2
}

/// The neighbours by which the row at `index` leads to the root, from the leaf upwards.
#[must_use]
pub fn way(hashes: &[Vec<u8>], index: usize) -> Vec<(Side, Hash)> {
    if hashes.len() < 2 {
        return Vec::new();
    }
    let (left, right) = hashes.split_at(split(hashes.len()));
    if index < left.len() {
        let mut way = way(left, index);
        way.push((Side::Right, root(right)));
        way
    } else {
        let mut way = way(right, index - left.len());
        way.push((Side::Left, root(left)));
        way
    }
}

/// The root that a row and its way lead to.
#[must_use]
pub fn root_from(hash: &[u8], way: &[(Side, Hash)]) -> Hash {
    way.iter().fold(leaf(hash), |below, (side, neighbour)| match side {
        Side::Left => node(neighbour, &below),
        Side::Right => node(&below, neighbour),
    })
}

/// What is signed: a run of rows of one company's chain, and the block before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Nil: the provider's own chain.
    pub company: Uuid,
    pub block_no: i64,
    pub first_no: i64,
    pub last_no: i64,
    pub root: Vec<u8>,
    /// Hash of the row `last_no`.
    pub last_hash: Vec<u8>,
    /// [`Block::hash`] of the block before; zeros before the first.
    pub previous: Vec<u8>,
    /// Under the signature: what was sealed lately cannot be passed off as old enough to be let go.
    pub signed_at: Timestamp,
}

impl Block {
    /// The text that is signed.
    #[must_use]
    pub fn statement(&self) -> String {
        format!(
            "cxg-audit-block-1\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}",
            self.company,
            self.block_no,
            self.first_no,
            self.last_no,
            to_hex(&self.root),
            to_hex(&self.last_hash),
            to_hex(&self.previous),
            self.signed_at.unix_micros()
        )
    }

    #[must_use]
    pub fn hash(&self) -> Hash {
        sha256(&[self.statement().as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::{root, root_from, way};
    use crate::chain::to_hex;

    fn hashes(n: usize) -> Vec<Vec<u8>> {
        (0..n).map(|i| vec![u8::try_from(i % 256).unwrap(); 32]).collect()
    }

    #[test]
    fn every_row_leads_to_the_root_and_no_other_does() {
        for n in 1..40 {
            let hashes = hashes(n);
            let root = root(&hashes);
            for (i, hash) in hashes.iter().enumerate() {
                let mut way = way(&hashes, i);
                assert_eq!(root_from(hash, &way), root, "{i} of {n}");
                assert_ne!(root_from(&[255; 32], &way), root);
                if let Some(step) = way.first_mut() {
                    step.1[0] ^= 1;
                    assert_ne!(root_from(hash, &way), root);
                }
            }
        }
    }

    /// RFC 6962, 2.1.1: the empty tree; and a leaf is SHA-256 of 0x00 and its data (certificate-transparency's test vectors).
    #[test]
    fn the_tree_is_that_of_rfc_6962() {
        assert_eq!(to_hex(&root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(to_hex(&root(&[Vec::new()])), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        let two = [Vec::new(), vec![0]];
        assert_eq!(to_hex(&root(&two)), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    }
}
