//! What all parts of a package have the same of: each offer has one value of it, and a package keeps to one.

use hansa_model::application::{Application, Uniform};
use hansa_model::country::Country;
use hansa_model::evidence::{GAIA_X, gaia_x_rank};
use hansa_model::package::SlaClass;
use hansa_model::time::Timestamp;

use crate::requirement::Subject;

/// The condition, for people.
pub(crate) const fn in_words(uniform: Uniform) -> &'static str {
    match uniform {
        Uniform::Cada => "all offers have one CADA level",
        Uniform::Certifications => "the same of the certificates are held for all offers",
        Uniform::Jurisdiction => "all providers are registered in one country",
        Uniform::Label => "all offers have one Gaia-X label",
        Uniform::Seal => "all offers have one SEAL level",
        Uniform::Sla => "all offers promise one class of availability",
    }
}

/// What an offer has of one of the conditions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Cada(u8),
    /// The schemes of valid certificates, in the order of their names.
    Certificates(Vec<String>),
    Seat(Country),
    /// Its place among the labels.
    Label(usize),
    Seal(u8),
    Sla(SlaClass),
}

/// The conditions of a document that are not waived.
#[derive(Debug)]
pub(crate) struct Conditions<'a> {
    asked: Vec<Uniform>,
    /// The certificates that the document names; all count when it names none.
    named: Vec<&'a str>,
    now: Timestamp,
}

impl<'a> Conditions<'a> {
    pub(crate) fn new(application: &'a Application, asked: Vec<Uniform>, now: Timestamp) -> Self {
        let components = application.components.values().map(|component| &component.requirements);
        let all = std::iter::once(&application.requirements).chain(components).map(|one| &one.certifications);
        let mut named: Vec<&str> = all.flat_map(|one| one.all.iter().chain(&one.any)).map(String::as_str).collect();
        named.sort_unstable();
        named.dedup();
        Self { asked, named, now }
    }

    /// Whether any is asked.
    pub(crate) const fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// What an offer has; `None` when something of it is not known.
    pub(crate) fn values(&self, subject: &Subject<'_>) -> Option<Vec<Value>> {
        let assurance = subject.assurance;
        let value = |uniform: &Uniform| match uniform {
            Uniform::Cada => subject.levels?.cada.map(Value::Cada),
            Uniform::Certifications => {
                let counts = |scheme: &str| self.named.is_empty() || self.named.contains(&scheme);
                let held = assurance.certificates.iter().map(|held| &held.scheme);
                let held = held.filter(|scheme| counts(scheme) && assurance.holds(scheme, self.now));
                let mut schemes: Vec<String> = held.cloned().collect();
                schemes.sort_unstable();
                schemes.dedup();
                Some(Value::Certificates(schemes))
            }
            Uniform::Jurisdiction => Some(Value::Seat(subject.provider.country)),
            Uniform::Label => gaia_x_rank(subject.levels?.labels.get(GAIA_X)?).map(Value::Label),
            Uniform::Seal => subject.levels?.seal.map(Value::Seal),
            Uniform::Sla => subject.offer.availability.map(|share| Value::Sla(SlaClass::of(share))),
        };
        self.asked.iter().map(value).collect()
    }
}
