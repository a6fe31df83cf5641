//! From a file that was sent to a batch that waits.

use super::{
    batch::{ActiveModel, Batch, Column, Entity, Heading, Headings, Mode, OnDuplicate, State},
    cell::{self, Labels},
    rows::Line,
    sheet,
};
use crate::{Spec, rules};
use auth::Door;
use envelope::{Answer, Upload, off_the_workers};
use kernel::{Error, FieldError, Message, Result, boxed, search::fold};
use paperclip::actix::Apiv2Schema;
use sea_orm::{ActiveValue::Set, Condition, QueryFilter, entity::prelude::*};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeSet, HashSet};
use store::{Action, AuditEntry, Event, Sql, Tx, new_id};

/// Rows dealt with in one transaction.
pub(super) const CHUNK: usize = 500;
/// Rows that are taken all or not at all: they are one transaction, and others wait for it.
pub(super) const WHOLE: usize = 10_000;
/// Chunks written by one statement.
const TOGETHER: usize = 20;

#[derive(Clone, Copy, Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "snake_case")]
#[openapi(rename = "ImportModeParameter")]
pub enum ModeWord {
    #[default]
    GoodRows,
    AllOrNothing,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "snake_case")]
#[openapi(rename = "ImportOnDuplicateParameter")]
pub enum DuplicateWord {
    #[default]
    Error,
    Update,
    Skip,
}

#[derive(Clone, Debug, Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct ImportQuery {
    /// 시험 실행 | Dry run
    ///
    /// true: everything is checked, nothing is written.
    pub dry_run: Option<bool>,
    /// 방식 | Mode
    ///
    /// good_rows (default): bad rows are left out. all_or_nothing: at most 10,000 rows.
    pub mode: Option<ModeWord>,
    /// 중복 처리 | On duplicates
    ///
    /// What becomes of a row whose business key is there already: error (default), update (empty cells leave a field as it is) or skip.
    pub on_duplicate: Option<DuplicateWord>,
    /// 다시 가져오기 | Import again
    ///
    /// true: take a file that was imported before.
    pub repeat: Option<bool>,
}

impl ImportQuery {
    pub(super) fn on_duplicate(&self) -> OnDuplicate {
        match self.on_duplicate.unwrap_or_default() {
            DuplicateWord::Error => OnDuplicate::Error,
            DuplicateWord::Update => OnDuplicate::Update,
            DuplicateWord::Skip => OnDuplicate::Skip,
        }
    }
}

/// Which column is which field; everything wrong with a heading at once.
fn headings(spec: &Spec, heading: &[String]) -> Result<Vec<Heading>> {
    let schema = (spec.create_schema)()?;
    let labels = Labels::of(spec);
    let mut errors = Vec::new();
    let mut wrong = |heading: &str, rule: &str, ko: String, en: String| {
        errors.push(FieldError::new(heading.to_owned(), rule, Message::new(ko, en)));
    };
    let mut columns = Vec::new();
    let mut taken = BTreeSet::new();
    for heading in heading {
        let heading = heading.trim();
        let field = labels.field_of(heading, &schema);
        let of_ours = [cell::WRONG_FIELDS, cell::WRONG_TEXT].contains(&heading) || labels.is_shown(heading, &spec.shown);
        match &field {
            Some(field) if !taken.insert(field.clone()) => {
                wrong(
                    heading,
                    "repeated",
                    format!("같은 항목의 열이 두 번 있습니다: {field}"),
                    format!("must not repeat the column for {field}"),
                );
            }
            None if !of_ours => wrong(heading, "unknown", "알 수 없는 열입니다.".into(), "is not a known column".into()),
            _ => {}
        }
        columns.push(Heading { heading: heading.to_owned(), field });
    }
    for field in schema.json["required"].as_array().into_iter().flatten().filter_map(|field| field.as_str()) {
        if !taken.contains(field) {
            let label = labels.label(field);
            wrong(field, "required", format!("필수 열이 없습니다: {label} ({field})"), "is a required column that is missing".to_owned());
        }
    }
    if errors.is_empty() { Ok(columns) } else { Err(Error::invalid(errors)) }
}

/// The rows of a file in chunks, as they are kept; a row whose key stood in the file before says so.
struct Chunks {
    spec: &'static Spec,
    mode: Mode,
    columns: Vec<Heading>,
    /// The column of the business key.
    key: Option<usize>,
    keys: HashSet<String>,
    lines: Vec<Line>,
    texts: Vec<String>,
    total: usize,
    size: usize,
}

impl Chunks {
    fn read(spec: &'static Spec, mode: Mode, upload: &Upload) -> Result<Self> {
        let (columns, keys, lines, texts) = (Vec::new(), HashSet::new(), Vec::new(), Vec::new());
        let mut chunks = Self { spec, mode, columns, key: None, keys, lines, texts, total: 0, size: 0 };
        sheet::read(&upload.bytes, upload.kind, upload.charset.as_deref(), &mut chunks)?;
        chunks.close()?;
        Ok(chunks)
    }

    fn close(&mut self) -> Result<()> {
        if !self.lines.is_empty() {
            let text = serde_json::to_string(&std::mem::take(&mut self.lines)).map_err(Error::internal)?;
            self.size += text.len();
            if self.size > sheet::TEXT * 2 {
                return Err(Error::field(
                    "file",
                    "too_large",
                    "파일의 내용이 너무 많습니다. 여러 파일로 나누어 보내세요.",
                    "has too much text; split it into several files",
                ));
            }
            self.texts.push(text);
        }
        Ok(())
    }
}

impl sheet::Rows for Chunks {
    fn heading(&mut self, cells: Vec<String>) -> Result<()> {
        self.columns = headings(self.spec, &cells)?;
        let key = self.spec.import.flatten();
        self.key = key.and_then(|key| self.columns.iter().position(|column| column.field.as_deref() == Some(key)));
        Ok(())
    }

    fn row(&mut self, row: usize, cells: Vec<String>) -> Result<()> {
        self.total += 1;
        if self.mode == Mode::AllOrNothing && self.total > WHOLE {
            return Err(Error::field(
                "mode",
                "too_many_rows",
                format!("all_or_nothing으로는 {WHOLE}행까지 가져올 수 있습니다."),
                format!("must not be all_or_nothing for more than {WHOLE} rows"),
            ));
        }
        let key = self.key.and_then(|at| cells.get(at)).map(|text| fold(cell::displayed(text))).filter(|text| !text.is_empty());
        let again = key.is_some_and(|text| !self.keys.insert(text));
        self.lines.push(Line { row, cells, again });
        if self.lines.len() == CHUNK { self.close() } else { Ok(()) }
    }
}

/// Takes a file: the batch that waits, and its chunks.
#[boxed(?Send)]
pub(super) async fn take(door: &Door, spec: &'static Spec, query: &ImportQuery, upload: Upload) -> Result<Answer> {
    let name = upload.name.clone();
    let mode = match query.mode.unwrap_or_default() {
        ModeWord::GoodRows => Mode::GoodRows,
        ModeWord::AllOrNothing => Mode::AllOrNothing,
    };
    let read = move || Ok::<_, Error>((upload.digest(), Chunks::read(spec, mode, &upload)?));
    let (digest, Chunks { columns, texts: chunks, total, .. }) = off_the_workers(read).await??;
    let on_duplicate = query.on_duplicate();
    if on_duplicate != OnDuplicate::Error && spec.import.flatten().is_none() {
        return Err(Error::field(
            "on_duplicate",
            "no_key",
            "중복을 판단할 업무 키가 없는 자료이므로 error만 쓸 수 있습니다.",
            "must be error, because this resource has no business key",
        ));
    }
    let is_dry_run = query.dry_run.unwrap_or(false);
    let count = |n: usize| i64::try_from(n).map_err(Error::internal);
    let (total, parts) = (count(total)?, count(chunks.len())?);
    door.write_answer(202, async |tx| {
        if !is_dry_run && !query.repeat.unwrap_or(false) {
            refuse_twice(spec, tx, &digest).await?;
        }
        let actor = &tx.context().actor;
        let by = actor.by.as_ref().map(|(id, name)| json!([id, name]));
        let model = ActiveModel {
            target: Set(spec.target()),
            file_name: Set(name.clone()),
            digest: Set(digest.clone()),
            mode: Set(mode),
            on_duplicate: Set(on_duplicate),
            is_dry_run: Set(is_dry_run),
            state: Set(State::Pending),
            total: Set(total),
            created: Set(0),
            updated: Set(0),
            skipped: Set(0),
            failed: Set(0),
            chunks: Set(parts),
            position: Set(0),
            columns: Set(Headings(columns.clone())),
            permission: Set(door.permission().to_string()),
            actor: Set(json!({"kind": actor.kind.as_str(), "id": actor.id, "name": actor.name, "session": actor.session, "by": by})),
            request_id: Set(tx.context().request_id),
            ..Default::default()
        };
        let batch = tx.insert(&model).await?;
        for (at, some) in (0_i64..).zip(chunks.chunks(TOGETHER)) {
            let mut sql = Sql::new("INSERT INTO import_chunks (id, tenant_id, batch_id, no, rows, created_at) VALUES ");
            for (i, rows) in (0_i64..).zip(some) {
                sql.push(if i > 0 { ", (" } else { "(" }).bind(new_id()).push(", ").bind(batch.tenant_id).push(", ").bind(batch.id);
                let no = at * i64::try_from(TOGETHER).map_err(Error::internal)? + i;
                sql.push(", ").bind(no).push(", ").bind(rows.as_str()).push(", ").bind(tx.now()).push(")");
            }
            tx.raw_execute(sql).await?;
        }
        let after = json!({"batch_id": batch.id, "file_name": name, "rows": total, "dry_run": is_dry_run});
        tx.audit(AuditEntry::new(Action::Execute, door.permission().to_string(), spec.target(), batch.id).after(after.clone()));
        tx.publish(Event::new(spec.event("import_requested"), batch.id, after));
        Answer::new(&Batch::from(batch))
    })
    .await
}

/// The same file a second time is nearly always a mistake; not so, where nothing of it was written the first time.
async fn refuse_twice(spec: &Spec, tx: &Tx, digest: &[u8]) -> Result<()> {
    let wrote = Condition::any().add(Column::Created.gt(0)).add(Column::Updated.gt(0)).add(Column::Skipped.gt(0));
    let counted = Condition::any()
        .add(Column::State.is_in([State::Pending, State::Running]))
        .add(Condition::all().add(Column::State.eq(State::Done)).add(wrote));
    let same = tx.find::<Entity>().filter(Column::Digest.eq(digest)).filter(Column::Target.eq(spec.target()));
    let Some(batch) = same.filter(Column::IsDryRun.eq(false)).filter(counted).one().await? else { return Ok(()) };
    Err(rules::IMPORT_SAME_FILE.error().with("batch_id", batch.id.to_string()))
}
