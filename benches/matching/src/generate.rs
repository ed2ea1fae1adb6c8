//! Instances made at random from a seed: the same seed and shape give the same instance everywhere.

use crate::document::{Capacity, Component, Document, Edge, Offer};

/// What an instance looks like.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// How many components.
    pub components: usize,
    /// How many candidates each has.
    pub candidates: usize,
    /// How many edges there are beyond a tree, for each hundred components.
    pub surplus: usize,
    /// Whether some edges bound the round trip.
    pub latency: bool,
    /// Whether there is a budget.
    pub budget: bool,
    /// The most providers.
    pub max_providers: Option<usize>,
    /// How many pairs must be at different providers.
    pub apart: usize,
    /// How many pairs must be at one site or one provider.
    pub together: usize,
    /// Whether sites have room for a few instances only.
    pub capacity: bool,
}

impl Shape {
    /// Traffic and prices, nothing else; a few edges beyond a tree.
    #[must_use]
    pub const fn core(components: usize, candidates: usize) -> Self {
        Self {
            components,
            candidates,
            surplus: 30,
            latency: false,
            budget: false,
            max_providers: None,
            apart: 0,
            together: 0,
            capacity: false,
        }
    }

    /// Round trips, a budget, three providers at most, and a pair kept apart as well.
    #[must_use]
    pub const fn extended(components: usize, candidates: usize) -> Self {
        Self { latency: true, budget: true, max_providers: Some(3), apart: 1, ..Self::core(components, candidates) }
    }

    /// Any shape of at most so many components and candidates.
    #[must_use]
    pub fn any(random: &mut Random, components: usize, candidates: usize) -> Self {
        Self {
            components: 1 + random.below(components),
            candidates: 1 + random.below(candidates),
            surplus: [0, 30, 100, 300][random.below(4)],
            latency: random.one_in(2),
            budget: random.one_in(2),
            max_providers: random.one_in(2).then(|| 1 + random.below(4)),
            apart: random.below(3),
            together: if random.one_in(4) { 1 + random.below(2) } else { 0 },
            capacity: random.one_in(4),
        }
    }
}

/// Numbers that look random: splitmix64.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Starts from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is above zero.
    #[allow(clippy::cast_possible_truncation, reason = "the remainder is below a usize")]
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True once in `times`.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())]
    }

    /// So many different numbers below `end`.
    fn several(&mut self, count: usize, end: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..end).collect();
        for place in 0..count {
            let other = place + self.below(end - place);
            numbers.swap(place, other);
        }
        numbers.truncate(count);
        numbers
    }
}

/// A place of a provider.
struct Place {
    provider: usize,
    region: String,
    /// In km, east and north.
    at: [f64; 2],
    egress: f64,
    /// How dear it is, in hundredths of the usual.
    level: usize,
}

/// Money of so many cents.
#[allow(clippy::cast_precision_loss, reason = "a few million at most")]
fn cents(cents: usize) -> f64 {
    cents as f64 / 100.0
}

/// Makes an instance.
#[must_use]
pub fn generate(shape: &Shape, seed: u64) -> Document {
    let mut random = Random::new(seed);
    let places = places(&mut random, shape.candidates);
    let mut at = Vec::new();
    let mut components = Vec::new();
    for _ in 0..shape.components {
        let own = random.several(shape.candidates, places.len());
        let usual = random.pick(&[400, 900, 1_800, 4_500, 12_000]);
        let offer = |place: &usize| {
            let place = &places[*place];
            let price = cents(usual * place.level / 100 + random.below(usual / 4));
            Offer::new(format!("p{}", place.provider), place.region.clone(), price, place.egress)
        };
        let cands = own.iter().map(offer).collect();
        components.push(Component::new(random.pick(&[1, 1, 2, 3]), cands));
        at.push(own);
    }
    let edges = edges(&mut random, shape, &places, &at);
    let pairs = |random: &mut Random, count: usize| -> Vec<[usize; 2]> {
        let count = if shape.components < 2 { 0 } else { count };
        (0..count).map(|_| random.several(2, shape.components)).map(|pair| [pair[0], pair[1]]).collect()
    };
    let anti = pairs(&mut random, shape.apart);
    let is_apart = |pair: &[usize; 2]| anti.contains(pair) || anti.contains(&[pair[1], pair[0]]);
    let mut together = pairs(&mut random, shape.together);
    together.retain(|pair| !is_apart(pair));
    let same_site = together.split_off(together.len() / 2);
    let budget = shape.budget.then(|| budget(&mut random, &components));
    let capacity = if shape.capacity { capacity(&mut random, &places) } else { Vec::new() };
    Document {
        components,
        edges,
        budget,
        max_providers: shape.max_providers,
        anti,
        same_site,
        same_provider: together,
        capacity,
        ..Document::default()
    }
}

#[allow(clippy::cast_precision_loss, reason = "a few thousand at most")]
fn places(random: &mut Random, candidates: usize) -> Vec<Place> {
    let count = candidates + candidates / 4 + 1;
    let providers: Vec<(f64, usize)> = (0..(count / 3).clamp(2, 60))
        .map(|_| (random.pick(&[0.0, 0.0, 0.01, 0.01, 0.02, 0.085]), 60 + random.below(140)))
        .collect();
    let cities: Vec<[f64; 2]> = (0..22).map(|_| [random.below(2_500) as f64, random.below(2_500) as f64]).collect();
    (0..count)
        .map(|number| {
            let provider = random.below(providers.len());
            let (egress, level) = providers[provider];
            Place { provider, region: format!("r{number}"), at: random.pick(&cities), egress, level }
        })
        .collect()
}

/// A tree and some edges more, towards earlier components.
fn edges(random: &mut Random, shape: &Shape, places: &[Place], at: &[Vec<usize>]) -> Vec<Edge> {
    let mut edges = Vec::new();
    let surplus = shape.components * shape.surplus / 100;
    let more = (0..surplus).map(|_| 1 + random.below(shape.components)).collect::<Vec<_>>();
    for later in (1..shape.components).chain(more).filter(|later| *later < shape.components) {
        let earlier = later - 1 - random.below(later.min(5));
        let (src, dst) = if random.one_in(2) { (earlier, later) } else { (later, earlier) };
        let max_rtt = (shape.latency && random.one_in(2)).then(|| random.pick(&[2.0, 5.0, 15.0, 25.0]));
        let rtt = max_rtt.map(|_| matrix(places, &at[src], &at[dst]));
        edges.push(Edge { src, dst, gb: random.pick(&[1, 10, 50, 200, 1_000, 5_000]), max_rtt, rtt });
    }
    edges
}

/// Half a millisecond within a site, else one and what the way takes, to the microsecond.
fn matrix(places: &[Place], from: &[usize], to: &[usize]) -> Vec<Vec<f64>> {
    let row = |from: &usize| {
        to.iter()
            .map(|to| {
                let [a, b] = [&places[*from], &places[*to]];
                let distance = (a.at[0] - b.at[0]).hypot(a.at[1] - b.at[1]);
                if from == to { 0.5 } else { ((1.0 + 0.0194 * distance) * 1e3).round() / 1e3 }
            })
            .collect()
    };
    from.iter().map(row).collect()
}

/// Something above the cheapest prices without traffic.
#[allow(clippy::cast_precision_loss, reason = "a count is a few at most")]
fn budget(random: &mut Random, components: &[Component]) -> f64 {
    let least = |component: &Component| {
        component.cands.iter().map(|offer| offer.price).fold(f64::INFINITY, f64::min) * component.count as f64
    };
    let sum: f64 = components.iter().map(least).sum();
    (sum * cents(105 + random.below(200)) * 100.0).round() / 100.0
}

fn capacity(random: &mut Random, places: &[Place]) -> Vec<Capacity> {
    let room = |place: &Place| {
        let instances = random.pick(&[0, 0, 1, 2, 3, 5, 8]);
        let provider = format!("p{}", place.provider);
        (instances > 0).then(|| Capacity { provider, region: place.region.clone(), instances })
    };
    places.iter().filter_map(room).collect()
}
