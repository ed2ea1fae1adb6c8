//! Conflicts against a referee that tries every placing of small random markets and notes which constraints it
//! breaks: a set of constraints is impossible when every placing breaks one of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hansa_matching::{Geo, Options, find};
use hansa_model::application::{Application, SpreadBy, Uniform};
use hansa_model::kind::{KindId, Resource};
use hansa_model::offer::{Catalogue, Offer};
use hansa_model::package::ConflictStatus;
use hansa_model::price::Price;
use hansa_model::quantity::Quantity;
use proptest::prelude::*;

use crate::referee_find::{CITIES, SitePlan, any_provider, any_site, known, market};
use crate::world::{application, now};

const LEVELS: [&str; 3] = ["site", "provider", "country"];

#[derive(Debug, Clone)]
struct Case {
    market: Catalogue,
    application: Application,
}

prop_compose! {
    fn any_case()(
        sites in prop::collection::vec(any_site(), 1..5),
        providers in prop::array::uniform3(any_provider()),
        uniform in prop::option::of(prop::sample::select(vec!["label", "cada", "jurisdiction"])),
        term in prop_oneof![2 => Just(None), 1 => Just(Some(90))],
        seal in 1u8..4,
        components in prop::collection::vec((1u32..3, 2i64..6, prop::option::of(0usize..3), prop::option::of(0u8..3)), 1..3),
        link in prop::option::of((0i64..300, prop::option::of(4i64..20))),
        together in prop::option::of(0usize..3),
        near in prop::option::of((0..CITIES.len(), 4i64..16)),
        budget in prop::option::of(1i64..12),
        max_providers in prop::option::of(1u32..3),
    ) -> Case {
        let sites: Vec<SitePlan> = sites;
        let mut spec = format!("requirements: {{ seal: {{ minimum: {seal} }} }}\n");
        if let Some(budget) = budget {
            spec.push_str(&format!("budget: {{ monthly: {budget} EUR }}\n"));
        }
        if let Some(uniform) = uniform {
            spec.push_str(&format!("uniform: [{uniform}]\n"));
        }
        if let Some(days) = term {
            spec.push_str(&format!("term: {days} d\n"));
        }
        if let Some(most) = max_providers {
            spec.push_str(&format!("maxProviders: {most}\n"));
        }
        spec.push_str("components:\n");
        for (number, (count, cpu, spread, excluded)) in components.iter().enumerate() {
            // Whoever stays together is not kept apart by the same.
            let spread = spread.filter(|by| together.is_none_or(|together| together != 0 && together != *by));
            let spread = spread.map_or(String::new(), |by| format!(", spread: {{ by: {} }}", LEVELS[by]));
            let near = near.filter(|_| number == 0).map_or(String::new(), |(city, rtt)| {
                format!(", near: {{ place: {}, rtt: '<= {rtt} ms' }}", CITIES[city].0)
            });
            let excluded = excluded.map_or(String::new(), |one| {
                format!(", requirements: {{ excludeProviders: [p{one}] }}")
            });
            spec.push_str(&format!(
                "  c{number}: {{ kind: compute.instance, count: {count}, cpu: '>= {cpu}', memory: any{spread}{near}{excluded} }}\n"
            ));
        }
        if components.len() > 1 {
            if let Some((traffic, rtt)) = link {
                let rtt = rtt.map_or(String::new(), |rtt| format!(", rtt: '<= {rtt} ms'"));
                spec.push_str(&format!("links: [ {{ from: c0, to: c1, traffic: {traffic} GB/month{rtt} }} ]\n"));
            }
            if let Some(by) = together {
                spec.push_str(&format!("together: [ {{ components: [c0, c1], by: {} }} ]\n", LEVELS[by]));
            }
        }
        Case { market: market(&sites, &providers), application: application(&spec) }
    }
}

/// For each component the offers of its instances, or one for all of them.
type Placing<'a> = Vec<Vec<&'a Offer>>;

struct Referee<'a> {
    market: &'a Catalogue,
    application: &'a Application,
}

impl<'a> Referee<'a> {
    fn ways(&self, component: usize) -> Vec<Vec<&'a Offer>> {
        let component = &self.application.components[component];
        let single = || self.market.offers.iter();
        match component.spread.is_some() && component.count > 1 {
            // Without the spread, instances may still go to different offers.
            true => single().flat_map(|one| single().map(move |other| vec![one, other])).collect(),
            false => single().map(|one| vec![one]).collect(),
        }
    }

    fn placings(&self) -> Vec<Placing<'a>> {
        let mut placings: Vec<Placing<'a>> = vec![Vec::new()];
        for component in 0..self.application.components.len() {
            let ways = self.ways(component);
            let more = placings.iter().flat_map(|placing| {
                ways.iter().map(move |way| placing.iter().cloned().chain([way.clone()]).collect::<Vec<_>>())
            });
            placings = more.collect();
        }
        placings
    }

    fn share(&self, by: SpreadBy, one: &Offer, other: &Offer) -> bool {
        match by {
            SpreadBy::Site => one.site == other.site,
            SpreadBy::Provider => one.provider == other.provider,
            SpreadBy::Country => self.market.sites[&one.site].country == self.market.sites[&other.site].country,
        }
    }

    /// The fields that a placing breaks; `None` when there is no room for it.
    fn broken(&self, placing: &Placing<'a>) -> Option<BTreeSet<String>> {
        let geo = Geo::embedded();
        let place = |offer: &Offer| geo.place(self.market.sites[&offer.site].coordinates);
        let mut broken = BTreeSet::new();
        let mut drawn: BTreeMap<_, i64> = BTreeMap::new();
        let mut micros = 0;
        for ((name, component), way) in self.application.components.iter().zip(placing) {
            let field = |what: &str| format!("spec.components.{name}.{what}");
            let instances = i64::from(component.count) / i64::try_from(way.len()).unwrap();
            for offer in way {
                *drawn.entry(offer.site).or_default() += instances;
                let Price::Fixed { amount, .. } = offer.price.components[0].price else { unreachable!() };
                let reached = offer.price.volume.iter().filter(|tier| i64::from(tier.from) <= instances);
                let off = reached.map(|tier| tier.discount.base()).max().unwrap_or(0);
                micros += amount.micros() / 1_000_000 * (1_000_000 - off) * instances;
                let binds = |least| self.application.term.is_some_and(|term| least > term);
                if offer.terms.minimum_term.is_some_and(binds) {
                    broken.insert("spec.term".to_owned());
                }
                let seal = known(self.market, offer).seal;
                if seal.is_none_or(|seal| seal < self.application.requirements.seal.unwrap().minimum) {
                    broken.insert("spec.requirements.seal".to_owned());
                }
                if component.properties["cpu"].satisfy(&offer.properties.0["cpu"]).is_none() {
                    broken.insert(field("cpu"));
                }
                if component.requirements.exclude_providers.contains(&offer.provider_name) {
                    broken.insert(field("requirements.excludeProviders"));
                }
                if let Some(near) = &component.near {
                    let to = geo.place(geo.city(&near.place).unwrap().coordinates);
                    if !near.rtt.admits(geo.round_trip(&place(offer), &to).rtt) {
                        broken.insert(field("near"));
                    }
                }
            }
            if let (Some(spread), [one, other]) = (component.spread, &way[..])
                && self.share(spread.by, one, other)
            {
                broken.insert(field("spread"));
            }
        }
        if let Some(link) = self.application.links.first() {
            for from in &placing[0] {
                let counts: Vec<i64> = self.application.components.values().map(|one| i64::from(one.count)).collect();
                let (senders, receivers) = (counts[0] / placing[0].len() as i64, counts[1] / placing[1].len() as i64);
                let mut bytes = 0;
                for to in &placing[1] {
                    let rtt = match from.site == to.site {
                        true => Quantity::micros(500),
                        false => geo.round_trip(&place(from), &place(to)).rtt,
                    };
                    if link.rtt.is_some_and(|bound| !bound.admits(rtt)) {
                        broken.insert("spec.links[0].rtt".to_owned());
                    }
                    if from.site != to.site {
                        bytes += link.traffic.unwrap().base() * receivers / (counts[0] * counts[1]);
                    }
                }
                for part in &from.price.components {
                    if matches!(part.price, Price::Egress { .. }) {
                        micros += part.price.of_volume(0, bytes, from.price.currency).unwrap().micros() * senders;
                    }
                }
            }
        }
        if let Some(group) = self.application.together.first() {
            let all: Vec<&Offer> = placing.iter().flatten().copied().collect();
            if all.iter().any(|other| !self.share(group.by, all[0], other)) {
                broken.insert("spec.together[0]".to_owned());
            }
        }
        if let Some(uniform) = self.application.uniform.first() {
            let value = |offer: &&Offer| {
                let provider = &self.market.providers[&offer.provider];
                match uniform {
                    Uniform::Label => known(self.market, offer).labels.get("gaia-x").cloned(),
                    Uniform::Cada => known(self.market, offer).cada.map(|level| level.to_string()),
                    _ => Some(provider.country.to_string()),
                }
            };
            let values: BTreeSet<Option<String>> = placing.iter().flatten().map(value).collect();
            if values.len() > 1 || values.contains(&None) {
                broken.insert("spec.uniform[0]".to_owned());
            }
        }
        let providers = placing.iter().flatten().map(|offer| offer.provider).collect::<BTreeSet<_>>().len();
        if self.application.max_providers.is_some_and(|most| providers > most as usize) {
            broken.insert("spec.maxProviders".to_owned());
        }
        if self.application.budget.is_some_and(|budget| micros > budget.micros()) {
            broken.insert("spec.budget.monthly".to_owned());
        }
        let fits = |site, instances: i64| {
            let free = self.market.free.get(&(site, KindId::ComputeInstance));
            free.is_none_or(|free| instances <= free[&Resource::Instances])
        };
        drawn.into_iter().all(|(site, instances)| fits(site, instances)).then_some(broken)
    }
}

/// Whether every placing breaks one of the fields.
fn conflict(broken: &BTreeSet<BTreeSet<String>>, fields: &BTreeSet<String>) -> bool {
    broken.iter().all(|broken| !broken.is_disjoint(fields))
}

/// How many fields the smallest conflict has.
fn smallest(broken: &BTreeSet<BTreeSet<String>>) -> usize {
    let fields: Vec<String> = broken.iter().flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let sets = (0u32..1 << fields.len()).filter_map(|bits| {
        let chosen = fields.iter().enumerate().filter(|(number, _)| bits >> number & 1 == 1);
        let chosen: BTreeSet<String> = chosen.map(|(_, field)| field.clone()).collect();
        conflict(broken, &chosen).then_some(chosen.len())
    });
    sets.min().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn conflicts_are_real_smallest_and_repaired_as_told(case in any_case()) {
        let Case { market, application } = &case;
        let options = Options { time_limit: Duration::from_secs(60), ..Options::at(now()) };
        let found = find(application, market, &options);
        let referee = Referee { market, application };
        let broken: BTreeSet<BTreeSet<String>> =
            referee.placings().iter().filter_map(|placing| referee.broken(placing)).collect();
        if !found.packages.is_empty() {
            prop_assert!(broken.contains(&BTreeSet::new()));
            prop_assert_eq!(found.conflict_status, None);
            return Ok(());
        }
        prop_assert_eq!(found.conflict_status, Some(ConflictStatus::Smallest));
        let told: BTreeSet<String> = found.conflict.iter().map(|conflict| conflict.field.clone()).collect();
        if broken.is_empty() {
            // Nothing that could be waived is to blame.
            prop_assert!(told.iter().all(|field| field == "spec.components" || field.ends_with(".count")), "{:?}", told);
            return Ok(());
        }
        prop_assert!(conflict(&broken, &told), "{:?} can be met", told);
        for left_out in &told {
            let rest = told.iter().filter(|field| *field != left_out).cloned().collect();
            prop_assert!(!conflict(&broken, &rest), "{:?} is a conflict as well", rest);
        }
        prop_assert_eq!(told.len(), smallest(&broken));
        for repair in &found.repairs {
            let repaired = find(&application.changed(&repair.changes).unwrap(), market, &options);
            prop_assert!(!repaired.packages.is_empty(), "{:?} does not help", repair);
            prop_assert_eq!(repaired.packages[0].price, repair.gives);
        }
    }
}
