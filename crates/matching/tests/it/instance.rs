//! Reads composition instances into problems.

use std::collections::HashMap;
use std::time::Instant;

use hansa_matching::search::{
    Answer, Apart, Candidate, Cost, Flow, Level, NANOS, Problem, Query, Rates, Site, Slot, Weights, solve,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    components: Vec<Component>,
    edges: Vec<Edge>,
    budget: Option<f64>,
    max_providers: Option<usize>,
    #[serde(default)]
    anti: Vec<[usize; 2]>,
}

#[derive(Deserialize)]
struct Component {
    count: i64,
    cands: Vec<Offer>,
}

#[derive(Deserialize)]
struct Offer {
    provider: String,
    region: String,
    price: f64,
    egress: f64,
}

#[derive(Deserialize)]
struct Edge {
    src: usize,
    dst: usize,
    gb: i64,
    max_rtt: Option<f64>,
    rtt: Option<Vec<Vec<f64>>>,
}

/// An instance as a problem.
pub(crate) struct Instance {
    problem: Problem,
    max_providers: Option<usize>,
}

impl Instance {
    /// The cheapest choice.
    pub(crate) fn solve(&self, deadline: Instant) -> Answer {
        let weights = Weights { price: 1, carbon: 0 };
        let query =
            Query { weights, latency_cap: None, max_providers: self.max_providers, below: None, any: false, deadline };
        solve(&self.problem, &query)
    }
}

/// A cost in units of money.
pub(crate) fn euros(cost: Cost) -> f64 {
    cost as f64 / NANOS as f64 / 1e6
}

fn micros(euros: f64) -> i64 {
    (euros * 1e6).round() as i64
}

/// The number of a thing, the same for the same thing.
fn number(numbers: &mut HashMap<String, usize>, thing: String) -> usize {
    let next = numbers.len();
    *numbers.entry(thing).or_insert(next)
}

/// Reads an instance.
pub(crate) fn read(text: &str) -> Result<Instance, serde_json::Error> {
    let document: Document = serde_json::from_str(text)?;
    let (mut sites, mut providers) = (HashMap::new(), HashMap::new());
    let mut places: Vec<Site> = Vec::new();
    let mut slots = Vec::new();
    for component in &document.components {
        let mut slot = Slot { instances: 1, candidates: Vec::new() };
        for (tag, offer) in component.cands.iter().enumerate() {
            let provider = number(&mut providers, offer.provider.clone());
            let site = number(&mut sites, format!("{}/{}", offer.provider, offer.region));
            places.resize(sites.len(), Site { provider, country: 0 });
            slot.candidates.push(Candidate {
                tag,
                site,
                price: micros(offer.price) * component.count,
                egress: Rates::new(vec![(0, micros(offer.egress))]),
                ..Candidate::default()
            });
        }
        slots.push(slot);
    }
    let mut rtt = vec![vec![0; places.len()]; places.len()];
    let mut flows = Vec::new();
    for edge in &document.edges {
        let ends = [&slots[edge.src].candidates, &slots[edge.dst].candidates];
        for (row, from) in edge.rtt.iter().flatten().zip(ends[0]) {
            for (millis, to) in row.iter().zip(ends[1]) {
                rtt[from.site][to.site] = micros(millis / 1e3);
                rtt[to.site][from.site] = micros(millis / 1e3);
            }
        }
        let bound = edge.max_rtt.map(|most| 0..=micros(most / 1e3));
        flows.push(Flow { from: edge.src, to: edge.dst, bytes: edge.gb * 1_000_000_000, rtt: bound });
    }
    let apart = |[first, second]: [usize; 2]| Apart { first, second, level: Level::Provider, ordered: false };
    let aparts = document.anti.into_iter().map(apart).collect();
    let budget = document.budget.map(micros);
    let problem = Problem { slots, sites: places, rtt, flows, aparts, pools: Vec::new(), budget };
    Ok(Instance { problem, max_providers: document.max_providers })
}
