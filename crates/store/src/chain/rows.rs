//! The chain in the database.

use super::{Block, FIRST, Link, block::root, link::COLUMNS};
use crate::{Database, Scope, Sql, Tx, context::Context, new_id, stream};
use kernel::{Error, Realm, Result, Timestamp, boxed};
use uuid::Uuid;

/// Rows chained in one transaction.
const BATCH: i64 = 300;
/// Rows under one signature.
const BLOCK: i64 = 10_000;

fn columns() -> String {
    format!("{}, chain_no, prev_hash, hash", COLUMNS.join(", "))
}

/// ` AND tenant_id …`: the rows of the scope's company; in the provider's database those copied from `company`, or its own.
fn push_whose(sql: &mut Sql, scope: &Scope, company: Option<Uuid>) {
    match scope.tenant().or(company) {
        Some(tenant) => sql.push(" AND tenant_id = ").bind(tenant),
        None => sql.push(" AND tenant_id IS NULL"),
    };
}

async fn links(scope: &Scope, sql: Sql) -> Result<Vec<Link>> {
    scope.raw_all(sql).await?.iter().map(Link::read).collect()
}

/// Chains what a company's transactions have committed; answers how many rows.
#[boxed(?Send)]
pub async fn chain_up(db: &Database, tenant: Option<Uuid>) -> Result<usize> {
    let cx = Context::system(db.realm(), tenant, "audit-chain");
    db.write(&cx, async |tx| {
        let head = tx.lock_head("audit").await?;
        let mut sql = Sql::new("SELECT ");
        sql.push(&columns()).push(" FROM audt_audit_logs WHERE chain_no IS NULL");
        push_whose(&mut sql, tx, None);
        sql.push(" ORDER BY created_at, id LIMIT ").bind(BATCH);
        let rows = links(tx, sql).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let company = tenant.unwrap_or_default();
        let (mut no, mut previous) = (head.last_no, head.last_hash.unwrap_or_else(|| FIRST.to_vec()));
        let mut sql = Sql::new("WITH link (id, no, previous, own) AS (VALUES ");
        for (i, row) in rows.iter().enumerate() {
            no += 1;
            let hash = row.hash_at(company, no, &previous);
            sql.push(if i > 0 { ", (" } else { "(" }).bind(row.id).push(", ").bind(no).push(", ").bind(previous);
            sql.push(", ").bind(hash.to_vec()).push(")");
            previous = hash.to_vec();
        }
        sql.push(") UPDATE audt_audit_logs SET chain_no = link.no, prev_hash = link.previous, hash = link.own FROM link WHERE audt_audit_logs.id = link.id AND chain_no IS NULL");
        push_whose(&mut sql, tx, None);
        tx.raw_execute(sql).await?;
        tx.search_again("audt_audit_logs", &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
        tx.move_head("audit", no, Some(previous)).await?;
        Ok(rows.len())
    })
    .await
}

/// Chained rows from a number on, in order.
#[boxed(?Send)]
pub async fn page(scope: &Scope, company: Option<Uuid>, from: i64, limit: i64) -> Result<Vec<Link>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(&columns()).push(" FROM audt_audit_logs WHERE chain_no >= ").bind(from);
    push_whose(&mut sql, scope, company);
    sql.push(" ORDER BY chain_no LIMIT ").bind(limit);
    links(scope, sql).await
}

/// Number and hash of a chain's end as its head has them.
#[boxed(?Send)]
pub async fn end(scope: &Scope) -> Result<Option<(i64, Vec<u8>)>> {
    let mut sql = Sql::new("SELECT last_no, last_hash FROM stream_heads WHERE stream = 'audit'");
    scope.push_own(&mut sql);
    let Some(row) = scope.raw_one(sql).await? else { return Ok(None) };
    let no: i64 = row.try_get("", "last_no").map_err(Error::internal)?;
    let hash: Option<Vec<u8>> = row.try_get("", "last_hash").map_err(Error::internal)?;
    Ok(hash.map(|hash| (no, hash)))
}

/// The companies that have a chain in this database, or copies of one.
#[boxed(?Send)]
pub async fn companies(db: &Database) -> Result<Vec<Uuid>> {
    let scope = db.read_for_all().await?;
    let rows = scope.raw_all(Sql::new(match db.realm() {
        Realm::Manager => "SELECT DISTINCT tenant_id FROM audt_audit_logs WHERE tenant_id IS NOT NULL",
        Realm::Tenant => "SELECT tenant_id FROM stream_heads WHERE stream = 'audit'",
    }));
    rows.await?.iter().map(|row| row.try_get("", "tenant_id").map_err(Error::internal)).collect()
}

/// The number up to which a company's rows were copied to the provider.
#[boxed(?Send)]
pub async fn last_copied(scope: &Scope, company: Uuid) -> Result<i64> {
    let mut sql = Sql::new("SELECT COALESCE(max(chain_no), 0) AS no FROM audt_audit_logs WHERE tenant_id = ");
    sql.bind(company);
    let row = scope.raw_one(sql).await?.ok_or_else(|| Error::internal("no maximum"))?;
    row.try_get("", "no").map_err(Error::internal)
}

/// Copies a company's chained rows into the provider's database; a row that is there stays.
#[boxed(?Send)]
pub async fn copy(tx: &Tx, company: Uuid, rows: &[Link]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("INSERT INTO audt_audit_logs (tenant_id, ");
    sql.push(&columns()).push(") VALUES ");
    for (i, row) in rows.iter().enumerate() {
        sql.push(if i > 0 { ", (" } else { "(" }).bind(company).push(", ").bind_all(row.values.iter().cloned());
        sql.push(", ").bind(row.no).push(", ").bind(row.previous.clone()).push(", ").bind(row.hash.clone()).push(")");
    }
    sql.push(" ON CONFLICT DO NOTHING");
    tx.raw_execute(sql).await?;
    tx.search_again("audt_audit_logs", &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await
}

/// A signed block as it is stored.
#[derive(Clone, Debug)]
pub struct BlockRow {
    pub block: Block,
    pub kid: String,
    pub signature: Vec<u8>,
}

/// The blocks of a company's chain, in order.
#[boxed(?Send)]
pub async fn blocks(scope: &Scope) -> Result<Vec<BlockRow>> {
    blocks_by(scope, " ORDER BY block_no").await
}

/// The last block of a company's chain.
#[boxed(?Send)]
pub async fn last_block(scope: &Scope) -> Result<Option<BlockRow>> {
    Ok(blocks_by(scope, " ORDER BY block_no DESC LIMIT 1").await?.pop())
}

async fn blocks_by(scope: &Scope, order: &str) -> Result<Vec<BlockRow>> {
    let mut sql = Sql::new(
        "SELECT block_no, first_no, last_no, root, last_hash, previous, kid, signature, created_at FROM audt_audit_blocks WHERE block_no > 0",
    );
    scope.push_own(&mut sql);
    sql.push(order);
    let company = scope.tenant().unwrap_or_default();
    let read = |row: &sea_orm::QueryResult| -> Result<BlockRow, sea_orm::DbErr> {
        Ok(BlockRow {
            block: Block {
                company,
                block_no: row.try_get("", "block_no")?,
                first_no: row.try_get("", "first_no")?,
                last_no: row.try_get("", "last_no")?,
                root: row.try_get("", "root")?,
                last_hash: row.try_get("", "last_hash")?,
                previous: row.try_get("", "previous")?,
                signed_at: row.try_get("", "created_at")?,
            },
            kid: row.try_get("", "kid")?,
            signature: row.try_get("", "signature")?,
        })
    };
    scope.raw_all(sql).await?.iter().map(|row| read(row).map_err(Error::internal)).collect()
}

/// The companies whose chain has grown since its last block.
#[boxed(?Send)]
pub async fn unsigned(db: &Database) -> Result<Vec<Option<Uuid>>> {
    let scope = db.read_for_all().await?;
    let (column, same) = match db.realm() {
        Realm::Manager => ("NULL AS tenant_id", ""),
        Realm::Tenant => ("a.tenant_id AS tenant_id", " AND b.tenant_id = a.tenant_id"),
    };
    let text = format!(
        "SELECT {column} FROM stream_heads a LEFT JOIN stream_heads b ON b.stream = 'blocks'{same} WHERE a.stream = 'audit' AND a.last_no > COALESCE(b.last_no, 0)"
    );
    stream::companies(db, &scope, Sql::new(&text)).await
}

/// Closes the rows since the last block into a new one, signed by `sign` (key id and signature
/// over [`Block::statement`]). `None`: nothing new.
pub async fn close_block(
    db: &Database,
    tenant: Option<Uuid>,
    sign: impl AsyncFn(&str) -> Result<(String, Vec<u8>)>,
) -> Result<Option<BlockRow>> {
    let cx = Context::system(db.realm(), tenant, "audit-chain");
    db.write(&cx, async |tx| {
        let head = tx.lock_head("blocks").await?;
        let rows = page(tx, None, head.last_no + 1, BLOCK).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        let hashes: Vec<Vec<u8>> = rows.iter().filter_map(|row| row.hash.clone()).collect();
        let mut sql = Sql::new("SELECT COALESCE(max(block_no), 0) AS no FROM audt_audit_blocks WHERE block_no > 0");
        tx.push_own(&mut sql);
        let before: i64 =
            tx.raw_one(sql).await?.and_then(|row| row.try_get("", "no").ok()).ok_or_else(|| Error::internal("no last block"))?;
        let block = Block {
            company: tenant.unwrap_or_default(),
            block_no: before + 1,
            first_no: head.last_no + 1,
            last_no: last.no.unwrap_or_default(),
            root: root(&hashes).to_vec(),
            last_hash: last.hash.clone().unwrap_or_default(),
            previous: head.last_hash.unwrap_or_else(|| FIRST.to_vec()),
            signed_at: tx.now(),
        };
        let (kid, signature) = sign(&block.statement()).await?;
        let mut sql = Sql::new("INSERT INTO audt_audit_blocks (id, tenant_id, block_no, first_no, last_no, root, last_hash, previous, kid, signature, created_at) VALUES (");
        sql.bind(new_id()).push(", ").bind(tenant).push(", ").bind(block.block_no).push(", ").bind(block.first_no).push(", ");
        sql.bind(block.last_no).push(", ").bind(block.root.clone()).push(", ").bind(block.last_hash.clone()).push(", ");
        sql.bind(block.previous.clone()).push(", ").bind(kid.clone()).push(", ").bind(signature.clone()).push(", ").bind(tx.now()).push(")");
        tx.raw_execute(sql).await?;
        tx.move_head("blocks", block.last_no, Some(block.hash().to_vec())).await?;
        Ok(Some(BlockRow { block, kid, signature }))
    })
    .await
}

/// A part of the chain that was let go.
#[derive(Clone, Copy, Debug)]
pub struct Purge {
    pub up_to_no: i64,
    pub before: Timestamp,
    pub created_at: Timestamp,
}

/// What was let go of a company's chain, the furthest first.
#[boxed(?Send)]
pub async fn purges(scope: &Scope, company: Option<Uuid>) -> Result<Vec<Purge>> {
    let mut sql = Sql::new("SELECT up_to_no, before, created_at FROM audt_purges WHERE up_to_no > 0");
    push_whose(&mut sql, scope, company);
    sql.push(" ORDER BY up_to_no DESC");
    let read = |row: &sea_orm::QueryResult| -> Result<Purge, sea_orm::DbErr> {
        Ok(Purge { up_to_no: row.try_get("", "up_to_no")?, before: row.try_get("", "before")?, created_at: row.try_get("", "created_at")? })
    };
    scope.raw_all(sql).await?.iter().map(|row| read(row).map_err(Error::internal)).collect()
}

/// Lets go of whole blocks of which every row is older than `before`. The blocks themselves
/// stay, so the rest of the chain can be verified. Answers up to which number, and how many rows.
#[boxed(?Send)]
pub async fn purge(tx: &Tx, company: Option<Uuid>, blocks: &[BlockRow], before: Timestamp, policy: &str) -> Result<Option<(i64, u64)>> {
    let mut sql = Sql::new("SELECT min(chain_no) AS first, min(CASE WHEN created_at >= ");
    sql.bind(before).push(" THEN chain_no END) AS young FROM audt_audit_logs WHERE chain_no IS NOT NULL");
    push_whose(&mut sql, tx, company);
    let row = tx.raw_one(sql).await?.ok_or_else(|| Error::internal("no minimum"))?;
    let get = |name: &str| row.try_get::<Option<i64>>("", name).map_err(Error::internal);
    let Some(first) = get("first")? else { return Ok(None) };
    let young = get("young")?.unwrap_or(i64::MAX);
    // the signature says when a block was sealed: only what was sealed before goes
    let old = blocks.iter().map(|row| &row.block).filter(|block| block.signed_at < before);
    let Some(up_to) = old.map(|block| block.last_no).filter(|last| *last >= first && *last < young).max() else {
        return Ok(None);
    };
    let mut count = Sql::new("SELECT count(*) AS n FROM audt_audit_logs WHERE chain_no <= ");
    count.bind(up_to);
    push_whose(&mut count, tx, company);
    let rows: i64 = tx.raw_one(count).await?.and_then(|row| row.try_get("", "n").ok()).unwrap_or_default();
    let mut sql = Sql::new("INSERT INTO audt_purges (id, tenant_id, up_to_no, before, rows, policy, created_at) VALUES (");
    sql.bind(new_id()).push(", ").bind(tx.tenant().or(company)).push(", ").bind(up_to).push(", ").bind(before).push(", ").bind(rows);
    sql.push(", ").bind(policy).push(", ").bind(tx.now()).push(")");
    tx.raw_execute(sql).await?;
    let mut sql = Sql::new("DELETE FROM audt_audit_logs WHERE chain_no <= ");
    sql.bind(up_to);
    push_whose(&mut sql, tx, company);
    Ok(Some((up_to, tx.raw_execute(sql).await?)))
}
