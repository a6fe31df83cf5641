use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};
use std::{cell::RefCell, rc::Rc};

/// Headers the answer to a request will have whatever becomes of it: an error, a panic and a deadline make a new answer, which knows
/// nothing of what was set on another one before.
#[derive(Clone, Debug, Default)]
pub struct LateHeaders(Rc<RefCell<HeaderMap>>);

impl LateHeaders {
    /// Those of a request that passed [`crate::face`]; of another one nobody will see them.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_default()
    }

    pub fn insert(&self, name: &'static str, value: impl Into<HeaderValue>) {
        self.0.borrow_mut().insert(HeaderName::from_static(name), value.into());
    }

    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.borrow().contains_key(name)
    }

    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        for (name, value) in &*self.0.borrow() {
            headers.insert(name.clone(), value.clone());
        }
    }
}
