//! The edge: small nodes at real European places, each with a vector of what it has free.

use std::collections::BTreeMap;

use hansa_matching::{Index, IndexError};
use hansa_model::evidence::{Assurance, Certificate, Control, Source};
use hansa_model::id::{OfferId, ParticipantId, SiteId};
use hansa_model::kind::{KindId, PropertyBound, Resource};
use hansa_model::money::{Currency, Money};
use hansa_model::offer::{Catalogue, CatalogueProvider, Offer, OfferState, Offered, Terms, Visibility};
use hansa_model::price::{Period, PricePlan};
use hansa_model::quantity::{Bound, Quantity};
use hansa_model::site::{Coordinates, Site};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use uuid::Uuid;

use crate::documents::{Typical, document};
use crate::market::{City, cities, id, name, now};

/// How many nodes a provider has on average.
const NODES_PER_PROVIDER: usize = 40;
/// For how many people more a city counts once more when the place of a node is drawn.
const PEOPLE_PER_TOWN: usize = 50_000;
/// Cores of a node.
const CORES: [i64; 4] = [4, 8, 16, 32];

/// Nodes, and what becomes of them.
#[derive(Debug)]
pub struct Edge {
    random: StdRng,
    cities: Vec<City>,
    /// Where nodes can be: each city as often as it has people.
    towns: Vec<usize>,
    providers: Vec<CatalogueProvider>,
    /// How many nodes there ever were.
    made: usize,
    /// The catalogue of the nodes that there are.
    pub catalogue: Catalogue,
}

/// What became of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It has more or less free than before.
    Changed,
    /// It was switched off.
    Gone,
    /// It is new.
    New,
}

/// A machine with its node: one offer at one site.
struct Node {
    site: Site,
    offer: Offer,
    free: BTreeMap<Resource, i64>,
}

impl Edge {
    /// So many nodes, the same for the same seed. Large cities have more of them; each has 4 to 32 cores, of which
    /// some are free, and one size of machine on offer.
    #[must_use]
    pub fn new(seed: u64, nodes: usize) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let cities = cities();
        let towns =
            (0..cities.len()).flat_map(|city| std::iter::repeat_n(city, cities[city].population / PEOPLE_PER_TOWN + 1));
        let towns = towns.collect();
        let providers =
            (0..nodes.div_ceil(NODES_PER_PROVIDER).max(1)).map(|number| provider(&mut random, number)).collect();
        let catalogue = Catalogue { version: 1, taken_at: Some(now()), ..Catalogue::default() };
        let mut edge = Self { random, cities, towns, providers, made: 0, catalogue };
        for provider in &edge.providers {
            edge.catalogue.providers.insert(provider.id, provider.clone());
        }
        for _ in 0..nodes {
            let node = edge.node();
            edge.take_in(node);
        }
        edge
    }

    /// Lets something become of a node, in the catalogue and the index of it alike: eight times of ten what is free
    /// changes, otherwise one goes or comes.
    ///
    /// # Errors
    /// [`IndexError`] never, for the index of this catalogue.
    pub fn churn(&mut self, index: &mut Index<'_>) -> Result<Fate, IndexError> {
        self.catalogue.version += 1;
        index.set_version(self.catalogue.version);
        let nodes = self.catalogue.offers.len();
        match self.random.random_range(0..10) {
            8 if nodes > 1 => {
                let offer = self.catalogue.offers.swap_remove(self.random.random_range(0..nodes));
                self.catalogue.free.remove(&(offer.site, offer.kind));
                self.catalogue.sites.remove(&offer.site);
                index.remove_offer(offer.id);
                index.set_free(offer.site, offer.kind, None);
                Ok(Fate::Gone)
            }
            9 => {
                let node = self.node();
                index.put_site(node.site.clone());
                index.set_free(node.site.id, node.offer.kind, Some(&node.free));
                index.put_offer(&node.offer)?;
                self.take_in(node);
                Ok(Fate::New)
            }
            _ => {
                let offer = &self.catalogue.offers[self.random.random_range(0..nodes)];
                let place = (offer.site, offer.kind);
                let free = free(&mut self.random);
                index.set_free(place.0, place.1, Some(&free));
                self.catalogue.free.insert(place, free);
                Ok(Fate::Changed)
            }
        }
    }

    fn node(&mut self) -> Node {
        let provider = &self.providers[self.random.random_range(0..self.providers.len())];
        let city = &self.cities[self.towns[self.random.random_range(0..self.towns.len())]];
        let node = node(&mut self.random, self.made, provider, city);
        self.made += 1;
        node
    }

    fn take_in(&mut self, node: Node) {
        self.catalogue.free.insert((node.site.id, node.offer.kind), node.free);
        self.catalogue.sites.insert(node.site.id, node.site);
        self.catalogue.offers.push(node.offer);
    }
}

fn provider(random: &mut StdRng, number: usize) -> CatalogueProvider {
    let certificate = Certificate { scheme: "ISO27001".to_owned(), source: Source::Declared, valid_until: None };
    let certificates = random.random_bool(0.6).then_some(certificate).into_iter().collect();
    let country = ["NL", "DE", "FR", "PL", "ES", "IT", "SE", "AT"][number % 8];
    CatalogueProvider {
        id: ParticipantId::from_uuid(id(random)),
        name: name(&format!("edge-{number:05}")),
        legal_name: format!("Edge {number}"),
        country: country.parse().unwrap_or_else(|error| panic!("{error}")),
        assurance: Assurance { certificates, seal: Some(2), control: Control::None, ..Assurance::default() },
    }
}

/// What a node of some size has free: anything from nothing to all of it.
fn free(random: &mut StdRng) -> BTreeMap<Resource, i64> {
    let cores = CORES[random.random_range(0..CORES.len())];
    let of = |random: &mut StdRng, most: i64| random.random_range(0..=most);
    BTreeMap::from([
        (Resource::Cpu, Quantity::whole(of(random, cores)).base()),
        (Resource::Memory, Quantity::gib(of(random, cores * 4)).base()),
        (Resource::Storage, Quantity::gib(of(random, cores * 30)).base()),
        (Resource::Instances, of(random, cores)),
    ])
}

fn node(random: &mut StdRng, number: usize, provider: &CatalogueProvider, city: &City) -> Node {
    // Within some ten kilometres of the middle of the town.
    let mut aside = || f64::from(random.random_range(-90..90)) / 1_000.0;
    let coordinates =
        Coordinates { latitude: city.coordinates.latitude + aside(), longitude: city.coordinates.longitude + aside() };
    let uuid = |random: &mut StdRng| -> Uuid { id(random) };
    let site = Site {
        id: SiteId::from_uuid(uuid(random)),
        provider: provider.id,
        name: name(&format!("node-{number:06}")),
        country: city.country,
        city: city.name.clone(),
        coordinates,
        pue_milli: 1_000,
        carbon: None,
        created_at: now(),
    };
    let cpu = [1, 2, 4][random.random_range(0..3)];
    let count = |number: i64| PropertyBound::Count(Bound::exactly(Quantity::whole(number)));
    let size = |number: i64| PropertyBound::Bytes(Bound::exactly(Quantity::gib(number)));
    let properties = BTreeMap::from([
        ("cpu".to_owned(), count(cpu)),
        ("memory".to_owned(), size(cpu * 2)),
        ("disk".to_owned(), size(cpu * 10)),
        ("image".to_owned(), PropertyBound::Text(vec!["debian-12".to_owned(), "alpine-3.22".to_owned()])),
    ]);
    let cents = cpu * random.random_range(300..900);
    let offer = Offer {
        id: OfferId::from_uuid(uuid(random)),
        version: 1,
        provider: provider.id,
        provider_name: provider.name.clone(),
        site: site.id,
        site_name: site.name.clone(),
        country: site.country,
        sku: "edge".to_owned(),
        kind: KindId::ComputeInstance,
        properties: Offered(properties),
        price: PricePlan::fixed(Money::from_micros(cents * 10_000, Currency::EUR), Period::Month),
        terms: Terms::default(),
        visibility: Visibility::Public,
        assurance: None,
        state: OfferState::Orderable,
        fresh_until: None,
        updated_at: now(),
    };
    Node { site, offer, free: free(random) }
}

const UTRECHT: &str = "
components:
  edge: { kind: compute.instance, cpu: '>= 1', memory: '>= 2 GiB', near: { place: Utrecht, rtt: '<= 6 ms' } }
";

const WARSAW: &str = "
components:
  edge: { kind: compute.instance, count: 4, cpu: '>= 1', memory: '>= 2 GiB', near: { place: Warsaw, rtt: '<= 7 ms' } }
";

const MILAN: &str = "
components:
  edge: { kind: compute.instance, count: 3, cpu: '>= 1', memory: '>= 2 GiB', spread: { by: site }, near: { place: Milan, rtt: '<= 7 ms' } }
";

const CAMERAS: &str = "
requirements: { certifications: { all: [ISO27001] } }
components:
  camera: { kind: compute.instance, cpu: '>= 2', memory: '>= 2 GiB', near: { place: Hamburg, rtt: '<= 6 ms' } }
  gate: { kind: compute.instance, count: 2, cpu: '>= 1', memory: '>= 2 GiB', spread: { by: site }, near: { place: Hamburg, rtt: '<= 8 ms' } }
links:
  - { from: camera, to: gate, rtt: '<= 8 ms', traffic: 50 GB/month }
";

/// Documents that ask for nodes near places.
///
/// # Panics
/// When a document does not read, which a test would have told.
#[must_use]
pub fn near_places() -> Vec<Typical> {
    let documents =
        [("near-utrecht", UTRECHT), ("four-near-warsaw", WARSAW), ("spread-near-milan", MILAN), ("cameras", CAMERAS)];
    documents.into_iter().map(|(name, spec)| document(name, spec)).collect()
}
