//! The data folder: its owner's only, and on SQLite used by one process at a time.

use crate::settings::Settings;
use anyhow::{Context, bail};
use std::{
    fs::{self, File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};
use store::Backend;

/// Files that this process makes are readable and writable by its owner only, whoever opens them (SQLite, the audit's export, emails).
#[cfg(unix)]
pub fn keep_new_files_private() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

#[cfg(not(unix))]
pub fn keep_new_files_private() {}

/// Held while a process serves, works or migrates over SQLite. The system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
}

impl Settings {
    /// Makes the data folder, and takes from others what an older version let them read.
    pub fn make_data_dir(&self) -> anyhow::Result<()> {
        let unusable = || format!("the data folder {} cannot be used (CXG_DATA_DIR)", self.data_dir.display());
        fs::create_dir_all(&self.data_dir).with_context(unusable)?;
        // its own name: two programs that start at one moment must not take it from each other
        let probe = self.data_dir.join(format!(".writable-{}", std::process::id()));
        fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).with_context(unusable)?;
        #[cfg(unix)]
        {
            tighten(&self.data_dir).with_context(unusable)?;
            for file in self.sqlite_files() {
                for end in ["", "-wal", "-shm"] {
                    let mut name = file.clone().into_os_string();
                    name.push(end);
                    tighten(Path::new(&name)).with_context(|| format!("{} cannot be made private", file.display()))?;
                }
            }
        }
        Ok(())
    }

    /// The databases that are files.
    fn sqlite_files(&self) -> Vec<PathBuf> {
        [self.manager_url(), self.tenant_url()].iter().filter_map(|url| Backend::file_of_url(url)).collect()
    }

    /// Refuses where there is no platform yet: for commands that look at one or change it, and never make one.
    pub fn must_exist(&self) -> anyhow::Result<()> {
        let secret = self.secret_key.is_none().then(|| self.secret_file());
        if let Some(missing) = self.sqlite_files().into_iter().chain(secret).find(|file| !file.is_file()) {
            bail!(
                "there is no platform here: {} is missing. `cxg` makes one; CXG_DATA_DIR or --data-dir names another folder",
                missing.display()
            );
        }
        Ok(())
    }

    /// Takes the databases for this process alone, where they are files; PostgreSQL is shared by as many as like.
    pub fn lock(&self) -> anyhow::Result<Lock> {
        let Some(database) = self.sqlite_files().into_iter().next() else { return Ok(Lock { _file: None }) };
        let path = database.with_extension("lock");
        let unusable = || format!("{} cannot be written", path.display());
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path).with_context(unusable)?;
        match file.try_lock() {
            Ok(()) => {
                // for whoever is refused; what holds is the lock, not the number
                file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).with_context(unusable)?;
                Ok(Lock { _file: Some(file) })
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let known = file.rewind().and_then(|()| file.read_to_string(&mut holder)).is_ok() && !holder.is_empty();
                let holder = if known { format!(" (process {holder})") } else { String::new() };
                bail!(
                    "another cxg{holder} uses {}: a SQLite database is served, worked on or migrated by one process at a time. Stop that \
                     one first, give this one another CXG_DATA_DIR, or use PostgreSQL, which several share",
                    database.display()
                );
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(unusable),
        }
    }
}

/// Takes every right of others from a file, or from a folder and all in it. Links are not followed; what is not there needs nothing.
#[cfg(unix)]
fn tighten(path: &Path) -> std::io::Result<()> {
    use std::{
        io::ErrorKind,
        os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    };
    let data = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        data => data?,
    };
    if !data.is_file() && !data.is_dir() {
        return Ok(());
    }
    if data.mode() & 0o077 != 0 {
        match fs::set_permissions(path, fs::Permissions::from_mode(data.mode() & 0o700)) {
            // a log of SQLite may go while another process closes it
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            done => done?,
        }
    }
    if data.is_dir() {
        for entry in fs::read_dir(path)? {
            tighten(&entry?.path())?;
        }
    }
    Ok(())
}
