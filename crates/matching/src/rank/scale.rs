//! The buyer's weights, in one unit.

use hansa_model::application::Objective;

use super::searcher::{grades, lack};
use super::{Best, Bests, LEAST_DOWNTIME, measure};
use crate::search::{Cost, NANOS, Problem, Weights};

/// What a package comes to on every axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measures {
    /// In micro units a month.
    pub(crate) price: i64,
    /// In milligrams a month.
    pub(crate) carbon: i64,
    /// The worst round trip in microseconds; 0 when there is none.
    pub(crate) latency: i64,
    pub(crate) providers: usize,
    pub(crate) grade: u8,
    /// In millionths.
    pub(crate) downtime: i64,
}

/// The buyer's weights on measures of one problem.
pub(crate) struct Scale {
    pub(super) additive: Weights,
    /// For a microsecond of the worst round trip.
    pub(super) latency: Cost,
    /// For a provider.
    pub(super) provider: Cost,
    /// For a level of sovereignty that is lacking.
    pub(super) lack: Cost,
    /// No choice has a shorter worst round trip.
    pub(super) least_latency: i64,
    /// What a micro unit of money weighs.
    unit: f64,
}

impl Scale {
    #[allow(clippy::cast_possible_truncation, reason = "a float beyond the range becomes the end of the range")]
    pub(super) fn new(objective: &Objective, problem: &Problem, bests: &Bests) -> Self {
        let least =
            |best: &Option<Best>, at_least: f64| best.as_ref().map_or(at_least, |it| it.objective.max(at_least));
        let greenest = bests.greenest.as_ref().unwrap_or(&bests.cheapest);
        // A cent, a gram, a millisecond, one provider, one level and ten millionths of downtime are the least that
        // values are compared with.
        let price = measure(Cost::from(problem.price(&bests.cheapest.choice)).max(10_000) * NANOS);
        let carbon = measure(Cost::from(problem.carbon(&greenest.choice)).max(1_000));
        let latency = least(&bests.quickest, 1_000.0);
        let providers = least(&bests.fewest, 1.0);
        let greatest = objective.weights().into_iter().fold(f64::MIN_POSITIVE, f64::max);
        // Nine digits of each weight, then rounded.
        let precision = 1e9 / greatest;
        let cost = |weight: f64, best: f64| (weight * precision * price / best).round() as Cost;
        Self {
            additive: Weights {
                // However little the price weighs, it decides among equals.
                price: cost(objective.price, price).max(1),
                carbon: cost(objective.carbon, carbon),
                downtime: cost(objective.availability, least(&bests.available, LEAST_DOWNTIME)),
            },
            latency: cost(objective.latency, latency),
            provider: cost(objective.providers, providers),
            lack: if grades(problem).len() > 1 { cost(objective.sovereignty, least(&bests.sovereign, 1.0)) } else { 0 },
            least_latency: bests.quickest.as_ref().map_or(0, |best| crate::geo::whole(best.bound)),
            unit: precision * measure(NANOS),
        }
    }

    pub(super) const fn is_price_alone(&self) -> bool {
        let Weights { carbon, downtime, .. } = self.additive;
        carbon == 0 && downtime == 0 && self.latency == 0 && self.provider == 0 && self.lack == 0
    }

    /// What no choice over this many providers and of this grade at most goes below, without what adds up.
    pub(super) fn fixed(&self, providers: usize, grade: u8) -> Cost {
        let latency = Cost::from(self.least_latency).saturating_mul(self.latency);
        let latency = latency.saturating_add(lack(grade).saturating_mul(self.lack));
        latency.saturating_add(Cost::try_from(providers).unwrap_or_default().saturating_mul(self.provider))
    }

    /// What a choice costs by all weights, when what adds up is `additive`.
    pub(super) fn total(&self, problem: &Problem, additive: Cost, choice: &[usize]) -> Cost {
        let latency = Cost::from(problem.latency(choice).unwrap_or_default()).saturating_mul(self.latency);
        let providers = Cost::try_from(problem.providers(choice)).unwrap_or_default();
        let lacking = lack(problem.grade(choice)).saturating_mul(self.lack);
        additive.saturating_add(latency).saturating_add(lacking).saturating_add(providers.saturating_mul(self.provider))
    }

    /// What a package comes to by all weights, in micro units; exact but for the rounding of traffic.
    pub(crate) fn weigh(&self, measures: &Measures) -> f64 {
        if self.is_price_alone() {
            return measure(measures.price.into());
        }
        let Weights { price, carbon, downtime } = self.additive;
        let parts = [
            (Cost::from(measures.price) * NANOS, price),
            (measures.carbon.into(), carbon),
            (measures.downtime.into(), downtime),
            (measures.latency.into(), self.latency),
            (Cost::try_from(measures.providers).unwrap_or_default(), self.provider),
            (lack(measures.grade), self.lack),
        ];
        self.in_micros(parts.into_iter().map(|(value, weight)| value.saturating_mul(weight)).sum())
    }

    pub(super) fn in_micros(&self, cost: Cost) -> f64 {
        measure(cost) / self.unit
    }
}
