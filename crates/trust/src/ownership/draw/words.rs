//! What the picture says about parties, parts and subcontractors.

use std::collections::BTreeSet;

use hansa_model::country::Country;
use hansa_model::evidence::{Access, EntityKind, Right};

use super::super::facts::Settled;
use super::super::upstream::{Party, Stake};
use super::plan::{Arrow, What};
use super::{Helper, Scene, Tone, tone_of};

/// What a label says: lines, each with its class.
pub(super) fn words(scene: &Scene<'_>, arrow: &Arrow, stake: Option<&Stake>) -> Vec<(&'static str, String)> {
    let Some(stake) = stake else {
        return match scene.plan.items[arrow.way[0]].what {
            What::Rest { votes, capital } | What::Others { votes, capital, .. } => parts(Some(votes), Some(capital)),
            What::Party(_) | What::Bend => Vec::new(),
        };
    };
    let mut lines = parts(stake.votes, stake.capital);
    if scene.upstream.is_dispersed(stake) {
        return lines;
    }
    match &stake.rights {
        None => lines.push(("open", "rights not stated".to_owned())),
        Some(rights) => lines.extend(rights.iter().map(|right| ("right", right_words(*right).to_owned()))),
    }
    if let Some(group) = &stake.group {
        lines.push(("right", format!("votes with {}", shortened(group, 16))));
    }
    if stake.disputed {
        lines.push(("open", "evidence differs".to_owned()));
    }
    lines
}

fn parts(votes: Option<u64>, capital: Option<u64>) -> Vec<(&'static str, String)> {
    let line = |share: u64, of: &str| ("part", format!("{}{of}", plain_percent(share)));
    match (votes, capital) {
        (Some(votes), Some(capital)) if votes == capital => vec![line(votes, "")],
        (Some(votes), Some(capital)) => vec![line(votes, " votes"), line(capital, " capital")],
        (Some(votes), None) => vec![line(votes, " votes")],
        (None, Some(capital)) => vec![line(capital, " capital")],
        (None, None) => vec![("part", "part not stated".to_owned())],
    }
}

/// A percentage without zeros behind it.
fn plain_percent(hundredths: u64) -> String {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match part {
        0 => format!("{whole} %"),
        _ if part % 10 == 0 => format!("{whole}.{} %", part / 10),
        _ => format!("{whole}.{part:02} %"),
    }
}

fn right_words(right: Right) -> &'static str {
    match right {
        Right::AppointBoardMajority => "appoints the board",
        Right::VetoBudget => "veto: budget",
        Right::VetoBusinessPlan => "veto: business plan",
        Right::VetoSeniorManagement => "veto: management",
        Right::ContractualControl => "controls by contract",
        Right::DeFacto => "controls in fact",
    }
}

/// The colour of a party.
pub(super) fn tone(party: &Party) -> Tone {
    if party.kind == EntityKind::Dispersed {
        return Tone::Dispersed;
    }
    let worst = party.seats().map(tone_of).max_by_key(|tone| *tone as u8);
    match worst {
        Some(Tone::Third) => Tone::Third,
        _ if party.kind == EntityKind::Unknown || !party.is_seated() => Tone::Unknown,
        other => other.unwrap_or(Tone::Unknown),
    }
}

/// What a party is and where.
pub(super) fn description(party: &Party) -> String {
    let kind = match party.kind {
        EntityKind::Company => "company",
        EntityKind::Person => "person",
        EntityKind::State => "state",
        EntityKind::Fund => "fund",
        EntityKind::Foundation => "foundation",
        EntityKind::Dispersed => return "each below disclosure".to_owned(),
        EntityKind::Unknown => "kind not known",
    };
    let all: BTreeSet<Country> = party.seats().collect();
    let seat = |settled: Settled<Country>| match settled {
        Settled::Stated(country, _) => country.to_string(),
        Settled::Unstated => "?".to_owned(),
        Settled::Disputed => "disputed".to_owned(),
    };
    match all.len() {
        0 => format!("{kind} · country not known"),
        1 => format!("{kind} · {}", all.iter().map(Country::code).collect::<String>()),
        _ => format!("{kind} · {}, head office {}", seat(party.incorporated_in), seat(party.headquarters_in)),
    }
}

/// Where a subcontractor is and what it can get at.
pub(super) fn access(helper: &Helper) -> String {
    let countries = helper.countries.iter().map(Country::code).collect::<Vec<_>>().join(", ");
    let reach = match &helper.worker.access {
        None => "access not stated".to_owned(),
        Some(access) if access.is_empty() => "no access".to_owned(),
        Some(access) => {
            let word = |access: &Access| match access {
                Access::Data => "data",
                Access::Identities => "identities",
            };
            access.iter().map(word).collect::<Vec<_>>().join(", ")
        }
    };
    if countries.is_empty() { reach } else { format!("{countries} · {reach}") }
}

/// A text of at most so many letters.
pub(super) fn shortened(words: &str, letters: usize) -> String {
    if words.chars().nth(letters).is_none() {
        return words.to_owned();
    }
    let kept: String = words.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
