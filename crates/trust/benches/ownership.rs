//! How quickly control is found in a graph of 100,000 entities, and what a change costs.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use hansa_model::country::Country;
use hansa_model::evidence::{Claim, Entity, EntityKind, Holding, Right, Share, Strength};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;
use hansa_trust::Known;
use hansa_trust::ownership::{Aliases, Graph};

/// Groups of ten entities each.
const GROUPS: usize = 10_000;
/// One holder has a part of one company in so many groups.
const WIDE: usize = 10;

fn known(claim: Claim) -> Known {
    Known {
        claim,
        strength: Strength::Verified,
        evidence: EvidenceId::new(),
        issuer: "did:web:registry.example".to_owned(),
        valid_from: Timestamp::from_seconds(0),
        valid_until: None,
    }
}

fn entity(id: &str, kind: EntityKind, country: Country) -> Known {
    known(Claim::Entity(Entity {
        id: id.to_owned(),
        name: id.to_owned(),
        kind,
        incorporated_in: Some(country),
        headquarters_in: Some(country),
        main_establishment_in: Some(country),
        personal_jurisdictions: Vec::new(),
    }))
}

fn holding(owner: &str, owned: &str, percent: u32, rights: &[Right]) -> Known {
    known(Claim::Holding(Holding {
        owner: owner.to_owned(),
        owned: owned.to_owned(),
        capital: Some(Share(percent * 100)),
        votes: Some(Share(percent * 100)),
        joint_group: None,
        rights: Some(rights.iter().copied().collect::<BTreeSet<_>>()),
        valid_from: None,
        valid_to: None,
        source: None,
    }))
}

/// A provider under a holding company under a fund, persons and a crowd, with a circle and a foreign minority.
fn group(number: usize, known: &mut Vec<(String, Known)>) {
    let name = |what: &str| format!("{what}-{number}");
    let country = |code: &str| code.parse::<Country>().expect("a country");
    let codes = ["DE", "FR", "NL", "SE", "US"];
    let provider = name("provider");
    let mut add = |each: Known| known.push((provider.clone(), each));
    for what in ["provider", "holding", "cross", "bank", "partner"] {
        add(entity(&name(what), EntityKind::Company, country("DE")));
    }
    for what in ["anna", "bert", "cora"] {
        add(entity(&name(what), EntityKind::Person, country(codes[number % 4])));
    }
    add(entity(&name("fund"), EntityKind::Fund, country(codes[number % 5])));
    add(entity(&name("float"), EntityKind::Dispersed, country("DE")));
    for (owner, owned, percent) in [
        ("holding", "provider", 70),
        ("bank", "provider", 20),
        ("cross", "provider", 10),
        ("anna", "holding", 55),
        ("fund", "holding", 20),
        ("cross", "holding", 10),
        ("float", "holding", 15),
        ("holding", "cross", 40),
        ("bert", "cross", 60),
        ("cora", "bank", 80),
        ("partner", "bank", 20),
        ("bert", "partner", 100),
        ("cora", "fund", 100),
    ] {
        add(holding(&name(owner), &name(owned), percent, &[]));
    }
    let shared = format!("shared-{}", number % (GROUPS / WIDE));
    add(holding(&shared, &provider, 0, &[]));
}

fn ownership(criterion: &mut Criterion) {
    let mut all = Vec::new();
    for number in 0..GROUPS {
        group(number, &mut all);
    }
    for number in 0..GROUPS / WIDE {
        let shared = format!("shared-{number}");
        all.push((shared.clone(), entity(&shared, EntityKind::Person, "FI".parse().expect("a country"))));
    }
    let build = || Graph::of(Aliases::default(), all.iter().map(|(about, known)| (about.as_str(), known)));
    let mut graph = build();
    let now = Timestamp::from_seconds(1_000);
    let mut group = criterion.benchmark_group(format!("ownership of {} entities", graph.len()));
    group.measurement_time(Duration::from_secs(3)).sample_size(20);
    let mut number = 0;
    let mut next = move || {
        number = (number + 7_919) % GROUPS;
        number
    };
    group.bench_function("find", |bencher| {
        bencher.iter(|| black_box(graph.find(&format!("provider-{}", next()), now)));
    });
    group.bench_function("downstream of a holder in ten groups", |bencher| {
        bencher.iter(|| black_box(graph.downstream(&format!("shared-{}", next() % (GROUPS / WIDE))).len()));
    });
    group.bench_function("change a holding and find everybody downstream", |bencher| {
        bencher.iter(|| {
            let number = next() % (GROUPS / WIDE);
            let shared = format!("shared-{number}");
            let change = holding("anyone", &shared, 1, &[Right::VetoBudget]);
            let evidence = change.evidence;
            graph.insert(&shared, &change);
            let concerned: Vec<String> = graph.downstream(&shared).into_iter().map(str::to_owned).collect();
            for entity in &concerned {
                black_box(graph.find(entity, now));
            }
            graph.remove(evidence);
        });
    });
    group.sample_size(10);
    group.bench_function("build", |bencher| bencher.iter(|| black_box(build().len())));
    group.finish();
}

criterion_group!(benches, ownership);
criterion_main!(benches);
