//! API keys: a program acts as its owner, with a part of their rights.

use auth::{
    Allowed, Door,
    entities::{
        adm_api_key::{ActiveModel, Column, Entity, Model},
        adm_api_key::{Addresses, Status},
        adm_role::Grants,
        adm_user,
    },
    keys,
};
use envelope::{Answer, Api, Body, Created, RawBody, Reply, RowId, StatusCode, web};
use kernel::{Change, Error, Patch, Realm, Result, Text, Timestamp, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Acting, Action, Changing, Done, RangeKind, Resource, Spec, action};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DeriveIntoActiveModel, IntoActiveModel, QueryFilter,
};
use serde::{Deserialize, Serialize};
use store::{AuditEntry, Event, Tx, new_id};
use uuid::Uuid;

permission! {
    pub Make = "adm", "api-keys", "create", step_up;
}

#[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[openapi(rename = "ApiKeyCreate")]
pub struct Create {
    pub key_name: Text<100>,
    /// The owner; oneself when left out. Another's key needs at least their rights, and those of its scopes.
    pub user_id: Option<Uuid>,
    pub service_account: Option<Text<100>>,
    /// Permissions and patterns. When left out: all of the owner's rights, whatever they become; of another's key, those of now.
    pub scopes: Option<Grants>,
    /// Addresses and networks it may be used from; anywhere when left out.
    pub allowed_ips: Option<Addresses>,
    /// The three limits are kept, and not in effect yet: the owner's limit of requests is.
    pub rate_limit_per_minute: Option<i32>,
    pub rate_limit_per_hour: Option<i32>,
    pub rate_limit_per_day: Option<i32>,
    pub expires_at: Option<Timestamp>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "ApiKeyUpdate")]
pub struct Update {
    pub key_name: Change<Text<100>>,
    pub service_account: Patch<Text<100>>,
    pub scopes: Patch<Grants>,
    pub allowed_ips: Patch<Addresses>,
    pub rate_limit_per_minute: Change<i32>,
    pub rate_limit_per_hour: Change<i32>,
    pub rate_limit_per_day: Change<i32>,
    pub expires_at: Patch<Timestamp>,
}

#[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
#[serde(default)]
#[openapi(rename = "ApiKeyFilter")]
pub struct Filter {
    pub user_id: Option<Uuid>,
    pub service_account: Patch<Text<100>>,
    pub status: Option<Status>,
}

/// API keys of the company's people.
pub struct ApiKeys;

impl Resource for ApiKeys {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "adm";
    const NAME: &'static str = "api-keys";
    const NOUN: &'static str = "api_key";
    type Entity = Entity;
    type View = Model;
    type Create = Create;
    type Update = Update;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::KeyName, Column::ExpiresAt, Column::LastUsedAt, Column::UsageCount];
    const SEARCH: &'static [Column] = &[Column::KeyName, Column::ServiceAccount];
    const RANGES: &'static [(Column, RangeKind)] =
        &[(Column::ExpiresAt, RangeKind::Time), (Column::LastUsedAt, RangeKind::Time), (Column::UsageCount, RangeKind::Integer)];
    const EXAMPLE: &'static str =
        r#"{"key_name": "연동 {n}", "scopes": ["adm.users.read", "adm.roles.*"], "allowed_ips": ["203.0.113.7", "10.0.0.0/8"]}"#;

    const STATE: Option<Column> = Some(Column::Status);

    fn actions() -> Vec<Action> {
        use Status::{Active, Inactive, Revoked};
        let all = [
            action("activate", "activated", "Let an API key be used again").step_up().from(&[Inactive]).to(Active),
            action("deactivate", "deactivated", "Keep an API key from being used for now").from(&[Active]).to(Inactive),
            action("revoke", "revoked", "End an API key for good").from(&[Active, Inactive]).to(Revoked),
            action("rotate", "rotated", "Give an API key a new secret, which is shown this once; the old one stays good for a while")
                .step_up()
                .from(&[Active, Inactive])
                .does(rotate)
                .answers::<NewKey>(StatusCode::CREATED),
        ];
        all.map(|action| action.locks_first(may_decide).after_commit(auth::forget_sessions)).into()
    }

    fn may_change(row: &Model) -> Result<()> {
        if row.status == Status::Revoked { Err(Error::transition("REVOKED", &[])) } else { Ok(()) }
    }

    fn may_delete(_: &Model) -> Result<()> {
        Ok(())
    }
}

/// A key with its secret, which is shown this once.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "NewApiKey")]
pub struct NewKey {
    #[serde(flatten)]
    pub row: Model,
    /// `cxg_<key_id>_<secret>`, for `X-API-Key`. It cannot be read again.
    pub api_key: String,
}

/// Whoever holds somebody's key has their rights: nobody makes, changes or ends a key of somebody with more. Asked before anything is said
/// of the key's state.
async fn may_decide(cx: &Acting<'_>, id: Uuid) -> Result<()> {
    let row = cx.tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
    cx.door()?.may_sign_in_as(cx.tx, row.user_id).await
}

async fn owner_fits(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    match changing.before::<Model>()? {
        Some(row) => door.may_sign_in_as(tx, row.user_id).await,
        None => Ok(()),
    }
}

/// [`owner_fits`], with a fresh code, and no more scopes than the caller may give.
async fn change_fits(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    if let Some(row) = changing.before::<Model>()? {
        door.may_sign_in_as(tx, row.user_id).await?;
        door.may_scope(tx, row.user_id, changing.value("scopes"))?;
    }
    door.step_up()
}

/// Create one API key; its secret is shown this once
#[api_v2_operation]
pub async fn create(cx: Allowed<Make>, body: Body<Create>) -> Created<NewKey> {
    let wanted = body.0;
    if let Some(scopes) = &wanted.scopes {
        cx.mean_something("scopes", &scopes.0)?;
    }
    keys::check_addresses(wanted.allowed_ips.as_ref())?;
    cx.must_lie_ahead("expires_at", wanted.expires_at)?;
    let (id, tenant) = (new_id(), cx.principal().tenant_id());
    let owner = wanted.user_id.unwrap_or(cx.principal().user_id);
    let (api_key, kept) = keys::new_secret(tenant, id)?;
    let scopes = wanted.scopes.clone();
    let model = ActiveModel {
        id: Set(id),
        user_id: Set(owner),
        key_id: Set(keys::key_id(tenant, id)),
        secret_hash: Set(kept),
        ..wanted.into_active_model()
    };
    let reply = cx
        .write(async |tx| {
            let find = tx.find::<adm_user::Entity>().filter(adm_user::Column::Id.eq(owner));
            find.one().await?.ok_or_else(|| Error::no_such("user_id"))?;
            cx.may_sign_in_as(tx, owner).await?;
            let model = match cx.scopes_of_key(tx, owner, scopes.clone()).await? {
                Some(scopes) => ActiveModel { scopes: Set(Some(scopes)), ..model.clone() },
                None => model.clone(),
            };
            let row = tx.insert(&model).await?;
            let after = serde_json::to_value(&row).map_err(Error::internal)?;
            tx.audit(AuditEntry::new(store::Action::Create, cx.permission().to_string(), "adm.api-keys", id).after(after.clone()));
            tx.publish(Event::new("adm.api_key.created", id, after));
            let version = row.row_version;
            Reply::row(&NewKey { row, api_key: api_key.clone() }, version)
        })
        .await?;
    Ok(reply)
}

/// Change one API key; its secret stays
#[api_v2_operation]
pub async fn update(cx: Allowed<resource::Update<ApiKeys>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
    let wanted = envelope::check::<Update>(body.json.clone())?;
    if let Some(scopes) = wanted.scopes.value() {
        cx.mean_something("scopes", &scopes.0)?;
    }
    keys::check_addresses(wanted.allowed_ips.value())?;
    cx.must_lie_ahead("expires_at", wanted.expires_at.value().copied())?;
    let answer =
        resource::update_with(&cx, Spec::of::<ApiKeys>()?, *id, body.json, &|door, tx, changing| Box::pin(change_fits(door, tx, changing)))
            .await?;
    cx.platform().forget_sessions();
    Ok(answer.into())
}

/// Delete one API key; it ends at once
#[api_v2_operation]
pub async fn delete(cx: Allowed<resource::Delete<ApiKeys>>, id: RowId) -> Api<resource::Deleted> {
    let answer =
        resource::delete_with(&cx, Spec::of::<ApiKeys>()?, *id, &|door, tx, changing| Box::pin(owner_fits(door, tx, changing))).await?;
    cx.platform().forget_sessions();
    Ok(answer.into())
}

#[derive(Default, Deserialize, Apiv2Schema)]
#[serde(default)]
#[openapi(rename = "ApiKeyRotation")]
pub struct Rotation {
    /// Minutes the old secret stays good: 60 when left out, 0 to 10080.
    pub overlap_minutes: Option<i32>,
}

/// Gives a key a new secret, and keeps the old one good for a while.
async fn rotate(cx: &Acting<'_>, row: &Model, input: &Rotation) -> Result<Done<ActiveModel>> {
    let overlap = keys::overlap(input.overlap_minutes)?;
    let door = cx.door()?;
    let (api_key, kept) = keys::new_secret(door.principal().tenant_id(), row.id)?;
    // whoever gets the secret of another's key has no more by it than the owner has now
    let scopes = door.scopes_of_key(cx.tx, row.user_id, row.scopes.clone()).await?;
    let change = ActiveModel {
        scopes: if scopes == row.scopes { NotSet } else { Set(scopes) },
        secret_hash: Set(kept),
        previous_hash: Set((overlap > 0).then(|| row.secret_hash.clone())),
        previous_until: Set((overlap > 0).then(|| cx.tx.now().plus_seconds(overlap))),
        ..Default::default()
    };
    // written here, for the answer shows the row with the secret
    let row = cx.tx.update(row.id, &change).await?.ok_or_else(Error::not_found)?;
    let version = Some(row.row_version);
    cx.answer(Answer { version, ..Answer::new(&NewKey { row, api_key })? });
    Ok(Done::Written)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/api-keys")
        .service(web::resource("").route(resource::list::<ApiKeys>()).route(web::post().to(create)))
        .service(web::resource("/export").route(resource::export::<ApiKeys>()))
        .service(web::resource("/{id}").route(resource::get::<ApiKeys>()).route(web::patch().to(update)).route(web::delete().to(delete)))
        .configure(resource::actions::<ApiKeys>)
}
