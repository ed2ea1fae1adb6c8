//! How less could be asked of one constraint: changes of its field, the gentlest first.

use std::collections::BTreeMap;

use hansa_model::application::{Application, Change, Requirements, SpreadBy};
use hansa_model::country::{Country, Region};
use hansa_model::evidence::{GAIA_X_LABELS, gaia_x_rank};
use hansa_model::kind::PropertyBound;
use hansa_model::money::Money;
use hansa_model::quantity::{Amount, Bound, Quantity, TimeBound, TimeSpan};

use crate::carbon;
use crate::index::Item;
use crate::prepare::{Prepared, Target};
use crate::requirement::{Check, Subject};

/// No round trip on Earth is asked to be longer: 400 ms, in microseconds.
const LONGEST_RTT: i64 = 400_000;
/// Round trips are told to a tenth of a millisecond.
const RTT_STEP: i64 = 100;
/// The most values of a kind that are tried one by one.
const MOST_TRIED: usize = 8;

/// Some ways to ask less, told by a field and its new values.
#[derive(Debug, PartialEq)]
pub(super) enum Way {
    /// Each asks no more than the one before.
    Steps(String, Vec<Option<String>>),
    /// Each asks something else.
    Others(String, Vec<Option<String>>),
}

/// Asks for nothing of a constraint any more, in an application that may differ from the prepared one by changes of
/// other constraints.
pub(super) fn dropped(prepared: &Prepared<'_>, number: usize, application: &Application) -> Option<Change> {
    let constraint = &prepared.constraints[number];
    let (field, to) = match constraint.target {
        Target::Offers => {
            let (_, check) = asked(prepared, number).next()?;
            match check {
                Check::Certificate(scheme) => {
                    let requirements = scope(&constraint.field, application)?;
                    let left: Vec<&str> = requirements
                        .certifications
                        .all
                        .iter()
                        .map(String::as_str)
                        .filter(|one| one != scheme)
                        .collect();
                    (constraint.field.clone(), (!left.is_empty()).then(|| format!("[{}]", left.join(", "))))
                }
                Check::Property { name, .. } => {
                    let wish = asked(prepared, number).next()?.0;
                    let kind = prepared.wishes[wish].component.kind.spec();
                    let needed = kind.property(name).is_some_and(|property| property.required);
                    (constraint.field.clone(), needed.then(|| "any".to_owned()))
                }
                _ => (constraint.field.clone(), None),
            }
        }
        // A budget says the currency as well.
        Target::Budget => (constraint.field.clone(), Some(Money::from_micros(i64::MAX, prepared.currency).to_string())),
        _ => (constraint.field.clone(), None),
    };
    application.change(&field, to).ok()
}

/// The requirements of the application or of the component that a field is of.
fn scope<'d>(field: &str, application: &'d Application) -> Option<&'d Requirements> {
    match field.strip_prefix("spec.components.") {
        None => Some(&application.requirements),
        Some(rest) => {
            let name = rest.split('.').next()?;
            Some(&application.components.iter().find(|(own, _)| own.as_str() == name)?.1.requirements)
        }
    }
}

/// The wishes that a constraint is on, by number, and what is checked of their offers.
fn asked<'p, 'a>(prepared: &'p Prepared<'a>, number: usize) -> impl Iterator<Item = (usize, &'p Check<'a>)> {
    prepared.wishes.iter().filter_map(move |wish| {
        let requirement = wish.requirements.iter().find(|requirement| requirement.constraint == Some(number))?;
        Some((wish.number, &requirement.check))
    })
}

/// The ways to ask less of a constraint, short of dropping it, when what is `waived` is as well; not for the budget,
/// whose new value is a price.
pub(super) fn ways(prepared: &Prepared<'_>, number: usize, waived: &[bool]) -> Vec<Way> {
    let field = &prepared.constraints[number].field;
    let application = prepared.application;
    match prepared.constraints[number].target {
        Target::Budget | Target::Uniform(_) => Vec::new(),
        Target::MaxProviders => {
            let now = application.max_providers.unwrap_or_default();
            let places: u32 = prepared.wishes.iter().map(|wish| wish.component.count).fold(0, u32::saturating_add);
            let more = (now.saturating_add(1)..=places).map(|most| Some(most.to_string()));
            vec![Way::Steps(field.clone(), more.collect())]
        }
        Target::Link(link) => {
            application.links[link].rtt.map(|bound| longer(field.clone(), bound)).into_iter().collect()
        }
        Target::Near(wish) => {
            let Some(near) = &prepared.wishes[wish].component.near else { return Vec::new() };
            let unknown = prepared.judge.geo.city(&near.place).is_none();
            let similar = prepared.judge.geo.similar_city(&near.place).filter(|_| unknown);
            let place = similar.map(|city| Way::Others(format!("{field}.place"), vec![Some(city.name.clone())]));
            place.into_iter().chain([longer(format!("{field}.rtt"), near.rtt)]).collect()
        }
        Target::Spread(wish) => match prepared.wishes[wish].component.spread {
            Some(spread) if spread.by != SpreadBy::Site => {
                vec![Way::Others(format!("{field}.by"), vec![Some("site".to_owned())])]
            }
            _ => Vec::new(),
        },
        Target::Together(group) => match application.together[group].by {
            SpreadBy::Site => {
                let wider = ["provider", "country"].map(|by| Some(by.to_owned()));
                vec![Way::Others(format!("{field}.by"), wider.into())]
            }
            SpreadBy::Provider | SpreadBy::Country => Vec::new(),
        },
        Target::Offers => on_offers(prepared, number, waived),
    }
}

/// Ever longer round trips.
fn longer(field: String, bound: TimeBound) -> Way {
    let now = bound.max.map_or(LONGEST_RTT, Quantity::base);
    let first = now.saturating_add(RTT_STEP).div_euclid(RTT_STEP).saturating_mul(RTT_STEP);
    let steps = (0..).map(|step| first.saturating_add(step * RTT_STEP)).take_while(|most| *most <= LONGEST_RTT);
    let values = steps.map(|most| Some(TimeBound { min: bound.min, max: Some(Quantity::micros(most)) }.to_string()));
    Way::Steps(field, values.collect())
}

/// The offers that meet all that is not waived.
fn offers<'p, 'a>(
    prepared: &'p Prepared<'a>,
    number: usize,
    waived: &'p [bool],
) -> impl Iterator<Item = Subject<'a>> + 'p {
    asked(prepared, number).flat_map(move |(wish, _)| {
        let wish = &prepared.wishes[wish];
        let rows = prepared.rows_without(wish, waived);
        let chunks = prepared.judge.market.chunks(wish.component.kind).iter().zip(rows);
        let items = chunks.flat_map(|(chunk, rows)| {
            rows.rows().filter_map(|row| chunk.item(row).map(AsRef::as_ref)).collect::<Vec<&'a Item>>()
        });
        items.map(|item| prepared.judge.subject(item)).collect::<Vec<_>>()
    })
}

/// What there is, the commonest first.
fn by_frequency<T: Ord>(things: impl Iterator<Item = T>) -> Vec<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    things.for_each(|thing| *counts.entry(thing).or_default() += 1);
    let mut counted: Vec<(T, usize)> = counts.into_iter().collect();
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted.into_iter().take(MOST_TRIED).map(|(thing, _)| thing).collect()
}

/// The same list with one more.
fn with_one_more<T: ToString, U: ToString>(field: &str, now: &[T], more: Vec<U>) -> Way {
    let now: Vec<String> = now.iter().map(ToString::to_string).collect();
    let more = more.into_iter().map(|one| Some(format!("[{}]", [&now[..], &[one.to_string()]].concat().join(", "))));
    Way::Others(field.to_owned(), more.collect())
}

fn on_offers(prepared: &Prepared<'_>, number: usize, waived: &[bool]) -> Vec<Way> {
    let field = prepared.constraints[number].field.clone();
    let Some((_, check)) = asked(prepared, number).next() else { return Vec::new() };
    let offers = || offers(prepared, number, waived);
    let new = |regions: &[Region], country: Country| !regions.iter().any(|region| region.contains(country));
    match check {
        Check::Property { name, wanted } => {
            let offered = offers().filter_map(|subject| subject.offer.shape.offered.0.get(*name)).cloned();
            on_property(&field, wanted, offered.collect())
        }
        Check::Jurisdiction(regions) => {
            let evidenced = |subject: &Subject<'_>| subject.assurance.seats.clone();
            let seats = offers().flat_map(|it| [vec![it.provider.country], evidenced(&it)].concat());
            vec![with_one_more(&field, regions, by_frequency(seats.filter(|seat| new(regions, *seat))))]
        }
        Check::DataLocation(regions) => {
            let further = |subject: &Subject<'_>| subject.assurance.data_countries.clone();
            let places = offers().flat_map(|it| [vec![it.site.country], further(&it)].concat());
            vec![with_one_more(&field, regions, by_frequency(places.filter(|place| new(regions, *place))))]
        }
        Check::SubcontractorsWithin(regions) => {
            let known = offers().filter_map(|subject| subject.levels?.subcontracting.as_ref());
            let countries = known.flat_map(|known| known.countries.iter().copied());
            vec![with_one_more(&field, regions, by_frequency(countries.filter(|country| new(regions, *country))))]
        }
        Check::Term(term) => {
            let mut terms: Vec<TimeSpan> = offers().filter_map(|subject| subject.offer.minimum_term).collect();
            terms.retain(|binds| binds > term);
            terms.sort_unstable();
            terms.dedup();
            vec![Way::Steps(field, terms.into_iter().map(|term| Some(term.to_string())).collect())]
        }
        Check::Seal(least) | Check::Cada(least) => {
            let lower = (1..*least).rev().map(|level| Some(level.to_string()));
            vec![Way::Steps(format!("{field}.minimum"), lower.collect())]
        }
        Check::Label { least, .. } => {
            let lower = gaia_x_rank(least).map_or(&[][..], |rank| &GAIA_X_LABELS[..rank]);
            vec![Way::Steps(field, lower.iter().rev().map(|label| Some((*label).to_owned())).collect())]
        }
        Check::Availability(bound) => {
            let offered = offers().filter_map(|subject| subject.offer.availability).map(Bound::exactly);
            bounds(&field, *bound, offered.collect())
        }
        Check::CarbonIntensity(bound) => {
            let mean = offers().filter_map(|subject| carbon::intensity(subject.site, prepared.judge.geo));
            bounds(&field, *bound, mean.map(Bound::exactly).collect())
        }
        Check::Providers(names) => {
            let others = offers().map(|subject| subject.provider.name.clone()).filter(|name| !names.contains(name));
            vec![with_one_more(&field, names, by_frequency(others))]
        }
        Check::ExcludedProviders(names) if names.len() > 1 => {
            let without = names.iter().take(MOST_TRIED).map(|one| {
                let left: Vec<&str> = names.iter().filter(|name| *name != one).map(|name| name.as_str()).collect();
                Some(format!("[{}]", left.join(", ")))
            });
            vec![Way::Others(field, without.collect())]
        }
        _ => Vec::new(),
    }
}

fn on_property(field: &str, wanted: &PropertyBound, offered: Vec<PropertyBound>) -> Vec<Way> {
    macro_rules! numeric {
        ($variant:ident, $bound:expr) => {{
            let offered = offered.into_iter().filter_map(|has| match has {
                PropertyBound::$variant(bound) => Some(bound),
                _ => None,
            });
            bounds(field, *$bound, offered.collect())
        }};
    }
    match wanted {
        PropertyBound::Count(bound) => numeric!(Count, bound),
        PropertyBound::Bytes(bound) => numeric!(Bytes, bound),
        PropertyBound::Span(bound) => numeric!(Span, bound),
        PropertyBound::Version(bound) => numeric!(Version, bound),
        PropertyBound::Text(texts) => {
            let offered = offered.into_iter().flat_map(|has| match has {
                PropertyBound::Text(texts) => texts,
                _ => Vec::new(),
            });
            vec![with_one_more(field, texts, by_frequency(offered.filter(|text| !texts.contains(text))))]
        }
        PropertyBound::Flag(_) => Vec::new(),
    }
}

/// Ever wider bounds: first downwards to what is offered, then upwards.
fn bounds<T: Amount>(field: &str, wanted: Bound<T>, offered: Vec<Bound<T>>) -> Vec<Way> {
    let sorted = |mut values: Vec<T>| {
        values.sort_unstable();
        values.dedup();
        values
    };
    let below = |least: T| sorted(offered.iter().filter_map(|has| has.max).filter(|most| *most < least).collect());
    let above = |most: T| sorted(offered.iter().filter_map(|has| has.min).filter(|least| *least > most).collect());
    let mut ways = Vec::new();
    if let Some(least) = wanted.min {
        let lower = below(least).into_iter().rev().map(|least| Bound { min: Some(least), ..wanted });
        ways.push(Way::Steps(field.to_owned(), lower.map(|bound| Some(bound.to_string())).collect()));
    }
    if let Some(most) = wanted.max {
        let higher = above(most).into_iter().map(|most| Bound { max: Some(most), ..wanted });
        ways.push(Way::Steps(field.to_owned(), higher.map(|bound| Some(bound.to_string())).collect()));
    }
    ways
}
