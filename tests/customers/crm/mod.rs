//! `/api/v1/tenants/crm`: customers and the people at them, beyond what every resource keeps.

mod activities;
mod contacts;
mod customers;
mod deals;
mod duplicates;
mod lines;
mod merge;
mod opportunities;
mod pipeline;
mod timeline;
