//! Why nothing fits: a smallest set of the document's constraints that can't all be met, and what would help.

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
    deadline: Instant,
}

/// What is in the way of an application for which nothing was found. Takes as long again as the search at most.
pub(crate) fn conflicts(prepared: &Prepared<'_>, options: &Options<'_>) -> Vec<Conflict> {
    let deadline = Instant::now() + options.time_limit;
    let analysis = Analysis { prepared, orderable_only: options.orderable_only, deadline };
    let nothing_waived = vec![false; prepared.constraints.len()];
    match Composition::new(prepared, &nothing_waived, options.orderable_only) {
        Err(Obstacle::TooLarge) => {
            let message =
                format!("the application comes to more than {MOST_SLOTS} places, or too many links between them");
            return vec![Conflict { field: "spec.components".to_owned(), message, repair: None }];
        }
        Err(Obstacle::NoCandidate(_)) | Ok(_) => {}
    }
    if analysis.judge(&nothing_waived) != Verdict::Impossible {
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
        solve(problem, &Query { weights, latency_cap: None, max_providers, below: None, any, deadline: self.deadline })
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
            Ok(composition) => self.verdict(&composition.problem, composition.max_providers),
            Err(Obstacle::NoCandidate(_)) => Verdict::Impossible,
            Err(Obstacle::TooLarge) => Verdict::Unknown,
        }
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
                    wish.answers.len(),
                    wish.component.kind,
                    self.prepared.currency
                );
                (format!("spec.components.{}.kind", wish.name), message)
            }
            Err(Obstacle::TooLarge) | Ok(_) => {
                ("spec.components".to_owned(), "no site has enough capacity free for all of it".to_owned())
            }
        };
        Conflict { field, message, repair: None }
    }

    /// The constraints of a smallest conflict with their repairs, those that cost the least to change first.
    fn with_repairs(&self, minimal: &[usize]) -> Vec<Conflict> {
        let softness = |number: &usize| match self.prepared.constraints[*number].target {
            Target::Budget => 0,
            Target::Link(_) | Target::Near(_) => 1,
            Target::MaxProviders => 2,
            Target::Offers => 3,
            Target::Spread(_) => 4,
        };
        let mut order = minimal.to_vec();
        order.sort_by_key(softness);
        let mut repairs = 0;
        order
            .into_iter()
            .map(|number| {
                let repair = (repairs < MOST_REPAIRS).then(|| self.repair(number)).flatten();
                repairs += usize::from(repair.is_some());
                let field = self.prepared.constraints[number].field.clone();
                Conflict { field, message: self.message(number), repair }
            })
            .collect()
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
                format!("at most {} providers", application.max_providers.unwrap_or_default())
            }
            Target::Budget => {
                format!("at most {} a month", application.budget.map(Money::rounded).unwrap_or_default())
            }
        }
    }

    fn message_on_offers(&self, number: usize) -> String {
        let bearing =
            |index: &usize, wish: usize| self.prepared.wishes[wish].requirements[*index].constraint == Some(number);
        let mut parts = Vec::new();
        let mut words = None;
        for (wish_number, wish) in self.prepared.wishes.iter().enumerate() {
            let Some(requirement) = wish.requirements.iter().find(|one| one.constraint == Some(number)) else {
                continue;
            };
            if let Check::Near { name, place: None, .. } = requirement.check {
                let hint =
                    self.prepared.judge.geo.similar_city(name).map(|city| format!("; did you mean `{}`?", city.name));
                return format!("no place `{name}` is known{}", hint.unwrap_or_default());
            }
            words.get_or_insert_with(|| format!("{} {}", requirement.name, requirement.check.required()));
            let meeting = wish
                .answers
                .iter()
                .filter(|answer| !answer.failed.iter().any(|index| bearing(index, wish_number)))
                .count();
            parts.push(format!("{meeting} of {} offers for {}", wish.answers.len(), wish.name));
        }
        format!("{}: met by {}", words.unwrap_or_default(), parts.join(", "))
    }

    /// A change of this constraint alone that makes the application possible.
    fn repair(&self, number: usize) -> Option<String> {
        let mut waived = vec![false; self.prepared.constraints.len()];
        waived[number] = true;
        let composition = self.compose(&waived).ok()?;
        let constraint = &self.prepared.constraints[number];
        match constraint.target {
            Target::Budget => {
                let (_, choice) = self.solve(&composition.problem, composition.max_providers, false).best?;
                let cents = composition.problem.price(&choice).checked_add(CENT - 1)? / CENT;
                Some(format!("budget {}", Money::from_cents(cents, self.prepared.currency).ok()?.rounded()))
            }
            Target::Link(link) => {
                let least = self.least(round_trips(&composition.problem), |most| {
                    let mut problem = composition.problem.clone();
                    for flow in composition.flows_of(link) {
                        problem.flows[flow].rtt = Some(0..=most);
                    }
                    self.verdict(&problem, composition.max_providers)
                })?;
                let bound = in_words(least);
                let link = &self.prepared.application.links[link];
                Some(format!("rtt <= {bound} between {} and {}", link.from, link.to))
            }
            Target::Near(wish) => {
                let slots = composition.slots_of(wish);
                let near = slots.clone().flat_map(|slot| &composition.problem.slots[slot].candidates);
                let values: Vec<i64> = near.map(|candidate| candidate.near).filter(|near| *near > 0).collect();
                let least = self.least(values, |most| {
                    let mut problem = composition.problem.clone();
                    for slot in slots.clone() {
                        problem.slots[slot].candidates.retain(|candidate| candidate.near <= most);
                    }
                    self.verdict(&problem, composition.max_providers)
                })?;
                Some(format!(
                    "{} within {}",
                    self.prepared.wishes[wish].component.near.as_ref()?.place,
                    in_words(least)
                ))
            }
            Target::MaxProviders => {
                let now = usize::try_from(self.prepared.application.max_providers?).ok()?;
                let most = composition.problem.slots.len();
                let enough = (now + 1..=most)
                    .find(|most| self.verdict(&composition.problem, Some(*most)) == Verdict::Possible)?;
                Some(format!("maxProviders {enough}"))
            }
            Target::Spread(wish) => {
                let possible = self.verdict(&composition.problem, composition.max_providers) == Verdict::Possible;
                possible.then(|| format!("without spread of {}", self.prepared.wishes[wish].name))
            }
            Target::Offers => {
                let possible = self.verdict(&composition.problem, composition.max_providers) == Verdict::Possible;
                possible.then(|| format!("without {}: {} offers", constraint.name, self.admitted_without(number)))
            }
        }
    }

    /// How many offers only requirements of this constraint keep out, over all components.
    fn admitted_without(&self, number: usize) -> usize {
        let kept_out_alone = |wish: &crate::prepare::Wish<'_>| {
            let bears = |index: &usize| wish.requirements[*index].constraint == Some(number);
            wish.answers.iter().filter(|answer| !answer.failed.is_empty() && answer.failed.iter().all(bears)).count()
        };
        self.prepared.wishes.iter().map(kept_out_alone).sum()
    }

    /// The least of some values at which it is possible.
    fn least(&self, mut values: Vec<i64>, verdict: impl Fn(i64) -> Verdict) -> Option<i64> {
        values.sort_unstable();
        values.dedup();
        if verdict(*values.last()?) != Verdict::Possible {
            return None;
        }
        let (mut low, mut high) = (0, values.len() - 1);
        while low < high {
            let middle = usize::midpoint(low, high);
            if verdict(values[middle]) == Verdict::Possible {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        values.get(low).copied()
    }
}

fn round_trips(problem: &Problem) -> Vec<i64> {
    problem.rtt.iter().flatten().copied().collect()
}

/// A round trip, rounded up to a tenth of a millisecond.
fn in_words(micros: i64) -> String {
    let tenths = micros.saturating_add(99) / 100;
    let rounded: TimeSpan = Quantity::micros(tenths.saturating_mul(100));
    rounded.in_millis()
}
