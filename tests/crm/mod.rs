//! `/api/v1/tenants/crm`: customers, and what is done with them, beyond what every resource keeps.

mod activities;
mod deals;
mod opportunities;
mod pipeline;
mod timeline;
