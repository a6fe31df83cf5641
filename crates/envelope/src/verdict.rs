use actix_web::{HttpMessage, HttpRequest};
use kernel::boxed;
use std::{cell::Cell, rc::Rc};
use tokio::sync::Notify;

/// Whether the caller may, as far as the other extractors are concerned.
///
/// actix polls all extractors of a handler together, and the first error wins. For a
/// stranger with a broken body the answer must be 401, not 400; so `Allowed` arms a verdict
/// when it begins, and the extractors of this crate wait until it stands. A refused caller
/// never gets that far: `Allowed` fails and the others are dropped.
#[derive(Clone, Default)]
pub struct Verdict(Rc<State>);

#[derive(Default)]
struct State {
    allowed: Cell<bool>,
    changed: Notify,
}

impl Verdict {
    /// Announces that a right is being checked. Called when extraction begins.
    pub fn arm(request: &HttpRequest) -> Self {
        let verdict = Self::default();
        request.extensions_mut().insert(verdict.clone());
        verdict
    }

    /// The caller may.
    pub fn allow(&self) {
        self.0.allowed.set(true);
        self.0.changed.notify_waiters();
    }

    /// Waits for the verdict, if one was armed; public operations have none.
    #[boxed(?Send)]
    pub(crate) async fn wait(request: &HttpRequest) {
        // a statement of its own, so that the extensions are not borrowed while waiting
        let armed = request.extensions().get::<Self>().cloned();
        if let Some(Self(state)) = armed {
            while !state.allowed.get() {
                state.changed.notified().await;
            }
        }
    }
}
