//! The journal: entries that balance, are posted once and never change afterwards.

mod chain;
pub mod draft;
pub mod entry;
pub mod line;
pub mod rules;
pub mod service;

pub use chain::FIRST;
