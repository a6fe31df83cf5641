//! A throw-away Redis: a unix socket, no persistence, gone with the test process.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::keeper::Keeper;
use crate::postgres::{new_folder, on_path};

#[derive(Debug)]
pub struct Redis {
    folder: PathBuf,
    server: Mutex<Option<Child>>,
    _keeper: Keeper,
}

impl Redis {
    /// The server of this test process, started at the first call. Tests share it: a test picks keys that are its own.
    pub fn get() -> &'static Self {
        static REDIS: OnceLock<Result<Redis, String>> = OnceLock::new();
        match REDIS.get_or_init(Self::try_start_new) {
            Ok(redis) => redis,
            Err(reason) => panic!("{reason}"),
        }
    }

    /// A server of its own, for tests that take Redis away. It ends when the value is dropped.
    pub fn start_new() -> Self {
        Self::try_start_new().unwrap_or_else(|reason| panic!("{reason}"))
    }

    fn try_start_new() -> Result<Self, String> {
        if on_path("redis-server").is_none() {
            return Err("the tests need redis-server, which is not on this machine: \
                 install it (Debian: `apt-get install redis-server`; script/test does it by itself)"
                .into());
        }
        let folder = new_folder("cxg-redis-")?;
        let keeper = Keeper::start(&folder, "kill -9 \"$(cat \"$0/pid\")\"", &[]);
        let redis = Self { folder, server: Mutex::new(None), _keeper: keeper };
        redis.try_start()?;
        Ok(redis)
    }

    /// The URL of its socket, as `CXG_REDIS_URL` takes it.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// Kills it; what it held is lost, as without persistence it would be anyway. Only for [`Redis::start_new`].
    pub fn stop(&self) {
        if let Some(mut server) = self.server.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = server.kill();
            let _ = server.wait();
        }
        let _ = fs::remove_file(self.socket());
        let _ = fs::remove_file(self.folder.join("pid"));
    }

    /// Stops it in its tracks: connections stay open, and nothing is answered. Only for [`Redis::start_new`].
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on after [`Redis::freeze`].
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let id = server.as_ref().map(Child::id).expect("the server runs");
        let sent = Command::new("kill").args([&format!("-{name}"), &id.to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -{name} {id}");
    }

    /// Starts it again after [`Redis::stop`], empty, on the same socket.
    pub fn start(&self) {
        self.try_start().unwrap_or_else(|reason| panic!("{reason}"));
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("redis.sock")
    }

    fn try_start(&self) -> Result<(), String> {
        let mut server = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--daemonize", "no", "--unixsocketperm", "700", "--databases", "64"])
            .arg("--unixsocket")
            .arg(self.socket())
            .arg("--pidfile")
            .arg(self.folder.join("pid"))
            .arg("--dir")
            .arg(&self.folder)
            .arg("--logfile")
            .arg(self.folder.join("log"))
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("redis-server: {error}"))?;
        let patience = Instant::now();
        while !self.answers() {
            let ended = server.try_wait().ok().flatten();
            if ended.is_some() || patience.elapsed() > Duration::from_secs(20) {
                let _ = server.kill();
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(format!("redis-server does not answer ({ended:?}): {log}"));
            }
            thread::sleep(Duration::from_millis(10));
        }
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(server);
        Ok(())
    }

    fn answers(&self) -> bool {
        let Ok(mut socket) = UnixStream::connect(self.socket()) else { return false };
        let mut answer = [0; 7];
        socket.set_read_timeout(Some(Duration::from_secs(1))).is_ok()
            && socket.write_all(b"PING\r\n").is_ok()
            && socket.read_exact(&mut answer).is_ok()
            && &answer == b"+PONG\r\n"
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}
