//! Metering: what the kernel says of the QEMU process, and what the guest says of its network card.
//!
//! QEMU's user-mode network has no counters, so traffic is counted by the guest and asked for through the guest
//! agent. A buyer who rules the guest could understate it; the other meters are out of reach of guests.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hansa_agent::driver::Readings;
use hansa_model::id::ServiceId;
use hansa_model::price::Meter;
use serde_json::Value;

use crate::home::Home;
use crate::process::Process;
use crate::talk::ask_guest;

/// The guest looks for questions once a second.
const PATIENCE: Duration = Duration::from_secs(3);

/// The run of a machine that does not run: it has no counters.
const NO_RUN: &str = "stopped";

/// What was read last, by service.
#[derive(Debug, Default)]
pub(crate) struct Meters {
    last: Mutex<HashMap<ServiceId, Last>>,
}

#[derive(Debug, Clone)]
struct Last {
    run: String,
    at: Instant,
    cpu_ms: i64,
    /// Kept, since a counter that was there must not vanish when a busy guest does not answer.
    traffic: Option<Traffic>,
}

/// Bytes since the guest was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Traffic {
    sent: i64,
    received: i64,
}

impl Meters {
    pub(crate) async fn read(&self, service: ServiceId, home: &Home) -> io::Result<Readings> {
        let stored = home.disk_use()?;
        let mut readings = Readings {
            run: NO_RUN.to_owned(),
            totals: BTreeMap::from([(Meter::StorageUsed, stored)]),
            gauges: BTreeMap::from([("disk.bytes", as_gauge(stored))]),
        };
        if let Some(process) = home.process() {
            self.read_run(service, home, process, &mut readings).await;
        }
        Ok(readings)
    }

    async fn read_run(&self, service: ServiceId, home: &Home, process: Process, readings: &mut Readings) {
        let fresh = if home.was_up(process) { traffic_of(home).await } else { None };
        // Looked at last: a guest that did not answer may have ended.
        let Some(usage) = process.usage() else { return };
        let run = process.run();
        let before = self.last(service).filter(|last| last.run == run);
        let traffic = fresh.or_else(|| before.as_ref().and_then(|last| last.traffic));
        let now = Last { run, at: Instant::now(), cpu_ms: usage.cpu_ms, traffic };

        readings.totals.insert(Meter::CpuTime, usage.cpu_ms);
        if let Some(traffic) = traffic {
            readings.totals.insert(Meter::NetworkEgress, traffic.sent);
            readings.totals.insert(Meter::NetworkIngress, traffic.received);
        }
        readings.gauges.insert("memory.bytes", as_gauge(usage.memory_bytes));
        if let Some(before) = before {
            let elapsed = now.at.duration_since(before.at).as_secs_f64();
            if elapsed > 0.0 {
                let busy = as_gauge(now.cpu_ms - before.cpu_ms) / 1000.0;
                readings.gauges.insert("cpu.percent", 100.0 * busy / elapsed);
            }
        }
        readings.run.clone_from(&now.run);
        self.last.lock().unwrap_or_else(PoisonError::into_inner).insert(service, now);
    }

    fn last(&self, service: ServiceId) -> Option<Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).get(&service).cloned()
    }

    pub(crate) fn forget(&self, service: ServiceId) {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).remove(&service);
    }
}

#[allow(clippy::cast_precision_loss, reason = "gauges are for looking at")]
const fn as_gauge(number: i64) -> f64 {
    number as f64
}

async fn traffic_of(home: &Home) -> Option<Traffic> {
    let answer = ask_guest(&home.agent(), "guest-network-get-interfaces", PATIENCE).await.ok()?;
    sum_of(&answer)
}

/// The traffic of all interfaces but the loopback. What a guest makes up is kept within bounds.
fn sum_of(answer: &Value) -> Option<Traffic> {
    let mut sum = None;
    for interface in answer.as_array()? {
        if interface["name"] == "lo" {
            continue;
        }
        let count = |name: &str| interface["statistics"][name].as_i64().filter(|count| *count >= 0);
        if let (Some(sent), Some(received)) = (count("tx-bytes"), count("rx-bytes")) {
            let before = sum.unwrap_or(Traffic { sent: 0, received: 0 });
            sum = Some(Traffic {
                sent: before.sent.saturating_add(sent),
                received: before.received.saturating_add(received),
            });
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_loopback_and_nonsense_are_not_counted() {
        let card = |name: &str, sent: i64| json!({"name": name, "statistics": {"tx-bytes": sent, "rx-bytes": 2}});
        let answer = json!([card("lo", 1000), card("eth0", 10), card("eth1", 5), card("eth2", -7), {"name": "eth3"}]);
        assert_eq!(sum_of(&answer), Some(Traffic { sent: 15, received: 4 }));
        assert_eq!(sum_of(&json!([card("lo", 1)])), None);
        assert_eq!(sum_of(&json!("nothing")), None);
    }
}
