//! The permission a handler needs, as its first argument.

use crate::Door;
use actix_web::{HttpRequest, dev::Payload};
use envelope::{
    Failure,
    web::{Argument, Description, Part, Reading, whole},
};
use kernel::{Permission, PermissionKey, Result};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw, SecurityScheme},
        schema::Apiv2Schema,
    },
};
use std::{collections::BTreeMap, marker::PhantomData, ops::Deref};

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    pub permission: PermissionKey,
    /// Whoever has a second factor must have shown it a moment ago.
    pub step_up: bool,
    /// Enough to hold the permission for a department.
    pub in_department: bool,
}

impl Demand {
    #[must_use]
    pub fn of<P: Permission>() -> Self {
        Self { permission: P::KEY, step_up: P::STEP_UP, in_department: false }
    }
}

/// The caller holds the permission `P`: the argument every handler begins with.
///
/// Without a credential the answer is 401; with one of the other realm, of a suspended
/// company or without the right it is 403, and the refusal is audited. The realm is that of
/// the path. What it gives is the [`Door`], the only way to a database.
pub struct Allowed<P> {
    door: Door,
    permission: PhantomData<fn() -> P>,
}

impl<P> Allowed<P> {
    pub(crate) fn new(door: Door) -> Self {
        Self { door, permission: PhantomData }
    }

    /// For code that does not know which permission it was.
    #[must_use]
    pub fn into_door(self) -> Door {
        self.door
    }
}

impl<P> Deref for Allowed<P> {
    type Target = Door;
    fn deref(&self) -> &Door {
        &self.door
    }
}

impl<P: Permission> Argument for Allowed<P> {
    fn read(request: &HttpRequest, _: &mut Payload) -> Reading {
        Door::as_argument(request, Demand::of::<P>())
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        Ok(Self::new(whole(part)?))
    }
}

impl<P> Apiv2Schema for Allowed<P> {}

impl<P: Permission> OperationModifier for Allowed<P> {
    fn update_parameter(_: &mut DefaultOperationRaw) {}
    fn update_definitions(map: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Failure::update_definitions(map);
    }
    /// The permission travels as the scope; the finisher makes `x-permission` of it, and
    /// `x-step-up` of the word behind it.
    fn update_security(op: &mut DefaultOperationRaw) {
        op.security.push(security(Demand::of::<P>()));
    }
    fn update_security_definitions(map: &mut BTreeMap<String, SecurityScheme>) {
        map.extend(security_definitions());
    }
}

fn security(demand: Demand) -> BTreeMap<String, Vec<String>> {
    let mut scopes = vec![demand.permission.to_string()];
    scopes.extend(demand.step_up.then(|| "step-up".to_owned()));
    BTreeMap::from([("bearer".to_owned(), scopes)])
}

/// In the document: what whoever calls must hold. What [`Allowed`] says of itself, for code that does not know its type.
#[must_use]
pub fn needs(mut operation: Description, demand: Demand) -> Description {
    operation.operation.security.push(security(demand));
    operation.security.extend(security_definitions());
    Failure::update_definitions(&mut operation.definitions);
    operation
}

fn security_definitions() -> BTreeMap<String, SecurityScheme> {
    let bearer = SecurityScheme {
        name: Some("Authorization".to_owned()),
        type_: "apiKey".to_owned(),
        in_: Some("header".to_owned()),
        flow: None,
        auth_url: None,
        token_url: None,
        scopes: BTreeMap::new(),
        description: None,
    };
    BTreeMap::from([("bearer".to_owned(), bearer)])
}
