//! Who a request comes from, and how many of them are answered.

mod addresses;
