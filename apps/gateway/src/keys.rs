//! The secret that wraps others at rest, where it lies, and how keys are exchanged (`cxg keys`).

use crate::{
    commands::Keys,
    say,
    settings::{Settings, random_text},
};
use anyhow::{Context, bail};
use auth::{Platform, Secrets};
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long the file must have stood as it is before keys are taken out of it: nodes that serve read it every half minute.
const SETTLED: Duration = Duration::from_secs(120);

impl Settings {
    pub(crate) fn secret_file(&self) -> PathBuf {
        self.data_dir.join("secret.key")
    }

    /// The secrets of `CXG_SECRET_KEY`, or of the file in the data folder, which is made on the first run.
    pub fn secrets(&self) -> anyhow::Result<Secrets> {
        if let Some(keys) = self.secret_key.clone() {
            return Ok(Secrets::read_by(move || Ok(keys.clone())));
        }
        let path = self.secret_file();
        if !path.exists() {
            let made = write_secret(&path, &random_text(32)?);
            made.with_context(|| format!("the secret key cannot be written to {}", path.display()))?;
        }
        Ok(Secrets::read_by(move || {
            fs::read_to_string(&path).map_err(|error| kernel::Error::internal(format!("{} cannot be read: {error}", path.display())))
        }))
    }
}

/// A new file, readable by its owner only.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Puts other text in the place of a file at once: whoever reads it sees the one or the other, also after a crash.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write_secret(&new, text)?;
    fs::rename(&new, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// One at a time: of two that add a line at once, one would be lost with what it has sealed.
fn lock(settings: &Settings) -> anyhow::Result<File> {
    let path = settings.data_dir.join("secret.lock");
    let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    file.try_lock().with_context(|| format!("another `cxg keys` is at work ({})", path.display()))?;
    Ok(file)
}

/// `cxg keys …`
pub async fn run(what: Keys, settings: &Settings, platform: &Platform) -> anyhow::Result<()> {
    match what {
        Keys::Rotate { at_once } => {
            let kid = platform.rotate_signing_key(at_once).await.map_err(anyhow::Error::msg)?;
            let before = if at_once { "not believed any more" } else { "believed for 20 minutes more" };
            say!("the key {kid} signs from now on; tokens of the one before are {before}");
        }
        Keys::RotateSecret => rotate_secret(settings, platform).await?,
        Keys::Reseal => reseal(platform).await?,
        Keys::PruneSecret => prune_secret(settings, platform).await?,
    }
    Ok(())
}

async fn reseal(platform: &Platform) -> anyhow::Result<()> {
    let count = platform.reseal().await.map_err(anyhow::Error::msg)?;
    say!("{count} values are sealed with the newest secret key now");
    Ok(())
}

async fn rotate_secret(settings: &Settings, platform: &Platform) -> anyhow::Result<()> {
    if settings.secret_key.is_some() {
        bail!(
            "CXG_SECRET_KEY is set, so the secret key is exchanged there: put the new key behind the old one on every node, then in front of \
             it (separated by a space), then run `cxg keys reseal`"
        );
    }
    let _lock = lock(settings)?;
    let path = settings.secret_file();
    let old = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    replace(&path, &format!("{}\n{}\n", random_text(32)?, old.trim())).with_context(|| format!("{} cannot be written", path.display()))?;
    say!("{} has a new key in its first line: keep a copy of the file elsewhere", path.display());
    reseal(platform).await
}

async fn prune_secret(settings: &Settings, platform: &Platform) -> anyhow::Result<()> {
    let older = platform.sealed_with_older().await.map_err(anyhow::Error::msg)?;
    if older > 0 {
        bail!("{older} values are still sealed with an older secret key: run `cxg keys reseal` first");
    }
    if settings.secret_key.is_some() {
        say!("nothing is sealed with any but the first key of CXG_SECRET_KEY: the others can be taken out");
        return Ok(());
    }
    let _lock = lock(settings)?;
    let path = settings.secret_file();
    let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let keys = Secrets::split(&text).map_err(anyhow::Error::msg)?;
    let [newest, old @ ..] = keys.as_slice() else { bail!("{} is empty", path.display()) };
    if old.is_empty() {
        say!("there is only one secret key");
        return Ok(());
    }
    let changed = fs::metadata(&path).and_then(|data| data.modified())?;
    if changed.elapsed().is_ok_and(|age| age < SETTLED) {
        bail!("{} was changed less than two minutes ago: nodes that serve may not have read it yet", path.display());
    }
    replace(&path, &format!("{newest}\n")).with_context(|| format!("{} cannot be written", path.display()))?;
    say!("{} older keys were taken out of {}", old.len(), path.display());
    Ok(())
}
