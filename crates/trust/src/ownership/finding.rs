//! What is found out about who controls a participant.

use std::collections::BTreeSet;

use hansa_model::country::Country;
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;

/// Who controls an entity, seen from a home of countries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody outside the home.
    Home,
    /// Entities of these third countries do.
    ThirdCountry(BTreeSet<Country>),
    /// It is not known, for these reasons; at least one.
    Unknown(Vec<String>),
}

/// Which third countries can reach something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exposure {
    /// The countries that are known.
    pub countries: BTreeSet<Country>,
    /// Why there may be more; empty when these are all.
    pub unknown: Vec<String>,
}

/// Whether a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It does not.
    Fail,
    /// It can't be told.
    Unknown,
    /// It does.
    Pass,
}

/// Whether capital and votes from outside the Union stay below the limits of SecNumCloud 19.6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Immunity {
    /// The outcome.
    pub answer: Answer,
    /// The least and the most that holders from outside have together, in hundredths of a percent.
    pub collective: (u32, u32),
    /// The least and the most that the largest of them has.
    pub largest: (u32, u32),
    /// What decides, for people.
    pub reasons: Vec<String>,
}

/// Everything that the ownership graph says of one participant at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Control seen from the European Union.
    pub union: Verdict,
    /// Control seen from the European Economic Area.
    pub eea: Verdict,
    /// Whether anybody from outside the European Economic Area holds a part, even if it does not control.
    pub foreign_minority: bool,
    /// Which third countries reach it through those who control it.
    pub exposure: Exposure,
    /// Which third countries reach subcontractors with access to data or identities; absent when it is not known
    /// whether there are subcontractors.
    pub subcontractors: Option<Exposure>,
    /// The countries of the subcontractors, whatever their access.
    pub subcontractor_countries: BTreeSet<Country>,
    /// SecNumCloud 19.6.
    pub immunity: Immunity,
    /// Where the legal person is incorporated, has its headquarters and its main establishment; without doubles.
    pub seats: Vec<Country>,
    /// Whether all three are known.
    pub seats_known: bool,
    /// The evidence that all this rests on.
    pub evidence: BTreeSet<EvidenceId>,
    /// When it first changes by itself.
    pub valid_until: Option<Timestamp>,
}

impl Finding {
    /// Whether it says the same as another, whatever evidence each rests on and until when it stands.
    #[must_use]
    pub fn judges_like(&self, other: &Self) -> bool {
        let bare = |finding: &Self| Self { evidence: BTreeSet::new(), valid_until: None, ..finding.clone() };
        bare(self) == bare(other)
    }

    /// What is found where nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        let nothing = || vec!["nothing is known about who owns it".to_owned()];
        Self {
            union: Verdict::Unknown(nothing()),
            eea: Verdict::Unknown(nothing()),
            foreign_minority: false,
            exposure: Exposure { countries: BTreeSet::new(), unknown: nothing() },
            subcontractors: None,
            subcontractor_countries: BTreeSet::new(),
            immunity: Immunity {
                answer: Answer::Unknown,
                collective: (0, 10_000),
                largest: (0, 10_000),
                reasons: nothing(),
            },
            seats: Vec::new(),
            seats_known: false,
            evidence: BTreeSet::new(),
            valid_until: None,
        }
    }
}
