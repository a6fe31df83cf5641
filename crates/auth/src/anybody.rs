//! The argument of operations that need no credential.

use crate::{
    Platform,
    door::{context, named_company, platform_of},
};
use actix_web::{HttpRequest, dev::Payload};
use envelope::{
    Failure,
    web::{Argument, Part, Reading, at_once, whole},
};
use kernel::{Actor, Realm, Result};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw},
        schema::Apiv2Schema,
    },
};
use std::collections::BTreeMap;
use store::Context;
use uuid::Uuid;

/// An operation without a caller, such as signing in: each is listed in `PUBLIC_OPERATIONS` of the gateway.
pub struct Anybody {
    platform: Platform,
    request: HttpRequest,
}

impl Anybody {
    #[must_use]
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    #[must_use]
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// What a transaction notes of the request. Nobody is known yet.
    #[must_use]
    pub fn context(&self, realm: Realm, tenant: Option<Uuid>) -> Context {
        context(&self.request, realm, tenant, Actor::system("anonymous"))
    }

    /// Code of the company that the request names: `X-Tenant-Key`, or the subdomain.
    #[must_use]
    pub fn named_company(&self) -> Option<String> {
        named_company(&self.request, &self.platform)
    }
}

impl Argument for Anybody {
    fn read(request: &HttpRequest, _: &mut Payload) -> Reading {
        at_once(platform_of(request).map(|platform| Self { platform, request: request.clone() }))
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        whole(part)
    }
}

impl Apiv2Schema for Anybody {}

impl OperationModifier for Anybody {
    fn update_parameter(_: &mut DefaultOperationRaw) {}
    fn update_definitions(map: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Failure::update_definitions(map);
    }
}
