use crate::schema::add_keyword;
use paperclip::v2::{models::DefaultSchemaRaw, schema::Apiv2Schema};
use serde::Deserialize;
use std::ops::Deref;

/// A list of a body that may have at most `MOST` items. Any other list of a body has the bound that `envelope` gives it.
#[derive(Clone, Debug, Deserialize)]
pub struct Few<T, const MOST: usize>(pub Vec<T>);

impl<T, const MOST: usize> Deref for Few<T, MOST> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Apiv2Schema, const MOST: usize> Apiv2Schema for Few<T, MOST> {
    fn name() -> Option<String> {
        Vec::<T>::name()
    }
    fn raw_schema() -> DefaultSchemaRaw {
        add_keyword(Vec::<T>::raw_schema(), "maxItems", MOST.into())
    }
}
