//! Nodes near places against a scan of all of them, and readers while nodes come, go and fill up.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use hansa_bench_index::{Edge, near_places, now};
use hansa_matching::{Geo, Index, Options, Snapshot, find, find_in};
use hansa_model::application::{Application, Component};
use hansa_model::kind::{Properties, PropertyValue, Resource};
use hansa_model::offer::{Catalogue, Offer};
use hansa_model::package::{MatchOutcome, Package};
use hansa_model::quantity::Quantity;

/// The properties that an offer of a node always has.
fn delivered(offer: &Offer) -> Properties {
    let values = offer.properties.0.iter();
    Properties { values: values.filter_map(|(name, bound)| Some((name.clone(), bound.default_value()?))).collect() }
}

fn monthly(offer: &Offer) -> i64 {
    offer.price.estimate(&delivered(offer), 0).unwrap().monthly.micros()
}

/// Whether a node has room for so many machines, by every number of its vector.
fn has_room(catalogue: &Catalogue, offer: &Offer, machines: i64) -> bool {
    let takes = offer.kind.spec().takes(&delivered(offer));
    let free = &catalogue.free[&(offer.site, offer.kind)];
    Resource::ALL.iter().all(|resource| {
        let needed = takes.get(resource).copied().unwrap_or_default() * machines;
        free.get(resource).is_none_or(|free| needed <= *free)
    })
}

/// The nodes that suit a component of one of the documents, by looking at each.
fn suitable<'c>(catalogue: &'c Catalogue, application: &Application, component: &Component) -> Vec<&'c Offer> {
    let geo = Geo::embedded();
    let near = component.near.as_ref().unwrap();
    let place = geo.place(geo.city(&near.place).unwrap().coordinates);
    let machines = if component.spread.is_some() { 1 } else { i64::from(component.count) };
    let certified = |offer: &Offer| {
        let wanted = &application.requirements.certifications.all;
        wanted.iter().all(|scheme| catalogue.providers[&offer.provider].assurance.holds(scheme, now()))
    };
    let large = |offer: &Offer| {
        let has = delivered(offer);
        component.properties.iter().all(|(name, wanted)| {
            let has = hansa_model::kind::PropertyBound::from(&has.values[name]);
            has.satisfy(wanted).is_some()
        })
    };
    let close = |offer: &Offer| {
        let site = geo.place(catalogue.sites[&offer.site].coordinates);
        near.rtt.admits(geo.round_trip(&site, &place).rtt)
    };
    let suits =
        |offer: &&Offer| certified(offer) && large(offer) && close(offer) && has_room(catalogue, offer, machines);
    catalogue.offers.iter().filter(suits).collect()
}

fn cheapest(outcome: &MatchOutcome) -> Option<&Package> {
    outcome.packages.iter().min_by_key(|package| package.price.monthly.micros())
}

#[test]
fn what_is_found_is_the_cheapest_of_all_nodes_that_suit() {
    let mut found = 0;
    for seed in 0..12 {
        let edge = Edge::new(seed, 600);
        for document in near_places().into_iter().filter(|document| document.application.components.len() == 1) {
            let application = document.application;
            let component = &application.components[0];
            let mut prices: Vec<i64> =
                suitable(&edge.catalogue, &application, component).into_iter().map(monthly).collect();
            prices.sort_unstable();
            let count = usize::try_from(component.count).unwrap();
            // Every node is at a site of its own, so machines apart are those of the cheapest nodes.
            let expected = match component.spread {
                Some(_) if prices.len() < count => None,
                Some(_) => Some(prices[..count].iter().sum::<i64>()),
                None => prices.first().map(|price| price * i64::from(component.count)),
            };
            let outcome = find(&application, &edge.catalogue, &Options::at(now()));
            let told = cheapest(&outcome).map(|package| package.price.monthly.micros());
            assert_eq!(told, expected, "{} with seed {seed}", document.name);
            found += usize::from(told.is_some());
        }
    }
    assert!(found > 6, "too few of the documents found anything: {found}");
}

#[test]
fn linked_components_are_placed_as_the_best_of_all_pairs_is() {
    let mut found = 0;
    for seed in 0..6 {
        let edge = Edge::new(seed, 1_500);
        let application = near_places().pop().unwrap().application;
        let (catalogue, geo) = (&edge.catalogue, Geo::embedded());
        let [cameras, gates] = [0, 1].map(|number| suitable(catalogue, &application, &application.components[number]));
        let place = |offer: &Offer| geo.place(catalogue.sites[&offer.site].coordinates);
        let linked = |from: &Offer, to: &Offer| {
            let rtt =
                if from.site == to.site { Quantity::micros(500) } else { geo.round_trip(&place(from), &place(to)).rtt };
            application.links[0].rtt.unwrap().admits(rtt)
        };
        let best = cameras.iter().flat_map(|camera| {
            let close: Vec<&&Offer> = gates.iter().filter(|gate| linked(camera, gate)).collect();
            let pairs = (0..close.len()).flat_map(|one| (one + 1..close.len()).map(move |two| (one, two)));
            let fits = pairs.filter(|(one, two)| {
                // A node that has both a camera and a gate needs room for both.
                [close[*one], close[*two]]
                    .into_iter()
                    .all(|gate| gate.site != camera.site || has_room(catalogue, camera, 2))
            });
            let price = fits.map(|(one, two)| monthly(camera) + monthly(close[one]) + monthly(close[two]));
            price.min()
        });
        let expected = best.min();
        let outcome = find(&application, catalogue, &Options::at(now()));
        let told = cheapest(&outcome).map(|package| package.price.monthly.micros());
        assert_eq!(told, expected, "seed {seed}");
        found += usize::from(told.is_some());
    }
    assert!(found > 1, "too few seeds have cameras near Hamburg: {found}");
}

/// A catalogue as it was published: ready to be searched, and as it is.
struct Published {
    snapshot: Snapshot<'static>,
    catalogue: Catalogue,
}

/// What tells one answer from another.
fn gist(outcome: &MatchOutcome) -> (u64, Vec<String>) {
    let packages = outcome.packages.iter().map(|package| format!("{:?} {:?}", package.name, package.price));
    let left_out = outcome.requirements.iter().map(|count| format!("{count:?}"));
    (outcome.catalogue_version, packages.chain(left_out).collect())
}

#[test]
fn readers_see_whole_states_while_nodes_come_and_go() {
    const NODES: usize = 400;
    const STEPS: usize = 30;
    let mut edge = Edge::new(3, NODES);
    let mut index = Index::of(&edge.catalogue, Geo::embedded());
    let publish = |index: &Index<'static>, edge: &Edge| {
        Arc::new(Published { snapshot: index.snapshot(), catalogue: edge.catalogue.clone() })
    };
    let shown = RwLock::new(publish(&index, &edge));
    let (done, looks) = (AtomicBool::new(false), AtomicUsize::new(0));
    let documents = near_places();
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|reader| {
                let (shown, done, looks, documents) = (&shown, &done, &looks, &documents);
                scope.spawn(move || {
                    let mut seen = BTreeSet::new();
                    let mut turn = reader;
                    while !done.load(Ordering::Acquire) || seen.is_empty() {
                        let published = shown.read().unwrap().clone();
                        let application = &documents[turn % documents.len()].application;
                        let options = Options::at(now());
                        let first = find_in(&published.snapshot, application, &options);
                        // The writer has gone on meanwhile; what was taken before is what it was.
                        let again = find_in(&published.snapshot, application, &options);
                        let fresh = find(application, &published.catalogue, &options);
                        assert_eq!(gist(&first), gist(&again));
                        assert_eq!(gist(&first), gist(&fresh));
                        seen.insert(published.catalogue.version);
                        looks.fetch_add(1, Ordering::Release);
                        turn += 1;
                    }
                    seen.len()
                })
            })
            .collect();
        for step in 0..STEPS {
            // A hundredth of the nodes, as in a second of the life of the edge.
            for _ in 0..NODES / 100 {
                edge.churn(&mut index).unwrap();
            }
            *shown.write().unwrap() = publish(&index, &edge);
            // Somebody has looked between any two steps.
            let wanted = looks.load(Ordering::Acquire) + 1;
            let reading = || readers.iter().all(|reader| !reader.is_finished());
            while step + 1 < STEPS && reading() && looks.load(Ordering::Acquire) < wanted {
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::Release);
        for reader in readers {
            assert!(reader.join().unwrap() > 1, "a reader has seen one state only");
        }
    });
}

#[test]
fn nodes_are_the_same_for_the_same_seed_and_lie_where_people_live() {
    let (one, two) = (Edge::new(5, 300), Edge::new(5, 300));
    assert_eq!(one.catalogue, two.catalogue);
    assert_ne!(one.catalogue, Edge::new(6, 300).catalogue);
    let geo = Geo::embedded();
    for site in one.catalogue.sites.values() {
        let city = geo.city(&format!("{}, {}", site.city, site.country)).unwrap_or_else(|| panic!("{}", site.city));
        assert!(hansa_matching::geo::distance_km(city.coordinates, site.coordinates) < 25.0, "{}", site.name);
    }
    let cores = |offer: &Offer| match delivered(offer).values["cpu"] {
        PropertyValue::Count(cores) => cores.base() / 1_000,
        _ => 0,
    };
    assert!(one.catalogue.offers.iter().all(|offer| [1, 2, 4].contains(&cores(offer))));
}
