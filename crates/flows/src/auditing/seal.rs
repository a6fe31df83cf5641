//! Blocks are closed and signed, and their heads leave the database: whoever can write to the
//! database can recompute a chain, but not a signature, nor a line somebody else keeps.

use crate::{each, worker::Workplace};
use kernel::{Error, Realm, Result};
use serde::{Deserialize, Serialize};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
};
use store::chain::{self, BlockRow, to_hex};
use uuid::Uuid;

/// One line of `<data>/audit/heads.jsonl`: a block as it was signed. Keep copies elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Nil: the provider's own chain.
    pub company: Uuid,
    pub block_no: i64,
    pub last_no: i64,
    /// SHA-256 of the signed statement, in hex.
    pub hash: String,
    pub kid: String,
    /// Ed25519 over the statement, in hex.
    pub signature: String,
    pub signed_at: kernel::Timestamp,
}

impl Anchor {
    fn of(row: &BlockRow) -> Self {
        Self {
            company: row.block.company,
            block_no: row.block.block_no,
            last_no: row.block.last_no,
            hash: to_hex(&row.block.hash()),
            kid: row.kid.clone(),
            signature: to_hex(&row.signature),
            signed_at: row.block.signed_at,
        }
    }
}

fn file(data_dir: &Path) -> PathBuf {
    data_dir.join("audit").join("heads.jsonl")
}

/// Closes a block over every chain that has grown, and exports its head.
pub(crate) async fn seal(work: &Workplace) -> Result<()> {
    let mut failed = Ok(());
    for realm in [Realm::Manager, Realm::Tenant] {
        let companies = chain::unsigned(work.platform.streams(realm)).await?;
        failed = failed.and(each("sealing the audit", companies, async |company| seal_one(work, company).await).await);
    }
    failed
}

/// Closes blocks over one chain until all of it is sealed.
pub(crate) async fn seal_one(work: &Workplace, company: Option<Uuid>) -> Result<()> {
    let realm = if company.is_some() { Realm::Tenant } else { Realm::Manager };
    let db = work.platform.streams(realm);
    while let Some(row) =
        chain::close_block(db, company, async |statement| work.platform.sign_statement(statement.as_bytes()).await).await?
    {
        export(&work.data_dir, &Anchor::of(&row))?;
    }
    Ok(())
}

/// The companies whose heads may not all be in the file, with the number of the last that is.
pub(crate) type Missed = BTreeMap<Option<Uuid>, i64>;

/// Exports the heads of blocks that were committed by a node that died before it had written the
/// line, or by another node. When a worker begins, and again for the companies that stay in `missed`: one that fails keeps no other waiting.
pub(crate) async fn export_missed(work: &Workplace, missed: &mut Option<Missed>) -> Result<()> {
    let missed = match missed {
        Some(missed) => missed,
        None => {
            end_the_last_line(&file(&work.data_dir))?;
            let companies = chain::companies(work.platform.streams(Realm::Tenant)).await?;
            let mut all: Missed = std::iter::once(None).chain(companies.into_iter().map(Some)).map(|company| (company, 0)).collect();
            for anchor in own_anchors(&work.data_dir)? {
                let company = (!anchor.company.is_nil()).then_some(anchor.company);
                all.entry(company).and_modify(|known| *known = anchor.block_no.max(*known));
            }
            missed.insert(all)
        }
    };
    let waiting = RefCell::new(missed);
    let all = waiting.borrow().clone();
    each("exporting heads of the audit", all, async |(company, known)| {
        let realm = if company.is_some() { Realm::Tenant } else { Realm::Manager };
        let scope = work.platform.act_as_system(realm, company, "audit-chain").read().await?;
        for row in chain::blocks(&scope).await?.iter().filter(|row| row.block.block_no > known) {
            export(&work.data_dir, &Anchor::of(row))?;
        }
        waiting.borrow_mut().remove(&company);
        Ok(())
    })
    .await
}

/// Half a line must not spoil the one that is written behind it.
fn end_the_last_line(path: &Path) -> Result<()> {
    match std::fs::read(path) {
        Ok(text) if !text.is_empty() && !text.ends_with(b"\n") => {
            let ended = std::fs::OpenOptions::new().append(true).open(path).and_then(|mut file| file.write_all(b"\n"));
            ended.map_err(|cause| Error::internal(format!("{}: {cause}", path.display())))
        }
        _ => Ok(()),
    }
}

fn export(data_dir: &Path, anchor: &Anchor) -> Result<()> {
    let path = file(data_dir);
    let written = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path)?;
        // one write a line: two nodes that share the folder do not mix their lines
        file.write_all(format!("{}\n", serde_json::to_string(anchor)?).as_bytes())?;
        file.sync_data()
    };
    written().map_err(|cause| Error::internal(format!("the head of the audit cannot be written to {}: {cause}", path.display())))
}

/// The heads a file holds; none where there is no file.
pub fn anchors(path: &Path) -> Result<Vec<Anchor>> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(Error::internal(format!("{}: {cause}", path.display()))),
    };
    let mut all = Vec::new();
    for line in BufReader::new(file).lines() {
        let line = line.map_err(Error::internal)?;
        // a node that was killed while writing leaves half a line; the block itself is in the database
        if let Ok(anchor) = serde_json::from_str(&line) {
            all.push(anchor);
        }
    }
    Ok(all)
}

/// The heads this installation has exported.
pub(crate) fn own_anchors(data_dir: &Path) -> Result<Vec<Anchor>> {
    anchors(&file(data_dir))
}
