//! Requests without a credential. They are refused, unless the program brings an [`AnonymousAccess`].

use crate::{Platform, door::API_KEY, principal::Principal};
use actix_web::{HttpRequest, http::header};
use kernel::{Result, boxed};
use std::{fmt::Debug, sync::Arc};
use tenancy::TenantContext;

/// Says which requests may come without a credential. They may everything in one company, so it must let in few.
#[async_trait::async_trait(?Send)]
pub trait AnonymousAccess: Debug + Send + Sync {
    /// How the audit calls those who come so.
    fn actor(&self) -> &'static str;

    /// The company whose data a request without a credential is about; `None`: it needs a credential.
    async fn company(&self, platform: &Platform, request: &HttpRequest) -> Result<Option<Arc<TenantContext>>>;
}

impl Platform {
    /// Who comes without a credential to where none is asked for. `None`: one is.
    #[boxed(?Send)]
    pub(crate) async fn anonymous_principal(&self, request: &HttpRequest) -> Result<Option<Arc<Principal>>> {
        let Some(access) = &self.settings.anonymous else { return Ok(None) };
        let headers = request.headers();
        if headers.contains_key(header::AUTHORIZATION) || headers.contains_key(API_KEY) {
            return Ok(None);
        }
        let company = access.company(self, request).await?;
        Ok(company.map(|company| Arc::new(Principal::anonymous(company, access.actor()))))
    }
}
