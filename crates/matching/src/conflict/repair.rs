//! Ready-made changes of a document that make it possible, each tried out by matching the changed document.

use std::time::Instant;

use hansa_model::application::{Application, Change};
use hansa_model::money::{MICROS_PER_CENT, Money};
use hansa_model::package::{Package, Repair};

use super::oracle::Oracle;
use super::relax::{Way, dropped, ways};
use super::smallest::Verdict;
use super::words;
use crate::prepare::{Options, Prepared, Target};

/// Where more constraints than this have to be changed together, they are dropped: it is no small change any more.
pub(super) const MOST_GENTLE: usize = 4;

/// Repairs one document.
pub(super) struct Repairer<'p, 'a> {
    pub(super) prepared: &'p Prepared<'a>,
    pub(super) options: &'p Options<'a>,
    pub(super) deadline: Instant,
}

/// A repair with the constraints that it changes.
pub(super) struct Repaired {
    pub(super) constraints: Vec<usize>,
    pub(super) repair: Repair,
}

impl Repairer<'_, '_> {
    /// The gentlest change of these constraints that makes the document possible together; `None` when there is none,
    /// or the time ran out. The first constraints are changed the least, a budget last.
    pub(super) fn repair(&self, constraints: &[usize]) -> Option<Repaired> {
        let waived: Vec<bool> =
            (0..self.prepared.constraints.len()).map(|number| constraints.contains(&number)).collect();
        let mut application = self.prepared.application.clone();
        let mut changes: Vec<(usize, Change)> = Vec::new();
        for (place, number) in constraints.iter().enumerate() {
            let change = match self.prepared.constraints[*number].target {
                Target::Budget => self.enough(&application)?,
                _ if constraints.len() > MOST_GENTLE => dropped(self.prepared, *number, &application)?,
                _ => self.gentlest(*number, &application, &constraints[place + 1..], &waived)?,
            };
            application = application.changed(std::slice::from_ref(&change)).ok()?;
            changes.push((*number, change));
        }
        let gives = self.packages(&application)?.first()?.price;
        let summary: Vec<String> =
            changes.iter().map(|(number, change)| words::summary(self.prepared, *number, change)).collect();
        let repair = Repair { changes: joined(changes), summary: summary.join(" and "), gives };
        Some(Repaired { constraints: constraints.to_vec(), repair })
    }

    /// The gentlest change of a constraint that makes an application possible when the `rest` are dropped.
    fn gentlest(&self, number: usize, application: &Application, rest: &[usize], waived: &[bool]) -> Option<Change> {
        let try_out = |field: &str, value: &Option<String>| {
            let change = application.change(field, value.clone()).ok()?;
            let mut changed = application.changed(std::slice::from_ref(&change)).ok()?;
            for other in rest {
                changed = changed.changed(&[dropped(self.prepared, *other, &changed)?]).ok()?;
            }
            self.is_possible(&changed).then_some(change)
        };
        for way in ways(self.prepared, number, waived) {
            let found = match way {
                Way::Others(field, values) => values.iter().find_map(|value| try_out(&field, value)),
                Way::Steps(field, values) => first_step(&values, |value| try_out(&field, value)),
            };
            if found.is_some() {
                return found;
            }
        }
        let drop = dropped(self.prepared, number, application)?;
        try_out(&drop.field, &drop.to)
    }

    /// A budget that the cheapest package just keeps.
    fn enough(&self, application: &Application) -> Option<Change> {
        let field = "spec.budget.monthly";
        let plenty = Money::from_micros(i64::MAX, self.prepared.currency);
        let without = application.changed(&[application.change(field, Some(plenty.to_string())).ok()?]).ok()?;
        let packages = self.packages(&without)?;
        let least = packages.iter().map(|package| package.price.monthly.micros()).min()?;
        let cents = least.checked_add(MICROS_PER_CENT - 1)? / MICROS_PER_CENT;
        let budget = Money::from_cents(cents, self.prepared.currency).ok()?;
        application.change(field, Some(budget.to_string())).ok()
    }

    fn is_possible(&self, application: &Application) -> bool {
        if Instant::now() >= self.deadline {
            return false;
        }
        let prepared = Prepared::new(application, self.prepared.judge.market, self.options);
        let nothing_waived = vec![false; prepared.constraints.len()];
        Oracle::new(&prepared, self.deadline, self.options.workers).verdict(&nothing_waived) == Verdict::Possible
    }

    /// What matching answers to an application, within the time that is left.
    fn packages(&self, application: &Application) -> Option<Vec<Package>> {
        let now = Instant::now();
        let time_limit = self.deadline.checked_duration_since(now).filter(|left| !left.is_zero())?;
        let options = Options { time_limit, ..*self.options };
        let mut prepared = Prepared::new(application, self.prepared.judge.market, &options);
        Some(crate::packages(&mut prepared, &options, now).packages)
    }
}

/// The first value that does, when each asks no more than the one before.
fn first_step(values: &[Option<String>], try_out: impl Fn(&Option<String>) -> Option<Change>) -> Option<Change> {
    let mut found = try_out(values.last()?)?;
    let (mut low, mut high) = (0, values.len() - 1);
    while low < high {
        let middle = usize::midpoint(low, high);
        match try_out(&values[middle]) {
            Some(change) => (found, high) = (change, middle),
            None => low = middle + 1,
        }
    }
    Some(found)
}

/// The changes with those of one field made one.
fn joined(changes: Vec<(usize, Change)>) -> Vec<Change> {
    let mut joined: Vec<Change> = Vec::new();
    for (_, change) in changes {
        // Numbers of items are not names: the next item takes the place of one that is gone.
        let same = |other: &&mut Change| other.field == change.field && !change.field.ends_with(']');
        match joined.iter_mut().find(same) {
            Some(before) => before.to = change.to,
            None => joined.push(change),
        }
    }
    joined
}
