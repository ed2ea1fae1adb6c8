//! Answers that are true hold, and a change of any figure is found, with its field.

use hansa_matching::{Claim, Verdict, VerifyOptions, find, verify};
use hansa_model::application::Application;
use hansa_model::evidence::Assurance;
use hansa_model::offer::Catalogue;
use hansa_model::package::MatchOutcome;
use serde_json::{Value, json};

use crate::world::{application, catalogue, now, outcome};

const MARKET: &str = "
providers:
- name: north
  legalName: North
  country: DE
  assurance: { seal: 3, certificates: [{ scheme: ISO27001 }], labels: { gaia-x: L1 } }
  sites:
  - {name: n1, country: DE, city: Hamburg, coordinates: {latitude: 53.55, longitude: 9.99}}
  - {name: n2, country: DE, city: Berlin, coordinates: {latitude: 52.52, longitude: 13.41}}
  offers:
  - {site: n1, sku: vm, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 10 EUR, per: month}, {name: traffic, type: egress, included: 10 GB, perGb: 0.01 EUR}, {name: setup, type: one-off, amount: 3 EUR}], volume: [{from: 2, discount: 10 %}]}, terms: {availability: 99.9 %, minimumTerm: 30 d}}
  - {site: n2, sku: vm, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 12 EUR, per: month}]}, terms: {availability: 99.95 %}}
- name: south
  legalName: South
  country: FR
  assurance: { seal: 1, certificates: [{ scheme: ISO27001 }], labels: { gaia-x: L1 } }
  sites:
  - {name: s1, country: FR, city: Paris, coordinates: {latitude: 48.86, longitude: 2.35}}
  offers:
  - {site: s1, sku: vm, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 4 EUR, per: month}]}, terms: {availability: 99 %}}
  - {site: s1, sku: db, kind: database.postgresql, properties: {version: 15, storage: 1 GiB..10 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 9 EUR, per: month}]}, terms: {availability: 99 %}}
";

const DOCUMENT: &str = "
requirements: { certifications: { all: [ISO27001] }, seal: { minimum: 1 } }
objective: { price: 1, carbon: 0.2, pareto: true }
budget: { monthly: 60 EUR }
maxProviders: 2
term: 90 d
uniform: [certifications, label]
components:
  web: { kind: compute.instance, cpu: '>= 2', memory: '>= 1 GiB', count: 2, spread: { by: site } }
  worker: { kind: compute.instance, cpu: '>= 2', memory: '>= 1 GiB', count: 3, near: { place: Hamburg, rtt: '<= 20 ms' } }
  data: { kind: database.postgresql, version: '>= 15', storage: '>= 2 GiB' }
links:
  - { from: web, to: data, traffic: 100 GB/month, rtt: '<= 40 ms' }
";

fn example() -> (Application, Catalogue, MatchOutcome) {
    let (application, catalogue) = (application(DOCUMENT), catalogue(&[MARKET]));
    let outcome = outcome(&application, &catalogue);
    (application, catalogue, outcome)
}

/// The fields and claims that do not hold.
fn falsehoods(application: &Application, catalogue: &Catalogue, outcome: &MatchOutcome) -> Vec<(String, Claim)> {
    let verification = verify(application, catalogue, outcome, &VerifyOptions::at(now()));
    verification.falsehoods().map(|check| (check.field.clone(), check.claim)).collect()
}

#[test]
fn a_true_answer_holds_in_every_point() {
    let (application, catalogue, outcome) = example();
    assert!(outcome.packages.len() > 2, "{:?}", outcome.conflict);
    let verification = verify(&application, &catalogue, &outcome, &VerifyOptions::at(now()));
    let open: Vec<_> = verification.checks.iter().filter(|check| check.verdict != Verdict::Holds).collect();
    assert!(open.is_empty(), "{open:#?}");
    let claims: std::collections::BTreeSet<Claim> = verification.checks.iter().map(|check| check.claim).collect();
    // Nothing is to be kept together here, and something fits.
    assert_eq!(claims.len(), 17, "{claims:?}");
}

/// The outcome with one field changed.
fn changed(outcome: &MatchOutcome, path: &str, value: Value) -> MatchOutcome {
    let mut document = serde_json::to_value(outcome).unwrap();
    *document.pointer_mut(path).unwrap_or_else(|| panic!("there is no {path}")) = value;
    serde_json::from_value(document).unwrap()
}

#[test]
fn every_figure_that_is_changed_is_found() {
    let (application, catalogue, outcome) = example();
    let web = "/packages/0/components/web/replicas/0";
    let changes = [
        ("/packages/0/price/monthly/amount", json!("1.00"), "packages[0].price.monthly"),
        ("/packages/0/price/oneOff/amount", json!("1.00"), "packages[0].price.oneOff"),
        ("/packages/0/price/traffic/amount", json!("7.00"), "packages[0].price.traffic"),
        ("/packages/0/carbon", json!(0.1), "packages[0].carbon"),
        ("/packages/0/sovereignty", json!(4), "packages[0].sovereignty"),
        ("/packages/0/levels/seal", json!(4), "packages[0].levels"),
        ("/packages/0/levels/gaia-x", json!("L3"), "packages[0].levels"),
        ("/packages/0/levels", json!({"cada": 1, "gaia-x": "L1", "seal": 1}), "packages[0].levels"),
        (
            "/packages/0/levels",
            json!({"gaia-x": "L1", "seal": 1, "validUntil": "2027-01-01T00:00:00Z"}),
            "packages[0].levels",
        ),
        (&format!("{web}/levels/seal"), json!(2), "packages[0].components.web.replicas[0].levels"),
        ("/packages/0/availability", json!("99.99 %"), "packages[0].availability"),
        ("/packages/0/minimumTerm", json!("1 d"), "packages[0].minimumTerm"),
        ("/packages/0/orderable", json!(true), "packages[0].orderable"),
        ("/packages/0/providers", json!(["north"]), "packages[0].providers"),
        ("/packages/0/countries", json!(["IT"]), "packages[0].countries"),
        ("/packages/0/worst_rtt/rtt", json!("1 ms"), "packages[0].worst_rtt"),
        ("/packages/0/proof/objective", json!(1.0), "packages[0].proof.objective"),
        ("/packages/0/proof/bound", json!(1e12), "packages[0].proof.bound"),
        ("/packages/0/proof/gap", json!(0.5), "packages[0].proof.gap"),
        ("/packages/0/proof/catalogueVersion", json!(77), "packages[0].proof.catalogueVersion"),
        ("/packages/0/components/web/count", json!(3), "packages[0].components.web.count"),
        ("/packages/0/components/web/price/amount", json!("1.00"), "packages[0].components.web.price"),
        (&format!("{web}/price/amount"), json!("1.00"), "packages[0].components.web.replicas[0].price"),
        (&format!("{web}/offerVersion"), json!(9), "packages[0].components.web.replicas[0].offerVersion"),
        (&format!("{web}/provider"), json!("east"), "packages[0].components.web.replicas[0].provider"),
        (&format!("{web}/orderable"), json!(true), "packages[0].components.web.replicas[0].orderable"),
        (&format!("{web}/count"), json!(2), "spec.components.web.spread"),
        ("/packages/0/chosen", json!(false), "packages[0].chosen"),
    ];
    for (path, value, field) in changes {
        let found = falsehoods(&application, &catalogue, &changed(&outcome, path, value));
        assert!(found.iter().any(|(found, _)| found == field), "{path}: {found:?}");
    }
}

#[test]
fn what_the_document_does_not_allow_is_found() {
    let (_, catalogue, outcome) = example();
    let stricter = [
        ("seal: { minimum: 1 }", "seal: { minimum: 4 }", "spec.requirements.seal"),
        ("seal: { minimum: 1 }", "cada: { minimum: 1 }", "spec.requirements.cada"),
        ("seal: { minimum: 1 }", "labels: { gaia-x: L2 }", "spec.requirements.labels.gaia-x"),
        ("seal: { minimum: 1 }", "control: { thirdCountry: none }", "spec.requirements.control"),
        ("seal: { minimum: 1 }", "subcontractors: { within: [EU] }", "spec.requirements.subcontractors.within"),
        (
            "seal: { minimum: 1 }",
            "subcontractors: { thirdCountry: none }",
            "spec.requirements.subcontractors.thirdCountry",
        ),
        ("seal: { minimum: 1 }", "jurisdiction: [IT]", "spec.requirements.jurisdiction"),
        ("seal: { minimum: 1 }", "dataLocation: [IT]", "spec.requirements.dataLocation"),
        ("[certifications, label]", "[seal]", "spec.uniform[0]"),
        ("[certifications, label]", "[cada]", "spec.uniform[0]"),
        ("all: [ISO27001]", "all: [C5]", "spec.requirements.certifications.all"),
        ("60 EUR", "6 EUR", "spec.budget.monthly"),
        ("maxProviders: 2", "maxProviders: 1", "spec.maxProviders"),
        ("<= 40 ms", "<= 1 ms", "spec.links[0].rtt"),
        ("<= 20 ms", "<= 1 ms", "spec.components.worker.near"),
        ("cpu: '>= 2'", "cpu: '>= 3'", "spec.components.web.cpu"),
        ("[certifications, label]", "[sla]", "spec.uniform[0]"),
        ("term: 90 d", "term: 10 d", "spec.term"),
        ("links:", "together: [{ components: [worker, data], by: site }]\nlinks:", "spec.together[0]"),
    ];
    for (asked, instead, field) in stricter {
        assert!(DOCUMENT.contains(asked));
        let found = falsehoods(&application(&DOCUMENT.replacen(asked, instead, 1)), &catalogue, &outcome);
        assert!(found.iter().any(|(found, _)| found == field), "{field}: {found:?}");
    }
}

#[test]
fn an_answer_that_could_be_better_is_found() {
    let (application, catalogue, outcome) = example();
    let mut cheaper = catalogue.clone();
    for offer in &mut cheaper.offers {
        let one = "1 EUR".parse().unwrap();
        offer.price = hansa_model::price::PricePlan::fixed(one, hansa_model::price::Period::Month);
    }
    let found = falsehoods(&application, &cheaper, &outcome);
    assert!(found.contains(&("packages[0].proof.bound".to_owned(), Claim::Bound)), "{found:?}");
    let nothing = MatchOutcome { packages: Vec::new(), ..outcome };
    assert_eq!(falsehoods(&application, &catalogue, &nothing), [("packages".to_owned(), Claim::Nothing)]);
}

#[test]
fn what_is_known_of_offers_now_is_what_counts() {
    let (application, catalogue, outcome) = example();
    let with = |known: Assurance| {
        let mut catalogue = catalogue.clone();
        catalogue.offers.iter_mut().for_each(|offer| offer.assurance = Some(Box::new(known.clone())));
        falsehoods(&application, &catalogue, &outcome).into_iter().map(|(field, _)| field).collect::<Vec<_>>()
    };
    let nothing = with(Assurance::default());
    for field in
        ["spec.requirements.seal", "spec.requirements.certifications.all", "packages[0].levels", "spec.uniform[1]"]
    {
        assert!(nothing.iter().any(|found| found == field), "{field}: {nothing:?}");
    }
    let north = catalogue.providers.values().find(|provider| provider.name.as_str() == "north").unwrap();
    // Its certificates go on when its levels end.
    let ended = with(Assurance { valid_until: Some(now()), ..north.assurance.clone() });
    assert!(ended.iter().any(|found| found == "spec.requirements.seal"), "{ended:?}");
    assert!(!ended.iter().any(|found| found == "spec.requirements.certifications.all"), "{ended:?}");
}

#[test]
fn an_offer_that_is_gone_or_a_component_that_is_missing_is_found() {
    let (application, mut catalogue, mut outcome) = example();
    let without = |name: &str| {
        let mut outcome = outcome.clone();
        outcome.packages[0].components.shift_remove(&name.parse::<hansa_model::name::Name>().unwrap());
        outcome
    };
    let found = falsehoods(&application, &catalogue, &without("data"));
    assert!(found.contains(&("packages[0].components".to_owned(), Claim::Counts)), "{found:?}");
    outcome.packages.truncate(1);
    catalogue.offers.retain(|offer| offer.sku != "db");
    let found = falsehoods(&application, &catalogue, &outcome);
    assert!(found.contains(&("packages[0].components.data.replicas[0].offer".to_owned(), Claim::Offers)));
}

#[test]
fn what_can_not_be_re_checked_says_why() {
    let (application, catalogue, outcome) = example();
    let options = VerifyOptions { is_original: false, ..VerifyOptions::at(now()) };
    let verification = verify(&application, &catalogue, &outcome, &options);
    assert_eq!(verification.falsehoods().count(), 0);
    let open: Vec<&str> = verification.unchecked().map(|check| check.field.as_str()).collect();
    assert!(open.contains(&"packages[0].proof.catalogueVersion") && open.contains(&"packages[0].components"));
    let hurried = VerifyOptions { time_limit: std::time::Duration::ZERO, ..VerifyOptions::at(now()) };
    let verification = verify(&application, &catalogue, &outcome, &hurried);
    assert!(verification.unchecked().any(|check| check.claim == Claim::Bound));
    assert_eq!(verification.falsehoods().count(), 0);
}

#[test]
fn the_same_seed_gives_the_same_packages_and_another_may_not() {
    let rows = |sku: usize| {
        format!("  - {{site: s, sku: o{sku}, kind: compute.instance, properties: {{cpu: 2, memory: 4 GiB}}, price: {{currency: EUR, components: [{{name: base, type: fixed, amount: 4 EUR, per: month}}]}}}}\n").replace("site: s", &format!("site: s{sku}"))
    };
    let site = |number: usize| {
        format!("  - {{name: s{number}, country: DE, city: X, coordinates: {{latitude: 50, longitude: 10}}}}\n")
    };
    let sites: String = (0..9).map(site).collect();
    let offers: String = (0..9).map(rows).collect();
    let market = catalogue(&[&format!(
        "providers:\n- name: p\n  legalName: P\n  country: DE\n  sites:\n{sites}  offers:\n{offers}"
    )]);
    let wanted = application("components:\n  a: { kind: compute.instance, cpu: '>= 1', memory: any }");
    let with = |seed: u64| {
        let options = hansa_matching::Options { seed, ..hansa_matching::Options::at(now()) };
        let outcome = find(&wanted, &market, &options);
        assert!(outcome.packages.iter().all(|package| package.proof.seed == seed));
        outcome.packages.iter().map(|package| package.components.clone()).collect::<Vec<_>>()
    };
    let found: Vec<_> = (0..20).map(with).collect();
    assert_eq!(found, (0..20).map(with).collect::<Vec<_>>());
    assert!(found.iter().any(|other| *other != found[0]), "which of equals is found depends on the seed");
}
