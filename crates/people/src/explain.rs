//! Why somebody may, or what is missing.

use auth::{Allowed, ExplainQuery, Explanation};
use envelope::{Api, Query, Reply, web};
use kernel::permission;
use paperclip::actix::api_v2_operation;

macro_rules! explain {
    ($realm:ident, $domain:tt) => {
        /// In one of the realms.
        pub mod $realm {
            use super::*;

            permission! {
                /// See why somebody may do something.
                pub Explain = $domain, "explain", "read";
            }

            /// Say which role grants somebody a permission, or what is missing
            ///
            /// `because` lists the grants that count, `missing` what keeps it from being allowed.
            #[api_v2_operation]
            pub async fn explain(cx: Allowed<Explain>, query: Query<ExplainQuery>) -> Api<Explanation> {
                Ok(Reply::new(&cx.explain(&query.0).await?)?)
            }

            /// `/explain`
            #[must_use]
            pub fn routes() -> web::Scope {
                web::scope("/explain").service(web::resource("").route(web::get().to(explain)))
            }
        }
    };
}

explain!(manager, "idam");
explain!(tenant, "adm");
