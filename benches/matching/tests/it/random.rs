//! Random instances against a referee that tries every choice.

use std::time::{Duration, Instant};

use hansa_matching::search::Answer;
use matching::answer::{Status, report};
use matching::document::Document;
use matching::generate::{Random, Shape, generate};
use matching::instance::Instance;
use matching::referee::{by_trying_all, judge};

/// How many instances, unless `HANSA_RANDOM_INSTANCES` says otherwise.
const USUAL: u64 = 10_000;
/// The most choices that the referee has to try for an instance.
const MOST_CHOICES: usize = 400;

fn small(seed: u64) -> Document {
    let mut random = Random::new(seed);
    let components = 1 + random.below(6);
    let fitting = (1..=8usize).take_while(|candidates| candidates.pow(components as u32) <= MOST_CHOICES).count();
    let shape = Shape { components, ..Shape::any(&mut random, components, fitting) };
    generate(&shape, seed)
}

#[test]
fn the_search_finds_what_trying_everything_finds() {
    let count = std::env::var("HANSA_RANDOM_INSTANCES").map_or(USUAL, |text| text.parse().unwrap());
    let (mut fits, mut coupled) = (0, 0);
    for seed in 0..count {
        let document = small(seed);
        let report = report(&Instance::new(&document).unwrap(), Duration::from_secs(60));
        let expected = by_trying_all(&document);
        let found = report.choice.as_ref().map(|choice| judge(&document, choice).expect("the choice holds"));
        assert_eq!(found, expected, "seed {seed}");
        let sure = if expected.is_some() { Status::Optimal } else { Status::Infeasible };
        assert_eq!(report.status, sure, "seed {seed}");
        if let Some(expected) = expected {
            assert!((report.objective.unwrap() - expected as f64 / 1e6).abs() < 1e-6, "seed {seed}");
            fits += 1;
            coupled += u64::from(document.max_providers.is_some() && document.budget.is_some());
        }
    }
    // Instances of which almost none fits, or none has everything at once, would show little.
    assert!(fits > count / 3 && coupled > count / 20, "{fits} of {count} fit, {coupled} with budget and providers");
}

#[test]
fn a_search_cut_short_gives_a_true_bound() {
    for seed in 0..500 {
        let document = small(seed);
        let report = report(&Instance::new(&document).unwrap(), Duration::ZERO);
        match (by_trying_all(&document), report.bound) {
            (Some(expected), bound) => assert!(bound.unwrap() <= expected as f64 / 1e6 + 1e-6, "seed {seed}"),
            (None, _) => assert_eq!(report.choice, None, "seed {seed}"),
        }
    }
}

#[test]
fn two_workers_find_what_one_finds() {
    let everything = Shape { capacity: true, together: 2, max_providers: Some(4), ..Shape::extended(20, 30) };
    let instance = Instance::new(&generate(&everything, 3)).unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    let [alone, shared] = [1, 2].map(|workers| instance.solve(deadline, workers));
    assert!(alone.complete && shared.complete);
    assert!(alone.nodes > 600, "{} nodes are too few to be shared", alone.nodes);
    let cost = |answer: &Answer| answer.best.as_ref().map(|(cost, _)| *cost);
    assert!(cost(&alone).is_some());
    assert_eq!(cost(&alone), cost(&shared));
}

#[test]
fn the_same_seed_gives_the_same_instance() {
    let text = |seed| serde_json::to_string(&generate(&Shape::extended(6, 9), seed)).unwrap();
    assert_eq!(text(7), text(7));
    assert_ne!(text(7), text(8));
    assert_eq!(Document::read(&text(7)).map(|document| serde_json::to_string(&document).unwrap()).unwrap(), text(7));
}
