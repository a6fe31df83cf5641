//! What an XLSX is before it is opened: an archive, of which every part is unpacked once and thrown away.

use super::sheet::{CELLS, too_large, unreadable};
use kernel::Result;
use std::io::{self, Cursor, Read, Write};

/// What an XLSX may be when it is unpacked, in bytes: all parts, and each that is kept in memory.
const UNPACKED: u64 = 256 * 1024 * 1024;
const KEPT: u64 = 64 * 1024 * 1024;
/// Bytes between two marks of a part: no cell's text is so long, and each is kept in memory.
const RUN: usize = 1024 * 1024;
const PARTS: usize = 1000;

/// Counts what a part has while it is unpacked, and keeps nothing of it.
#[derive(Default)]
struct Counted {
    /// Marks that begin with `<si`: the texts of the part that all sheets share.
    texts: usize,
    /// Bytes behind the last mark that are still to be `si`; a mark may stand at the end of one write, and they in the next.
    wanted: &'static [u8],
    /// Bytes since the last mark began; the longest such run.
    run: usize,
    longest: usize,
}

impl Write for Counted {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        for (at, piece) in part.split(|byte| *byte == b'<').enumerate() {
            if at > 0 {
                (self.run, self.wanted) = (0, b"si");
            }
            for byte in piece {
                match self.wanted {
                    [first, rest @ ..] if first == byte => {
                        self.wanted = rest;
                        self.texts += usize::from(rest.is_empty());
                    }
                    _ => {
                        self.wanted = &[];
                        break;
                    }
                }
            }
            self.run += piece.len();
            self.longest = self.longest.max(self.run);
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Unpacks every part and throws it away, to know that it ends.
pub(super) fn check_size(bytes: &[u8]) -> Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > PARTS {
        return Err(too_large(&format!("{PARTS}개 항목")));
    }
    let mut all = 0_u64;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(unreadable)?;
        // a sheet is read cell by cell, everything else at once
        let limit = if part.name().map_err(unreadable)?.starts_with("xl/worksheets/") { UNPACKED } else { KEPT };
        let mut counted = Counted::default();
        let size = io::copy(&mut part.take(limit + 1), &mut counted).map_err(unreadable)?;
        all += size;
        if size > limit || all > UNPACKED || counted.longest > RUN {
            return Err(too_large(&format!("{} MiB", limit / 1024 / 1024)));
        }
        if counted.texts > CELLS {
            return Err(too_large(&format!("셀 {CELLS}개")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fault F4: what is kept in memory of an XLSX is bounded before it is read.
    #[test]
    fn an_archive_that_grows_is_refused() {
        let packed = |name: &str, pieces: &[(&str, usize)]| {
            let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            for (piece, times) in pieces {
                let many = piece.repeat(1000);
                (0..times / 1000).for_each(|_| archive.write_all(many.as_bytes()).unwrap());
            }
            archive.finish().unwrap().into_inner()
        };
        let strings = "xl/sharedStrings.xml";
        assert!(check_size(&packed(strings, &[("<si><t>x</t></si>", 100_000)])).is_ok());
        for (name, pieces) in [(strings, [("<si/>", CELLS + 1000)].as_slice()), ("xl/worksheets/sheet1.xml", &[("0123456789", 200_000)])] {
            assert!(check_size(&packed(name, pieces)).is_err(), "{name} {pieces:?}");
        }
    }
}
