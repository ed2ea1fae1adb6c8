//! Figures for monitoring, in the text format of Prometheus.

use std::time::Duration;

use hansa_exchange::figures::Figures;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of the buckets of answering times, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: String,
    status: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
    method: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: String,
}

type Times = Family<Route, Histogram, fn() -> Histogram>;

/// What is counted while requests are served.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    answers: Family<Answered, Counter>,
    times: Times,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { answers: Family::default(), times: Times::new_with_constructor(|| Histogram::new(BUCKETS)) }
    }
}

impl Metrics {
    /// Notes an answer.
    pub(crate) fn note(&self, route: &str, method: &str, status: u16, took: Duration) {
        // Methods are the client's words; only those that are served may become labels.
        let method =
            if matches!(method, "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE") { method } else { "other" };
        let (route, method) = (route.to_owned(), method.to_owned());
        self.answers
            .get_or_create(&Answered { route: route.clone(), method: method.clone(), status: u32::from(status) })
            .inc();
        self.times.get_or_create(&Route { route, method }).observe(took.as_secs_f64());
    }

    /// Everything as text, with the figures of the exchange itself.
    pub(crate) fn text(&self, figures: &Figures) -> String {
        let mut registry = Registry::with_prefix("hansa");
        registry.register("http_requests", "Answered requests", self.answers.clone());
        registry.register("http_request_duration_seconds", "Time to answer", self.times.clone());
        let by_state = [
            ("orders", "Orders by state", &figures.orders),
            ("services", "Services by state", &figures.services),
            ("offers", "Offers by kept state", &figures.offers),
        ];
        for (name, help, counts) in by_state {
            let family = Family::<InState, Gauge>::default();
            for (state, count) in counts {
                family.get_or_create(&InState { state: state.clone() }).set(*count);
            }
            registry.register(name, help, family);
        }
        let single = [
            ("participants", "Participants", figures.participants),
            ("agents", "Enrolled agents", figures.agents),
            ("agents_online", "Agents that reported lately", figures.agents_online),
            ("sagas_running", "Sagas that are not finished", figures.sagas_running),
            ("outbox_waiting", "Events and audit rows that wait for the relay", figures.outbox_waiting),
            ("events_newest", "Sequence number of the newest event", figures.events),
            ("audit_rows", "Rows of the audit log", figures.audit_rows),
        ];
        for (name, help, value) in single {
            let gauge = Gauge::<i64>::default();
            gauge.set(value);
            registry.register(name, help, gauge);
        }
        let mut text = String::new();
        // Writing into a string can't fail.
        let _ = encode(&mut text, &registry);
        text
    }
}
