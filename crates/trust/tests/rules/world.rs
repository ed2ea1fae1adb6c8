//! Cases to judge: what is known, built up claim by claim.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use hansa_model::country::Country;
use hansa_model::evidence::{CertificateClaim, Claim, Evaluation, FactValue, Strength};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;
use hansa_trust::ownership::{Answer, Exposure, Finding, Immunity, Verdict};
use hansa_trust::rules::{FactKind, RuleSet, RuleSets, evaluate};
use hansa_trust::{Case, Known};
use uuid::Uuid;

/// The rule sets that Hansa comes with, read once.
pub(crate) static SETS: LazyLock<RuleSets> = LazyLock::new(|| RuleSets::embedded().unwrap());

/// An instant by its text.
pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When cases are judged unless a test says otherwise.
pub(crate) fn now() -> Timestamp {
    time("2026-11-22T08:00:00Z")
}

pub(crate) fn country(code: &str) -> Country {
    code.parse().unwrap()
}

/// The identifier of the n-th piece of evidence.
pub(crate) fn evidence(n: usize) -> EvidenceId {
    EvidenceId::from_uuid(Uuid::from_u128(0x7000 + n as u128))
}

/// A finding of a provider from the Netherlands that nobody from outside reaches.
pub(crate) fn at_home() -> Finding {
    Finding {
        union: Verdict::Home,
        eea: Verdict::Home,
        foreign_minority: false,
        exposure: Exposure::default(),
        subcontractors: Some(Exposure::default()),
        subcontractor_countries: BTreeSet::new(),
        immunity: Immunity { answer: Answer::Pass, collective: (0, 0), largest: (0, 0), reasons: vec![] },
        seats: vec![country("NL")],
        seats_known: true,
        evidence: BTreeSet::from([evidence(9000)]),
        valid_until: None,
    }
}

/// The same, under control from the United States.
pub(crate) fn from_abroad() -> Finding {
    let countries = BTreeSet::from([country("US")]);
    Finding {
        union: Verdict::ThirdCountry(countries.clone()),
        eea: Verdict::ThirdCountry(countries.clone()),
        exposure: Exposure { countries, unknown: vec![] },
        immunity: Immunity {
            answer: Answer::Fail,
            collective: (10_000, 10_000),
            largest: (10_000, 10_000),
            reasons: vec![],
        },
        ..at_home()
    }
}

/// What is known in one test.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) at: Timestamp,
    pub(crate) kind: Option<&'static str>,
    pub(crate) site: Option<&'static str>,
    pub(crate) known: Vec<Known>,
    pub(crate) finding: Finding,
}

impl World {
    /// Nothing but that the provider is at home.
    pub(crate) fn new() -> Self {
        Self { at: now(), kind: Some("compute.instance"), site: Some("ams1"), known: vec![], finding: at_home() }
    }

    pub(crate) fn claim(&mut self, strength: Strength, claim: Claim) -> &mut Known {
        let known = Known {
            claim,
            strength,
            evidence: evidence(self.known.len()),
            issuer: "did:web:provider.example".to_owned(),
            valid_from: time("2026-01-01T00:00:00Z"),
            valid_until: None,
        };
        self.known.push(known);
        self.known.last_mut().unwrap()
    }

    pub(crate) fn fact(&mut self, strength: Strength, name: &str, value: FactValue) -> &mut Known {
        self.claim(strength, Claim::Fact { name: name.to_owned(), value })
    }

    pub(crate) fn flag(&mut self, name: &str) -> &mut Known {
        self.fact(Strength::Declared, name, FactValue::Flag(true))
    }

    pub(crate) fn number(&mut self, name: &str, number: i64) -> &mut Known {
        self.fact(Strength::Declared, name, FactValue::Number(number))
    }

    pub(crate) fn text(&mut self, name: &str, text: &str) -> &mut Known {
        self.fact(Strength::Declared, name, FactValue::Text(text.to_owned()))
    }

    pub(crate) fn words(&mut self, name: &str, words: &[&str]) -> &mut Known {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        self.fact(Strength::Declared, name, FactValue::List(words))
    }

    pub(crate) fn certificate(&mut self, scheme: &str) -> &mut Known {
        self.claim(Strength::Verified, Claim::Certificate(certificate(scheme)))
    }

    /// Takes back what is stated of a fact.
    pub(crate) fn without(mut self, fact: &str) -> Self {
        let before = self.known.len();
        self.known.retain(|known| !matches!(&known.claim, Claim::Fact { name, .. } if name == fact));
        assert!(self.known.len() < before, "`{fact}` was not stated");
        self
    }

    /// States a fact anew.
    pub(crate) fn instead(self, fact: &str, value: FactValue) -> Self {
        let mut world = self.without(fact);
        world.fact(Strength::Declared, fact, value);
        world
    }

    pub(crate) fn case(&self) -> Case<'_> {
        Case { at: self.at, kind: self.kind, site: self.site, known: &self.known, finding: &self.finding }
    }

    pub(crate) fn judged_by(&self, set: &RuleSet) -> Evaluation {
        evaluate(set, &self.case())
    }

    /// What the current version of a rule set makes of it.
    pub(crate) fn judged(&self, id: &str) -> Evaluation {
        self.judged_by(SETS.current(id, self.at).unwrap())
    }

    /// The level that the current version of a rule set gives it.
    pub(crate) fn level(&self, id: &str) -> Option<String> {
        self.judged(id).level
    }
}

pub(crate) fn certificate(scheme: &str) -> CertificateClaim {
    CertificateClaim {
        scheme: scheme.to_owned(),
        version: None,
        level: None,
        clauses: vec![],
        kinds: vec![],
        sites: vec![],
        body: "Body of Certification GmbH".to_owned(),
        jurisdiction: None,
        document: None,
        valid_until: None,
    }
}

/// A provider that declares everything that Gaia-X asks for.
pub(crate) fn declares_all() -> World {
    let mut world = World::new();
    for (name, fact) in SETS.vocabulary().facts().filter(|(name, _)| name.starts_with("gx.")) {
        let value = match fact.kind {
            FactKind::Flag => FactValue::Flag(true),
            FactKind::Countries => FactValue::List(vec!["NL".to_owned(), "DE".to_owned()]),
            FactKind::Number if name.contains("renewable") || name.contains("carbon") => FactValue::Number(100_000),
            FactKind::Number => FactValue::Number(200),
            _ => FactValue::Text("https://provider.example/terms".to_owned()),
        };
        let notarised = name.ends_with("-id") || name.ends_with("-code") || name.contains("number");
        let strength = if notarised { Strength::Verified } else { Strength::Declared };
        world.fact(strength, name, value);
    }
    world
}

/// A provider that also holds every certificate that Gaia-X accepts, and every assessment.
pub(crate) fn holds_all() -> World {
    let mut world = declares_all();
    for scheme in ["SECNUMCLOUD", "C5", "EUCLOUDCOC", "ISO27001", "CISPE-COC", "SWIPO", "CNDCP", "TISAX", "GDPR-COC"] {
        world.certificate(scheme);
    }
    for criterion in ["gaia-x.p5-1-3", "gaia-x.p5-1-5", "gaia-x.p5-1-6"] {
        world.fact(Strength::Attested, criterion, FactValue::Flag(true));
    }
    world
}
