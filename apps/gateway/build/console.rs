//! The web console: `apps/console`, built by Vite from its sources and `openapi.json`.

use crate::npm::{because, clear, install, run};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

const SOURCE: &str = "../console";
pub const DOCUMENT: &str = "../../openapi.json";
/// What a build reads; tests and what Node installed beside them are none of it.
const PARTS: [&str; 7] = ["index.html", "meta", "package.json", "package-lock.json", ".npmrc", "src", "vite.config.ts"];

pub fn inputs() -> Vec<PathBuf> {
    let parts = PARTS.iter().map(|part| Path::new(SOURCE).join(part));
    parts.chain([PathBuf::from(DOCUMENT)]).collect()
}

/// Fills the folder that goes into the binary. `work` stays: what npm installed there serves until the lock changes.
pub fn build(work: &Path, assets: &Path) -> Result<(), String> {
    fs::create_dir_all(work).map_err(because("cannot make the working folder"))?;
    let lock = Path::new(SOURCE).join("package-lock.json");
    let same_lock = fs::read(&lock).ok() == fs::read(work.join("installed.json")).ok();
    for part in PARTS {
        let (from, to) = (Path::new(SOURCE).join(part), work.join(part));
        if from.is_dir() { copy_folder(&from, &to) } else { fs::copy(&from, &to).map(drop) }.map_err(because(part))?;
    }
    if !same_lock {
        install(work, &["--omit=dev"])?;
        fs::copy(&lock, work.join("installed.json")).map_err(because("package-lock.json"))?;
    }
    let document = fs::canonicalize(DOCUMENT).map_err(because("openapi.json"))?;
    let out = assets.to_string_lossy();
    run(work, &["run", "--silent", "build", "--", "--emptyOutDir", "--outDir", &out], &[("CONSOLE_OPENAPI", &document)])
}

/// As it is in the source: what was deleted there is not left over here.
fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    clear(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
