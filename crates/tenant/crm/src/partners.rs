//! Partners of every type, to be looked up: a purchase invoice names a supplier, which is no customer. They are made and changed as
//! customers here and as vendors by `psm`.

use crate::customers::entity::{Column, Entity, Filter, Model};
use kernel::Realm;
use resource::{ReadOnly, Resource};

/// The businesses the company deals with, whichever side of trade they are on.
pub struct Partners;

impl Resource for Partners {
    const REALM: Realm = Realm::Tenant;
    const DOMAIN: &'static str = "crm";
    const NAME: &'static str = "partners";
    const NOUN: &'static str = "partner";
    type Entity = Entity;
    type View = Model;
    type Create = ReadOnly;
    type Update = ReadOnly;
    type Filter = Filter;
    const SORT: &'static [Column] = &[Column::Name, Column::Code, Column::Status];
    const SEARCH: &'static [Column] = &[Column::Name, Column::NameEn, Column::Code, Column::BizNo, Column::BizName, Column::CeoName];
    const EXAMPLE: &'static str = "{}";
}
