//! What an agent counts, for Prometheus.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::driver::DriverError;
use crate::handle::Status;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    driver: &'static str,
    call: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: String,
}

pub(crate) struct Telemetry {
    registry: Registry,
    calls: Family<Call, Counter>,
    services: Family<State, Gauge>,
    restarts: Gauge,
    connected: Gauge,
    journal_full: Gauge,
    waiting_observations: Gauge,
    waiting_intervals: Gauge,
    pub(crate) reports: Counter,
    pub(crate) refused_usage: Counter,
}

impl Telemetry {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("hansa_agent");
        let calls = Family::default();
        registry.register("driver_calls", "Calls to drivers", Family::clone(&calls));
        let services = Family::default();
        registry.register("services", "Services by what was last seen of them", Family::clone(&services));
        let mut gauge = |name, help| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let restarts = gauge("restarts", "How often the present services had to be started again");
        let connected = gauge("connected", "Whether the exchange answered last time");
        let journal_full = gauge("journal_full", "Whether the disk is too full to begin new work");
        let waiting_observations = gauge("waiting_observations", "Observations that are not reported yet");
        let waiting_intervals = gauge("waiting_intervals", "Closed usage intervals that are not reported yet");
        let mut counter = |name, help| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let reports = counter("reports", "Reports that the exchange has taken");
        let refused_usage = counter("refused_usage", "Usage records that the exchange has refused");
        Self {
            registry,
            calls,
            services,
            restarts,
            connected,
            journal_full,
            waiting_observations,
            waiting_intervals,
            reports,
            refused_usage,
        }
    }

    pub(crate) fn called(&self, driver: &'static str, call: &'static str, error: Option<&DriverError>) {
        let outcome = match error {
            None => "done",
            Some(DriverError::Refused(_)) => "refused",
            Some(DriverError::Unavailable(_)) => "failed",
        };
        self.calls.get_or_create(&Call { driver, call, outcome }).inc();
    }

    /// Everything in the text format of Prometheus.
    pub(crate) fn render(&self, status: &Status) -> String {
        self.services.clear();
        for service in &status.services {
            let state = service.state.map_or_else(|| "unknown".to_owned(), |state| format!("{state:?}").to_lowercase());
            self.services.get_or_create(&State { state }).inc();
        }
        self.restarts.set(status.services.iter().map(|service| i64::from(service.restarts)).sum());
        self.connected.set(status.connected.into());
        self.journal_full.set(status.journal_full.into());
        self.waiting_observations.set(to_i64(status.waiting_observations));
        self.waiting_intervals.set(to_i64(status.waiting_intervals));
        let mut text = String::new();
        // Writing to a text never fails.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
