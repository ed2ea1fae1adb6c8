//! What is known in one case, in the order in which rule sets ask for it.

use std::cmp::Reverse;

use hansa_model::country::Country;
use hansa_model::evidence::{CertificateClaim, Claim, FactValue, Strength};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;

use super::condition::sooner;
use super::schemes::{SchemeAt, Schemes, reaches};
use super::vocabulary::{FactAt, Several, Vocabulary};
use crate::known::Case;
use crate::ownership::Finding;

/// The facts that are read from claims about subcontractors.
const NO_SUBCONTRACTORS: &str = "subcontractors.none";
const JURISDICTIONS: &str = "subcontractors.jurisdictions";

/// The value of a fact, whichever claim it is read from: the same value is the same however it was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value<'a> {
    Flag(bool),
    Number(i64),
    Text(&'a str),
    Words(&'a [String]),
    Countries(&'a [Country]),
}

impl<'a> From<&'a FactValue> for Value<'a> {
    fn from(value: &'a FactValue) -> Self {
        match value {
            FactValue::Flag(flag) => Self::Flag(*flag),
            FactValue::Number(number) => Self::Number(*number),
            FactValue::Text(text) => Self::Text(text),
            FactValue::List(words) => Self::Words(words),
        }
    }
}

/// One statement of a fact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    fact: FactAt,
    pub(super) value: Value<'a>,
    pub(super) strength: Strength,
    pub(super) until: Option<Timestamp>,
    pub(super) evidence: EvidenceId,
}

/// A certificate that is held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held<'a> {
    scheme: SchemeAt,
    pub(super) claim: &'a CertificateClaim,
    /// The place of its level in the scheme.
    pub(super) level: Option<usize>,
    pub(super) strength: Strength,
    /// Whether it reaches the kind and site that are judged.
    pub(super) reaches: bool,
    pub(super) until: Option<Timestamp>,
    pub(super) evidence: EvidenceId,
}

/// What is stated of a fact, the best known of it.
pub(super) enum Stated<'i, 'a> {
    /// Nothing.
    Nothing,
    /// These are known equally well and differ, which they may not.
    Contradictory(&'i [Entry<'a>]),
    /// These, at least one.
    Known(&'i [Entry<'a>]),
}

/// What is known in one case.
#[derive(Debug)]
pub(super) struct Index<'a> {
    pub(super) at: Timestamp,
    pub(super) kind: Option<&'a str>,
    pub(super) finding: &'a Finding,
    vocabulary: &'a Vocabulary,
    /// By fact, the best known first.
    entries: Vec<Entry<'a>>,
    /// For each fact where its entries start, and one more.
    starts: Vec<u32>,
    /// By scheme, the best known first.
    certificates: Vec<Held<'a>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(case: &Case<'a>, vocabulary: &'a Vocabulary, schemes: &'a Schemes) -> Self {
        let mut entries = Vec::with_capacity(case.known.len());
        let mut certificates = Vec::new();
        for known in case.known.iter().filter(|known| known.counts(case.at)) {
            let mut state = |fact: Option<FactAt>, value| {
                entries.extend(fact.map(|fact| Entry {
                    fact,
                    value,
                    strength: known.strength,
                    until: known.valid_until,
                    evidence: known.evidence,
                }));
            };
            match &known.claim {
                Claim::Fact { name, value } => {
                    let place = vocabulary.place(name).filter(|at| {
                        let fact = &vocabulary.at(*at).1;
                        fact.kind.loosely(value, fact.several)
                    });
                    state(place, value.into());
                }
                Claim::NoSubcontractors => state(vocabulary.place(NO_SUBCONTRACTORS), Value::Flag(true)),
                Claim::Subcontractor(subcontractor) => {
                    state(vocabulary.place(NO_SUBCONTRACTORS), Value::Flag(false));
                    state(vocabulary.place(JURISDICTIONS), Value::Countries(&subcontractor.jurisdictions));
                }
                Claim::Certificate(claim) => {
                    let Some(scheme) = schemes.place(&claim.scheme) else { continue };
                    let named = schemes.at(scheme);
                    let until = sooner(known.valid_until, sooner(claim.valid_until, named.too_old(known.valid_from)));
                    let jurisdiction_missing = named.jurisdiction && claim.jurisdiction.is_none();
                    if until.is_some_and(|end| end <= case.at) || jurisdiction_missing {
                        continue;
                    }
                    certificates.push(Held {
                        scheme,
                        claim,
                        level: claim.level.as_deref().and_then(|level| named.level(level)),
                        strength: known.strength,
                        reaches: reaches(claim, case.kind, case.site),
                        until,
                        evidence: known.evidence,
                    });
                }
                Claim::Entity(_) | Claim::Holding(_) => {}
            }
        }
        // The order must not depend on that of the claims: what counts first is what is known best and stands longest.
        entries.sort_unstable_by_key(|entry| {
            (entry.fact, Reverse(entry.strength), Reverse(lasting(entry.until)), entry.evidence, entry.value)
        });
        certificates.sort_by(|one, other| {
            let key =
                |held: &Held<'_>| (held.scheme, Reverse(held.strength), Reverse(lasting(held.until)), held.evidence);
            key(one).cmp(&key(other)).then_with(|| one.claim.cmp(other.claim))
        });
        let starts = starts(&entries, vocabulary.len());
        Self { at: case.at, kind: case.kind, finding: case.finding, vocabulary, entries, starts, certificates }
    }

    /// Every statement of a fact, the best known first.
    pub(super) fn entries(&self, fact: FactAt) -> &[Entry<'a>] {
        let at = fact.0 as usize;
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// What is stated of a fact: the best known statements of it.
    pub(super) fn stated(&self, fact: FactAt) -> Stated<'_, 'a> {
        let all = self.entries(fact);
        let Some(first) = all.first() else { return Stated::Nothing };
        let best = &all[..all.partition_point(|entry| entry.strength == first.strength)];
        let agree = best.iter().all(|entry| entry.value == first.value);
        match self.vocabulary.at(fact).1.several {
            Several::Collect => Stated::Known(best),
            Several::Agree if agree => Stated::Known(&best[..1]),
            Several::Agree => Stated::Contradictory(best),
        }
    }

    /// The certificates of a scheme, the best known first.
    pub(super) fn certificates(&self, scheme: SchemeAt) -> &[Held<'a>] {
        let start = self.certificates.partition_point(|held| held.scheme < scheme);
        let end = self.certificates.partition_point(|held| held.scheme <= scheme);
        &self.certificates[start..end]
    }

    /// Every certificate, by scheme.
    pub(super) fn all_certificates(&self) -> impl Iterator<Item = (SchemeAt, &Held<'a>)> {
        self.certificates.iter().map(|held| (held.scheme, held))
    }
}

/// An end that can be compared: what has none lasts longest.
fn lasting(until: Option<Timestamp>) -> Timestamp {
    until.unwrap_or(Timestamp::from_micros(i64::MAX))
}

fn starts(entries: &[Entry<'_>], facts: usize) -> Vec<u32> {
    let mut starts = vec![0u32; facts + 1];
    for entry in entries {
        starts[entry.fact.0 as usize + 1] += 1;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    starts
}

impl Value<'_> {
    /// Whether it says something: yes, a number, or what is not empty.
    pub(super) fn is_shown(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Number(_) => true,
            Self::Text(text) => !text.trim().is_empty(),
            Self::Words(words) => !words.is_empty(),
            Self::Countries(countries) => !countries.is_empty(),
        }
    }

    pub(super) fn is(&self, wanted: &FactValue) -> bool {
        *self == Value::from(wanted)
    }

    /// Whether every number that it holds does; false when it holds none.
    pub(super) fn numbers_all(&self, does: &dyn Fn(i64) -> bool) -> bool {
        match self {
            Self::Number(number) => does(*number),
            Self::Words(words) => !words.is_empty() && words.iter().all(|word| word.parse().is_ok_and(does)),
            _ => false,
        }
    }

    /// Its number.
    pub(super) fn number(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// Its text.
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Its words; a text is one, blank ones are none.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let (text, words, countries): (Option<&str>, &[String], &[Country]) = match self {
            Self::Text(text) => (Some(text), &[], &[]),
            Self::Words(words) => (None, words, &[]),
            Self::Countries(countries) => (None, &[], countries),
            Self::Flag(_) | Self::Number(_) => (None, &[], &[]),
        };
        let stated = text.into_iter().chain(words.iter().map(String::as_str));
        stated.chain(countries.iter().map(Country::code)).filter(|word| !word.trim().is_empty())
    }
}
