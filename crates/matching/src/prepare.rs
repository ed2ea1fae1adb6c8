//! A document and a catalogue made ready: constraints numbered, every offer judged by every requirement.

use std::time::Duration;

use hansa_model::application::{Application, Component, Requirements, ThirdCountry, Uniform};
use hansa_model::id::{ParticipantId, TenantId};
use hansa_model::money::Currency;
use hansa_model::name::Name;
use hansa_model::time::Timestamp;

use crate::geo::Geo;
use crate::index::{Filter, Item, Mask, Sight, Snapshot};
use crate::requirement::{Check, Judge, Requirement, Subject};
use crate::scan::{Scan, scan};
use crate::watch::Standing;

/// The most offers that are looked at for a component where no bound says which ones matter.
const MOST_WITHOUT_REACH: usize = 2_000;

/// How to match.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Whether only offers count that can be ordered now.
    pub orderable_only: bool,
    /// How long to search at most; then the best found so far is shown with its bound.
    pub time_limit: Duration,
    /// How many threads may work on a search that proves to be long.
    pub workers: usize,
    /// By when certificates and reports must be valid.
    pub now: Timestamp,
    /// Whose eyes look.
    pub viewer: Viewer<'a>,
    /// Places, round trips and carbon intensities, for a catalogue without an index; an index has its own.
    pub geo: &'a Geo,
    /// What decides among packages that are equally good: 0 goes by the order of the catalogue, any other number by
    /// chance. The same seed gives the same packages, unless the time runs out.
    pub seed: u64,
}

impl Options<'static> {
    /// All offers, two seconds, two threads, and the facts that come with Hansa.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            orderable_only: false,
            time_limit: Duration::from_secs(2),
            workers: 2,
            now,
            viewer: Viewer::Everything,
            geo: Geo::embedded(),
            seed: 0,
        }
    }
}

/// Whose eyes look at the offers. What they may not see is neither matched nor told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Viewer<'a> {
    /// Everything there is.
    #[default]
    Everything,
    /// What everybody sees.
    Anybody,
    /// What everybody sees, what is shown to some tenants, and what is one's own.
    Participant {
        /// Who.
        id: ParticipantId,
        /// The tenants that it has.
        tenants: &'a [TenantId],
    },
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
    /// What the components of the group with this number share.
    Together(usize),
    MaxProviders,
    /// What all parts have the same of.
    Uniform(Uniform),
    Budget,
}

/// A component with what it asks and what of that the offers of its kind meet.
#[derive(Debug)]
pub(crate) struct Wish<'a> {
    /// Its number among the wishes.
    pub(crate) number: usize,
    pub(crate) name: &'a Name,
    pub(crate) component: &'a Component,
    pub(crate) requirements: Vec<Requirement<'a>>,
    /// The requirements as the index asks them.
    pub(crate) filters: Vec<Filter>,
    pub(crate) scan: Scan,
}

/// Everything ready for composing and explaining.
#[derive(Debug)]
pub(crate) struct Prepared<'a> {
    pub(crate) application: &'a Application,
    pub(crate) judge: Judge<'a>,
    pub(crate) currency: Currency,
    sight: Sight,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) wishes: Vec<Wish<'a>>,
    /// For each wish and chunk the rows of the admitted offers that are looked at; all when absent.
    pub(crate) reach: Option<Vec<Vec<Mask>>>,
    /// What runs already, where that is matched again.
    pub(crate) standing: Option<&'a Standing>,
    pub(crate) seed: u64,
}

impl Wish<'_> {
    /// How many instances go to one offer together.
    pub(crate) fn instances(&self) -> u32 {
        if self.component.spread.is_some() { 1 } else { self.component.count }
    }
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(application: &'a Application, market: &'a Snapshot<'a>, options: &Options<'a>) -> Self {
        let (mut prepared, shared) = Self::asked(application, market, options);
        for wish in &mut prepared.wishes {
            wish.filters = wish.requirements.iter().map(|one| Filter::new(&one.check, market, options.now)).collect();
        }
        scan(&mut prepared.wishes, shared, &prepared.judge, &prepared.sight);
        prepared
    }

    /// What is asked of single offers and of all together, before any offer is looked at; and how many requirements
    /// are those of every wish.
    pub(crate) fn asked(
        application: &'a Application,
        market: &'a Snapshot<'a>,
        options: &Options<'a>,
    ) -> (Self, usize) {
        let mut prepared = Self {
            application,
            judge: Judge { market, geo: market.geo(), now: options.now },
            // Amounts of different currencies can't be compared, so a package has one.
            currency: application.budget.map(|budget| budget.currency()).unwrap_or_default(),
            sight: Sight::new(options.viewer, market),
            constraints: Vec::new(),
            wishes: Vec::new(),
            reach: None,
            standing: None,
            seed: options.seed,
        };
        let shared = prepared.number_shared();
        for (number, (name, component)) in application.components.iter().enumerate() {
            let mut requirements = unwaivable(prepared.currency, options.orderable_only);
            requirements.extend(
                on_all(application).into_iter().zip(&shared).map(|((_, name, check), constraint)| Requirement {
                    name,
                    constraint: Some(*constraint),
                    check,
                }),
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
                let place = market.geo().city(&near.place).map(|city| market.geo().place(city.coordinates));
                let check = Check::Near { name: &near.place, place, bound: near.rtt };
                let field = format!("spec.components.{name}.near");
                requirements.push(prepared.requirement(field, "near".to_owned(), check, Target::Near(number)));
            }
            let instances = if component.spread.is_some() { 1 } else { component.count };
            let check = Check::Capacity { component, instances };
            requirements.push(Requirement { name: "capacity".to_owned(), constraint: None, check });
            let filters = Vec::new();
            prepared.wishes.push(Wish { number, name, component, requirements, filters, scan: Scan::default() });
        }
        prepared.number_joint();
        let shared = unwaivable(prepared.currency, options.orderable_only).len() + shared.len();
        (prepared, shared)
    }

    /// Whether an offer may be seen and meets all that is asked of it for a wish.
    pub(crate) fn admits(&self, wish: &Wish<'a>, item: &Item) -> bool {
        let subject = self.judge.subject(item);
        self.sight.shows(item) && wish.requirements.iter().all(|one| one.check.holds(&subject, &self.judge))
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
        on_all(self.application)
            .into_iter()
            .map(|(field, name, _)| self.constrain(field, name, Target::Offers))
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
        for number in 0..application.together.len() {
            self.constrain(format!("spec.together[{number}]"), "together".to_owned(), Target::Together(number));
        }
        if application.max_providers.is_some() {
            self.constrain("spec.maxProviders".to_owned(), "maxProviders".to_owned(), Target::MaxProviders);
        }
        for (number, uniform) in application.uniform.iter().enumerate() {
            let name = format!("uniform.{}", uniform.name());
            self.constrain(format!("spec.uniform[{number}]"), name, Target::Uniform(*uniform));
        }
        if application.budget.is_some() {
            self.constrain("spec.budget.monthly".to_owned(), "budget".to_owned(), Target::Budget);
        }
    }

    /// Whether sovereignty makes a package, and whether availability does.
    pub(crate) fn wanted_axes(&self) -> [bool; 2] {
        let objective = &self.application.objective;
        [objective.sovereignty, objective.availability].map(|weight| objective.pareto || weight > 0.0)
    }

    /// The number of the constraint on a target.
    pub(crate) fn constraint(&self, target: Target) -> Option<usize> {
        self.constraints.iter().position(|constraint| constraint.target == target)
    }

    /// Whether what is asked of a target is waived.
    pub(crate) fn is_waived(&self, target: Target, waived: &[bool]) -> bool {
        self.constraint(target).is_some_and(|number| waived[number])
    }

    /// The offers that meet all that is not waived and that are looked at, the one with the lowest price before wishes
    /// first.
    pub(crate) fn admitted(&self, wish: &Wish<'a>, waived: &[bool], orderable_only: bool) -> Vec<Subject<'a>> {
        let market = self.judge.market;
        let reached = self.reach.as_ref().filter(|_| !waived.contains(&true));
        let (rows, most) = match reached {
            Some(reach) => (reach[wish.number].clone(), usize::MAX),
            None => (self.admitted_rows(wish, waived), MOST_WITHOUT_REACH),
        };
        let chunks = market.chunks(wish.component.kind).iter().zip(&rows);
        let items = chunks.flat_map(|(chunk, rows)| chunk.in_order(rows).filter_map(|row| chunk.item(row)));
        let subjects = items.map(|item| self.judge.subject(item));
        subjects.filter(|subject| !orderable_only || subject.orderable).take(most).collect()
    }

    /// How many offers meet a constraint, whatever else they do not meet.
    pub(crate) fn count_meeting(&self, wish: &Wish<'a>, constraint: usize) -> usize {
        let rows = self.rows_that_meet(wish, |requirement| requirement.constraint == Some(constraint));
        rows.iter().map(|rows| rows.count() as usize).sum()
    }

    /// The rows of each chunk of the wish's kind that meet all that is not waived.
    fn admitted_rows(&self, wish: &Wish<'a>, waived: &[bool]) -> Vec<Mask> {
        let is_kept = |requirement: &Requirement<'_>| {
            requirement.constraint.is_none_or(|number| !waived.get(number).copied().unwrap_or_default())
        };
        if wish.requirements.iter().all(is_kept) {
            return wish.scan.admitted.clone();
        }
        self.rows_that_meet(wish, is_kept)
    }

    /// The rows of each chunk of the wish's kind that meet all that is not waived; whether there is room is left open
    /// where something is waived, because less may be asked then.
    pub(crate) fn rows_without(&self, wish: &Wish<'a>, waived: &[bool]) -> Vec<Mask> {
        let is_kept = |requirement: &Requirement<'_>| requirement.constraint.is_none_or(|number| !waived[number]);
        if wish.requirements.iter().all(is_kept) {
            return wish.scan.admitted.clone();
        }
        self.rows_that_meet(wish, |one| is_kept(one) && !matches!(one.check, Check::Capacity { .. }))
    }

    /// The rows of each chunk of the wish's kind that meet some of its requirements.
    fn rows_that_meet(&self, wish: &Wish<'a>, which: impl Fn(&Requirement<'a>) -> bool) -> Vec<Mask> {
        let asked = || wish.requirements.iter().zip(&wish.filters).filter(|(requirement, _)| which(requirement));
        let chunks = self.judge.market.chunks(wish.component.kind);
        let rows = chunks.iter().map(|chunk| {
            asked().fold(self.sight.rows(chunk), |rows, (requirement, filter)| {
                let holds = |row| requirement.holds(chunk, row, &self.judge);
                rows.and(&filter.rows(chunk, self.judge.market, &rows, holds))
            })
        });
        rows.collect()
    }
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

/// Each condition that holds for every component, with its field and its short path.
fn on_all(application: &Application) -> Vec<(String, String, Check<'_>)> {
    let on_provider = on_provider(&application.requirements).into_iter();
    let mut checks: Vec<_> =
        on_provider.map(|(name, check)| (format!("spec.requirements.{}", field_of(&name)), name, check)).collect();
    checks.extend(application.term.map(|term| ("spec.term".to_owned(), "term".to_owned(), Check::Term(term))));
    checks
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
    if let Some(asked) = &requirements.subcontractors {
        if asked.third_country == Some(ThirdCountry::None) {
            add("subcontractors.thirdCountry", Check::SubcontractorControl);
        }
        if !asked.within.is_empty() {
            add("subcontractors.within", Check::SubcontractorsWithin(&asked.within));
        }
    }
    for (scheme, least) in &requirements.labels {
        add(&format!("labels.{scheme}"), Check::Label { scheme, least });
    }
    if let Some(seal) = requirements.seal {
        add("seal", Check::Seal(seal.minimum));
    }
    if let Some(cada) = requirements.cada {
        add("cada", Check::Cada(cada.minimum));
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
