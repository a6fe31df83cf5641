//! The heads of blocks that have left the database.

use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
};
use store::chain::{BlockRow, to_hex};
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
    pub(super) fn of(row: &BlockRow) -> Self {
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

/// A file of heads, one a line; where there is no file, it has none.
#[derive(Clone, Debug)]
pub struct HeadFile(PathBuf);

impl HeadFile {
    /// The file this installation exports its heads to: `<data>/audit/heads.jsonl`.
    #[must_use]
    pub fn in_data_dir(data_dir: &Path) -> Self {
        Self(data_dir.join("audit").join("heads.jsonl"))
    }

    /// A copy that is kept elsewhere.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// The heads in the file.
    ///
    /// # Errors
    /// Internal, where the file cannot be read.
    pub fn anchors(&self) -> Result<Vec<Anchor>> {
        let file = match std::fs::File::open(&self.0) {
            Ok(file) => file,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(Error::internal(format!("{}: {cause}", self.0.display()))),
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

    pub(super) fn append(&self, anchor: &Anchor) -> Result<()> {
        let written = || -> std::io::Result<()> {
            if let Some(folder) = self.0.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&self.0)?;
            // one write a line: two nodes that share the folder do not mix their lines
            file.write_all(format!("{}\n", serde_json::to_string(anchor)?).as_bytes())?;
            file.sync_data()
        };
        written().map_err(|cause| Error::internal(format!("the head of the audit cannot be written to {}: {cause}", self.0.display())))
    }

    /// Half a line must not spoil the one that is written behind it.
    pub(super) fn end_last_line(&self) -> Result<()> {
        match std::fs::read(&self.0) {
            Ok(text) if !text.is_empty() && !text.ends_with(b"\n") => {
                let ended = std::fs::OpenOptions::new().append(true).open(&self.0).and_then(|mut file| file.write_all(b"\n"));
                ended.map_err(|cause| Error::internal(format!("{}: {cause}", self.0.display())))
            }
            _ => Ok(()),
        }
    }
}
