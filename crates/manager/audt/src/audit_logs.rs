//! The audit itself: read, never written by hand.

use kernel::{Realm, Timestamp};
use macros::record;
use paperclip::actix::Apiv2Schema;
use resource::{ReadOnly, Resource};
use sea_orm::{DeriveIntoActiveModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

/// A row of `audt_audit_logs`.
#[record(table = "audt_audit_logs", columns = own)]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub actor_kind: String,
    pub actor_name: String,
    pub on_behalf_of: Option<Uuid>,
    pub on_behalf_of_name: Option<String>,
    pub event_type: String,
    pub event_category: String,
    pub description: String,
    pub source_ip: Option<String>,
    pub user_agent: Option<String>,
    pub session_id: Option<Uuid>,
    pub request_id: Uuid,
    pub target: String,
    pub resource_id: Option<String>,
    pub action_performed: String,
    pub result: String,
    pub failure_reason: Option<String>,
    pub risk_level: String,
    pub extra_data: Json,
    pub status: String,
    pub chain_no: Option<i64>,
    pub hash: Option<Vec<u8>>,
    pub created_at: Timestamp,
}

/// What was done by whom. The provider's own rows, and copies of its customers'.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "AuditLog")]
pub struct View {
    /// ID | ID
    pub id: Uuid,
    /// 고객사 | Company
    ///
    /// The company; none: the provider itself.
    pub tenant_id: Option<Uuid>,
    /// 사용자 | User
    ///
    /// Who acted.
    pub user_id: Option<Uuid>,
    /// 행위자 구분 | Actor kind
    ///
    /// USER, API_KEY, STAFF (the provider's people in a company's name) or SYSTEM.
    pub actor_kind: String,
    /// 행위자 | Actor name
    pub actor_name: String,
    /// 대리 대상 | On behalf of
    ///
    /// The company's user in whose name the provider's staff acted.
    pub on_behalf_of: Option<Uuid>,
    /// 대리 대상 이름 | On behalf of name
    pub on_behalf_of_name: Option<String>,
    /// 이벤트 유형 | Event type
    pub event_type: String,
    /// 이벤트 분류 | Event category
    pub event_category: String,
    /// 설명 | Description
    ///
    /// The right it needed: `adm.users.update`.
    pub description: String,
    /// 접속 IP | IP address
    pub source_ip: Option<String>,
    /// 접속 프로그램 | User agent
    pub user_agent: Option<String>,
    /// 세션 | Session
    pub session_id: Option<Uuid>,
    /// 요청 번호 | Request
    pub request_id: Uuid,
    /// 대상 종류 | Target kind
    ///
    /// Kind of target: TABLE, USER_ACCOUNT, TENANT_SETTINGS.
    pub resource: String,
    /// 대상 | Target
    ///
    /// What it was done to: `adm.users`.
    pub target: String,
    /// 대상 ID | Target ID
    pub resource_id: Option<String>,
    /// 수행한 작업 | Action performed
    pub action_performed: String,
    /// 결과 | Result
    pub result: String,
    /// 실패 사유 | Failure reason
    pub failure_reason: Option<String>,
    /// 위험도 | Risk level
    pub risk_level: String,
    /// 추가 정보 | Extra data
    ///
    /// `before` and `after`, what differs only; secrets masked.
    pub extra_data: Json,
    /// 상태 | Status
    pub status: String,
    /// 체인 번호 | Chain number
    ///
    /// Its number in the chain; none for a moment after it was written.
    pub chain_no: Option<i64>,
    /// 행 해시 | Row hash
    ///
    /// SHA-256 over the row and the hash before, in hex: the receipt of this row.
    pub receipt: Option<String>,
    /// 등록 일시 | Created
    pub created_at: Timestamp,
}

impl From<Model> for View {
    fn from(row: Model) -> Self {
        let resource = match row.target.rsplit('.').next() {
            Some("users" | "roles" | "user-roles" | "sessions" | "api-keys") => "USER_ACCOUNT",
            Some("settings") => "TENANT_SETTINGS",
            _ => "TABLE",
        };
        Self {
            id: row.id,
            tenant_id: row.tenant_id,
            user_id: row.user_id,
            actor_kind: row.actor_kind,
            actor_name: row.actor_name,
            on_behalf_of: row.on_behalf_of,
            on_behalf_of_name: row.on_behalf_of_name,
            event_type: row.event_type,
            event_category: row.event_category,
            description: row.description,
            source_ip: row.source_ip,
            user_agent: row.user_agent,
            session_id: row.session_id,
            request_id: row.request_id,
            resource: resource.to_owned(),
            target: row.target,
            resource_id: row.resource_id,
            action_performed: row.action_performed,
            result: row.result,
            failure_reason: row.failure_reason,
            risk_level: row.risk_level,
            extra_data: row.extra_data,
            status: row.status,
            chain_no: row.chain_no,
            receipt: row.hash.as_deref().map(store::chain::to_hex),
            created_at: row.created_at,
        }
    }
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "AuditLogFilter")]
pub struct Filter {
    pub tenant_id: kernel::Patch<Uuid>,
    pub user_id: kernel::Patch<Uuid>,
    pub actor_kind: Option<String>,
    pub event_type: Option<String>,
    pub event_category: Option<String>,
    pub risk_level: Option<String>,
    pub result: Option<String>,
    pub source_ip: Option<String>,
    pub session_id: kernel::Patch<Uuid>,
    pub request_id: Option<Uuid>,
    pub target: Option<String>,
    pub resource_id: Option<String>,
    pub action_performed: Option<String>,
}

/// The audit.
pub struct AuditLogs;

impl Resource for AuditLogs {
    const REALM: Realm = Realm::Manager;
    const DOMAIN: &'static str = "audt";
    const NAME: &'static str = "audit-logs";
    const NOUN: &'static str = "audit_log";
    type Entity = Entity;
    type View = View;
    type Create = ReadOnly;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[];
    const SEARCH: &'static [Column] = &[Column::ActorName, Column::Description, Column::Target];
    // what was done, `adm.users.update`; by whom stands beside it
    const TITLE: Option<Column> = Some(Column::Description);
    const EXAMPLE: &'static str = "{}";
}
