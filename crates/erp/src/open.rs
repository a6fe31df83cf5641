//! The open mode (`CXG_ERP_OPEN`): the small ERP answers without a credential, to whoever sits at this machine.
//!
//! The gateway refuses it on any address but a loopback one. That alone is not enough: a page in a browser of this machine may send
//! requests to it, too, under a name of its own, and a proxy may pass on those of strangers. So the request must name this machine as
//! its host and must not have been passed on.

use crate::paths::is_erp_path;
use actix_web::{HttpRequest, http::header};
use auth::{AnonymousAccess, Platform};
use kernel::{Error, Message, Result};
use std::{net::IpAddr, sync::Arc};
use tenancy::TenantContext;

/// What proxies write.
const PASSED_ON: [&str; 9] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
];

/// Whether a `Host` is this machine: `localhost:8100`, `127.0.0.1`, `[::1]:80`.
fn is_here(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(name, _)| name);
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name).parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Whether a request comes from this machine itself.
fn is_local(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let passed_on = PASSED_ON.iter().any(|name| headers.contains_key(*name));
    let from_here = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    from_here && !passed_on && is_here(host)
}

/// Lets callers on this machine use the small ERP of one company without a credential; the audit calls them `erp-open`.
#[derive(Clone, Debug)]
pub struct OpenMode {
    /// Code of the company.
    pub company: String,
}

#[async_trait::async_trait(?Send)]
impl AnonymousAccess for OpenMode {
    fn actor(&self) -> &'static str {
        "erp-open"
    }

    async fn company(&self, platform: &Platform, request: &HttpRequest) -> Result<Option<Arc<TenantContext>>> {
        if !is_local(request) || !is_erp_path(request.match_info().as_str()) {
            return Ok(None);
        }
        let code = &self.company;
        let company = platform.directory().by_code(code).await?.ok_or_else(|| {
            Error::forbidden(
                "no_company",
                Message::new(
                    format!("CXG_ERP_TENANT가 가리키는 회사가 없습니다: {code}"),
                    format!("CXG_ERP_TENANT refers to a company that does not exist: {code}"),
                ),
            )
        })?;
        Ok(Some(company))
    }
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn only_this_machine_is_here() {
        for host in ["localhost", "LOCALHOST:8100", "127.0.0.1:8100", "127.3.2.1", "[::1]:8100", "[::1]"] {
            assert!(is_here(host), "{host}");
        }
        for host in ["", "erp.example.com:8100", "localhost.example.com", "192.168.0.7:8100", "0.0.0.0:8100", "127.0.0.1.nip.io"] {
            assert!(!is_here(host), "{host}");
        }
    }
}
