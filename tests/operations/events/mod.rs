//! What happens after a commit: numbers, consumers, dead letters, jobs.

mod apart;
mod delivery;
mod jobs;
mod killed;
mod reading;
