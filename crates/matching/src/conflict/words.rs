//! What a constraint asks, in words.

use hansa_model::application::{Change, SpreadBy};
use hansa_model::money::Money;
use hansa_model::name::Name;

use crate::prepare::{Prepared, Target, Wish};
use crate::requirement::Check;
use crate::scan::Miss;

const fn level(by: SpreadBy) -> &'static str {
    match by {
        SpreadBy::Site => "site",
        SpreadBy::Provider => "provider",
        SpreadBy::Country => "country",
    }
}

/// Names as people list them: `a, b and c`.
fn listed(names: &[Name]) -> String {
    match names {
        [] => String::new(),
        [one] => one.to_string(),
        [before @ .., last] => {
            let before: Vec<&str> = before.iter().map(Name::as_str).collect();
            format!("{} and {last}", before.join(", "))
        }
    }
}

/// What is in the way, in a sentence.
pub(super) fn message(prepared: &Prepared<'_>, number: usize) -> String {
    let application = prepared.application;
    match prepared.constraints[number].target {
        Target::Offers | Target::Near(_) => message_on_offers(prepared, number),
        Target::Spread(wish) => {
            let wish = &prepared.wishes[wish];
            let by = wish.component.spread.map_or("place", |spread| level(spread.by));
            format!("{} instances of {}, no two with the same {by}", wish.component.count, wish.name)
        }
        Target::Link(link) => {
            let link = &application.links[link];
            let bound = link.rtt.map(|bound| bound.to_string()).unwrap_or_default();
            format!("a round trip of {bound} between {} and {}", link.from, link.to)
        }
        Target::Together(group) => {
            let group = &application.together[group];
            format!("{} with the same {}", listed(&group.components), level(group.by))
        }
        Target::MaxProviders => {
            let most = application.max_providers.unwrap_or_default();
            format!("at most {most} provider{}", if most == 1 { "" } else { "s" })
        }
        Target::Uniform(uniform) => crate::uniform::in_words(uniform).to_owned(),
        Target::Budget => {
            format!("at most {} a month", application.budget.map(Money::rounded).unwrap_or_default())
        }
    }
}

fn message_on_offers(prepared: &Prepared<'_>, number: usize) -> String {
    let mut parts = Vec::new();
    let mut words = None;
    let mut nearest = None;
    for wish in &prepared.wishes {
        let Some(requirement) = wish.requirements.iter().find(|one| one.constraint == Some(number)) else {
            continue;
        };
        if let Check::Near { name, place: None, .. } = requirement.check {
            let hint = prepared.judge.geo.similar_city(name).map(|city| format!("; did you mean `{}`?", city.name));
            return format!("no place `{name}` is known{}", hint.unwrap_or_default());
        }
        words.get_or_insert_with(|| format!("{} {}", requirement.name, requirement.check.required()));
        nearest = nearest.or_else(|| lacking(prepared, wish, number));
        let meeting = prepared.count_meeting(wish, number);
        parts.push(format!("{meeting} of {} offers for {}", wish.scan.offers, wish.name));
    }
    format!("{}: met by {}{}", words.unwrap_or_default(), parts.join(", "), nearest.unwrap_or_default())
}

/// What evidence the nearest offer lacks that a constraint keeps out, where that is known.
fn lacking(prepared: &Prepared<'_>, wish: &Wish<'_>, number: usize) -> Option<String> {
    let of_constraint = |miss: &&Miss| wish.requirements[miss.requirement].constraint == Some(number);
    wish.scan.misses.iter().filter(of_constraint).find_map(|miss| {
        let item = prepared.judge.market.chunks(wish.component.kind).get(miss.chunk)?.item(miss.row)?;
        let lacks = wish.requirements[miss.requirement].check.because(&prepared.judge.subject(item));
        let lack = lacks.first()?;
        Some(format!("; {} lacks {} – {}", item.key(), lack.criterion, lack.missing))
    })
}

/// A change of what a constraint asks, in a few words: `budget 450.00 EUR → 488.20 EUR`.
pub(super) fn summary(prepared: &Prepared<'_>, number: usize, change: &Change) -> String {
    let constraint = &prepared.constraints[number];
    let application = prepared.application;
    let name = &constraint.name;
    let subject = match constraint.target {
        Target::Budget | Target::MaxProviders => name.clone(),
        Target::Uniform(uniform) => format!("uniform {}", uniform.name()),
        Target::Link(link) => {
            let link = &application.links[link];
            format!("rtt between {} and {}", link.from, link.to)
        }
        Target::Near(wish) => {
            let wish = &prepared.wishes[wish];
            let place = wish.component.near.as_ref().map_or("a place", |near| near.place.as_str());
            match change.field.ends_with(".place") {
                true => format!("place that {} is near to", wish.name),
                false => format!("rtt between {} and {place}", wish.name),
            }
        }
        Target::Spread(wish) => format!("spread of {}", prepared.wishes[wish].name),
        Target::Together(group) => format!("what {} share", listed(&application.together[group].components)),
        Target::Offers => {
            let component = constraint.field.strip_prefix("spec.components.");
            match component.and_then(|rest| rest.split('.').next()) {
                Some(component) => format!("{name} of {component}"),
                None => name.clone(),
            }
        }
    };
    let is_list_of_certificates = change.field.ends_with("certifications.all");
    match (&change.from, &change.to) {
        (Some(from), Some(to)) if !is_list_of_certificates => format!("{subject} {from} → {to}"),
        _ => format!("without {subject}"),
    }
}
