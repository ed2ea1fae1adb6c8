//! What runs, as offers that may be chosen again.
//!
//! A part that stays keeps its contract: the price and terms of the version that it was ordered on. Its provider and
//! site are judged as they are today, and its room is taken already. A part that is left costs: its data is sent out,
//! and it is away for a while; what takes its place may have a one-off price. All that adds up over the places of a
//! package, so it is given to the search as its second measure, together with what carbon counts as.

use std::sync::Arc;

use hansa_model::kind::{PropertyBound, Resource};
use hansa_model::offer::{Offer, OfferState, Offered, Visibility};

use super::policy::Policy;
use super::running::{Part, Running};
use crate::compose::{MOST_PER_SLOT, egress_rates};
use crate::geo::Geo;
use crate::index::{Assured, Dictionary, Item, Seller, Shape, Snapshot, Spot};
use crate::prepare::{Prepared, Wish};
use crate::requirement::Subject;
use crate::search::{Cost, NANOS, Weights};

/// A part that may stay.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) item: Arc<Item>,
    /// Its number among the parts.
    pub(crate) part: usize,
    /// What it costs to send its data out, in micro units.
    pub(crate) egress: i64,
    /// What its being away counts as, in micro units.
    pub(crate) downtime: i64,
    /// Whether it may stay.
    stays: bool,
}

/// What runs, for matching it again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// For each component.
    kept: Vec<Vec<Kept>>,
    months: i64,
    /// What a milligram a month counts as in a month, in micro units.
    carbon_rate: f64,
}

impl Kept {
    const fn leaving(&self) -> i64 {
        self.egress.saturating_add(self.downtime)
    }
}

impl Standing {
    pub(crate) fn new(running: &Running, policy: &Policy, market: &Snapshot<'_>) -> Self {
        let components = 0..running.application.components.len();
        let kept = components
            .map(|component| running.of(component).map(|(number, part)| kept(number, part, policy, market)).collect());
        let mut standing = Self { kept: kept.collect(), months: policy.months(), carbon_rate: 0.0 };
        standing.carbon_rate = standing.rate(running, market.geo());
        standing
    }

    /// The buyer's weight of carbon in money: a per cent of the carbon of what runs counts like so many per cent of
    /// its price.
    #[allow(clippy::cast_precision_loss, reason = "a rate need not be exact, only the same each time")]
    fn rate(&self, running: &Running, geo: &Geo) -> f64 {
        let objective = &running.application.objective;
        let (mut price, mut carbon) = (0i64, 0i64);
        for (component, kept) in running.application.components.values().zip(&self.kept) {
            for one in kept {
                let count = running.parts[one.part].count;
                let Some(extent) = one.item.extent(component, count, geo) else { continue };
                let count = i64::from(count);
                price = price.saturating_add(extent.price.saturating_mul(count));
                carbon = carbon.saturating_add(extent.carbon.saturating_mul(count));
            }
        }
        let rate = objective.carbon / objective.price * price as f64 / carbon as f64;
        if rate.is_finite() { rate } else { 0.0 }
    }

    /// The same without parts that may not stay.
    pub(crate) fn without(&self, leaving: &[usize]) -> Self {
        let mut fewer = self.clone();
        for kept in fewer.kept.iter_mut().flatten() {
            kept.stays = !leaving.contains(&kept.part);
        }
        fewer
    }

    /// The weights by which a choice costs what it comes to over the horizon, in billionths of a micro unit.
    pub(crate) fn weights(&self) -> Weights {
        Weights { price: Cost::from(self.months), carbon: NANOS, downtime: 0 }
    }

    /// Over how many months gains are counted.
    pub(crate) const fn months(&self) -> i64 {
        self.months
    }

    /// The parts of a component.
    pub(crate) fn kept(&self, component: usize) -> &[Kept] {
        &self.kept[component]
    }

    /// The part that an offer stands for.
    pub(crate) fn part(&self, component: usize, item: &Item) -> Option<&Kept> {
        self.kept[component].iter().find(|kept| std::ptr::eq(&*kept.item, item))
    }

    /// The parts of a wish that may stay.
    pub(crate) fn subjects<'a>(&'a self, prepared: &Prepared<'a>, wish: &Wish<'a>) -> Vec<Subject<'a>> {
        let staying = self.kept[wish.number].iter().filter(|kept| kept.stays);
        staying.map(|kept| prepared.judge.subject(&kept.item)).collect()
    }

    /// What so much carbon a month counts as over the horizon, in micro units.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a measure far below 2^53")]
    pub(crate) fn carbon_worth(&self, milligrams: i64) -> i64 {
        (milligrams as f64 * self.carbon_rate * self.months as f64).round() as i64
    }

    /// What a choice of an offer costs beside its price over the horizon, in micro units. Instead of what is left
    /// costing something, what stays costs less: that is the same, but for a constant.
    pub(crate) fn burden(&self, wish: &Wish<'_>, item: &Item, carbon: i64, instances: i64) -> i64 {
        let switching = match self.part(wish.number, item) {
            Some(kept) => self.dearest(wish.number) - kept.leaving(),
            None => self.dearest(wish.number).saturating_add(item.one_off().saturating_mul(instances)),
        };
        self.carbon_worth(carbon).saturating_add(switching).clamp(0, MOST_PER_SLOT)
    }

    /// What leaving the dearest part of a component costs.
    pub(crate) fn dearest(&self, component: usize) -> i64 {
        self.kept[component].iter().map(Kept::leaving).max().unwrap_or_default()
    }
}

/// A part as an offer.
fn kept(number: usize, part: &Part, policy: &Policy, market: &Snapshot<'_>) -> Kept {
    let offer =
        Offer { visibility: Visibility::Public, state: OfferState::Orderable, fresh_until: None, ..part.offer.clone() };
    // Nobody looks for it by its tags.
    let words = &mut Dictionary::default();
    let offered = part.properties.values.iter().map(|(name, value)| (name.clone(), PropertyBound::from(value)));
    let shape = Shape::new(Offered(offered.collect()), words);
    let seller = Seller::new(part.provider.clone(), u32::MAX, words);
    // A site that the market does not know has no number there, and differs from every other.
    let unknown = || u32::MAX - u32::try_from(number).unwrap_or_default();
    let spot = market.spot(part.site.id).cloned();
    let spot = spot.unwrap_or_else(|| Arc::new(Spot::new(part.site.clone(), unknown(), market.geo(), words)));
    let shared = (Arc::new(seller), spot, Arc::new(shape), Arc::new(offer.price.clone()));
    let own = offer.assurance.as_deref().map(|own| Arc::new(Assured::new(Arc::new(own.clone()), words)));
    let item = Item::new(&offer, shared, own, None, market.geo(), words).occupied();
    let count = i64::from(part.count);
    let data = part.offer.kind.spec().takes(&part.properties).get(&Resource::Storage).copied().unwrap_or_default();
    let sent = hansa_model::money::div_half_even(egress_rates(&part.offer.price).cost(data), NANOS);
    let sent = i64::try_from(sent).unwrap_or(i64::MAX);
    Kept {
        item: Arc::new(item),
        part: number,
        egress: sent.saturating_mul(count).min(MOST_PER_SLOT),
        downtime: policy.downtime.saturating_mul(count).clamp(0, MOST_PER_SLOT),
        stays: true,
    }
}
