//! Sessions, looked at and ended.

use auth::{
    Allowed,
    sessions::{EndedSession, RevokeAll, RevokedSessions, revoke_all, revoke_one},
};
use envelope::{Api, Body, RowId, web};
use kernel::{Realm, Text, permission};
use paperclip::actix::{Apiv2Schema, api_v2_operation};
use resource::{RangeKind, ReadOnly, Resource};
use sea_orm::DeriveIntoActiveModel;
use serde::Deserialize;
use uuid::Uuid;

macro_rules! sessions {
    ($realm:ident: $side:ident, $domain:tt, $entity:ident, $filter:tt) => {
        /// In one of the realms.
        pub mod $realm {
            use super::*;
            use auth::entities::$entity::{ActiveModel, Column, Entity, Model, Status};

            permission! {
                /// End all sessions of somebody.
                pub RevokeAllOf = $domain, "sessions", "revoke-all";
            }

            #[derive(Default, Deserialize, Apiv2Schema, DeriveIntoActiveModel)]
            #[serde(default)]
            #[openapi(rename = $filter)]
            pub struct Filter {
                pub user_id: Option<Uuid>,
                pub status: Option<Status>,
                pub ip_address: Option<Text<45>>,
                pub mfa_verified: Option<bool>,
            }

            /// Sessions.
            pub struct Sessions;

            impl Resource for Sessions {
                const REALM: Realm = Realm::$side;
                const DOMAIN: &'static str = $domain;
                const NAME: &'static str = "sessions";
                const NOUN: &'static str = "session";
                type Entity = Entity;
                type View = Model;
                type Create = ReadOnly;
                type Update = ReadOnly;
                type Filter = Filter;
                const SORT: &'static [Column] = &[Column::LastActivityAt, Column::ExpiresAt];
                const SEARCH: &'static [Column] = &[];
                const RANGES: &'static [(Column, RangeKind)] =
                    &[(Column::LastActivityAt, RangeKind::Time), (Column::ExpiresAt, RangeKind::Time)];
                const EXAMPLE: &'static str = "{}";
            }

            /// End one session; it stays in the list as REVOKED
            ///
            /// Its tokens are good no more. One that has ended already is answered as it is.
            #[api_v2_operation]
            pub async fn delete(cx: Allowed<resource::Delete<Sessions>>, id: RowId) -> Api<EndedSession> {
                revoke_one(&cx, *id).await
            }

            /// End all sessions of somebody
            ///
            /// On all devices; `except_current` spares the one that asks. Answers how many ended.
            #[api_v2_operation]
            pub async fn end_all(cx: Allowed<RevokeAllOf>, body: Body<RevokeAll>) -> Api<RevokedSessions> {
                revoke_all(&cx, body).await
            }

            /// `/sessions`
            #[must_use]
            pub fn routes() -> web::Scope {
                web::scope("/sessions")
                    .service(web::resource("").route(resource::list::<Sessions>()))
                    .service(web::resource("/export").route(resource::export::<Sessions>()))
                    .service(web::resource("/revoke-all").route(web::post().to(end_all)))
                    .service(web::resource("/{id}").route(resource::get::<Sessions>()).route(web::delete().to(delete)))
            }
        }
    };
}

sessions!(manager: Manager, "idam", idam_session, "PlatformSessionFilter");
sessions!(tenant: Tenant, "adm", adm_session, "SessionFilter");
