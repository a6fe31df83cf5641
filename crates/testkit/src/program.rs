//! The real binary, for what only a process shows.

use std::{
    io::{BufRead as _, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// `cxg` as a process. Killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    out: Arc<Mutex<String>>,
    err: Arc<Mutex<String>>,
}

/// How a program ended, and what it said.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// What was said on both channels.
    #[must_use]
    pub fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    /// Must have ended well; gives what it said on standard output.
    #[track_caller]
    #[must_use]
    pub fn well(self) -> String {
        assert!(self.status.success(), "{self:?}");
        self.out
    }

    /// Must have ended badly; gives what it said.
    #[track_caller]
    #[must_use]
    pub fn badly(self) -> String {
        assert!(!self.status.success(), "this should not have gone well: {self:?}");
        self.said()
    }
}

/// How long a program may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);

impl Program {
    /// Beside the test's own executable: `target/debug/deps/money-…` and `target/debug/cxg`.
    fn path() -> PathBuf {
        let test = std::env::current_exe().expect("the test knows its own path");
        let path = test.parent().and_then(|deps| deps.parent()).expect("target/debug/deps").join("cxg");
        assert!(path.is_file(), "the program is not there ({}): run `cargo build` first, or script/test, which does", path.display());
        path
    }

    /// It, about to be started. Nothing of the caller's environment that begins with `CXG_` reaches it.
    #[must_use]
    pub fn command(arguments: &[String]) -> Command {
        let mut command = Command::new(Self::path());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CXG_")) {
            command.env_remove(name);
        }
        // where no .env lies
        command.args(arguments).current_dir(crate::temporary_folder()).stdin(Stdio::null());
        command
    }

    fn spawn(arguments: &[String], environment: &[(&str, &str)], out: Stdio) -> Child {
        let mut command = Self::command(arguments);
        command.envs(environment.iter().copied()).stdout(out).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    /// Starts it.
    #[must_use]
    pub fn start(arguments: &[String], environment: &[(&str, &str)]) -> Self {
        let mut child = Self::spawn(arguments, environment, Stdio::piped());
        let out = collect(child.stdout.take().expect("stdout is piped"));
        let err = collect(child.stderr.take().expect("stderr is piped"));
        Self { child, out, err }
    }

    /// Runs it to its end, with a standard output whose reader is gone.
    #[must_use]
    pub fn run_unread(arguments: &[String], environment: &[(&str, &str)]) -> Ended {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut child = Self::spawn(arguments, environment, writer.into());
        let err = collect(child.stderr.take().expect("stderr is piped"));
        Self { child, out: Arc::default(), err }.wait()
    }

    /// Runs it to its end.
    #[must_use]
    pub fn run(arguments: &[String], environment: &[(&str, &str)]) -> Ended {
        Self::start(arguments, environment).wait()
    }

    /// What it has said so far on standard output.
    #[must_use]
    pub fn out(&self) -> String {
        self.out.lock().expect("nobody panics while reading").clone()
    }

    #[must_use]
    pub fn err(&self) -> String {
        self.err.lock().expect("nobody panics while reading").clone()
    }

    /// Waits until standard output says this; gives all of it.
    #[must_use]
    pub fn until_it_says(&mut self, wanted: &str, patience: Duration) -> String {
        let since = Instant::now();
        loop {
            let out = self.out();
            // a line that is not complete may be half a password
            if out.contains(wanted) && out.ends_with('\n') {
                return out;
            }
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                thread::sleep(Duration::from_millis(50));
                panic!("ended ({status}) without saying {wanted:?}: {}\n{}", self.out(), self.err());
            }
            assert!(since.elapsed() < patience, "does not say {wanted:?}: {out}\n{}", self.err());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The address it listens on: `http://127.0.0.1:12345`.
    #[must_use]
    pub fn address(&mut self) -> String {
        let out = self.until_it_says("listens on ", PATIENCE);
        let address = out.split("listens on ").nth(1).and_then(|rest| rest.split_whitespace().next());
        address.expect("an address behind the words").to_owned()
    }

    /// The most memory it has had so far, in MiB.
    #[must_use]
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a process of ours");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM");
        peak.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
    }

    /// Sends a signal by its name: `TERM`, `KILL`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -{name} {}", self.child.id());
    }

    /// Waits for its end.
    #[must_use]
    pub fn wait(mut self) -> Ended {
        let since = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                break status;
            }
            assert!(since.elapsed() < PATIENCE, "does not end: {}\n{}", self.out(), self.err());
            thread::sleep(Duration::from_millis(5));
        };
        // the readers see the end of the pipes a moment later
        let since = Instant::now();
        while Arc::strong_count(&self.out) + Arc::strong_count(&self.err) > 2 && since.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(1));
        }
        Ended { status, out: self.out(), err: self.err() }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a pipe to its end, beside the test: a full pipe would stop the program.
fn collect(pipe: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let into = text.clone();
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            into.lock().expect("nobody panics while reading").push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    });
    text
}
