//! The catalogue as one process keeps it, ready to be searched, and how changes come in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hansa_matching::watch::Change;
use hansa_matching::{Geo, Index, Snapshot};
use hansa_model::id::SiteId;
use hansa_model::kind::{KindId, Resource};
use hansa_model::offer::{Catalogue, Offer, OfferState};
use hansa_model::time::Timestamp;
use hansa_store::changes::{Changes, Mark};

type Place = (SiteId, KindId);

/// From how many changed offers on it is quicker to begin anew, if they are also more than an eighth of all.
const MANY: usize = 5_000;

/// What agents say of a kind at a site.
#[derive(Debug, Default)]
struct Standing {
    fresh_until: Option<Timestamp>,
    free: BTreeMap<Resource, i64>,
}

impl Standing {
    /// The state of what is listed there, as the store sees it in lists.
    fn state(&self, now: Timestamp) -> OfferState {
        match self.fresh_until {
            None => OfferState::Listed,
            Some(until) if until <= now => OfferState::Stale,
            Some(_) if self.free.get(&Resource::Instances).is_some_and(|free| *free <= 0) => OfferState::Full,
            Some(_) => OfferState::Orderable,
        }
    }

    /// What of it can be seen in the catalogue.
    fn shown(&self, now: Timestamp) -> (OfferState, BTreeMap<Resource, i64>) {
        (self.state(now), self.free.clone())
    }
}

/// A catalogue that is kept.
#[derive(Debug)]
pub(super) struct Kept {
    index: Index<'static>,
    mark: Mark,
    standings: HashMap<Place, Standing>,
    /// When what agents said ceases to count.
    ends: BTreeSet<(Timestamp, Place)>,
    /// What changed since whoever follows it last asked; everything when absent.
    news: Option<BTreeSet<Change>>,
}

/// What changed in a catalogue since whoever follows it last asked.
#[derive(Debug)]
pub(crate) enum News {
    /// It was read anew: everything may have.
    Everything,
    /// These things.
    Of(BTreeSet<Change>),
}

impl Kept {
    /// The catalogue of which these are all parts.
    pub(super) fn new(all: Changes, now: Timestamp) -> Self {
        let Changes { mark, providers, sites, offers, fresh_until, mut free } = all;
        let mut standings: HashMap<Place, Standing> = HashMap::new();
        let mut ends = BTreeSet::new();
        for (place, until) in fresh_until {
            ends.insert((until, place));
            standings.entry(place).or_default().fresh_until = Some(until);
        }
        for (place, free) in &free {
            standings.entry(*place).or_default().free.clone_from(free);
        }
        // What nobody supplies has no bounds.
        free.retain(|place, _| standings.get(place).is_some_and(|standing| standing.fresh_until.is_some()));
        let listed = offers.into_iter().filter(|offer| offer.state == OfferState::Listed);
        let catalogue = Catalogue {
            version: mark.version,
            taken_at: Some(now),
            providers: providers.into_iter().map(|provider| (provider.id, provider)).collect(),
            sites: sites.into_iter().map(|site| (site.id, site)).collect(),
            offers: listed.map(|offer| shown(offer, &standings, now)).collect(),
            free,
        };
        Self { index: Index::of(&catalogue, Geo::embedded()), mark, standings, ends, news: None }
    }

    pub(super) const fn mark(&self) -> Mark {
        self.mark
    }

    /// Whether it is quicker to begin anew than to take these changes in, or the only way: the database may have
    /// been put back to an earlier state.
    pub(super) fn is_outrun_by(&self, changes: &Changes) -> bool {
        let many = changes.offers.len();
        changes.mark.version < self.mark.version || (many > MANY && many > self.index.snapshot().offers() / 8)
    }

    /// Takes changes in.
    pub(super) fn take(&mut self, changes: Changes, now: Timestamp) {
        let Changes { mark, providers, sites, offers, fresh_until, free } = changes;
        let of_providers = providers.iter().map(|provider| Change::Provider(provider.id));
        let of_sites = sites.iter().map(|site| Change::Site(site.id));
        let of_offers = offers.iter().map(|offer| Change::Offer(offer.id));
        if let Some(news) = &mut self.news {
            news.extend(of_providers.chain(of_sites).chain(of_offers));
        }
        providers.into_iter().for_each(|provider| self.index.put_provider(provider));
        sites.into_iter().for_each(|site| self.index.put_site(site));
        let known = fresh_until.keys().chain(free.keys()).filter_map(|place| Some((place, self.standings.get(place)?)));
        let before: BTreeMap<_, _> = known.map(|(place, standing)| (*place, standing.shown(now))).collect();
        let mut places = BTreeSet::new();
        for (place, until) in fresh_until {
            places.insert(place);
            let standing = self.standings.entry(place).or_default();
            if let Some(before) = standing.fresh_until.replace(until) {
                self.ends.remove(&(before, place));
            }
            self.ends.insert((until, place));
        }
        for (place, free) in free {
            places.insert(place);
            self.standings.entry(place).or_default().free.extend(free);
        }
        for place in places {
            let standing = &self.standings[&place];
            if before.get(&place) != Some(&standing.shown(now)) {
                self.news.iter_mut().for_each(|news| news.extend([Change::Free(place.0, place.1)]));
            }
            if standing.fresh_until.is_some() {
                self.index.set_free(place.0, place.1, Some(&standing.free));
            }
            self.index.set_state(place.0, place.1, standing.state(now));
        }
        for offer in offers {
            let id = offer.id;
            if offer.state != OfferState::Listed {
                self.index.remove_offer(id);
            } else if let Err(error) = self.index.put_offer(&shown(offer, &self.standings, now)) {
                tracing::error!(offer = %id, %error, "an offer can't be matched");
            }
        }
        self.index.set_version(mark.version);
        self.mark = mark;
    }

    /// Lets what agents said cease to count whose time has come.
    pub(super) fn tick(&mut self, now: Timestamp) {
        while let Some((until, place)) = self.ends.first().copied().filter(|(until, _)| *until <= now) {
            self.ends.remove(&(until, place));
            self.index.set_state(place.0, place.1, OfferState::Stale);
            self.news.iter_mut().for_each(|news| news.extend([Change::Free(place.0, place.1)]));
        }
    }

    /// When something of it will cease to be true by itself.
    pub(super) fn end(&self) -> Option<Timestamp> {
        self.ends.first().map(|(until, _)| *until)
    }

    /// The index, and what changed in it since this was last asked.
    pub(super) fn news(&mut self) -> (&Index<'static>, News) {
        let news = self.news.replace(BTreeSet::new()).map_or(News::Everything, News::Of);
        (&self.index, news)
    }

    pub(super) fn snapshot(&self) -> Snapshot<'static> {
        self.index.snapshot()
    }
}

/// A listed offer as it stands now.
fn shown(offer: Offer, standings: &HashMap<Place, Standing>, now: Timestamp) -> Offer {
    let standing = standings.get(&(offer.site, offer.kind));
    let state = standing.map_or(OfferState::Listed, |standing| standing.state(now));
    // The state tells whether it is fresh, and changes in time.
    Offer { state, fresh_until: None, ..offer }
}
