//! Settings of the company: declared in code, kept in `adm_settings` where somebody has set them.

mod declared;

pub use declared::{
    ALL, BUDGET_CONTROL, Declared, FISCAL_YEAR_START_MONTH, Kind, NEGATIVE_STOCK, OVER_RECEIPT_PERCENT, PROBABILITY_CLOSING,
    PROBABILITY_LEAD, PROBABILITY_NEGOTIATION, PROBABILITY_PROPOSAL, PROBABILITY_QUALIFIED, PURCHASE_PAYMENT_TERM, SALES_PAYMENT_TERM,
    VAT_BASIS, VAT_ROUNDING,
};

use crate::rules;
use auth::Allowed;
use envelope::{Api, Body, PathKey, Reply, web};
use kernel::{Error, FieldError, Message, Result, boxed, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, entity::prelude::StringLen};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Action, AuditEntry, Event, Scope, Tx};

permission! {
    pub ReadSettings = "adm", "settings", "read";
    pub UpdateSettings = "adm", "settings", "update";
}

mod entity {
    use kernel::Memo;
    use macros::record;
    use sea_orm::entity::prelude::*;

    #[record(table = "adm_settings")]
    pub struct Model {
        pub category: String,
        pub key: String,
        pub value: Json,
        pub description: Option<Memo>,
    }
}
use entity::{ActiveModel, Column, Entity, Model};

async fn row_of(scope: &Scope, declared: &Declared) -> Result<Option<Model>> {
    let (category, name) = declared.parts();
    scope.find::<Entity>().filter(Column::Category.eq(category)).filter(Column::Key.eq(name)).one().await
}

/// What a setting is now. A value that no longer fits its declaration counts as not set.
#[boxed(?Send)]
pub async fn get(scope: &Scope, declared: &Declared) -> Result<Value> {
    let set = row_of(scope, declared).await?.map(|row| row.value).filter(|value| declared.breaks(value).is_none());
    Ok(set.unwrap_or_else(|| declared.default_value()))
}

/// [`get`] for a number.
#[boxed(?Send)]
pub async fn integer(scope: &Scope, declared: &Declared) -> Result<i64> {
    get(scope, declared).await?.as_i64().ok_or_else(|| Error::internal(format!("{} is no number", declared.key)))
}

/// [`get`] for a text or a word.
#[boxed(?Send)]
pub async fn text(scope: &Scope, declared: &Declared) -> Result<String> {
    let value = get(scope, declared).await?;
    value.as_str().map(str::to_owned).ok_or_else(|| Error::internal(format!("{} is no text", declared.key)))
}

/// [`get`] for a yes or no.
pub async fn flag(scope: &Scope, declared: &Declared) -> Result<bool> {
    get(scope, declared).await?.as_bool().ok_or_else(|| Error::internal(format!("{} is no yes or no", declared.key)))
}

resource::string_enum! {
    pub SettingType ("SettingType") { Integer, Boolean, Text, Choice }
}

/// A setting as it is now.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct Setting {
    /// 키 | Key
    pub key: String,
    /// 분류 | Category
    pub category: String,
    /// 종류 | Kind
    #[serde(rename = "type")]
    pub kind: SettingType,
    /// 설명 | Description
    pub description: String,
    /// 값 | Value
    ///
    /// A number, a text, or true or false, by its type.
    pub value: Value,
    /// 기본값 | Default
    pub default: Value,
    /// 기본값 사용 | Default in use
    ///
    /// Nobody has set it.
    pub is_default: bool,
    /// 최솟값 | Minimum
    pub minimum: Option<i64>,
    /// 최댓값 | Maximum
    pub maximum: Option<i64>,
    /// 최대 길이 | Max length
    pub max_length: Option<i32>,
    /// 선택지 | Choices
    ///
    /// The words a `CHOICE` may be.
    pub choices: Vec<String>,
}

fn view_of(declared: &Declared, set: Option<&Value>) -> Setting {
    let set = set.filter(|value| declared.breaks(value).is_none());
    let mut setting = Setting {
        key: declared.key.to_owned(),
        category: declared.parts().0.to_owned(),
        kind: SettingType::Boolean,
        description: declared.description.to_owned(),
        value: set.cloned().unwrap_or_else(|| declared.default_value()),
        default: declared.default_value(),
        is_default: set.is_none(),
        minimum: None,
        maximum: None,
        max_length: None,
        choices: Vec::new(),
    };
    match declared.kind {
        Kind::Boolean => {}
        Kind::Integer(min, max) => {
            setting.kind = SettingType::Integer;
            (setting.minimum, setting.maximum) = (Some(min), Some(max));
        }
        Kind::Text(max) => {
            setting.kind = SettingType::Text;
            setting.max_length = i32::try_from(max).ok();
        }
        Kind::Choice(words) => {
            setting.kind = SettingType::Choice;
            setting.choices = words.iter().map(|word| (*word).to_owned()).collect();
        }
    }
    setting
}

fn declared_as(key: &PathKey) -> Result<&'static Declared> {
    Declared::of(key).ok_or_else(Error::not_found)
}

/// All settings of the company
///
/// Those that nobody has set, too, with their defaults and what may be set.
#[api_v2_operation]
pub async fn list(cx: Allowed<ReadSettings>) -> Api<Vec<Setting>> {
    let scope = cx.read().await?;
    let rows = scope.find::<Entity>().all().await?;
    let set = |declared: &Declared| rows.iter().find(|row| (&*row.category, &*row.key) == declared.parts()).map(|row| &row.value);
    Ok(Reply::new(&ALL.iter().map(|declared| view_of(declared, set(declared))).collect())?)
}

/// One setting
///
/// Its value, its default, whether anybody has set it, and what it may be set to.
#[api_v2_operation]
pub async fn one(cx: Allowed<ReadSettings>, key: PathKey) -> Api<Setting> {
    let declared = declared_as(&key)?;
    let row = row_of(&cx.read().await?, declared).await?;
    Ok(Reply::new(&view_of(declared, row.as_ref().map(|row| &row.value)))?)
}

#[derive(Deserialize, Apiv2Schema)]
pub struct SettingChange {
    /// 값 | Value
    ///
    /// Of the setting's type; null goes back to the default.
    pub value: Value,
}

/// Change one setting, or go back to its default
///
/// `null` goes back. 409 while rows are there that were written by the value and must keep it.
#[api_v2_operation]
pub async fn change(cx: Allowed<UpdateSettings>, key: PathKey, body: Body<SettingChange>) -> Api<Setting> {
    let declared = declared_as(&key)?;
    let value = body.0.value;
    if !value.is_null()
        && let Some(rule) = declared.breaks(&value)
    {
        let text = Message::new("이 설정에 허용되지 않는 값입니다.", "is not an allowed value of this setting");
        return Err(Error::invalid(vec![FieldError::new("value", rule, text)]).into());
    }
    let reply = cx
        .write(async |tx| {
            let row = row_of(tx, declared).await?;
            let before = row.as_ref().map_or(Value::Null, |row| row.value.clone());
            if before != value {
                stays(tx, declared, &before, &value).await?;
                let id = set(tx, declared, row, &value).await?;
                let entry = AuditEntry::new(Action::Update, cx.permission().to_string(), "adm.settings", id);
                tx.audit(entry.change(&json!({"key": declared.key, "value": before}), &json!({"key": declared.key, "value": value})));
                tx.publish(Event::new("adm.setting.updated", id, json!({"key": declared.key})));
            }
            Reply::new(&view_of(declared, Some(&value).filter(|value| !value.is_null())))
        })
        .await?;
    Ok(reply)
}

/// A value that rows were written by stays while they are there.
async fn stays(tx: &Tx, declared: &Declared, before: &Value, value: &Value) -> Result<()> {
    let meant = |value: &Value| if value.is_null() { declared.default_value() } else { value.clone() };
    if declared.fixed_by.is_empty() || meant(before) == meant(value) {
        return Ok(());
    }
    let used = resource::live_rows(tx, declared.fixed_by).await?;
    if used.is_empty() {
        return Ok(());
    }
    Err(rules::SETTING_USED.error().with("referenced_by", used))
}

/// Writes a value, or marks the row deleted where there is none any more; answers the row's id.
async fn set(tx: &Tx, declared: &Declared, row: Option<Model>, value: &Value) -> Result<uuid::Uuid> {
    let Some(row) = row else {
        let (category, name) = declared.parts();
        let new =
            ActiveModel { category: Set(category.to_owned()), key: Set(name.to_owned()), value: Set(value.clone()), ..Default::default() };
        return Ok(tx.insert(&new).await?.id);
    };
    let change = if value.is_null() {
        ActiveModel { deleted_at: Set(Some(tx.now())), deleted_by: Set(tx.context().actor.id), ..Default::default() }
    } else {
        ActiveModel { value: Set(value.clone()), ..Default::default() }
    };
    tx.update(row.id, &change).await?;
    Ok(row.id)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/settings")
        .service(web::resource("").route(web::get().to(list)))
        .service(web::resource("/{key}").route(web::get().to(one)).route(web::patch().to(change)))
}
