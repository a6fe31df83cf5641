//! A batch: what somebody sent, how far it is, what came of it.

use super::request::WHOLE;
use crate::Spec;
use kernel::{Error, Result, Timestamp, boxed};
use macros::record;
use paperclip::actix::Apiv2Schema;
use sea_orm::{QueryFilter, QueryOrder, entity::prelude::*};
use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};
use serde::{Deserialize, Serialize};
use store::{
    Scope, Sql, Tx,
    migrate::{Rows, company_table, is_postgres, run},
};

crate::string_enum! {
    /// Whether good rows are taken although others are bad.
    pub Mode("ImportMode") { GoodRows, AllOrNothing }
    /// What becomes of a row whose business key is there already.
    pub OnDuplicate("ImportOnDuplicate") { Error, Update, Skip }
    /// How far a batch is.
    pub State("ImportState") { Pending, Running, Done, Failed, Undoing, Undone }
    /// Why a batch failed: rows of an all-or-nothing file were bad; who sent it is not active any more or may not import any more;
    /// something went wrong on our side.
    pub Reason("ImportFailReason") { BadRows, SenderNotAllowed, Fault }
}

/// A column of the file, and which field it was taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Apiv2Schema)]
#[openapi(rename = "ImportColumn")]
pub struct Heading {
    /// 열 제목 | Heading
    pub heading: String,
    /// 항목 | Field
    ///
    /// None: shown by the resource, but not to be set.
    pub field: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Headings(pub Vec<Heading>);

#[record(table = "import_batches")]
pub struct Model {
    pub target: String,
    pub file_name: Option<String>,
    pub digest: Vec<u8>,
    pub mode: Mode,
    pub on_duplicate: OnDuplicate,
    pub is_dry_run: bool,
    pub state: State,
    pub total: i64,
    pub created: i64,
    pub updated: i64,
    pub skipped: i64,
    pub failed: i64,
    /// Chunks there are, and how many are dealt with.
    pub chunks: i64,
    pub position: i64,
    pub columns: Headings,
    pub permission: String,
    /// Who sent it, for the audit of its rows.
    pub actor: Json,
    pub request_id: Uuid,
    pub finished_at: Option<Timestamp>,
    pub undone_at: Option<Timestamp>,
    pub reason: Option<Reason>,
}

/// One file's import.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "ImportBatch")]
pub struct Batch {
    /// ID | ID
    pub id: Uuid,
    /// 파일 이름 | File name
    pub file_name: Option<String>,
    /// 방식 | Mode
    pub mode: Mode,
    /// 중복 처리 | On duplicates
    pub on_duplicate: OnDuplicate,
    /// 시험 실행 | Dry run
    ///
    /// Nothing was or will be written.
    pub is_dry_run: bool,
    /// 상태 | State
    pub state: State,
    /// 사유 | Reason
    ///
    /// Why it failed.
    pub reason: Option<Reason>,
    /// 전체 행 수 | Total rows
    ///
    /// Rows of the file.
    pub total: i64,
    /// 등록 건수 | Rows created
    pub created: i64,
    /// 수정 건수 | Rows updated
    pub updated: i64,
    /// 건너뛴 건수 | Skipped
    pub skipped: i64,
    /// 실패 건수 | Failed
    pub failed: i64,
    /// 열 | Columns
    pub columns: Vec<Heading>,
    /// 등록 일시 | Created
    pub created_at: Timestamp,
    /// 등록자 | Created by
    pub created_by: Option<Uuid>,
    /// 완료 일시 | Finished
    pub finished_at: Option<Timestamp>,
    /// 취소 처리 일시 | Undone at
    pub undone_at: Option<Timestamp>,
}

impl From<Model> for Batch {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            file_name: row.file_name,
            mode: row.mode,
            on_duplicate: row.on_duplicate,
            is_dry_run: row.is_dry_run,
            state: row.state,
            reason: row.reason,
            total: row.total,
            created: row.created,
            updated: row.updated,
            skipped: row.skipped,
            failed: row.failed,
            columns: row.columns.0,
            created_at: row.created_at,
            created_by: row.created_by,
            finished_at: row.finished_at,
            undone_at: row.undone_at,
        }
    }
}

impl Model {
    /// Whether it is one transaction: all or nothing, and dry runs that are small enough to be exact to the last row.
    pub(super) fn is_whole(&self) -> bool {
        self.mode == Mode::AllOrNothing || (self.is_dry_run && usize::try_from(self.total).is_ok_and(|total| total <= WHOLE))
    }
}

/// The batch of this id, if it is one of the resource and of the company.
#[boxed(?Send)]
pub(super) async fn find(spec: &Spec, scope: &Scope, id: Uuid, lock: bool) -> Result<Model> {
    let query = scope.find::<Entity>().filter(Column::Id.eq(id)).filter(Column::Target.eq(spec.target()));
    let query = if lock { query.for_update() } else { query };
    query.one().await?.ok_or_else(Error::not_found)
}

/// The first batch of the company that has something to do; locked, so that its chunks come one after the other.
#[boxed(?Send)]
pub(super) async fn next(scope: &Scope) -> Result<Option<Model>> {
    let waiting = Column::State.is_in([State::Pending, State::Running, State::Undoing]);
    scope.find::<Entity>().filter(waiting).order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).for_update().one().await
}

/// One chunk: the rows as they came until it is dealt with, then what came of them; nothing before.
pub(super) async fn chunk<T: serde::de::DeserializeOwned + Default>(scope: &Scope, batch: &Model, no: i64, column: &str) -> Result<T> {
    let mut sql = Sql::new("SELECT ");
    sql.push(column).push(" AS text FROM import_chunks WHERE batch_id = ").bind(batch.id).push(" AND no = ").bind(no);
    sql.push(" AND tenant_id = ").bind(batch.tenant_id);
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("a chunk is missing"))?;
    let text: Option<String> = row.try_get("", "text").map_err(Error::internal)?;
    text.map_or_else(|| Ok(T::default()), |text| serde_json::from_str(&text).map_err(Error::internal))
}

#[must_use]
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Tables), Box::new(WhyFailed)]
}

/// Takes away batches of which nothing happened any more since a moment, some of them; answers how many.
#[boxed(?Send)]
pub async fn forget(tx: &Tx, before: Timestamp) -> Result<u64> {
    let batches = |sql: &mut Sql, column: &str| {
        sql.push(" WHERE tenant_id = ")
            .bind(tx.tenant())
            .push(" AND ")
            .push(column)
            .push(" IN (SELECT id FROM import_batches WHERE tenant_id = ");
        sql.bind(tx.tenant()).push(" AND state IN ('DONE', 'FAILED', 'UNDONE') AND COALESCE(undone_at, finished_at) < ").bind(before);
        sql.push(" ORDER BY created_at, id LIMIT 20)");
    };
    let mut chunks = Sql::new("DELETE FROM import_chunks");
    batches(&mut chunks, "batch_id");
    tx.raw_execute(chunks).await?;
    let mut rows = Sql::new("DELETE FROM import_batches");
    batches(&mut rows, "id");
    tx.raw_execute(rows).await
}

struct WhyFailed;

impl MigrationName for WhyFailed {
    fn name(&self) -> &'static str {
        "m20261130_030001_import_reason"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for WhyFailed {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let check = "CONSTRAINT import_batches_reason_check CHECK (reason IN ('BAD_ROWS', 'SENDER_NOT_ALLOWED', 'FAULT'))";
        run(m, &format!("ALTER TABLE import_batches ADD COLUMN reason varchar(30) {check}")).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "ALTER TABLE import_batches DROP COLUMN reason").await
    }
}

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &'static str {
        "m20261122_000161_import_batches"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        company_table(
            m,
            "import_batches",
            Rows::Kept,
            "target varchar(100) NOT NULL, file_name varchar(255), digest {bytes} NOT NULL, mode varchar(20) NOT NULL, \
             on_duplicate varchar(20) NOT NULL, is_dry_run boolean NOT NULL, state varchar(20) NOT NULL, total bigint NOT NULL, \
             created bigint NOT NULL, updated bigint NOT NULL, skipped bigint NOT NULL, failed bigint NOT NULL, chunks bigint NOT NULL, \
             position bigint NOT NULL, columns {json} NOT NULL, permission varchar(150) NOT NULL, actor {json} NOT NULL, \
             request_id {uuid} NOT NULL, finished_at {timestamp}, undone_at {timestamp}, \
             CONSTRAINT import_batches_state_check CHECK (state IN ('PENDING', 'RUNNING', 'DONE', 'FAILED', 'UNDOING', 'UNDONE'))",
        )
        .await?;
        run(m, "CREATE INDEX import_batches_waiting_idx ON import_batches (tenant_id, created_at) WHERE state IN ('PENDING', 'RUNNING', 'UNDOING')").await?;
        run(m, "CREATE INDEX import_batches_digest_idx ON import_batches (tenant_id, digest)").await?;
        company_table(
            m,
            "import_chunks",
            Rows::Plain,
            "batch_id {uuid} NOT NULL, no bigint NOT NULL, rows text, outcome text, \
             CONSTRAINT import_chunks_no_key UNIQUE (tenant_id, batch_id, no), \
             CONSTRAINT import_chunks_batch_id_fkey FOREIGN KEY (tenant_id, batch_id) REFERENCES import_batches (tenant_id, id)",
        )
        .await?;
        if is_postgres(m) {
            // the worker asks for all companies at once which of them have something to do
            run(m, "CREATE POLICY worker ON import_batches FOR SELECT USING (current_setting('app.worker', true) = 'on')").await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        run(m, "DROP TABLE import_chunks").await?;
        run(m, "DROP TABLE import_batches").await
    }
}
