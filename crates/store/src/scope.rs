use crate::{
    Catalog, Sql,
    conn::Conn,
    failure::{answered, explain},
};
use kernel::{Error, Result, boxed};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait, Select, Statement,
    sea_query::{self, LockType},
};
use std::sync::Arc;
use uuid::Uuid;

/// The rows one caller may see: a connection together with the company it speaks for.
///
/// Deliberately not a SeaORM connection. [`Scope::find`] carries the company's filter.
pub struct Scope {
    pub(crate) conn: Conn,
    tenant: Option<Uuid>,
    catalog: Arc<Catalog>,
}

impl Scope {
    pub(crate) fn new(conn: Conn, tenant: Option<Uuid>, catalog: Arc<Catalog>) -> Self {
        Self { conn, tenant, catalog }
    }

    /// The company, on the tenant side.
    #[must_use]
    pub fn tenant(&self) -> Option<Uuid> {
        self.tenant
    }

    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    /// The rows of `E` this scope may see, deleted ones left out where the table knows deletion.
    pub fn find<E: EntityTrait>(&self) -> Find<'_, E> {
        let mut find = self.find_ever::<E>();
        if let Some(column) = E::Column::iter().find(|column| column.as_str() == "deleted_at") {
            find.select = find.select.filter(column.is_null());
        }
        find
    }

    /// Those and the deleted ones: for what was there once.
    pub fn find_ever<E: EntityTrait>(&self) -> Find<'_, E> {
        let mut select = E::find();
        if let Some(tenant) = self.tenant
            && let Some(column) = E::Column::iter().find(|column| column.as_str() == "tenant_id")
        {
            select = select.filter(column.eq(tenant));
        }
        Find { select, scope: self }
    }

    fn backend(&self) -> DbBackend {
        self.conn.get_database_backend()
    }

    #[boxed(?Send)]
    async fn rows_of(&self, statement: Statement) -> Result<Vec<QueryResult>> {
        self.conn.query_all_raw(statement).await.map_err(|e| self.explain(e))
    }

    pub(crate) fn decode<M: FromQueryResult>(&self, row: &QueryResult) -> Result<M> {
        M::from_query_result(row, "").map_err(|e| self.explain(e))
    }

    /// Rows of a statement of the generic code, which carries the filter itself. Not for domains.
    #[boxed(?Send)]
    pub async fn raw_all(&self, sql: Sql) -> Result<Vec<QueryResult>> {
        let statement = sql.into_statement(self.backend());
        self.conn.query_all_raw(statement).await.map_err(|e| self.explain(e))
    }

    /// See [`Scope::raw_all`].
    #[boxed(?Send)]
    pub async fn raw_one(&self, sql: Sql) -> Result<Option<QueryResult>> {
        let statement = sql.into_statement(self.backend());
        self.conn.query_one_raw(statement).await.map_err(|e| self.explain(e))
    }

    /// See [`Scope::raw_all`]; answers how many rows it touched.
    #[boxed(?Send)]
    pub async fn raw_execute(&self, sql: Sql) -> Result<u64> {
        let statement = sql.into_statement(self.backend());
        self.conn.execute_raw(statement).await.map(|done| done.rows_affected()).map_err(|e| self.explain(e))
    }

    /// The statement that is its own transaction: without an answer nobody knows whether it
    /// was committed, so it is not run again.
    #[boxed(?Send)]
    pub(crate) async fn last_one(&self, sql: Sql) -> Result<Option<QueryResult>> {
        let statement = sql.into_statement(self.backend());
        self.conn.query_one_raw(statement).await.map_err(|e| self.explain_last(e))
    }

    pub(crate) fn explain_last(&self, error: sea_orm::DbErr) -> Error {
        if answered(&error) { self.explain(error) } else { Error::unavailable(error) }
    }

    pub(crate) fn explain(&self, error: sea_orm::DbErr) -> Error {
        explain(error, &self.catalog)
    }
}

/// A SELECT that carries the company's filter. Made by [`Scope::find`] only; takes further
/// conditions like any SeaORM query.
pub struct Find<'s, E: EntityTrait> {
    select: Select<E>,
    scope: &'s Scope,
}

impl<E: EntityTrait> QueryFilter for Find<'_, E> {
    type QueryStatement = sea_query::SelectStatement;
    fn query(&mut self) -> &mut Self::QueryStatement {
        QueryFilter::query(&mut self.select)
    }
}

impl<E: EntityTrait> QueryOrder for Find<'_, E> {
    type QueryStatement = sea_query::SelectStatement;
    fn query(&mut self) -> &mut Self::QueryStatement {
        QueryOrder::query(&mut self.select)
    }
}

impl<E: EntityTrait> QuerySelect for Find<'_, E> {
    type QueryStatement = sea_query::SelectStatement;
    fn query(&mut self) -> &mut Self::QueryStatement {
        QuerySelect::query(&mut self.select)
    }
}

impl<E: EntityTrait> Find<'_, E> {
    /// Locks what it finds until the end of the transaction, in the order of the rows' ids
    /// where several are locked. (SQLite has one writer; there it changes nothing.)
    #[must_use]
    pub fn for_update(mut self) -> Self {
        if self.scope.is_postgres() {
            QuerySelect::query(&mut self.select).lock(LockType::Update);
        }
        self
    }

    /// [`Find::for_update`] beside those who refer to the row: nobody else changes it meanwhile, and a transaction that refers to it
    /// already, as others do, does not wait for them while they wait for it.
    #[must_use]
    pub fn for_no_key_update(mut self) -> Self {
        if self.scope.is_postgres() {
            QuerySelect::query(&mut self.select).lock(LockType::NoKeyUpdate);
        }
        self
    }

    pub async fn one(self) -> Result<Option<E::Model>> {
        let found = self.scope.rows_of(QueryTrait::build(&self.select.limit(1), self.scope.backend())).await?;
        found.first().map(|row| self.scope.decode(row)).transpose()
    }

    pub async fn all(self) -> Result<Vec<E::Model>> {
        let found = self.scope.rows_of(QueryTrait::build(&self.select, self.scope.backend())).await?;
        found.iter().map(|row| self.scope.decode(row)).collect()
    }

    /// What it selects where that is not the entity's columns: counts, sums.
    pub async fn all_as<T: FromQueryResult>(self) -> Result<Vec<T>> {
        let found = self.scope.rows_of(QueryTrait::build(&self.select, self.scope.backend())).await?;
        found.iter().map(|row| self.scope.decode(row)).collect()
    }
}
