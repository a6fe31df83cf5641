//! All that happened with a customer, in one list: each domain's part is a [`Source`], a line of [`SOURCES`].
//!
//! It stands here because its sources are of `crm` and of `fim`, and `crm` may not import `fim`.
//!
//! It is asked of the tables themselves, in one statement: so it shows what was committed a moment ago, and nothing has to be kept
//! beside them. Each source brings its newest rows by an index that begins with the customer, and of those the newest are taken.

use auth::{Allowed, Door};
use crm::{Activities, Contacts, Customers, Opportunities, partner};
use envelope::{Api, Query, Reply, RowId, web};
use fim::{Invoices, Payments};
use kernel::{Error, Money, Permission, PermissionKey, Result, Timestamp};
use paperclip::{
    actix::{Apiv2Schema, api_v2_operation},
    v2::models::{DataType, DefaultSchemaRaw},
};
use resource::Read;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Scope, Sql};
use uuid::Uuid;

/// What a domain knows of a customer, as parts of a SELECT. What stands here is code, never anything a caller sent.
struct Source {
    /// Who lacks it does not see this part.
    permission: PermissionKey,
    /// Tables with their conditions; the first is called `s`.
    from: &'static str,
    /// The column that holds the customer.
    whose: &'static str,
    /// That column is a text.
    by_text: bool,
    kind: &'static str,
    at: &'static str,
    by: &'static str,
    /// What to open.
    subject: &'static str,
    title: &'static str,
    code: &'static str,
    what: &'static str,
    was: &'static str,
    becomes: &'static str,
    amount: &'static str,
    currency: &'static str,
    changes: &'static str,
}

const NO_TEXT: &str = "CAST(NULL AS text)";

/// What most of them say.
const PLAIN: Source = Source {
    permission: Read::<Customers>::KEY,
    from: "",
    whose: "s.partner_id",
    by_text: false,
    kind: "",
    at: "s.created_at",
    by: "s.created_by",
    subject: "s.id",
    title: NO_TEXT,
    code: NO_TEXT,
    what: NO_TEXT,
    was: NO_TEXT,
    becomes: NO_TEXT,
    amount: "CAST(NULL AS bigint)",
    currency: NO_TEXT,
    changes: "CAST(NULL AS jsonb)",
};

/// A domain that knows something of customers adds a line.
const SOURCES: [Source; 6] = [
    Source {
        permission: Read::<Opportunities>::KEY,
        from: "crm_opportunity_stages s JOIN crm_opportunities o ON o.tenant_id = s.tenant_id AND o.id = s.opportunity_id AND o.deleted_at IS NULL",
        whose: "o.partner_id",
        kind: "CASE WHEN s.from_stage IS NULL THEN 'crm.opportunity.created' WHEN s.stage IN ('WON', 'LOST', 'CANCELLED') \
               THEN 'crm.opportunity.' || lower(s.stage) WHEN s.from_stage IN ('LOST', 'CANCELLED') THEN 'crm.opportunity.reopened' \
               ELSE 'crm.opportunity.moved' END",
        at: "s.entered_at",
        by: "s.entered_by",
        subject: "o.id",
        title: "o.name",
        code: "o.code",
        was: "s.from_stage",
        becomes: "s.stage",
        amount: "o.amount",
        currency: "o.currency",
        ..PLAIN
    },
    Source {
        permission: Read::<Activities>::KEY,
        from: "crm_activities s",
        kind: "'crm.activity.' || lower(s.status)",
        at: "s.starts_at",
        by: "s.owner_id",
        title: "s.subject",
        what: "s.activity_type",
        becomes: "s.outcome",
        ..PLAIN
    },
    Source {
        permission: Read::<Contacts>::KEY,
        from: "crm_partner_contacts s",
        kind: "'crm.contact.created'",
        title: "s.contact_name",
        what: "s.contact_type",
        ..PLAIN
    },
    // what was invoiced to them, and what they paid or were paid back: when it was posted
    Source {
        permission: Read::<Invoices>::KEY,
        from: "fim_tax_invoices s JOIN fim_journal_entries e ON e.tenant_id = s.tenant_id AND e.id = s.je_id AND s.direction = 'SALES' AND s.deleted_at IS NULL",
        kind: "CASE WHEN s.status = 'CANCELLED' THEN 'fim.invoice.cancelled' ELSE 'fim.invoice.issued' END",
        at: "CASE WHEN s.status = 'CANCELLED' THEN s.cancelled_at ELSE e.posted_at END",
        by: "CASE WHEN s.status = 'CANCELLED' THEN s.updated_by ELSE e.posted_by END",
        code: "s.invoice_no",
        what: "s.invoice_type",
        amount: "s.total_amount",
        currency: "s.currency_code",
        ..PLAIN
    },
    Source {
        permission: Read::<Payments>::KEY,
        from: "fim_payment_transactions s JOIN fim_journal_entries e ON e.tenant_id = s.tenant_id AND e.id = s.je_id AND s.deleted_at IS NULL",
        kind: "'fim.payment.' || lower(s.status)",
        at: "s.completed_at",
        by: "e.posted_by",
        code: "s.transaction_code",
        what: "s.transaction_type",
        amount: "s.amount",
        currency: "s.currency",
        ..PLAIN
    },
    // the audit knows what was changed; an index of its own over the customers' rows makes it cheap to ask
    Source {
        from: "audt_audit_logs s",
        whose: "s.target = 'crm.customers' AND s.result = 'SUCCESS' AND (s.action_performed <> 'UPDATE' OR {matters}) AND s.resource_id",
        by_text: true,
        kind: "CASE s.action_performed WHEN 'CREATE' THEN 'crm.customer.created' WHEN 'UPDATE' THEN 'crm.customer.updated' \
               ELSE replace(s.description, 'crm.customers.', 'crm.customer.') || CASE WHEN s.description LIKE '%e' THEN 'd' ELSE 'ed' END \
               END",
        by: "s.user_id",
        subject: "CAST(NULL AS uuid)",
        changes: "s.extra_data",
        ..PLAIN
    },
];

/// A change of one of these matters to who looks at the customer's story; of others nobody asks.
const MATTERS: [&str; 10] =
    ["name", "type", "status", "biz_no", "ceo_name", "credit_limit", "payment_terms", "currency_code", "address1", "merged_into_id"];

/// What was before and after.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Changes(Value);

impl paperclip::v2::schema::Apiv2Schema for Changes {
    fn raw_schema() -> DefaultSchemaRaw {
        let example = json!({"before": {"status": "ACTIVE"}, "after": {"status": "SUSPENDED"}});
        kernel::schema::with_keywords(DataType::Object, &json!({}), example)
    }
}

/// Something that happened with a customer.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct TimelineEntry {
    /// 종류 | Kind
    ///
    /// `crm.opportunity.won`, `crm.activity.completed`, `crm.contact.created`, `crm.customer.updated`, `fim.invoice.issued`,
    /// `fim.payment.completed` …
    pub kind: String,
    /// 일시 | At
    pub at: Timestamp,
    /// 처리자 | By
    ///
    /// Who did it, or is to do it.
    pub by: Option<Uuid>,
    /// ID | ID
    ///
    /// The row to open: the opportunity, the activity, the contact, the customer, the invoice, the payment.
    pub id: Uuid,
    /// 제목 | Title
    pub title: Option<String>,
    /// 코드 | Code
    pub code: Option<String>,
    /// 세부 종류 | Type
    ///
    /// Which of its kind: the type of an activity, a contact, an invoice, a payment.
    #[serde(rename = "type")]
    pub what: Option<String>,
    /// 이전 | From
    ///
    /// Where it came from: the stage before.
    pub from: Option<String>,
    /// 이후 | To
    ///
    /// Where it went: the stage, the outcome.
    pub to: Option<String>,
    /// 금액 | Amount
    pub amount: Option<Money>,
    /// 통화 | Currency
    pub currency: Option<String>,
    /// 변경 내용 | Changes
    ///
    /// Of a customer that was changed.
    pub changes: Option<Changes>,
}

/// Newest first; what is planned stands before what was.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct CustomerTimeline {
    /// 이력 | Entries
    pub items: Vec<TimelineEntry>,
    /// 쪽당 행 수 | Rows per page
    pub page_size: i64,
    /// 다음 쪽 표시 | Next cursor
    ///
    /// `cursor` of the next page; null at the end.
    pub next_cursor: Option<String>,
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct TimelineQuery {
    /// 다음 쪽 표시 | Cursor
    ///
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// 쪽당 행 수 | Rows per page
    ///
    /// 1 to 100; 20 when left out.
    pub page_size: Option<i64>,
}

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    row_id: Uuid,
    at: Timestamp,
    by: Option<Uuid>,
    subject: Option<Uuid>,
    title: Option<String>,
    code: Option<String>,
    what: Option<String>,
    was: Option<String>,
    becomes: Option<String>,
    amount: Option<Money>,
    currency: Option<String>,
    changes: Option<Value>,
}

/// The moment and the row of the last entry that was answered.
type Cursor = (Timestamp, Uuid);

fn cursor_of(cursor: &str) -> Result<Cursor> {
    let read = || {
        let (micros, id) = cursor.split_once('_')?;
        Some((Timestamp::from_unix_micros(micros.parse().ok()?)?, Uuid::try_parse(id).ok()?))
    };
    read().ok_or_else(|| Error::field("cursor", "cursor", "이 목록의 커서가 아닙니다.", "is not a cursor of this list"))
}

fn push(sql: &mut Sql, source: &Source, tenant: Uuid, customer: Uuid, after: Option<Cursor>, size: i64) {
    let matters: Vec<String> = MATTERS.iter().map(|field| format!("CAST(s.extra_data AS text) LIKE '%\"{field}\":%'")).collect();
    let columns = [
        (source.kind, "kind"),
        ("s.id", "row_id"),
        (source.at, "at"),
        (source.by, "by"),
        (source.subject, "subject"),
        (source.title, "title"),
        (source.code, "code"),
        (source.what, "what"),
        (source.was, "was"),
        (source.becomes, "becomes"),
        (source.amount, "amount"),
        (source.currency, "currency"),
        (source.changes, "changes"),
    ];
    let columns: Vec<String> = columns.iter().map(|(value, name)| format!("{value} AS \"{name}\"")).collect();
    sql.push("SELECT * FROM (SELECT ").push(&columns.join(", ")).push(" FROM ").push(source.from);
    sql.push(" WHERE s.tenant_id = ")
        .bind(tenant)
        .push(" AND ")
        .push(&source.whose.replace("{matters}", &matters.join(" OR ")))
        .push(" = ");
    if source.by_text {
        sql.bind(customer.to_string());
    } else {
        sql.bind(customer).push(if source.from.contains(" JOIN ") { "" } else { " AND s.deleted_at IS NULL" });
    }
    if let Some((at, id)) = after {
        sql.push(" AND (").push(source.at).push(", s.id) < (").bind(at).push(", ").bind(id).push(")");
    }
    sql.push(" ORDER BY ").push(source.at).push(" DESC, s.id DESC LIMIT ").push(&size.to_string()).push(") AS part");
}

/// The newest entries after a cursor, of the sources the caller may see.
async fn newest(door: &Door, scope: &Scope, customer: Uuid, after: Option<Cursor>, size: i64) -> Result<Vec<Row>> {
    let tenant = door.tenant()?.id;
    let mut sql = Sql::default();
    let seen = SOURCES.iter().filter(|source| door.principal().rights.cover(source.permission));
    for (at, source) in seen.enumerate() {
        sql.push(if at > 0 { " UNION ALL " } else { "" });
        push(&mut sql, source, tenant, customer, after, size);
    }
    sql.push(" ORDER BY \"at\" DESC, row_id DESC LIMIT ").push(&size.to_string());
    scope.raw_all(sql).await?.iter().map(|row| Row::from_query_result(row, "").map_err(Error::internal)).collect()
}

/// All that happened with one customer, newest first
///
/// Only what the caller may read is in it. `next_cursor` of a page is the `cursor` of the next request.
#[api_v2_operation]
pub async fn timeline(cx: Allowed<Read<Customers>>, id: RowId, query: Query<TimelineQuery>) -> Api<CustomerTimeline> {
    let size = query.0.page_size.unwrap_or(20);
    if !(1..=100).contains(&size) {
        return Err(Error::field("page_size", "range", "1 이상 100 이하의 정수여야 합니다.", "must be a whole number from 1 to 100").into());
    }
    let after = query.0.cursor.as_deref().map(cursor_of).transpose()?;
    let scope = cx.read().await?;
    let sold_to = partner::Column::Type.is_in([partner::PartnerType::Customer, partner::PartnerType::Both]);
    let found = scope.find::<partner::Entity>().filter(partner::Column::Id.eq(*id)).filter(sold_to).one().await?;
    found.ok_or_else(Error::not_found)?;
    // one more than asked for: is there a next page?
    let mut rows = newest(&cx, &scope, *id, after, size + 1).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|found| found > size);
    if more {
        rows.pop();
    }
    let next_cursor = rows.last().filter(|_| more).map(|row| format!("{}_{}", row.at.unix_micros(), row.row_id));
    let items = rows
        .into_iter()
        .map(|row| TimelineEntry {
            kind: row.kind,
            at: row.at,
            by: row.by,
            id: row.subject.unwrap_or(*id),
            title: row.title,
            code: row.code,
            what: row.what,
            from: row.was,
            to: row.becomes,
            amount: row.amount,
            currency: row.currency,
            changes: row.changes.map(Changes),
        })
        .collect();
    Ok(Reply::new(&CustomerTimeline { items, page_size: size, next_cursor })?)
}

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/crm/customers/{id}/timeline").route(web::get().to(timeline)));
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, Uuid, cursor_of};

    #[test]
    fn a_cursor_is_a_moment_and_a_row() {
        let (at, id) = (Timestamp::parse("2026-11-22T06:00:00.123456Z").unwrap(), Uuid::max());
        assert_eq!(cursor_of(&format!("{}_{id}", at.unix_micros())).unwrap(), (at, id));
        for wrong in ["", "_", "1_", "x_00000000-0000-0000-0000-000000000000", "1_2_3", "99999999999999999999_x"] {
            assert!(cursor_of(wrong).is_err(), "{wrong}");
        }
    }
}
