//! Which of the offers that meet everything a search has to look at.
//!
//! A search over a hundred thousand offers starts with a few for each component: the cheapest, the greenest, the
//! nearest, and those of providers and sites that could host the whole application. What it finds then says how dear
//! another offer could be and still matter: a package with it costs at least what it costs and what the cheapest
//! offers of the other components do. Every offer below that is looked at in a second search, so no offer that could
//! make the cheapest, the greenest or the chosen package better is ever left out. Where no such bound is known, ever
//! more offers are looked at, in the end all. Only two measures may stay without proof where there are many offers, and
//! say so: the lowest latency, when it is above what distance alone allows, and the fewest providers, from three on.

#[cfg(test)]
mod tests;

use std::time::Duration;

use foldhash::{HashMap, HashMapExt as _, HashSet};
use hansa_model::application::SpreadBy;
use hansa_model::package::{Package, ProofStatus};

use crate::compose::ALWAYS;
use crate::geo::SAME_SITE_MICROS;
use crate::index::{Chunk, Item, Mask};
use crate::prepare::{Prepared, Wish};
use crate::rank::{ABOVE_ALL, LEAST_DOWNTIME, gap};
use crate::requirement::Check;
use crate::search::standby;

/// How many of the cheapest offers of a component are looked at first; few in tests, as small markets are.
const FIRST: usize = if cfg!(test) { 2 } else { 12 };
/// With this many offers of a component or fewer all are looked at.
const FEW: usize = if cfg!(test) { 4 } else { 48 };
/// Where that takes no longer, all are looked at before a measure stays without proof.
const WHOLE: Duration = if cfg!(test) { Duration::ZERO } else { Duration::from_millis(10) };
/// How many times as many are looked at next, where there is no bound.
const GROWTH: usize = 8;
/// Up to how many times the least carbon offers count as green.
const GREEN: i64 = 4;
/// How many hosts of the whole application are looked at first.
const HOSTS: usize = 2;
/// What a search takes for each pair of linked sites, about.
const NANOS_FOR_A_PAIR: u64 = 300;
/// What a search takes for each offer, about.
const NANOS_FOR_AN_OFFER: u64 = 2_000;
/// Over how many offers hosts of the whole application are sought.
const HOSTED: usize = 1_500;

/// A gram, in milligrams.
const GRAM: i64 = 1_000;

/// What to do after a search.
pub(crate) enum Next {
    /// Nothing beyond could be better.
    Done,
    /// This could be.
    Wider(Reach),
    /// Something could be, and there is no time to look.
    TooFar,
}

/// For each wish what is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    spans: Vec<Span>,
    /// How many of the cheapest of each wish are in.
    first: usize,
}

/// What is looked at of one wish.
#[derive(Debug, Clone)]
struct Span {
    rows: Vec<Mask>,
    /// Whether that is every row that meets everything.
    whole: bool,
    /// No instance of any offer costs less, in micro units.
    least_price: i64,
    /// No instance of any offer that can be ordered costs less.
    least_orderable: i64,
    /// No instance of any offer emits less, in milligrams.
    least_carbon: i64,
    /// No offer is nearer to the place that was asked for, in microseconds.
    least_near: i64,
    /// No offer has fewer levels of sovereignty lacking; known where that is wanted.
    least_lack: u8,
    /// No offer promises less downtime, in millionths; known where that is wanted.
    least_downtime: i64,
    /// How many instances are placed.
    instances: i64,
    /// Up to this price of an instance every row is in.
    reached: i64,
    /// Up to this price of an instance every row that can be ordered is in.
    reached_orderable: i64,
    /// Up to this carbon of an instance every row is in.
    reached_carbon: i64,
}

/// A provider or site, and what it has for the wishes that were looked at.
#[derive(Debug, Default)]
struct Host {
    wishes: usize,
    total: i64,
    /// Wishes and rows.
    places: Vec<(usize, Place)>,
}

/// A row, by its chunk.
type Place = (usize, usize);

/// The rows of a wish in price order, with the price of an instance before wishes.
fn rows<'w>(chunks: &'w [std::sync::Arc<Chunk>], masks: &'w [Mask]) -> impl Iterator<Item = (i64, Place)> + 'w {
    let within = chunks.iter().zip(masks).enumerate().filter(|(_, (_, mask))| !mask.is_empty());
    within.flat_map(|(number, (chunk, mask))| chunk.in_order(mask).map(move |row| (chunk.price(row), (number, row))))
}

impl Reach {
    /// Where a search begins.
    pub(crate) fn first(prepared: &Prepared<'_>) -> Self {
        let spans = prepared.wishes.iter().map(|wish| Span::first(prepared, wish)).collect();
        let mut reach = Self { spans, first: FIRST };
        if reach.spans.len() > 1 && !reach.is_whole() {
            let chunks = |wish: &Wish<'_>| prepared.judge.market.chunks(wish.component.kind);
            let cheapest = |wish: &Wish<'_>| rows(chunks(wish), &wish.scan.admitted).take(HOSTED).collect();
            reach.add_hosts(prepared, cheapest, |chunk, row| chunk.seller(row));
            reach.add_hosts(prepared, cheapest, |chunk, row| chunk.spot(row));
            let footprint = prepared.judge.market.scales().footprint;
            let greenest = |wish: &Wish<'_>| {
                let span = &reach.spans[wish.number];
                let carbon = span.least_carbon.saturating_mul(GREEN).saturating_add(GRAM);
                let low = rows_up_to(chunks(wish), &wish.scan.admitted, footprint, carbon).into_iter().take(HOSTED);
                let emits = |place: &Place| chunks(wish)[place.0].item(place.1).map_or(i64::MAX, |it| it.least.carbon);
                let mut low: Vec<(i64, Place)> = low.map(|place| (emits(&place), place)).collect();
                low.sort_unstable();
                low
            };
            let greenest: Vec<_> = prepared.wishes.iter().map(greenest).collect();
            let greenest = |wish: &Wish<'_>| greenest[wish.number].clone();
            reach.add_hosts(prepared, greenest, |chunk, row| chunk.seller(row));
            reach.add_hosts(prepared, greenest, |chunk, row| chunk.spot(row));
        }
        reach
    }

    /// The rows to look at, for each wish and chunk.
    pub(crate) fn rows(&self) -> Vec<Vec<Mask>> {
        self.spans.iter().map(|span| span.rows.clone()).collect()
    }

    /// Whether every row is looked at.
    pub(crate) fn is_whole(&self) -> bool {
        self.spans.iter().all(|span| span.whole)
    }

    /// Adds the offers of the host (a provider, a site) that has the whole application for the least, by what `order`
    /// gives of each wish: values that rise, and rows.
    fn add_hosts(
        &mut self,
        prepared: &Prepared<'_>,
        order: impl Fn(&Wish<'_>) -> Vec<(i64, Place)>,
        host: impl Fn(&Chunk, usize) -> u32,
    ) {
        let mut best: HashMap<u32, Host> = HashMap::new();
        for (number, wish) in prepared.wishes.iter().enumerate() {
            let chunks = prepared.judge.market.chunks(wish.component.kind);
            let apart = if wish.component.spread.is_some() { wish.component.count as usize } else { 1 };
            let mut gathered: HashMap<u32, Vec<(i64, Place, u32)>> = HashMap::new();
            for (value, place) in order(wish) {
                let (host, spot) = (host(&chunks[place.0], place.1), chunks[place.0].spot(place.1));
                if number > 0 && best.get(&host).is_none_or(|host| host.wishes < number) {
                    continue;
                }
                let found = gathered.entry(host).or_default();
                if found.len() < apart && found.iter().all(|(.., other)| *other != spot) {
                    found.push((value, place, spot));
                }
            }
            for (host, found) in gathered.into_iter().filter(|(_, found)| found.len() == apart) {
                let best = best.entry(host).or_default();
                best.wishes += 1;
                let each = self.spans[number].instances / i64::try_from(apart).unwrap_or(1).max(1);
                for (value, place, _) in found {
                    best.total = best.total.saturating_add(value.saturating_mul(each));
                    best.places.push((number, place));
                }
            }
        }
        let whole = best.into_values().filter(|host| host.wishes == prepared.wishes.len());
        let mut whole: Vec<_> = whole.map(|host| (host.total, host.places)).collect();
        whole.sort_unstable();
        for (number, (chunk, row)) in whole.into_iter().take(HOSTS).flat_map(|(_, places)| places) {
            self.spans[number].rows[chunk].insert(row);
        }
    }

    /// About how long a search takes: something for each offer, and for each pair of sites that are linked.
    fn cost(&self, prepared: &Prepared<'_>) -> Duration {
        let offers = self.spans.iter().flat_map(|span| &span.rows).map(|rows| u64::from(rows.count())).sum::<u64>();
        let sites: Vec<u64> = prepared.wishes.iter().map(|wish| self.sites(prepared, wish)).collect();
        let places = |name| {
            let wish = prepared.wishes.iter().find(|wish| wish.name == name);
            wish.map_or(0, |wish| sites[wish.number].saturating_mul(slots(wish)))
        };
        let links = prepared.application.links.iter();
        let pairs = links.map(|link| places(&link.from).saturating_mul(places(&link.to))).fold(0, u64::saturating_add);
        Duration::from_nanos(
            pairs.saturating_mul(NANOS_FOR_A_PAIR).saturating_add(offers.saturating_mul(NANOS_FOR_AN_OFFER)),
        )
    }

    /// At how many sites what is looked at of a wish is.
    fn sites(&self, prepared: &Prepared<'_>, wish: &Wish<'_>) -> u64 {
        let chunks = prepared.judge.market.chunks(wish.component.kind);
        let mut seen: Vec<u64> = Vec::new();
        for (rows, chunk) in self.spans[wish.number].rows.iter().zip(chunks) {
            for row in rows.rows() {
                let spot = chunk.spot(row) as usize;
                if spot / 64 >= seen.len() {
                    seen.resize(spot / 64 + 1, 0);
                }
                seen[spot / 64] |= 1 << (spot % 64);
            }
        }
        seen.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// All that meets everything.
    pub(crate) fn everything(prepared: &Prepared<'_>) -> Self {
        Self::first(prepared).whole(prepared)
    }

    /// This reach, with everything.
    fn whole(&self, prepared: &Prepared<'_>) -> Self {
        let mut whole = self.clone();
        for (span, wish) in whole.spans.iter_mut().zip(&prepared.wishes) {
            span.rows.clone_from(&wish.scan.admitted);
            span.whole = true;
        }
        whole
    }

    /// Looks at many more, in the end at everything.
    fn grow(&mut self, prepared: &Prepared<'_>) {
        self.first = self.first.saturating_mul(GROWTH);
        for (span, wish) in self.spans.iter_mut().zip(&prepared.wishes) {
            let admitted: u32 = wish.scan.admitted.iter().map(Mask::count).sum();
            if admitted as usize <= self.first {
                span.rows.clone_from(&wish.scan.admitted);
                span.whole = true;
            } else {
                let chunks = prepared.judge.market.chunks(wish.component.kind);
                span.reached = span.add_cheapest(wish, chunks, &wish.scan.admitted, self.first).1;
                span.reached_orderable = span.add_cheapest(wish, chunks, &wish.scan.orderable, self.first).1;
            }
        }
    }

    /// A wider reach, with what could be better than these packages, which were found within this one; when nothing
    /// could, or a search of it would take longer than `time`, what that means.
    pub(crate) fn wider(&self, prepared: &Prepared<'_>, packages: &[Package], time: Duration) -> Next {
        if self.is_whole() || prepared.wishes.iter().any(|wish| wish.scan.admitted.iter().all(Mask::is_empty)) {
            return Next::Done;
        }
        if !self.is_proven(prepared, packages) {
            let whole = self.whole(prepared);
            if whole.cost(prepared) <= WHOLE.min(time) {
                return Next::Wider(whole);
            }
        }
        let needs = Needs::new(self, prepared, packages);
        let mut wider = self.clone();
        let mut widened = needs.is_none();
        match needs {
            None => wider.grow(prepared),
            Some(needs) => {
                for (span, wish) in wider.spans.iter_mut().zip(&prepared.wishes) {
                    widened |= span.widen(prepared, wish, &needs);
                }
            }
        }
        match (widened, wider.cost(prepared) <= time) {
            (false, _) => Next::Done,
            (true, true) => Next::Wider(wider),
            (true, false) => Next::TooFar,
        }
    }

    fn is_proven(&self, prepared: &Prepared<'_>, packages: &[Package]) -> bool {
        let fewest = packages.iter().map(|package| package.providers.len()).min();
        let [sovereignty, availability] = prepared.wanted_axes();
        fewest.is_none_or(|fewest| fewest <= self.least_providers(prepared, fewest))
            && packages.iter().map(latency).min().is_none_or(|lowest| lowest <= self.least_latency(prepared))
            && (!sovereignty || packages.iter().map(lack).min().is_none_or(|least| least <= self.least_lack()))
            && (!availability
                || packages.iter().map(downtime).min().is_none_or(|least| least <= self.least_downtime(prepared)))
    }

    /// Takes back every proof: offers beyond the reach might be better. What is sure is what is sure of all offers.
    pub(crate) fn doubt(&self, prepared: &Prepared<'_>, packages: &mut [Package]) {
        let price = as_measure(self.sum(|span| span.least_price));
        let carbon = as_measure(self.sum(|span| span.least_carbon)) / 1000.0;
        let weight = prepared.application.objective.price;
        for package in packages {
            let least = match package.name.as_str() {
                "cheapest" => price,
                "greenest" => carbon,
                "chosen" if weight.is_finite() => price * weight.clamp(0.0, 1.0),
                _ => 0.0,
            };
            package.proof.bound = package.proof.bound.min(least);
            if package.proof.bound < package.proof.objective {
                package.proof.status = ProofStatus::Feasible;
            }
            package.proof.gap = gap(package.proof.objective, package.proof.bound);
        }
    }

    /// Takes back the proof of measures that no bound on the reach is known for.
    pub(crate) fn qualify(&self, prepared: &Prepared<'_>, packages: &mut [Package]) {
        if self.is_whole() {
            return;
        }
        let least_latency = self.least_latency(prepared);
        for package in packages {
            let (measure, least) = match package.name.as_str() {
                "lowest-latency" => (latency(package), least_latency),
                "fewest-providers" => {
                    let used = package.providers.len();
                    let least = self.least_providers(prepared, used);
                    (i64::try_from(used).unwrap_or(i64::MAX), i64::try_from(least).unwrap_or(i64::MAX))
                }
                "most-sovereign" => (lack(package), self.least_lack()),
                // What is shown as never there may come to more downtime than all the time.
                "most-available" => (crate::geo::whole(package.proof.objective), self.least_downtime(prepared)),
                _ => continue,
            };
            if measure > least {
                package.proof.status = ProofStatus::Feasible;
                package.proof.bound = package.proof.bound.min(as_measure(least));
                package.proof.gap = gap(package.proof.objective, package.proof.bound);
            }
        }
    }

    /// No package has a shorter worst round trip, in microseconds.
    fn least_latency(&self, prepared: &Prepared<'_>) -> i64 {
        let linked = if prepared.application.links.is_empty() { 0 } else { SAME_SITE_MICROS };
        self.spans.iter().map(|span| span.least_near).fold(linked, i64::max)
    }

    /// No package lacks fewer levels of sovereignty.
    fn least_lack(&self) -> i64 {
        self.spans.iter().map(|span| i64::from(span.least_lack)).max().unwrap_or_default()
    }

    /// No package promises less downtime, in millionths.
    fn least_downtime(&self, prepared: &Prepared<'_>) -> i64 {
        let of_wish = |(span, wish): (&Span, &Wish<'_>)| {
            let copies = usize::try_from(slots(wish)).unwrap_or(usize::MAX);
            standby::downtime(std::iter::repeat_n(span.least_downtime, copies))
        };
        self.spans.iter().zip(&prepared.wishes).map(of_wish).fold(0, i64::saturating_add)
    }

    /// No package has fewer providers than this, as far as that is known of one that has `used`.
    fn least_providers(&self, prepared: &Prepared<'_>, used: usize) -> usize {
        let apart = prepared.wishes.iter().map(|wish| match wish.component.spread {
            Some(spread) if spread.by == SpreadBy::Provider => wish.component.count as usize,
            _ => 1,
        });
        let least = apart.max().unwrap_or(1);
        if least == 1 && used > 1 && has_no_single_provider(prepared) { 2 } else { least }
    }

    /// The sum over all components of what each comes to at least.
    fn sum(&self, least: impl Fn(&Span) -> i64) -> i64 {
        self.spans.iter().map(|span| least(span).saturating_mul(span.instances)).fold(0, i64::saturating_add)
    }
}

/// How much more than the least a component may come to in a package that still matters.
struct Needs {
    price: i64,
    orderable_price: i64,
    carbon: i64,
}

impl Needs {
    /// `None` when there is no bound on what could matter.
    fn new(reach: &Reach, prepared: &Prepared<'_>, packages: &[Package]) -> Option<Self> {
        let (price, orderable, carbon) = (
            reach.sum(|span| span.least_price),
            reach.sum(|span| span.least_orderable),
            reach.sum(|span| span.least_carbon),
        );
        let budget = prepared.application.budget.map(|budget| budget.micros());
        if packages.is_empty() {
            // Nothing dearer than the budget can ever fit.
            let slack = budget?.saturating_sub(price);
            return (slack < 0).then_some(Self { price: -1, orderable_price: -1, carbon: -1 });
        }
        let prices = |wanted: &dyn Fn(&Package) -> bool| {
            packages.iter().filter(|package| wanted(package)).map(|package| package.price.monthly.micros()).min()
        };
        let fewest = packages.iter().map(|package| package.providers.len()).min()?;
        let quickest = packages.iter().map(latency).min()?;
        // One package may stand for several measures.
        let mut dearest = prices(&|_| true)?
            .max(prices(&|package| package.providers.len() == fewest)?)
            .max(prices(&|package| latency(package) == quickest)?);
        let [sovereignty, availability] = prepared.wanted_axes();
        if sovereignty {
            let least = packages.iter().map(lack).min()?;
            dearest = dearest.max(prices(&|package| lack(package) == least)?);
        }
        if availability {
            let least = packages.iter().map(downtime).min()?;
            dearest = dearest.max(prices(&|package| downtime(package) == least)?);
        }
        let any_orderable = packages.first()?.orderable;
        // Among what can be ordered another choice is best; where nothing can be, it is the same.
        let may_be_ordered = reach.spans.iter().all(|span| span.least_orderable < i64::MAX);
        if may_be_ordered && !any_orderable {
            return None;
        }
        let highest = Self::weighted(reach, prepared, packages, carbon)?;
        let all = dearest.max(if any_orderable { 0 } else { highest });
        let greenest = packages.iter().map(|package| milligrams(package.carbon)).min()?;
        Some(Self {
            price: all.saturating_sub(price),
            orderable_price: if any_orderable { highest.saturating_sub(orderable) } else { -1 },
            carbon: greenest.saturating_sub(carbon),
        })
    }

    /// The highest price at which a package could be better than the chosen one by the buyer's weights, when it has
    /// the least of everything else.
    #[allow(clippy::cast_precision_loss, reason = "prices and carbon are far below 2^53")]
    fn weighted(reach: &Reach, prepared: &Prepared<'_>, packages: &[Package], least_carbon: i64) -> Option<i64> {
        let chosen = packages.first()?;
        let objective = &prepared.application.objective;
        let weights = objective.weights();
        if weights[1..].iter().all(|weight| *weight == 0.0) {
            return Some(chosen.price.monthly.micros());
        }
        let always_down = weights[5] > 0.0 && downtime(chosen) >= ALWAYS;
        if !weights.iter().all(|weight| weight.is_finite()) || objective.price <= 0.0 || always_down {
            return None;
        }
        let least = |measure: &dyn Fn(&Package) -> f64| packages.iter().map(measure).fold(f64::INFINITY, f64::min);
        let price = |package: &Package| package.price.monthly.micros() as f64;
        let carbon = |package: &Package| milligrams(package.carbon) as f64;
        let scale = [
            least(&price).max(10_000.0),
            // Shown to the gram, so the best may be almost one less.
            (least(&carbon) - 1_000.0).max(1_000.0),
            least(&|package| latency(package) as f64).max(1_000.0),
            least(&|package| package.providers.len() as f64).max(1.0),
            least(&|package| lack(package) as f64).max(1.0),
            least(&|package| downtime(package) as f64).max(LEAST_DOWNTIME),
        ];
        let beyond = weights[1] * (carbon(chosen) - least_carbon as f64) / scale[1]
            + weights[2] * (latency(chosen) - reach.least_latency(prepared)) as f64 / scale[2]
            + weights[3] * (chosen.providers.len() as f64 - 1.0) / scale[3]
            + weights[4] * (lack(chosen) - reach.least_lack()) as f64 / scale[4]
            + weights[5] * (downtime(chosen) - reach.least_downtime(prepared)) as f64 / scale[5];
        let highest = price(chosen) + beyond.max(0.0) * scale[0] / objective.price;
        Some(crate::geo::whole(highest * 1.000_001 + 1.0))
    }
}

/// Kilograms, shown to the gram, as milligrams that are not less.
fn milligrams(kilograms: f64) -> i64 {
    crate::geo::whole(kilograms * 1_000_000.0).saturating_add(999)
}

/// To how many offers the instances of a component go.
fn slots(wish: &Wish<'_>) -> u64 {
    if wish.component.spread.is_some() { u64::from(wish.component.count) } else { 1 }
}

/// The worst round trip of a package in microseconds; none is as good as can be.
fn latency(package: &Package) -> i64 {
    package.worst_rtt.map_or(0, |round_trip| round_trip.rtt.base())
}

/// How many levels of sovereignty a package lacks.
fn lack(package: &Package) -> i64 {
    i64::from(ABOVE_ALL.saturating_sub(package.sovereignty))
}

/// What a package may be down, in millionths, at most always.
const fn downtime(package: &Package) -> i64 {
    ALWAYS - package.availability.base()
}

#[allow(clippy::cast_precision_loss, reason = "measures are shown, and far below 2^53")]
const fn as_measure(value: i64) -> f64 {
    value as f64
}

/// Whether no provider has an offer for every component.
fn has_no_single_provider(prepared: &Prepared<'_>) -> bool {
    let sellers = |wish: &Wish<'_>| {
        let chunks = prepared.judge.market.chunks(wish.component.kind);
        let all = rows(chunks, &wish.scan.admitted).map(|(_, (chunk, row))| chunks[chunk].seller(row));
        all.collect::<HashSet<u32>>()
    };
    let everywhere = prepared.wishes.iter().map(sellers).reduce(|before, more| &before & &more);
    everywhere.is_none_or(|everywhere| everywhere.is_empty())
}

impl Span {
    fn first(prepared: &Prepared<'_>, wish: &Wish<'_>) -> Self {
        let chunks = prepared.judge.market.chunks(wish.component.kind);
        let admitted = &wish.scan.admitted;
        let mut span = Self {
            rows: vec![Mask::EMPTY; admitted.len()],
            whole: false,
            least_price: 0,
            least_orderable: i64::MAX,
            least_carbon: 0,
            least_near: 0,
            least_lack: 0,
            least_downtime: 0,
            instances: i64::from(wish.component.count),
            reached: 0,
            reached_orderable: 0,
            reached_carbon: 0,
        };
        let count: u32 = admitted.iter().map(Mask::count).sum();
        if count as usize <= FEW {
            span.rows.clone_from(admitted);
            span.whole = true;
        }
        let spread = if wish.component.spread.is_some() { wish.component.count as usize } else { 0 };
        let first = FIRST + spread.min(FEW);
        (span.least_price, span.reached) = span.add_cheapest(wish, chunks, admitted, first);
        (span.least_orderable, span.reached_orderable) = span.add_cheapest(wish, chunks, &wish.scan.orderable, first);
        let footprint = prepared.judge.market.scales().footprint;
        span.least_carbon =
            lowest(chunks, admitted, |chunk, among| chunk.lowest(footprint, among), |item| item.least.carbon);
        let greenest = rows_up_to(chunks, admitted, footprint, span.least_carbon.saturating_add(GRAM));
        for (chunk, row) in greenest.into_iter().take(FIRST) {
            span.rows[chunk].insert(row);
        }
        span.add_promising(prepared, wish);
        let near =
            wish.requirements.iter().zip(&wish.filters).find(|(asked, _)| matches!(asked.check, Check::Near { .. }));
        if let Some((_, filter)) = near {
            let market = prepared.judge.market;
            let distance = |item: &Item| filter.distance(item, market.geo());
            span.least_near = lowest(chunks, admitted, |chunk, among| filter.nearest(chunk, market, among), distance);
            let least = span.least_near;
            let nearest = rows(chunks, admitted)
                .filter(|(_, (chunk, row))| chunks[*chunk].item(*row).is_some_and(|item| distance(item) <= least));
            for (_, (chunk, row)) in nearest.take(FIRST) {
                span.rows[chunk].insert(row);
            }
        }
        span
    }

    /// Adds the cheapest of the most sovereign and of the most available, where those are wanted.
    fn add_promising(&mut self, prepared: &Prepared<'_>, wish: &Wish<'_>) {
        let chunks = prepared.judge.market.chunks(wish.component.kind);
        let mut add = |measure: &dyn Fn(&Item) -> i64| {
            let mut least = i64::MAX;
            let mut best: Vec<Place> = Vec::new();
            for (_, place) in rows(chunks, &wish.scan.admitted) {
                let Some(value) = chunks[place.0].item(place.1).map(|item| measure(item)) else { continue };
                if value < least {
                    least = value;
                    best.clear();
                }
                if value == least && best.len() < FIRST {
                    best.push(place);
                }
            }
            for (chunk, row) in best {
                self.rows[chunk].insert(row);
            }
            least
        };
        let [sovereignty, availability] = prepared.wanted_axes();
        if sovereignty {
            let lack = |item: &Item| i64::from(ABOVE_ALL.saturating_sub(prepared.judge.grade(item)));
            self.least_lack = u8::try_from(add(&lack)).unwrap_or(ABOVE_ALL);
        }
        if availability {
            self.least_downtime = add(&|item: &Item| crate::compose::downtime(item.availability)).min(ALWAYS);
        }
    }

    /// Adds the cheapest of some rows. Says what an instance costs at least, and up to which price every row is in.
    fn add_cheapest(
        &mut self,
        wish: &Wish<'_>,
        chunks: &[std::sync::Arc<Chunk>],
        masks: &[Mask],
        first: usize,
    ) -> (i64, i64) {
        let mut cheapest: Vec<(i64, Place)> = Vec::new();
        let mut beyond = i64::MAX;
        for (least, place) in rows(chunks, masks) {
            if cheapest.len() >= first && cheapest[first - 1].0 <= least || cheapest.len() >= first * 16 {
                beyond = least;
                break;
            }
            if let Some(price) =
                chunks[place.0].item(place.1).and_then(|item| item.monthly(wish.component, wish.instances()))
            {
                let at = cheapest.partition_point(|other| (other.0, other.1) <= (price, place));
                cheapest.insert(at, (price, place));
            }
        }
        let least = cheapest.first().map_or(i64::MAX, |(price, _)| *price).min(beyond);
        let next = cheapest.get(first).map_or(i64::MAX, |(price, _)| *price).min(beyond);
        for (_, (chunk, row)) in cheapest.into_iter().take(first) {
            self.rows[chunk].insert(row);
        }
        (least, next.saturating_sub(1))
    }

    /// Adds what could matter; `false` when nothing is new.
    fn widen(&mut self, prepared: &Prepared<'_>, wish: &Wish<'_>, needs: &Needs) -> bool {
        if self.whole {
            return false;
        }
        let chunks = prepared.judge.market.chunks(wish.component.kind);
        let each = |slack: i64, least: i64| least.saturating_add(slack.max(0) / self.slot_instances(wish));
        let price = each(needs.price, self.least_price);
        let orderable = each(needs.orderable_price, self.least_orderable);
        let carbon = each(needs.carbon, self.least_carbon);
        let mut widened = false;
        if price > self.reached {
            self.add_up_to(wish, chunks, &wish.scan.admitted, price);
            self.reached = price;
            widened = true;
        }
        if needs.orderable_price >= 0 && orderable > self.reached_orderable {
            self.add_up_to(wish, chunks, &wish.scan.orderable, orderable);
            self.reached_orderable = orderable;
            widened = true;
        }
        if needs.carbon >= 0 && carbon > self.reached_carbon {
            let footprint = prepared.judge.market.scales().footprint;
            for (chunk, row) in rows_up_to(chunks, &wish.scan.admitted, footprint, carbon) {
                widened |= !self.rows[chunk].contains(row);
                self.rows[chunk].insert(row);
            }
            self.reached_carbon = carbon;
        }
        widened
    }

    /// How many instances go to one offer together.
    fn slot_instances(&self, wish: &Wish<'_>) -> i64 {
        if wish.component.spread.is_some() { 1 } else { self.instances.max(1) }
    }

    fn add_up_to(&mut self, wish: &Wish<'_>, chunks: &[std::sync::Arc<Chunk>], masks: &[Mask], price: i64) {
        for (_, (chunk, row)) in rows(chunks, masks).take_while(|(least, _)| *least <= price) {
            let monthly = chunks[chunk].item(row).and_then(|item| item.monthly(wish.component, wish.instances()));
            if monthly.is_some_and(|monthly| monthly <= price) {
                self.rows[chunk].insert(row);
            }
        }
    }
}

/// The rows that emit up to so much at least, in price order.
fn rows_up_to(chunks: &[std::sync::Arc<Chunk>], masks: &[Mask], footprint: u32, carbon: i64) -> Vec<Place> {
    let mut found = Vec::new();
    for (number, (chunk, mask)) in chunks.iter().zip(masks).enumerate().filter(|(_, (_, mask))| !mask.is_empty()) {
        let low = chunk.between(footprint, i128::MIN, carbon.into());
        let fits = |row: &usize| chunk.item(*row).is_some_and(|item| item.least.carbon <= carbon);
        let among = low.sure.or(&low.open).and(mask);
        if !among.is_empty() {
            found.extend(chunk.in_order(&among).filter(fits).map(|row| (number, row)));
        }
    }
    found
}

/// The least value among rows; `candidates` narrows the rows of a chunk to those that can have it.
fn lowest(
    chunks: &[std::sync::Arc<Chunk>],
    masks: &[Mask],
    candidates: impl Fn(&Chunk, &Mask) -> Mask,
    value: impl Fn(&Item) -> i64,
) -> i64 {
    let within = chunks.iter().zip(masks).filter(|(_, mask)| !mask.is_empty());
    let least = within.flat_map(|(chunk, mask)| {
        let rows = candidates(chunk, mask);
        rows.rows().filter_map(|row| chunk.item(row)).map(|item| value(item)).min()
    });
    least.min().unwrap_or_default()
}
