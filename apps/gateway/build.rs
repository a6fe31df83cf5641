//! Brings the two API documentation pages (Swagger UI, ReDoc) into the binary.
//!
//! The bundles are 3 MB of other people's minified code: they are pinned by `docs-ui/package-lock.json` and fetched at build time instead of
//! lying in the repository. Everything happens under `OUT_DIR`; the source tree stays as it is. Without Node the build goes on, and the
//! pages say what is missing: an API server must be buildable with a Rust toolchain alone.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to take: (inside `node_modules`, name in the binary).
const FILES: [(&str, &str); 7] = [
    ("swagger-ui-dist/swagger-ui-bundle.js", "swagger-ui-bundle.js"),
    ("swagger-ui-dist/swagger-ui.css", "swagger-ui.css"),
    ("swagger-ui-dist/LICENSE", "swagger-ui.LICENSE.txt"),
    ("swagger-ui-dist/NOTICE", "swagger-ui.NOTICE.txt"),
    ("swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt", "swagger-ui-bundle.js.LICENSE.txt"),
    ("redoc/bundles/redoc.standalone.js", "redoc.standalone.js"),
    ("redoc/LICENSE", "redoc.LICENSE.txt"),
];

/// ReDoc's footer loads this picture from its maker's server, which would tell that server about every reader (and our CSP refuses it).
const REDOC_LOGO: &str = "https://cdn.redoc.ly/redoc/logo-mini.svg";
const EMPTY_PICTURE: &str = "data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27/%3E";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=docs-ui/package.json");
    println!("cargo:rerun-if-changed=docs-ui/package-lock.json");
    println!("cargo:rerun-if-env-changed=CXG_WITHOUT_NODE");

    let out_dir =
        PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set: build.rs is run by cargo only"))?);
    let assets = out_dir.join("docs-ui");
    // never a mixture of two versions, and the folder exists even when nothing comes into it
    remove(&assets)?;
    fs::create_dir_all(&assets)?;

    if env::var_os("CXG_WITHOUT_NODE").is_some_and(|value| value == "1") {
        println!("cargo:warning=CXG_WITHOUT_NODE=1: /docs and /redoc will only say that they are missing");
        return Ok(());
    }
    if let Err(reason) = fetch(&out_dir.join("docs-ui-npm"), &assets) {
        remove(&assets)?;
        fs::create_dir_all(&assets)?;
        println!("cargo:warning=built without Swagger UI and ReDoc: {reason}");
        println!("cargo:warning=install Node.js 20 with npm, touch apps/gateway/docs-ui/package.json, and build again");
    }
    Ok(())
}

fn fetch(work: &Path, assets: &Path) -> Result<(), String> {
    let because = |what: &str| {
        let what = what.to_owned();
        move |error: io::Error| format!("{what}: {error}")
    };
    remove(work).map_err(because("cannot empty the working folder"))?;
    fs::create_dir_all(work).map_err(because("cannot make the working folder"))?;
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        fs::copy(Path::new("docs-ui").join(name), work.join(name)).map_err(because(name))?;
    }

    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    // no package's own scripts: they would run with the developer's rights; few retries: without a network the build shall soon go on
    let output = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"])
        .args(["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"])
        .current_dir(work)
        .output()
        .map_err(because("npm does not start"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
        return Err(format!("npm ci failed ({}): {first}", output.status));
    }

    for (from, to) in FILES {
        let from = work.join("node_modules").join(from);
        let to = assets.join(to);
        if to.ends_with("redoc.standalone.js") {
            let bundle = fs::read_to_string(&from).map_err(because("redoc.standalone.js"))?;
            if !bundle.contains(REDOC_LOGO) {
                // a new version of ReDoc: somebody must look again at what it loads from outside
                return Err(format!("{REDOC_LOGO} is not in redoc.standalone.js: check what this version loads, then change build.rs"));
            }
            fs::write(&to, bundle.replace(REDOC_LOGO, EMPTY_PICTURE)).map_err(because("redoc.standalone.js"))?;
        } else {
            fs::copy(&from, &to).map_err(because(&from.display().to_string()))?;
        }
    }
    // 64 MB that nobody looks at again
    remove(work).map_err(because("cannot empty the working folder"))
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
