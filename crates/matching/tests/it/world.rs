//! Small catalogues and documents for tests.

use std::collections::BTreeSet;
use std::time::Duration;

use hansa_matching::{Options, find};
use hansa_model::application::Application;
use hansa_model::catalogue::{build, parse_yaml};
use hansa_model::offer::Catalogue;
use hansa_model::package::MatchOutcome;
use hansa_model::time::Timestamp;

/// When all tests take place.
pub(crate) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// How many random instances are tried, unless `HANSA_RANDOM_INSTANCES` says otherwise.
pub(crate) fn instances(usual: u32) -> u32 {
    std::env::var("HANSA_RANDOM_INSTANCES").map_or(usual, |text| text.parse().unwrap())
}

/// A catalogue from files that have nothing wrong with them.
pub(crate) fn catalogue(files: &[&str]) -> Catalogue {
    let files: Vec<_> = files
        .iter()
        .map(|text| {
            let parsed = parse_yaml(text);
            assert_eq!(parsed.errors, []);
            parsed.file
        })
        .collect();
    let built = build(&files, now());
    assert_eq!(built.errors, []);
    built.catalogue
}

/// An application from the part of a document below `spec`.
pub(crate) fn application(spec: &str) -> Application {
    let indented: String = spec.lines().map(|line| format!("  {line}\n")).collect();
    let text = format!("apiVersion: hansa/v1\nkind: Application\nmetadata: {{ name: test }}\nspec:\n{indented}");
    Application::parse(&text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"))
}

/// The outcome with default options, and time enough for a busy machine.
pub(crate) fn outcome(application: &Application, catalogue: &Catalogue) -> MatchOutcome {
    find(application, catalogue, &Options { time_limit: Duration::from_secs(60), ..Options::at(now()) })
}

/// The offers of a package by component, in the order of the document.
pub(crate) fn offers(package: &hansa_model::package::Package) -> Vec<&str> {
    package.components.values().flat_map(|part| &part.replicas).map(|replica| replica.offer.as_str()).collect()
}

/// The links of a random document whose components are called `c0`, `c1` …: ends as they come, each pair once.
pub(crate) fn links_between(components: usize, drawn: Vec<(usize, usize, i64, Option<i64>)>) -> String {
    let mut seen = BTreeSet::new();
    let ends = drawn.into_iter().map(|(from, to, traffic, rtt)| (from % components, to % components, traffic, rtt));
    let links = ends.filter(|(from, to, ..)| from != to && seen.insert((*from, *to)));
    let links: String = links
        .map(|(from, to, traffic, rtt)| {
            let rtt = rtt.map_or(String::new(), |rtt| format!(", rtt: '<= {rtt} ms'"));
            format!("  - {{ from: c{from}, to: c{to}, traffic: {traffic} GB/month{rtt} }}\n")
        })
        .collect();
    if links.is_empty() { links } else { format!("links:\n{links}") }
}
