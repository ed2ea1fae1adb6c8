//! Free ports on the published address.

use std::collections::BTreeSet;
use std::net::{IpAddr, TcpListener};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// From which port to which, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortRange {
    /// The first.
    pub from: u16,
    /// The last.
    pub to: u16,
}

/// Where ports are taken from when nothing else is said: below those that systems give to outgoing connections, one
/// of which could otherwise take the port of a machine that is stopped.
const DEFAULT: PortRange = PortRange { from: 20_000, to: 32_000 };

const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A port that is neither in use nor promised to somebody. `None` when there is none.
///
/// Without a range of its own it begins anywhere, so that several drivers on one address seldom want the same.
pub(crate) fn choose(address: IpAddr, range: Option<PortRange>, promised: &BTreeSet<u16>) -> Option<u16> {
    let PortRange { from, to } = range.unwrap_or(DEFAULT);
    let first = if range.is_some() { from } else { rand::random_range(from..=to) };
    (first..=to).chain(from..first).find(|port| !promised.contains(port) && is_free(address, *port))
}

/// Waits until nobody listens on the port; whether that happened in time.
pub(crate) async fn free_within(address: IpAddr, port: u16, limit: Duration) -> bool {
    let deadline = Instant::now() + limit;
    while !is_free(address, port) {
        if Instant::now() >= deadline {
            return false;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    true
}

fn is_free(address: IpAddr, port: u16) -> bool {
    TcpListener::bind((address, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn ports_in_use_and_promised_ports_are_passed_over() {
        let used = TcpListener::bind((LOOPBACK, 0)).unwrap();
        let port = used.local_addr().unwrap().port();
        let only = Some(PortRange { from: port, to: port });
        assert!(!is_free(LOOPBACK, port));
        assert_eq!(choose(LOOPBACK, only, &BTreeSet::new()), None);
        drop(used);
        assert_eq!(choose(LOOPBACK, only, &BTreeSet::new()), Some(port));
        assert_eq!(choose(LOOPBACK, only, &BTreeSet::from([port])), None);
        assert!(choose(LOOPBACK, None, &BTreeSet::from([port])).is_some_and(|other| other != port));
    }

    #[tokio::test]
    async fn a_port_that_is_given_back_is_waited_for_and_a_kept_one_is_not() {
        let used = TcpListener::bind((LOOPBACK, 0)).unwrap();
        let port = used.local_addr().unwrap().port();
        assert!(!free_within(LOOPBACK, port, Duration::from_millis(20)).await);
        let waiting = tokio::spawn(free_within(LOOPBACK, port, Duration::from_secs(60)));
        tokio::task::yield_now().await;
        drop(used);
        assert!(waiting.await.unwrap());
    }
}
