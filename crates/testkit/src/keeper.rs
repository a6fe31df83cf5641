//! Ends a server together with the test process that needed it, however that process ends.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A small shell waiting on a pipe whose other end this process holds. When the process is gone — returned, panicked, interrupted, killed
/// with -9 — the kernel closes the pipe, and the shell clears up. Statics are never dropped, and a polled process id may be reused: a pipe
/// has neither weakness. (Children do not inherit the end: std opens it close-on-exec.)
#[derive(Debug)]
pub(crate) struct Keeper {
    pipe: Option<ChildStdin>,
    shell: Child,
}

impl Keeper {
    /// `script` runs at the end, with `$0` = `folder`, which is deleted afterwards, and `$@` = `args`.
    pub(crate) fn start(folder: &Path, script: &str, args: &[String]) -> Self {
        let mut shell = Command::new("sh")
            .arg("-c")
            .arg(format!("cat >/dev/null; cd /; {script}; rm -rf -- \"$0\""))
            .arg(folder)
            .args(args)
            .stdin(Stdio::piped())
            // not the test's: whoever reads the test's output through a pipe would wait for this shell
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C goes to the foreground group, which this must survive
            .process_group(0)
            .spawn()
            .expect("sh starts");
        let pipe = shell.stdin.take();
        Self { pipe, shell }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.shell.wait();
    }
}
