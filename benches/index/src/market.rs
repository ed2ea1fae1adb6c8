//! A market that looks like a large federation: many small providers, some of them with many sites.

use std::collections::BTreeMap;

use hansa_model::country::Country;
use hansa_model::evidence::{Assurance, Certificate, Control, Source};
use hansa_model::id::{OfferId, ParticipantId, SiteId};
use hansa_model::kind::{KindId, PropertyBound, Resource};
use hansa_model::money::{Currency, Money};
use hansa_model::name::Name;
use hansa_model::offer::{Catalogue, CatalogueProvider, Offer, OfferState, Offered, Terms, Visibility};
use hansa_model::price::{Period, Price, PriceComponent, PricePlan};
use hansa_model::quantity::{Bound, Quantity};
use hansa_model::site::{Coordinates, Site};
use hansa_model::time::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use uuid::Uuid;

const OFFERS_PER_SITE: usize = 25;
const SITES_PER_PROVIDER: usize = 3;

/// When the market is looked at.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_262_400)
}

#[derive(Debug)]
pub(crate) struct City {
    pub(crate) name: String,
    pub(crate) country: Country,
    pub(crate) coordinates: Coordinates,
    /// How many people live there.
    pub(crate) population: usize,
}

/// The European cities that come with Hansa.
pub(crate) fn cities() -> Vec<City> {
    let text = include_str!("../../../data/geo/cities.csv");
    let rows = csv::Reader::from_reader(text.as_bytes()).into_records().flatten();
    rows.filter_map(|row| {
        Some(City {
            name: row.get(0)?.to_owned(),
            country: row.get(1)?.parse().ok()?,
            coordinates: Coordinates { latitude: row.get(2)?.parse().ok()?, longitude: row.get(3)?.parse().ok()? },
            population: row.get(4)?.parse().ok()?,
        })
    })
    .filter(|city| city.country.in_eea() || ["CH", "GB"].contains(&city.country.code()))
    .collect()
}

/// A market of so many offers; 25 for each site, three sites for each provider on average.
///
/// Four of five offers are machines, the others databases whose price depends on their size. Six of ten can be
/// ordered; half of the sites say what they have free. One offer of a hundred is private.
#[must_use]
pub fn market(seed: u64, offers: usize) -> Catalogue {
    let mut random = StdRng::seed_from_u64(seed);
    let cities = cities();
    let sites = offers.div_ceil(OFFERS_PER_SITE).max(1);
    let providers = sites.div_ceil(SITES_PER_PROVIDER);
    let mut market = Catalogue { version: 1, taken_at: Some(now()), ..Catalogue::default() };
    let mut known: Vec<(CatalogueProvider, i64)> = Vec::new();
    for number in 0..providers {
        let seat = &cities[random.random_range(0..cities.len())];
        let provider = provider(&mut random, number, seat.country);
        market.providers.insert(provider.id, provider.clone());
        known.push((provider, random.random_range(60..140)));
    }
    for number in 0..sites {
        let (provider, level) = &known[random.random_range(0..providers)];
        let city = &cities[random.random_range(0..cities.len())];
        let site = site(&mut random, number, provider.id, city);
        let level = level * random.random_range(85..115) / 100;
        let orderable = random.random_bool(0.6);
        if random.random_bool(0.5) {
            for kind in [KindId::ComputeInstance, KindId::DatabasePostgresql] {
                let instances = random.random_range(0..400);
                let free = BTreeMap::from([
                    (Resource::Instances, instances),
                    (Resource::Cpu, Quantity::whole(instances * 4).base()),
                    (Resource::Memory, Quantity::gib(instances * 16).base()),
                ]);
                market.free.insert((site.id, kind), free);
            }
        }
        for sku in 0..OFFERS_PER_SITE.min(offers - market.offers.len()) {
            market.offers.push(offer(&mut random, sku, provider, &site, level, orderable));
        }
        market.sites.insert(site.id, site);
    }
    market
}

pub(crate) fn id(random: &mut StdRng) -> Uuid {
    Uuid::from_u128(random.random())
}

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn provider(random: &mut StdRng, number: usize, country: Country) -> CatalogueProvider {
    let mut certificates = Vec::new();
    for (scheme, share) in [("ISO27001", 0.8), ("C5", 0.3), ("HDS", 0.1), ("SECNUMCLOUD", 0.05)] {
        if random.random_bool(share) {
            let days = random.random_range(-30..1000);
            let valid_until = Some(Timestamp::from_seconds(now().micros() / 1_000_000 + days * 86_400));
            certificates.push(Certificate { scheme: scheme.to_owned(), source: Source::Declared, valid_until });
        }
    }
    let mut labels = BTreeMap::new();
    if random.random_bool(0.6) {
        labels.insert("gaia-x".to_owned(), ["SC", "L1", "L2", "L3"][random.random_range(0..4)].to_owned());
    }
    let control = match random.random_range(0..10) {
        0 => Control::Unknown,
        1 => Control::Some(vec![country]),
        _ => Control::None,
    };
    let seal = random.random_bool(0.7).then(|| random.random_range(0..5));
    CatalogueProvider {
        id: ParticipantId::from_uuid(id(random)),
        name: name(&format!("provider-{number:06}")),
        legal_name: format!("Provider {number}"),
        country,
        assurance: Assurance { certificates, labels, seal, control, ..Assurance::default() },
    }
}

fn site(random: &mut StdRng, number: usize, provider: ParticipantId, city: &City) -> Site {
    // Within some kilometres of the middle of the city.
    let mut aside = || f64::from(random.random_range(-40..40)) / 1000.0;
    let coordinates =
        Coordinates { latitude: city.coordinates.latitude + aside(), longitude: city.coordinates.longitude + aside() };
    Site {
        id: SiteId::from_uuid(id(random)),
        provider,
        name: name(&format!("site-{number:06}")),
        country: city.country,
        city: city.name.clone(),
        coordinates,
        pue_milli: random.random_range(1050..1700),
        carbon: random.random_bool(0.2).then(|| Quantity::from_base(random.random_range(5_000..400_000))),
        created_at: now(),
    }
}

fn offer(
    random: &mut StdRng,
    sku: usize,
    provider: &CatalogueProvider,
    site: &Site,
    level: i64,
    orderable: bool,
) -> Offer {
    let cents = |cents: i64| Money::from_micros(cents * 10_000, Currency::EUR);
    let part = |name: &str, price: Price| PriceComponent { name: name.to_owned(), price };
    let mut properties = BTreeMap::new();
    let mut parts = Vec::new();
    let kind = match random.random_range(0..20) {
        0 => KindId::DatabaseMariadb,
        1..4 => KindId::DatabasePostgresql,
        _ => KindId::ComputeInstance,
    };
    if kind == KindId::ComputeInstance {
        let cpu = 1 << random.random_range(0..6);
        let memory = cpu * [1, 2, 4, 8][random.random_range(0..4)];
        let disk = cpu * [10, 20, 40][random.random_range(0..3)];
        let gpu = random.random_bool(0.03);
        properties.insert("cpu".to_owned(), PropertyBound::Count(Bound::exactly(Quantity::whole(cpu))));
        properties.insert("memory".to_owned(), PropertyBound::Bytes(Bound::exactly(Quantity::gib(memory))));
        properties.insert("disk".to_owned(), PropertyBound::Bytes(Bound::exactly(Quantity::gib(disk))));
        let images = ["debian-12", "debian-12-micro", "ubuntu-24.04", "alma-9", "alpine-3.22"];
        let from = random.random_range(0..3);
        let images = images[from..].iter().map(|image| (*image).to_owned()).collect();
        properties.insert("image".to_owned(), PropertyBound::Text(images));
        let arch = ["x86_64", "x86_64", "x86_64", "aarch64"][random.random_range(0..4)].to_owned();
        properties.insert("arch".to_owned(), PropertyBound::Text(vec![arch]));
        if gpu {
            properties.insert("gpu".to_owned(), PropertyBound::Count(Bound::exactly(Quantity::whole(1))));
            properties.insert("gpuModel".to_owned(), PropertyBound::Text(vec!["l40s".to_owned()]));
        }
        let list = cpu * 180 + memory * 70 + disk * 4 + if gpu { 30_000 } else { 0 };
        let amount = cents((list * level / 100 * random.random_range(90..110) / 100).max(100));
        parts.push(part("base", Price::Fixed { amount, per: Period::Month }));
    } else {
        let newest: u32 = random.random_range(14..18);
        let bound = |text: String| text.parse().unwrap_or_else(|error| panic!("{error}"));
        let most = 256 << random.random_range(0..4);
        let storage = Bound { min: Some(Quantity::gib(1)), max: Some(Quantity::gib(most)) };
        properties.insert("version".to_owned(), PropertyBound::Version(bound(format!("12..{newest}"))));
        properties.insert("storage".to_owned(), PropertyBound::Bytes(storage));
        properties.insert("backup.every".to_owned(), span("1h..24h"));
        properties.insert("backup.keep".to_owned(), span("1d..30d"));
        properties.insert("backup.elsewhere".to_owned(), PropertyBound::Flag(random.random_bool(0.5)));
        let base = cents(600 * level / 100);
        parts.push(part("base", Price::Fixed { amount: base, per: Period::Month }));
        let amount = cents((12 * level / 100).max(2));
        parts.push(part("storage", Price::PerUnit { property: "storage".to_owned(), amount, per: Period::Month }));
    }
    if random.random_bool(0.7) {
        let included = Quantity::from_base([0, 100, 1000, 20_000][random.random_range(0..4)] * 1_000_000_000);
        parts.push(part("traffic", Price::Egress { included, per_gb: cents([0, 1, 2][random.random_range(0..3)]) }));
    }
    let visibility = if random.random_bool(0.01) { Visibility::Private(Vec::new()) } else { Visibility::Public };
    Offer {
        id: OfferId::from_uuid(id(random)),
        version: 1,
        provider: provider.id,
        provider_name: provider.name.clone(),
        site: site.id,
        site_name: site.name.clone(),
        country: site.country,
        sku: format!("offer-{sku:02}"),
        kind,
        properties: Offered(properties),
        price: PricePlan { currency: Currency::EUR, components: parts, volume: Vec::new() },
        terms: Terms {
            availability: Some(Quantity::from_base([995_000, 999_000, 999_500][random.random_range(0..3)])),
            minimum_term: None,
        },
        visibility,
        assurance: None,
        state: if orderable { OfferState::Orderable } else { OfferState::Listed },
        fresh_until: orderable
            .then(|| Timestamp::from_seconds(now().micros() / 1_000_000 + random.random_range(-20..600))),
        updated_at: now(),
    }
}

fn span(text: &str) -> PropertyBound {
    PropertyBound::Span(text.parse().unwrap_or_else(|error| panic!("{error}")))
}
