//! Looks names up and lets public addresses through, so that a connection goes to what was checked and nowhere else.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::{Reach, reach};
use crate::options::Options;

/// The addresses of a name. What it answers is checked before anything connects there.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The machine's own way of looking names up.
pub(crate) fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        })
    })
}

/// Which addresses may be asked.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    allow_private: bool,
    private_hosts: Arc<BTreeSet<String>>,
}

impl Guard {
    pub(crate) fn new(options: &Options) -> Self {
        Self { allow_private: options.allow_private, private_hosts: Arc::new(options.private_hosts.clone()) }
    }

    /// Makes sure that an address that `host` has may be asked.
    pub(crate) fn check(&self, host: &str, address: IpAddr) -> Result<(), Forbidden> {
        let why = match reach(address) {
            Reach::Public => return Ok(()),
            Reach::Private(_) if self.allow_private || self.private_hosts.contains(host) => return Ok(()),
            Reach::Private(why) | Reach::Nowhere(why) => why,
        };
        Err(Forbidden { address, why })
    }
}

/// An address that may not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forbidden {
    address: IpAddr,
    why: &'static str,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it leads to {}: {}", self.address, self.why)
    }
}

impl Error for Forbidden {}

/// Looks names up for the HTTP client, which connects to nothing but the answer.
pub(crate) struct CheckedLookup {
    pub(crate) guard: Guard,
    pub(crate) lookup: Lookup,
}

impl Resolve for CheckedLookup {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let (guard, found) = (self.guard.clone(), (self.lookup)(host.clone()));
        Box::pin(async move {
            let addresses = found.await?;
            // One that is forbidden forbids the name: which of them is connected to is up to chance.
            for address in &addresses {
                guard.check(&host, *address)?;
            }
            Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

/// The check that an error stems from, if it does.
pub(crate) fn forbidden(error: &(dyn Error + 'static)) -> Option<Forbidden> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(forbidden) = error.downcast_ref::<Forbidden>() {
            return Some(*forbidden);
        }
        cause = error.source();
    }
    None
}
