//! Numbers for what offers can have: tags that are there or not, and scales on which offers stand.

use std::collections::HashMap;
use std::sync::Arc;

use hansa_model::country::{Country, Region};
use hansa_model::id::{ParticipantId, TenantId};
use hansa_model::kind::PropertyBound;
use hansa_model::money::Currency;
use hansa_model::name::Name;
use hansa_model::offer::OfferState;
use hansa_model::quantity::TimeSpan;

/// Something that an offer has or has not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Tag {
    State(OfferState),
    /// Its price has no defect.
    Priced,
    /// Only some see it.
    Private,
    /// These see it, if it is private.
    Audience(TenantId),
    Provider(Name),
    ProviderId(ParticipantId),
    /// Where its provider is registered.
    Seat(Region),
    /// One of the seats of its legal person, by the evidence.
    EvidencedSeat(Country),
    /// No third country controls its provider.
    Uncontrolled,
    Label(String, String),
    Seal(u8),
    Cada(u8),
    /// It is known who the subcontractors are.
    Subcontracting,
    /// No third country reaches subcontractors with access.
    SubcontractorsUncontrolled,
    SubcontractorIn(Country),
    /// Data may go there.
    DataIn(Country),
    /// Where its site is.
    Location(Region),
    Currency(Currency),
    /// The property of this name can be this text.
    Text(String, String),
    /// The property of this name is set.
    Flag(String),
    /// It binds for this long at least.
    MinimumTerm(TimeSpan),
}

/// A scale on which an offer stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Scale {
    /// What the property of this name can be, in its unit.
    Property(String, Unit),
    /// When the last certificate of this scheme ends.
    Certificate(String),
    /// Until when its levels stand.
    LevelsUntil,
    Availability,
    /// Of the site's electricity.
    CarbonIntensity,
    /// Until when an orderable offer is; nothing else stands on this scale.
    FreshUntil,
    /// How many instances its site has room for, whatever their extent.
    SureRoom,
    /// How many instances its site has room for when they are as small as can be.
    MostRoom,
    /// The carbon footprint of its least extent.
    Footprint,
}

/// In what a property is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    Count,
    Bytes,
    Span,
    Version,
}

impl Unit {
    /// The unit and the ends of a bound that has any; open ends are as far away as can be.
    pub(crate) fn interval(bound: &PropertyBound) -> Option<(Self, i128, i128)> {
        let ends = |min: Option<i128>, max: Option<i128>| (min.unwrap_or(i128::MIN), max.unwrap_or(i128::MAX));
        let (unit, (min, max)) = match bound {
            PropertyBound::Count(bound) => {
                (Self::Count, ends(bound.min.map(|min| min.base().into()), bound.max.map(|max| max.base().into())))
            }
            PropertyBound::Bytes(bound) => {
                (Self::Bytes, ends(bound.min.map(|min| min.base().into()), bound.max.map(|max| max.base().into())))
            }
            PropertyBound::Span(bound) => {
                (Self::Span, ends(bound.min.map(|min| min.base().into()), bound.max.map(|max| max.base().into())))
            }
            PropertyBound::Version(bound) => {
                let number = |version: hansa_model::quantity::Version| {
                    version.parts().into_iter().fold(0i128, |number, part| (number << 32) | i128::from(part))
                };
                (Self::Version, ends(bound.min.map(number), bound.max.map(number)))
            }
            PropertyBound::Text(_) | PropertyBound::Flag(_) => return None,
        };
        Some((unit, min, max))
    }
}

/// The numbers of all tags and scales that were ever seen; they never change. Cheaply cloned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary(Arc<Entries>);

#[derive(Debug, Clone, Default)]
struct Entries {
    tags: HashMap<Tag, u32>,
    scales: HashMap<Scale, u32>,
    /// The tags of which there are few, to be looked through.
    few: Vec<(Tag, u32)>,
}

impl Dictionary {
    pub(crate) fn tag(&self, tag: &Tag) -> Option<u32> {
        self.0.tags.get(tag).copied()
    }

    pub(crate) fn scale(&self, scale: &Scale) -> Option<u32> {
        self.0.scales.get(scale).copied()
    }

    /// The numbers of the tags of which `wanted` says so; not of providers, audiences and texts.
    pub(crate) fn tags_that(&self, wanted: impl Fn(&Tag) -> bool) -> Vec<u32> {
        self.0.few.iter().filter(|(tag, _)| wanted(tag)).map(|(_, number)| *number).collect()
    }

    pub(crate) fn add_tag(&mut self, tag: Tag) -> u32 {
        if let Some(known) = self.tag(&tag) {
            return known;
        }
        let entries = Arc::make_mut(&mut self.0);
        let number = u32::try_from(entries.tags.len()).unwrap_or(u32::MAX);
        if !matches!(tag, Tag::Provider(_) | Tag::ProviderId(_) | Tag::Audience(_) | Tag::Text(..)) {
            entries.few.push((tag.clone(), number));
        }
        entries.tags.insert(tag, number);
        number
    }

    pub(crate) fn add_scale(&mut self, scale: Scale) -> u32 {
        if let Some(known) = self.scale(&scale) {
            return known;
        }
        let entries = Arc::make_mut(&mut self.0);
        let number = u32::try_from(entries.scales.len()).unwrap_or(u32::MAX);
        entries.scales.insert(scale, number);
        number
    }
}
