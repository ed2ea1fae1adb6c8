//! Matching again what runs: whether it should stay, and what would have to change for another answer.

use std::time::{Duration, Instant};

use hansa_model::evidence::Assurance;
use hansa_model::id::{OfferId, ParticipantId, SiteId};
use hansa_model::kind::KindId;
use hansa_model::proposal::{Advice, Cause};
use hansa_model::time::Timestamp;

use super::advice::{self, Found};
use super::as_it_is::AsItIs;
use super::policy::Policy;
use super::running::{Running, is_apart};
use super::standing::Standing;
use crate::compose::{Composition, MOST_PER_SLOT};
use crate::index::{Item, Mask, Snapshot};
use crate::prepare::{Options, Prepared, Wish};
use crate::search::{Cost, NANOS, Query, solve};

/// How many of the cheapest offers of a component are looked at first.
const FIRST: usize = if cfg!(test) { 2 } else { 48 };

/// More than anything costs.
const NEVER: Cost = Cost::MAX / 8;

/// What an instance of a component is placed as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Floor {
    pub(crate) kind: KindId,
    /// Into how many places.
    pub(crate) places: i64,
    /// How many instances to each.
    pub(crate) instances: i64,
    /// What leaving the dearest part counts as over the horizon.
    pub(crate) dearest: i64,
    /// No offer that may be chosen comes to less over the horizon, burden included.
    pub(crate) lowest: Cost,
}

/// What an answer rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Use {
    Offer(OfferId),
    /// What is known of an offer that something runs on.
    Assurance(OfferId),
    Provider(ParticipantId),
    Site(SiteId),
    Room(SiteId, KindId),
}

/// An answer, and what would have to change for another one.
#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub(crate) advice: Option<Advice>,
    /// What runs, as far as it may stay.
    pub(crate) standing: Standing,
    /// For each component.
    pub(crate) floors: Vec<Floor>,
    /// What comes to less than this over the horizon is another answer; nothing is when absent.
    pub(crate) target: Option<Cost>,
    pub(crate) uses: Vec<Use>,
    /// When time alone may change the answer.
    pub(crate) until: Option<Timestamp>,
}

/// What choosing an offer for one place comes to over the horizon; `None` when that is beyond all sense.
pub(crate) fn value(prepared: &Prepared<'_>, standing: &Standing, wish: &Wish<'_>, item: &Item) -> Option<Cost> {
    let one = item.extent(wish.component, wish.instances(), prepared.judge.geo)?;
    let instances = i64::from(wish.instances());
    let price = one.price.checked_mul(instances).filter(|price| *price <= MOST_PER_SLOT)?;
    let carbon = one.carbon.saturating_mul(instances).min(MOST_PER_SLOT);
    let burden = standing.burden(wish, item, carbon, instances);
    Some((Cost::from(price) * standing.weights().price + Cost::from(burden)) * NANOS)
}

/// Matches what runs again.
pub(crate) fn review(
    market: &Snapshot<'_>,
    running: &Running,
    policy: &Policy,
    now: Timestamp,
    time_limit: Duration,
) -> Review {
    let deadline = Instant::now() + time_limit;
    let application = &running.application;
    let options = Options { orderable_only: true, viewer: running.viewer(), geo: market.geo(), ..Options::at(now) };
    let standing = Standing::new(running, policy, market);
    let (mut asked, _) = Prepared::asked(application, market, &options);
    let Some(stay) = AsItIs::judge(&mut asked, &standing, running) else { return Review::unknown(running) };
    let staying = standing.without(&stay.leaving);
    let mut prepared = Prepared::new(application, market, &options);
    prepared.standing = Some(&staying);

    let holds = stay.failures.is_empty();
    let hysteresis = if holds { policy.hysteresis(stay.monthly) } else { 0 };
    // To somebody for whom the price does not count, nothing is better for being cheaper.
    let worth_looking = !holds || application.objective.price > 0.0;
    let target = if holds { stay.cost - Cost::from(hysteresis) * NANOS } else { NEVER };
    let mut search = Search { prepared, standing: &staying, stay: &stay, floors: Vec::new(), deadline };
    let found = worth_looking.then(|| search.run(target)).flatten();

    let cause = if holds { Cause::Better } else { Cause::MustMove };
    let advice = (!holds || found.is_some())
        .then(|| advice::advice(&search.prepared, &staying, running, &stay, cause, hysteresis, found.as_ref()));
    Review {
        advice,
        target: worth_looking.then(|| found.as_ref().map_or(target, |found| found.cost)),
        floors: search.floors,
        uses: uses(running, found.as_ref()),
        until: until(running, found.as_ref(), now),
        standing: staying,
    }
}

impl Review {
    /// Nothing is known of what runs but where it is.
    pub(crate) fn unknown(running: &Running) -> Self {
        let standing = Standing::default();
        Self { advice: None, standing, floors: Vec::new(), target: None, uses: uses(running, None), until: None }
    }
}

/// What an answer rests on that changes may take away.
fn uses(running: &Running, found: Option<&Found>) -> Vec<Use> {
    let parts = running
        .parts()
        .iter()
        .flat_map(|part| [Use::Provider(part.provider.id), Use::Site(part.site.id), Use::Assurance(part.offer.id)]);
    let new = found.into_iter().flat_map(|found| &found.new).flat_map(|new| {
        [Use::Offer(new.offer), Use::Provider(new.provider), Use::Site(new.site), Use::Room(new.site, new.kind)]
    });
    let mut uses: Vec<Use> = parts.chain(new).collect();
    uses.sort_unstable();
    uses.dedup();
    uses
}

/// When certificates and levels end.
pub(crate) fn ends(known: &Assurance) -> impl Iterator<Item = Timestamp> + '_ {
    known.certificates.iter().filter_map(|held| held.valid_until).chain(known.valid_until)
}

/// The first instant at which a certificate, a level or a report that the answer rests on ends.
fn until(running: &Running, found: Option<&Found>, now: Timestamp) -> Option<Timestamp> {
    let ends = running.parts().iter().flat_map(|part| ends(part.assurance()));
    let new = found.into_iter().flat_map(|found| &found.new).flat_map(|new| new.ends.iter().copied());
    ends.chain(new).filter(|end| *end > now).min()
}

/// Looks for the best that what runs could become.
struct Search<'s, 'a> {
    prepared: Prepared<'a>,
    standing: &'a Standing,
    stay: &'s AsItIs,
    floors: Vec<Floor>,
    deadline: Instant,
}

impl Search<'_, '_> {
    /// The best below a cost, if anything is. The cheapest offers come first; what they come to together says which
    /// others could matter at all.
    fn run(&mut self, target: Cost) -> Option<Found> {
        self.floors = self.prepared.wishes.iter().map(|wish| self.floor(wish)).collect();
        let first: Vec<Vec<Mask>> = self.prepared.wishes.iter().map(|wish| self.cheapest(wish)).collect();
        let found = self.solve(first.clone(), target);
        let target = found.as_ref().map_or(target, |found| found.cost);
        let sum = self.sum();
        let wishes = self.prepared.wishes.iter().zip(&self.floors);
        let relevant: Vec<Vec<Mask>> = wishes
            .map(|(wish, floor)| self.below(wish, target.saturating_sub(sum).saturating_add(floor.lowest)))
            .collect();
        let is_new =
            first.iter().flatten().zip(relevant.iter().flatten()).any(|(old, new)| !new.without(old).is_empty());
        if !is_new {
            return found;
        }
        self.solve(relevant, target).or(found)
    }

    /// What everything comes to at least.
    fn sum(&self) -> Cost {
        sum(&self.floors)
    }

    fn value(&self, wish: &Wish<'_>, item: &Item) -> Option<Cost> {
        value(&self.prepared, self.standing, wish, item)
    }

    fn floor(&self, wish: &Wish<'_>) -> Floor {
        let apart = is_apart(wish.component);
        let count = i64::from(wish.component.count);
        let mut floor = Floor {
            kind: wish.component.kind,
            places: if apart { count } else { 1 },
            instances: if apart { 1 } else { count },
            dearest: self.standing.dearest(wish.number),
            lowest: NEVER,
        };
        let staying = self.standing.subjects(&self.prepared, wish);
        let kept = staying.iter().filter_map(|subject| self.value(wish, subject.offer));
        floor.lowest = kept.min().unwrap_or(NEVER);
        for (chunk, mask) in self.chunks(wish) {
            for row in chunk.in_order(mask) {
                if self.at_least(&floor, chunk.price(row)) >= floor.lowest {
                    return floor;
                }
                let value = chunk.item(row).and_then(|item| self.value(wish, item));
                floor.lowest = floor.lowest.min(value.unwrap_or(NEVER));
            }
        }
        floor
    }

    /// What an offer at this price before wishes comes to at least.
    fn at_least(&self, floor: &Floor, price: i64) -> Cost {
        let price = Cost::from(price) * Cost::from(floor.instances) * self.standing.weights().price;
        price.saturating_add(Cost::from(floor.dearest)).saturating_mul(NANOS)
    }

    fn chunks<'c>(&'c self, wish: &'c Wish<'_>) -> impl Iterator<Item = (&'c crate::index::Chunk, &'c Mask)> {
        let chunks = self.prepared.judge.market.chunks(wish.component.kind).iter().map(AsRef::as_ref);
        chunks.zip(&wish.scan.admitted).filter(|(_, mask)| !mask.is_empty())
    }

    fn cheapest(&self, wish: &Wish<'_>) -> Vec<Mask> {
        let mut left = FIRST + usize::try_from(self.floors[wish.number].places).unwrap_or_default();
        let mut rows = vec![Mask::EMPTY; wish.scan.admitted.len()];
        let chunks = self.prepared.judge.market.chunks(wish.component.kind);
        for ((chunk, mask), rows) in chunks.iter().zip(&wish.scan.admitted).zip(&mut rows) {
            for row in chunk.in_order(mask).take(left) {
                rows.insert(row);
                left -= 1;
            }
            if left == 0 {
                break;
            }
        }
        rows
    }

    /// The rows of offers that come to less than a cost.
    fn below(&self, wish: &Wish<'_>, most: Cost) -> Vec<Mask> {
        if most >= NEVER / 2 {
            return wish.scan.admitted.clone();
        }
        let floor = &self.floors[wish.number];
        let chunks = self.prepared.judge.market.chunks(wish.component.kind).iter();
        let rows = chunks.zip(&wish.scan.admitted).map(|(chunk, mask)| {
            let mut rows = Mask::EMPTY;
            // What an offer comes to before wishes rises with its place in the order.
            let near = chunk.in_order(mask).take_while(|row| self.at_least(floor, chunk.price(*row)) < most);
            let value = |row: &usize| chunk.item(*row).and_then(|item| self.value(wish, item));
            near.filter(|row| value(row).is_some_and(|value| value < most)).for_each(|row| rows.insert(row));
            rows
        });
        rows.collect()
    }

    /// The best below a cost among some rows.
    fn solve(&mut self, rows: Vec<Vec<Mask>>, below: Cost) -> Option<Found> {
        self.prepared.reach = Some(rows);
        let waived = vec![false; self.prepared.constraints.len()];
        let composition = Composition::new(&self.prepared, &waived, true).ok()?;
        let objective = &self.prepared.application.objective;
        // What the buyer weighs and what is no money must not become worse.
        let holds = self.stay.failures.is_empty();
        let latency_cap = self.stay.latency.filter(|_| holds && objective.latency > 0.0);
        let providers_cap = Some(self.stay.providers).filter(|_| holds && objective.providers > 0.0);
        let query = Query {
            latency_cap,
            max_providers: composition.max_providers.into_iter().chain(providers_cap).min(),
            below: Some(below),
            ..Query::least(self.standing.weights(), self.deadline)
        };
        let answer = solve(&composition.problem, &query);
        let (cost, choice) = answer.best?;
        Some(Found::new(&composition, self.standing, &choice, cost, answer.lower, answer.nodes))
    }
}

/// What everything comes to at least.
pub(crate) fn sum(floors: &[Floor]) -> Cost {
    floors.iter().map(|floor| floor.lowest.saturating_mul(Cost::from(floor.places))).fold(0, Cost::saturating_add)
}
