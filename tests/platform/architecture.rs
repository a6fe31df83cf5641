//! Who imports whom, and what is written where. The shared crates' imports are those of ARCHITECTURE.md; those between domains are
//! [`DOMAINS`], with the reason.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

fn workspace() -> &'static Metadata {
    static METADATA: LazyLock<Metadata> = LazyLock::new(|| {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
        MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap()
    });
    &METADATA
}

/// What the tests are made of; the rules are for the product.
const TESTS: [&str; 2] = ["testkit", "tests"];

fn product() -> impl Iterator<Item = &'static Package> {
    workspace().packages.iter().filter(|package| !TESTS.contains(&package.name.as_str()))
}

fn folder(package: &Package) -> PathBuf {
    package.manifest_path.parent().unwrap().as_std_path().to_path_buf()
}

/// `tenant` or `manager` for a domain.
fn side(package: &Package) -> Option<String> {
    let parent = package.manifest_path.parent()?.parent()?.file_name()?;
    matches!(parent, "tenant" | "manager").then(|| parent.to_owned())
}

/// What a crate imports of this workspace, outside its own tests.
fn imports(package: &Package) -> BTreeSet<&str> {
    let ours: BTreeSet<&str> = workspace().packages.iter().map(|package| package.name.as_str()).collect();
    let wanted = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    wanted.map(|dependency| dependency.name.as_str()).filter(|name| ours.contains(name)).collect()
}

/// Which of a company's domains may use which, and why: ivm, psm and srm are to come. Whatever else is done in two of them is in `flows`.
const DOMAINS: [(&str, &[&str], &str); 6] = [
    ("*", &["adm"], "the company itself: its people, departments, currencies, settings"),
    ("ledger", &["crm"], "lines name partners"),
    ("fim", &["crm", "ledger"], "invoices and payments are of partners, and post"),
    ("ivm", &["ledger"], "movements post"),
    ("psm", &["crm", "ivm", "ledger"], "vendors are partners, what is received is stock"),
    ("srm", &["crm", "ivm", "ledger"], "customers are partners, what is delivered is stock"),
];

/// What a crate may import.
fn allowed(package: &Package) -> BTreeSet<&'static str> {
    const BELOW_DOMAINS: [&str; 6] = ["kernel", "envelope", "store", "tenancy", "auth", "resource"];
    let domains = || product().filter(|package| side(package).is_some()).map(|package| package.name.as_str());
    let name = package.name.as_str();
    let fixed: &[&str] = match name {
        "kernel" | "macros" => &[],
        "envelope" | "store" | "limits" => &["kernel"],
        "tenancy" => &["kernel", "envelope", "store"],
        // who somebody is includes whose they are
        "auth" => &["kernel", "envelope", "store", "limits", "tenancy"],
        // beside `resource`, which compiles at the same time
        "signin" => &["kernel", "envelope", "store", "limits", "auth"],
        "resource" => &["kernel", "envelope", "store", "tenancy", "auth"],
        // the machinery: what it delivers and runs is handed to it
        "worker" => &["kernel", "store", "auth"],
        _ => &BELOW_DOMAINS,
    };
    let mut may: BTreeSet<&str> = fixed.iter().copied().collect();
    match side(package).as_deref() {
        Some("tenant") => may.extend(DOMAINS.iter().filter(|(of, ..)| *of == name || *of == "*").flat_map(|(_, others, _)| *others)),
        Some(_) => may.extend(["idam", "tnnt"]),
        None => match name {
            // a second API over the rows of adm
            "erp" => may.extend(["adm"]),
            "flows" => may.extend(domains().chain(["worker"])),
            "migrations" => may.extend(domains()),
            "gateway" => may.extend(domains().chain(["erp", "flows", "migrations", "limits", "worker"])),
            _ => {}
        },
    }
    // attributes that make plain structs of a table's columns; every crate with tables has them
    may.extend((!matches!(name, "kernel" | "envelope" | "store" | "limits" | "worker")).then_some("macros"));
    // what the people of both realms have in common
    may.extend(matches!(name, "adm" | "idam").then_some("people"));
    // who administers accounts: passwords, user names, second factors; flows sends its emails, the gateway mounts its routes
    may.extend(matches!(name, "people" | "adm" | "idam" | "tnnt" | "erp" | "flows" | "gateway").then_some("signin"));
    may.remove(name);
    may
}

#[test]
fn imports_run_one_way() {
    let known: BTreeSet<&str> = product().map(|package| package.name.as_str()).collect();
    for expected in [
        "kernel",
        "envelope",
        "store",
        "limits",
        "tenancy",
        "auth",
        "signin",
        "resource",
        "people",
        "worker",
        "erp",
        "flows",
        "migrations",
        "gateway",
    ] {
        assert!(known.contains(expected), "the crate {expected} is gone: {known:?}");
    }
    for package in product() {
        let may = allowed(package);
        let others: Vec<&str> = imports(package).into_iter().filter(|name| !may.contains(name)).collect();
        assert!(others.is_empty(), "{} imports {others:?}; it may import {may:?}", package.name);
    }
}

#[test]
fn each_crate_knows_only_its_own_tools() {
    let direct = |name: &str| -> BTreeSet<String> {
        let package = product().find(|package| package.name.as_str() == name).unwrap();
        package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.clone())
            .collect()
    };
    for (name, never) in [
        ("kernel", ["tokio", "actix-web", "reqwest", "redis"]),
        ("store", ["actix-web", "paperclip", "actix-cors", "reqwest"]),
        ("limits", ["actix-web", "paperclip", "sea-orm", "store"]),
    ] {
        let found: Vec<&str> = never.into_iter().filter(|tool| direct(name).contains(*tool)).collect();
        assert!(found.is_empty(), "{name} depends on {found:?}");
    }
    // a domain reaches the database by its door only
    for package in product().filter(|package| side(package).is_some()) {
        for tool in ["sqlx", "deadpool", "tokio", "redis"] {
            assert!(!package.dependencies.iter().any(|dependency| dependency.name == tool), "{} depends on {tool}", package.name);
        }
    }
}

#[test]
fn every_crate_says_what_it_is_and_keeps_the_lints_of_the_workspace() {
    let root = workspace().workspace_root.as_std_path();
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""), "the workspace does not forbid unsafe code");
    for package in &workspace().packages {
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} does not take the lints of the workspace", package.name);
        for target in package.targets.iter().filter(|target| !target.is_custom_build() && !target.is_example()) {
            let text = fs::read_to_string(&target.src_path).unwrap();
            assert!(text.starts_with("//! "), "{} does not begin by saying what it is", target.src_path);
        }
    }
}

/// The sources of the product: crate, path from the crate's folder, text.
fn sources() -> Vec<(&'static str, String, String)> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                into.push(path);
            }
        }
    }
    let mut all = Vec::new();
    for package in product() {
        let mut files = Vec::new();
        walk(&folder(package).join("src"), &mut files);
        for file in files {
            let place = file.strip_prefix(folder(package)).unwrap().display().to_string();
            all.push((package.name.as_str(), place, fs::read_to_string(&file).unwrap()));
        }
    }
    assert!(all.len() > 60, "hardly any sources: {}", all.len());
    all
}

/// Code without its comments: what is said of a word is not its use.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn only_in(words: &[&str], may: impl Fn(&str, &str) -> bool) {
    let mut used = 0;
    for (name, place, text) in sources() {
        let code = code(&text);
        for word in words.iter().filter(|word| code.contains(**word)) {
            assert!(may(name, &place), "{name}: {place} uses {word}");
            used += 1;
        }
    }
    assert!(used > 0, "nobody uses {words:?}: does the rule still name the right thing?");
}

#[test]
fn statements_by_hand_are_written_by_the_generic_code_only() {
    let generic = ["store", "tenancy", "auth", "signin", "resource", "flows"];
    // what SeaORM cannot say is kept in few files, to be read through for the company's filter:
    // each beside the entities of the tables it reads
    const BY_HAND: [&str; 7] = [
        "src/auditing/assessment.rs",
        "src/provision.rs",
        "src/sums/",
        "src/bank/books.rs",
        "src/open_items/partners.rs",
        "src/revaluations/foreign.rs",
        "src/vat_return/figures.rs",
    ];
    let apart = |place: &str| BY_HAND.iter().any(|known| place.starts_with(known));
    only_in(&["raw_all(", "raw_one(", "raw_execute("], |name, place| generic.contains(&name) || apart(place));
}

#[test]
fn the_platform_acts_by_itself_in_few_places() {
    // `audt`: the audit is chained, sealed, verified and deleted over both databases, by the clock
    only_in(&["act_as_system"], |name, place| {
        ["auth", "flows", "gateway"].contains(&name) || (name == "audt" && place.starts_with("src/auditing/"))
    });
}

/// A database itself, without a door that knows a company and a permission.
#[test]
fn databases_without_a_door_are_used_in_few_places() {
    let may = ["auth", "signin", "worker", "flows", "audt", "gateway"];
    only_in(&["platform.database(", "platform().database("], |name, _| may.contains(&name));
}

/// Who seals a value that is kept must name its column in `SEALED` (`auth/src/rotation.rs`): what is missing there cannot be opened any
/// more once the secret key is exchanged and the old one taken out. Add a file here when its columns stand there.
#[test]
fn secrets_at_rest_are_sealed_where_their_exchange_knows_of_it() {
    // `rotation.rs` seals anew what `keyring.rs` and `mfa.rs` keep; a pending MFA token is not kept
    let known = [
        ("auth", "src/sealed.rs"),
        ("auth", "src/keyring.rs"),
        ("auth", "src/rotation.rs"),
        ("signin", "src/mfa.rs"),
        ("signin", "src/pending_mfa.rs"),
    ];
    only_in(&[".seal("], |name, place| known.contains(&(name, place)));
}

/// What makes tokens and opens what is sealed is public for one crate only.
#[test]
fn keys_and_tokens_are_for_signing_in_alone() {
    only_in(&[".master_key()", ".issue_access_token("], |name, _| name == "signin");
}

#[test]
fn settings_are_read_in_one_place() {
    only_in(&["env::var", "env::vars", "dotenvy"], |name, place| (name, place) == ("gateway", "src/settings.rs"));
}

/// `test = false` saves building a program that tests nothing; it must not hide a test.
#[test]
fn a_crate_that_is_not_tested_has_no_tests() {
    let (sources, mut seen) = (sources(), 0);
    for package in product() {
        for target in package.targets.iter().filter(|target| !target.test && (target.is_lib() || target.is_bin())) {
            seen += 1;
            let found = sources.iter().filter(|(name, place, text)| {
                // a program is one file, a library all the others
                *name == package.name.as_str() && (place == "src/main.rs") == target.is_bin() && text.contains("#[test]")
            });
            let hidden: Vec<&String> = found.map(|(_, place, _)| place).collect();
            assert!(hidden.is_empty(), "{}: {hidden:?} hold tests, and its Cargo.toml says test = false", package.name);
        }
    }
    assert!(seen > 0);
}

#[test]
fn the_time_comes_from_the_clock() {
    // `envelope` stamps its answers; a span of time is nobody's date
    only_in(&["SystemTime::now", "now_utc()", "Utc::now"], |name, place| {
        matches!((name, place), ("store", "src/database.rs") | ("envelope", "src/reply.rs"))
    });
}

#[test]
fn kernel_does_nothing_but_hold_values() {
    for (_, place, text) in sources().into_iter().filter(|(name, ..)| *name == "kernel") {
        let code = code(&text);
        for word in ["async fn", "std::net", "std::fs", "std::env", "static mut"] {
            assert!(!code.contains(word), "kernel: {place} has {word}");
        }
    }
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(_, _, text)| text.lines().count() > 400)
        .map(|(name, place, text)| format!("{name}: {place} ({})", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "is there a second noun in here? {long:?}");
}

/// A domain's code is its crate, its URL, its tables, its permissions and its events.
#[test]
fn a_domain_is_one_word_in_all_places() {
    let mut codes = BTreeMap::new();
    let crates: BTreeMap<&str, String> = product().filter_map(|package| Some((package.name.as_str(), side(package)?))).collect();
    for module in gateway::modules() {
        assert!(codes.insert(module.code, module.realm).is_none(), "two modules are called {}", module.code);
        assert_eq!(crates.get(module.code).map(String::as_str), Some(module.realm.as_str()), "{}: crate", module.code);
        for info in &module.resources {
            let spec = (info.spec)().unwrap();
            assert_eq!((spec.domain, spec.realm), (module.code, module.realm), "{}", info.path);
            assert!(spec.table.starts_with(&format!("{}_", module.code)), "{}: table {}", info.path, spec.table);
            // the customer companies stand beside the domains, not below one
            let path = if info.path == "/tenants" { "/tenants".to_owned() } else { format!("/{}/{}", module.code, spec.name) };
            assert_eq!(info.path, path);
        }
    }
    // the ledger is a part of the domain fim, which mounts it
    let mounted = crates.keys().filter(|name| **name != "ledger");
    assert_eq!(mounted.collect::<Vec<_>>(), codes.keys().collect::<Vec<_>>(), "every domain crate is mounted");
}

/// What another crate awaits is compiled there once more, with all that it awaits itself: pools, caches, sign-in ([`kernel::boxed`]).
#[test]
fn what_other_crates_await_is_boxed() {
    const SHARED: [&str; 9] = ["store", "tenancy", "auth", "signin", "resource", "people", "envelope", "limits", "worker"];
    // generic over the row, the work, the body or the connection: what they await is boxed
    const GENERIC: [(&str, &str, &[&str]); 12] = [
        ("auth", "src/door.rs", &["write", "write_answer", "noting"]),
        ("signin", "src/sign_in_log.rs", &["log"]), // of its crate alone, and takes a borrowing self
        ("envelope", "src/face.rs", &["face"]),
        ("envelope", "src/heavy.rs", &["off_the_workers", "run"]),
        ("resource", "src/report.rs", &["report"]),
        ("resource", "src/import/work.rs", &["work"]),
        ("store", "src/database.rs", &["write"]),
        ("store", "src/scope.rs", &["one", "all", "all_as"]),
        ("store", "src/tx.rs", &["insert", "update", "attempt"]),
        ("store", "src/chain/rows.rs", &["close_block"]),
        ("store", "src/migrate.rs", &["taken"]),
        ("tenancy", "src/each.rs", &["for_each"]),
    ];
    let is_generic = |package: &str, place: &str, name: &str| {
        GENERIC.iter().any(|(of, file, names)| *of == package && *file == place && names.contains(&name))
    };
    let mut bare = Vec::new();
    for (package, place, text) in sources().into_iter().filter(|(package, ..)| SHARED.contains(package)) {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(rest) = line.trim_start().strip_prefix("pub async fn ") else { continue };
            let attributes = lines[..at].iter().rev().take_while(|line| {
                let line = line.trim_start();
                line.starts_with("#[") || line.starts_with("///")
            });
            let is_exempt = attributes
                .into_iter()
                .map(|line| line.trim_start())
                .any(|line| line.starts_with("#[boxed") || line.starts_with("#[api_v2_operation"));
            let name = rest.split(['(', '<']).next().unwrap_or_default();
            if !is_exempt && !is_generic(package, &place, name) {
                bare.push(format!("{package} {place}: {name}"));
            }
        }
    }
    assert!(bare.is_empty(), "#[boxed(?Send)] is missing: {bare:#?}");
}

/// One type for all routes: `envelope::web` alone mounts with paperclip.
#[test]
fn routes_are_mounted_by_the_envelope_alone() {
    for (package, place, text) in sources().into_iter().filter(|(package, ..)| *package != "envelope") {
        let code = code(&text);
        let imported = code.split("use paperclip").skip(1).map(|rest| rest.split(';').next().unwrap_or_default());
        let mut words = imported.flat_map(|list| list.split(|c: char| !c.is_alphanumeric() && c != '_'));
        assert!(
            !words.any(|word| word == "web") && !code.contains("paperclip::actix::web"),
            "{package} {place}: envelope::web mounts routes"
        );
    }
}

/// The modules of these crates use one another in one direction only: what is below can be read without what is above.
#[test]
fn modules_form_no_circle() {
    for name in ["ledger", "fim", "audt", "erp", "flows", "worker"] {
        let uses = uses_of_modules(name);
        let mut left: BTreeSet<&String> = uses.keys().collect();
        loop {
            let free: Vec<&String> =
                left.iter().copied().filter(|module| uses[*module].iter().all(|other| !left.contains(other))).collect();
            if free.is_empty() {
                break;
            }
            left.retain(|module| !free.contains(module));
        }
        let circle: BTreeMap<_, Vec<_>> =
            left.iter().map(|module| (module, uses[*module].iter().filter(|other| left.contains(other)).collect())).collect();
        assert!(circle.is_empty(), "modules of {name} use one another in a circle: {circle:#?}");
    }
}

/// The modules of a crate, each with those it names by `crate::`.
fn uses_of_modules(name: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, place, text) in sources().into_iter().filter(|(package, place, _)| *package == name && place != "src/lib.rs") {
        let module = place.trim_start_matches("src/").split(['/', '.']).next().unwrap().to_owned();
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let found = uses.entry(module).or_default();
        for rest in code.split("crate::").skip(1) {
            let words = first_words(rest);
            // a name that `lib.rs` exports would hide which module it is of
            assert!(words.iter().all(|word| !word.starts_with(char::is_uppercase)), "{name}: {place} uses crate::{words:?}");
            found.extend(words);
        }
    }
    let known: BTreeSet<String> = uses.keys().cloned().collect();
    for (module, others) in &mut uses {
        others.retain(|other| other != module && known.contains(other));
    }
    uses
}

/// The first word of each path behind `crate::`: one, or those of a group.
fn first_words(rest: &str) -> Vec<String> {
    let word = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let (mut words, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' | ',' if depth == 0 => {
                words.push(word(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    words
}

/// Every rule of a 409 stands in its crate's table, once, with the same placeholders in both languages.
#[test]
fn rules_have_one_name_and_both_texts() {
    let places = |text: &str| {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect::<BTreeSet<_>>()
    };
    let mut known = BTreeSet::new();
    for rule in gateway::rules() {
        assert!(known.insert(rule.name), "{} stands in two tables", rule.name);
        assert_eq!(places(rule.ko), places(rule.en), "{}", rule.name);
        assert!(!rule.ko.is_empty() && !rule.en.is_empty(), "{}", rule.name);
    }
    assert!(known.len() > 40, "{known:?}");
}

/// Whoever consumes events finds every kind of them in the document.
#[test]
fn events_are_listed_before_they_are_published() {
    let known = gateway::events().unwrap();
    let mut seen = 0;
    for (name, place, text) in sources() {
        let code = code(&text).replace(char::is_whitespace, "");
        for kind in code.split("Event::new(\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(kind, _)| kind) {
            assert!(known.iter().any(|known| known == kind), "{name}: {place} publishes {kind}, which is listed nowhere");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

/// Two branches that number by hand take the same number: a name is a moment and what is made, and stands once.
#[test]
fn migrations_have_names_of_their_own() {
    for names in [migrations::names::<migrations::Manager>(), migrations::names::<migrations::Tenant>()] {
        let unlike: BTreeSet<&String> = names.iter().collect();
        assert_eq!(unlike.len(), names.len(), "two migrations have one name: {names:?}");
        let prefixes: BTreeSet<&str> = names.iter().filter_map(|name| name.get(..16)).collect();
        assert_eq!(prefixes.len(), names.len(), "two migrations have one moment: {names:?}");
        for name in &names {
            let mut parts = name.splitn(3, '_');
            let (day, time, what) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
            assert!(day.len() == 9 && digits(day.trim_start_matches('m')) && time.len() == 6 && digits(time) && !what.is_empty(), "{name}");
        }
    }
}
