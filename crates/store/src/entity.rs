//! From SeaORM's types to plain lists: the one thin generic layer under the generic code.

use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, IdenStatic, Iterable, Value};

/// Columns with their values, in the entity's order.
pub type Columns = Vec<(&'static str, Value)>;

/// The columns an active model sets.
pub fn values_of<A: ActiveModelTrait>(model: &A) -> Columns {
    <A::Entity as EntityTrait>::Column::iter()
        .filter_map(|column| match model.get(column) {
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => Some((column.as_str(), value)),
            ActiveValue::NotSet => None,
        })
        .collect()
}

/// The entity's columns, for a SELECT or RETURNING list.
pub fn columns_of<E: EntityTrait>() -> Vec<&'static str> {
    E::Column::iter().map(|column| column.as_str()).collect()
}
