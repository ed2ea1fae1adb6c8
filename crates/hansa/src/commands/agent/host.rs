//! What the machine of an agent has to sell.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::path::Path;

/// What was found out about this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Host {
    /// Its processors.
    pub(super) processors: u64,
    /// Its memory in bytes.
    pub(super) memory: u64,
    /// What is free on the disk, in bytes.
    pub(super) disk: u64,
    /// Whether its processor runs guests for this account.
    pub(super) kvm: bool,
    /// The address by which it reaches the exchange, and so most likely its buyers it.
    pub(super) address: Ipv4Addr,
}

impl Host {
    /// Looks at this machine: at the disk that holds `directory`, and at the way to `exchange`. KVM is not tried.
    pub(super) fn look(directory: &Path, exchange: &str) -> io::Result<Self> {
        let disk = nix::sys::statvfs::statvfs(directory)?;
        Ok(Self {
            processors: std::thread::available_parallelism()?.get() as u64,
            memory: memory(&std::fs::read_to_string("/proc/meminfo")?).ok_or(io::ErrorKind::InvalidData)?,
            disk: disk.blocks_available() * disk.fragment_size(),
            kvm: false,
            address: address_towards(exchange).unwrap_or(Ipv4Addr::LOCALHOST),
        })
    }
}

/// The memory in bytes that the kernel tells of.
fn memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}

/// The address that a packet to the exchange would be sent from; none is sent.
fn address_towards(exchange: &str) -> Option<Ipv4Addr> {
    let (scheme, rest) = exchange.split_once("://")?;
    let authority = rest.split('/').next()?;
    let usual = if scheme == "https" { 443 } else { 80 };
    let reached = authority.to_socket_addrs().or_else(|_| (authority, usual).to_socket_addrs()).ok()?;
    reached.filter(SocketAddr::is_ipv4).find_map(|peer| {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        socket.connect(peer).ok()?;
        match socket.local_addr().ok()?.ip() {
            IpAddr::V4(address) => Some(address),
            IpAddr::V6(_) => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_the_kernel_writes_it() {
        assert_eq!(memory("MemTotal:       24576000 kB\nMemFree: 1 kB\n"), Some(24_576_000 << 10));
        assert_eq!(memory("MemFree: 1 kB\n"), None);
    }

    #[test]
    fn an_exchange_on_this_machine_is_reached_from_this_machine() {
        assert_eq!(address_towards("http://127.0.0.1:8700"), Some(Ipv4Addr::LOCALHOST));
        assert_eq!(address_towards("http://127.0.0.1/path"), Some(Ipv4Addr::LOCALHOST));
        assert_eq!(address_towards("nonsense"), None);
    }
}
