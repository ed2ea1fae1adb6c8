//! What is free at sites that report it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use hansa_model::id::SiteId;
use hansa_model::kind::{KindId, Resource};

use crate::search::RESOURCES;

/// Among how many parts the sites are spread, so that a change copies little.
const PARTS: usize = 512;

/// What is free at a site for a kind; a resource that is not reported is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Supply([Option<i64>; RESOURCES]);

impl Supply {
    pub(crate) fn new(free: &BTreeMap<Resource, i64>) -> Self {
        let mut supply = [None; RESOURCES];
        for (resource, amount) in free {
            supply[crate::compose::position(*resource)] = Some((*amount).max(0));
        }
        Self(supply)
    }

    /// What is free of each resource, in the order of [`Resource::ALL`].
    pub(crate) fn amounts(&self) -> [i64; RESOURCES] {
        self.0.map(|amount| amount.unwrap_or(i64::MAX))
    }

    /// How many instances there is room for that take so much each.
    pub(crate) fn room(&self, takes: &[i64; RESOURCES]) -> i64 {
        let rooms =
            self.0.iter().zip(takes).filter_map(|(free, takes)| (*takes > 0).then_some((*free)? / (*takes).max(1)));
        rooms.min().unwrap_or(i64::MAX)
    }

    /// What there is too little of for so many instances that take so much each, if any.
    pub(crate) fn shortage(&self, takes: &[i64; RESOURCES], count: u32) -> Option<Resource> {
        Resource::ALL.into_iter().find(|resource| {
            let number = crate::compose::position(*resource);
            self.0[number].is_some_and(|free| takes[number].saturating_mul(i64::from(count)) > free)
        })
    }
}

/// What is free anywhere, cheaply cloned.
#[derive(Debug, Clone)]
pub(crate) struct Supplies(Arc<Vec<Arc<Part>>>);

type Part = HashMap<(SiteId, KindId), Supply>;

impl Default for Supplies {
    fn default() -> Self {
        Self(Arc::new(vec![Arc::default(); PARTS]))
    }
}

fn part(site: SiteId) -> usize {
    let bits = site.uuid().as_u128();
    usize::try_from((bits ^ (bits >> 64)) % PARTS as u128).unwrap_or_default()
}

impl Supplies {
    pub(crate) fn get(&self, site: SiteId, kind: KindId) -> Option<&Supply> {
        self.0[part(site)].get(&(site, kind))
    }

    pub(crate) fn set(&mut self, site: SiteId, kind: KindId, supply: Option<Supply>) {
        let parts = Arc::make_mut(&mut self.0);
        let part = Arc::make_mut(&mut parts[part(site)]);
        match supply {
            Some(supply) => part.insert((site, kind), supply),
            None => part.remove(&(site, kind)),
        };
    }
}
