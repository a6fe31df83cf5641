use crate::{Demand, Platform, Principal};
use actix_web::{HttpRequest, http::header, web::Data};
use envelope::{
    Answer, AnswerKind, Reply, RequestMeta, path_value, request_digest,
    web::{Part, Reading},
};
use kernel::{Code, Day, Error, FieldError, Message, Permission, PermissionKey, Realm, Result, Versions, boxed};
use std::sync::Arc;
use store::{Action, AuditEntry, Claim, Context, Outcome, Scope, StoredAnswer, Tx, Work};
use tenancy::TenantContext;
use uuid::Uuid;

/// What an allowed caller can do: read and write the rows of their company.
pub struct Door {
    platform: Platform,
    principal: Arc<Principal>,
    request: HttpRequest,
    permission: PermissionKey,
}

impl Door {
    /// The door as an argument of a handler.
    pub(crate) fn as_argument(request: &HttpRequest, demand: Demand) -> Reading {
        let door = Self::open(request.clone(), demand);
        Box::pin(async move { Ok(Box::new(door.await?) as Part) })
    }

    /// Lets whoever sent the request in, where they hold what is asked.
    ///
    /// # Errors
    /// 401 without a credential that is good, else 403; a refusal is audited.
    #[boxed(?Send)]
    pub async fn open(request: HttpRequest, demand: Demand) -> Result<Self> {
        let platform = platform_of(&request)?;
        // as it was routed: `request.path()` is as it was sent, and `%6danager` is routed like `manager`
        let realm = realm_of(request.match_info().as_str());
        let holder = match (bearer(&request), request.headers().contains_key(API_KEY)) {
            (Some(token), false) => platform.holder(token).await?,
            (None, false) => platform.anonymous_principal(&request).await?,
            (None, true) => platform.holder_of_key(single(&request, API_KEY).unwrap_or_default()).await?,
            // with two credentials nobody knows who is meant
            _ => None,
        };
        let principal = holder.ok_or_else(Error::unauthorized)?;
        let door = Self { platform, principal, request, permission: demand.permission };
        if let Err(refusal) = door.judge(realm, demand).await {
            door.audit_refusal(&refusal).await;
            return Err(refusal);
        }
        door.check_query()?;
        door.platform.note_use(&door.principal, door.address());
        Ok(door)
    }

    fn address(&self) -> Option<std::net::IpAddr> {
        RequestMeta::of(&self.request).address
    }

    async fn judge(&self, realm: Realm, demand: Demand) -> Result<()> {
        if self.principal.realm != realm {
            return Err(Error::forbidden(
                "wrong_realm",
                Message::new("이 시스템의 계정이 아닙니다.", "This account does not belong to this system."),
            ));
        }
        if let Some(tenant) = &self.principal.tenant {
            // the session is believed for a moment; the company is asked about at every request
            let tenant = self.platform.directory().by_id(tenant.id).await?.ok_or_else(Error::unauthorized)?;
            tenant.served()?;
            if let Some(named) = named_company(&self.request, &self.platform)
                && named != tenant.code
            {
                return Err(Error::forbidden(
                    "other_tenant",
                    Message::new("로그인한 회사와 다른 회사입니다.", "You are signed in to a different company."),
                ));
            }
        }
        let reads = self.request.method().is_safe();
        self.principal.judge(self.permission, reads, self.address())?;
        let may = self.principal.rights.cover(self.permission) || (demand.in_department && self.principal.may_somewhere(self.permission));
        if !may {
            return Err(self.principal.lacks(self.permission));
        }
        if demand.step_up { self.step_up() } else { Ok(()) }
    }

    /// Refuses where somebody who has a second factor has not shown it lately.
    pub fn step_up(&self) -> Result<()> {
        if self.principal.needs_step_up(self.platform.now()) {
            let text = Message::new("2단계 인증 코드를 다시 입력하세요.", "Enter your two-factor authentication code again.");
            return Err(Error::forbidden("step_up", text));
        }
        Ok(())
    }

    /// Best effort: a refusal stays a refusal when it cannot be written down.
    #[boxed(?Send)]
    pub(crate) async fn audit_refusal(&self, refusal: &Error) {
        let entry = AuditEntry {
            action: Action::Execute,
            permission: self.permission.to_string(),
            target: format!("{}.{}", self.permission.domain, self.permission.resource),
            target_id: path_value(&self.request, "id"),
            outcome: Outcome::Blocked(refusal.to_string()),
            before: None,
            after: None,
            is_alarm: false,
        };
        let database = self.platform.database(self.principal.realm);
        let written = database
            .write(&self.context(), async |tx| {
                tx.audit(entry.clone());
                Ok(())
            })
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, "a refusal could not be audited");
        }
    }

    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The caller's company; an error on the manager side.
    pub fn tenant(&self) -> Result<&TenantContext> {
        self.principal.tenant.as_deref().ok_or_else(|| Error::internal("the caller has no company"))
    }

    /// Today where the company is.
    #[must_use]
    pub fn today(&self) -> Day {
        let zone = self.principal.tenant.as_ref().map(|tenant| tenant.zone.clone()).unwrap_or_default();
        zone.day(self.platform.manager.now())
    }

    #[must_use]
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// For what needs several rights at once (bulk): 403 unless this one is held too.
    pub fn demand(&self, permission: PermissionKey) -> Result<()> {
        if self.principal.rights.cover(permission) { Ok(()) } else { Err(self.principal.lacks(permission)) }
    }

    /// For a part of a request that needs a further right: as [`Allowed`] asks for its own.
    pub fn demand_also<P: Permission>(&self) -> Result<()> {
        let reads = self.request.method().is_safe();
        self.principal.judge(P::KEY, reads, self.address())?;
        self.demand(P::KEY)?;
        if P::STEP_UP { self.step_up() } else { Ok(()) }
    }

    /// For flows that go on in the other database after the commit.
    #[must_use]
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The permission this door was opened with: the audit shows it.
    #[must_use]
    pub fn permission(&self) -> PermissionKey {
        self.permission
    }

    pub(crate) fn database(&self) -> &store::Database {
        self.platform.database(self.principal.realm)
    }

    /// A connection for reading.
    #[boxed(?Send)]
    pub async fn read(&self) -> Result<Scope> {
        self.database().read(self.principal.tenant_id()).await
    }

    /// What the database says about its tables.
    #[must_use]
    pub fn catalog(&self) -> Arc<store::Catalog> {
        self.database().catalog()
    }

    /// One transaction: rows, audit, events, and the answer kept under the `Idempotency-Key`.
    pub async fn write<T, const STATUS: u16>(&self, work: impl AsyncFn(&Tx) -> Result<Reply<T, STATUS>>) -> Result<Reply<T, STATUS>> {
        let work = async |tx: &Tx| work(tx).await.map(Reply::into_answer);
        let answer = self.write_erased(STATUS, &work).await?;
        Ok(answer.into())
    }

    /// [`Door::write`] for code that does not know the type of its answer.
    pub async fn write_answer(&self, status: u16, work: impl AsyncFn(&Tx) -> Result<Answer>) -> Result<Answer> {
        self.write_erased(status, &work).await
    }

    /// [`Door::write`] without the type of the closure: compiled once.
    #[boxed(?Send)]
    async fn write_erased(&self, status: u16, work: &dyn Work<Answer>) -> Result<Answer> {
        let mut cx = self.context();
        cx.is_dry_run = self.is_dry_run()?;
        // a key that was used up for a trial would be missing for the real thing
        cx.idempotency = self.idempotency()?.filter(|_| !cx.is_dry_run);
        let done = self
            .database()
            .write(&cx, async |tx| {
                if let Claim::Done(stored) = tx.claim().await? {
                    return Ok(Answer { data: stored.data, version: stored.version, kind: AnswerKind::Replayed });
                }
                let mut answer = work.run(tx).await?;
                if tx.context().is_dry_run {
                    answer.kind = AnswerKind::DryRun;
                }
                tx.keep(&StoredAnswer { status, data: answer.data.clone(), version: answer.version }).await?;
                Ok(answer)
            })
            .await;
        self.noting(done).await
    }

    /// Writes an audit row for a refusal that was found out behind the door.
    pub async fn noting<T>(&self, done: Result<T>) -> Result<T> {
        if let Err(refusal) = &done {
            self.note_refusal(refusal).await;
        }
        done
    }

    #[boxed(?Send)]
    async fn note_refusal(&self, error: &Error) {
        if error.code() == Code::Forbidden {
            self.audit_refusal(error).await;
        }
    }

    /// Inserts one row with its audit row and event, and nothing else; the cheapest write.
    /// Not for a request with an `Idempotency-Key`.
    #[boxed(?Send)]
    pub async fn insert_one(&self, insert: &store::Insert<'_>, entry: AuditEntry, event: store::Event) -> Result<sea_orm::QueryResult> {
        self.database().insert_one(&self.context(), insert, entry, event).await
    }

    /// The request's `Idempotency-Key`, with the digest of its body and query.
    pub fn idempotency(&self) -> Result<Option<(String, Vec<u8>)>> {
        let Some(value) = self.request.headers().get("idempotency-key") else { return Ok(None) };
        let key = value.to_str().unwrap_or_default().trim();
        if key.is_empty() || key.chars().count() > 255 {
            return Err(Error::field("Idempotency-Key", "length", "1자 이상 255자 이하여야 합니다.", "must have 1 to 255 characters"));
        }
        Ok(Some((key.to_owned(), request_digest(&self.request))))
    }

    /// The versions `If-Match` names. Absent or `*`: any.
    pub fn if_match(&self) -> Result<Option<Versions>> {
        let values: Vec<&str> = self.request.headers().get_all(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default()).collect();
        if values.is_empty() || values == ["*"] {
            return Ok(None);
        }
        Versions::read(&values.join(",")).map(Some).ok_or_else(|| {
            let text =
                Message::new("ETag 값 또는 ETag 목록이어야 합니다. (예: \"3\")", "must be an ETag such as \"3\", or a list of ETags");
            Error::invalid(vec![FieldError::new("If-Match", "etag", text)])
        })
    }

    /// Who does it, from where, by which request: what a transaction notes of its caller.
    #[must_use]
    pub fn context(&self) -> Context {
        context(&self.request, self.principal.realm, self.principal.tenant_id(), self.principal.actor())
    }
}

/// The context of what a request does.
pub(crate) fn context(request: &HttpRequest, realm: Realm, tenant: Option<Uuid>, actor: kernel::Actor) -> Context {
    let meta = RequestMeta::of(request);
    let user_agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Context {
        realm,
        tenant,
        actor,
        request_id: meta.id,
        address: meta.address.map(|address| address.to_string()),
        user_agent: user_agent.map(|text| text.chars().take(500).collect()),
        route: format!("{} {}", request.method(), request.path()),
        idempotency: None,
        is_dry_run: false,
    }
}

pub(crate) fn platform_of(request: &HttpRequest) -> Result<Platform> {
    let platform = request.app_data::<Data<Platform>>().ok_or_else(|| Error::internal("no platform"))?;
    platform.serving()?;
    Ok(platform.get_ref().clone())
}

fn realm_of(path: &str) -> Realm {
    if path.starts_with("/api/v1/manager/") { Realm::Manager } else { Realm::Tenant }
}

/// Where a program's credential stands.
pub(crate) const API_KEY: &str = "x-api-key";

/// A header that stands there once. Of two nobody knows which is meant, and a proxy may have looked at the other.
pub(crate) fn single<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut values = request.headers().get_all(name);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    value.to_str().ok()
}

pub(crate) fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = single(request, header::AUTHORIZATION.as_str())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The company a request names before anybody signed in: `X-Tenant-Key`, or the subdomain.
pub(crate) fn named_company(request: &HttpRequest, platform: &Platform) -> Option<String> {
    if let Some(key) = request.headers().get("x-tenant-key") {
        return Some(key.to_str().unwrap_or_default().trim().to_ascii_lowercase());
    }
    let base = platform.settings.base_domain.as_deref()?;
    let host = request.headers().get(header::HOST)?.to_str().ok()?.split(':').next()?.to_ascii_lowercase();
    host.strip_suffix(base)?.strip_suffix('.').map(str::to_owned)
}

/// The door of the platform itself. See [`Platform::act_as_system`].
pub struct SystemDoor {
    platform: Platform,
    context: Context,
}

impl SystemDoor {
    pub(crate) fn new(platform: Platform, realm: Realm, tenant: Option<Uuid>, part: &str) -> Self {
        Self { platform, context: Context::system(realm, tenant, part) }
    }

    #[boxed(?Send)]
    pub async fn read(&self) -> Result<Scope> {
        self.platform.database(self.context.realm).read(self.context.tenant).await
    }

    pub async fn write<T>(&self, work: impl AsyncFn(&Tx) -> Result<T>) -> Result<T> {
        self.platform.database(self.context.realm).write(&self.context, work).await
    }
}
