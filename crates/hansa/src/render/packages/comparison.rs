//! Two answers side by side.

use hansa_model::application::Change;
use hansa_model::money::Money;
use hansa_model::package::{MatchOutcome, Package};

use super::{repairs, round_trip};
use crate::render::paint::Paint;
use crate::render::{table, words};

/// What changes of a document change of the answer: packages, their parts, and how many offers fit.
#[must_use]
pub fn comparison(changes: &[Change], before: &MatchOutcome, after: &MatchOutcome, paint: Paint) -> String {
    let mut text = paint.strong("What if") + "\n";
    for change in changes {
        let now = change.from.as_deref().unwrap_or("nothing");
        let then = change.to.as_deref().unwrap_or("nothing");
        text.push_str(&format!("  {}: {now} → {then}\n", change.field));
    }
    text.push('\n');
    let rows = [packages(before, after), parts(before, after), candidates(before, after)].concat();
    text.push_str(&table::rows(&["", "before", "after", "difference"], rows, paint));
    if after.packages.is_empty() {
        text.push('\n');
        text.push_str(&repairs::conflict(after, paint));
    }
    text
}

fn named<'o>(outcome: &'o MatchOutcome, name: &str) -> Option<&'o Package> {
    outcome.packages.iter().find(|package| package.name == name)
}

/// Both values of something, and what lies between them.
fn row<T>(
    name: String,
    (before, after): (Option<T>, Option<T>),
    show: impl Fn(&T) -> String,
    difference: impl Fn(&T, &T) -> String,
) -> Vec<String> {
    let shown = |value: &Option<T>| value.as_ref().map_or_else(|| "-".to_owned(), &show);
    let between = match (&before, &after) {
        (Some(before), Some(after)) => difference(before, after),
        _ => String::new(),
    };
    vec![name, shown(&before), shown(&after), between]
}

fn price(before: &Money, after: &Money) -> String {
    match after.checked_sub(*before) {
        Ok(more) if more.is_zero() => "=".to_owned(),
        Ok(more) if more.micros() > 0 => format!("+{}", more.rounded()),
        Ok(less) => less.rounded(),
        Err(_) => String::new(),
    }
}

fn packages(before: &MatchOutcome, after: &MatchOutcome) -> Vec<Vec<String>> {
    let mut names: Vec<&str> = Vec::new();
    for package in before.packages.iter().chain(&after.packages) {
        if !names.contains(&package.name.as_str()) {
            names.push(&package.name);
        }
    }
    let both = |name: &str| (named(before, name), named(after, name));
    let mut rows = Vec::new();
    for name in names {
        let (before, after) = both(name);
        let money = (before.map(|it| it.price.monthly), after.map(|it| it.price.monthly));
        rows.push(row(format!("{name}, a month"), money, |it| it.rounded(), price));
        let carbon = (before.map(|it| it.carbon), after.map(|it| it.carbon));
        let more = |before: &f64, after: &f64| format!("{:+.1} kg", after - before);
        rows.push(row(format!("{name}, CO2e"), carbon, |it| format!("{it:.1} kg"), more));
        if before.or(after).is_some_and(|package| package.worst_rtt.is_some()) {
            let trips = (before.map(round_trip), after.map(round_trip));
            rows.push(row(format!("{name}, worst rtt"), trips, String::clone, |_, _| String::new()));
        }
        let providers = (before.map(|it| words::list(&it.providers)), after.map(|it| words::list(&it.providers)));
        rows.push(row(format!("{name}, providers"), providers, String::clone, |_, _| String::new()));
    }
    rows
}

/// Where each component of the first packages goes, when that changes.
fn parts(before: &MatchOutcome, after: &MatchOutcome) -> Vec<Vec<String>> {
    let parts = |outcome: &MatchOutcome| -> Vec<(String, String)> {
        let components = outcome.packages.first().map(|package| &package.components);
        let offers = components.into_iter().flatten().map(|(name, placement)| {
            (name.to_string(), words::list(placement.replicas.iter().map(|replica| &replica.offer)))
        });
        offers.collect()
    };
    let (before, after) = (parts(before), parts(after));
    let of = |parts: &[(String, String)], name: &str| {
        parts.iter().find(|(own, _)| own == name).map(|(_, offers)| offers.clone())
    };
    let mut names: Vec<&String> = before.iter().chain(&after).map(|(name, _)| name).collect();
    names.dedup();
    let mut seen: Vec<&String> = Vec::new();
    names.retain(|name| {
        let new = !seen.contains(name);
        seen.push(name);
        new
    });
    let moved = |before: &String, after: &String| if before == after { "=" } else { "moves" }.to_owned();
    names
        .into_iter()
        .map(|name| row(name.clone(), (of(&before, name), of(&after, name)), String::clone, moved))
        .collect()
}

/// How many offers each component could go to.
fn candidates(before: &MatchOutcome, after: &MatchOutcome) -> Vec<Vec<String>> {
    let count = |outcome: &MatchOutcome, name: &hansa_model::name::Name| {
        outcome.candidates.iter().find(|one| one.component == *name).map(|one| (one.candidates, one.offers))
    };
    let mut names: Vec<_> = before.candidates.iter().chain(&after.candidates).map(|one| &one.component).collect();
    let mut seen = Vec::new();
    names.retain(|name| {
        let new = !seen.contains(name);
        seen.push(*name);
        new
    });
    let gained = |before: &(u32, u32), after: &(u32, u32)| match i64::from(after.0) - i64::from(before.0) {
        0 => "=".to_owned(),
        more => format!("{more:+}"),
    };
    let rows = names.into_iter().map(|name| {
        let both = (count(before, name), count(after, name));
        row(format!("offers for {name}"), both, |(fit, all)| format!("{fit} of {all}"), gained)
    });
    rows.collect()
}
