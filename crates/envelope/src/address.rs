use actix_web::{dev::ServiceRequest, web::Data};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The networks whose word on where a request came from is believed (`CXG_TRUSTED_PROXIES`).
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Addresses and networks, comma-separated; the error is the entry that is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let network =
            |entry: &str| entry.parse().ok().or_else(|| entry.parse::<IpAddr>().ok().map(|address| address.to_canonical().into()));
        entries.map(|entry| network(entry).ok_or_else(|| entry.to_owned())).collect::<Result<_, _>>().map(Self)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who sent it: each proxy adds whom it saw at the right of `X-Forwarded-For`, so the list is believed from the right for as long
    /// as proxies of ours wrote it. Whatever stands further left, the client itself may have sent.
    fn client<'a>(&self, peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer.to_canonical();
        let mut entries = forwarded.flat_map(|line| line.split(',')).rev();
        while self.trusts(client) {
            let Some(next) = entries.next().and_then(read) else { break };
            client = next;
        }
        client
    }
}

/// One entry of the list; some proxies write the port, too.
fn read(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let address = entry.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|address| address.ip()));
    let address = address.or_else(|| entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address| address.to_canonical())
}

/// The address of the client behind a request.
pub(crate) fn of(request: &ServiceRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let Some(proxies) = request.app_data::<Data<TrustedProxies>>().filter(|proxies| !proxies.0.is_empty()) else {
        return Some(peer.to_canonical());
    };
    // a line that is no text is one entry that cannot be read
    let lines: Vec<&str> = request.headers().get_all("x-forwarded-for").map(|value| value.to_str().unwrap_or("?")).collect();
    Some(proxies.client(peer, lines.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::TrustedProxies;

    fn client(trusted: &str, peer: &str, lines: &[&str]) -> String {
        TrustedProxies::parse(trusted).unwrap().client(peer.parse().unwrap(), lines.iter().copied()).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let ours = "10.0.0.0/8, 192.168.1.7, fd00::/8";
        for (peer, lines, who) in [
            ("203.0.113.9", &["1.1.1.1"][..], "203.0.113.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6, 1.1.1.1, 192.168.1.7"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6, 1.1.1.1", "10.9.9.9"], "1.1.1.1"),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", &["1.1.1.1, nonsense, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["1.1.1.1, "], "10.0.0.1"),
            ("10.0.0.1", &["1.1.1.1:4711"], "1.1.1.1"),
            ("fd00::1", &["[2001:db8::5]:80"], "2001:db8::5"),
            ("fd00::1", &["2001:db8::5"], "2001:db8::5"),
            ("::ffff:10.0.0.1", &["::ffff:1.1.1.1"], "1.1.1.1"),
        ] {
            assert_eq!(client(ours, peer, lines), who, "{peer} {lines:?}");
        }
        assert_eq!(client("", "10.0.0.1", &["1.1.1.1"]), "10.0.0.1");
    }

    #[test]
    fn an_entry_that_is_no_network_is_named() {
        assert_eq!(TrustedProxies::parse("10.0.0.0/8,10.0.0.0/99").unwrap_err(), "10.0.0.0/99");
        assert_eq!(TrustedProxies::parse("proxy.example").unwrap_err(), "proxy.example");
    }
}
