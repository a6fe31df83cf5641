use crate::{Resource, Spec};
use envelope::web;
use kernel::{Permission, PermissionKey, Realm};
use sea_orm_migration::MigrationTrait;

/// What a domain gives to the gateway: a plain struct, listed there. No registry.
pub struct Module {
    /// One word, six places: crate, URL segment, table prefix, permission prefix, event
    /// prefix, tag.
    pub code: &'static str,
    pub realm: Realm,
    /// For the document's tag.
    pub title: &'static str,
    /// Mounts the domain's paths below `/api/v1/<realm>`.
    pub routes: fn(&mut web::ServiceConfig),
    pub migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
    pub resources: Vec<ResourceInfo>,
    /// Permissions of actions; those of the resources' verbs follow from the resources.
    pub permissions: Vec<PermissionKey>,
    /// Paths that need no credential.
    pub public_paths: &'static [&'static str],
    /// Every rule by which the domain can refuse a request with 409.
    pub rules: &'static [kernel::Rule],
    /// Kinds of events besides those that follow from the resources' verbs and actions.
    pub events: &'static [&'static str],
}

impl Module {
    /// The kinds of all events the domain publishes.
    ///
    /// # Errors
    /// Internal, where a resource cannot be read.
    pub fn all_events(&self) -> kernel::Result<Vec<String>> {
        let mut kinds: Vec<String> = self.events.iter().map(|kind| (*kind).to_owned()).collect();
        for resource in &self.resources {
            let spec = (resource.spec)()?;
            let verbs = [("create", "created"), ("update", "updated"), ("delete", "deleted")];
            let held = |verb: &str| resource.permissions.iter().any(|key| key.action == verb);
            kinds.extend(verbs.iter().filter(|(verb, _)| held(verb)).map(|(_, event)| spec.event(event)));
            kinds.extend(spec.actions.iter().map(|action| spec.event(action.event)));
        }
        Ok(kinds)
    }

    /// Every permission of the domain: what the catalogue of rights is made of.
    #[must_use]
    pub fn catalogue(&self) -> Vec<PermissionKey> {
        let mut keys: Vec<PermissionKey> = self.resources.iter().flat_map(|resource| resource.permissions.clone()).collect();
        keys.extend(&self.permissions);
        keys
    }
}

/// A resource as the gateway and the tests see it.
#[derive(Clone)]
pub struct ResourceInfo {
    /// Below `/api/v1/<realm>`: `/adm/organizations`.
    pub path: &'static str,
    pub spec: fn() -> kernel::Result<&'static Spec>,
    pub permissions: Vec<PermissionKey>,
}

impl ResourceInfo {
    /// `path` is where the domain mounts it.
    #[must_use]
    pub fn of<R: Resource>(path: &'static str) -> Self {
        Self {
            path,
            spec: Spec::of::<R>,
            permissions: [crate::Read::<R>::KEY, crate::Create::<R>::KEY, crate::Update::<R>::KEY, crate::Delete::<R>::KEY]
                .into_iter()
                .chain(R::IMPORT.map(|_| crate::Import::<R>::KEY))
                .chain(of_actions::<R>())
                .collect(),
        }
    }

    /// One that has these verbs only, and its actions: logs are read, sessions read and deleted.
    #[must_use]
    pub fn only<R: Resource>(path: &'static str, permissions: &[PermissionKey]) -> Self {
        Self { path, spec: Spec::of::<R>, permissions: permissions.iter().copied().chain(of_actions::<R>()).collect() }
    }
}

fn of_actions<R: Resource>() -> Vec<PermissionKey> {
    R::actions().iter().map(|action| action.permission(R::DOMAIN, R::NAME)).collect()
}
