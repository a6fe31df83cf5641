//! That one row is in the audit, shown to somebody who has nothing but the public key.

use super::{heads::HeadFile, seal::seal_one};
use auth::Platform;
use kernel::{Error, Realm, Result, Timestamp};
use paperclip::actix::Apiv2Schema;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::chain::{self, Block, Side, hash_of, root_from, to_hex, way};
use uuid::Uuid;

/// A row, its way to the root of a block, and the signature over the block. All bytes in hex.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Apiv2Schema)]
#[openapi(rename = "AuditProof")]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// 회사 | Company
    ///
    /// Whose chain: the company's id, or zeros for the provider.
    pub company: Uuid,
    /// 행 번호 | Row number
    pub row_no: i64,
    /// 이전 행 해시 | Previous row hash
    ///
    /// Hash of the row before.
    pub row_previous: String,
    /// 행의 항목 | Row fields
    ///
    /// The row's fields, in the order in which they are hashed, as JSON text.
    pub row_fields: String,
    /// 해시 경로 | Hash path
    ///
    /// Neighbours from the row up to the root.
    pub way: Vec<Step>,
    /// 블록 번호 | Block number
    pub block_no: i64,
    /// 블록 첫 번호 | First number in block
    pub block_first_no: i64,
    /// 블록 마지막 번호 | Last number in block
    pub block_last_no: i64,
    /// 블록 루트 해시 | Block root hash
    pub block_root: String,
    /// 블록 마지막 행 해시 | Last row hash in block
    pub block_last_receipt: String,
    /// 이전 블록 해시 | Previous block hash
    pub block_previous: String,
    /// 블록 서명 일시 | Block signed
    pub block_signed_at: Timestamp,
    /// 서명 키 | Signing key
    pub kid: String,
    /// 공개 키 | Public key
    ///
    /// Ed25519.
    pub public_key: String,
    /// 서명 | Signature
    pub signature: String,
}

/// A neighbour on the way to the root.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Apiv2Schema)]
#[openapi(rename = "AuditProofStep")]
pub struct Step {
    /// 방향 | Side
    ///
    /// `left` or `right`.
    pub side: String,
    /// 이웃 해시 | Neighbour hash
    pub neighbour: String,
}

/// The proof of a row that has its number; blocks are closed first where that is still to come.
pub(super) async fn prove(platform: &Platform, heads: &HeadFile, company: Option<Uuid>, no: i64) -> Result<Proof> {
    let realm = if company.is_some() { Realm::Tenant } else { Realm::Manager };
    let scope = platform.act_as_system(realm, company, "audit-proof").read().await?;
    let covers = |row: &chain::BlockRow| (row.block.first_no..=row.block.last_no).contains(&no);
    let mut sealed = chain::blocks(&scope).await?.into_iter().find(covers);
    if sealed.is_none() {
        seal_one(platform, heads, company).await?;
        sealed = chain::blocks(&scope).await?.into_iter().find(covers);
    }
    let sealed = sealed.ok_or_else(Error::not_found)?;
    let block = &sealed.block;
    let rows = chain::page(&scope, None, block.first_no, block.last_no - block.first_no + 1).await?;
    let index = usize::try_from(no - block.first_no).map_err(Error::internal)?;
    let row = rows.get(index).filter(|row| row.no == Some(no)).ok_or_else(Error::not_found)?;
    let hashes: Vec<Vec<u8>> = rows.iter().filter_map(|row| row.hash.clone()).collect();
    let way = way(&hashes, index)
        .into_iter()
        .map(|(side, hash)| Step { side: if side == Side::Left { "left" } else { "right" }.to_owned(), neighbour: to_hex(&hash) });
    Ok(Proof {
        company: company.unwrap_or_default(),
        row_no: no,
        row_previous: to_hex(row.previous.as_deref().unwrap_or_default()),
        row_fields: row.fields.to_string(),
        way: way.collect(),
        block_no: block.block_no,
        block_first_no: block.first_no,
        block_last_no: block.last_no,
        block_root: to_hex(&block.root),
        block_last_receipt: to_hex(&block.last_hash),
        block_previous: to_hex(&block.previous),
        block_signed_at: block.signed_at,
        public_key: to_hex(&platform.public_key(&sealed.kid).ok_or_else(|| Error::internal("an unknown key has signed"))?),
        kid: sealed.kid,
        signature: to_hex(&sealed.signature),
    })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    (text.len().is_multiple_of(2) && text.is_ascii())
        .then(|| (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect())
        .flatten()
}

/// Whether a proof holds; needs nothing but the proof. That the key is ours is for whoever checks
/// it to compare (`/.well-known/jwks.json`, the exported heads).
#[must_use]
pub fn check(proof: &Proof) -> bool {
    let verdict = || -> Option<bool> {
        let fields: Value = serde_json::from_str(&proof.row_fields).ok()?;
        let hash = hash_of(proof.company, proof.row_no, &bytes(&proof.row_previous)?, &fields);
        let mut way = Vec::new();
        for step in &proof.way {
            let side = match step.side.as_str() {
                "left" => Side::Left,
                "right" => Side::Right,
                _ => return None,
            };
            way.push((side, <[u8; 32]>::try_from(bytes(&step.neighbour)?).ok()?));
        }
        let block = Block {
            company: proof.company,
            block_no: proof.block_no,
            first_no: proof.block_first_no,
            last_no: proof.block_last_no,
            root: bytes(&proof.block_root)?,
            last_hash: bytes(&proof.block_last_receipt)?,
            previous: bytes(&proof.block_previous)?,
            signed_at: proof.block_signed_at,
        };
        let inside = (block.first_no..=block.last_no).contains(&proof.row_no);
        let leads = root_from(&hash, &way).as_slice() == block.root;
        let key = UnparsedPublicKey::new(&ED25519, bytes(&proof.public_key)?);
        let signed = key.verify(&auth::statement(block.statement().as_bytes()), &bytes(&proof.signature)?).is_ok();
        Some(inside && leads && signed)
    };
    verdict().unwrap_or(false)
}
