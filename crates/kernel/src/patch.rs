use crate::schema::add_keyword;
use paperclip::v2::{models::DefaultSchemaRaw, schema::Apiv2Schema};
use sea_orm::{ActiveValue, IntoActiveValue, Value, sea_query::Nullable};
use serde::{Deserialize, Deserializer};

/// A field of a PATCH over a column that may be empty: absent, `null` (clears it) or a value.
///
/// As a filter of a list: absent, `null` (`?parent_id=null`: where it is empty) or a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

/// A field of a PATCH over a column that always has a value: absent or a value. `null` is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    #[default]
    Absent,
    Value(T),
}

impl<T> Patch<T> {
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<T> Change<T> {
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent => None,
        }
    }
}

impl<T> Patch<T> {
    /// What a value that was `was` becomes.
    pub fn over(self, was: Option<T>) -> Option<T> {
        match self {
            Self::Absent => was,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

// With `#[serde(default)]` on the struct a missing key never comes here.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Value)
    }
}

impl<T: Into<Value> + Nullable> IntoActiveValue<Option<T>> for Patch<T> {
    fn into_active_value(self) -> ActiveValue<Option<T>> {
        match self {
            Self::Absent => ActiveValue::NotSet,
            Self::Null => ActiveValue::Set(None),
            Self::Value(value) => ActiveValue::Set(Some(value)),
        }
    }
}

impl<T: Into<Value>> IntoActiveValue<T> for Change<T> {
    fn into_active_value(self) -> ActiveValue<T> {
        match self {
            Self::Absent => ActiveValue::NotSet,
            Self::Value(value) => ActiveValue::Set(value),
        }
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Patch<T> {
    fn name() -> Option<String> {
        T::name()
    }
    fn required() -> bool {
        false
    }
    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Change<T> {
    fn name() -> Option<String> {
        T::name()
    }
    fn required() -> bool {
        false
    }
    fn raw_schema() -> DefaultSchemaRaw {
        add_keyword(T::raw_schema(), "x-not-null", true.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Patch};

    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Body {
        clearable: Patch<i32>,
        fixed: Change<i32>,
    }

    #[test]
    fn absent_null_and_value_are_three_things() {
        let body: Body = serde_json::from_str("{}").unwrap();
        assert_eq!((body.clearable, body.fixed), (Patch::Absent, Change::Absent));
        let body: Body = serde_json::from_str(r#"{"clearable": null, "fixed": 2}"#).unwrap();
        assert_eq!((body.clearable, body.fixed), (Patch::Null, Change::Value(2)));
        assert!(serde_json::from_str::<Body>(r#"{"fixed": null}"#).is_err());
    }
}
