//! Statements of partners and of VAT; those of the ledger alone stand in [`ledger::reports`].

mod aging;
mod partner_statement;
mod vat_partners;

use crate::vat_return;
use envelope::web;

pub(crate) fn routes() -> web::Scope {
    ledger::reports::routes()
        .service(web::resource("/aging").route(web::get().to(aging::aging)))
        .service(web::resource("/partner-statement").route(web::get().to(partner_statement::partner_statement)))
        .service(web::resource("/vat-return").route(web::get().to(vat_return::vat_return)))
        .service(web::resource("/vat-return/documents").route(web::get().to(vat_return::documents)))
        .service(web::resource("/vat-return/late").route(web::get().to(vat_return::late)))
        .service(web::resource("/vat-return/partners").route(web::get().to(vat_partners::partners)))
}
