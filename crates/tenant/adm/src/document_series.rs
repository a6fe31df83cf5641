//! Document series: what the numbers of the company's documents look like. Numbers are given by [`store`], when a document becomes binding.

use crate::rules;
use auth::Allowed;
use envelope::{Api, Body, PathKey, Reply, web};
use kernel::{Day, Error, Permission, Result, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, entity::prelude::StringLen};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use store::{Action, AuditEntry, Event, Format, Scope, series::Reset};

permission! {
    pub ReadSeries = "adm", "document-series", "read";
    pub UpdateSeries = "adm", "document-series", "update";
}

/// Series every company has from the beginning; further ones are there once they have given a number or have a format.
const SERIES: [&str; 12] = ["QT", "SO", "DL", "PR", "PO", "GR", "INV", "JE", "PAY", "RCV", "ADJ", "CNT"];

resource::string_enum! {
    pub SeriesReset ("SeriesReset") { Yearly, Monthly, Never }
}

impl From<Reset> for SeriesReset {
    fn from(reset: Reset) -> Self {
        match reset {
            Reset::Yearly => Self::Yearly,
            Reset::Monthly => Self::Monthly,
            Reset::Never => Self::Never,
        }
    }
}

impl From<SeriesReset> for Reset {
    fn from(reset: SeriesReset) -> Self {
        match reset {
            SeriesReset::Yearly => Self::Yearly,
            SeriesReset::Monthly => Self::Monthly,
            SeriesReset::Never => Self::Never,
        }
    }
}

mod entity {

    use macros::record;
    use sea_orm::entity::prelude::*;

    #[record(table = "adm_document_formats")]
    pub struct Model {
        pub series: String,
        pub prefix: String,
        pub pattern: String,
        pub reset: String,
    }
}
use entity::{ActiveModel, Column, Entity, Model};

/// A series as it is now.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct DocumentSeries {
    /// 번호 체계 | Series
    pub series: String,
    /// 머리글자 | Prefix
    pub prefix: String,
    /// 번호 형식 | Pattern
    ///
    /// `{PREFIX}`, `{YYYY}`, `{YY}`, `{MM}` and the count as zeros: `{PREFIX}-{YYYY}-{000000}`.
    pub pattern: String,
    /// 번호 초기화 | Numbers start again
    ///
    /// When the count begins anew.
    pub reset: SeriesReset,
    /// 기본값 사용 | Default in use
    ///
    /// Nobody has said anything of it.
    pub is_default: bool,
    /// 발급한 마지막 번호 | Last number given
    ///
    /// Numbers given so far, in all periods.
    pub given: i64,
    /// 다음 번호 | Next number
    ///
    /// What a document of today would get next.
    pub next_number: String,
}

/// What somebody may say of a series.
#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
pub struct DocumentSeriesChange {
    /// 머리글자 | Prefix
    ///
    /// 1 to 10 of A-Z; no other series has it.
    pub prefix: Option<String>,
    /// 번호 형식 | Pattern
    pub pattern: Option<String>,
    /// 번호 초기화 | Numbers start again
    ///
    /// Fixed once the series has given a number.
    pub reset: Option<SeriesReset>,
}

type Counts = Vec<(String, String, i64)>;

fn view_of(series: &str, format: Format, is_default: bool, counts: &Counts, today: Day) -> DocumentSeries {
    let own = counts.iter().filter(|(name, ..)| name == series);
    let period = format.period(today);
    let last = own.clone().find(|(_, known, _)| *known == period).map_or(0, |(_, _, last)| *last);
    DocumentSeries {
        next_number: format.number(today, last + 1),
        given: own.map(|(_, _, last)| last).sum(),
        series: series.to_owned(),
        prefix: format.prefix,
        pattern: format.pattern,
        reset: format.reset.into(),
        is_default,
    }
}

/// All series of the company, as of now.
async fn all(scope: &Scope, today: Day) -> Result<Vec<DocumentSeries>> {
    let (counts, rows) = (scope.document_counts().await?, scope.find::<Entity>().all().await?);
    let mut names: BTreeSet<&str> = SERIES.into_iter().collect();
    names.extend(counts.iter().map(|(series, ..)| series.as_str()));
    names.extend(rows.iter().map(|row| row.series.as_str()));
    let mut list = Vec::new();
    for name in names {
        let format = scope.document_format(name).await?;
        list.push(view_of(name, format, rows.iter().all(|row| row.series != name), &counts, today));
    }
    Ok(list)
}

async fn one_of(scope: &Scope, series: &str, today: Day) -> Result<DocumentSeries> {
    all(scope, today).await?.into_iter().find(|known| known.series == series).ok_or_else(Error::not_found)
}

/// All document series of the company
///
/// Each with its pattern, the next number, and how many numbers were given.
#[api_v2_operation]
pub async fn list(cx: Allowed<ReadSeries>) -> Api<Vec<DocumentSeries>> {
    Ok(Reply::new(&all(&cx.read().await?, cx.today()).await?)?)
}

/// One document series, with the next number
///
/// The number is what a document would get now; asking does not reserve it.
#[api_v2_operation]
pub async fn one(cx: Allowed<ReadSeries>, key: PathKey) -> Api<DocumentSeries> {
    Ok(Reply::new(&one_of(&cx.read().await?, &key, cx.today()).await?)?)
}

/// Say what the numbers of a series look like from now on; the count goes on
///
/// What is left out stays. How often counting begins again cannot change once a number was given (409).
#[api_v2_operation]
pub async fn change(cx: Allowed<UpdateSeries>, key: PathKey, body: Body<DocumentSeriesChange>) -> Api<DocumentSeries> {
    let (today, wanted) = (cx.today(), body.0);
    let reply = cx
        .write(async |tx| {
            let before = one_of(tx, &key, today).await?;
            let is = tx.document_format(&key).await?;
            let format = Format {
                prefix: wanted.prefix.clone().unwrap_or_else(|| is.prefix.clone()),
                pattern: wanted.pattern.clone().unwrap_or_else(|| is.pattern.clone()),
                reset: wanted.reset.map_or(is.reset, Reset::from),
            };
            format.check()?;
            if format == is {
                return Reply::new(&before);
            }
            if format.reset != is.reset && before.given > 0 {
                return Err(rules::SERIES_IN_USE.error().with("given", before.given));
            }
            let others = all(tx, today).await?;
            if others.iter().any(|other| other.series != before.series && other.prefix == format.prefix) {
                return Err(store::rules::UNIQUE.filled(&[("field", &"prefix")]).with("field", "prefix"));
            }
            let row: Option<Model> = tx.find::<Entity>().filter(Column::Series.eq(before.series.as_str())).for_update().one().await?;
            let values = ActiveModel {
                prefix: Set(format.prefix.clone()),
                pattern: Set(format.pattern.clone()),
                reset: Set(format.reset.as_str().to_owned()),
                ..Default::default()
            };
            let id = match row {
                Some(row) => tx.update(row.id, &values).await?.ok_or_else(Error::not_found)?.id,
                None => tx.insert(&ActiveModel { series: Set(before.series.clone()), ..values }).await?.id,
            };
            let now = one_of(tx, &key, today).await?;
            let snapshot = |series: &DocumentSeries| json!({"series": series.series, "prefix": series.prefix, "pattern": series.pattern, "reset": series.reset});
            let entry = AuditEntry::new(Action::Update, UpdateSeries::KEY.to_string(), "adm.document-series", id);
            tx.audit(entry.change(&snapshot(&before), &snapshot(&now)));
            tx.publish(Event::new("adm.document_series.updated", id, json!({"series": now.series})));
            Reply::new(&now)
        })
        .await?;
    Ok(reply)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/document-series")
        .service(web::resource("").route(web::get().to(list)))
        .service(web::resource("/{key}").route(web::get().to(one)).route(web::patch().to(change)))
}
