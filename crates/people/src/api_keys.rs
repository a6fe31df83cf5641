//! API keys: a program acts as its owner, with a part of their rights.

use auth::{
    Allowed, Door,
    entities::{
        adm_role::Grants,
        api_key::{Addresses, Status},
    },
    keys,
};
use envelope::{Answer, Api, Body, Created, RawBody, Reply, RowId, StatusCode, web};
use kernel::{Change, Error, Patch, Realm, Result, Text, Timestamp, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{Acting, Action, Changing, Deleted, Done, RangeKind, Resource, Spec, action};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DeriveIntoActiveModel, FromQueryResult, IntoActiveModel, QueryFilter,
};
use serde::{Deserialize, Serialize};
use store::{AuditEntry, Event, Tx, new_id};
use uuid::Uuid;

/// Whose a key is.
#[derive(FromQueryResult)]
struct Owned {
    user_id: Uuid,
}

/// What can be refused of a key without the database.
fn check(door: &Door, scopes: Option<&Grants>, allowed_ips: Option<&Addresses>, expires_at: Option<Timestamp>) -> Result<()> {
    if let Some(scopes) = scopes {
        door.mean_something("scopes", &scopes.0)?;
    }
    keys::check_addresses(allowed_ips)?;
    door.must_lie_ahead("expires_at", expires_at)
}

/// Whoever holds somebody's key has their rights: nobody makes, changes or ends a key of somebody with more.
async fn owner_fits(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    match changing.before::<Owned>()? {
        Some(key) => door.may_sign_in_as(tx, key.user_id).await,
        None => Ok(()),
    }
}

/// [`owner_fits`], with a fresh code, and no more scopes than the caller may give.
async fn change_fits(door: &Door, tx: &Tx, changing: Changing<'_>) -> Result<()> {
    if let Some(key) = changing.before::<Owned>()? {
        door.may_sign_in_as(tx, key.user_id).await?;
        door.may_scope(tx, key.user_id, changing.value("scopes"))?;
    }
    door.step_up()
}

macro_rules! api_keys {
    (
        $realm:ident: $side:ident, $domain:tt, $entity:ident, $user:ident;
        $create:tt, $update:tt, $filter:tt, $rotation:tt, $new:tt
    ) => {
        /// In one of the realms.
        pub mod $realm {
            use super::*;
            use auth::entities::{
                $entity::{ActiveModel, Column, Entity, Model},
                $user,
            };

            permission! {
                /// Make a key.
                pub Make = $domain, "api-keys", "create", step_up;
            }

            #[derive(Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
            #[openapi(rename = $create)]
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
            #[openapi(rename = $update)]
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
            #[openapi(rename = $filter)]
            pub struct Filter {
                pub user_id: Option<Uuid>,
                pub service_account: Patch<Text<100>>,
                pub status: Option<Status>,
            }

            #[derive(Default, Deserialize, Apiv2Schema)]
            #[serde(default)]
            #[openapi(rename = $rotation)]
            pub struct Rotation {
                /// 이전 키 유지(분) | Overlap minutes
                ///
                /// Minutes the old secret stays good: 60 when left out, 0 to 10080.
                pub overlap_minutes: Option<i32>,
            }

            /// A key with its secret, which is shown this once.
            #[derive(Serialize, Apiv2Schema)]
            #[openapi(rename = $new)]
            pub struct NewKey {
                /// 행 | Row
                #[serde(flatten)]
                pub row: Model,
                /// API 키 | API key
                ///
                /// `cxg_<key_id>_<secret>`, for `X-API-Key`. It cannot be read again.
                pub api_key: String,
            }

            /// API keys.
            pub struct ApiKeys;

            impl Resource for ApiKeys {
                const REALM: Realm = Realm::$side;
                const DOMAIN: &'static str = $domain;
                const NAME: &'static str = "api-keys";
                const NOUN: &'static str = "api_key";
                type Entity = Entity;
                type View = Model;
                type Create = Create;
                type Update = Update;
                type Filter = Filter;
                const SORT: &'static [Column] = &[Column::KeyName, Column::ExpiresAt, Column::LastUsedAt, Column::UsageCount];
                const SEARCH: &'static [Column] = &[Column::KeyName, Column::ServiceAccount];
                const RANGES: &'static [(Column, RangeKind)] = &[
                    (Column::ExpiresAt, RangeKind::Time),
                    (Column::LastUsedAt, RangeKind::Time),
                    (Column::UsageCount, RangeKind::Integer),
                ];
                const EXAMPLE: &'static str = concat!(
                    r#"{"key_name": "연동 {n}", "scopes": [""#,
                    $domain,
                    r#".users.read", ""#,
                    $domain,
                    r#".roles.*"], "allowed_ips": ["203.0.113.7", "10.0.0.0/8"]}"#
                );
                const STATE: Option<Column> = Some(Column::Status);

                fn actions() -> Vec<Action> {
                    use Status::{Active, Inactive, Revoked};
                    let rotating = "Give an API key a new secret, which is shown this once; the old one stays good for a while";
                    let all = [
                        action("activate", "activated", "Let an API key be used again").step_up().from(&[Inactive]).to(Active),
                        action("deactivate", "deactivated", "Keep an API key from being used for now").from(&[Active]).to(Inactive),
                        action("revoke", "revoked", "End an API key for good").from(&[Active, Inactive]).to(Revoked),
                        action("rotate", "rotated", rotating)
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

            /// [`owner_fits`], asked before anything is said of the key's state.
            async fn may_decide(cx: &Acting<'_>, id: Uuid) -> Result<()> {
                let row = cx.tx.find::<Entity>().filter(Column::Id.eq(id)).for_update().one().await?.ok_or_else(Error::not_found)?;
                cx.door()?.may_sign_in_as(cx.tx, row.user_id).await
            }

            /// Create one API key; its secret is shown this once
            ///
            /// A key may do what its owner may and its scopes say, nothing else, and only from its addresses where it has some.
            #[api_v2_operation]
            pub async fn create(cx: Allowed<Make>, body: Body<Create>) -> Created<NewKey> {
                let wanted = body.0;
                check(&cx, wanted.scopes.as_ref(), wanted.allowed_ips.as_ref(), wanted.expires_at)?;
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
                        let find = tx.find::<$user::Entity>().filter($user::Column::Id.eq(owner));
                        find.one().await?.ok_or_else(|| Error::no_such("user_id"))?;
                        cx.may_sign_in_as(tx, owner).await?;
                        let model = match cx.scopes_of_key(tx, owner, scopes.clone()).await? {
                            Some(scopes) => ActiveModel { scopes: Set(Some(scopes)), ..model.clone() },
                            None => model.clone(),
                        };
                        let row = tx.insert(&model).await?;
                        let after = serde_json::to_value(&row).map_err(Error::internal)?;
                        let target = concat!($domain, ".api-keys");
                        tx.audit(AuditEntry::new(store::Action::Create, cx.permission().to_string(), target, id).after(after.clone()));
                        tx.publish(Event::new(concat!($domain, ".api_key.created"), id, after));
                        let version = row.row_version;
                        Reply::row(&NewKey { row, api_key: api_key.clone() }, version)
                    })
                    .await?;
                Ok(reply)
            }

            /// Change one API key; its secret stays
            ///
            /// A merge patch: what is left out stays as it is. Another secret comes from `rotate`.
            #[api_v2_operation]
            pub async fn update(cx: Allowed<resource::Update<ApiKeys>>, id: RowId, body: RawBody<Update>) -> Api<Model> {
                let wanted = envelope::check::<Update>(body.json.clone())?;
                check(&cx, wanted.scopes.value(), wanted.allowed_ips.value(), wanted.expires_at.value().copied())?;
                let spec = Spec::of::<ApiKeys>()?;
                let answer =
                    crate::update(&cx, spec, *id, body.json, &|door, tx, changing| Box::pin(change_fits(door, tx, changing))).await?;
                Ok(answer.into())
            }

            /// Delete one API key; it ends at once
            ///
            /// It is gone from the list; `revoke` ends a key and keeps it there.
            #[api_v2_operation]
            pub async fn delete(cx: Allowed<resource::Delete<ApiKeys>>, id: RowId) -> Api<Deleted> {
                let spec = Spec::of::<ApiKeys>()?;
                let answer = crate::delete(&cx, spec, *id, &|door, tx, changing| Box::pin(owner_fits(door, tx, changing))).await?;
                Ok(answer.into())
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

            /// `/api-keys`
            #[must_use]
            pub fn routes() -> web::Scope {
                crate::routes::<ApiKeys>(web::post().to(create), web::patch().to(update), web::delete().to(delete))
            }
        }
    };
}

api_keys! {
    manager: Manager, "idam", idam_api_key, idam_user;
    "PlatformApiKeyCreate", "PlatformApiKeyUpdate", "PlatformApiKeyFilter", "PlatformApiKeyRotation", "NewPlatformApiKey"
}
api_keys! {
    tenant: Tenant, "adm", adm_api_key, adm_user;
    "ApiKeyCreate", "ApiKeyUpdate", "ApiKeyFilter", "ApiKeyRotation", "NewApiKey"
}
