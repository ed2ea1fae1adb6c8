//! What is known of an offer, in words: what it has, and what evidence it lacks for more.

use hansa_model::country::Country;
use hansa_model::evidence::{Assurance, Control, GAIA_X_LABELS, Lack, gaia_x_rank};
use hansa_model::time::Timestamp;

use crate::requirement::{Check, NOT_STATED, alternatives};

/// The most criteria that are told of one requirement.
const MOST_TOLD: usize = 3;

/// Whether it is known that no third country has control.
pub(crate) const fn is_none(control: &Control) -> bool {
    matches!(control, Control::None)
}

/// Who has control; `None` when that is not known.
pub(crate) fn in_words(control: &Control) -> Option<String> {
    match control {
        Control::Unknown => None,
        Control::None => Some("none".to_owned()),
        Control::Some(countries) => Some(alternatives(countries)),
    }
}

/// Something that stands as long as the levels do.
pub(crate) fn level(assurance: &Assurance, value: Option<String>, now: Timestamp) -> String {
    match (value, assurance.valid_until) {
        (None, _) => NOT_STATED.to_owned(),
        (Some(value), Some(end)) if end <= now => format!("{value}, ended {end}"),
        (Some(value), _) => value,
    }
}

/// A country and others, each once.
pub(crate) fn countries(first: Country, others: &[Country]) -> String {
    let mut all = vec![first];
    for other in others {
        if !all.contains(other) {
            all.push(*other);
        }
    }
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Which criteria keep an offer from what is checked, and what evidence is missing for them: of the level that is
/// asked for, else of the highest below it of which anything is told.
pub(crate) fn because(check: &Check<'_>, known: &Assurance) -> Vec<Lack> {
    let lacks = |key: String| known.lacks.get(&key).map_or(&[][..], Vec::as_slice);
    let first = |keys: &mut dyn Iterator<Item = String>| {
        keys.map(lacks).find(|lacks| !lacks.is_empty()).unwrap_or_default().iter().collect::<Vec<_>>()
    };
    let levels = |scheme: &str, least: u8, has: Option<u8>| {
        let above = has.map_or(0, |has| has.saturating_add(1));
        first(&mut (above..=least).rev().map(|level| format!("{scheme}:{level}")))
    };
    let told: Vec<&Lack> = match check {
        Check::Label { scheme, least } => {
            let above = known.labels.get(*scheme).and_then(|label| gaia_x_rank(label)).map_or(0, |held| held + 1);
            let least = gaia_x_rank(least).map_or(0, |least| least + 1);
            let missing = GAIA_X_LABELS.get(above..least).unwrap_or_default();
            first(&mut missing.iter().rev().map(|label| format!("{scheme}:{label}")))
        }
        Check::Seal(least) => levels("seal", *least, known.seal),
        Check::Cada(least) => levels("cada", *least, known.cada),
        Check::Certificate(scheme) => lacks(format!("certifications:{scheme}")).iter().collect(),
        Check::AnyCertificate(schemes) => {
            // Any of them is enough, so each is told of before more is told of one.
            let each: Vec<_> = schemes.iter().map(|scheme| lacks(format!("certifications:{scheme}"))).collect();
            (0..MOST_TOLD).flat_map(|place| each.iter().filter_map(move |lacks| lacks.get(place))).collect()
        }
        Check::NoThirdCountryControl => lacks("control".to_owned()).iter().collect(),
        Check::SubcontractorControl | Check::SubcontractorsWithin(_) => {
            lacks("subcontractors".to_owned()).iter().collect()
        }
        _ => Vec::new(),
    };
    told.into_iter().take(MOST_TOLD).cloned().collect()
}
