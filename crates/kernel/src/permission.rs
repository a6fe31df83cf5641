use std::fmt;

/// A right, as a type: `Allowed<P>` in a handler's signature says which one it needs.
///
/// The key on the wire is `<domain>.<resource>.<action>` (`adm.users.read`,
/// `fim.transactions.post`).
pub trait Permission: 'static {
    const KEY: PermissionKey;
    /// Whether somebody with a second factor must have shown it a moment ago.
    const STEP_UP: bool = false;
}

/// The three words of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PermissionKey {
    pub domain: &'static str,
    pub resource: &'static str,
    pub action: &'static str,
}

impl fmt::Display for PermissionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.domain, self.resource, self.action)
    }
}

/// What a role holds: a key, or a pattern that covers several: `crm.customers.*`, `crm.*`, `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant(String);

impl Grant {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    #[must_use]
    pub fn covers(&self, key: PermissionKey) -> bool {
        let mut words = self.0.split('.');
        for wanted in [key.domain, key.resource, key.action] {
            match words.next() {
                Some("*") => return words.next().is_none(),
                Some(word) if word == wanted => {}
                _ => return false,
            }
        }
        words.next().is_none()
    }

    /// Whether everything `other` covers is covered by this one.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => other.0.starts_with(prefix),
            None => self == other,
        }
    }

    /// Whether this grant covers at least one of the keys; one that covers none is a mistake.
    #[must_use]
    pub fn means_something(&self, catalogue: &[PermissionKey]) -> bool {
        catalogue.iter().any(|key| self.covers(*key))
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Declares permissions of actions: `permission!(pub Suspend = "tnnt", "tenants", "suspend", step_up;);`
/// `step_up` asks for a fresh second factor.
#[macro_export]
macro_rules! permission {
    ($($(#[$doc:meta])* $vis:vis $name:ident = $domain:literal, $resource:literal, $action:literal $(, $step_up:ident)?;)+) => {$(
        $(#[$doc])*
        $vis struct $name;
        impl $crate::Permission for $name {
            const KEY: $crate::PermissionKey =
                $crate::PermissionKey { domain: $domain, resource: $resource, action: $action };
            $($crate::permission!(@$step_up);)?
        }
    )+};
    (@step_up) => {
        const STEP_UP: bool = true;
    };
}

#[cfg(test)]
mod tests {
    use super::{Grant, PermissionKey};

    #[test]
    fn a_grant_contains_what_stands_below_it() {
        let contains = |one: &str, other: &str| Grant::new(one).contains(&Grant::new(other));
        assert!(
            contains("*", "crm.*") && contains("*", "*") && contains("crm.*", "crm.customers.read") && contains("crm.a.read", "crm.a.read")
        );
        assert!(
            !contains("crm.*", "*") && !contains("crm.*", "crmx.*") && !contains("crm.a.read", "crm.a.*") && !contains("crm.a.*", "crm.*")
        );
    }

    const KEY: PermissionKey = PermissionKey { domain: "crm", resource: "customers", action: "read" };

    #[test]
    fn a_pattern_covers_what_is_below_it_and_nothing_else() {
        for grant in ["*", "crm.*", "crm.customers.*", "crm.customers.read"] {
            assert!(Grant::new(grant).covers(KEY), "{grant}");
        }
        for grant in
            ["", "crm", "crm.customers", "cr.*", "crm.contacts.*", "crm.customers.update", "crm.customers.read.x", "*.read", "crm.*.read"]
        {
            assert!(!Grant::new(grant).covers(KEY), "{grant}");
        }
    }
}
