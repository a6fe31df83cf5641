use super::{
    Accounts, Create, Update,
    entity::{self, Model},
};
use crate::rules;
use auth::Allowed;
use envelope::{Api, Body, Created, RawBody, RowId};
use kernel::{Currency, Error, Result};
use paperclip::actix::api_v2_operation;
use resource::{Changing, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};
use std::collections::BTreeMap;
use store::{Tx, values_of};
use uuid::Uuid;

/// How deep a tree of accounts goes.
const DEEPEST: i32 = 10;

/// How deep an account below `parent` stands, if it may stand there: of the same type, below one that does not allow posting, not below
/// itself.
fn depth_below(parent: Uuid, account: Option<&Model>, kind: entity::AccountType, all: &BTreeMap<Uuid, Model>) -> Result<i32> {
    let above = all.get(&parent).ok_or_else(|| Error::no_such("parent_id"))?;
    if above.account_type != kind {
        return Err(Error::field(
            "parent_id",
            "same_type",
            "같은 유형의 계정 아래에만 둘 수 있습니다.",
            "must be an account of the same type",
        ));
    }
    if above.is_posting_allowed {
        return Err(Error::field(
            "parent_id",
            "posting_account",
            "전기를 허용하는 계정은 상위 계정이 될 수 없습니다.",
            "must be an account that does not allow posting",
        ));
    }
    let mut at = Some(above);
    while let Some(row) = at {
        if Some(row.id) == account.map(|account| account.id) {
            return Err(rules::ACCOUNT_CYCLE.error());
        }
        at = row.parent_id.and_then(|id| all.get(&id));
    }
    Ok(above.level_depth + 1)
}

/// How many levels stand below an account.
fn height(id: Uuid, all: &BTreeMap<Uuid, Model>) -> i32 {
    all.values().filter(|row| row.parent_id == Some(id)).map(|row| 1 + height(row.id, all)).max().unwrap_or(0)
}

async fn tree(tx: &Tx) -> Result<BTreeMap<Uuid, Model>> {
    // two moves at once could hang each below the other; so whoever moves locks the whole tree
    let rows = tx.find::<entity::Entity>().for_update().all().await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

fn too_deep(depth: i32) -> Result<()> {
    if depth <= DEEPEST {
        return Ok(());
    }
    Err(Error::field("parent_id", "depth", "계정은 10단계까지만 만들 수 있습니다.", "would make the account tree deeper than 10 levels"))
}

/// Create one account
///
/// Below `parent_id`, of its type, at most ten levels deep. A control account takes no postings itself.
#[api_v2_operation]
pub async fn create(cx: Allowed<resource::Create<Accounts>>, body: Body<Create>) -> Created<Model> {
    let mut wanted = body.0;
    let control = wanted.is_control_account.unwrap_or(false);
    if control && wanted.is_posting_allowed == Some(true) {
        return Err(Error::field(
            "is_posting_allowed",
            "control_account",
            "통제 계정에는 전기를 허용할 수 없습니다.",
            "must be false for a control account",
        )
        .into());
    }
    wanted.is_posting_allowed.get_or_insert(!control);
    let (kind, parent) = (wanted.account_type, wanted.parent_id);
    let mut row = wanted.into_active_model();
    if let Some(parent) = parent {
        let scope = cx.read().await?;
        let all = scope.find::<entity::Entity>().all().await?.into_iter().map(|row| (row.id, row)).collect();
        let depth = depth_below(parent, None, kind, &all)?;
        too_deep(depth)?;
        row.level_depth = Set(depth);
    }
    let spec = Spec::of::<Accounts>()?;
    let guard: &resource::Guard<'_> = &|_, tx, changing| Box::pin(async move { has_currency(tx, &changing).await });
    Ok(resource::create_with(&cx, spec, values_of(&row), guard).await?.into())
}

/// What decides how the lines of an account are read: in which currency, and whether they are movements of money.
const DECISIVE: [&str; 3] = ["currency", "is_bank_account", "is_cash_account"];

/// 409 while lines, documents or budgets stand in an account, naming them. The accounts below it do not count.
async fn is_free(tx: &Tx, id: Uuid) -> Result<()> {
    let spec = Spec::of::<Accounts>()?;
    let mut used = resource::holders(spec, tx, id).await?;
    used.shift_remove(&spec.table);
    if used.is_empty() {
        return Ok(());
    }
    let rule = rules::ACCOUNT_USED;
    Err(resource::in_use(rule.name, rule.ko, rule.en, used))
}

/// The only currency of an account is one that the company works in.
async fn has_currency(tx: &Tx, changing: &Changing<'_>) -> Result<()> {
    match changing.value("currency") {
        Some(sea_orm::Value::String(Some(code))) => {
            let code = Currency::parse(code).map_err(Error::internal)?;
            adm::currency_in_use(tx, &code, "currency").await.map(|_| ())
        }
        _ => Ok(()),
    }
}

/// What a change of an account may do: its place in the tree, and what is posted to it.
async fn stands_well(tx: &Tx, changing: Changing<'_>) -> Result<()> {
    let Some(before) = changing.before::<Model>()? else { return Ok(()) };
    let flag = |column: &str| match changing.value(column) {
        Some(sea_orm::Value::Bool(flag)) => *flag,
        _ => None,
    };
    if before.role.is_some() && (flag("is_posting_allowed") == Some(false) || flag("is_active") == Some(false)) {
        return Err(rules::ACCOUNT_HAS_ROLE.error());
    }
    if DECISIVE.into_iter().any(|column| changing.value(column).is_some()) {
        is_free(tx, before.id).await?;
        has_currency(tx, &changing).await?;
    }
    if let Some(posts) = flag("is_posting_allowed") {
        if before.is_control_account && posts {
            return Err(Error::field(
                "is_posting_allowed",
                "control_account",
                "통제 계정에는 전기를 허용할 수 없습니다.",
                "must be false for a control account",
            ));
        }
        if !posts {
            is_free(tx, before.id).await?;
        }
        if posts && tx.find::<entity::Entity>().filter(entity::Column::ParentId.eq(before.id)).one().await?.is_some() {
            return Err(rules::ACCOUNT_HAS_CHILDREN.error());
        }
    }
    let Some(_) = changing.value("parent_id") else { return Ok(()) };
    let all = tree(tx).await?;
    let depth = match changing.id_in("parent_id") {
        Some(parent) => depth_below(parent, Some(&before), before.account_type, &all)?,
        None => 1,
    };
    too_deep(depth + height(before.id, &all))?;
    sink(tx, before.id, depth, &all).await
}

/// Notes how deep an account and all below it stand now.
async fn sink(tx: &Tx, id: Uuid, depth: i32, all: &BTreeMap<Uuid, Model>) -> Result<()> {
    let mut waiting = vec![(id, depth)];
    while let Some((id, depth)) = waiting.pop() {
        if all.get(&id).is_some_and(|row| row.level_depth != depth) {
            tx.update(id, &entity::ActiveModel { level_depth: Set(depth), ..Default::default() }).await?;
        }
        waiting.extend(all.values().filter(|row| row.parent_id == Some(id)).map(|row| (row.id, depth + 1)));
    }
    Ok(())
}

/// Change or move one account
///
/// A merge patch. Type, currency and the like stay once something was posted to it (409).
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<Accounts>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let spec = Spec::of::<Accounts>()?;
    let answer = resource::update_with(&cx, spec, *id, body.json, &|_, tx, changing| Box::pin(stands_well(tx, changing))).await?;
    Ok(answer.into())
}
