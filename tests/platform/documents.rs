//! The documents say what is so: code that they quote is in the file they name, links lead somewhere, and pages keep their length.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a block of Rust begins with that quotes no file of the repository.
const SKETCH: &str = "// sketch";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pages of the root and all below `docs`, by their path from the root.
fn pages() -> Vec<(String, String)> {
    fn walk(folder: &Path, is_deep: bool, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && is_deep {
                walk(&path, is_deep, into);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                into.push(path);
            }
        }
    }
    let (root, mut found) = (root(), Vec::new());
    walk(&root, false, &mut found);
    walk(&root.join("docs"), true, &mut found);
    assert!(found.len() > 20, "hardly any pages: {found:?}");
    found.into_iter().map(|path| (path.strip_prefix(&root).unwrap().display().to_string(), read(&path))).collect()
}

/// The fenced blocks of a page: the word behind the fence, the number of its first line, its lines.
fn blocks(page: &str) -> Vec<(&str, usize, Vec<&str>)> {
    let (mut found, mut open) = (Vec::new(), None);
    for (at, line) in page.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(word), None) => open = Some((word.trim(), at + 2, Vec::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some((_, _, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// A page without its fenced blocks.
fn prose(page: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = false;
    page.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        inside ^= is_fence;
        !inside && !is_fence
    })
}

#[test]
fn code_in_the_documents_is_in_the_files_they_name() {
    let (mut quoted, mut wrong) = (0, Vec::new());
    for (page, text) in pages() {
        for (_, at, lines) in blocks(&text).into_iter().filter(|(word, ..)| *word == "rust") {
            let Some(path) = lines.first().and_then(|line| line.strip_prefix("// ")) else {
                wrong.push(format!("{page}:{at}: the first line names neither a file nor says `{SKETCH}`"));
                continue;
            };
            if lines[0].starts_with(SKETCH) {
                continue;
            }
            let Ok(source) = fs::read_to_string(root().join(path)) else {
                wrong.push(format!("{page}:{at}: there is no {path}"));
                continue;
            };
            let source: Vec<&str> = source.lines().map(str::trim).collect();
            for (behind, line) in lines.iter().map(|line| line.trim()).enumerate().skip(1).filter(|(_, line)| *line != "…") {
                if !source.contains(&line) {
                    wrong.push(format!("{page}:{}: {path} has no line `{line}`", at + behind));
                }
            }
            quoted += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(quoted > 5, "hardly any code is quoted: {quoted}");
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    let mut wrong = Vec::new();
    for (page, text) in pages() {
        let folder = root().join(&page).parent().unwrap().to_path_buf();
        for (at, line) in prose(&text) {
            for rest in line.split("](").skip(1) {
                let link = rest.split(')').next().unwrap_or_default();
                let path = link.split('#').next().unwrap_or_default();
                let is_elsewhere = path.contains("://") || path.starts_with("mailto:");
                if !path.is_empty() && !is_elsewhere && !folder.join(path).exists() {
                    wrong.push(format!("{page}:{at}: {link}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pages_keep_their_length() {
    for (page, most) in [("ARCHITECTURE.md", 200), ("CONTRIBUTING.md", 90)] {
        let lines = read(&root().join(page)).lines().count();
        assert!(lines <= most, "{page} has {lines} lines, at most {most} are wanted: move what is too much to docs/how-to or an ADR");
    }
    // a table's row and an address cannot be broken
    let is_whole = |line: &str| line.trim_start().starts_with(['|', '[', '!']) || line.contains("://");
    let mut long = Vec::new();
    for (page, text) in pages() {
        let lines = prose(&text).filter(|(_, line)| line.chars().count() > 120 && !is_whole(line));
        long.extend(lines.map(|(at, _)| format!("{page}:{at}")));
    }
    assert!(long.is_empty(), "longer than 120 characters: {}", long.join(", "));
}

/// Who clones the repository tests it with one command, and is told so.
#[test]
fn the_first_pages_name_the_one_command() {
    for page in ["README.md", "README.ko.md", "CONTRIBUTING.md"] {
        assert!(read(&root().join(page)).contains("script/test"), "{page} does not name script/test");
    }
}
