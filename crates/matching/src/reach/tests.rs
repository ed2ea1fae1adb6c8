//! What is found among a few offers against what is found among all.

use std::time::{Duration, Instant};

use hansa_model::application::Application;
use hansa_model::package::{Package, ProofStatus};
use proptest::prelude::*;

use crate::index::tests::{Chances, market, now};
use crate::prepare::Prepared;
use crate::{Geo, Index, Options, rank};

fn document(chances: &mut Chances) -> Application {
    let mut spec = String::new();
    if chances.once_in(3) {
        spec.push_str(&format!("  budget: {{ monthly: {} EUR }}\n", 4 + chances.below(40)));
    }
    if chances.once_in(3) {
        spec.push_str(&format!("  maxProviders: {}\n", 1 + chances.below(3)));
    }
    if chances.once_in(4) {
        let uniform = ["jurisdiction", "label", "sla", "certifications", "label, sla"];
        spec.push_str(&format!("  uniform: [{}]\n", chances.one(&uniform)));
    }
    let weights = [
        "price: 1",
        "price: 1, carbon: 0.3",
        "price: 1, latency: 0.5, providers: 0.2",
        "carbon: 1",
        "price: 1, sovereignty: 0.5",
        "price: 1, availability: 0.1, sovereignty: 0.1",
        "price: 1, pareto: true",
    ];
    spec.push_str(&format!("  objective: {{ {} }}\n  components:\n", chances.one(&weights)));
    let components = 1 + chances.below(3);
    for number in 0..components {
        let kind = if chances.once_in(4) {
            "kind: database.postgresql, version: '>= 9', storage: '>= 2 GiB'"
        } else {
            "kind: compute.instance, cpu: '>= 1', memory: any"
        };
        let spread = chances.one(&["", "", ", count: 2", ", count: 2, spread: { by: site }"]);
        let near = chances.one(&["", "", "", ", near: { place: Utrecht, rtt: '<= 20 ms' }"]);
        spec.push_str(&format!("    c{number}: {{ {kind}{spread}{near} }}\n"));
    }
    if components > 1 {
        let rtt = chances.one(&["", ", rtt: '<= 12 ms'"]);
        spec.push_str(&format!("  links: [ {{ from: c0, to: c1, traffic: 300 GB/month{rtt} }} ]\n"));
    }
    let text = format!("apiVersion: hansa/v1\nkind: Application\nmetadata: {{ name: test }}\nspec:\n{spec}");
    Application::parse(&text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"))
}

type Measure = fn(&Package) -> f64;

fn least(packages: &[Package], measure: Measure) -> f64 {
    packages.iter().map(measure).fold(f64::INFINITY, f64::min)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_not_looked_at_could_not_be_better(seed: u64, offers in 10usize..160) {
        let mut chances = Chances::new(seed);
        let index = Index::of(&market(&mut chances, offers), Geo::embedded());
        let application = document(&mut chances);
        let options = Options { time_limit: Duration::from_secs(60), ..Options::at(now()) };
        let snapshot = index.snapshot();
        let mut prepared = Prepared::new(&application, &snapshot, &options);
        let whole = match rank::rank(&prepared, &options, Instant::now()) {
            rank::Ranked::Found(packages, _) => packages,
            rank::Ranked::Nothing => Vec::new(),
        };
        let found = crate::packages(&mut prepared, &options, Instant::now()).packages;
        prop_assert_eq!(found.is_empty(), whole.is_empty());
        if found.is_empty() {
            return Ok(());
        }
        let price = |package: &Package| package.price.monthly.micros() as f64;
        prop_assert_eq!(least(&found, price), least(&whole, price));
        prop_assert_eq!(least(&found, |package| package.carbon), least(&whole, |package| package.carbon));
        prop_assert_eq!(found[0].orderable, whole[0].orderable);
        // The scale of the weights hangs on the best of the other axes, which may lack proof.
        let others = &application.objective.weights()[2..];
        if others.iter().all(|weight| *weight == 0.0) {
            let (chosen, best) = (found[0].proof.objective, whole[0].proof.objective);
            prop_assert!((chosen - best).abs() <= 1e-6 * best.abs().max(1.0), "{} instead of {}", chosen, best);
        }
        let measures: [(&str, Measure); 4] = [
            ("lowest-latency", |package| package.worst_rtt.map_or(0.0, |rtt| rtt.rtt.base() as f64)),
            ("fewest-providers", |package| package.providers.len() as f64),
            ("most-sovereign", |package| f64::from(5 - package.sovereignty)),
            ("most-available", |package| (1_000_000 - package.availability.base()) as f64),
        ];
        let [sovereignty, availability] = prepared.wanted_axes();
        // What is not wanted is the best of nothing, and any package may have more of it by chance.
        let unwanted = |name: &str| match name {
            "most-sovereign" => !sovereignty,
            "most-available" => !availability,
            _ => false,
        };
        for (name, measure) in measures.into_iter().filter(|(name, _)| !unwanted(name)) {
            let best = least(&whole, measure);
            prop_assert!(least(&found, measure) >= best);
            if let Some(package) = found.iter().find(|package| package.name == name) {
                let is_sure = package.proof.status == ProofStatus::Optimal;
                // What is shown as never there may come to more downtime than all the time.
                prop_assert!(package.proof.bound <= best || best >= 1_000_000.0);
                prop_assert!(!is_sure || measure(package) == best);
                prop_assert_eq!(is_sure, package.proof.gap == 0.0);
            }
        }
    }
}
