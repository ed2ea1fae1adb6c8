//! What runs, left as it is: what it comes to, and what no longer holds.

use std::collections::BTreeSet;

use hansa_model::application::SpreadBy;
use hansa_model::country::Country;
use hansa_model::id::{ParticipantId, SiteId};
use hansa_model::money::Money;
use hansa_model::proposal::Failure;

use super::running::Running;
use super::standing::{Kept, Standing};
use crate::compose::Composition;
use crate::prepare::{Prepared, Wish};
use crate::requirement::{Requirement, Subject, in_words};
use crate::search::{Cost, Flow};
use crate::uniform;

/// What runs, left as it is.
#[derive(Debug)]
pub(crate) struct AsItIs {
    /// What no longer holds.
    pub(crate) failures: Vec<Failure>,
    /// The parts that can't stay whatever else is done.
    pub(crate) leaving: Vec<usize>,
    /// In micro units a month, traffic included.
    pub(crate) monthly: i64,
    /// What it comes to over the horizon by the weights of the search.
    pub(crate) cost: Cost,
    /// In milligrams a month.
    pub(crate) carbon: i64,
    /// The longest round trip in microseconds.
    pub(crate) latency: Option<i64>,
    pub(crate) providers: usize,
}

/// What instances share at a level.
#[derive(Debug, PartialEq, Eq)]
enum Share {
    Site(SiteId),
    Provider(ParticipantId),
    Country(Country),
}

fn share(subject: &Subject<'_>, by: SpreadBy) -> Share {
    match by {
        SpreadBy::Site => Share::Site(subject.site.id),
        SpreadBy::Provider => Share::Provider(subject.provider.id),
        SpreadBy::Country => Share::Country(subject.site.country),
    }
}

const fn word(by: SpreadBy) -> &'static str {
    match by {
        SpreadBy::Site => "site",
        SpreadBy::Provider => "provider",
        SpreadBy::Country => "country",
    }
}

impl AsItIs {
    /// Judges what runs; `prepared` need not have looked at any offer. `None` when it can't be put together at all.
    pub(crate) fn judge<'a>(prepared: &mut Prepared<'a>, standing: &'a Standing, running: &Running) -> Option<Self> {
        prepared.standing = Some(standing);
        prepared.reach = Some(vec![Vec::new(); prepared.wishes.len()]);
        let composition = Composition::new(prepared, &vec![false; prepared.constraints.len()], false).ok()?;
        let problem = &composition.problem;
        // Each slot has the parts of its component as candidates, in their order.
        let choice: Vec<usize> =
            (0..problem.slots.len()).map(|slot| slot - composition.slots_of(composition.wishes[slot]).start).collect();
        let is_there = |(slot, chosen): (usize, &usize)| *chosen < problem.slots[slot].candidates.len();
        if !choice.iter().enumerate().all(is_there) {
            return None;
        }
        let (mut failures, leaving) = own_failures(prepared, standing);
        failures.extend(joint_failures(prepared, &composition, &choice));
        let carbon = prepared.wishes.iter().flat_map(|wish| {
            let emitted = |kept: &Kept| {
                let count = running.parts()[kept.part].count;
                let one = kept.item.extent(wish.component, count, prepared.judge.geo).map_or(0, |extent| extent.carbon);
                one.saturating_mul(i64::from(count))
            };
            standing.kept(wish.number).iter().map(emitted)
        });
        Some(Self {
            failures,
            leaving,
            monthly: problem.price(&choice),
            cost: problem.cost(&choice, standing.weights()),
            carbon: carbon.fold(0, i64::saturating_add),
            latency: composition.worst_round_trip(&choice).map(|round_trip| round_trip.rtt.base()),
            providers: problem.providers(&choice),
        })
    }
}

/// What parts no longer meet by themselves, and which parts those are.
fn own_failures(prepared: &Prepared<'_>, standing: &Standing) -> (Vec<Failure>, Vec<usize>) {
    let (mut failures, mut leaving) = (Vec::new(), Vec::new());
    for wish in &prepared.wishes {
        for kept in standing.kept(wish.number) {
            let subject = prepared.judge.subject(&kept.item);
            // What no document asks for is about orders to come: what runs may be on an offer that is full or retired.
            let asked = wish.requirements.iter().filter(|one| one.constraint.is_some());
            let failed = asked.filter(|one| !one.check.holds(&subject, &prepared.judge));
            let before = failures.len();
            failures.extend(failed.map(|one| own_failure(prepared, wish, one, &subject)));
            if failures.len() > before {
                leaving.push(kept.part);
            }
        }
    }
    (failures, leaving)
}

fn own_failure(
    prepared: &Prepared<'_>,
    wish: &Wish<'_>,
    requirement: &Requirement<'_>,
    subject: &Subject<'_>,
) -> Failure {
    Failure {
        component: Some(wish.name.clone()),
        offer: Some(subject.offer.key()),
        requirement: requirement.name.clone(),
        required: requirement.check.required(),
        offered: requirement.check.offered(subject, &prepared.judge),
        because: requirement.check.because(subject),
    }
}

/// What the parts no longer meet together.
fn joint_failures(prepared: &Prepared<'_>, composition: &Composition<'_, '_>, choice: &[usize]) -> Vec<Failure> {
    let application = prepared.application;
    let problem = &composition.problem;
    let subject = |slot: usize| composition.subject(slot, choice);
    let mut failures = Vec::new();
    let together = |requirement: &str, required: String, offered: String| Failure {
        component: None,
        offer: None,
        requirement: requirement.to_owned(),
        required,
        offered,
        because: Vec::new(),
    };
    for link in &application.links {
        let Some(bound) = link.rtt else { continue };
        let site = |slot: usize| problem.slots[slot].candidates[choice[slot]].site;
        let ends = |flow: &&Flow| {
            let name = |slot: usize| prepared.wishes[composition.wishes[slot]].name;
            (name(flow.from), name(flow.to)) == (&link.from, &link.to)
        };
        let broken = problem.flows.iter().filter(ends).find(|flow| {
            flow.rtt.as_ref().is_some_and(|range| !range.contains(&problem.rtt[site(flow.from)][site(flow.to)]))
        });
        if let Some(flow) = broken {
            let round_trip = prepared.judge.geo.round_trip(&subject(flow.from).place, &subject(flow.to).place);
            failures.push(Failure {
                component: Some(link.from.clone()),
                offer: Some(subject(flow.from).offer.key()),
                ..together("rtt", format!("{bound} to {}", link.to), in_words(round_trip))
            });
        }
    }
    for wish in &prepared.wishes {
        let Some(spread) = wish.component.spread else { continue };
        let slots = composition.slots_of(wish.number);
        let shared = |slot: &usize| {
            slots
                .clone()
                .any(|other| other < *slot && share(subject(other), spread.by) == share(subject(*slot), spread.by))
        };
        if let Some(slot) = slots.clone().find(shared) {
            let required = format!("each at another {}", word(spread.by));
            failures.push(Failure {
                component: Some(wish.name.clone()),
                offer: Some(subject(slot).offer.key()),
                ..together("spread", required, format!("two at the same {}", word(spread.by)))
            });
        }
    }
    for group in &application.together {
        let wishes = prepared.wishes.iter().filter(|wish| group.components.contains(wish.name));
        let slots: Vec<usize> = wishes.flat_map(|wish| composition.slots_of(wish.number)).collect();
        let apart = slots.windows(2).any(|pair| share(subject(pair[0]), group.by) != share(subject(pair[1]), group.by));
        if apart {
            let names: Vec<_> = group.components.iter().map(ToString::to_string).collect();
            let required = format!("{} at one {}", names.join(", "), word(group.by));
            failures.push(together("together", required, format!("at more than one {}", word(group.by))));
        }
    }
    let same = |slot: usize| {
        problem.slots[slot].candidates[choice[slot]].class == problem.slots[0].candidates[choice[0]].class
    };
    if !application.uniform.is_empty() && !(0..choice.len()).all(same) {
        let required: Vec<_> = application.uniform.iter().map(|uniform| uniform::in_words(*uniform)).collect();
        failures.push(together("uniform", required.join("; "), "they differ".to_owned()));
    }
    let used: BTreeSet<_> = (0..choice.len()).map(|slot| &subject(slot).provider.name).collect();
    if let Some(most) = composition.max_providers.filter(|most| used.len() > *most) {
        failures.push(together("maxProviders", format!("<= {most}"), used.len().to_string()));
    }
    let monthly = problem.price(choice);
    if let Some(budget) = problem.budget.filter(|budget| monthly > *budget) {
        let shown = |micros: i64| Money::from_micros(micros, prepared.currency).rounded();
        failures.push(together("budget", format!("<= {}", shown(budget)), shown(monthly)));
    }
    failures
}
