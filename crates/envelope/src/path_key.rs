use crate::{
    Failure, path_value,
    schema::Defs,
    web::{Argument, Part, Reading, at_once, whole},
};
use actix_web::{HttpRequest, dev::Payload};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DataType, DefaultOperationRaw, Either, Parameter, ParameterIn},
        schema::Apiv2Schema,
    },
};
use std::ops::Deref;

/// The `{key}` of a path: a word, where rows have no id of their own. One that names nothing is 404, so none is refused here.
#[derive(Clone, Debug)]
pub struct PathKey(pub String);

impl Deref for PathKey {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Argument for PathKey {
    fn read(request: &HttpRequest, _: &mut Payload) -> Reading {
        at_once(Ok(Self(path_value(request, "key").unwrap_or_default())))
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        whole(part)
    }
}

impl Apiv2Schema for PathKey {}

impl OperationModifier for PathKey {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        op.parameters.push(Either::Right(Parameter {
            in_: ParameterIn::Path,
            name: "key".into(),
            required: true,
            data_type: Some(DataType::String),
            ..Default::default()
        }));
    }
    fn update_definitions(_: &mut Defs) {}
}
