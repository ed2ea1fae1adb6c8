//! Small random markets, and what happens to them.

use std::collections::BTreeMap;

use hansa_matching::watch::{Change, Part, Running};
use hansa_matching::{Index, Options, find};
use hansa_model::application::Application;
use hansa_model::evidence::{Assurance, Certificate, Source};
use hansa_model::id::SiteId;
use hansa_model::kind::{KindId, Resource};
use hansa_model::money::{Currency, Money};
use hansa_model::offer::{Catalogue, Offer, OfferState};
use hansa_model::price::Price;
use hansa_model::time::Timestamp;
use proptest::prelude::*;

use crate::world::{application, catalogue, links_between};

const CITIES: [(&str, &str, f64, f64); 4] = [
    ("Amsterdam", "NL", 52.374, 4.89),
    ("Frankfurt am Main", "DE", 50.116, 8.684),
    ("Paris", "FR", 48.853, 2.349),
    ("Warsaw", "PL", 52.23, 21.012),
];

const HOUR: i64 = 3_600_000_000;

/// A market that things happen to.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) market: Catalogue,
    /// Offers that are not on the market at the moment.
    shelved: Vec<Offer>,
    /// Whether neither data sent out nor one-off prices cost anything.
    pub(crate) moves_for_nothing: bool,
}

/// An offer: cores, price, price of traffic, one-off price.
type OfferPlan = (i64, i64, i64, i64);

prop_compose! {
    pub(crate) fn any_world()(
        sites in prop::collection::vec((0..CITIES.len(), 0usize..3, prop::option::of(0i64..4), prop::collection::vec((1i64..4, 2i64..12, 0i64..4, 0i64..3), 1..3)), 2..5),
        seals in prop::array::uniform3(0u8..4),
        moves_for_nothing in prop::bool::weighted(0.3),
    ) -> World {
        let mut text = "providers:\n".to_owned();
        for (provider, seal) in seals.iter().enumerate() {
            let own = || sites.iter().enumerate().filter(|(_, site)| site.1 == provider);
            if own().count() == 0 {
                continue;
            }
            text.push_str(&format!("- name: p{provider}\n  legalName: P\n  country: DE\n  assurance: {{ seal: {seal} }}\n  sites:\n"));
            for (number, (city, ..)) in own() {
                let (name, country, latitude, longitude) = CITIES[*city];
                text.push_str(&format!("  - {{name: s{number}, country: {country}, city: {name}, coordinates: {{latitude: {latitude}, longitude: {longitude}}}}}\n"));
            }
            text.push_str("  offers:\n");
            for (number, (.., offers)) in own() {
                for (sku, plan) in offers.iter().enumerate() {
                    text.push_str(&offer(number, sku, *plan, moves_for_nothing));
                }
            }
        }
        let mut market = catalogue(&[&text]);
        market.offers.iter_mut().for_each(|offer| offer.state = OfferState::Orderable);
        // So that some packages that need a certificate run, everybody has it at first.
        market.providers.values_mut().for_each(|provider| provider.assurance.certificates = vec![certificate(None)]);
        let places: Vec<(SiteId, Option<i64>)> = market.sites.values().map(|site| {
            let number: usize = site.name.as_str()[1..].parse().unwrap();
            (site.id, sites[number].2)
        }).collect();
        for (site, free) in places {
            if let Some(free) = free {
                market.free.insert((site, KindId::ComputeInstance), BTreeMap::from([(Resource::Instances, free)]));
            }
        }
        World { market, shelved: Vec::new(), moves_for_nothing }
    }
}

fn offer(site: usize, sku: usize, (cpu, price, traffic, setup): OfferPlan, moves_for_nothing: bool) -> String {
    let setup = if moves_for_nothing { 0 } else { setup };
    let disk = if moves_for_nothing { 1 } else { 20 };
    format!(
        "  - {{site: s{site}, sku: o{sku}, kind: compute.instance, properties: {{cpu: {cpu}, memory: 4 GiB, disk: {disk} GiB}}, \
         price: {{currency: EUR, components: [{{name: base, type: fixed, amount: {price} EUR, per: month}}, \
         {{name: traffic, type: egress, included: 5 GB, perGb: 0.0{traffic} EUR}}, \
         {{name: setup, type: one-off, amount: {setup} EUR}}]}}}}\n"
    )
}

prop_compose! {
    pub(crate) fn any_application()(
        seal in prop::option::of(0u8..3),
        certified in prop::bool::weighted(0.5),
        components in prop::collection::vec((1u32..3, 1i64..3, prop::option::of(0usize..3)), 1..4),
        links in prop::collection::vec((0usize..3, 0usize..3, 0i64..100, prop::option::of(8i64..30)), 0..3),
        near in prop::option::of((0..CITIES.len(), 8i64..30)),
        budget in prop::option::of(12i64..60),
        max_providers in prop::option::of(1u32..3),
        weights in prop_oneof![Just([1, 0, 0, 0]), Just([1, 0, 0, 0]), prop::array::uniform4(0u32..3)],
    ) -> Application {
        let mut spec = "requirements:\n".to_owned();
        spec.push_str(&format!("  seal: {{ minimum: {} }}\n", seal.unwrap_or_default()));
        if certified {
            spec.push_str("  certifications: { all: [C5] }\n");
        }
        if let Some(budget) = budget {
            spec.push_str(&format!("budget: {{ monthly: {budget} EUR }}\n"));
        }
        if let Some(most) = max_providers {
            spec.push_str(&format!("maxProviders: {most}\n"));
        }
        let [price, carbon, latency, providers] = weights;
        if weights != [1, 0, 0, 0] {
            spec.push_str(&format!("objective: {{ price: {price}, carbon: {carbon}, latency: {latency}, providers: {providers} }}\n"));
        }
        spec.push_str("components:\n");
        for (number, (count, cpu, spread)) in components.iter().enumerate() {
            let spread = spread.map_or(String::new(), |by| {
                format!(", spread: {{ by: {} }}", ["site", "provider", "country"][by])
            });
            let near = near.filter(|_| number == 0).map_or(String::new(), |(city, rtt)| {
                format!(", near: {{ place: {}, rtt: '<= {rtt} ms' }}", CITIES[city].0)
            });
            spec.push_str(&format!(
                "  c{number}: {{ kind: compute.instance, count: {count}, cpu: '>= {cpu}', memory: '>= 1 GiB'{spread}{near} }}\n"
            ));
        }
        spec.push_str(&links_between(components.len(), links));
        application(&spec)
    }
}

/// A market of so many sites with so many offers each, and so many applications of one or two components.
pub(crate) fn simple(sites: usize, offers: usize, applications: usize) -> (World, Vec<Application>) {
    let mut text = "providers:\n- name: p0\n  legalName: P\n  country: DE\n  sites:\n".to_owned();
    for number in 0..sites {
        let (name, country, latitude, longitude) = CITIES[number % CITIES.len()];
        text.push_str(&format!("  - {{name: s{number}, country: {country}, city: {name}, coordinates: {{latitude: {latitude}, longitude: {longitude}}}}}\n"));
    }
    text.push_str("  offers:\n");
    for number in 0..sites {
        for sku in 0..offers {
            let price = 3 + i64::try_from((number * 5 + sku * 3) % 8).unwrap();
            let cpu = 1 + i64::try_from(sku % 4).unwrap();
            text.push_str(&offer(number, sku, (cpu, price, 1, 1), false));
        }
    }
    let mut market = catalogue(&[&text]);
    market.offers.iter_mut().for_each(|offer| offer.state = OfferState::Orderable);
    let applications = (0..applications).map(|number| {
        let near = format!(", near: {{ place: {}, rtt: '<= 9 ms' }}", CITIES[number % CITIES.len()].0);
        let cpu = 1 + number % 4;
        application(&format!(
            "components:\n  a: {{ kind: compute.instance, cpu: '>= {cpu}', memory: '>= 1 GiB'{near} }}\n  b: {{ kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB' }}\n"
        ))
    });
    let applications = applications.collect();
    (World { market, shelved: Vec::new(), moves_for_nothing: false }, applications)
}

/// The application as it runs after an order of its chosen package; `None` when nothing fits.
pub(crate) fn runs(market: &Catalogue, application: &Application, at: Timestamp) -> Option<Running> {
    let outcome = find(application, market, &Options { orderable_only: true, ..Options::at(at) });
    let package = outcome.packages.first()?;
    let parts = package.components.iter().flat_map(|(component, placement)| {
        placement.replicas.iter().map(|replica| {
            let offer = market.offers.iter().find(|offer| offer.id == replica.offer_id).unwrap();
            Part {
                component: component.clone(),
                count: replica.count,
                offer: offer.clone(),
                properties: replica.properties.clone(),
                provider: market.providers[&replica.provider_id].clone(),
                site: market.sites[&replica.site_id].clone(),
            }
        })
    });
    Some(Running::new(application.clone(), parts.collect(), None).unwrap())
}

fn certificate(valid_until: Option<Timestamp>) -> Certificate {
    Certificate { scheme: "C5".to_owned(), source: Source::Declared, valid_until }
}

impl World {
    /// Lets something happen, to the catalogue and the index of it alike.
    pub(crate) fn happen(
        &mut self,
        (what, which, value): (u8, usize, i64),
        index: &mut Index<'_>,
        at: &mut Timestamp,
    ) -> Option<Change> {
        let offers = self.market.offers.len();
        match what {
            0..=2 if offers > 0 => Some(self.reprice(which % offers, (value + 1) * 700_000, index)),
            3 if offers > 0 => self.change_offer(which % offers, index, |offer| {
                offer.state = if value % 2 == 0 { OfferState::Listed } else { OfferState::Orderable };
                offer.fresh_until = (value % 3 == 0).then(|| Timestamp::from_micros(at.micros() + value * HOUR));
            }),
            4 if offers > 0 => {
                let offer = self.market.offers.remove(which % offers);
                index.remove_offer(offer.id);
                let id = offer.id;
                self.shelved.push(offer);
                Some(Change::Offer(id))
            }
            5 => {
                let offer = self.shelved.pop()?;
                index.put_offer(&offer).unwrap();
                let id = offer.id;
                self.market.offers.push(offer);
                Some(Change::Offer(id))
            }
            6 => {
                let number = which % self.market.providers.len();
                let provider = self.market.providers.values_mut().nth(number)?;
                match value {
                    0..4 => provider.assurance.seal = u8::try_from(value).ok(),
                    4 => provider.assurance.certificates.clear(),
                    5 => provider.assurance.certificates = vec![certificate(None)],
                    6..10 => {
                        let end = Timestamp::from_micros(at.micros() + (value - 6) * HOUR);
                        provider.assurance.certificates = vec![certificate(Some(end))];
                    }
                    _ => {
                        let end = Timestamp::from_micros(at.micros() + (value - 9) * HOUR);
                        provider.assurance.valid_until = Some(end);
                    }
                }
                index.put_provider(provider.clone());
                Some(Change::Provider(provider.id))
            }
            7 => {
                let site = *self.market.sites.keys().nth(which % self.market.sites.len())?;
                let place = (site, KindId::ComputeInstance);
                let free = (value < 8).then(|| BTreeMap::from([(Resource::Instances, value / 2)]));
                index.set_free(site, KindId::ComputeInstance, free.as_ref());
                match free {
                    Some(free) => self.market.free.insert(place, free),
                    None => self.market.free.remove(&place),
                };
                Some(Change::Free(site, KindId::ComputeInstance))
            }
            8 => {
                *at = Timestamp::from_micros(at.micros() + value / 3 * HOUR);
                None
            }
            9 => {
                let site = self.market.sites.values_mut().nth(which % offers.max(1)).filter(|_| offers > 0)?;
                let (city, country, latitude, longitude) = CITIES[usize::try_from(value).unwrap() % CITIES.len()];
                site.city = city.to_owned();
                site.country = country.parse().unwrap();
                site.coordinates = hansa_model::site::Coordinates { latitude, longitude };
                let id = site.id;
                index.put_site(site.clone());
                let offers = self.market.offers.iter_mut().filter(|offer| offer.site == id);
                offers.for_each(|offer| offer.country = country.parse().unwrap());
                Some(Change::Site(id))
            }
            10 if offers > 0 => {
                let offer = &mut self.market.offers[which % offers];
                let own = (value > 2).then(|| Assurance {
                    seal: u8::try_from(value % 4).ok(),
                    certificates: (value % 2 == 0).then(|| certificate(None)).into_iter().collect(),
                    valid_until: (value % 3 == 0).then(|| Timestamp::from_micros(at.micros() + value / 3 * HOUR)),
                    ..Assurance::default()
                });
                index.set_assurance(&[offer.id], own.as_ref());
                offer.assurance = own.map(Box::new);
                Some(Change::Offer(offer.id))
            }
            _ => None,
        }
    }

    /// The number of an offer on the market.
    pub(crate) fn number_of(&self, offer: &Offer) -> usize {
        self.market.offers.iter().position(|known| known.id == offer.id).unwrap()
    }

    /// Lets an offer cost so much a month, in micro units.
    pub(crate) fn reprice(&mut self, number: usize, monthly: i64, index: &mut Index<'_>) -> Change {
        self.change_offer(number, index, |offer| {
            let Price::Fixed { amount, .. } = &mut offer.price.components[0].price else { unreachable!() };
            *amount = Money::from_micros(monthly, Currency::EUR);
        })
        .unwrap()
    }

    fn change_offer(
        &mut self,
        number: usize,
        index: &mut Index<'_>,
        change: impl FnOnce(&mut Offer),
    ) -> Option<Change> {
        let offer = &mut self.market.offers[number];
        change(offer);
        offer.version += 1;
        index.put_offer(offer).unwrap();
        Some(Change::Offer(offer.id))
    }
}
