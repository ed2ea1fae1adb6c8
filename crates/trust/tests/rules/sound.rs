//! Files that are not sound are refused, each for its reason.

use hansa_model::evidence::FactValue;
use hansa_trust::rules::{FactFault, LoadError, RuleSets};

const FACTS: &str = "
facts:
  known.flag: { type: flag, step: terms, title: a flag }
  known.number: { type: number, step: site, title: a number }
  known.text: { type: text, step: site, title: a text, values: [one, two] }
  known.words: { type: words, step: site, title: words }
  known.countries: { type: countries, step: site, title: countries }
  known.period: { type: period, step: site, title: a period }
  known.date: { type: date, step: site, title: a day }
  known.url: { type: url, step: site, title: an address }
";
const SCHEMES: &str = "
schemes:
  - { id: C5, title: C5, levels: [type1, type2], ordered: true, clauses: true }
  - { id: HDS, title: HDS }
";
const BY_LEVEL: &str = "
id: labels
version: '1'
title: Labels
standing: in-force
appliesFrom: 2026-01-01
home: EEA
source: https://rules.example
licence: own words
certainty: primary
aggregation: every-level
levels:
  - { id: low, title: Low }
  - { id: high, title: High }
criteria:
  - id: one
    title: One
    asks: { low: declaration, high: certification }
    declaration: known.flag
    certification: [{ scheme: C5, levels: [type1], clauses: [BC-01] }]
  - id: two
    title: Two
    asks: { high: declaration }
    declaration: { fact: known.number, atMost: 3 }
";
const BY_ANSWER: &str = "
id: answers
version: '1'
title: Answers
standing: proposal
appliesFrom: 2026-01-01
home: EU
source: https://rules.example
licence: own words
certainty: primary
aggregation: minimum
unanswered: first-answer
levels:
  - { id: '0', title: None }
  - { id: '1', title: Some }
weights:
  - { id: even, title: Even, per: fixed, points: 1000 }
  - { id: most, title: Most, per: maximum }
objectives:
  - id: A
    title: A
    weights: { even: 5000, most: 4999 }
    criteria:
      - id: a
        title: A
        fact: known.number
        answers:
          - { n: 1, points: 0, allows: '0', label: No }
          - { n: 2, points: 1000, allows: '1', label: Yes }
        computed: [{ answer: 2, when: { control: home } }]
        caps: [{ atMost: 1, unless: known.flag }]
  - id: B
    title: B
    weights: { even: 5000, most: 5001 }
    criteria:
      - id: b
        title: B
        fact: known.number
        answers:
          - { n: 1, points: 0, allows: '0', label: No }
          - { n: 2, points: 500, allows: '1', label: Yes }
";

fn read(text: &str) -> Result<RuleSets, LoadError> {
    RuleSets::read(("facts.yaml", FACTS), ("certificates.yaml", SCHEMES), &[("set.yaml", text)])
}

/// The fault of a file in which one part is replaced.
fn fault(file: &str, part: &str, instead: &str) -> LoadError {
    assert!(file.contains(part), "`{part}` is not there");
    let changed = file.replacen(part, instead, 1);
    read(&changed).map(|_| ()).expect_err(&format!("`{instead}` instead of `{part}` was taken"))
}

#[test]
fn the_files_to_be_broken_are_sound() {
    read(BY_LEVEL).unwrap();
    read(BY_ANSWER).unwrap();
}

#[test]
fn unknown_keys_are_refused_wherever_they_stand() {
    for (file, part, instead) in [
        (BY_LEVEL, "title: Labels", "title: Labels\nsurprise: 1"),
        (BY_LEVEL, "title: Low", "title: Low, surprise: 1"),
        (BY_LEVEL, "title: One", "title: One\n    surprise: 1"),
        (BY_LEVEL, "atMost: 3", "atMost: 3, surprise: 1"),
        (BY_LEVEL, "levels: [type1]", "levels: [type1], surprise: 1"),
        (BY_ANSWER, "label: No", "label: No, surprise: 1"),
        (BY_ANSWER, "per: fixed", "per: fixed, surprise: 1"),
        (BY_ANSWER, "title: A\n    weights", "title: A\n    surprise: 1\n    weights"),
        (BY_ANSWER, "answer: 2, when", "surprise: 1, answer: 2, when"),
        (BY_ANSWER, "atMost: 1, unless", "surprise: 1, atMost: 1, unless"),
    ] {
        let error = fault(file, part, instead);
        assert!(matches!(&error, LoadError::Format { why, .. } if why.contains("surprise")), "{instead}: {error}");
    }
    for (facts, schemes) in [
        (FACTS.replace("title: a flag", "titel: a flag"), SCHEMES.to_owned()),
        (FACTS.to_owned(), SCHEMES.replace("title: HDS", "titel: HDS")),
    ] {
        assert!(matches!(RuleSets::read(("f", &facts), ("s", &schemes), &[]), Err(LoadError::Format { .. })));
    }
}

#[test]
fn names_stand_once() {
    for (file, part, instead) in [
        (BY_LEVEL, "id: two", "id: one"),
        (BY_LEVEL, "{ id: high", "{ id: low"),
        (BY_ANSWER, "id: b", "id: a"),
        (BY_ANSWER, "id: B", "id: A"),
        (BY_ANSWER, "id: most", "id: even"),
    ] {
        assert!(matches!(fault(file, part, instead), LoadError::Twice { .. }), "{instead}");
    }
    let twice = RuleSets::read(("f", FACTS), ("s", SCHEMES), &[("a", BY_LEVEL), ("b", BY_LEVEL)]);
    assert!(matches!(twice, Err(LoadError::Twice { id, .. }) if id == "labels 1"));
    assert!(matches!(
        fault(BY_LEVEL, "asks: { low: declaration,", "asks: { high: declaration, low: declaration,"),
        LoadError::Format { .. }
    ));
    assert!(matches!(
        fault(BY_ANSWER, "weights: { even: 5000,", "weights: { even: 1, even: 5000,"),
        LoadError::Format { .. }
    ));
    let fact_twice = format!("{FACTS}  known.flag: {{ type: flag, step: terms, title: again }}\n");
    assert!(matches!(RuleSets::read(("f", &fact_twice), ("s", SCHEMES), &[]), Err(LoadError::Format { .. })));
}

#[test]
fn references_resolve() {
    assert!(
        matches!(fault(BY_LEVEL, "declaration: known.flag", "declaration: unknown.flag"), LoadError::UnknownFact { fact, .. } if fact == "unknown.flag")
    );
    assert!(matches!(fault(BY_LEVEL, "fact: known.number", "fact: unknown"), LoadError::UnknownFact { .. }));
    assert!(matches!(fault(BY_ANSWER, "fact: known.number", "fact: unknown"), LoadError::UnknownFact { .. }));
    assert!(matches!(
        fault(BY_LEVEL, "declaration: known.flag", "assessment: unknown\n    declaration: known.flag"),
        LoadError::UnknownFact { .. }
    ));
    let apart = "{ fact: known.words, apartFrom: unknown }";
    assert!(matches!(fault(BY_LEVEL, "{ fact: known.number, atMost: 3 }", apart), LoadError::UnknownFact { .. }));
    assert!(
        matches!(fault(BY_LEVEL, "scheme: C5", "scheme: C6"), LoadError::UnknownScheme { scheme, .. } if scheme == "C6")
    );
    assert!(matches!(fault(BY_LEVEL, "levels: [type1]", "levels: [type3]"), LoadError::UnknownLevel { .. }));
    assert!(
        matches!(fault(BY_LEVEL, "asks: { low:", "asks: { middle: declaration, low:"), LoadError::UnknownLevel { level, .. } if level == "middle")
    );
    assert!(matches!(fault(BY_ANSWER, "allows: '1'", "allows: '2'"), LoadError::UnknownLevel { .. }));
    assert!(matches!(fault(BY_ANSWER, "answer: 2, when", "answer: 3, when"), LoadError::UnknownAnswer { n: 3, .. }));
    assert!(matches!(
        fault(BY_ANSWER, "atMost: 1, unless", "atMost: 5, unless"),
        LoadError::UnknownAnswer { n: 5, .. }
    ));
    assert!(matches!(fault(BY_LEVEL, "appliesFrom: 2026-01-01", "appliesFrom: 2026-02-30"), LoadError::Day { .. }));
    for value in ["standing: maybe", "home: US", "certainty: sure", "aggregation: average"] {
        let (key, _) = value.split_once(':').unwrap();
        let line = BY_LEVEL.lines().find(|line| line.starts_with(key)).unwrap();
        assert!(matches!(fault(BY_LEVEL, line, value), LoadError::Format { .. }), "{value}");
    }
}

#[test]
fn every_outcome_can_be_reached() {
    let never = BY_LEVEL.replace("{ id: high, title: High }", "{ id: high, title: High }\n  - { id: top, title: Top }");
    assert!(matches!(read(&never), Err(LoadError::Level { level, .. }) if level == "top"));
    let unreachable = fault(
        BY_ANSWER,
        "- { n: 2, points: 500, allows: '1', label: Yes }",
        "- { n: 2, points: 500, allows: '0', label: Yes }",
    );
    assert!(matches!(unreachable, LoadError::Level { level, .. } if level == "1"));
    let between = "{ id: '0', title: None }\n  - { id: '½', title: Half }";
    assert!(
        matches!(fault(BY_ANSWER, "{ id: '0', title: None }", between), LoadError::Level { level, .. } if level == "½")
    );
    assert!(matches!(fault(BY_LEVEL, "asks: { high: declaration }", "asks: {}"), LoadError::Criterion { .. }));
    assert!(matches!(
        fault(BY_LEVEL, "asks: { high: declaration }", "asks: { high: certification }"),
        LoadError::Criterion { .. }
    ));
    let uncertified = BY_LEVEL.replace("    certification: [{ scheme: C5, levels: [type1], clauses: [BC-01] }]\n", "");
    assert!(matches!(read(&uncertified), Err(LoadError::Criterion { .. })));
    let undeclared = BY_LEVEL.replace("    declaration: known.flag\n", "");
    assert!(matches!(read(&undeclared), Err(LoadError::Criterion { .. })));
    let empty = BY_LEVEL.split("criteria:").next().unwrap().to_owned();
    assert!(matches!(read(&empty), Err(LoadError::Empty(_))));
}

#[test]
fn weights_add_up_to_one() {
    read(&BY_ANSWER.replacen("even: 5000", "even: 5001", 1)).unwrap();
    read(&BY_ANSWER.replacen("even: 5000", "even: 4999", 1)).unwrap();
    assert!(matches!(fault(BY_ANSWER, "even: 5000", "even: 5002"), LoadError::Weights { sum: 10_002, .. }));
    assert!(matches!(fault(BY_ANSWER, "even: 5000", "even: 4998"), LoadError::Weights { sum: 9998, .. }));
    assert!(matches!(fault(BY_ANSWER, "even: 5000", "odd: 5000"), LoadError::Weights { sum: 5000, .. }));
    assert!(matches!(fault(BY_ANSWER, "per: fixed, points: 1000", "per: fixed"), LoadError::Condition { .. }));
    assert!(matches!(fault(BY_ANSWER, "per: maximum", "per: maximum, points: 7"), LoadError::Condition { .. }));
    let pointless = BY_ANSWER.replace("points: 500", "points: 0");
    assert!(matches!(read(&pointless), Err(LoadError::Condition { .. })), "an objective without points has no score");
}

#[test]
fn answers_rise() {
    let falling = BY_ANSWER
        .replace("{ n: 1, points: 0, allows: '0', label: No }", "{ n: 1, points: 0, allows: '1', label: No }")
        .replace("{ n: 2, points: 500, allows: '1', label: Yes }", "{ n: 2, points: 500, allows: '0', label: Yes }");
    assert!(matches!(read(&falling), Err(LoadError::Falling { n: 2, .. })));
    assert!(matches!(fault(BY_ANSWER, "n: 1, points: 0", "n: 1, points: 1001"), LoadError::Falling { .. }));
    assert!(matches!(fault(BY_ANSWER, "n: 1, points", "n: 3, points"), LoadError::Falling { .. }));
    assert!(matches!(fault(BY_ANSWER, "n: 1, points", "n: 2, points"), LoadError::Criterion { .. }));
    assert!(matches!(fault(BY_ANSWER, "n: 1, points", "n: 0, points"), LoadError::Criterion { .. }));
}

#[test]
fn conditions_make_sense() {
    let two = "{ fact: known.number, atMost: 3 }";
    for instead in [
        "{}",
        "{ strength: verified }",
        "{ atMost: 3 }",
        "{ all: [] }",
        "{ any: [] }",
        "{ fact: known.number, atMost: 3, atLeast: 1 }",
        "{ all: [known.flag], any: [known.flag] }",
        "{ control: home, seatsIn: EU }",
        "{ fact: known.flag, atMost: 3 }",
        "{ fact: known.number, someIn: EU }",
        "{ fact: known.number, is: 3 }",
        "{ fact: known.number, stated: false }",
        "{ fact: known.countries, holds: [NL] }",
        "{ fact: known.text, noLongerThan: P2M }",
        "{ fact: known.period, noLongerThan: soon }",
        "{ certificate: { scheme: HDS, clauses: [one] } }",
    ] {
        let error = fault(BY_LEVEL, two, instead);
        assert!(matches!(error, LoadError::Condition { .. }), "{instead}: {error}");
    }
    for instead in ["{ fact: known.date, notAfter: someday }", "{ before: someday }"] {
        assert!(matches!(fault(BY_LEVEL, two, instead), LoadError::Day { .. }), "{instead}");
    }
    for instead in ["{ control: maybe }", "{ immunity: fail }", "{ fact: known.countries, someIn: europe }", "7"] {
        assert!(matches!(fault(BY_LEVEL, two, instead), LoadError::Format { .. }), "{instead}");
    }
    for sound in [
        "{ all: [known.flag, { any: [{ before: 2030-01-01 }, { control: third-country }] }] }",
        "{ fact: known.words, holds: [one], strength: attested }",
        "{ fact: known.period, noLongerThan: P2M }",
        "{ fact: known.date, notAfter: 2027-01-11 }",
        "{ fact: known.text, is: one }",
        "{ certificate: { scheme: c5, levels: [type2] } }",
    ] {
        read(&BY_LEVEL.replacen(two, sound, 1)).unwrap();
    }
}

#[test]
fn what_belongs_to_one_kind_of_rule_set_is_refused_in_the_other() {
    assert!(matches!(
        fault(BY_LEVEL, "aggregation: every-level", "aggregation: every-level\nunanswered: nothing"),
        LoadError::Condition { .. }
    ));
    assert!(matches!(fault(BY_LEVEL, "title: Two", "title: Two\n    fact: known.number"), LoadError::Criterion { .. }));
    assert!(matches!(fault(BY_LEVEL, "title: High", "title: High, proof: attested"), LoadError::Level { .. }));
    assert!(matches!(
        fault(BY_LEVEL, "title: Two", "title: Two\n    kinds: [a]\n    exceptKinds: [b]"),
        LoadError::Criterion { .. }
    ));
    assert!(matches!(fault(BY_ANSWER, "unanswered: first-answer\n", ""), LoadError::Condition { .. }));
    assert!(matches!(
        fault(BY_ANSWER, "fact: known.number\n", "requires: known.flag\n        fact: known.number\n"),
        LoadError::Criterion { .. }
    ));
    assert!(matches!(fault(BY_ANSWER, "        fact: known.number\n", ""), LoadError::Criterion { .. }));
    assert!(matches!(
        fault(BY_ANSWER, "fact: known.number\n", "unanswered: '1'\n        fact: known.number\n"),
        LoadError::Criterion { .. }
    ));
    assert!(matches!(
        fault(BY_ANSWER, "unless: known.flag", "unless: known.flag, when: known.flag"),
        LoadError::Criterion { .. }
    ));
    assert!(matches!(fault(BY_ANSWER, ", unless: known.flag", ""), LoadError::Criterion { .. }));
}

#[test]
fn values_are_checked_against_the_vocabulary() {
    let sets = read(BY_LEVEL).unwrap();
    let check = |name: &str, value: FactValue| sets.vocabulary().check(name, &value);
    let text = |text: &str| FactValue::Text(text.to_owned());
    let list = |words: &[&str]| FactValue::List(words.iter().map(|word| (*word).to_owned()).collect());
    for (name, good) in [
        ("known.flag", FactValue::Flag(false)),
        ("known.number", FactValue::Number(-1)),
        ("known.text", text("two")),
        ("known.words", list(&[])),
        ("known.countries", list(&["NL", "US"])),
        ("known.period", text("P2M")),
        ("known.date", text("2027-01-11")),
        ("known.url", text("https://provider.example")),
    ] {
        assert_eq!(check(name, good), Ok(()), "{name}");
    }
    for (name, bad) in [
        ("known.flag", text("yes")),
        ("known.number", text("3")),
        ("known.text", text(" ")),
        ("known.words", list(&[""])),
        ("known.countries", list(&["Holland"])),
        ("known.period", text("two months")),
        ("known.date", text("11.1.2027")),
        ("known.url", text("provider")),
    ] {
        assert!(matches!(check(name, bad), Err(FactFault::Form { .. })), "{name}");
    }
    assert!(
        matches!(check("known.text", text("three")), Err(FactFault::Value { allowed, .. }) if allowed == "one, two")
    );
    assert!(matches!(check("known.other", text("x")), Err(FactFault::Unknown(_))));
}
