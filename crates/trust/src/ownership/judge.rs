//! The verdicts on one entity: who controls it seen from the Union and from the Economic Area, and whom that exposes
//! it to.

use std::collections::BTreeSet;

use hansa_model::country::Country;
use hansa_model::evidence::EntityKind;
use hansa_model::time::Timestamp;

use super::control::Control;
use super::finding::{Answer, Exposure, Finding, Immunity, Verdict};
use super::graph::Graph;
use super::interval::{ForeignShares, foreign_shares};
use super::subcontracting::subcontracting;
use super::upstream::{Measure, Party, Rest, Upstream, earliest};

/// What all holders from outside the Union may have together, in hundredths of a percent.
const COLLECTIVE_LIMIT: u32 = 3_900;
/// What each of them may have.
const SINGLE_LIMIT: u32 = 2_400;
/// Votes that nobody accounts for hide a controller when there are more, in hundredths of a percent.
const UNKNOWN_MAJORITY: u64 = 5_000;
/// The same where nobody is known to be in control.
const UNKNOWN_WITHOUT_CONTROLLER: u64 = 2_500;
/// A holder of this much among far smaller ones may well be in control.
const NOTABLE: u64 = 2_500;

/// What follows for one entity from everything upstream of it.
pub(super) struct Judged {
    pub(super) upstream: Upstream,
    /// The entity and everybody who controls it, by place.
    pub(super) chain: Vec<usize>,
    /// Why control is not known, for people.
    pub(super) unknown: Vec<String>,
    pub(super) shares: ForeignShares,
}

/// Judges who controls an entity.
pub(super) fn judge(graph: &Graph, entity: u32, at: Timestamp) -> Judged {
    let upstream = Upstream::of(graph, entity, at);
    let control = Control::of(&upstream);
    let chain = control.chain(0);
    let mut unknown = Vec::new();
    for place in &chain {
        why_unknown(&upstream, &control, *place, &mut unknown);
    }
    if upstream.cut {
        unknown.push(format!("more than {} entities are upstream", super::upstream::MOST));
    }
    let shares = foreign_shares(&upstream, &control);
    Judged { chain, unknown, shares, upstream }
}

/// Everything that is found about an entity.
pub(super) fn find(graph: &Graph, entity: u32, at: Timestamp) -> Finding {
    let judged = judge(graph, entity, at);
    let others = subcontracting(graph, entity, at);
    let itself = &judged.upstream.parties[0];
    let seats: BTreeSet<Country> = itself.seats().collect();
    let stated = [itself.incorporated_in, itself.headquarters_in, itself.main_establishment_in];
    Finding {
        union: judged.verdict(Country::in_eu),
        eea: judged.verdict(Country::in_eea),
        foreign_minority: judged.has_foreign_holder(),
        exposure: judged.exposure(),
        subcontractors: others.exposure,
        subcontractor_countries: others.countries,
        immunity: judged.immunity(),
        seats: seats.into_iter().collect(),
        seats_known: stated.iter().all(|seat| seat.value().is_some()),
        evidence: judged.upstream.evidence.union(&others.evidence).copied().collect(),
        valid_until: earliest(judged.upstream.next_change, others.next_change),
    }
}

/// What an operator should look at.
pub(super) fn remarks(graph: &Graph, entity: u32, at: Timestamp) -> Vec<String> {
    let upstream = Upstream::of(graph, entity, at);
    let control = Control::of(&upstream);
    let mut remarks = Vec::new();
    for place in control.chain(0) {
        let party = &upstream.parties[place];
        let mut votes: Vec<(u64, usize)> = party
            .stakes
            .iter()
            .filter(|stake| !upstream.is_dispersed(stake))
            .filter_map(|stake| Some((stake.votes?, stake.owner)))
            .collect();
        votes.sort_unstable_by(|one, other| other.cmp(one));
        let next = votes.get(1).map_or(0, |(share, _)| *share);
        if let Some((share, owner)) = votes.first().copied().filter(|(share, _)| *share >= NOTABLE && *share > 2 * next)
            && control.controllers(place).next().is_none()
        {
            let holder = &upstream.parties[owner].name;
            let (whole, part) = (share / 100, share % 100);
            remarks.push(format!(
                "{holder} has {whole}.{part:02} % of the votes in {}, more than twice as many as the next holder: \
                 check whether it controls the company in fact",
                party.name
            ));
        }
    }
    remarks
}

impl Judged {
    /// The seats of the entity itself.
    pub(super) fn seats(&self) -> impl Iterator<Item = Country> {
        self.upstream.parties[0].seats()
    }

    /// The countries outside a home from which the entity is controlled.
    fn controlled_from(&self, home: fn(Country) -> bool) -> BTreeSet<Country> {
        let chain = self.chain.iter().map(|place| &self.upstream.parties[*place]);
        chain.flat_map(Party::seats).filter(|country| !home(*country)).collect()
    }

    /// Who controls it, seen from a home.
    pub(super) fn verdict(&self, home: fn(Country) -> bool) -> Verdict {
        let countries = self.controlled_from(home);
        if !countries.is_empty() {
            Verdict::ThirdCountry(countries)
        } else if self.unknown.is_empty() {
            Verdict::Home
        } else {
            Verdict::Unknown(self.unknown.clone())
        }
    }

    /// Which countries outside the Economic Area reach it through those who control it.
    pub(super) fn exposure(&self) -> Exposure {
        let chain = self.chain.iter().map(|place| &self.upstream.parties[*place]);
        let by_law = chain.flat_map(|party| party.jurisdictions.iter().copied()).filter(|country| !country.in_eea());
        let mut countries = self.controlled_from(Country::in_eea);
        countries.extend(by_law);
        Exposure { countries, unknown: self.unknown.clone() }
    }

    fn has_foreign_holder(&self) -> bool {
        let parties = &self.upstream.parties;
        let stakes = parties.iter().flat_map(|party| &party.stakes);
        stakes
            .filter(|stake| stake.owner != 0 && !stake.is_nothing() && !self.upstream.is_dispersed(stake))
            .any(|stake| parties[stake.owner].seats().any(|country| !country.in_eea()))
    }

    fn immunity(&self) -> Immunity {
        let ForeignShares { collective, largest } = self.shares;
        let mut reasons = Vec::new();
        let controllers = self.controlled_from(Country::in_eu);
        if !controllers.is_empty() {
            reasons.push(format!("it is seated in or controlled from {}", listed(&controllers)));
        }
        if collective.exceeds(COLLECTIVE_LIMIT) {
            reasons.push(beyond("holders from outside the Union have", collective.hundredths().0, COLLECTIVE_LIMIT));
        }
        if largest.exceeds(SINGLE_LIMIT) {
            reasons.push(beyond("one holder from outside the Union has", largest.hundredths().0, SINGLE_LIMIT));
        }
        let fails = !reasons.is_empty();
        if !fails {
            self.why_not_immune(&mut reasons);
        }
        let answer = match (fails, reasons.is_empty()) {
            (true, _) => Answer::Fail,
            (false, true) => Answer::Pass,
            (false, false) => Answer::Unknown,
        };
        Immunity { answer, collective: collective.hundredths(), largest: largest.hundredths(), reasons }
    }

    fn why_not_immune(&self, reasons: &mut Vec<String>) {
        let ForeignShares { collective, largest } = self.shares;
        if !collective.stays_within(COLLECTIVE_LIMIT) {
            let most = percent(collective.hundredths().1);
            reasons.push(format!("holders from outside the Union may have up to {most} together"));
        }
        if !largest.stays_within(SINGLE_LIMIT) {
            reasons
                .push(format!("one holder from outside the Union may have up to {}", percent(largest.hundredths().1)));
        }
        reasons.extend(self.unknown.iter().cloned());
    }
}

fn beyond(who: &str, least: u32, limit: u32) -> String {
    format!("{who} at least {}, above the limit of {}", percent(least), percent(limit))
}

pub(super) fn percent(hundredths: u32) -> String {
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

pub(super) fn listed(countries: &BTreeSet<Country>) -> String {
    countries.iter().map(Country::code).collect::<Vec<_>>().join(", ")
}

fn unstated_rights(upstream: &Upstream, place: usize) -> impl Iterator<Item = usize> {
    let stakes = upstream.parties[place].stakes.iter();
    stakes.filter(|stake| stake.rights.is_none() && !upstream.is_dispersed(stake)).map(|stake| stake.owner)
}

fn why_unknown(upstream: &Upstream, control: &Control<'_>, place: usize, reasons: &mut Vec<String>) {
    let party = &upstream.parties[place];
    let name = &party.name;
    if matches!(party.kind, EntityKind::Unknown | EntityKind::Dispersed) {
        reasons
            .push(format!("what {name} is is not known: declare it as a company, person, state, fund or foundation"));
        return;
    }
    if !party.is_seated() {
        reasons
            .push(format!("where {name} is seated is not known: declare where it is incorporated and headquartered"));
    }
    for owner in unstated_rights(upstream, place) {
        let holder = &upstream.parties[owner].name;
        reasons.push(format!("the rights of {holder} in {name} are not stated: declare them, or that there are none"));
    }
    for stake in party.stakes.iter().filter(|stake| stake.disputed) {
        let holder = &upstream.parties[stake.owner].name;
        reasons.push(format!("the evidence about the part of {holder} in {name} contradicts itself"));
    }
    if party.stakes.iter().any(|stake| upstream.is_dispersed(stake) && stake.gives_a_right()) {
        reasons.push(format!("dispersed holders of {name} are said to have rights, which only one holder can have"));
    }
    let controlled = control.controllers(place).next().is_some();
    if party.has_shares() {
        why_shares_unknown(upstream, place, controlled, reasons);
    } else if party.kind == EntityKind::Foundation && !controlled {
        reasons.push(format!("who controls the foundation {name} is not stated"));
    }
    if control.is_in_closed_circle(place) {
        reasons.push(format!(
            "{name} is in a circle of companies that control each other and nobody else: an auditor has to attest who \
             decides"
        ));
    }
}

fn why_shares_unknown(upstream: &Upstream, place: usize, controlled: bool, reasons: &mut Vec<String>) {
    let party = &upstream.parties[place];
    let name = &party.name;
    for (measure, word) in [(Measure::Votes, "votes"), (Measure::Capital, "capital")] {
        if upstream.rest(place, measure) == Rest::Overfull {
            reasons.push(format!("more than all of the {word} of {name} is said to be held"));
        }
    }
    let Rest::Of(rest) = upstream.rest(place, Measure::Votes) else { return };
    let of_unknown: u64 = party
        .stakes
        .iter()
        .filter(|stake| upstream.parties[stake.owner].kind == EntityKind::Unknown)
        .filter_map(|stake| stake.votes)
        .sum();
    let unknown = rest + of_unknown;
    let limit = if controlled { UNKNOWN_MAJORITY } else { UNKNOWN_WITHOUT_CONTROLLER };
    if unknown > limit {
        let share = percent(u32::try_from(unknown).unwrap_or(u32::MAX));
        reasons.push(format!("who has {share} of the votes of {name} is not known"));
    }
}
