use crate::{
    AuditEntry, Columns, Context, Event, Scope, Sql, audit, columns_of, new_id, outbox,
    search::{KeptOf, Searched},
    values_of,
};
use kernel::{ActorKind, Error, Result, Timestamp, boxed};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityName, EntityTrait, QueryResult};
use std::{cell::RefCell, ops::Deref, sync::Arc};
use uuid::Uuid;

/// One row to insert.
#[derive(Clone, Debug)]
pub struct Insert<'a> {
    pub table: &'a str,
    /// What is set; id, company, version, who and when are filled in.
    pub values: Columns,
    /// The table's columns.
    pub returning: &'a [&'static str],
    /// Whether `no`, a running number of the company, is to be given.
    pub running_no: bool,
}

/// Appends a statement.
type Appending<'a> = Box<dyn FnOnce(&mut Sql) + 'a>;

/// A transaction: a [`Scope`] that may write, with the audit rows and events it will leave.
///
/// Only [`crate::Database::write`] makes one, and only it commits.
pub struct Tx {
    scope: Scope,
    context: Context,
    now: Timestamp,
    entries: RefCell<Vec<AuditEntry>>,
    events: RefCell<Vec<Event>>,
    pub(crate) kept: RefCell<Vec<KeptOf>>,
    pub(crate) searched: Arc<Searched>,
}

impl Deref for Tx {
    type Target = Scope;
    fn deref(&self) -> &Scope {
        &self.scope
    }
}

impl Tx {
    pub(crate) fn new(scope: Scope, context: Context, now: Timestamp, searched: Arc<Searched>) -> Self {
        Self { scope, context, now, entries: RefCell::default(), events: RefCell::default(), kept: RefCell::default(), searched }
    }

    /// The moment of this transaction: one for all its rows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Leaves a line in the audit, in this transaction.
    pub fn audit(&self, entry: AuditEntry) {
        self.entries.borrow_mut().push(entry);
    }

    /// Publishes a fact, in this transaction.
    pub fn publish(&self, event: Event) {
        self.events.borrow_mut().push(event);
    }

    /// Inserts a row; id, company, version, and who and when are filled in where not set.
    pub async fn insert<A: ActiveModelTrait>(&self, model: &A) -> Result<<A::Entity as EntityTrait>::Model> {
        let row = self.insert_row(A::Entity::default().table_name(), values_of(model), &columns_of::<A::Entity>()).await?;
        self.decode(&row)
    }

    /// Changes the row `id`: the version goes up, who and when are noted. `None`: there is no such row.
    pub async fn update<A: ActiveModelTrait>(&self, id: Uuid, model: &A) -> Result<Option<<A::Entity as EntityTrait>::Model>> {
        let row = self.update_row(A::Entity::default().table_name(), id, values_of(model), &columns_of::<A::Entity>()).await?;
        row.map(|row| self.decode(&row)).transpose()
    }

    /// [`Tx::insert`] without the types.
    #[boxed(?Send)]
    pub async fn insert_row(&self, table: &str, values: Columns, returning: &[&'static str]) -> Result<QueryResult> {
        self.insert_numbered(&Insert { table, values, returning, running_no: false }).await
    }

    /// Inserts rows of one table, as many in a statement as set the same columns; running numbers are given in their order.
    #[boxed(?Send)]
    pub async fn insert_rows(
        &self,
        table: &str,
        rows: Vec<Columns>,
        returning: &[&'static str],
        running_no: bool,
    ) -> Result<Vec<QueryResult>> {
        // what both databases take in one statement
        const PARAMETERS: usize = 30_000;
        let count = i64::try_from(rows.len()).map_err(Error::internal)?;
        let before = if running_no { self.last_of_next(table, count).await? - count } else { 0 };
        let numbered = rows.into_iter().zip(before + 1..).map(|(mut values, no)| {
            if running_no {
                values.push(("no", no.into()));
            }
            self.completed(values, returning)
        });
        let rows: Vec<Columns> = numbered.collect();
        let names = |row: &Columns| row.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let mut made = Vec::with_capacity(rows.len());
        for alike in rows.chunk_by(|one, other| names(one) == names(other)) {
            for part in alike.chunks(PARAMETERS / alike.first().map_or(1, Vec::len).max(1)) {
                let mut sql = Sql::new("INSERT INTO ");
                sql.push(table).push(" (").push(&part.first().map(names).unwrap_or_default().join(", ")).push(") VALUES ");
                for (i, row) in part.iter().enumerate() {
                    sql.push(if i > 0 { ", (" } else { "(" }).bind_all(row.iter().map(|(_, value)| value.clone())).push(")");
                }
                sql.push(" RETURNING ").push(&returning.join(", "));
                made.extend(self.raw_all(sql).await?);
            }
        }
        self.keep_of_rows(table, &made).await?;
        Ok(made)
    }

    fn completed(&self, mut values: Columns, columns: &[&'static str]) -> Columns {
        fold_keys(&mut values, columns);
        stamp(&mut values, columns, &self.context, self.now);
        values
    }

    /// Inserts a row, with its running number where it has one.
    #[boxed(?Send)]
    pub async fn insert_numbered(&self, insert: &Insert<'_>) -> Result<QueryResult> {
        let mut sql = Sql::default();
        if insert.running_no {
            let mut values = insert.values.clone();
            values.push(("no", self.next_number(insert.table, "").await?.into()));
            self.insert_into(&mut sql, &Insert { values, running_no: false, ..*insert });
        } else {
            self.insert_into(&mut sql, insert);
        }
        let row = self.raw_one(sql).await?.ok_or_else(|| self.explain(DbErr::RecordNotInserted))?;
        self.keep_of_rows(insert.table, std::slice::from_ref(&row)).await?;
        Ok(row)
    }

    /// Writes the audit rows and events that are collected so far: for work of many rows in one transaction.
    #[boxed(?Send)]
    pub async fn flush(&self) -> Result<()> {
        self.record_traces().await.map(|_| ())
    }

    /// Appends the INSERT of a row; a running number is taken from `number`, a part of the
    /// statement that counts up.
    pub(crate) fn insert_into(&self, sql: &mut Sql, insert: &Insert<'_>) {
        let values = self.completed(insert.values.clone(), insert.returning);
        sql.push("INSERT INTO ").push(insert.table).push(" (");
        for (i, (column, _)) in values.iter().enumerate() {
            sql.push(if i > 0 { ", " } else { "" }).push(column);
        }
        sql.push(if insert.running_no { ", no) VALUES (" } else { ") VALUES (" });
        sql.bind_all(values.into_iter().map(|(_, value)| value));
        sql.push(if insert.running_no { ", (SELECT last_no FROM number))" } else { ")" });
        sql.push(" RETURNING ").push(&insert.returning.join(", "));
    }

    /// [`Tx::update`] without the types.
    #[boxed(?Send)]
    pub async fn update_row(&self, table: &str, id: Uuid, values: Columns, returning: &[&'static str]) -> Result<Option<QueryResult>> {
        self.update_row_after(Sql::default(), table, id, values, returning).await
    }

    /// [`Tx::update_row`] in one round trip with what is to be done before it: `sql` is empty, or (on PostgreSQL) a `WITH …` of which a
    /// part called `first` answers what it touched.
    #[boxed(?Send)]
    pub async fn update_row_after(
        &self,
        mut sql: Sql,
        table: &str,
        id: Uuid,
        mut values: Columns,
        returning: &[&'static str],
    ) -> Result<Option<QueryResult>> {
        let is_alone = sql.text().is_empty();
        let fill = |values: &mut Columns, name: &'static str, value: sea_orm::Value| {
            if returning.contains(&name) && !values.iter().any(|(column, _)| *column == name) {
                values.push((name, value));
            }
        };
        let is_searched = self.is_searched_by(table, &values);
        fold_keys(&mut values, returning);
        fill(&mut values, "updated_at", self.now.into());
        fill(&mut values, "updated_by", self.context.actor.id.into());
        sql.push("UPDATE ").push(table).push(" SET ");
        for (i, (column, value)) in values.into_iter().enumerate() {
            sql.push(if i > 0 { ", " } else { "" }).push(column).push(" = ").bind(value);
        }
        if returning.contains(&"row_version") {
            sql.push(", row_version = row_version + 1");
        }
        sql.push(" WHERE id = ").bind(id);
        if returning.contains(&"tenant_id")
            && let Some(tenant) = self.tenant()
        {
            sql.push(" AND tenant_id = ").bind(tenant);
        }
        // a part nobody asks is done last, and one that is asked for a row only as far as that
        sql.push(if is_alone { "" } else { " AND (SELECT count(*) FROM first) > 0" });
        sql.push(" RETURNING ").push(&returning.join(", "));
        let row = self.raw_one(sql).await?;
        if let Some(row) = row.as_ref().filter(|_| is_searched) {
            self.keep_of_rows(table, std::slice::from_ref(row)).await?;
        }
        Ok(row)
    }

    /// Audit rows, outbox rows and the texts for searching, in one statement each (all together on PostgreSQL). Answers whether there is
    /// news for consumers.
    #[boxed(?Send)]
    pub(crate) async fn record_traces(&self) -> Result<bool> {
        let entries = self.entries.take();
        let mut events = self.events.take();
        if events.is_empty()
            && let Some(entry) = entries.first()
        {
            // the consumers of events are how an audit row gets into its chain
            events.push(Event::recorded(entry, &self.context));
        }
        let is_news = !events.is_empty();
        let mut inserts: Vec<Appending<'_>> = Vec::new();
        for (table, rows) in self.take_kept() {
            inserts.push(Box::new(move |sql| self.push_keep(sql, &table, &rows)));
        }
        if !entries.is_empty() {
            inserts.push(Box::new(move |sql| audit::insert(sql, &self.context, self.now, &entries)));
        }
        if is_news {
            inserts.push(Box::new(|sql| outbox::insert(sql, &self.context, self.now, events)));
        }
        if self.is_postgres() {
            self.insert_together(inserts).await?;
        } else {
            for insert in inserts {
                let mut sql = Sql::default();
                insert(&mut sql);
                self.raw_execute(sql).await?;
            }
        }
        Ok(is_news)
    }

    /// Several INSERTs as one statement.
    async fn insert_together(&self, mut inserts: Vec<Appending<'_>>) -> Result<()> {
        let Some(last) = inserts.pop() else { return Ok(()) };
        let mut sql = Sql::default();
        for (i, insert) in inserts.into_iter().enumerate() {
            sql.push(if i > 0 { ", " } else { "WITH " }).push(&format!("part{i} AS ("));
            insert(&mut sql);
            sql.push(")");
        }
        sql.push(" ");
        last(&mut sql);
        self.raw_execute(sql).await.map(|_| ())
    }

    /// Tries a part of the transaction: when it fails, its rows, audit rows and events are
    /// undone and the rest can go on.
    pub async fn attempt<T>(&self, part: impl AsyncFnOnce() -> Result<T>) -> Result<T> {
        let (entries, events, kept) = (self.entries.borrow().len(), self.events.borrow().len(), self.kept.borrow().len());
        self.raw_script("SAVEPOINT part").await?;
        let done = part().await;
        match &done {
            Ok(_) => self.raw_script("RELEASE SAVEPOINT part").await?,
            Err(error) if error.is_transient() => {}
            Err(_) => {
                // a savepoint outlives the return to it, and would be taken for that of the part around this one
                self.raw_script("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part").await?;
                self.entries.borrow_mut().truncate(entries);
                self.events.borrow_mut().truncate(events);
                self.kept.borrow_mut().truncate(kept);
            }
        }
        done
    }

    #[boxed(?Send)]
    pub(crate) async fn begin(&self) -> Result<()> {
        let unhurried = self.context.actor.kind == ActorKind::System;
        self.scope.conn.begin(unhurried).await.map_err(|e| self.explain(e))
    }

    /// Whoever only tries something gives way to those who do it: it waits for no lock longer than a moment.
    #[boxed(?Send)]
    pub(crate) async fn wait_briefly(&self) -> Result<()> {
        if self.is_postgres() {
            self.raw_script("SET LOCAL lock_timeout = '300ms'").await?;
        }
        Ok(())
    }

    #[boxed(?Send)]
    pub(crate) async fn commit(&self) -> Result<()> {
        self.scope.conn.end("COMMIT").await.map_err(|e| self.explain_last(e))
    }

    /// On failure the connection is closed with the transaction in it, which rolls back too.
    #[boxed(?Send)]
    pub(crate) async fn rollback(&self) {
        if let Err(cause) = self.scope.conn.end("ROLLBACK").await {
            tracing::debug!(%cause, "rollback failed; the connection is dropped");
        }
    }

    async fn raw_script(&self, sql: &str) -> Result<()> {
        self.scope.conn.execute_unprepared(sql).await.map(|_| ()).map_err(|e| self.explain(e))
    }
}

/// What `<column>_key` holds of a text: the business key folded for comparison. An approval number (승인번호) is 24 letters and digits,
/// and what parts them is up to whoever writes it: hyphens mostly, or blanks, dots, slashes. It has none of them there; in any other key
/// a hyphen counts.
#[must_use]
pub fn folded_key(column: &str, text: &str) -> String {
    let key = kernel::business_key(text);
    if column != "approval_no" {
        return key;
    }
    let bare: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
    // a text of signs only is no number, and not the same as any other
    if bare.is_empty() { key } else { bare }
}

/// Where a table has `<column>_key` beside a text column, it holds the text folded for
/// comparison ([`folded_key`]). Folded here, because no database knows Unicode's compatibility form in the same way. `<column>_e164` holds a
/// telephone number as it is dialled from anywhere.
fn fold_keys(values: &mut Columns, columns: &[&'static str]) {
    for column in columns {
        let (source, is_number) = match (column.strip_suffix("_key"), column.strip_suffix("_e164")) {
            (Some(source), _) => (source, false),
            (None, Some(source)) => (source, true),
            (None, None) => continue,
        };
        let Some((_, sea_orm::Value::String(text))) = values.iter().find(|(name, _)| *name == source) else { continue };
        let made = text.as_deref().and_then(|text| {
            if is_number { kernel::Phone::parse(text).ok().and_then(|number| number.e164()) } else { Some(folded_key(source, text)) }
        });
        values.retain(|(name, _)| name != column);
        values.push((column, sea_orm::Value::String(made)));
    }
}

/// Fills in the standard columns of a new row where the table has them and they are not set.
fn stamp(values: &mut Columns, columns: &[&'static str], cx: &Context, now: Timestamp) {
    let mut fill = |name: &'static str, value: sea_orm::Value| {
        if columns.contains(&name) && !values.iter().any(|(column, _)| *column == name) {
            values.push((name, value));
        }
    };
    fill("id", new_id().into());
    if let Some(tenant) = cx.tenant {
        fill("tenant_id", tenant.into());
    }
    fill("row_version", 1_i64.into());
    fill("created_at", now.into());
    fill("created_by", cx.actor.id.into());
}

#[cfg(test)]
mod tests {
    use super::folded_key;

    #[test]
    fn an_approval_number_is_its_letters_and_digits() {
        for same in [
            "20260310-41000012-abc12345",
            "20260310 41000012 ABC12345",
            "20260310.41000012/abc_12345",
            "２０２６０３１０－41000012abc12345",
        ] {
            assert_eq!(folded_key("approval_no", same), "2026031041000012abc12345", "{same}");
        }
        assert_ne!(folded_key("approval_no", "--"), folded_key("approval_no", "//"));
        assert_eq!(folded_key("vendor_invoice_no", "INV-1/2"), "inv-1/2");
    }
}
