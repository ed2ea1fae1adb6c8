//! Ports to listen at.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};

/// A port that nobody listens at right now: `wanted` when it is free, otherwise any.
///
/// # Errors
/// Whatever the network says, as when `address` is none of this machine.
pub fn free(address: IpAddr, wanted: Option<u16>) -> io::Result<u16> {
    if let Some(port) = wanted
        && is_free(address, port)
    {
        return Ok(port);
    }
    Ok(TcpListener::bind(SocketAddr::new(address, 0))?.local_addr()?.port())
}

/// Whether nobody listens at the port.
#[must_use]
pub fn is_free(address: IpAddr, port: u16) -> bool {
    TcpListener::bind(SocketAddr::new(address, port)).is_ok()
}
