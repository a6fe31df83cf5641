//! Brings what a browser needs into the binary: the web console, and the two pages of the API's documentation.
//!
//! Everything happens under `OUT_DIR`; the source tree stays as it is. Without Node the build goes on, and the pages say what is missing:
//! an API server must be buildable with a Rust toolchain alone. What was built from the same sources is not built again, so that `cargo
//! check` and `cargo test` wait for npm only when the console or the document has changed.

mod console;
mod docs_ui;
mod npm;

use flate2::{Compression, write::GzEncoder};
use npm::clear;
use std::{
    env, fs,
    hash::{DefaultHasher, Hasher},
    io::{self, Write},
    path::{Path, PathBuf},
};

const DOCS_UI: [&str; 2] = ["docs-ui/package.json", "docs-ui/package-lock.json"];

fn main() -> io::Result<()> {
    let console: Vec<PathBuf> = console::inputs();
    let docs_ui: Vec<PathBuf> = DOCS_UI.iter().map(PathBuf::from).collect();
    for input in console.iter().chain(&docs_ui).chain([&PathBuf::from("build")]) {
        println!("cargo:rerun-if-changed={}", input.display());
    }
    println!("cargo:rerun-if-env-changed=CXG_WITHOUT_NODE");

    let out_dir =
        PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set: build.rs is run by cargo only"))?);
    compress(Path::new(console::DOCUMENT), &out_dir.join("openapi.json.gz"))?;
    make(&out_dir, "docs-ui", "Swagger UI and ReDoc", &docs_ui, docs_ui::build)?;
    make(&out_dir, "console", "the web console", &console, console::build)
}

/// Files below a size that a packet takes anyway stay as they are.
const SMALL: u64 = 1024;

fn compress(from: &Path, to: &Path) -> io::Result<()> {
    let mut encoder = GzEncoder::new(fs::File::create(to)?, Compression::best());
    encoder.write_all(&fs::read(from)?)?;
    encoder.finish().map(drop)
}

/// Puts `<name>.gz` in the place of every script and style sheet: most of what goes into the binary.
fn compress_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            compress_all(&path)?;
        } else if path.extension().is_some_and(|kind| kind == "js" || kind == "css") && path.metadata()?.len() > SMALL {
            compress(&path, &PathBuf::from(format!("{}.gz", path.display())))?;
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Makes one folder that goes into the binary, unless it is there already. It exists in any case, empty where it could not be made:
/// never a mixture of two versions.
fn make(
    out_dir: &Path,
    name: &str,
    title: &str,
    inputs: &[PathBuf],
    build: impl FnOnce(&Path, &Path) -> Result<(), String>,
) -> io::Result<()> {
    let (assets, stamp) = (out_dir.join(name), out_dir.join(format!("{name}.stamp")));
    if env::var_os("CXG_WITHOUT_NODE").is_some_and(|value| value == "1") {
        println!("cargo:warning=CXG_WITHOUT_NODE=1: built without {title}");
        let _ = fs::remove_file(&stamp);
        return clear(&assets);
    }
    let fingerprint = fingerprint(inputs)?;
    if assets.is_dir() && fs::read_to_string(&stamp).is_ok_and(|before| before == fingerprint) {
        return Ok(());
    }
    let _ = fs::remove_file(&stamp);
    clear(&assets)?;
    match build(&out_dir.join(format!("{name}-npm")), &assets) {
        Ok(()) => {
            compress_all(&assets)?;
            fs::write(stamp, fingerprint)
        }
        Err(reason) => {
            println!("cargo:warning=built without {title}: {reason}");
            println!("cargo:warning=install Node.js 20 with npm, touch apps/gateway/build/main.rs, and build again");
            clear(&assets)
        }
    }
}

/// Of names and contents: a checkout changes the times of files that stayed the same.
fn fingerprint(inputs: &[PathBuf]) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    let mut waiting: Vec<PathBuf> = inputs.iter().chain([&PathBuf::from("build")]).cloned().collect();
    while let Some(path) = waiting.pop() {
        hasher.write(path.as_os_str().as_encoded_bytes());
        if path.is_dir() {
            let mut inside = fs::read_dir(&path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
            inside.sort();
            waiting.extend(inside);
        } else {
            hasher.write(&fs::read(&path)?);
        }
    }
    Ok(hasher.finish().to_string())
}
