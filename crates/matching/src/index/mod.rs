//! The catalogue as matching searches it: bitmaps over offers in price order.
//!
//! The offers of each service kind lie in chunks of at most [`mask::ROWS`], each chunk dearer than the one before. A
//! chunk has a bitmap for each tag (certificate, country, state, text …) and a range-encoded bitmap for each scale
//! (cores, sizes, versions, carbon, validity, room …), so a requirement is an AND of a few words for each chunk; only
//! rows in the bucket at the edge of a scale are looked at one by one. A [`Snapshot`] never changes. The [`Index`]
//! makes the next one by copying the chunk that an offer is in, so readers are never in the way, nor kept waiting.

mod assured;
mod chunk;
mod dictionary;
mod filter;
mod item;
mod landmark;
mod mask;
mod ranges;
mod shelf;
mod supply;
#[cfg(test)]
pub(crate) mod tests;
mod trips;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use hansa_model::evidence::Assurance;
use hansa_model::id::{OfferId, ParticipantId, SiteId};
use hansa_model::kind::{KINDS, KindId, Resource};
use hansa_model::offer::{Catalogue, CatalogueProvider, Offer, OfferState, Offered};
use hansa_model::price::PricePlan;
use hansa_model::site::Site;

use crate::geo::{Geo, Place};

pub(crate) use dictionary::Dictionary;
use item::Scales;
use landmark::{Landmark, Landmarks};
use shelf::Shelf;
use supply::Supplies;
use trips::Trips;

pub(crate) use assured::Assured;
pub(crate) use chunk::Chunk;
pub(crate) use filter::{Filter, Sight};
pub(crate) use item::{Item, Seller, Shape, Spot};
pub(crate) use mask::{Mask, ROWS};
pub(crate) use supply::Supply;

/// As many offers are quicker changed one by one than by looking through all.
const FEW: usize = if cfg!(test) { 16 } else { 64 };

/// Why an offer can't be put into the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// Its provider was not put there before.
    #[error("{0} is not in the index: put the provider there before its offers")]
    UnknownProvider(ParticipantId),
    /// Its site was not put there before.
    #[error("{0} is not in the index: put the site there before its offers")]
    UnknownSite(SiteId),
}

/// A catalogue frozen at one moment, ready to be searched; a clone costs a few reference counts.
#[derive(Debug, Clone)]
pub struct Snapshot<'g> {
    version: u64,
    geo: &'g Geo,
    dictionary: Dictionary,
    scales: Scales,
    shelves: [Arc<Shelf>; KINDS.len()],
    /// The sites by their numbers.
    spots: Arc<Vec<Arc<Spot>>>,
    supplies: Supplies,
    landmarks: Arc<Landmarks>,
    trips: Trips,
}

/// The place of a kind among the shelves.
const fn number_of(kind: KindId) -> usize {
    match kind {
        KindId::ComputeInstance => 0,
        KindId::DatabasePostgresql => 1,
        KindId::DatabaseMariadb => 2,
    }
}

impl<'g> Snapshot<'g> {
    /// The version of the catalogue that it holds, for proofs.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// How many offers it holds.
    #[must_use]
    pub fn offers(&self) -> usize {
        self.shelves.iter().map(|shelf| shelf.offers()).sum()
    }

    /// About how many bytes its bitmaps take, without the offers themselves.
    #[must_use]
    pub fn bitmap_bytes(&self) -> usize {
        self.shelves.iter().flat_map(|shelf| shelf.chunks()).map(|chunk| chunk.bytes()).sum()
    }

    pub(crate) const fn geo(&self) -> &'g Geo {
        self.geo
    }

    /// The offers of a kind in price order, in chunks.
    pub(crate) fn chunks(&self, kind: KindId) -> &[Arc<Chunk>] {
        self.shelves[number_of(kind)].chunks()
    }

    pub(crate) fn supply(&self, site: SiteId, kind: KindId) -> Option<&Supply> {
        self.supplies.get(site, kind)
    }

    pub(crate) const fn scales(&self) -> &Scales {
        &self.scales
    }

    /// The site as it is known now.
    pub(crate) fn spot(&self, site: SiteId) -> Option<&Arc<Spot>> {
        // A site that changed comes again later.
        self.spots.iter().rev().find(|spot| spot.site.id == site)
    }

    /// The round trips between sites in microseconds, by rows and columns in the order of `spots`.
    pub(crate) fn round_trips(&self, spots: &[Arc<Spot>]) -> Vec<Vec<i64>> {
        spots.iter().map(|from| self.trips.from(from, spots.iter(), &self.spots, self.geo)).collect()
    }

    fn landmark(&self, place: Place) -> Arc<Landmark> {
        self.landmarks.at(place, &self.spots, self.geo)
    }
}

/// Keeps a catalogue ready to be searched, offer by offer.
///
/// Changes go into the next [`Snapshot`]; those that were taken before stay as they are.
#[derive(Debug)]
pub struct Index<'g> {
    next: Snapshot<'g>,
    items: HashMap<OfferId, Arc<Item>>,
    sellers: HashMap<ParticipantId, Arc<Seller>>,
    spots: HashMap<SiteId, Arc<Spot>>,
    /// The offers at each site.
    at: HashMap<SiteId, Vec<OfferId>>,
    shapes: HashMap<Offered, Arc<Shape>>,
    prices: HashSet<Arc<PricePlan>>,
    /// What is known of offers by themselves.
    assured: HashMap<Arc<Assurance>, Arc<Assured>>,
    /// Providers are numbered in the order they come.
    next_seller: u32,
}

impl<'g> Index<'g> {
    /// An index without offers; places and carbon are judged by these facts.
    #[must_use]
    pub fn new(geo: &'g Geo) -> Self {
        let mut dictionary = Dictionary::default();
        let scales = Scales::new(&mut dictionary);
        Self {
            next: Snapshot {
                version: 0,
                geo,
                dictionary,
                scales,
                shelves: Default::default(),
                spots: Arc::default(),
                supplies: Supplies::default(),
                landmarks: Arc::default(),
                trips: Trips::default(),
            },
            items: HashMap::new(),
            sellers: HashMap::new(),
            spots: HashMap::new(),
            at: HashMap::new(),
            shapes: HashMap::new(),
            prices: HashSet::new(),
            assured: HashMap::new(),
            next_seller: 0,
        }
    }

    /// The index of a catalogue. Offers whose provider or site is not in it are left out.
    #[must_use]
    pub fn of(catalogue: &Catalogue, geo: &'g Geo) -> Self {
        let mut index = Self::new(geo);
        index.set_version(catalogue.version);
        catalogue.providers.values().for_each(|provider| index.put_provider(provider.clone()));
        catalogue.sites.values().for_each(|site| index.put_site(site.clone()));
        for ((site, kind), free) in &catalogue.free {
            index.next.supplies.set(*site, *kind, Some(Supply::new(free)));
        }
        let mut shelved: [Vec<Arc<Item>>; KINDS.len()] = Default::default();
        for offer in &catalogue.offers {
            let known = index.sellers.contains_key(&offer.provider) && index.spots.contains_key(&offer.site);
            if known && let Ok(item) = index.item(offer) {
                index.note(&item);
            }
        }
        index.items.values().for_each(|item| shelved[number_of(item.kind)].push(item.clone()));
        let scales = index.next.scales;
        index.next.shelves = shelved.map(|items| Arc::new(Shelf::new(items, &scales)));
        index
    }

    /// The catalogue as it is now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'g> {
        self.next.clone()
    }

    /// The catalogue as it is at this moment, without taking a copy.
    pub(crate) const fn latest(&self) -> &Snapshot<'g> {
        &self.next
    }

    pub(crate) fn offer(&self, id: OfferId) -> Option<&Arc<Item>> {
        self.items.get(&id)
    }

    pub(crate) fn provider(&self, id: ParticipantId) -> Option<&CatalogueProvider> {
        self.sellers.get(&id).map(|seller| &seller.provider)
    }

    pub(crate) fn site(&self, id: SiteId) -> Option<&Site> {
        self.spots.get(&id).map(|spot| &spot.site)
    }

    /// The offers of a provider.
    pub(crate) fn sold_by(&self, id: ParticipantId) -> impl Iterator<Item = &Arc<Item>> {
        self.items.values().filter(move |item| item.seller.provider.id == id)
    }

    /// The offers at a site.
    pub(crate) fn at(&self, id: SiteId) -> impl Iterator<Item = &Arc<Item>> {
        self.at.get(&id).into_iter().flatten().filter_map(|offer| self.items.get(offer))
    }

    /// Says which version of the catalogue the index holds.
    pub const fn set_version(&mut self, version: u64) {
        self.next.version = version;
    }

    /// Adds a provider, or changes what is known about it, for all its offers of which nothing is known by themselves.
    pub fn put_provider(&mut self, provider: CatalogueProvider) {
        let known = self.sellers.get(&provider.id);
        if known.is_some_and(|known| known.provider == provider) {
            return;
        }
        let number = known.map_or(self.next_seller, |known| known.number);
        self.next_seller = self.next_seller.max(number + 1);
        let dictionary = &mut self.next.dictionary;
        let seller = Arc::new(Seller::new(provider, number, dictionary));
        let id = seller.provider.id;
        if let Some(before) = self.sellers.insert(id, seller.clone()) {
            // Offers are ordered by the names of their providers as well.
            if before.provider.name == seller.provider.name {
                self.renew(&|chunk| chunk.rows_of_seller(number), &|item| item.clone().sold_by(seller.clone()));
                return;
            }
            let own: Vec<_> = self.items.values().filter(|item| item.seller.number == number).cloned().collect();
            own.iter().for_each(|item| self.replace(item, (**item).clone().sold_by(seller.clone())));
        }
    }

    /// Says what is known of these very offers, instead of what is known of their providers; `None` when nothing is
    /// known of them by themselves any more. Offers that are not there are passed over.
    pub fn set_assurance(&mut self, offers: &[OfferId], assurance: Option<&Assurance>) {
        let own = assurance.map(|assurance| self.assured(assurance));
        let known = offers.iter().filter_map(|offer| self.items.get(offer));
        let differing = known.filter(|item| item.own_assurance().map(AsRef::as_ref) != assurance);
        let differing: Vec<Arc<Item>> = differing.cloned().collect();
        if differing.len() < FEW {
            differing.iter().for_each(|item| self.replace(item, (**item).clone().assured_by(own.clone())));
            return;
        }
        let differing: foldhash::HashSet<OfferId> = differing.iter().map(|item| item.id).collect();
        let rows = |chunk: &Chunk| {
            let mut rows = Mask::EMPTY;
            let differs = |row: &usize| chunk.item(*row).is_some_and(|item| differing.contains(&item.id));
            chunk.live().rows().filter(differs).for_each(|row| rows.insert(row));
            rows
        };
        self.renew(&rows, &|item| item.clone().assured_by(own.clone()));
    }

    /// Adds a site, or changes what is known about it, for all offers there.
    pub fn put_site(&mut self, site: Site) {
        if self.spots.get(&site.id).is_some_and(|known| known.site == site) {
            return;
        }
        let id = site.id;
        let spots = Arc::make_mut(&mut self.next.spots);
        let number = u32::try_from(spots.len()).unwrap_or(u32::MAX);
        let dictionary = &mut self.next.dictionary;
        let spot = Arc::new(Spot::new(site, number, self.next.geo, dictionary));
        spots.push(spot.clone());
        self.next.trips = Trips::default();
        if self.spots.insert(id, spot.clone()).is_some() {
            for item in self.items_at(id, |_| true) {
                self.replace(&item, (*item).clone().moved_to(spot.clone(), self.next.geo));
            }
        }
    }

    /// Adds an offer, or changes the one with its identifier.
    ///
    /// # Errors
    /// [`IndexError`] when its provider or site is not there.
    pub fn put_offer(&mut self, offer: &Offer) -> Result<(), IndexError> {
        let item = self.item(offer)?;
        self.remove_offer(offer.id);
        self.note(&item);
        let scales = self.next.scales;
        self.shelf(item.kind).insert(item, &scales);
        Ok(())
    }

    /// Takes an offer out, if it is there.
    pub fn remove_offer(&mut self, offer: OfferId) {
        let Some(item) = self.items.remove(&offer) else { return };
        if let Some(at) = self.at.get_mut(&item.spot.site.id) {
            at.retain(|other| *other != offer);
        }
        self.shelf(item.kind).remove(&item);
    }

    /// Says what is free at a site for a kind; `None` when nobody reports it any more.
    pub fn set_free(&mut self, site: SiteId, kind: KindId, free: Option<&BTreeMap<Resource, i64>>) {
        let supply = free.map(Supply::new);
        if self.next.supplies.get(site, kind) == supply.as_ref() {
            return;
        }
        self.next.supplies.set(site, kind, supply);
        for item in self.items_at(site, |item| item.kind == kind) {
            let changed = (*item).clone().with_supply(supply.as_ref());
            // What is not told apart moves no bitmap.
            if !changed.has_room_as(&item) {
                self.replace(&item, changed);
            }
        }
    }

    /// Says in what state that is offered which a provider lists of a kind at a site. Drafts and what was retired
    /// stay what they are.
    pub fn set_state(&mut self, site: SiteId, kind: KindId, state: OfferState) {
        let differs = |item: &Item| item.kind == kind && item.state != state && item.is_listed();
        for item in self.items_at(site, differs) {
            let changed = (*item).clone().in_state(state, &mut self.next.dictionary);
            self.replace(&item, changed);
        }
    }

    fn items_at(&self, site: SiteId, wanted: impl Fn(&Item) -> bool) -> Vec<Arc<Item>> {
        self.at(site).filter(|item| wanted(item)).cloned().collect()
    }

    fn shelf(&mut self, kind: KindId) -> &mut Shelf {
        Arc::make_mut(&mut self.next.shelves[number_of(kind)])
    }

    fn note(&mut self, item: &Arc<Item>) {
        if self.items.insert(item.id, item.clone()).is_none() {
            self.at.entry(item.spot.site.id).or_default().push(item.id);
        }
    }

    fn replace(&mut self, old: &Item, new: Item) {
        let (new, scales) = (Arc::new(new), self.next.scales);
        self.items.insert(new.id, new.clone());
        let shelf = self.shelf(new.kind);
        shelf.remove(old);
        shelf.insert(new, &scales);
    }

    /// Puts what `change` makes of some offers in their place: offers that differ in their providers and in what is
    /// known of them alone, of the same names and prices.
    fn renew(&mut self, which: &dyn Fn(&Chunk) -> Mask, change: &dyn Fn(&Item) -> Item) {
        let items = &mut self.items;
        for shelf in &mut self.next.shelves {
            let mut told = |item: &Arc<Item>| _ = items.insert(item.id, item.clone());
            Arc::make_mut(shelf).renew(which, change, &mut told);
        }
    }

    fn item(&mut self, offer: &Offer) -> Result<Arc<Item>, IndexError> {
        let seller = self.sellers.get(&offer.provider).ok_or(IndexError::UnknownProvider(offer.provider))?;
        let spot = self.spots.get(&offer.site).ok_or(IndexError::UnknownSite(offer.site))?;
        let (seller, spot) = (seller.clone(), spot.clone());
        let shape = self.shape(&offer.properties);
        let price = self.price(&offer.price);
        let own = offer.assurance.as_deref().map(|assurance| self.assured(assurance));
        let supply = self.next.supplies.get(offer.site, offer.kind).copied();
        let dictionary = &mut self.next.dictionary;
        let shared = (seller, spot, shape, price);
        Ok(Arc::new(Item::new(offer, shared, own, supply.as_ref(), self.next.geo, dictionary)))
    }

    fn shape(&mut self, offered: &Offered) -> Arc<Shape> {
        if let Some(known) = self.shapes.get(offered) {
            return known.clone();
        }
        if self.shapes.len() == self.shapes.capacity() {
            self.shapes.retain(|_, shape| Arc::strong_count(shape) > 1);
        }
        let dictionary = &mut self.next.dictionary;
        let shape = Arc::new(Shape::new(offered.clone(), dictionary));
        self.shapes.insert(offered.clone(), shape.clone());
        shape
    }

    fn assured(&mut self, assurance: &Assurance) -> Arc<Assured> {
        if let Some(known) = self.assured.get(assurance) {
            return known.clone();
        }
        if self.assured.len() == self.assured.capacity() {
            self.assured.retain(|_, assured| Arc::strong_count(assured) > 1);
        }
        let assurance = Arc::new(assurance.clone());
        let assured = Arc::new(Assured::new(assurance.clone(), &mut self.next.dictionary));
        self.assured.insert(assurance, assured.clone());
        assured
    }

    fn price(&mut self, price: &PricePlan) -> Arc<PricePlan> {
        if let Some(known) = self.prices.get(price) {
            return known.clone();
        }
        if self.prices.len() == self.prices.capacity() {
            self.prices.retain(|price| Arc::strong_count(price) > 1);
        }
        let price = Arc::new(price.clone());
        self.prices.insert(price.clone());
        price
    }
}
