//! Up to which price an offer may matter to which package: the packages that are not worth asking about a dearer one
//! are never looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use hansa_model::id::OrderId;
use hansa_model::kind::KindId;

use super::review::{Floor, Review, sum};
use crate::search::{Cost, NANOS};

/// A component of a package.
pub(crate) type Place = (OrderId, usize);

/// Components by the price below which an instance could matter to them.
#[derive(Debug, Default)]
pub(crate) struct Board {
    ceilings: BTreeMap<KindId, BTreeMap<i64, BTreeSet<Place>>>,
    known: BTreeMap<Place, (KindId, i64)>,
}

impl Board {
    /// Puts up the components of a package, or takes their new ceilings.
    pub(crate) fn put(&mut self, order: OrderId, review: &Review) {
        self.remove(order);
        let Some(target) = review.target else { return };
        let sum = sum(&review.floors);
        for (component, floor) in review.floors.iter().enumerate() {
            let ceiling = ceiling(floor, target.saturating_sub(sum), review.standing.months());
            self.ceilings.entry(floor.kind).or_default().entry(ceiling).or_default().insert((order, component));
            self.known.insert((order, component), (floor.kind, ceiling));
        }
    }

    /// Takes the components of a package down.
    pub(crate) fn remove(&mut self, order: OrderId) {
        let places: Vec<Place> = self.known.range((order, 0)..=(order, usize::MAX)).map(|(place, _)| *place).collect();
        for place in places {
            let Some((kind, ceiling)) = self.known.remove(&place) else { continue };
            let Some(of_kind) = self.ceilings.get_mut(&kind) else { continue };
            if let Some(there) = of_kind.get_mut(&ceiling) {
                there.remove(&place);
                if there.is_empty() {
                    of_kind.remove(&ceiling);
                }
            }
        }
    }

    /// The components to which an offer of a kind could matter that costs so much at least.
    pub(crate) fn above(&self, kind: KindId, price: i64) -> Vec<Place> {
        let of_kind = self.ceilings.get(&kind).into_iter();
        let above = of_kind.flat_map(|of_kind| of_kind.range((Bound::Excluded(price), Bound::Unbounded)));
        above.flat_map(|(_, places)| places).copied().collect()
    }
}

/// The least price of an instance at which it neither is the lowest nor leaves room for something better.
fn ceiling(floor: &Floor, slack: Cost, months: i64) -> i64 {
    let limit = floor.lowest.saturating_add(slack.max(0)).saturating_sub(Cost::from(floor.dearest) * NANOS);
    let each = NANOS * Cost::from(floor.instances.max(1)) * Cost::from(months);
    i64::try_from(limit.max(0) / each + 1).unwrap_or(i64::MAX)
}

/// Whether a package may come to less than it does since an offer comes to so much for one place of a component; the
/// least that the component comes to is lowered with it.
pub(crate) fn wakes(review: &mut Review, component: usize, value: Cost) -> bool {
    let Some(target) = review.target else { return false };
    let lowest = &mut review.floors[component].lowest;
    *lowest = value.min(*lowest);
    // Everything else at its lowest, beside this offer in one place. Where that is not below the target, the ceilings
    // of the other components stay where they are.
    let beside = sum(&review.floors).saturating_sub(review.floors[component].lowest);
    beside.saturating_add(value) < target
}
