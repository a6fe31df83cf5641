//! `/api/v1/manager/idam`: who of the provider's people may what.

mod api_keys;
mod explain;
mod impersonations;
mod rights;
mod sessions;
mod takeover;
