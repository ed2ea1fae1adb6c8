//! How quickly rule sets are read, judged by, and turned into what matching looks at.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hansa_model::evidence::{CertificateClaim, Claim, FactValue, Strength};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;
use hansa_trust::ownership::Finding;
use hansa_trust::rules::{Appraiser, FactKind, RuleSets, assurance, evaluate};
use hansa_trust::{Case, Known};

const OFFERS: u64 = 100_000;

/// The instant that is judged at, in the year 2026.
const AT: Timestamp = Timestamp::from_seconds(1_795_000_000);

fn known(claim: Claim, strength: Strength) -> Known {
    let issuer = "did:web:provider.example".to_owned();
    let valid_from = Timestamp::from_seconds(1_790_000_000);
    Known { claim, strength, evidence: EvidenceId::new(), issuer, valid_from, valid_until: None }
}

/// A provider that states every fact there is, two of three of them, and holds some certificates.
fn provider(sets: &RuleSets) -> Vec<Known> {
    let facts = sets.vocabulary().facts().enumerate().filter(|(at, _)| at % 3 != 2).map(|(_, fact)| fact);
    let mut all: Vec<Known> = facts
        .map(|(name, fact)| {
            let value = match fact.kind {
                FactKind::Flag => FactValue::Flag(true),
                FactKind::Number => FactValue::Number(3),
                FactKind::Countries => FactValue::List(vec!["NL".to_owned(), "DE".to_owned()]),
                _ => FactValue::Text("https://provider.example/terms".to_owned()),
            };
            known(Claim::Fact { name: name.to_owned(), value }, Strength::Declared)
        })
        .collect();
    for scheme in ["ISO27001", "C5", "CISPE-COC", "HDS"] {
        all.push(known(Claim::Certificate(certificate(scheme)), Strength::Verified));
    }
    all
}

fn certificate(scheme: &str) -> CertificateClaim {
    CertificateClaim {
        scheme: scheme.to_owned(),
        version: None,
        level: None,
        clauses: Vec::new(),
        kinds: Vec::new(),
        sites: Vec::new(),
        body: "Body of Certification GmbH".to_owned(),
        jurisdiction: None,
        document: None,
        valid_until: None,
    }
}

fn judging(bench: &mut Criterion) {
    let sets = RuleSets::embedded().expect("the embedded rule sets are sound");
    let (known, finding) = (provider(&sets), Finding::unknown());
    let case = Case { at: AT, kind: Some("compute.instance"), site: Some("ams1"), known: &known, finding: &finding };
    let mut group = bench.benchmark_group("evaluate");
    for set in sets.all() {
        let criteria = set.criteria().len();
        group.throughput(Throughput::Elements(criteria as u64));
        group.bench_function(&set.about().id, |timer| timer.iter(|| evaluate(set, black_box(&case))));
    }
    group.finish();

    let mut group = bench.benchmark_group("assurance");
    group.throughput(Throughput::Elements(1));
    group.bench_function("of evaluations", |timer| {
        let current = sets.all_current(AT);
        timer.iter(|| {
            let evaluations: Vec<_> = current.iter().map(|set| evaluate(set, black_box(&case))).collect();
            assurance(&sets, &case, &evaluations)
        });
    });
    group.bench_function("alone", |timer| {
        timer.iter(|| Appraiser::new(&sets, AT, black_box(&known), &finding).of(case.kind, case.site));
    });
    group.throughput(Throughput::Elements(OFFERS));
    group.sample_size(10);
    group.bench_function("100k offers of 1000 providers", |timer| {
        timer.iter(|| {
            for _ in 0..1_000 {
                let mut appraiser = Appraiser::new(&sets, AT, black_box(&known), &finding);
                for offer in 0..OFFERS / 1_000 {
                    let site = if offer % 2 == 0 { "ams1" } else { "fra1" };
                    black_box(appraiser.of(case.kind, Some(site)));
                }
            }
        });
    });
    group.finish();
}

fn reading(bench: &mut Criterion) {
    bench.bench_function("read all rule sets", |timer| timer.iter(RuleSets::embedded));
}

criterion_group!(benches, judging, reading);
criterion_main!(benches);
