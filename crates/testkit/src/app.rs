//! The platform, running inside the test.

use crate::{Backend, Caller, ManualClock, PASSWORD, Site, site::COMPANIES};
use auth::Platform;
use flows::background;
use gateway::{settings::Settings, startup};
use kernel::{Clock, Realm};
use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc};
use store::{Database, Options};
use uuid::Uuid;

/// A server in this process.
pub(crate) struct Running {
    pub base: String,
    platform: Platform,
    clock: Arc<ManualClock>,
    server: actix_web::dev::ServerHandle,
}

impl Running {
    pub async fn start(site: &Site, more: &[&str]) -> Self {
        let clock = Arc::new(ManualClock::starting_now());
        Self::start_at(&site.settings(more), clock).await
    }

    async fn start_at(settings: &Settings, clock: Arc<ManualClock>) -> Self {
        let platform = startup::platform_with(settings, clock.clone()).unwrap_or_else(|error| panic!("{error:#}"));
        match startup::prepare(settings, &platform, |_| {}).await {
            Ok(()) => {}
            Err(startup::Trouble::Away(why)) => panic!("a database is away: {why}"),
            Err(startup::Trouble::Fatal(error)) => panic!("{error:#}"),
        }
        // two: what one worker never shows is who else is working
        let (server, address) = gateway::app::listen(settings, &platform, 2).expect("a free port");
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { base: format!("http://{address}"), platform, clock, server: handle }
    }

    pub async fn stop(&self) {
        self.server.stop(false).await;
        self.platform.close();
    }
}

/// One of the two companies every app has.
#[derive(Clone, Debug)]
pub struct Company {
    pub id: Uuid,
    pub code: &'static str,
}

struct Inner {
    running: Running,
    callers: RefCell<HashMap<&'static str, Caller>>,
    databases: RefCell<HashMap<Realm, Database>>,
    site: Rc<Site>,
}

impl Inner {
    fn new(running: Running, site: Rc<Site>) -> Rc<Self> {
        Rc::new(Self { running, callers: RefCell::default(), databases: RefCell::default(), site })
    }
}

/// A running platform with two companies, `a` and `b`, over data of its own. Cheap to clone.
#[derive(Clone)]
pub struct TestApp(Rc<Inner>);

/// Runs one test with an app of its own.
pub fn run<F: Future<Output = ()>>(backend: Backend, story: impl FnOnce(TestApp) -> F) {
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::start(backend).await;
        story(app.clone()).await;
        app.stop().await;
    });
}

impl TestApp {
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, &[]).await
    }

    /// With further arguments of the command line.
    pub async fn start_with(backend: Backend, more: &[&str]) -> Self {
        let site = Rc::new(Site::new(backend));
        let running = Running::start(&site, &[&["--migrate", "false"], more].concat()).await;
        Self(Inner::new(running, site))
    }

    /// Another start over the same data, at the same time of the clock.
    pub async fn restarted(self) -> Self {
        self.stop().await;
        let running = Running::start_at(&self.0.site.settings(&["--migrate", "false"]), self.0.running.clock.clone()).await;
        Self(Inner::new(running, self.0.site.clone()))
    }

    /// Another node over the same data, whose clock goes `ahead` seconds before this one's (0: the very same clock).
    pub async fn another_node(&self, more: &[&str], ahead: i64) -> Self {
        let site = self.0.site.clone();
        let clock = match ahead {
            0 => self.0.running.clock.clone(),
            _ => Arc::new(ManualClock::starting_at(self.now().plus_seconds(ahead))),
        };
        let running = Running::start_at(&site.settings(&[&["--migrate", "false"], more].concat()), clock).await;
        Self(Inner::new(running, site))
    }

    pub async fn stop(&self) {
        self.0.running.stop().await;
    }

    #[must_use]
    pub fn backend(&self) -> Backend {
        self.0.site.backend
    }

    #[must_use]
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    #[must_use]
    pub fn clock(&self) -> &ManualClock {
        &self.0.running.clock
    }

    /// The time as the platform sees it.
    #[must_use]
    pub fn now(&self) -> kernel::Timestamp {
        self.0.running.clock.now()
    }

    /// Lets the worker do all there is to do: events reach their consumers, the audit its chain.
    /// No worker runs in the background of a test.
    pub async fn settle(&self) -> usize {
        let settings = self.0.site.settings(&[]);
        let worker = background::worker(startup::work_context(&settings, self.platform()));
        worker.settle().await.expect("the worker does its work")
    }

    /// For what has no route: the state behind the routes.
    #[must_use]
    pub fn platform(&self) -> &Platform {
        &self.0.running.platform
    }

    /// A database as the platform opens it: on PostgreSQL in the role `cxg_app`, whom row-level security binds. Opened once: a connection to
    /// SQLite reads the whole schema.
    #[must_use]
    pub fn database(&self, realm: Realm) -> Database {
        let (manager, tenant) = self.0.site.urls();
        let url = if realm == Realm::Manager { manager } else { tenant };
        let open = || {
            Database::new(realm, &Options { url, connections: 2, of_thread: 0, clock: self.0.running.clock.clone() }).expect("a good URL")
        };
        self.0.databases.borrow_mut().entry(realm).or_insert_with(open).clone()
    }

    /// Nobody who signed in.
    #[must_use]
    pub fn stranger(&self) -> Caller {
        let known = self.0.callers.borrow().get("stranger").cloned();
        known.unwrap_or_else(|| {
            let stranger = Caller::stranger(&self.0.running.base);
            self.0.callers.borrow_mut().insert("stranger", stranger.clone());
            stranger
        })
    }

    /// Signed in once; hashing a password takes its time on purpose.
    async fn known(&self, name: &'static str, company: Option<&str>, username: &str) -> Caller {
        let known = self.0.callers.borrow().get(name).cloned();
        if let Some(known) = known {
            return known;
        }
        let caller = self.stranger().sign_in(company, username, PASSWORD).await;
        self.0.callers.borrow_mut().insert(name, caller.clone());
        caller
    }

    /// The provider's super administrator.
    pub async fn manager(&self) -> Caller {
        self.known("manager", None, "admin").await
    }

    /// Registered with the provider, without a right.
    pub async fn guest(&self) -> Caller {
        self.known("guest", None, "guest").await
    }

    /// The administrator of company a.
    pub async fn admin_a(&self) -> Caller {
        self.known("admin_a", Some(COMPANIES[0].0), "boss").await
    }

    /// The administrator of company b.
    pub async fn admin_b(&self) -> Caller {
        self.known("admin_b", Some(COMPANIES[1].0), "boss").await
    }

    /// One of company a's people, whose role holds no permission.
    pub async fn nobody_a(&self) -> Caller {
        self.known("nobody_a", Some(COMPANIES[0].0), "nobody").await
    }

    pub async fn company_a(&self) -> Company {
        self.company(COMPANIES[0].0).await
    }

    pub async fn company_b(&self) -> Company {
        self.company(COMPANIES[1].0).await
    }

    async fn company(&self, code: &'static str) -> Company {
        let known = self.platform().directory().by_code(code).await.expect("the directory answers");
        Company { id: known.expect("the template made both companies").id, code }
    }
}
