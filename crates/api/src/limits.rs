//! How many requests are taken from whom.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::options::{ApiOptions, Rate};
use crate::problem::Refusal;

/// After how many checks callers who are quiet again are forgotten.
const SWEEP_EVERY: u32 = 4096;

pub(crate) struct Limits {
    tokens: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    sign_ins: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    checks: AtomicU32,
}

fn quota(rate: Rate) -> Quota {
    Quota::per_second(rate.per_second).allow_burst(rate.burst)
}

impl Limits {
    pub(crate) fn new(options: &ApiOptions) -> Self {
        Self {
            tokens: RateLimiter::dashmap(quota(options.token_rate)),
            addresses: RateLimiter::dashmap(quota(options.address_rate)),
            sign_ins: RateLimiter::dashmap(quota(options.sign_in_rate)),
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts a request of a caller who is known.
    pub(crate) fn known(&self, caller: &str) -> Result<(), Refusal> {
        self.sweep();
        self.tokens.check_key(&caller.to_owned()).map_err(|until| refusal(until.wait_time_from(self.clock.now())))
    }

    /// Counts a request from an address.
    pub(crate) fn address(&self, address: IpAddr) -> Result<(), Refusal> {
        self.sweep();
        self.addresses.check_key(&subscriber(address)).map_err(|until| refusal(until.wait_time_from(self.clock.now())))
    }

    /// Counts an attempt to sign in from an address.
    pub(crate) fn sign_in(&self, address: IpAddr) -> Result<(), Refusal> {
        self.sweep();
        self.sign_ins.check_key(&subscriber(address)).map_err(|until| refusal(until.wait_time_from(self.clock.now())))
    }

    fn sweep(&self) {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.tokens.retain_recent();
            self.addresses.retain_recent();
            self.sign_ins.retain_recent();
        }
    }
}

fn refusal(wait: Duration) -> Refusal {
    Refusal::too_many(wait.as_secs() + 1)
}

/// Whoever has one IPv6 address has 2⁶⁴ of them.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        short => short,
    }
}
