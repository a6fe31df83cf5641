//! Whose requests are counted together, and counting them. See the crate `limits`.

use crate::{
    Platform,
    door::{API_KEY, bearer, single},
};
use actix_web::HttpRequest;
use envelope::LateHeaders;
use kernel::{Code, Error, Message, Result, Timestamp, boxed};
use limits::{Caller, Limits, Purpose, Verdict};

const LIMIT: &str = "x-ratelimit-limit";

impl Platform {
    /// Whom the credential of a request proves; `None`: nobody. Asked before the door is, which refuses what does not fit.
    #[boxed(?Send)]
    pub async fn caller_of(&self, request: &HttpRequest) -> Option<Caller> {
        if request.headers().contains_key(API_KEY) {
            let found = self.holder_of_key(single(request, API_KEY)?).await.ok()??;
            // the owner's: however many keys somebody makes, they have one limit
            return Some(Caller::user(found.user_id, found.tenant_id()));
        }
        let token = bearer(request)?;
        match self.holder(token).await {
            Ok(found) => found.map(|principal| Caller::user(principal.user_id, principal.tenant_id())),
            // no database to ask for the session: the signature must do
            Err(_) => {
                let claims = self.keyring.claims(token, self.now().unix_seconds())?;
                Some(Caller::user(claims.sub, claims.tid))
            }
        }
    }

    /// Whether a request comes with an API key that was not good within the last hour on this node, as far as memory says: before the
    /// database is asked about it, it counts for the address, or made-up keys would have it read for free.
    pub fn has_unproven_key(&self, request: &HttpRequest) -> bool {
        request.headers().contains_key(API_KEY) && !single(request, API_KEY).is_some_and(|text| self.is_proven_key(text))
    }
}

/// Counts one request: says in the headers of its answer how the caller stands, and refuses what is too much (429).
#[boxed(?Send)]
pub async fn count(limits: &Limits, headers: &LateHeaders, caller: &Caller, purpose: Purpose, now: Timestamp) -> Result<()> {
    let verdict = limits.hit(caller, purpose, now).await;
    headers.insert(LIMIT, verdict.limit);
    headers.insert("x-ratelimit-remaining", verdict.remaining);
    headers.insert("x-ratelimit-reset", Verdict::seconds(verdict.reset));
    let Some(wait) = verdict.refused else { return Ok(()) };
    let seconds = Verdict::seconds(wait).max(1);
    let message = Message::new(
        format!("요청이 너무 많습니다. {seconds}초 후에 다시 시도하세요."),
        format!("Too many requests. Try again in {seconds} seconds."),
    );
    Err(Error::new(Code::RateLimited, message).with("limit", verdict.limit).retry_after(seconds))
}

/// Whether this answer's request was counted already.
#[must_use]
pub fn is_counted(headers: &LateHeaders) -> bool {
    headers.contains(LIMIT)
}
