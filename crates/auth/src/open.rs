//! The open mode of the small ERP (`CXG_ERP_OPEN`): its surface answers without a credential, to whoever sits at this machine.
//!
//! The gateway refuses it on any address but a loopback one. That alone is not enough: a page in a browser of this machine may send
//! requests to it, too, under a name of its own, and a proxy may pass on those of strangers. So the request must name this machine as
//! its host and must not have been passed on.

use crate::{Platform, door::API_KEY, principal::Principal};
use actix_web::{HttpRequest, http::header};
use kernel::{Error, Message, Result, boxed};
use std::{net::IpAddr, sync::Arc};

/// What proxies write.
const PASSED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Whether a `Host` is this machine: `localhost:8100`, `127.0.0.1`, `[::1]:80`.
fn is_here(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(name, _)| name);
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name).parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

impl Platform {
    /// Who comes without a credential to where none is asked for. `None`: one is.
    #[boxed(?Send)]
    pub(crate) async fn holder_of_nothing(&self, request: &HttpRequest) -> Result<Option<Arc<Principal>>> {
        let Some(code) = &self.settings.open_company else { return Ok(None) };
        let headers = request.headers();
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let has_credential = headers.contains_key(header::AUTHORIZATION) || headers.contains_key(API_KEY);
        let passed_on = PASSED_ON.iter().any(|name| headers.contains_key(*name));
        let from_here = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
        if has_credential || passed_on || !from_here || !is_here(host) || !envelope::is_bare(request.match_info().as_str()) {
            return Ok(None);
        }
        let company = self.directory.by_code(code).await?.ok_or_else(|| {
            Error::forbidden(
                "no_company",
                Message::new(
                    format!("CXG_ERP_TENANT가 가리키는 회사가 없습니다: {code}"),
                    format!("CXG_ERP_TENANT refers to a company that does not exist: {code}"),
                ),
            )
        })?;
        Ok(Some(Arc::new(Principal::open(company))))
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
