//! The example that comes with Hansa, on the seed catalogue and its three demo providers.

use std::fmt::Write;

use hansa_matching::SEED_CATALOGUE;
use hansa_model::application::Application;
use hansa_model::offer::Catalogue;

use crate::world::{catalogue, offers, outcome};

const TOWN_ARCHIVE: &str = include_str!("../../../../examples/town-archive.yaml");

fn market() -> Catalogue {
    catalogue(&[
        SEED_CATALOGUE,
        include_str!("../../../../examples/providers/utrecht.yaml"),
        include_str!("../../../../examples/providers/grenoble.yaml"),
        include_str!("../../../../examples/providers/jelenia-gora.yaml"),
    ])
}

#[test]
fn the_seed_catalogue_holds_what_its_source_says() {
    let seed = catalogue(&[SEED_CATALOGUE]);
    assert_eq!((seed.providers.len(), seed.sites.len(), seed.offers.len()), (31, 52, 343));
    let invented = seed.providers.values().filter(|provider| {
        let assurance = &provider.assurance;
        assurance.seal.is_some() || !assurance.labels.is_empty() || assurance.control != Default::default()
    });
    assert_eq!(invented.count(), 0);
    assert!(seed.offers.iter().all(|offer| offer.terms.availability.is_none()));
}

#[test]
fn the_outcome_is_as_shown_in_the_documentation() {
    let application = Application::parse(TOWN_ARCHIVE).unwrap();
    let outcome = outcome(&application, &market());
    let mut shown = String::new();
    for package in &outcome.packages {
        let rtt = package.worst_rtt.map(|round_trip| round_trip.rtt.in_millis()).unwrap_or_default();
        let price = package.price;
        let _ = writeln!(
            shown,
            "{}{}: {} a month ({} traffic), {} once, {} kg, {rtt}, {:?}",
            package.name,
            if package.chosen { " *" } else { "" },
            price.monthly,
            price.traffic,
            price.one_off,
            package.carbon,
            package.proof.status,
        );
        for offer in offers(package) {
            let _ = writeln!(shown, "  {offer}");
        }
    }
    let seed = |offer: &str| !["domstad", "alpes", "karkonosze"].iter().any(|name| offer.starts_with(name));
    let first = outcome.excluded.iter().find(|exclusion| seed(&exclusion.offer)).unwrap();
    let _ = writeln!(
        shown,
        "{} for {}: {} {}, {}",
        first.offer, first.component, first.requirement, first.required, first.offered
    );
    for count in outcome.requirements.iter().filter(|count| count.component.as_str() == "web") {
        let _ = writeln!(shown, "web {}: {} ({} alone)", count.requirement, count.excluded, count.alone);
    }
    insta::assert_snapshot!(shown, @r"
    chosen *: 20.256 EUR a month (1.36 EUR traffic), 3.25 EUR once, 2.277 kg, 24.2 ms, Optimal
      domstad-cloud/utrecht-1/micro
      domstad-cloud/utrecht-2/micro
      alpes-data/grenoble-1/postgresql
      karkonosze-edge/jelenia-gora-1/edge-micro
    cheapest: 20.037 EUR a month (1.36 EUR traffic), 3.25 EUR once, 2.827 kg, 24.2 ms, Optimal
      domstad-cloud/utrecht-1/classic
      domstad-cloud/utrecht-2/micro
      alpes-data/grenoble-1/postgresql
      karkonosze-edge/jelenia-gora-1/edge-micro
    arubacloud/it-are/vps-o1i1 for web: control none, not stated
    web jurisdiction: 36 (0 alone)
    web control: 343 (0 alone)
    web labels.gaia-x: 343 (0 alone)
    web seal: 343 (0 alone)
    web certifications.ISO27001: 78 (0 alone)
    web availability: 343 (0 alone)
    web dataLocation: 50 (0 alone)
    web disk: 165 (0 alone)
    web image: 343 (0 alone)
    ");
}

#[test]
fn ten_components_over_the_seed_catalogue_are_composed_and_proved() {
    let mut spec =
        "maxProviders: 3\nbudget: { monthly: 900 EUR }\nobjective: { price: 1, carbon: 0.2 }\ncomponents:\n".to_owned();
    for number in 0..10 {
        let (cpu, memory) = (1 << (number % 3), 2 << (number % 4));
        let spread = if number % 4 == 0 { ", count: 2, spread: { by: site }" } else { "" };
        let _ = writeln!(
            spec,
            "  c{number}: {{ kind: compute.instance, cpu: '>= {cpu}', memory: '>= {memory} GiB', requirements: {{ jurisdiction: EU, certifications: {{ all: [ISO27001] }} }}{spread} }}"
        );
    }
    spec.push_str("links:\n");
    for number in 0..9 {
        let rtt = if number % 3 == 0 { ", rtt: '<= 25 ms'" } else { "" };
        let _ = writeln!(spec, "  - {{ from: c{number}, to: c{}, traffic: 900 GB/month{rtt} }}", (number * 7 + 3) % 10);
    }
    // 2 × 7 + 3 = 17: no component is linked with itself.
    let application = crate::world::application(&spec);
    let outcome = outcome(&application, &catalogue(&[SEED_CATALOGUE]));
    assert!(!outcome.packages.is_empty(), "{:?}", outcome.conflict);
    for package in &outcome.packages {
        assert_eq!(package.proof.status, hansa_model::package::ProofStatus::Optimal, "{}", package.name);
        assert!(package.providers.len() <= 3 && package.price.monthly.micros() <= 900_000_000);
    }
}
