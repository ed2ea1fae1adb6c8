//! From evaluations to what matching looks at.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use hansa_model::country::{Country, Region};
use hansa_model::evidence::{
    Assurance, Certificate, CertificateClaim, Claim, Control, Evaluation, Lack, Source, Strength, Subcontracting,
};
use hansa_model::time::Timestamp;

use super::condition::sooner;
use super::explain::{control, exposed};
use super::index::{Held, Index};
use super::registry::RuleSets;
use super::schemes::{Scheme, reaches};
use super::set::RuleSet;
use super::source::Home;
use crate::known::{Case, Known};
use crate::ownership::{Exposure, Finding, Verdict};

/// How many criteria are named for each level that is not reached; the evaluation names all.
const NAMED: usize = 5;
/// The rule sets that an assurance has a place for.
const GAIA_X: &str = "gaia-x";
const CSF: &str = "csf";
const CADA: &str = "cada";
/// The fact that says where data may go.
const DATA_COUNTRIES: &str = "data.countries";
/// What lacks name that come from the ownership graph.
const OWNERSHIP: &str = "ownership";

/// What matching looks at, of a case and what rule sets made of it. Of each rule set the first evaluation counts.
#[must_use]
pub fn assurance(sets: &RuleSets, case: &Case<'_>, evaluations: &[Evaluation]) -> Assurance {
    let index = Index::new(case, sets.vocabulary(), sets.schemes());
    let mut assurance = common(sets, case, &index);
    for id in [GAIA_X, CSF, CADA] {
        let Some(evaluation) = evaluations.iter().find(|evaluation| evaluation.rule_set == id) else { continue };
        take_level(&mut assurance, id, evaluation.level.as_deref());
        assurance.valid_until = sooner(assurance.valid_until, evaluation.valid_until);
        for (level, gaps) in &evaluation.gaps {
            let lacks = gaps.iter().take(NAMED).map(|gap| lack(&gap.criterion, gap.missing.clone()));
            assurance.lacks.insert(key(id, level), lacks.collect());
        }
    }
    assurance
}

/// Makes the assurances of many offers that share what is known, such as all those of one provider at one site. Those
/// that differ in nothing that counts are made once.
#[derive(Debug)]
pub struct Appraiser<'a> {
    sets: &'a RuleSets,
    judges: Vec<&'a RuleSet>,
    at: Timestamp,
    known: &'a [Known],
    finding: &'a Finding,
    /// The certificates that reach some kinds or sites only.
    scoped: Vec<&'a CertificateClaim>,
    /// Whether a rule set asks differently by kind.
    by_kind: bool,
    /// By which of those certificates reach, and by kind where it matters.
    made: HashMap<(Vec<bool>, Option<String>), Arc<Assurance>>,
}

impl<'a> Appraiser<'a> {
    /// By the rule sets that are used at an instant.
    #[must_use]
    pub fn new(sets: &'a RuleSets, at: Timestamp, known: &'a [Known], finding: &'a Finding) -> Self {
        let current = [GAIA_X, CSF, CADA].into_iter().filter_map(|id| sets.current(id, at));
        let judges: Vec<&RuleSet> = current.map(AsRef::as_ref).collect();
        let scoped = known.iter().filter_map(|known| match &known.claim {
            Claim::Certificate(claim) if !claim.kinds.is_empty() || !claim.sites.is_empty() => Some(claim),
            _ => None,
        });
        let by_kind = judges.iter().any(|set| set.asks_by_kind());
        Self { sets, judges, at, known, finding, scoped: scoped.collect(), by_kind, made: HashMap::new() }
    }

    /// The assurance of an offer of a kind at a site: the same as [`assurance`] makes of the evaluations.
    pub fn of(&mut self, kind: Option<&str>, site: Option<&str>) -> Arc<Assurance> {
        let reached: Vec<bool> = self.scoped.iter().map(|claim| reaches(claim, kind, site)).collect();
        let differs = (reached, kind.filter(|_| self.by_kind).map(str::to_owned));
        if let Some(made) = self.made.get(&differs) {
            return Arc::clone(made);
        }
        let case = Case { at: self.at, kind, site, known: self.known, finding: self.finding };
        let made = Arc::new(self.appraise(&case));
        self.made.insert(differs, Arc::clone(&made));
        made
    }

    fn appraise(&self, case: &Case<'_>) -> Assurance {
        let index = Index::new(case, self.sets.vocabulary(), self.sets.schemes());
        let mut assurance = common(self.sets, case, &index);
        for set in &self.judges {
            let id = &set.about.id;
            let judged = set.judge(&index);
            take_level(&mut assurance, id, judged.level.map(|level| set.levels[level].id.as_str()));
            assurance.valid_until = sooner(assurance.valid_until, judged.until);
            for (level, gaps) in set.gaps(&index, &judged, NAMED) {
                let lacks = gaps.into_iter().map(|gap| Lack { criterion: gap.criterion, missing: gap.missing });
                assurance.lacks.insert(key(id, &level), lacks.collect());
            }
        }
        assurance
    }
}

fn key(set: &str, level: &str) -> String {
    let set = if set == CSF { "seal" } else { set };
    format!("{set}:{level}")
}

fn lack(criterion: &str, missing: String) -> Lack {
    Lack { criterion: criterion.to_owned(), missing }
}

fn take_level(assurance: &mut Assurance, set: &str, level: Option<&str>) {
    let Some(level) = level else { return };
    match set {
        CSF => assurance.seal = level.parse().ok(),
        CADA => assurance.cada = level.parse().ok(),
        _ => {
            assurance.labels.insert(set.to_owned(), level.to_owned());
        }
    }
}

/// What does not come from rule sets: certificates, owners, subcontractors, where data may go.
fn common(sets: &RuleSets, case: &Case<'_>, index: &Index<'_>) -> Assurance {
    let finding = case.finding;
    let mut lacks = BTreeMap::new();
    let certificates = certificates(sets, case, index, &mut lacks);
    let (data_countries, data_until) = data_countries(sets, index);
    let controlled = controlled(finding);
    if controlled != Control::None {
        let mut reasons = Vec::new();
        if finding.eea != Verdict::Home {
            reasons.push(lack(OWNERSHIP, control(&finding.eea, Home::Area)));
        }
        reasons.extend(exposed("the provider", &finding.exposure).map(|text| lack(OWNERSHIP, text)));
        lacks.insert("control".to_owned(), reasons);
    }
    let placed = finding.subcontractors.as_ref().filter(|_| placeless(case).is_none());
    let subcontracting = placed.map(|exposure| Subcontracting {
        countries: finding.subcontractor_countries.iter().copied().collect(),
        control: reach(exposure),
    });
    let nowhere = |name| format!("it is not known which country's law applies to the subcontractor `{name}`");
    let reason = match &finding.subcontractors {
        Some(_) if placeless(case).is_some() => placeless(case).map(nowhere),
        None => {
            Some("it is not known whether there are subcontractors; list them, or state that there are none".to_owned())
        }
        Some(exposure) => exposed("a subcontractor with access", exposure),
    };
    lacks.extend(reason.map(|reason| ("subcontractors".to_owned(), vec![lack(OWNERSHIP, reason)])));
    Assurance {
        certificates,
        control: controlled,
        seats: if finding.seats_known { finding.seats.clone() } else { Vec::new() },
        subcontracting,
        data_countries,
        valid_until: sooner(finding.valid_until, data_until),
        lacks,
        ..Assurance::default()
    }
}

/// A subcontractor of which nobody says where it is.
fn placeless<'a>(case: &Case<'a>) -> Option<&'a str> {
    case.known.iter().filter(|known| known.counts(case.at)).find_map(|known| match &known.claim {
        Claim::Subcontractor(other) if other.jurisdictions.is_empty() && other.entity.is_none() => {
            Some(other.name.as_str())
        }
        _ => None,
    })
}

/// Which third countries reach a provider. None only when that is certain.
fn controlled(finding: &Finding) -> Control {
    let mut countries = finding.exposure.countries.clone();
    if let Verdict::ThirdCountry(from) = &finding.eea {
        countries.extend(from);
    }
    let unknown = matches!(finding.eea, Verdict::Unknown(_)) || !finding.exposure.unknown.is_empty();
    match (unknown, countries.is_empty()) {
        (true, _) => Control::Unknown,
        (false, false) => Control::Some(countries.into_iter().collect()),
        (false, true) if finding.eea == Verdict::Home => Control::None,
        (false, true) => Control::Unknown,
    }
}

fn reach(exposure: &Exposure) -> Control {
    if !exposure.unknown.is_empty() {
        Control::Unknown
    } else if exposure.countries.is_empty() {
        Control::None
    } else {
        Control::Some(exposure.countries.iter().copied().collect())
    }
}

/// Every country that any evidence names: that data may go somewhere is not undone by evidence that leaves it out.
fn data_countries(sets: &RuleSets, index: &Index<'_>) -> (Vec<Country>, Option<Timestamp>) {
    let Some(fact) = sets.vocabulary().place(DATA_COUNTRIES) else { return (Vec::new(), None) };
    let entries = index.entries(fact);
    let words = entries.iter().flat_map(|entry| entry.value.words());
    let mut countries: Vec<Country> = words.filter_map(|word| word.parse().ok()).collect();
    countries.sort_unstable();
    countries.dedup();
    (countries, entries.iter().fold(None, |end, entry| sooner(end, entry.until)))
}

/// The certificates that count, each under its scheme and its level; those that do not are explained.
fn certificates(
    sets: &RuleSets,
    case: &Case<'_>,
    index: &Index<'_>,
    lacks: &mut BTreeMap<String, Vec<Lack>>,
) -> Vec<Certificate> {
    let mut held: BTreeMap<String, Option<Timestamp>> = BTreeMap::new();
    let mut hold = |name: String, until: Option<Timestamp>| {
        let longest = held.entry(name).or_insert(until);
        *longest = longest.and_then(|end| until.map(|until| end.max(until)));
    };
    let mut short: BTreeMap<String, String> = BTreeMap::new();
    for (at, certificate) in index.all_certificates() {
        let scheme = sets.schemes().at(at);
        match shortcoming(certificate.strength, certificate.reaches) {
            None => names(scheme, certificate).into_iter().for_each(|name| hold(name, certificate.until)),
            Some(reason) => {
                short.entry(scheme.id.clone()).or_insert_with(|| reason.to_owned());
            }
        }
    }
    // A scheme that is not in the register counts under the name that its body gives it.
    for known in case.known.iter().filter(|known| known.counts(case.at)) {
        let Claim::Certificate(claim) = &known.claim else { continue };
        let until = sooner(known.valid_until, claim.valid_until);
        if sets.schemes().place(&claim.scheme).is_some() || until.is_some_and(|end| end <= case.at) {
            continue;
        }
        let name: String =
            claim.scheme.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_uppercase).collect();
        match shortcoming(known.strength, reaches(claim, case.kind, case.site)) {
            None => hold(name, until),
            Some(reason) => {
                short.entry(name).or_insert_with(|| reason.to_owned());
            }
        }
    }
    for (scheme, reason) in short {
        if !held.contains_key(&scheme) {
            lacks.insert(format!("certifications:{scheme}"), vec![lack(&scheme, reason)]);
        }
    }
    let certificate = |(scheme, valid_until)| Certificate { scheme, source: Source::Verified, valid_until };
    held.into_iter().map(certificate).collect()
}

/// Why a certificate does not count, if so.
fn shortcoming(strength: Strength, reaches: bool) -> Option<&'static str> {
    if strength < Strength::Attested {
        let text = "declared by the provider only; a certificate signed by its body, or attested by the operator, is \
                    missing";
        return Some(text);
    }
    (!reaches).then_some("held, but it does not cover this kind of service at this site")
}

/// Under which names a certificate counts: its scheme, and with each level that it covers. Where a scheme is given by
/// jurisdiction, only those of the European Union and its members bear the bare name.
fn names(scheme: &Scheme, held: &Held<'_>) -> Vec<String> {
    let abroad = held.claim.jurisdiction.as_deref().filter(|at| {
        scheme.jurisdiction
            && !at.parse::<Region>().is_ok_and(|region| match region {
                Region::Eu => true,
                Region::Eea => false,
                Region::Country(country) => country.in_eu(),
            })
    });
    let base = abroad.map_or_else(|| scheme.id.clone(), |at| format!("{}-{at}", scheme.id));
    let levels = match held.level {
        Some(level) if scheme.ordered => &scheme.levels[..=level],
        Some(level) => std::slice::from_ref(&scheme.levels[level]),
        None => &[],
    };
    let leveled = levels.iter().map(|level| format!("{base}-{}", level.to_uppercase()));
    std::iter::once(base.clone()).chain(leveled).collect()
}
