use crate::tenant::{self, Status, Type};
use kernel::{Error, Message, Result, Zone, boxed};
use moka::future::Cache;
use sea_orm::{ColumnTrait, QueryFilter};
use std::{sync::Arc, time::Duration};
use store::Database;
use uuid::Uuid;

/// How long a node may believe what it read: a suspension bites within a second everywhere.
const BELIEVED: Duration = Duration::from_millis(500);

/// What the platform knows of a company while it serves it.
#[derive(Clone, Debug)]
pub struct TenantContext {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub status: Status,
    pub plan: Type,
    pub locale: String,
    pub zone: Zone,
    pub currency: String,
    suspended_reason: Option<String>,
}

impl TenantContext {
    /// Refuses a company that is suspended or terminated, with the reason.
    pub fn served(&self) -> Result<()> {
        match self.status {
            Status::Trial | Status::Active => Ok(()),
            Status::Suspended => {
                let why = self.suspended_reason.clone().unwrap_or_default();
                Err(Error::forbidden(
                    "tenant_suspended",
                    Message::new(format!("이용이 정지된 회사입니다. {why}"), format!("This company is suspended. {why}")),
                )
                .with("suspended_reason", why))
            }
            Status::Terminated => Err(Error::forbidden(
                "tenant_terminated",
                Message::new("계약이 종료된 회사입니다.", "The contract of this company has ended."),
            )),
        }
    }
}

impl From<tenant::Model> for TenantContext {
    fn from(row: tenant::Model) -> Self {
        Self {
            id: row.id,
            code: row.code.to_string(),
            name: row.name.to_string(),
            status: row.status,
            plan: row.r#type,
            locale: row.locale.to_string(),
            zone: row.timezone,
            currency: row.currency.to_string(),
            suspended_reason: row.suspended_reason,
        }
    }
}

/// The companies by id and by code, believed for half a second.
#[derive(Clone)]
pub struct Directory {
    manager: Database,
    by_id: Cache<Uuid, Option<Arc<TenantContext>>>,
    ids: Cache<String, Option<Uuid>>,
}

impl Directory {
    #[must_use]
    pub fn new(manager: Database) -> Self {
        Self {
            manager,
            by_id: Cache::builder().max_capacity(10_000).time_to_live(BELIEVED).build(),
            ids: Cache::builder().max_capacity(10_000).time_to_live(BELIEVED).build(),
        }
    }

    #[boxed(?Send)]
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<TenantContext>>> {
        let load = async {
            let scope = self.manager.read(None).await?;
            let row = scope.find::<tenant::Entity>().filter(tenant::Column::Id.eq(id)).one().await?;
            Ok(row.map(|row| Arc::new(row.into())))
        };
        self.by_id.try_get_with(id, load).await.map_err(again)
    }

    /// `code` in any case.
    #[boxed(?Send)]
    pub async fn by_code(&self, code: &str) -> Result<Option<Arc<TenantContext>>> {
        let code = code.trim().to_ascii_lowercase();
        let load = async {
            let scope = self.manager.read(None).await?;
            let row = scope.find::<tenant::Entity>().filter(tenant::Column::Code.eq(code.clone())).one().await?;
            Ok(row.map(|row| row.id))
        };
        match self.ids.try_get_with(code.clone(), load).await.map_err(again)? {
            Some(id) => self.by_id(id).await,
            None => Ok(None),
        }
    }

    /// Forgets what this node believed of a company that was changed here.
    #[boxed(?Send)]
    pub async fn forget(&self, id: Uuid) {
        self.by_id.invalidate(&id).await;
        self.ids.invalidate_all();
    }
}

/// The cache shares one failure between all who waited for it.
fn again(error: Arc<Error>) -> Error {
    Error::unavailable(error)
}
