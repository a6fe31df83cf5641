use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};
use uuid::Uuid;

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// With all API keys of theirs.
    User(Uuid),
    Address(IpAddr),
}

impl Subject {
    /// Of somebody unknown. A household has a whole /64 of IPv6, so that is one address.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            v4 => v4,
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "u:{}", id.simple()),
            Self::Address(address) => write!(f, "a:{address}"),
        }
    }
}

/// Who calls, as far as limits are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub subject: Subject,
    /// The company, where it is known.
    pub tenant: Option<Uuid>,
}

impl Caller {
    #[must_use]
    pub fn user(id: Uuid, tenant: Option<Uuid>) -> Self {
        Self { subject: Subject::User(id), tenant }
    }

    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        Self { subject: Subject::address(address), tenant: None }
    }
}

#[cfg(test)]
mod tests {
    use super::Subject;

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let of = |text: &str| Subject::address(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "a:2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:203.0.113.9"), "a:203.0.113.9");
    }
}
