//! How the facts about an offer are known.

use std::collections::BTreeMap;

use hansa_model::evidence::{Assurance, Control, Source};
use hansa_model::offer::OfferState;
use hansa_model::package::FactSource;

use crate::requirement::Subject;

/// How what an offer is matched by is known; `reported` says whether an agent reports what is free at its site.
pub(crate) fn of(subject: &Subject<'_>, reported: bool) -> BTreeMap<String, FactSource> {
    let mut facts = BTreeMap::new();
    let mut tell = |name: &str, source| {
        facts.insert(name.to_owned(), source);
    };
    if subject.offer.availability.is_some() {
        tell("availability", FactSource::Declared);
    }
    if subject.orderable && reported {
        tell("capacity", FactSource::Measured);
    } else if matches!(subject.offer.state, OfferState::Stale | OfferState::Orderable) {
        tell("capacity", if subject.orderable { FactSource::Declared } else { FactSource::Stale });
    }
    // Without a figure of its own the country's average, or the world's, counts.
    let own = subject.site.carbon.is_some();
    tell("carbon", if own { FactSource::Declared } else { FactSource::Estimated });
    let is_known = |known: &Assurance| {
        !known.labels.is_empty()
            || known.seal.is_some()
            || known.cada.is_some()
            || known.control != Control::Unknown
            || known.subcontracting.is_some()
    };
    let known = subject.levels.is_some_and(is_known);
    let certificates = &subject.assurance.certificates;
    if known || !certificates.is_empty() {
        // Only certificates say how they are known.
        let verified = !known && certificates.iter().all(|held| held.source == Source::Verified);
        tell("assurance", if verified { FactSource::Verified } else { FactSource::Declared });
    }
    facts
}
