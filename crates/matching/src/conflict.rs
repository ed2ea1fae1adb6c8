//! Why nothing fits: a smallest set of the document's constraints that can't all be met, and what would help.

use std::collections::BTreeMap;
use std::time::Instant;

use hansa_model::money::Money;
use hansa_model::package::Conflict;
use hansa_model::quantity::{Quantity, TimeSpan};

use crate::compose::{Composition, MOST_SLOTS, Obstacle};
use crate::prepare::{Options, Prepared, Target};
use crate::requirement::Check;
use crate::search::{Answer, Problem, Query, Weights, solve};

/// The most repairs that are suggested.
const MOST_REPAIRS: usize = 3;
/// A cent, in micro units.
const CENT: i64 = hansa_model::money::MICROS_PER_CENT;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Possible,
    Impossible,
    /// The time ran out.
    Unknown,
}

struct Analysis<'p, 'a> {
    prepared: &'p Prepared<'a>,
    orderable_only: bool,
    workers: usize,
    deadline: Instant,
}

/// What is in the way of an application for which nothing was found; `certain` says whether that means that there is
/// nothing. Takes as long again as the search at most.
pub(crate) fn conflicts(prepared: &Prepared<'_>, options: &Options<'_>, certain: bool) -> Vec<Conflict> {
    let deadline = Instant::now() + options.time_limit;
    let (orderable_only, workers) = (options.orderable_only, options.workers);
    let analysis = Analysis { prepared, orderable_only, workers, deadline };
    let nothing_waived = vec![false; prepared.constraints.len()];
    if Composition::new(prepared, &nothing_waived, options.orderable_only).err() == Some(Obstacle::TooLarge) {
        let message = format!("the application comes to more than {MOST_SLOTS} places, or too many links between them");
        return vec![Conflict { field: "spec.components".to_owned(), message, repair: None }];
    }
    // Where many offers are left, a second look would find out no more than the search did.
    if !certain && (prepared.is_large() || analysis.judge(&nothing_waived) != Verdict::Impossible) {
        let seconds = options.time_limit.as_secs_f64();
        let message = format!("no package was found within {seconds} s, and it is not certain that there is none");
        return vec![Conflict { field: "spec".to_owned(), message, repair: Some("allow more time".to_owned()) }];
    }
    let minimal = analysis.minimal();
    if minimal.is_empty() {
        return vec![analysis.unwaivable()];
    }
    analysis.with_repairs(&minimal)
}

impl<'p, 'a> Analysis<'p, 'a> {
    fn compose(&self, waived: &[bool]) -> Result<Composition<'p, 'a>, Obstacle> {
        Composition::new(self.prepared, waived, self.orderable_only)
    }

    fn solve(&self, problem: &Problem, max_providers: Option<usize>, any: bool) -> Answer {
        let weights = Weights { price: 1, carbon: 0 };
        solve(
            problem,
            &Query {
                weights,
                latency_cap: None,
                max_providers,
                below: None,
                any,
                deadline: self.deadline,
                workers: self.workers,
            },
        )
    }

    fn verdict(&self, problem: &Problem, max_providers: Option<usize>) -> Verdict {
        let answer = self.solve(problem, max_providers, true);
        match (answer.best, answer.complete) {
            (Some(_), _) => Verdict::Possible,
            (None, true) => Verdict::Impossible,
            (None, false) => Verdict::Unknown,
        }
    }

    fn judge(&self, waived: &[bool]) -> Verdict {
        match self.compose(waived) {
            Ok(composition) => match self.verdict(&composition.problem, composition.max_providers) {
                Verdict::Impossible if !composition.is_whole => Verdict::Unknown,
                verdict => verdict,
            },
            Err(Obstacle::NoCandidate(_)) => Verdict::Impossible,
            Err(Obstacle::TooLarge) => Verdict::Unknown,
        }
    }

    fn waiving(&self, numbers: &[usize]) -> Vec<bool> {
        (0..self.prepared.constraints.len()).map(|number| numbers.contains(&number)).collect()
    }

    fn waiving_all_but(&self, kept: &[usize]) -> Vec<bool> {
        let mut waived = vec![true; self.prepared.constraints.len()];
        for number in kept {
            waived[*number] = false;
        }
        waived
    }

    /// Waives what can be waived without making the rest possible, large parts first, the document's first
    /// constraints first. What is left is impossible, and possible without any one of it.
    fn minimal(&self) -> Vec<usize> {
        let mut kept: Vec<usize> = (0..self.prepared.constraints.len()).collect();
        let mut part = kept.len().div_ceil(2);
        while part > 0 {
            let mut start = 0;
            while start < kept.len() {
                let end = (start + part).min(kept.len());
                let without: Vec<usize> = kept[..start].iter().chain(&kept[end..]).copied().collect();
                if self.judge(&self.waiving_all_but(&without)) == Verdict::Impossible {
                    kept = without;
                } else {
                    start = end;
                }
            }
            part = if part == 1 { 0 } else { part.div_ceil(2) };
        }
        kept
    }

    /// What is in the way when nothing is asked that could be waived.
    fn unwaivable(&self) -> Conflict {
        let all_waived = vec![true; self.prepared.constraints.len()];
        let (field, message) = match self.compose(&all_waived) {
            Err(Obstacle::NoCandidate(number)) => {
                let wish = &self.prepared.wishes[number];
                let which = if self.orderable_only { "orderable" } else { "usable" };
                let message = format!(
                    "of {} offers of {} none is {which} in {}",
                    wish.scan.offers, wish.component.kind, self.prepared.currency
                );
                (format!("spec.components.{}.kind", wish.name), message)
            }
            Ok(composition) if !composition.problem.togethers.is_empty() => {
                let message = "no place has room and an offer for all that are to stay together".to_owned();
                ("spec.together".to_owned(), message)
            }
            Err(Obstacle::TooLarge) | Ok(_) => {
                ("spec.components".to_owned(), "no site has enough capacity free for all of it".to_owned())
            }
        };
        Conflict { field, message, repair: None }
    }

    /// The constraints of a smallest conflict, those that cost the least to change first, with their repairs: up
    /// to three of which each is enough, or, when none is, changes that are enough together.
    fn with_repairs(&self, minimal: &[usize]) -> Vec<Conflict> {
        let mut order = minimal.to_vec();
        order.sort_by_key(|number| self.softness(*number));
        let mut repairs: BTreeMap<usize, String> = BTreeMap::new();
        for number in &order {
            if repairs.len() < MOST_REPAIRS {
                let alone = self.repair(*number, &self.waiving(&[*number]), &mut Vec::new());
                repairs.extend(alone.map(|repair| (*number, repair)));
            }
        }
        if repairs.is_empty() {
            repairs = self.joint_repairs();
            order.extend(repairs.keys().filter(|number| !minimal.contains(number)));
        }
        let conflict = |number: usize| Conflict {
            field: self.prepared.constraints[number].field.clone(),
            message: self.message(number),
            repair: repairs.get(&number).cloned(),
        };
        order.into_iter().map(conflict).collect()
    }

    fn softness(&self, number: usize) -> u8 {
        match self.prepared.constraints[number].target {
            Target::Budget => 0,
            Target::Link(_) | Target::Near(_) => 1,
            Target::MaxProviders => 2,
            Target::Offers => 3,
            Target::Spread(_) => 4,
        }
    }

    /// Changes that make the application possible together: of the constraints, the hardest to change first,
    /// those are kept that go with all that were kept before.
    fn joint_repairs(&self) -> BTreeMap<usize, String> {
        let mut order: Vec<usize> = (0..self.prepared.constraints.len()).collect();
        order.sort_by_key(|number| std::cmp::Reverse(self.softness(*number)));
        let (mut kept, mut changed) = (Vec::new(), Vec::new());
        for number in order {
            kept.push(number);
            if self.judge(&self.waiving_all_but(&kept)) != Verdict::Possible {
                kept.pop();
                changed.push(number);
            }
        }
        let waived = self.waiving(&changed);
        let mut changes = Vec::new();
        let repairs: Option<BTreeMap<usize, String>> =
            changed.iter().map(|number| Some((*number, self.repair(*number, &waived, &mut changes)?))).collect();
        let together = |(number, repair)| (number, format!("{repair}, with the other repairs"));
        repairs.unwrap_or_default().into_iter().map(together).collect()
    }

    fn message(&self, number: usize) -> String {
        let constraint = &self.prepared.constraints[number];
        let application = self.prepared.application;
        match constraint.target {
            Target::Offers | Target::Near(_) => self.message_on_offers(number),
            Target::Spread(wish) => {
                let wish = &self.prepared.wishes[wish];
                let by = wish.component.spread.map_or("place", |spread| match spread.by {
                    hansa_model::application::SpreadBy::Site => "site",
                    hansa_model::application::SpreadBy::Provider => "provider",
                    hansa_model::application::SpreadBy::Country => "country",
                });
                format!("{} instances of {}, no two with the same {by}", wish.component.count, wish.name)
            }
            Target::Link(link) => {
                let link = &application.links[link];
                let bound = link.rtt.map(|bound| bound.to_string()).unwrap_or_default();
                format!("a round trip of {bound} between {} and {}", link.from, link.to)
            }
            Target::MaxProviders => {
                let most = application.max_providers.unwrap_or_default();
                format!("at most {most} provider{}", if most == 1 { "" } else { "s" })
            }
            Target::Budget => {
                format!("at most {} a month", application.budget.map(Money::rounded).unwrap_or_default())
            }
        }
    }

    fn message_on_offers(&self, number: usize) -> String {
        let mut parts = Vec::new();
        let mut words = None;
        for wish in &self.prepared.wishes {
            let Some(requirement) = wish.requirements.iter().find(|one| one.constraint == Some(number)) else {
                continue;
            };
            if let Check::Near { name, place: None, .. } = requirement.check {
                let hint =
                    self.prepared.judge.geo.similar_city(name).map(|city| format!("; did you mean `{}`?", city.name));
                return format!("no place `{name}` is known{}", hint.unwrap_or_default());
            }
            words.get_or_insert_with(|| format!("{} {}", requirement.name, requirement.check.required()));
            let meeting = self.prepared.count_meeting(wish, number);
            parts.push(format!("{meeting} of {} offers for {}", wish.scan.offers, wish.name));
        }
        format!("{}: met by {}", words.unwrap_or_default(), parts.join(", "))
    }

    /// A change of this constraint that makes the application possible when all `waived` ones are, of which some
    /// have been given new values by `changes` before. Its own new value is added there.
    fn repair(&self, number: usize, waived: &[bool], changes: &mut Vec<Change>) -> Option<String> {
        let composition = self.compose(waived).ok()?;
        let application = self.prepared.application;
        let constraint = &self.prepared.constraints[number];
        let before = changes.clone();
        let with = |change: Change| {
            let mut problem = composition.problem.clone();
            let mut most = composition.max_providers;
            for change in before.iter().chain([&change]) {
                change.apply(&composition, &mut problem, &mut most);
            }
            (problem, most)
        };
        let possible = |change: Change| {
            let (problem, most) = with(change);
            self.verdict(&problem, most) == Verdict::Possible
        };
        let mut settle = |change: Change| changes.push(change);
        match constraint.target {
            Target::Budget => {
                let (problem, most) = with(Change::None);
                let (_, choice) = self.solve(&problem, most, false).best?;
                let cents = problem.price(&choice).checked_add(CENT - 1)? / CENT;
                Some(format!("budget {}", Money::from_cents(cents, self.prepared.currency).ok()?.rounded()))
            }
            Target::Link(link) => {
                let values = composition.problem.rtt.iter().flatten().copied().collect();
                let least = least(values, |most| possible(Change::Link(link, most)))?;
                settle(Change::Link(link, least));
                let link = &application.links[link];
                Some(format!("rtt <= {} between {} and {}", in_words(least), link.from, link.to))
            }
            Target::Near(wish) => {
                let slots = &composition.problem.slots[composition.slots_of(wish)];
                let values = slots.iter().flat_map(|slot| &slot.candidates).map(|candidate| candidate.near);
                let least =
                    least(values.filter(|near| *near > 0).collect(), |most| possible(Change::Near(wish, most)))?;
                settle(Change::Near(wish, least));
                let place = &self.prepared.wishes[wish].component.near.as_ref()?.place;
                Some(format!("rtt <= {} to {place}", in_words(least)))
            }
            Target::MaxProviders => {
                let now = usize::try_from(application.max_providers?).ok()?;
                let last = composition.problem.slots.len();
                let enough = (now + 1..=last).find(|most| possible(Change::MaxProviders(*most)))?;
                settle(Change::MaxProviders(enough));
                Some(format!("maxProviders {enough}"))
            }
            Target::Spread(wish) => possible(Change::None).then(|| {
                let name = self.prepared.wishes[wish].name;
                format!("without spread of {name}")
            }),
            Target::Offers => possible(Change::None).then(|| {
                let more = self.admitted_without(number);
                format!("without {}: {more} offer{}", constraint.name, if more == 1 { "" } else { "s" })
            }),
        }
    }

    /// How many offers only requirements of this constraint keep out, over all components.
    fn admitted_without(&self, number: usize) -> usize {
        let waived = self.waiving(&[number]);
        let kept_out_alone = |wish: &crate::prepare::Wish<'a>| {
            self.prepared.count_admitted(wish, &waived) - self.prepared.count_admitted(wish, &[])
        };
        self.prepared.wishes.iter().map(kept_out_alone).sum()
    }
}

/// A new value of a waived constraint.
#[derive(Debug, Clone, Copy)]
enum Change {
    None,
    /// The longest round trip of the link with this number.
    Link(usize, i64),
    /// The longest round trip of the component with this number to its place.
    Near(usize, i64),
    MaxProviders(usize),
}

impl Change {
    fn apply(self, composition: &Composition<'_, '_>, problem: &mut Problem, max_providers: &mut Option<usize>) {
        match self {
            Self::None => {}
            Self::Link(link, most) => {
                for flow in composition.flows_of(link) {
                    problem.flows[flow].rtt = Some(0..=most);
                }
            }
            Self::Near(wish, most) => {
                for slot in composition.slots_of(wish) {
                    problem.slots[slot].candidates.retain(|candidate| candidate.near <= most);
                }
            }
            Self::MaxProviders(most) => *max_providers = Some(most),
        }
    }
}

/// The least of some values from which on it is possible.
fn least(mut values: Vec<i64>, possible: impl Fn(i64) -> bool) -> Option<i64> {
    values.sort_unstable();
    values.dedup();
    if !possible(*values.last()?) {
        return None;
    }
    let (mut low, mut high) = (0, values.len() - 1);
    while low < high {
        let middle = usize::midpoint(low, high);
        if possible(values[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    values.get(low).copied()
}

/// A round trip, rounded up to a tenth of a millisecond.
fn in_words(micros: i64) -> String {
    let tenths = micros.saturating_add(99) / 100;
    let rounded: TimeSpan = Quantity::micros(tenths.saturating_mul(100));
    rounded.in_millis()
}
