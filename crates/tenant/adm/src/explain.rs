//! Why somebody may, or what is missing.

use auth::{Allowed, ExplainQuery, Explanation};
use envelope::{Api, Query, Reply, web};
use kernel::permission;
use paperclip::actix::api_v2_operation;

permission! {
    pub Explain = "adm", "explain", "read";
}

/// Say which role grants somebody a permission, or what is missing
#[api_v2_operation]
pub async fn explain(cx: Allowed<Explain>, query: Query<ExplainQuery>) -> Api<Explanation> {
    Ok(Reply::new(&cx.explain(&query.0).await?)?)
}

pub(crate) fn routes() -> web::Scope {
    web::scope("/explain").service(web::resource("").route(web::get().to(explain)))
}
