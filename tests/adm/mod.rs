//! `/api/v1/tenants/adm`: what the company itself is made of, beyond what every resource keeps.

mod departments;
mod organizations;
mod rights;
