//! The two API documentation pages (Swagger UI, ReDoc): 3 MB of other people's minified code, pinned by `docs-ui/package-lock.json` and
//! fetched at build time instead of lying in the repository.

use crate::npm::{because, clear, install};
use std::{fs, path::Path};

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

/// Fills the folder that goes into the binary; `work` is free to use.
pub fn build(work: &Path, assets: &Path) -> Result<(), String> {
    clear(work).map_err(because("cannot empty the working folder"))?;
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        fs::copy(Path::new("docs-ui").join(name), work.join(name)).map_err(because(name))?;
    }
    install(work, &[])?;

    for (from, to) in FILES {
        let from = work.join("node_modules").join(from);
        let to = assets.join(to);
        if to.ends_with("redoc.standalone.js") {
            let bundle = fs::read_to_string(&from).map_err(because("redoc.standalone.js"))?;
            if !bundle.contains(REDOC_LOGO) {
                // a new version of ReDoc: somebody must look again at what it loads from outside
                return Err(format!("{REDOC_LOGO} is not in redoc.standalone.js: check what this version loads, then change this file"));
            }
            fs::write(&to, bundle.replace(REDOC_LOGO, EMPTY_PICTURE)).map_err(because("redoc.standalone.js"))?;
        } else {
            fs::copy(&from, &to).map_err(because(&from.display().to_string()))?;
        }
    }
    // 64 MB that nobody looks at again
    fs::remove_dir_all(work).map_err(because("cannot empty the working folder"))
}
