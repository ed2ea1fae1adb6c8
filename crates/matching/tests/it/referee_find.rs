//! Whole answers against a referee that tries every package of small random markets, written from the
//! definitions: requirements, spread, round trips, traffic, budget, providers, capacity, weights.

use std::collections::{BTreeMap, BTreeSet};

use hansa_matching::{Geo, Verdict, VerifyOptions, carbon, find, verify};
use hansa_model::application::{Application, Uniform};
use hansa_model::country::Country;
use hansa_model::evidence::{Assurance, Control};
use hansa_model::kind::{KindId, Properties, PropertyValue, Resource};
use hansa_model::offer::{Catalogue, Offer, OfferState};
use hansa_model::package::{Package, ProofStatus};
use hansa_model::price::Price;
use hansa_model::quantity::Quantity;
use proptest::prelude::*;

use crate::world::{application, catalogue, instances, links_between, now};

pub(crate) const CITIES: [(&str, &str, f64, f64); 5] = [
    ("Amsterdam", "NL", 52.374, 4.89),
    ("Frankfurt am Main", "DE", 50.116, 8.684),
    ("Paris", "FR", 48.853, 2.349),
    ("Berlin", "DE", 52.524, 13.411),
    ("Warsaw", "PL", 52.23, 21.012),
];

/// What is random about a market and a document.
#[derive(Debug, Clone)]
struct Case {
    market: Catalogue,
    application: Application,
}

/// A site: its city, the provider's number, its offers, and how many instances it has room for.
pub(crate) type SitePlan = (usize, usize, Vec<OfferPlan>, Option<i64>);

/// An offer: cores, price, price of traffic, orderable; what it promises and how long it binds in days; from how many
/// instances on it costs how many per cent less; and what is known of it by itself.
pub(crate) type OfferPlan =
    ((i64, i64, i64, bool), (Option<&'static str>, Option<i64>), Vec<(u32, u32)>, Option<KnownPlan>);

/// What is known, as fields of a file.
pub(crate) type KnownPlan = Vec<String>;

/// A provider: its seat, and what is known of it.
pub(crate) type ProviderPlan = (&'static str, KnownPlan);

pub(crate) fn any_site() -> impl Strategy<Value = SitePlan> {
    let base = (1i64..5, 1i64..12, prop_oneof![Just(0i64), 1i64..6], any::<bool>());
    let promised = prop::sample::select(vec![None, Some("99 %"), Some("99.5 %"), Some("99.9 %"), Some("99.93 %")]);
    let term = prop::sample::select(vec![None, None, Some(30i64), Some(365)]);
    let volume = prop::sample::select(vec![vec![], vec![], vec![(2u32, 25u32)], vec![(2, 10), (3, 60)]]);
    // Now and then something is known of a single offer.
    let own = prop_oneof![2 => Just(None), 1 => any_knowledge().prop_map(Some)];
    let offer = (base, (promised, term), volume, own);
    (0..CITIES.len(), 0usize..3, prop::collection::vec(offer, 1..3), prop::option::of(0i64..4))
}

pub(crate) fn any_provider() -> impl Strategy<Value = ProviderPlan> {
    (prop::sample::select(vec!["DE", "DE", "FR"]), any_knowledge())
}

/// Levels, certificates, control, subcontractors and countries; now and then it has ended, or ends next.
fn any_knowledge() -> impl Strategy<Value = KnownPlan> {
    let one_of = |fields: &[&str]| prop::sample::select(fields.iter().map(ToString::to_string).collect::<Vec<_>>());
    let levels = (prop::option::of(0u8..4), prop::option::of(1u8..4)).prop_map(|(seal, cada)| {
        seal.map(|seal| format!("seal: {seal}")).into_iter().chain(cada.map(|cada| format!("cada: {cada}"))).collect()
    });
    let certificates =
        prop::sample::subsequence(vec!["{ scheme: ISO27001 }", "{ scheme: C5 }", "{ scheme: HDS }"], 0..3)
            .prop_map(|held| format!("certificates: [{}]", held.join(", ")));
    let others = (
        one_of(&["labels: {}", "labels: { gaia-x: L1 }", "labels: { gaia-x: L1 }", "labels: { gaia-x: L2 }"]),
        one_of(&["control: { thirdCountry: none }", "control: { thirdCountry: unknown }"]),
        one_of(&[
            "subcontracting: null",
            "subcontracting: { countries: [], control: { thirdCountry: none } }",
            "subcontracting: { countries: [DE], control: { thirdCountry: none } }",
            "subcontracting: { countries: [DE, US], control: { thirdCountry: some, countries: [US] } }",
        ]),
        one_of(&["seats: []", "seats: []", "seats: [DE]", "seats: [DE, FR]"]),
        one_of(&["dataCountries: []", "dataCountries: []", "dataCountries: [CH]", "dataCountries: [FR]"]),
        one_of(&[
            "lacks: {}",
            "lacks: {}",
            "validUntil: '2026-11-21T11:59:59Z'",
            "validUntil: '2026-11-21T12:00:00Z'",
            "validUntil: '2026-11-21T12:00:01Z'",
        ]),
    );
    (levels, certificates, others).prop_map(
        |(levels, certificates, (label, control, subcontracting, seats, data, end))| {
            let levels: Vec<String> = levels;
            levels.into_iter().chain([certificates, label, control, subcontracting, seats, data, end]).collect()
        },
    )
}

/// What is known of an offer, without what has ended.
pub(crate) fn known(market: &Catalogue, offer: &Offer) -> Assurance {
    let general = || market.providers[&offer.provider].assurance.clone();
    let known = offer.assurance.as_ref().map_or_else(general, |own| (**own).clone());
    if known.valid_until.is_none_or(|end| end > now()) {
        return known;
    }
    let Assurance { certificates, seats, data_countries, .. } = known;
    Assurance { certificates, seats, data_countries, ..Assurance::default() }
}

pub(crate) fn market(sites: &[SitePlan], providers: &[ProviderPlan; 3]) -> Catalogue {
    let mut text = "providers:\n".to_owned();
    for (provider, (seat, known)) in providers.iter().enumerate() {
        let assurance = format!("  assurance: {{ {} }}\n", known.join(", "));
        text.push_str(&format!("- name: p{provider}\n  legalName: P\n  country: {seat}\n{assurance}  sites:\n"));
        let own = || sites.iter().enumerate().filter(|(_, site)| site.1 == provider);
        for (number, (city, ..)) in own() {
            let (name, country, latitude, longitude) = CITIES[*city];
            text.push_str(&format!("  - {{name: s{number}, country: {country}, city: {name}, coordinates: {{latitude: {latitude}, longitude: {longitude}}}}}\n"));
        }
        text.push_str("  offers:\n");
        for (number, (.., offers, _)) in own() {
            for (sku, ((cpu, price, traffic, _), (promised, term), volume, own)) in offers.iter().enumerate() {
                let mut terms: Vec<String> = promised.iter().map(|share| format!("availability: {share}")).collect();
                terms.extend(term.map(|days| format!("minimumTerm: {days} d")));
                let tiers = volume.iter().map(|(from, share)| format!("{{from: {from}, discount: {share} %}}"));
                let (terms, tiers) = (terms.join(", "), tiers.collect::<Vec<_>>().join(", "));
                let own = own.as_ref().map_or(String::new(), |own| format!(", assurance: {{{}}}", own.join(", ")));
                text.push_str(&format!("  - {{site: s{number}, sku: o{sku}, kind: compute.instance, properties: {{cpu: {cpu}, memory: 4 GiB}}, price: {{currency: EUR, components: [{{name: base, type: fixed, amount: {price} EUR, per: month}}, {{name: traffic, type: egress, included: 30 GB, perGb: 0.0{traffic} EUR}}], volume: [{tiers}]}}, terms: {{{terms}}}{own}}}\n"));
            }
        }
    }
    let mut market = catalogue(&[&text.replace("  sites:\n  offers:\n", "")]);
    for offer in &mut market.offers {
        let site: usize = offer.site_name.as_str()[1..].parse().unwrap();
        let sku: usize = offer.sku[1..].parse().unwrap();
        offer.state = if sites[site].2[sku].0.3 { OfferState::Orderable } else { OfferState::Listed };
        if let Some(instances) = sites[site].3 {
            let free = BTreeMap::from([(Resource::Instances, instances)]);
            market.free.insert((offer.site, KindId::ComputeInstance), free);
        }
    }
    market
}

/// Requirements on what is known of an offer.
const TRUST: [&str; 6] = [
    "jurisdiction: [DE]",
    "control: { thirdCountry: none }",
    "subcontractors: { thirdCountry: none, within: [EU] }",
    "labels: { gaia-x: L2 }",
    "cada: { minimum: 2 }",
    "dataLocation: [EU]",
];

prop_compose! {
    fn any_case()(
        sites in prop::collection::vec(any_site(), 1..5),
        providers in prop::array::uniform3(any_provider()),
        seal in prop::option::of(0u8..3),
        any_of in prop_oneof![3 => Just(vec![]), 1 => Just(vec!["C5", "HDS"])],
        term in prop_oneof![2 => Just(None), 1 => Just(Some(90))],
        uniform in prop_oneof![
            2 => Just(vec![]),
            1 => prop::sample::subsequence(vec!["cada", "certifications", "jurisdiction", "label", "seal", "sla"], 1..4),
        ],
        trust in prop_oneof![
            2 => Just(vec![]),
            1 => prop::sample::subsequence(TRUST.to_vec(), 1..3),
        ],
        components in prop::collection::vec((1u32..4, 1i64..4, prop::option::of(0usize..3)), 1..4),
        links in prop::collection::vec((0usize..3, 0usize..3, 0i64..200, prop::option::of(5i64..30)), 0..4),
        near in prop::option::of((0..CITIES.len(), 6i64..30)),
        budget in prop::option::of(3i64..40),
        max_providers in prop::option::of(1u32..4),
        weights in prop_oneof![Just([1, 0, 0, 0, 0, 0]), prop::array::uniform6(0u32..4)],
        pareto in prop_oneof![3 => Just(false), 1 => Just(true)],
    ) -> Case {
        let mut spec = String::new();
        let seal = seal.map(|seal| format!("seal: {{ minimum: {seal} }}"));
        let any_of = (!any_of.is_empty()).then(|| format!("certifications: {{ any: [{}] }}", any_of.join(", ")));
        let trust = trust.into_iter().map(str::to_owned);
        let required: Vec<String> = seal.into_iter().chain(any_of).chain(trust).collect();
        spec.push_str(&format!("requirements: {{ {} }}\n", required.join(", ")));
        if !uniform.is_empty() {
            spec.push_str(&format!("uniform: [{}]\n", uniform.join(", ")));
        }
        if let Some(days) = term {
            spec.push_str(&format!("term: {days} d\n"));
        }
        if let Some(budget) = budget {
            spec.push_str(&format!("budget: {{ monthly: {budget} EUR }}\n"));
        }
        if let Some(most) = max_providers {
            spec.push_str(&format!("maxProviders: {most}\n"));
        }
        let [price, carbon, latency, few, sovereignty, availability] = weights;
        spec.push_str(&format!(
            "objective: {{ price: {price}, carbon: {carbon}, latency: {latency}, providers: {few}, sovereignty: {sovereignty}, availability: {availability}, pareto: {pareto} }}\ncomponents:\n"
        ));
        for (number, (count, cpu, spread)) in components.iter().enumerate() {
            let spread = spread.filter(|_| *count < 3).map_or(String::new(), |by| {
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
        Case { market: market(&sites, &providers), application: application(&spec) }
    }
}

/// What a package comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Measures {
    micros: i64,
    milligrams: i64,
    latency: Option<i64>,
    providers: usize,
    /// Levels below 5.
    lack: i64,
    /// In millionths of the time.
    downtime: i64,
    orderable: bool,
}

/// The steps of availability that are told apart.
const SLA_STEPS: [i64; 7] = [990_000, 995_000, 999_000, 999_500, 999_900, 999_950, 999_990];

/// Offers of each component: one for all its instances, or one for each that is kept apart.
type Placing<'a> = Vec<Vec<&'a Offer>>;

struct Referee<'a> {
    market: &'a Catalogue,
    application: &'a Application,
}

impl<'a> Referee<'a> {
    fn properties(offer: &Offer) -> Properties {
        let values = offer.properties.0.iter();
        Properties { values: values.filter_map(|(name, bound)| Some((name.clone(), bound.default_value()?))).collect() }
    }

    fn eligible(&self, component: usize) -> Vec<&'a Offer> {
        let wanted = &self.application.components[component];
        let geo = Geo::embedded();
        let seal = self.application.requirements.seal.map_or(0, |seal| seal.minimum);
        let offers = self.market.offers.iter().filter(|offer| {
            let cpu = match Self::properties(offer).values["cpu"] {
                PropertyValue::Count(cpu) => cpu,
                _ => Quantity::whole(0),
            };
            let has_cpu = wanted.properties["cpu"].satisfy(&offer.properties.0["cpu"]).is_some() && cpu.base() > 0;
            let known = known(self.market, offer);
            let sealed = seal == 0 || known.seal.is_some_and(|has| has >= seal);
            let trusted = self.is_trusted(offer, &known);
            let close = self.near(component, offer).is_none_or(|rtt| {
                wanted.near.as_ref().is_none_or(|near| near.rtt.max.is_none_or(|most| rtt <= most.base()))
            });
            let held = |scheme: &String| self.holds(offer).contains(scheme);
            let any = &self.application.requirements.certifications.any;
            let certified = any.is_empty() || any.iter().any(held);
            let stays = |least| self.application.term.is_none_or(|term| least <= term);
            let short = offer.terms.minimum_term.is_none_or(stays);
            let comparable = self.application.uniform.iter().all(|uniform| self.value(*uniform, offer).is_some());
            has_cpu && sealed && trusted && close && certified && short && comparable && geo.city("Berlin").is_some()
        });
        offers.collect()
    }

    /// Whether an offer meets what is asked in the words of [`TRUST`].
    fn is_trusted(&self, offer: &Offer, known: &Assurance) -> bool {
        let asked = &self.application.requirements;
        let countries = |list: &[Country]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let seat = self.market.providers[&offer.provider].country.to_string();
        let member = |country: &String| ["DE", "FR", "NL", "PL"].contains(&country.as_str());
        let unreached = || known.subcontracting.as_ref().is_some_and(|others| others.control == Control::None);
        let subcontracted =
            || known.subcontracting.as_ref().map_or(vec!["?".to_owned()], |it| countries(&it.countries));
        (asked.jurisdiction.is_empty() || seat == "DE" && countries(&known.seats).iter().all(|seat| seat == "DE"))
            && (asked.control.is_none() || known.control == Control::None)
            && (asked.subcontractors.is_none() || unreached() && subcontracted().iter().all(member))
            && (asked.labels.is_empty() || known.labels.get("gaia-x").is_some_and(|label| label == "L2"))
            && (asked.cada.is_none() || known.cada.is_some_and(|level| level > 1))
            && (asked.data_location.is_empty()
                || member(&offer.country.to_string()) && countries(&known.data_countries).iter().all(member))
    }

    fn holds(&self, offer: &Offer) -> Vec<String> {
        let held = &known(self.market, offer).certificates;
        held.iter().map(|held| held.scheme.clone()).collect()
    }

    /// What an offer has of what is to be the same everywhere.
    fn value(&self, uniform: Uniform, offer: &Offer) -> Option<String> {
        let provider = &self.market.providers[&offer.provider];
        match uniform {
            Uniform::Jurisdiction => Some(provider.country.to_string()),
            Uniform::Label => known(self.market, offer).labels.get("gaia-x").cloned(),
            Uniform::Seal => known(self.market, offer).seal.map(|level| level.to_string()),
            Uniform::Cada => known(self.market, offer).cada.map(|level| level.to_string()),
            Uniform::Sla => {
                let promised = offer.terms.availability?.base();
                Some(SLA_STEPS.iter().filter(|step| promised >= **step).count().to_string())
            }
            Uniform::Certifications => {
                let named = &self.application.requirements.certifications.any;
                let counts = |scheme: &String| named.is_empty() || named.contains(scheme);
                Some(sorted(self.holds(offer).into_iter().filter(counts)).join(" "))
            }
        }
    }

    fn near(&self, component: usize, offer: &Offer) -> Option<i64> {
        let geo = Geo::embedded();
        let near = self.application.components[component].near.as_ref()?;
        let place = geo.place(geo.city(&near.place)?.coordinates);
        Some(geo.round_trip(&geo.place(self.market.sites[&offer.site].coordinates), &place).rtt.base())
    }

    fn round_trip(&self, from: &Offer, to: &Offer) -> i64 {
        let geo = Geo::embedded();
        let place = |offer: &Offer| geo.place(self.market.sites[&offer.site].coordinates);
        if from.site == to.site { 500 } else { geo.round_trip(&place(from), &place(to)).rtt.base() }
    }

    /// Every way to place a component: with spread, sets of offers that share nothing.
    fn ways(&self, component: usize) -> Vec<Vec<&'a Offer>> {
        let wanted = &self.application.components[component];
        let eligible = self.eligible(component);
        let Some(spread) = wanted.spread.filter(|_| wanted.count > 1) else {
            return eligible.into_iter().map(|offer| vec![offer]).collect();
        };
        assert_eq!(wanted.count, 2, "the referee places pairs");
        let shares = |a: &Offer, b: &Offer| match spread.by {
            hansa_model::application::SpreadBy::Site => a.site == b.site,
            hansa_model::application::SpreadBy::Provider => a.provider == b.provider,
            hansa_model::application::SpreadBy::Country => a.country == b.country,
        };
        let mut ways = Vec::new();
        for (number, first) in eligible.iter().enumerate() {
            for second in &eligible[number + 1..] {
                if !shares(first, second) {
                    ways.push(vec![*first, *second]);
                }
            }
        }
        ways
    }

    fn instances(&self, component: usize, way: &[&Offer]) -> i64 {
        if way.len() > 1 { 1 } else { i64::from(self.application.components[component].count) }
    }

    /// What a placing comes to, or `None` when it breaks a condition.
    fn judge(&self, placing: &Placing<'a>) -> Option<Measures> {
        let number = |name: &hansa_model::name::Name| self.application.components.get_index_of(name).unwrap();
        let mut latency: Option<i64> = None;
        for (component, way) in placing.iter().enumerate() {
            latency = latency.max(way.iter().filter_map(|offer| self.near(component, offer)).max());
        }
        for link in &self.application.links {
            for from in &placing[number(&link.from)] {
                for to in &placing[number(&link.to)] {
                    let rtt = self.round_trip(from, to);
                    if link.rtt.is_some_and(|bound| !bound.admits(Quantity::micros(rtt))) {
                        return None;
                    }
                    latency = latency.max(Some(rtt));
                }
            }
        }
        for uniform in &self.application.uniform {
            let values: BTreeSet<_> = placing.iter().flatten().map(|offer| self.value(*uniform, offer)).collect();
            if values.len() > 1 {
                return None;
            }
        }
        let mut drawn: BTreeMap<_, i64> = BTreeMap::new();
        let (mut micros, mut milligrams, mut downtime) = (0, 0, 0);
        for (component, way) in placing.iter().enumerate() {
            let down = |offer: &Offer| 1_000_000 - offer.terms.availability.map_or(0, |promised| promised.base());
            downtime += match way[..] {
                [alone] => down(alone),
                [one, other] => (down(one) * down(other) + 999_999) / 1_000_000,
                _ => unreachable!("the referee places pairs"),
            };
            for offer in way {
                let instances = self.instances(component, way);
                *drawn.entry(offer.site).or_default() += instances;
                let properties = Self::properties(offer);
                let Price::Fixed { amount, .. } = offer.price.components[0].price else { unreachable!() };
                let reached = offer.price.volume.iter().filter(|tier| i64::from(tier.from) <= instances);
                let off = reached.map(|tier| tier.discount.base()).max().unwrap_or(0);
                micros += amount.micros() / 1_000_000 * (1_000_000 - off) * instances;
                let site = &self.market.sites[&offer.site];
                milligrams += carbon::footprint(offer.kind, &properties, site, Geo::embedded()) * instances;
                let mut bytes = 0;
                for link in self.application.links.iter().filter(|link| number(&link.from) == component) {
                    let receivers = number(&link.to);
                    let all = i64::from(self.application.components[component].count)
                        * i64::from(self.application.components[receivers].count);
                    for other in placing[receivers].iter().filter(|other| other.site != offer.site) {
                        bytes += link.traffic.unwrap().base() * self.instances(receivers, &placing[receivers]) / all;
                        assert_ne!(other.site, offer.site);
                    }
                }
                let parts = offer.price.components.iter().map(|part| &part.price);
                for price in parts.filter(|price| matches!(price, Price::Egress { .. })) {
                    micros += price.of_volume(0, bytes, offer.price.currency).unwrap().micros() * instances;
                }
            }
        }
        let fits = |site: &hansa_model::id::SiteId, instances: i64| {
            let free = self.market.free.get(&(*site, KindId::ComputeInstance));
            free.is_none_or(|free| instances <= free[&Resource::Instances])
        };
        let offers = || placing.iter().flatten();
        let providers = offers().map(|offer| offer.provider).collect::<BTreeSet<_>>().len();
        let seal = |offer: &Offer| known(self.market, offer).seal.unwrap_or(0);
        let lack = 5 - i64::from(offers().map(|offer| seal(offer)).min().unwrap());
        let allowed = drawn.iter().all(|(site, instances)| fits(site, *instances))
            && self.application.max_providers.is_none_or(|most| providers <= usize::try_from(most).unwrap())
            && self.application.budget.is_none_or(|budget| micros <= budget.micros());
        let orderable = offers().all(|offer| offer.state == OfferState::Orderable);
        allowed.then_some(Measures { micros, milligrams, latency, providers, lack, downtime, orderable })
    }

    /// Every package that fits, by the names of its offers.
    fn all(&self) -> BTreeMap<Vec<Vec<String>>, Measures> {
        let mut placings: Vec<Placing<'a>> = vec![Vec::new()];
        for component in 0..self.application.components.len() {
            let ways = self.ways(component);
            placings = placings
                .into_iter()
                .flat_map(|placing| {
                    ways.iter().map(move |way| placing.iter().cloned().chain([way.clone()]).collect::<Vec<_>>())
                })
                .collect();
        }
        placings
            .iter()
            .filter_map(|placing| {
                let names = placing.iter().map(|way| sorted(way.iter().map(|offer| offer.key()))).collect();
                Some((names, self.judge(placing)?))
            })
            .collect()
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn shown(package: &Package) -> Vec<Vec<String>> {
    package.components.values().map(|part| sorted(part.replicas.iter().map(|replica| replica.offer.clone()))).collect()
}

/// The buyer's measure of a package, in multiples of the best on each axis.
fn weighted(application: &Application, best: [f64; 6], measures: &Measures) -> f64 {
    let values = [
        measures.micros as f64,
        measures.milligrams as f64,
        measures.latency.unwrap_or(0) as f64,
        measures.providers as f64,
        measures.lack as f64,
        measures.downtime as f64,
    ];
    let weights = application.objective.weights();
    weights.into_iter().zip(values).zip(best).map(|((weight, value), best)| weight * value / best).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: instances(400), ..ProptestConfig::default() })]

    #[test]
    fn packages_are_the_best_there_are(case in any_case()) {
        let Case { market, application } = &case;
        let fitting = Referee { market, application }.all();
        let outcome = find(application, market, &hansa_matching::Options::at(now()));
        prop_assert_eq!(outcome.packages.is_empty(), fitting.is_empty(), "{:?}", outcome.conflict);
        prop_assert_eq!(outcome.conflict.is_empty(), !fitting.is_empty());
        let verification = verify(application, market, &outcome, &VerifyOptions::at(now()));
        let open = verification.checks.iter().find(|check| check.verdict != Verdict::Holds);
        prop_assert!(open.is_none(), "{:?}", open);
        if fitting.is_empty() {
            return Ok(());
        }
        let mut told = Vec::new();
        for package in &outcome.packages {
            let measures = fitting.get(&shown(package));
            prop_assert!(measures.is_some(), "{} does not fit", package.name);
            let measures = measures.unwrap();
            prop_assert_eq!(package.price.monthly.micros(), measures.micros);
            prop_assert_eq!(package.carbon, (measures.milligrams / 1000) as f64 / 1000.0);
            prop_assert_eq!(package.worst_rtt.map(|round_trip| round_trip.rtt.base()), measures.latency);
            prop_assert_eq!(package.providers.len(), measures.providers);
            prop_assert_eq!(package.orderable, measures.orderable);
            prop_assert_eq!(i64::from(package.sovereignty), 5 - measures.lack);
            prop_assert_eq!(package.availability.base(), (1_000_000 - measures.downtime).max(0));
            let parts = package.components.values().flat_map(|part| &part.replicas);
            let of_parts: Vec<Assurance> = parts
                .map(|replica| known(market, market.offers.iter().find(|offer| offer.id == replica.offer_id).unwrap()))
                .collect();
            // Unknown is the lowest.
            prop_assert_eq!(package.levels.seal, of_parts.iter().map(|known| known.seal).min().unwrap());
            prop_assert_eq!(package.levels.cada, of_parts.iter().map(|known| known.cada).min().unwrap());
            let labels = of_parts.iter().map(|known| known.labels.get("gaia-x").cloned());
            prop_assert_eq!(&package.levels.gaia_x, &labels.min().unwrap());
            prop_assert_eq!(package.proof.gap, 0.0);
            prop_assert_eq!(package.proof.status, ProofStatus::Optimal);
            prop_assert_eq!(package.proof.bound, package.proof.objective);
            told.push(measures);
        }
        prop_assert!(told.len() <= 5 && outcome.packages[0].chosen);
        prop_assert_eq!(outcome.packages.iter().filter(|package| package.chosen).count(), 1);
        let least = |measure: fn(&Measures) -> i64| fitting.values().map(measure).min().unwrap();
        let axes: [fn(&Measures) -> i64; 6] = [
            |measures| measures.micros,
            |measures| measures.milligrams,
            |measures| measures.latency.unwrap_or(0),
            |measures| i64::try_from(measures.providers).unwrap(),
            |measures| measures.lack,
            |measures| measures.downtime,
        ];
        let objective = &application.objective;
        let wanted = |axis: usize| axis < 4 || objective.pareto || objective.weights()[axis] > 0.0;
        // Packages are told apart by what is shown: whole grams, and no availability below none.
        let shown = |axis: usize, value: i64| match axis {
            1 => value / 1000,
            5 => value.min(1_000_000),
            _ => value,
        };
        let reached = |axis: usize| {
            let best = told.iter().map(|told| shown(axis, axes[axis](told))).min().unwrap();
            best == shown(axis, least(axes[axis]))
        };
        prop_assert!(reached(0));
        let missed: Vec<usize> = (0..axes.len()).filter(|axis| wanted(*axis) && !reached(*axis)).collect();
        // Only where five are told already may an axis lack its best, and then one that weighs no more.
        prop_assert!(missed.is_empty() || told.len() == 5, "{:?} are not the best", missed);
        for (place, package) in outcome.packages.iter().enumerate() {
            let names = ["cheapest", "greenest", "lowest-latency", "fewest-providers", "most-sovereign", "most-available"];
            if let Some(axis) = names.iter().position(|name| *name == package.name) {
                prop_assert_eq!(axes[axis](told[place]), least(axes[axis]), "{}", package.name);
                let of_equals = fitting.values().filter(|measures| axes[axis](measures) == least(axes[axis]));
                prop_assert_eq!(told[place].micros, of_equals.map(|measures| measures.micros).min().unwrap());
                let weight = |axis: usize| objective.weights()[axis];
                prop_assert!(axis == 0 || missed.iter().all(|missed| weight(*missed) <= weight(axis)));
            }
            let beats = |other: &Measures| axes.iter().all(|axis| axis(other) <= axis(told[place]));
            let by = (0..told.len()).find(|other| *other != place && beats(told[*other]));
            prop_assert!(package.chosen || by.is_none(), "{} is beaten", package.name);
        }
        let best = [
            least(axes[0]).max(10_000) as f64,
            least(axes[1]).max(1_000) as f64,
            least(axes[2]).max(1_000) as f64,
            least(axes[3]) as f64,
            least(axes[4]) as f64,
            least(axes[5]).max(10) as f64,
        ];
        let any_orderable = fitting.values().any(|measures| measures.orderable);
        prop_assert_eq!(told[0].orderable, any_orderable);
        let expected = fitting
            .values()
            .filter(|measures| measures.orderable || !any_orderable)
            .map(|measures| weighted(application, best, measures))
            .fold(f64::INFINITY, f64::min);
        let chosen = weighted(application, best, told[0]);
        prop_assert!((chosen - expected).abs() <= 1e-6 * expected.max(1e-9), "{} instead of {}", chosen, expected);
        let chosen = self::shown(&outcome.packages[0]);
        for (number, name) in application.components.keys().enumerate() {
            let expected = moved(&fitting, &chosen, number, told[0].orderable);
            let (fit, broken): (Vec<_>, Vec<_>) = outcome
                .runners_up
                .iter()
                .filter(|runner| runner.component == *name)
                .partition(|runner| runner.breaks.is_none());
            prop_assert_eq!(fit.len(), expected.len().min(if broken.is_empty() { 3 } else { 2 }), "{:?} {:?}", outcome.runners_up, chosen);
            let mut rising: Vec<i64> = expected.values().copied().collect();
            rising.sort_unstable();
            for (runner, more) in fit.iter().zip(rising) {
                prop_assert_eq!(runner.monthly.micros(), more);
                prop_assert_eq!(expected.get(&runner.offer), Some(&more));
                prop_assert!(chosen[number].contains(&runner.beaten_by));
            }
            for runner in &broken {
                prop_assert!(runner.monthly.micros() < 0 && !expected.contains_key(&runner.offer), "{:?}", runner);
            }
        }
    }
}

/// The offers that one of a component's could be moved to, each with what the least dear move costs.
fn moved(
    fitting: &BTreeMap<Vec<Vec<String>>, Measures>,
    chosen: &[Vec<String>],
    component: usize,
    orderable: bool,
) -> BTreeMap<String, i64> {
    let now = fitting[chosen].micros;
    let mut moved: BTreeMap<String, i64> = BTreeMap::new();
    for (placing, measures) in fitting.iter().filter(|(_, measures)| measures.orderable || !orderable) {
        let same = (0..chosen.len()).all(|number| number == component || placing[number] == chosen[number]);
        let new: Vec<&String> = placing[component].iter().filter(|one| !chosen[component].contains(one)).collect();
        if let (true, [new]) = (same, &new[..]) {
            let more = moved.entry((*new).clone()).or_insert(i64::MAX);
            *more = (*more).min(measures.micros - now);
        }
    }
    moved
}
