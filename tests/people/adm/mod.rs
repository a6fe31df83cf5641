//! `/api/v1/tenants/adm`: what the company itself is made of, beyond what every resource keeps.

mod calendar;
mod currencies;
mod departments;
mod departments_dated;
mod organizations;
mod posts;
mod rights;
mod series;
mod settings;
mod terms;
mod units;
