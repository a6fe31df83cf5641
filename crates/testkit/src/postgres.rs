//! A throw-away PostgreSQL cluster: the machine's own server programs, a fresh data folder, a unix socket, nothing left behind.
//!
//! One cluster serves all tests of a test process. `cargo test` runs a crate's tests as threads of one process, so it costs about a second
//! each test binary. Each test takes a database of its own, copied from a migrated template.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use crate::keeper::Keeper;

/// The login the application's migrations run as: it owns the databases, may make roles, and is no superuser.
pub const OWNER: &str = "cxg_owner";

const SUPERUSER: &str = "postgres";

#[derive(Debug)]
pub struct Cluster {
    /// Holds the socket, `data/` and `log`; in memory where there is room.
    folder: PathBuf,
    programs: Programs,
    /// Only kept: its end of the pipe is the cluster's life.
    _keeper: Keeper,
}

/// Where the programs are, and how to become somebody who may run them.
#[derive(Debug, Clone)]
struct Programs {
    bin: PathBuf,
    /// PostgreSQL refuses to run as root; CI and containers are root.
    is_root: bool,
}

impl Cluster {
    /// The cluster of this test process, started at the first call.
    pub fn get() -> &'static Self {
        // the failure is kept as well: every test says why, instead of “poisoned”
        static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
        match CLUSTER.get_or_init(Self::try_start_new) {
            Ok(cluster) => cluster,
            Err(reason) => panic!("{reason}"),
        }
    }

    /// A cluster of its own, for tests that take the database away. It ends when the value is dropped.
    pub fn start_new() -> Self {
        Self::try_start_new().unwrap_or_else(|reason| panic!("{reason}"))
    }

    fn try_start_new() -> Result<Self, String> {
        let programs = Programs::find()?;
        let folder = new_folder("cxg-pg-")?;
        if programs.is_root {
            succeed(Command::new("chown").arg(SUPERUSER).arg(&folder), "giving the folder to the user postgres")?;
        }
        let data = folder.join("data");
        // before the server: a test killed in the middle of the start leaves nothing behind either
        let mut stop = programs.words("pg_ctl");
        stop.extend(["-D", &data.display().to_string(), "-m", "immediate", "-t", "30", "stop"].map(String::from));
        let keeper = Keeper::start(&folder, "\"$@\"", &stop);

        let mut initdb = programs.command("initdb");
        initdb
            .args(["--username", SUPERUSER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", "--no-instructions", "-D"])
            .arg(&data);
        succeed(&mut initdb, "initdb")?;
        // nothing here outlives the process, so nothing needs to reach the disk; but what was committed reaches the kernel
        // (synchronous_commit stays on), or else `kill_hard` would lose it
        let conf = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nmax_connections = 300\nfsync = off\n\
             full_page_writes = off\nwal_level = minimal\nmax_wal_senders = 0\nmax_wal_size = 512MB\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n",
            folder.display()
        );
        fs::OpenOptions::new()
            .append(true)
            .open(data.join("postgresql.conf"))
            .and_then(|mut file| file.write_all(conf.as_bytes()))
            .map_err(|error| format!("postgresql.conf: {error}"))?;

        let cluster = Self { folder, programs, _keeper: keeper };
        cluster.try_start()?;
        cluster.psql("postgres", &format!("CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB"));
        Ok(cluster)
    }

    /// An empty database, or a copy of `template` (to which nobody may be connected meanwhile), owned by [`OWNER`].
    pub fn create_database(&self, name: &str, template: Option<&str>) {
        let (name, template) = (plain(name), plain(template.unwrap_or("template1")));
        // FILE_COPY would ask for two checkpoints of the whole cluster, at which parallel tests queue
        self.psql("postgres", &format!("CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template} STRATEGY wal_log"));
    }

    /// Drops it whoever is still connected.
    pub fn drop_database(&self, name: &str) {
        self.psql("postgres", &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", plain(name)));
    }

    /// A URL as libpq and sqlx read it. The host in front is only for the eye: `?host=` names the socket's folder.
    pub fn url(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@localhost/{database}?host={}", percent_encoded(&self.folder))
    }

    /// Runs statements as the superuser, each in its own transaction, and answers what they print: unaligned, without headings.
    pub fn psql(&self, database: &str, sql: &str) -> String {
        let mut child = Command::new(self.programs.bin.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", SUPERUSER, "-d", database, "-f", "-", "-h"])
            .arg(&self.folder)
            .env_remove("PGOPTIONS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("psql does not start: {error}"));
        let mut stdin = child.stdin.take().expect("stdin is piped");
        let output = thread::scope(|scope| {
            // beside the reading: a long answer to a long text would block both
            scope.spawn(move || stdin.write_all(sql.as_bytes()));
            child.wait_with_output()
        })
        .expect("psql ends");
        assert!(output.status.success(), "psql ({database}): {}\n{sql}", text(&output.stderr));
        text(&output.stdout)
    }

    /// An orderly stop: connections end, transactions roll back. Only for a cluster of [`Cluster::start_new`].
    pub fn stop(&self) {
        self.pg_ctl(&["-m", "fast", "-t", "60", "stop"]).unwrap_or_else(|reason| panic!("{reason}"));
    }

    /// Starts it again after [`Cluster::stop`] or [`Cluster::kill_hard`], on the same socket.
    pub fn start(&self) {
        self.try_start().unwrap_or_else(|reason| panic!("{reason}"));
    }

    /// `kill -9`, as a power cut does it. What was committed is there after the next start (the page cache survives; fsync is off).
    pub fn kill_hard(&self) {
        let pid_file = self.folder.join("data/postmaster.pid");
        let pid = fs::read_to_string(&pid_file).ok().and_then(|text| text.lines().next().map(str::to_owned)).expect("the server runs");
        succeed(Command::new("kill").args(["-9", &pid]), "kill -9").unwrap_or_else(|reason| panic!("{reason}"));
    }

    fn try_start(&self) -> Result<(), String> {
        let patience = Instant::now();
        loop {
            let log = self.folder.join("log").display().to_string();
            let Err(reason) = self.pg_ctl(&["-l", &log, "-w", "-t", "60", "start"]) else { return Ok(()) };
            let log = fs::read_to_string(&log).unwrap_or_default();
            // after kill -9 the old backends take a moment to see that their parent is gone
            let in_the_way = log.contains("is still in use") || log.contains("already exists");
            if !in_the_way || patience.elapsed() > Duration::from_secs(20) {
                return Err(format!("{reason}\n{log}"));
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn pg_ctl(&self, args: &[&str]) -> Result<Output, String> {
        succeed(self.programs.command("pg_ctl").arg("-D").arg(self.folder.join("data")).args(args), "pg_ctl")
    }
}

impl Programs {
    fn find() -> Result<Self, String> {
        let how = "install it (Debian: `apt-get install postgresql`; script/test does it by itself)";
        let bin = newest_debian_bin()
            .or_else(|| on_path("initdb"))
            .ok_or_else(|| format!("the tests need PostgreSQL's server programs, and there is no initdb on this machine: {how}"))?;
        if !bin.join("psql").exists() {
            return Err(format!("the tests need psql, which is not in {}: {how}", bin.display()));
        }
        let id = Command::new("id").arg("-u").output().map_err(|error| format!("id does not start: {error}"))?;
        let is_root = text(&id.stdout) == "0";
        if is_root && !Command::new("id").arg(SUPERUSER).output().is_ok_and(|output| output.status.success()) {
            return Err(format!("as root the tests run PostgreSQL as the user `postgres`, who does not exist here: {how}"));
        }
        Ok(Self { bin, is_root })
    }

    fn words(&self, program: &str) -> Vec<String> {
        let program = self.bin.join(program).display().to_string();
        if self.is_root { vec!["runuser".into(), "-u".into(), SUPERUSER.into(), "--".into(), program] } else { vec![program] }
    }

    fn command(&self, program: &str) -> Command {
        let words = self.words(program);
        let mut command = Command::new(&words[0]);
        // the user postgres may not be allowed to stand where the test stands
        command.args(&words[1..]).current_dir("/").env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        command
    }
}

/// Debian keeps them off the PATH, one folder a version.
fn newest_debian_bin() -> Option<PathBuf> {
    fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse::<u32>().ok()?;
            let bin = path.join("bin");
            bin.join("initdb").exists().then_some((version, bin))
        })
        .max()
        .map(|(_, bin)| bin)
}

pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(std::env::var_os("PATH")?.as_os_str()).find(|folder| folder.join(program).is_file())
}

/// A fresh folder of a short name: a socket's whole path may have 107 bytes.
pub(crate) fn new_folder(prefix: &str) -> Result<PathBuf, String> {
    let mut parent = std::env::temp_dir();
    if parent.as_os_str().len() > 70 {
        parent = PathBuf::from("/tmp");
    }
    // Copying the template is what most tests wait for: 20 copies of 150 tables take 1.0 s in memory, 1.5 to 7 s on a disk that must
    // write back. A TMPDIR that somebody has set is obeyed.
    if std::env::var_os("TMPDIR").is_none() && memory_disk_has_room() {
        parent = PathBuf::from("/dev/shm");
    }
    let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(&parent).map_err(|error| format!("{}: {error}", parent.display()))?;
    // the keeper deletes it, after the server is gone
    Ok(folder.keep())
}

/// Containers often give it 64 MB only.
fn memory_disk_has_room() -> bool {
    let wanted_kilobytes = 4 * 1024 * 1024;
    Command::new("df")
        .args(["-k", "--output=avail", "/dev/shm"])
        .output()
        .is_ok_and(|df| text(&df.stdout).lines().last().and_then(|line| line.trim().parse::<u64>().ok()) >= Some(wanted_kilobytes))
}

fn succeed(command: &mut Command, what: &str) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{what}: {error}"))?;
    if output.status.success() { Ok(output) } else { Err(format!("{what}: {} {}", text(&output.stderr), text(&output.stdout))) }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

/// Names come from tests, not from people: whoever needs quoting has made a mistake.
fn plain(name: &str) -> &str {
    let fits =
        !name.is_empty() && name.len() <= 63 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    assert!(fits, "not a plain database name: {name:?}");
    name
}

fn percent_encoded(path: &Path) -> String {
    let bytes: &OsStr = path.as_os_str();
    bytes.as_encoded_bytes().iter().fold(String::new(), |mut out, &byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
