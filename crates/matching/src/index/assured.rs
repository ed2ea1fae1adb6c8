//! What is known of offers, as the index keeps it: once for all offers of which the same is known.

use std::sync::Arc;

use hansa_model::evidence::{Assurance, Control};

use super::dictionary::{Dictionary, Scale, Tag};
use super::item::Standing;

/// What is known of a provider or of some offers, and what offers have of which that is known.
#[derive(Debug)]
pub(crate) struct Assured {
    pub(crate) assurance: Arc<Assurance>,
    pub(super) tags: Vec<u32>,
    pub(super) standings: Vec<Standing>,
}

impl Assured {
    pub(crate) fn new(assurance: Arc<Assurance>, dictionary: &mut Dictionary) -> Self {
        let mut tags: Vec<Tag> = Vec::new();
        if assurance.control == Control::None {
            tags.push(Tag::Uncontrolled);
        }
        tags.extend(assurance.labels.iter().map(|(scheme, label)| Tag::Label(scheme.clone(), label.clone())));
        tags.extend(assurance.seal.map(Tag::Seal));
        tags.extend(assurance.cada.map(Tag::Cada));
        tags.extend(assurance.seats.iter().copied().map(Tag::EvidencedSeat));
        tags.extend(assurance.data_countries.iter().copied().map(Tag::DataIn));
        if let Some(subcontracting) = &assurance.subcontracting {
            tags.push(Tag::Subcontracting);
            if subcontracting.control == Control::None {
                tags.push(Tag::SubcontractorsUncontrolled);
            }
            tags.extend(subcontracting.countries.iter().copied().map(Tag::SubcontractorIn));
        }
        let mut tags: Vec<u32> = tags.into_iter().map(|tag| dictionary.add_tag(tag)).collect();
        tags.sort_unstable();
        tags.dedup();
        let end = |until: Option<hansa_model::time::Timestamp>| until.map_or(i128::MAX, |end| end.micros().into());
        let stands = end(assurance.valid_until);
        let mut standings: Vec<Standing> = vec![(dictionary.add_scale(Scale::LevelsUntil), stands, stands)];
        for certificate in &assurance.certificates {
            let scale = dictionary.add_scale(Scale::Certificate(certificate.scheme.clone()));
            let end = end(certificate.valid_until);
            match standings.iter_mut().find(|standing| standing.0 == scale) {
                Some(standing) => *standing = (scale, standing.1.max(end), standing.2.max(end)),
                None => standings.push((scale, end, end)),
            }
        }
        Self { assurance, tags, standings }
    }
}
