//! Versions of a rule set stand side by side, each with its own time.

use hansa_model::evidence::Standing;
use hansa_trust::rules::{Certainty, RuleSets, Step};

use crate::world::{SETS, declares_all, now, time};

const GAIA_X: &str = include_str!("../../../../data/rules/gaia-x/25.10.yaml");

/// The rule sets that Hansa comes with, and a later version of the labels that asks one thing less.
fn with_a_later_version() -> RuleSets {
    let later = GAIA_X
        .replace("version: \"25.10\"", "version: \"26.11\"")
        .replace("appliesFrom: 2025-10-01", "appliesFrom: 2026-11-01")
        .replacen(
            "asks: { SC: declaration, L1: declaration, L2: declaration, L3: declaration }",
            "asks: { L1: declaration }",
            1,
        );
    let mut sets = RuleSets::clone(&SETS);
    sets.add("gaia-x/26.11.yaml", &later).unwrap();
    sets
}

#[test]
fn the_latest_that_applies_is_used_and_the_others_can_be_asked_for() {
    let sets = with_a_later_version();
    let current = |at: &str| sets.current("gaia-x", time(at)).map(|set| set.about().version.clone());
    assert_eq!(current("2025-09-30T23:59:59Z"), None);
    assert_eq!(current("2025-10-01T00:00:00Z").as_deref(), Some("25.10"));
    assert_eq!(current("2026-10-31T23:59:59Z").as_deref(), Some("25.10"));
    assert_eq!(current("2026-11-01T00:00:00Z").as_deref(), Some("26.11"));
    let without_act = declares_all().without("gx.legally-binding-act");
    let level = |version: &str| without_act.judged_by(sets.get("gaia-x", version).unwrap());
    assert_eq!(level("25.10").level, None);
    assert_eq!(level("26.11").version, "26.11");
    assert!(level("26.11").gaps["SC"].iter().all(|gap| gap.criterion != "P1.1.1"));
    assert!(level("25.10").gaps["SC"].iter().any(|gap| gap.criterion == "P1.1.1"));
    assert_eq!(sets.all().len(), 6);
    assert_eq!(sets.all_current(now()).len(), 5);
}

#[test]
fn a_superseded_or_ended_version_is_used_no_more() {
    let mut sets = RuleSets::clone(&SETS);
    let superseded = GAIA_X
        .replace("version: \"25.10\"", "version: old")
        .replace("standing: in-force", "standing: superseded")
        .replace("appliesFrom: 2025-10-01", "appliesFrom: 2026-01-01");
    sets.add("old", &superseded).unwrap();
    let ended = GAIA_X
        .replace("version: \"25.10\"", "version: ended")
        .replace("appliesFrom: 2025-10-01", "appliesFrom: 2026-01-01\nappliesTo: 2026-03-01");
    sets.add("ended", &ended).unwrap();
    let current = |at: &str| sets.current("gaia-x", time(at)).unwrap().about().version.clone();
    assert_eq!(current("2026-02-28T23:59:59Z"), "ended");
    assert_eq!(current("2026-03-01T00:00:00Z"), "25.10");
    assert!(sets.get("gaia-x", "old").is_some());
}

#[test]
fn those_that_hansa_comes_with_say_what_they_are() {
    let about = |id: &str| SETS.current(id, now()).unwrap().about().clone();
    assert_eq!(about("cada").standing, Standing::Proposal);
    assert_eq!(about("data-act").certainty, Certainty::Primary);
    assert!(SETS.all().iter().all(|set| !set.about().source.is_empty() && !set.about().licence.is_empty()));
    assert_eq!(SETS.get("csf", "2026-06").unwrap().criteria().len(), 48);
    assert_eq!(SETS.get("cada", "2026-06-proposal").unwrap().criteria().len(), 11);
    assert_eq!(SETS.get("data-act", "2023-2854").unwrap().criteria().len(), 24);
    assert_eq!(SETS.vocabulary().get("data-act.notice").unwrap().step, Step::DataAct);
    let schemes = [
        "ISO27001",
        "ISO27017",
        "ISO27018",
        "ISO27701",
        "ISO22301",
        "ISO9001",
        "ISO14001",
        "ISO50001",
        "C5",
        "SECNUMCLOUD",
        "ENS",
        "HDS",
        "CISPE",
        "CISPE-COC",
        "EUCLOUDCOC",
        "CSA-STAR",
        "TISAX",
        "SWIPO",
        "C3A",
        "ACN",
        "EUCS",
        "CNDCP",
    ];
    assert!(schemes.iter().all(|scheme| SETS.schemes().get(scheme).is_some_and(|found| found.id == *scheme)));
}
