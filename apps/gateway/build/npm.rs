//! Running npm, and folders that are made anew.

use std::{
    fs, io,
    path::Path,
    process::{Command, Output},
};

/// What failed, in front of why.
pub fn because(what: &str) -> impl FnOnce(io::Error) -> String + use<> {
    let what = what.to_owned();
    move |error| format!("{what}: {error}")
}

/// An empty folder, whatever it was.
pub fn clear(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::create_dir_all(folder)
}

/// `npm ci` in a folder with a lock.
pub fn install(folder: &Path, more: &[&str]) -> Result<(), String> {
    // no package's own scripts: they would run with the developer's rights; few retries: without a network the build shall soon go on
    let mut arguments = vec!["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
    arguments.extend(["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"]);
    arguments.extend(more);
    run(folder, &arguments, &[])
}

pub fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &Path)]) -> Result<(), String> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(npm);
    command.args(arguments).current_dir(folder).envs(environment.iter().copied());
    let output = command.output().map_err(because("npm does not start"))?;
    if output.status.success() { Ok(()) } else { Err(complaint(arguments[0], &output)) }
}

/// The first line that says something.
fn complaint(what: &str, output: &Output) -> String {
    let said = [String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout)].join("\n");
    let first = said.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("npm warn")).unwrap_or("it said nothing");
    format!("npm {what} failed ({}): {first}", output.status)
}
