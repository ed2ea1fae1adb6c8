//! What holds of any case: both evaluators agree, more evidence never lowers a level, and the same gives the same.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use hansa_model::evidence::{Claim, FactValue, Strength};
use hansa_trust::ownership::{Answer, Exposure, Verdict};
use hansa_trust::rules::{FactKind, evaluate};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::naive::{Naive, Verdicts};
use crate::world::{SETS, World, at_home, certificate, country, declares_all, from_abroad, holds_all, now, time};

const IDS: [&str; 5] = ["gaia-x", "csf", "cada", "secnumcloud-ownership", "data-act"];

static NAIVE: LazyLock<[Naive; 5]> = LazyLock::new(|| {
    [
        include_str!("../../../../data/rules/gaia-x/25.10.yaml"),
        include_str!("../../../../data/rules/csf/2026-06.yaml"),
        include_str!("../../../../data/rules/cada/2026-06-proposal.yaml"),
        include_str!("../../../../data/rules/secnumcloud-ownership/3.2.yaml"),
        include_str!("../../../../data/rules/data-act/2023-2854.yaml"),
    ]
    .map(Naive::new)
});

fn strength() -> impl Strategy<Value = Strength> {
    select(vec![Strength::Declared, Strength::Declared, Strength::Attested, Strength::Verified])
}

fn value(kind: FactKind) -> BoxedStrategy<FactValue> {
    let words = |all: &'static [&'static str]| {
        subsequence(all.to_vec(), 0..=all.len().min(3))
            .prop_map(|words| FactValue::List(words.into_iter().map(str::to_owned).collect()))
    };
    let texts = vec![
        "none",
        "at-cost",
        "test",
        "warm",
        "cool",
        "shared",
        "customer",
        "provider",
        "P2M",
        "P60D",
        "P2M1D",
        "P7M",
        "",
        "2027-01-11",
        "2027-01-12",
        "https://provider.example",
        "nonsense",
    ];
    let text = select(texts).prop_map(|text| FactValue::Text(text.to_owned()));
    let number = prop_oneof![
        1..6i64,
        select(vec![0, 14, 15, 29, 30, 31, 400, 401, 1199, 1200, 1299, 1300, 1400, 1401, 1500, 3000, 75_000, 100_000])
    ];
    let number = number.prop_map(FactValue::Number);
    let fitting = match kind {
        FactKind::Flag => any::<bool>().prop_map(FactValue::Flag).boxed(),
        FactKind::Number => number.clone().boxed(),
        FactKind::Countries => words(&["NL", "DE", "NO", "CH", "US"]).boxed(),
        FactKind::Words => words(&["disks", "logs", "erase", "on-premises", "switch-provider"]).boxed(),
        FactKind::Text | FactKind::Date | FactKind::Period | FactKind::Url => text.clone().boxed(),
    };
    let odd = prop_oneof![number, text, any::<bool>().prop_map(FactValue::Flag)];
    prop_oneof![12 => fitting, 1 => odd].boxed()
}

#[derive(Debug, Clone)]
enum Change {
    State {
        fact: String,
        strength: Strength,
        value: FactValue,
    },
    Certify {
        scheme: &'static str,
        level: Option<&'static str>,
        clauses: Vec<&'static str>,
        site: Option<&'static str>,
        strength: Strength,
    },
    Forget {
        at: prop::sample::Index,
    },
    Expire {
        at: prop::sample::Index,
    },
    Postpone {
        at: prop::sample::Index,
    },
    NoSubcontractors,
}

fn change() -> impl Strategy<Value = Change> {
    let facts: Vec<(String, FactKind)> =
        SETS.vocabulary().facts().map(|(name, fact)| (name.to_owned(), fact.kind)).collect();
    // Half of the statements are about the few facts that conditions test for more than being there, so that several
    // of them meet in one case.
    let tested = [
        "site.",
        "data.",
        "service.",
        "logs.",
        "subcontractors.",
        "cada.safeguard",
        "csf.sov-2-q2",
        "csf.sov-3",
        "csf.sov-8-q1",
    ];
    let hot: Vec<_> =
        facts.iter().filter(|(name, _)| tested.iter().any(|one| name.starts_with(one))).cloned().collect();
    let state = (prop_oneof![select(hot), select(facts)], strength()).prop_flat_map(|((fact, kind), strength)| {
        value(kind).prop_map(move |value| Change::State { fact: fact.clone(), strength, value })
    });
    let schemes = vec![
        "SECNUMCLOUD",
        "C5",
        "EUCLOUDCOC",
        "ISO27001",
        "CISPE-COC",
        "SWIPO",
        "CNDCP",
        "CSA-STAR",
        "TISAX",
        "GDPR-COC",
        "ENS",
        "EUCS",
        "CISPE",
    ];
    let clauses = vec!["19", "19.1", "19.1.c", "19.6", "5", "5.1", "4.4", "BC-01", "PSS", "STA-09", "4", "3", "6.2.A"];
    let levels = vec![None, Some("type1"), Some("type2"), Some("level2"), Some("media"), Some("alta"), Some("high")];
    let certify = (
        select(schemes),
        select(levels),
        subsequence(clauses, 0..4),
        select(vec![None, None, Some("ams1"), Some("fra1")]),
        strength(),
    )
        .prop_map(|(scheme, level, clauses, site, strength)| Change::Certify {
            scheme,
            level,
            clauses,
            site,
            strength,
        });
    prop_oneof![
        6 => state,
        2 => certify,
        5 => any::<prop::sample::Index>().prop_map(|at| Change::Forget { at }),
        1 => any::<prop::sample::Index>().prop_map(|at| Change::Expire { at }),
        1 => any::<prop::sample::Index>().prop_map(|at| Change::Postpone { at }),
        1 => Just(Change::NoSubcontractors),
    ]
}

fn apply(world: &mut World, change: Change) {
    let pick = |world: &World, at: prop::sample::Index| (!world.known.is_empty()).then(|| at.index(world.known.len()));
    match change {
        Change::State { fact, strength, value } => drop(world.fact(strength, &fact, value).clone()),
        Change::Certify { scheme, level, clauses, site, strength } => {
            let mut claim = certificate(scheme);
            claim.level = level.map(str::to_owned);
            claim.clauses = clauses.into_iter().map(str::to_owned).collect();
            claim.sites = site.into_iter().map(str::to_owned).collect();
            world.claim(strength, Claim::Certificate(claim));
        }
        Change::Forget { at } => drop(pick(world, at).map(|at| world.known.remove(at))),
        Change::Expire { at } => {
            pick(world, at).into_iter().for_each(|at| world.known[at].valid_until = Some(world.at));
        }
        Change::Postpone { at } => {
            let later = time("2026-12-24T00:00:00Z");
            pick(world, at).into_iter().for_each(|at| world.known[at].valid_from = later);
        }
        Change::NoSubcontractors => drop(world.claim(Strength::Declared, Claim::NoSubcontractors).clone()),
    }
}

fn verdict() -> impl Strategy<Value = Verdict> {
    select(vec![
        Verdict::Home,
        Verdict::Home,
        Verdict::ThirdCountry([country("US")].into()),
        Verdict::Unknown(vec!["rights are not stated".to_owned()]),
    ])
}

fn exposure() -> impl Strategy<Value = Exposure> {
    select(vec![
        Exposure::default(),
        Exposure::default(),
        Exposure { countries: [country("US")].into(), unknown: vec![] },
        Exposure { countries: [].into(), unknown: vec!["a holder is not known".to_owned()] },
    ])
}

fn finding() -> impl Strategy<Value = hansa_trust::ownership::Finding> {
    let countries = || subsequence(vec!["NL", "NO", "CH", "US"], 0..3);
    let parts =
        (verdict(), verdict(), any::<bool>(), exposure(), prop::option::of(exposure()), countries(), countries());
    let rest = (any::<bool>(), select(vec![Answer::Pass, Answer::Unknown, Answer::Fail]), any::<bool>());
    (parts, rest).prop_map(
        |((union, eea, minority, exposure, subcontractors, helpers, seats), (seats_known, answer, home))| {
            if home {
                return at_home();
            }
            let mut finding = at_home();
            (finding.union, finding.eea, finding.foreign_minority) = (union, eea, minority);
            (finding.exposure, finding.subcontractors) = (exposure, subcontractors);
            finding.subcontractor_countries = helpers.into_iter().map(country).collect::<BTreeSet<_>>();
            (finding.seats, finding.seats_known) = (seats.into_iter().map(country).collect(), seats_known);
            finding.immunity.answer = answer;
            finding
        },
    )
}

/// Full, declaring or empty to start with, then changed.
fn world() -> impl Strategy<Value = World> {
    let starts = select(vec![0, 1, 2]);
    let kinds = select(vec![None, Some("compute.instance"), Some("database.postgresql")]);
    let times = select(vec![now(), now(), time("2027-01-12T00:00:00Z"), time("2031-01-01T00:00:00Z")]);
    (starts, kinds, times, finding(), prop::collection::vec(change(), 0..25)).prop_map(
        |(start, kind, at, finding, changes)| {
            let mut world = match start {
                0 => World::new(),
                1 => declares_all(),
                _ => answers_all(),
            };
            (world.kind, world.at, world.finding) = (kind, at, finding);
            changes.into_iter().for_each(|change| apply(&mut world, change));
            world
        },
    )
}

/// Everything that Gaia-X asks, and every answer at its best.
fn answers_all() -> World {
    let mut world = holds_all();
    for set in SETS.all() {
        for (fact, choices) in set.criteria().iter().filter_map(|criterion| criterion.answers) {
            world.fact(Strength::Verified, fact, FactValue::Number(i64::from(choices.last().unwrap().n)));
        }
    }
    world.flag("secnumcloud.operating-autonomy");
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_evaluators_agree(world in world()) {
        for (id, naive) in IDS.iter().zip(NAIVE.iter()) {
            let evaluation = world.judged(id);
            let mut gaps: std::collections::BTreeMap<String, Vec<String>> = evaluation.gaps.iter()
                .map(|(level, gaps)| (level.clone(), gaps.iter().map(|gap| gap.criterion.clone()).collect()))
                .collect();
            let mut expected = naive.judge(&world);
            // What stands against a level comes first in one of them; the order within is not what is compared.
            gaps.values_mut().chain(expected.gaps.values_mut()).for_each(|gaps| gaps.sort());
            let found = Verdicts { level: evaluation.level, gaps, scores: evaluation.scores };
            prop_assert_eq!(found, expected, "{}", id);
        }
    }

    #[test]
    fn the_order_of_claims_changes_nothing(world in world(), seed in any::<u64>()) {
        let mut shuffled = world.clone();
        let mut keys: Vec<u64> = (0..).map(|at: u64| (at + 1).wrapping_mul(seed | 1).rotate_left(17)).take(world.known.len()).collect();
        shuffled.known.sort_by_cached_key(|_| keys.pop());
        for id in IDS {
            let bytes = |world: &World| serde_json::to_vec(&world.judged(id)).unwrap();
            prop_assert_eq!(bytes(&world), bytes(&shuffled), "{}", id);
        }
    }

    /// Evidence of a fact that is not stated yet, at its best, and certificates: nothing adverse in themselves.
    #[test]
    fn more_evidence_never_lowers_a_level(world in world(), added in prop::collection::vec(change(), 1..4)) {
        let mut more = world.clone();
        for change in added {
            match &change {
                Change::State { fact, .. } => {
                    let stated = more.known.iter().any(|known| matches!(&known.claim, Claim::Fact { name, .. } if name == fact));
                    let best = best(fact);
                    if let (false, Some(best)) = (stated, best) {
                        more.fact(Strength::Verified, fact, best);
                    }
                }
                Change::Certify { .. } => apply(&mut more, change),
                _ => {}
            }
        }
        for id in IDS {
            prop_assert!(rank(id, &world) <= rank(id, &more), "{}: {:?} {:?}", id, world.level(id), more.level(id));
        }
    }

    /// At the instant that it names, and not before, something ends that it rests on.
    #[test]
    fn nothing_changes_by_itself_before_it_says(mut world in world(), hours in prop::collection::vec(1..2000i64, 200)) {
        for (known, hour) in world.known.iter_mut().zip(hours) {
            let end = hansa_model::time::Timestamp::from_micros(world.at.micros() + hour * 3_600_000_000);
            known.valid_until = known.valid_until.or((hour % 2 == 0).then_some(end));
        }
        for id in IDS {
            let first = world.judged(id);
            let Some(end) = first.valid_until else { continue };
            prop_assert!(end > world.at);
            let before = World { at: hansa_model::time::Timestamp::from_micros(end.micros() - 1), ..world.clone() };
            let again = evaluate(SETS.current(id, world.at).unwrap(), &before.case());
            // What is not valid yet may come to count meanwhile, but nothing that counted may go.
            prop_assert!(rank(id, &before) >= rank(id, &world), "{}: {:?} then {:?}", id, first.level, again.level);
        }
    }
}

/// The place of the level of a case.
fn rank(id: &str, world: &World) -> usize {
    let set = SETS.current(id, now()).unwrap();
    let level = world.judged_by(set).level;
    level.map_or(0, |level| set.levels().iter().position(|one| one.id == level).unwrap() + 1)
}

/// The value of a fact that nobody could hold against somebody; none where it depends.
fn best(fact: &str) -> Option<FactValue> {
    if let Some(n) =
        SETS.all().iter().flat_map(|set| set.criteria()).filter_map(|one| one.answers).find(|one| one.0 == fact)
    {
        return Some(FactValue::Number(i64::from(n.1.last().unwrap().n)));
    }
    let kind = SETS.vocabulary().get(fact).unwrap().kind;
    match (kind, fact) {
        (_, "site.water-stressed" | "subcontractors.none") => None,
        (FactKind::Flag, _) => Some(FactValue::Flag(true)),
        (FactKind::Countries, _) => Some(FactValue::List(vec!["NL".to_owned()])),
        (FactKind::Url, _) => Some(FactValue::Text("https://provider.example".to_owned())),
        _ => None,
    }
}

#[test]
fn control_from_abroad_never_raises_a_level() {
    for id in IDS {
        let (home, mut abroad) = (answers_all(), answers_all());
        abroad.finding = from_abroad();
        assert!(rank(id, &abroad) <= rank(id, &home), "{id}");
    }
}
