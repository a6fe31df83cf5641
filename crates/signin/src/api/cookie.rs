use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{HeaderValue, SET_COOKIE},
};
use envelope::Reply;
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw},
        schema::Apiv2Schema,
    },
};
use std::collections::BTreeMap;

/// An answer that leaves a cookie.
pub struct WithCookie<T> {
    reply: Reply<T>,
    cookie: Option<String>,
}

impl<T> WithCookie<T> {
    pub(super) fn new(reply: Reply<T>, cookie: Option<String>) -> Self {
        Self { reply, cookie }
    }
}

impl<T: serde::Serialize> Responder for WithCookie<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = self.reply.respond_to(request);
        if let Some(value) = self.cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
            response.headers_mut().append(SET_COOKIE, value);
        }
        response
    }
}

impl<T: Apiv2Schema> Apiv2Schema for WithCookie<T> {}

/// In the document it is the answer it is.
impl<T: Apiv2Schema> OperationModifier for WithCookie<T> {
    fn update_response(op: &mut DefaultOperationRaw) {
        Reply::<T>::update_response(op);
    }
    fn update_definitions(map: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Reply::<T>::update_definitions(map);
    }
}
