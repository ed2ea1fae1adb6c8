//! What a package comes to, and whether that is what it says.

use std::collections::BTreeSet;

use hansa_model::money::{Money, div_half_even};
use hansa_model::package::{Levels, ProofStatus};
use hansa_model::price::{Meter, Price};
use hansa_model::quantity::Quantity;
use hansa_model::time::Timestamp;

use super::offers::LABELS;
use super::parts::{Part, Parts};
use super::{Claim, Findings, offers};
use crate::carbon;
use crate::rank::{ABOVE_ALL, Measures, gap};

/// All of the time, in millionths.
const ALWAYS: i64 = 1_000_000;

/// Checks every figure; what the package comes to by its parts.
pub(super) fn check(parts: &Parts<'_>, findings: &mut Findings<'_>) -> Measures {
    let price = check_prices(parts, findings);
    let carbon = parts.all.iter().map(|part| footprint(parts, part)).fold(0, i64::saturating_add);
    let shown = |milligrams: i64| format!("{:.3} kg", as_number(milligrams / 1_000) / 1_000.0);
    let claimed = format!("{:.3} kg", parts.package.carbon);
    findings.equal(Claim::Carbon, format!("{}.carbon", parts.field), claimed, shown(carbon));
    let providers: BTreeSet<_> = parts.all.iter().map(|part| part.provider.name.clone()).collect();
    let seal = |part: &Part<'_>| part.levels(parts.options).and_then(|known| known.seal).unwrap_or_default();
    let measures = Measures {
        price,
        carbon,
        latency: worst_round_trip(parts).unwrap_or_default(),
        providers: providers.len(),
        grade: parts.all.iter().map(seal).min().unwrap_or_default(),
        downtime: downtime(parts),
    };
    check_figures(parts, &measures, findings);
    check_levels(parts, findings);
    check_proof(parts, &measures, findings);
    measures
}

/// Checks the prices of all parts and of the whole; what the whole costs a month, in micro units.
fn check_prices(parts: &Parts<'_>, findings: &mut Findings<'_>) -> i64 {
    let package = parts.package;
    let currency = package.price.monthly.currency();
    let money = |micros: i64| Money::from_micros(micros, currency);
    let (mut recurring, mut traffic, mut one_off) = (0i64, 0i64, 0i64);
    for part in &parts.all {
        let plan = &part.offer.price;
        let count = i64::from(part.replica.count);
        let sound = plan.defects().is_empty() && plan.currency == currency;
        let words = format!("a sound price in {currency}");
        findings.holds(Claim::Prices, format!("{}.price", part.field), sound, words, "another or defective one");
        let estimate = plan.at_volume(part.replica.count).estimate(&part.properties, 0);
        let (monthly, once) = estimate.map_or((i64::MAX, 0), |one| (one.monthly.micros(), one.one_off.micros()));
        let monthly = monthly.saturating_mul(count);
        findings.equal(Claim::Prices, format!("{}.price", part.field), part.replica.price, money(monthly));
        let discount = plan.discount(part.replica.count);
        let shown = |share: Option<hansa_model::quantity::Percentage>| {
            share.map_or_else(|| "none".to_owned(), |share| share.to_string())
        };
        findings.equal(
            Claim::Prices,
            format!("{}.discount", part.field),
            shown(part.replica.discount),
            shown(discount),
        );
        recurring = recurring.saturating_add(monthly);
        one_off = one_off.saturating_add(once.saturating_mul(count));
        traffic = traffic.saturating_add(egress(part, parts.sent(part)).saturating_mul(count));
    }
    for (number, name) in parts.application.components.keys().enumerate() {
        let sum = parts.of(number).map(|part| part.replica.price.micros()).fold(0, i64::saturating_add);
        if let Some(placement) = package.components.get(name) {
            let field = format!("{}.components.{name}.price", parts.field);
            findings.equal(Claim::Prices, field, placement.price, money(sum));
        }
    }
    let monthly = recurring.saturating_add(traffic);
    findings.equal(Claim::Traffic, format!("{}.price.traffic", parts.field), package.price.traffic, money(traffic));
    findings.equal(Claim::Prices, format!("{}.price.monthly", parts.field), package.price.monthly, money(monthly));
    findings.equal(Claim::Prices, format!("{}.price.oneOff", parts.field), package.price.one_off, money(one_off));
    monthly
}

/// What so many bytes out of the site cost one instance a month, in micro units.
fn egress(part: &Part<'_>, bytes: i64) -> i64 {
    let mut nanos: i128 = 0;
    for component in &part.offer.price.components {
        match &component.price {
            Price::Egress { included, per_gb } => {
                nanos += i128::from((bytes - included.base()).max(0)) * i128::from(per_gb.micros());
            }
            Price::Tiered { meter: Meter::NetworkEgress, tiers } => {
                let mut start = 0;
                for tier in tiers {
                    let end = tier.up_to.map_or(i64::MAX, Quantity::base);
                    nanos += i128::from((bytes.min(end) - start).max(0)) * i128::from(tier.per_gb.micros());
                    start = end;
                }
            }
            Price::Tiered { .. } | Price::Fixed { .. } | Price::PerUnit { .. } | Price::OneOff { .. } => {}
        }
    }
    i64::try_from(div_half_even(nanos, 1_000_000_000)).unwrap_or(i64::MAX)
}

fn footprint(parts: &Parts<'_>, part: &Part<'_>) -> i64 {
    let one = carbon::footprint(part.offer.kind, &part.properties, part.site, parts.options.geo);
    one.saturating_mul(part.replica.count.into())
}

/// The longest round trip over links and to places, in microseconds.
fn worst_round_trip(parts: &Parts<'_>) -> Option<i64> {
    let between = parts.application.links.iter().flat_map(|link| {
        let pairs = parts.of(parts.number(&link.from)).map(move |from| (from, link));
        pairs.flat_map(|(from, link)| parts.of(parts.number(&link.to)).map(move |to| parts.round_trip(from, to)))
    });
    between.chain(parts.all.iter().filter_map(|part| parts.near(part))).max()
}

/// The promised downtime of all components added up, in millionths: of instances that are kept apart it is the product,
/// rounded up.
fn downtime(parts: &Parts<'_>) -> i64 {
    let of_component = |number: usize| {
        let down = |part: &Part<'_>| ALWAYS - part.offer.terms.availability.map_or(0, Quantity::base);
        let mut shares: Vec<i64> = parts.of(number).map(down).collect();
        shares.sort_unstable();
        // In billionths of billionths, so that nothing is lost that a promise can tell.
        let fine = 1_000_000_000_000i128;
        let product = shares.iter().fold(fine * i128::from(ALWAYS), |product, share| {
            (product * i128::from((*share).max(0)) + i128::from(ALWAYS) - 1) / i128::from(ALWAYS)
        });
        i64::try_from((product + fine - 1) / fine).unwrap_or(i64::MAX)
    };
    (0..parts.application.components.len()).map(of_component).fold(0, i64::saturating_add)
}

fn check_figures(parts: &Parts<'_>, measures: &Measures, findings: &mut Findings<'_>) {
    let Parts { package, field, .. } = parts;
    let claim = Claim::Figures;
    let text = |names: &mut dyn Iterator<Item = String>| names.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    let claimed = text(&mut package.providers.iter().map(ToString::to_string)).join(", ");
    let found = text(&mut parts.all.iter().map(|part| part.provider.name.to_string())).join(", ");
    findings.equal(claim, format!("{field}.providers"), claimed, found);
    let claimed = text(&mut package.countries.iter().map(ToString::to_string)).join(", ");
    let found = text(&mut parts.all.iter().map(|part| part.site.country.to_string())).join(", ");
    findings.equal(claim, format!("{field}.countries"), claimed, found);
    let rtt = package.worst_rtt.map_or_else(|| "none".to_owned(), |trip| trip.rtt.to_string());
    let found = worst_round_trip(parts).map_or_else(|| "none".to_owned(), |rtt| Quantity::micros(rtt).to_string());
    findings.equal(claim, format!("{field}.worst_rtt"), rtt, found);
    findings.equal(claim, format!("{field}.sovereignty"), package.sovereignty, measures.grade);
    let availability = Quantity::from_base(ALWAYS - measures.downtime);
    findings.equal(claim, format!("{field}.availability"), package.availability, availability);
    let shown =
        |term: Option<hansa_model::quantity::TimeSpan>| term.map_or_else(|| "none".to_owned(), |term| term.to_string());
    let longest = parts.all.iter().filter_map(|part| part.offer.terms.minimum_term).max();
    findings.equal(claim, format!("{field}.minimumTerm"), shown(package.minimum_term), shown(longest));
    if parts.all.iter().all(|part| offers::is_same(part.offer, part.replica)) {
        let orderable = parts.all.iter().all(|part| offers::is_orderable(part.offer, parts.options));
        findings.equal(claim, format!("{field}.orderable"), package.orderable, orderable);
    } else {
        findings.unchecked(claim, format!("{field}.orderable"), offers::UNKNOWN);
    }
}

/// Levels, each by itself: unknown is the lowest.
type Told = (Option<usize>, Option<u8>, Option<u8>);

/// Checks the levels of every part, and that the whole claims what the weakest of them has.
fn check_levels(parts: &Parts<'_>, findings: &mut Findings<'_>) {
    let rank = |label: &String| LABELS.iter().position(|known| known == label);
    let of_part = |part: &Part<'_>| -> (Told, Option<Timestamp>) {
        part.levels(parts.options).map_or(((None, None, None), None), |known| {
            ((known.labels.get("gaia-x").and_then(rank), known.seal, known.cada), known.valid_until)
        })
    };
    let claimed = |levels: &Levels| {
        let label =
            levels.gaia_x.as_ref().map(|label| rank(label).map_or_else(|| label.clone(), |at| LABELS[at].to_owned()));
        format!("{label:?}, {:?}, {:?}, {:?}", levels.seal, levels.cada, levels.valid_until)
    };
    let shown = |(label, seal, cada): Told, end: Option<Timestamp>| {
        // Where nothing is known, nothing ends.
        let end = end.filter(|_| label.is_some() || seal.is_some() || cada.is_some());
        format!("{:?}, {seal:?}, {cada:?}, {end:?}", label.map(|at| LABELS[at].to_owned()))
    };
    let all: Vec<(Told, Option<Timestamp>)> = parts.all.iter().map(of_part).collect();
    for (part, (told, end)) in parts.all.iter().zip(&all) {
        let field = format!("{}.levels", part.field);
        findings.equal(Claim::Levels, field, claimed(&part.replica.levels), shown(*told, *end));
    }
    let label = all.iter().map(|((label, ..), _)| *label).min().flatten();
    let seal = all.iter().map(|((_, seal, _), _)| *seal).min().flatten();
    let cada = all.iter().map(|((.., cada), _)| *cada).min().flatten();
    let end = all.iter().filter_map(|(_, end)| *end).min();
    let field = format!("{}.levels", parts.field);
    findings.equal(Claim::Levels, field, claimed(&parts.package.levels), shown((label, seal, cada), end));
}

/// The measure that a package of this name claims to be best at; `None` for the buyer's own weights.
pub(super) fn own_measure(name: &str, measures: &Measures) -> Option<f64> {
    let measure = match name {
        "cheapest" => as_number(measures.price),
        "greenest" => as_number(measures.carbon) / 1_000.0,
        "fewest-providers" => as_number(i64::try_from(measures.providers).unwrap_or(i64::MAX)),
        "lowest-latency" => as_number(measures.latency),
        "most-sovereign" => f64::from(ABOVE_ALL.saturating_sub(measures.grade)),
        "most-available" => as_number(measures.downtime),
        _ => return None,
    };
    Some(measure)
}

fn check_proof(parts: &Parts<'_>, measures: &Measures, findings: &mut Findings<'_>) {
    let proof = parts.package.proof;
    let field = |name: &str| format!("{}.proof.{name}", parts.field);
    let claim = Claim::Objective;
    if let Some(own) = own_measure(&parts.package.name, measures) {
        findings.holds(claim, field("objective"), is_close(proof.objective, own), proof.objective, own);
    }
    let below = proof.bound <= proof.objective;
    findings.holds(claim, field("bound"), below, format!("{} at most", proof.objective), proof.bound);
    let expected = gap(proof.objective, proof.bound);
    findings.holds(claim, field("gap"), is_close(proof.gap, expected), proof.gap, expected);
    let proven = proof.status == ProofStatus::Optimal;
    let closed = proof.bound >= proof.objective;
    findings.holds(claim, field("status"), !proven || closed, "optimal", format!("a gap of {expected}"));
    match parts.options.is_original {
        true => {
            let version = parts.catalogue.version;
            findings.equal(claim, field("catalogueVersion"), proof.catalogue_version, version);
        }
        false => findings.unchecked(claim, field("catalogueVersion"), "the version is not known here"),
    }
}

/// Whether two figures differ by no more than their rounding.
pub(super) fn is_close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0)
}

#[allow(clippy::cast_precision_loss, reason = "measures are shown, and far below 2^53")]
const fn as_number(value: i64) -> f64 {
    value as f64
}
