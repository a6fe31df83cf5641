//! The data folder: who may read it, and how many may use it.

use serde_json::json;
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};
use testkit::{Caller, PASSWORD, Program, temporary_folder};
use tests::process::{PATIENCE, block_on, in_folder, until, words};

/// Everything below a folder, and itself, with its rights.
fn modes(path: &Path) -> Vec<(PathBuf, u32)> {
    let data = fs::symlink_metadata(path).unwrap();
    let below =
        if data.is_dir() { fs::read_dir(path).unwrap().flat_map(|entry| modes(&entry.unwrap().path())).collect() } else { Vec::new() };
    [vec![(path.to_owned(), data.permissions().mode() & 0o777)], below].concat()
}

fn open_to_others(folder: &Path) -> Vec<(PathBuf, u32)> {
    modes(folder).into_iter().filter(|(_, mode)| mode & 0o077 != 0).collect()
}

/// Fault F23: the databases, their logs and what the audit exports could be read by every user of the machine.
#[test]
fn the_files_of_the_data_folder_are_their_owners_only() {
    block_on(async {
        let folder = temporary_folder().join("data");
        let environment = [("CXG_DEMO", "false"), ("CXG_ADMIN_PASSWORD", PASSWORD)];
        let mut program = Program::start(&in_folder(&folder), &environment);
        let stranger = Caller::stranger(program.address());
        until(&stranger, "/health/ready", 200).await;
        let manager = stranger.sign_in(None, "admin", PASSWORD).await;
        let company = json!({"code": "first", "name": "첫 회사", "start_date": "2026-01-01",
            "admin": {"username": "boss", "email": "boss@first.example", "full_name": "김", "password": PASSWORD}});
        let _ = manager.post("/api/v1/manager/tenants", &company).await.ok(201);
        // a letter is written, and a key is exchanged
        let forgotten = json!({"tenant": "first", "email": "boss@first.example"});
        let _ = stranger.post("/api/v1/tenants/auth/forgot-password", &forgotten).await;
        let since = std::time::Instant::now();
        while !folder.join("mail").is_dir() {
            assert!(since.elapsed() < PATIENCE, "no letter comes");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let _ = Program::run(&[in_folder(&folder), words(&["keys", "rotate-secret"])].concat(), &environment).well();
        let names: Vec<String> = modes(&folder).iter().map(|(path, _)| path.file_name().unwrap().display().to_string()).collect();
        for name in ["mgmt.db", "mgmt.db-wal", "mgmt.db-shm", "tnnt.db", "tnnt.db-wal", "tnnt.db-shm", "secret.key", "mail"] {
            assert!(names.iter().any(|there| there == name), "{name}: {names:?}");
        }
        assert_eq!(open_to_others(&folder), []);

        // what an older version left open is closed by the next start
        program.signal("KILL");
        let _ = program.wait();
        for (path, mode) in modes(&folder) {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode | if path.is_dir() { 0o055 } else { 0o044 })).unwrap();
        }
        assert!(open_to_others(&folder).len() > 6);
        let mut program = Program::start(&in_folder(&folder), &environment);
        until(&Caller::stranger(program.address()), "/health/ready", 200).await;
        assert_eq!(open_to_others(&folder), []);
        assert!(folder.join("mgmt.db-wal").is_file());
    });
}

/// A second server started over the same SQLite files, with caches and limits of its own.
#[test]
fn a_second_process_on_the_same_folder_is_refused() {
    block_on(async {
        let folder = temporary_folder();
        let environment = [("CXG_DEMO", "false"), ("CXG_ADMIN_PASSWORD", PASSWORD)];
        let run = |command: &[&str]| Program::run(&[in_folder(&folder), words(command)].concat(), &environment);
        let mut first = Program::start(&in_folder(&folder), &environment);
        until(&Caller::stranger(first.address()), "/health/ready", 200).await;
        for command in [&["serve"][..], &["work"], &["migrate", "up"], &["migrate", "down"]] {
            let said = run(command).badly();
            assert!(said.contains("another cxg") && said.contains(&folder.display().to_string()), "{command:?}: {said}");
        }
        // what only looks may do so, and an administrator who is locked out need not stop the server
        assert!(run(&["migrate", "status"]).well().contains("applied"));
        let _ = run(&["audit", "verify"]).well();
        let _ = run(&["admin", "create", "--username", "second", "--password", PASSWORD]).well();
        let _ = run(&["keys", "rotate"]).well();
        let _ = Caller::stranger(first.address()).sign_in(None, "second", PASSWORD).await;
        // however the first ends, the next may start
        first.signal("KILL");
        let _ = first.wait();
        let mut next = Program::start(&in_folder(&folder), &environment);
        until(&Caller::stranger(next.address()), "/health/ready", 200).await;
    });
}
