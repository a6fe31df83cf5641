//! Who somebody is and what they may do: the companies' people and the provider's, signing in, keys.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics, in its helpers too")]

mod adm;
mod auth;
mod idam;
mod keys;
