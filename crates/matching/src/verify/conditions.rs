//! What parts have to keep to together.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::application::{SpreadBy, Uniform};
use hansa_model::kind::Resource;
use hansa_model::package::SlaClass;
use hansa_model::quantity::Quantity;

use super::parts::{Part, Parts};
use super::{Claim, Findings, offers};

/// Checks every condition of the document.
pub(super) fn check(parts: &Parts<'_>, findings: &mut Findings<'_>) {
    for part in &parts.all {
        offers::check(parts, part, findings);
        check_orderable(parts, part, findings);
    }
    check_counts(parts, findings);
    check_together(parts, findings);
    check_round_trips(parts, findings);
    check_uniform(parts, findings);
    check_capacity(parts, findings);
    let application = parts.application;
    let providers: BTreeSet<_> = parts.all.iter().map(|part| part.provider.id).collect();
    if let Some(most) = application.max_providers {
        let within = u32::try_from(providers.len()).is_ok_and(|used| used <= most);
        findings.holds(Claim::Providers, "spec.maxProviders", within, format!("at most {most}"), providers.len());
    }
    if let Some(budget) = application.budget {
        let monthly = parts.package.price.monthly;
        let within = monthly.currency() == budget.currency() && monthly.micros() <= budget.micros();
        findings.holds(Claim::Budget, "spec.budget.monthly", within, budget, monthly);
    }
}

fn check_orderable(parts: &Parts<'_>, part: &Part<'_>, findings: &mut Findings<'_>) {
    let orderable = offers::is_orderable(part.offer, parts.options);
    if !offers::is_same(part.offer, part.replica) {
        return findings.unchecked(Claim::Offers, format!("{}.orderable", part.field), offers::UNKNOWN);
    }
    findings.equal(Claim::Offers, format!("{}.orderable", part.field), part.replica.orderable, orderable);
    if parts.options.orderable_only {
        findings.holds(Claim::Offers, format!("{}.offer", part.field), orderable, "orderable", "not orderable");
    }
}

/// What two parts share at a level.
fn shares(one: &Part<'_>, other: &Part<'_>, level: SpreadBy) -> bool {
    match level {
        SpreadBy::Site => one.site.id == other.site.id,
        SpreadBy::Provider => one.provider.id == other.provider.id,
        SpreadBy::Country => one.site.country == other.site.country,
    }
}

fn check_counts(parts: &Parts<'_>, findings: &mut Findings<'_>) {
    for (number, (name, component)) in parts.application.components.iter().enumerate() {
        let placed: u32 = parts.of(number).map(|part| part.replica.count).fold(0, u32::saturating_add);
        let field = format!("{}.components.{name}.count", parts.field);
        findings.equal(Claim::Counts, field.clone(), placed, component.count);
        if let Some(placement) = parts.package.components.get(name) {
            findings.equal(Claim::Counts, field, placement.count, component.count);
        }
        let places: Vec<&Part<'_>> = parts.of(number).collect();
        let Some(spread) = component.spread.filter(|_| component.count > 1) else {
            // All instances go to one offer.
            let field = format!("{}.components.{name}.replicas", parts.field);
            findings.equal(Claim::Counts, field, places.len(), 1);
            continue;
        };
        let alone = places.iter().all(|part| part.replica.count == 1);
        let apart =
            (1..places.len()).all(|last| places[..last].iter().all(|one| !shares(one, places[last], spread.by)));
        let field = format!("spec.components.{name}.spread");
        findings.holds(Claim::Spread, field, alone && apart, "each apart", "two share a place");
    }
}

fn check_together(parts: &Parts<'_>, findings: &mut Findings<'_>) {
    for (number, group) in parts.application.together.iter().enumerate() {
        let members: Vec<&Part<'_>> = group.components.iter().flat_map(|name| parts.of(parts.number(name))).collect();
        let together = members.iter().all(|part| shares(members[0], part, group.by));
        findings.holds(Claim::Together, format!("spec.together[{number}]"), together, "one place", "several");
    }
}

fn check_round_trips(parts: &Parts<'_>, findings: &mut Findings<'_>) {
    for (number, link) in parts.application.links.iter().enumerate() {
        let Some(bound) = link.rtt else { continue };
        let pairs = parts
            .of(parts.number(&link.from))
            .flat_map(|from| parts.of(parts.number(&link.to)).map(move |to| parts.round_trip(from, to)));
        let outside: Vec<i64> = pairs.filter(|rtt| !bound.admits(Quantity::micros(*rtt))).collect();
        let found = outside.iter().max().map_or_else(String::new, |rtt| Quantity::micros(*rtt).in_millis());
        findings.holds(Claim::RoundTrips, format!("spec.links[{number}].rtt"), outside.is_empty(), bound, found);
    }
}

/// What a part has of what is to be the same everywhere; `None` when it is not known.
fn value(parts: &Parts<'_>, part: &Part<'_>, uniform: Uniform) -> Option<String> {
    let known = part.known();
    let levels = part.levels(parts.options);
    match uniform {
        Uniform::Cada => levels?.cada.map(|level| level.to_string()),
        Uniform::Seal => levels?.seal.map(|level| level.to_string()),
        Uniform::Jurisdiction => Some(part.provider.country.to_string()),
        Uniform::Label => {
            levels?.labels.get("gaia-x").filter(|label| offers::LABELS.contains(&label.as_str())).cloned()
        }
        Uniform::Sla => part.offer.terms.availability.map(|share| format!("{:?}", SlaClass::of(share))),
        Uniform::Certifications => {
            let application = parts.application;
            let own = application.components.values().map(|component| &component.requirements.certifications);
            let named: BTreeSet<&String> = std::iter::once(&application.requirements.certifications)
                .chain(own)
                .flat_map(|asked| asked.all.iter().chain(&asked.any))
                .collect();
            let held: BTreeSet<&str> = known
                .certificates
                .iter()
                .map(|held| &held.scheme)
                .filter(|scheme| named.is_empty() || named.contains(scheme))
                .filter(|scheme| offers::holds(known, scheme, parts.options))
                .map(String::as_str)
                .collect();
            Some(held.into_iter().collect::<Vec<_>>().join(", "))
        }
    }
}

fn check_uniform(parts: &Parts<'_>, findings: &mut Findings<'_>) {
    for (number, uniform) in parts.application.uniform.iter().enumerate() {
        let values: BTreeSet<Option<String>> = parts.all.iter().map(|part| value(parts, part, *uniform)).collect();
        let holds = values.len() <= 1 && !values.contains(&None);
        let found: Vec<String> =
            values.into_iter().map(|value| value.unwrap_or_else(|| "not known".to_owned())).collect();
        let claimed = format!("one {}", uniform.name());
        findings.holds(Claim::Uniform, format!("spec.uniform[{number}]"), holds, claimed, found.join(" and "));
    }
}

fn check_capacity(parts: &Parts<'_>, findings: &mut Findings<'_>) {
    let field = format!("{}.components", parts.field);
    if !parts.options.is_original {
        return findings.unchecked(Claim::Capacity, field, "what is free at the sites is not known here");
    }
    let mut taken: BTreeMap<_, BTreeMap<Resource, i64>> = BTreeMap::new();
    for part in &parts.all {
        let of_site = taken.entry((part.site.id, part.offer.kind)).or_default();
        for (resource, amount) in part.offer.kind.spec().takes(&part.properties) {
            let sum = of_site.entry(resource).or_default();
            *sum = sum.saturating_add(amount.saturating_mul(part.replica.count.into()));
        }
    }
    let fits = |resources: &BTreeMap<Resource, i64>, free: &BTreeMap<Resource, i64>| {
        resources.iter().all(|(resource, amount)| free.get(resource).is_none_or(|free| amount <= free))
    };
    let fits =
        taken.iter().all(|(place, resources)| parts.catalogue.free.get(place).is_none_or(|free| fits(resources, free)));
    findings.holds(Claim::Capacity, field, fits, "room for all of it", "more than is free");
}
