//! A document and a catalogue made ready: constraints numbered, every offer judged by every requirement.

use std::collections::BTreeMap;
use std::time::Duration;

use hansa_model::application::{Application, Component, Requirements, ThirdCountry};
use hansa_model::kind::Properties;
use hansa_model::money::Currency;
use hansa_model::name::Name;
use hansa_model::offer::{Catalogue, Offer, OfferState};
use hansa_model::time::Timestamp;

use crate::geo::Geo;
use crate::requirement::{Check, Judge, Requirement, Subject};

/// How to match.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Whether only offers count that can be ordered now.
    pub orderable_only: bool,
    /// How long to search at most; then the best found so far is shown with its bound.
    pub time_limit: Duration,
    /// By when certificates and reports must be valid.
    pub now: Timestamp,
    /// Places, round trips and carbon intensities.
    pub geo: &'a Geo,
}

impl Options<'static> {
    /// All offers, two seconds, and the facts that come with Hansa.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { orderable_only: false, time_limit: Duration::from_secs(2), now, geo: Geo::embedded() }
    }
}

/// Something the document asks for that can be waived by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Constraint {
    /// The field of the document: `spec.requirements.seal`.
    pub(crate) field: String,
    /// Its short path: `seal`.
    pub(crate) name: String,
    pub(crate) target: Target,
}

/// What a constraint is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Offers, through requirements that bear its number.
    Offers,
    /// The place of the component with this number.
    Near(usize),
    /// How the instances of the component with this number are kept apart.
    Spread(usize),
    /// The round trip of the link with this number.
    Link(usize),
    MaxProviders,
    Budget,
}

/// A component with what it asks and how every offer of its kind answers.
#[derive(Debug)]
pub(crate) struct Wish<'a> {
    pub(crate) name: &'a Name,
    pub(crate) component: &'a Component,
    pub(crate) requirements: Vec<Requirement<'a>>,
    /// Every offer of the kind.
    pub(crate) answers: Vec<Answer>,
}

/// How an offer answers the requirements of a component.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The number of the offer.
    pub(crate) subject: usize,
    /// The numbers of the requirements it fails, in their order.
    pub(crate) failed: Vec<usize>,
}

/// Everything ready for composing and explaining.
#[derive(Debug)]
pub(crate) struct Prepared<'a> {
    pub(crate) application: &'a Application,
    pub(crate) judge: Judge<'a>,
    pub(crate) currency: Currency,
    pub(crate) subjects: Vec<Subject<'a>>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) wishes: Vec<Wish<'a>>,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(application: &'a Application, catalogue: &'a Catalogue, options: &Options<'a>) -> Self {
        let judge = Judge { catalogue, geo: options.geo, now: options.now };
        let mut prepared = Self {
            application,
            judge,
            // Amounts of different currencies can't be compared, so a package has one.
            currency: application.budget.map(|budget| budget.currency()).unwrap_or_default(),
            subjects: subjects(catalogue, &judge),
            constraints: Vec::new(),
            wishes: Vec::new(),
        };
        let shared = prepared.number_shared();
        for (number, (name, component)) in application.components.iter().enumerate() {
            let mut requirements = unwaivable(prepared.currency, options.orderable_only);
            requirements.extend(
                on_provider(&application.requirements)
                    .into_iter()
                    .zip(&shared)
                    .map(|((name, check), constraint)| Requirement { name, constraint: Some(*constraint), check }),
            );
            for (short, check) in on_provider(&component.requirements) {
                let field = format!("spec.components.{name}.requirements.{}", field_of(&short));
                requirements.push(prepared.requirement(field, short, check, Target::Offers));
            }
            for (property, wanted) in &component.properties {
                let field = format!("spec.components.{name}.{property}");
                let check = Check::Property { name: property, wanted };
                requirements.push(prepared.requirement(field, property.clone(), check, Target::Offers));
            }
            if let Some(near) = &component.near {
                let place = judge.geo.city(&near.place).map(|city| judge.geo.place(city.coordinates));
                let check = Check::Near { name: &near.place, place, bound: near.rtt };
                let field = format!("spec.components.{name}.near");
                requirements.push(prepared.requirement(field, "near".to_owned(), check, Target::Near(number)));
            }
            let instances = if component.spread.is_some() { 1 } else { component.count };
            let check = Check::Capacity { component, instances };
            requirements.push(Requirement { name: "capacity".to_owned(), constraint: None, check });
            let answers = prepared.answers(component, &requirements);
            prepared.wishes.push(Wish { name, component, requirements, answers });
        }
        prepared.number_joint();
        prepared
    }

    fn constrain(&mut self, field: String, name: String, target: Target) -> usize {
        self.constraints.push(Constraint { field, name, target });
        self.constraints.len() - 1
    }

    fn requirement(&mut self, field: String, name: String, check: Check<'a>, target: Target) -> Requirement<'a> {
        let constraint = self.constrain(field, name.clone(), target);
        Requirement { name, constraint: Some(constraint), check }
    }

    /// Numbers the requirements that hold for every component.
    fn number_shared(&mut self) -> Vec<usize> {
        on_provider(&self.application.requirements)
            .into_iter()
            .map(|(name, _)| self.constrain(format!("spec.requirements.{}", field_of(&name)), name, Target::Offers))
            .collect()
    }

    /// Numbers what is asked of components together.
    fn number_joint(&mut self) {
        let application = self.application;
        for (number, (name, component)) in application.components.iter().enumerate() {
            if component.spread.is_some() && component.count > 1 {
                self.constrain(format!("spec.components.{name}.spread"), "spread".to_owned(), Target::Spread(number));
            }
        }
        for (number, link) in application.links.iter().enumerate() {
            if link.rtt.is_some() {
                self.constrain(format!("spec.links[{number}].rtt"), "rtt".to_owned(), Target::Link(number));
            }
        }
        if application.max_providers.is_some() {
            self.constrain("spec.maxProviders".to_owned(), "maxProviders".to_owned(), Target::MaxProviders);
        }
        if application.budget.is_some() {
            self.constrain("spec.budget.monthly".to_owned(), "budget".to_owned(), Target::Budget);
        }
    }

    fn answers(&self, component: &Component, requirements: &[Requirement<'_>]) -> Vec<Answer> {
        let of_kind = self.subjects.iter().enumerate().filter(|(_, subject)| subject.offer.kind == component.kind);
        of_kind
            .map(|(number, subject)| {
                let fails = |index: &usize| !requirements[*index].check.holds(subject, &self.judge);
                Answer { subject: number, failed: (0..requirements.len()).filter(fails).collect() }
            })
            .collect()
    }

    /// The number of the constraint on a target.
    pub(crate) fn constraint(&self, target: Target) -> Option<usize> {
        self.constraints.iter().position(|constraint| constraint.target == target)
    }
}

/// Every offer whose provider and site are known, in the order of their names.
fn subjects<'a>(catalogue: &'a Catalogue, judge: &Judge<'a>) -> Vec<Subject<'a>> {
    let places: BTreeMap<_, _> =
        catalogue.sites.iter().map(|(id, site)| (*id, judge.geo.place(site.coordinates))).collect();
    let mut subjects: Vec<Subject<'a>> = catalogue
        .offers
        .iter()
        .filter_map(|offer| {
            let provider = catalogue.providers.get(&offer.provider)?;
            let site = catalogue.sites.get(&offer.site)?;
            let fresh = offer.fresh_until.is_none_or(|until| judge.now < until);
            Some(Subject {
                offer,
                provider,
                site,
                place: *places.get(&offer.site)?,
                orderable: offer.state == OfferState::Orderable && fresh,
                price_defect: price_defect(offer),
            })
        })
        .collect();
    subjects.sort_by(|a, b| {
        let key = |subject: &Subject<'a>| (&subject.provider.name, &subject.site.name, &subject.offer.sku);
        key(a).cmp(&key(b)).then_with(|| a.offer.id.cmp(&b.offer.id))
    });
    subjects
}

fn price_defect(offer: &Offer) -> Option<&'static str> {
    if !offer.price.defects().is_empty() {
        return Some("invalid");
    }
    let estimate = offer.price.estimate(&Properties::default(), 0);
    estimate.is_err().then_some("too large")
}

/// What nobody can waive.
fn unwaivable<'a>(currency: Currency, orderable_only: bool) -> Vec<Requirement<'a>> {
    let requirement = |name: &str, check| Requirement { name: name.to_owned(), constraint: None, check };
    let mut requirements = vec![requirement("state", Check::State)];
    if orderable_only {
        requirements.push(requirement("orderable", Check::Orderable));
    }
    requirements.push(requirement("currency", Check::Currency(currency)));
    requirements.push(requirement("price", Check::Price));
    requirements
}

/// The field of a document in which a requirement of this short path stands.
fn field_of(name: &str) -> &str {
    match name.split_once('.') {
        Some(("certifications", "any")) => name,
        Some(("certifications", _)) => "certifications.all",
        _ => name,
    }
}

/// Each condition of its own, with its short path.
fn on_provider(requirements: &Requirements) -> Vec<(String, Check<'_>)> {
    let mut checks: Vec<(String, Check<'_>)> = Vec::new();
    let mut add = |name: &str, check| checks.push((name.to_owned(), check));
    if !requirements.providers.is_empty() {
        add("providers", Check::Providers(&requirements.providers));
    }
    if !requirements.exclude_providers.is_empty() {
        add("excludeProviders", Check::ExcludedProviders(&requirements.exclude_providers));
    }
    if !requirements.jurisdiction.is_empty() {
        add("jurisdiction", Check::Jurisdiction(&requirements.jurisdiction));
    }
    if requirements.control.is_some_and(|control| control.third_country == ThirdCountry::None) {
        add("control", Check::NoThirdCountryControl);
    }
    for (scheme, least) in &requirements.labels {
        add(&format!("labels.{scheme}"), Check::Label { scheme, least });
    }
    if let Some(seal) = requirements.seal {
        add("seal", Check::Seal(seal.minimum));
    }
    for scheme in &requirements.certifications.all {
        add(&format!("certifications.{scheme}"), Check::Certificate(scheme));
    }
    if !requirements.certifications.any.is_empty() {
        add("certifications.any", Check::AnyCertificate(&requirements.certifications.any));
    }
    if let Some(bound) = requirements.availability {
        add("availability", Check::Availability(bound));
    }
    if !requirements.data_location.is_empty() {
        add("dataLocation", Check::DataLocation(&requirements.data_location));
    }
    if let Some(bound) = requirements.carbon_intensity {
        add("carbonIntensity", Check::CarbonIntensity(bound));
    }
    checks
}
