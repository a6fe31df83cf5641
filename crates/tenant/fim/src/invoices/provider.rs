//! Who brings invoices to the tax office. A real one is an access service provider (ASP) with a contract, or the company's own
//! certificate; neither can be had here, so the platform has the [`Simulator`], which answers as they do.
//!
//! An invoice is handed over under a management key. Handed over again under the same key it is not sent twice: the answer is the one
//! that was given.

use kernel::{Day, Error, Result};
use ring::digest::{SHA256, digest};
use uuid::Uuid;

/// A tax invoice as it is handed over.
#[derive(Clone, Debug)]
pub struct TaxInvoice {
    /// The management key: the invoice's id.
    pub key: Uuid,
    /// 작성일자
    pub written: Day,
    pub buyer_email: Option<String>,
    /// Which attempt it is, from 1.
    pub attempt: i32,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted under this number of 24 digits.
    Succeeded {
        approval_no: String,
    },
    Failed {
        code: &'static str,
        message: &'static str,
    },
}

/// Somebody who brings invoices to the tax office.
#[async_trait::async_trait]
pub trait Provider: Send + Sync {
    /// Hands an invoice over, and waits for what becomes of it.
    ///
    /// # Errors
    /// When nobody knows: it is handed over again.
    async fn transmit(&self, invoice: &TaxInvoice) -> Result<Outcome>;
}

/// Accepts every invoice, unless the buyer's email address asks for a failure: `nts-fail@…` fails every time, `nts-fail-once@…` the first
/// time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Simulator;

/// What the numbers of the simulator have behind the day.
const SIMULATED: &str = "99";

#[async_trait::async_trait]
impl Provider for Simulator {
    async fn transmit(&self, invoice: &TaxInvoice) -> Result<Outcome> {
        let name = invoice.buyer_email.as_deref().and_then(|email| email.split_once('@')).map(|(name, _)| name);
        if name == Some("nts-fail") || (name == Some("nts-fail-once") && invoice.attempt <= 1) {
            return Ok(Outcome::Failed { code: "SIM-4001", message: "공급받는자 정보를 확인할 수 없습니다." });
        }
        Ok(Outcome::Succeeded { approval_no: approval_no(invoice)? })
    }
}

/// The day of the invoice, who gave it, and fourteen digits of the key's digest: as many as it takes for no two to meet.
fn approval_no(invoice: &TaxInvoice) -> Result<String> {
    let hash = digest(&SHA256, invoice.key.as_bytes());
    let head: [u8; 8] =
        hash.as_ref().get(..8).and_then(|head| head.try_into().ok()).ok_or_else(|| Error::internal("a digest without a head"))?;
    let day = invoice.written.to_string().replace('-', "");
    Ok(format!("{day}{SIMULATED}{:014}", u64::from_be_bytes(head) % 100_000_000_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_approval_number_has_24_digits_and_is_that_of_its_key() {
        let invoice =
            |n: u128| TaxInvoice { key: Uuid::from_u128(n), written: Day::parse("2026-03-02").unwrap(), buyer_email: None, attempt: 1 };
        let numbers: BTreeSet<String> = (0..20_000).map(|n| approval_no(&invoice(n)).unwrap()).collect();
        assert_eq!(numbers.len(), 20_000);
        assert!(numbers.iter().all(|no| no.len() == 24 && no.bytes().all(|digit| digit.is_ascii_digit()) && no.starts_with("2026030299")));
        assert_eq!(approval_no(&invoice(7)).unwrap(), approval_no(&invoice(7)).unwrap());
    }
}
