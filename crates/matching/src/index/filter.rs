//! Requirements as questions to chunks.

use std::sync::Arc;

use hansa_model::country::{Country, Region};
use hansa_model::evidence::gaia_x_rank;
use hansa_model::kind::PropertyBound;
use hansa_model::offer::OfferState;
use hansa_model::quantity::{Bound, Dimension, Quantity};
use hansa_model::time::Timestamp;

use super::Snapshot;
use super::chunk::{Chunk, between};
use super::dictionary::{Dictionary, Scale, Tag, Unit};
use super::item::{COUNTED_ROOM, Item};
use super::landmark::Landmark;
use super::mask::Mask;
use super::ranges::Reached;
use crate::geo::Geo;
use crate::prepare::Viewer;
use crate::requirement::{Check, asks_nothing};

/// Which rows may be seen at all.
#[derive(Debug)]
pub(crate) enum Sight {
    All,
    Some { drafts: Option<u32>, private: Option<u32>, shown: Vec<u32>, own: Option<u32> },
}

impl Sight {
    pub(crate) fn new(viewer: Viewer<'_>, market: &Snapshot<'_>) -> Self {
        let tag = |tag: &Tag| market.dictionary.tag(tag);
        let (own, shown) = match viewer {
            Viewer::Everything => return Self::All,
            Viewer::Anybody => (None, Vec::new()),
            Viewer::Participant { id, tenants } => {
                let shown = tenants.iter().filter_map(|tenant| tag(&Tag::Audience(*tenant)));
                (tag(&Tag::ProviderId(id)), shown.collect())
            }
        };
        Self::Some { drafts: tag(&Tag::State(OfferState::Draft)), private: tag(&Tag::Private), shown, own }
    }

    pub(crate) fn rows(&self, chunk: &Chunk) -> Mask {
        let Self::Some { drafts, private, shown, own } = self else { return chunk.live() };
        let tagged = |tag: &Option<u32>| tag.map_or(Mask::EMPTY, |tag| chunk.tagged(tag));
        let shown = shown.iter().fold(Mask::EMPTY, |rows, tag| rows.or(&chunk.tagged(*tag)));
        let hidden = tagged(private).without(&shown).or(&tagged(drafts));
        chunk.live().without(&hidden.without(&tagged(own)))
    }

    /// Whether an offer may be seen.
    pub(crate) fn shows(&self, item: &Item) -> bool {
        let Self::Some { drafts, private, shown, own } = self else { return true };
        let has = |wanted: &u32| item.tags().any(|tag| tag == *wanted);
        let hidden = private.as_ref().is_some_and(has) && !shown.iter().any(has) || drafts.as_ref().is_some_and(has);
        !hidden || own.as_ref().is_some_and(has)
    }
}

/// One requirement, with its words looked up.
#[derive(Debug)]
pub(crate) enum Filter {
    Everything,
    Nothing,
    /// Rows with any of these tags.
    Tagged(Vec<u32>),
    /// Rows with none of these tags.
    Untagged(Vec<u32>),
    /// Rows with any of the first tags and none of the second.
    Within(Vec<u32>, Vec<u32>),
    /// The same, where the levels stand beyond an instant.
    Levels(Vec<u32>, Vec<u32>, i128),
    /// Rows that reach into any of these intervals.
    Between(Vec<(u32, i128, i128)>),
    /// Rows within an interval of round trips to a place, in microseconds.
    Near(Arc<Landmark>, i128, i128),
    /// Rows whose site has room for so many.
    Room(u32),
}

/// The ends of a bound, as far away as can be where it is open; `None` when nothing lies within.
fn ends<D: Dimension>(bound: &Bound<Quantity<D>>) -> Option<(i128, i128)> {
    let min = bound.min.map_or(i128::MIN, |min| min.base().into());
    let max = bound.max.map_or(i128::MAX, |max| max.base().into());
    (min <= max).then_some((min, max))
}

impl Filter {
    /// The filter that agrees with a check wherever the index alone can tell.
    pub(crate) fn new(check: &Check<'_>, market: &Snapshot<'_>, now: Timestamp) -> Self {
        let words = &market.dictionary;
        let scales = market.scales();
        let tagged = |tags: Vec<Option<u32>>| Self::Tagged(tags.into_iter().flatten().collect());
        let within = |scale: u32, ends: Option<(i128, i128)>| {
            ends.map_or(Self::Nothing, |(min, max)| Self::Between(vec![(scale, min, max)]))
        };
        let valid = |scheme: &String| {
            Some((words.scale(&Scale::Certificate(scheme.clone()))?, i128::from(now.micros()) + 1, i128::MAX))
        };
        // Levels that end now count no more.
        let levels = |any: Vec<u32>| Self::Levels(any, Vec::new(), i128::from(now.micros()) + 1);
        let outside = |regions: &[Region], of: fn(&Tag) -> Option<Country>| {
            let is_outside = |country: Country| !regions.iter().any(|region| region.contains(country));
            words.tags_that(|tag| of(tag).is_some_and(is_outside))
        };
        match check {
            Check::State => {
                let closed = [OfferState::Draft, OfferState::Retired];
                Self::Untagged(closed.into_iter().filter_map(|state| words.tag(&Tag::State(state))).collect())
            }
            Check::Orderable => Self::Between(vec![(scales.fresh, i128::from(now.micros()) + 1, i128::MAX)]),
            Check::Currency(currency) => tagged(vec![words.tag(&Tag::Currency(*currency))]),
            Check::Price => tagged(vec![words.tag(&Tag::Priced)]),
            Check::Property { name, wanted } => Self::property(name, wanted, words),
            Check::Jurisdiction(regions) => Self::Within(
                regions.iter().filter_map(|region| words.tag(&Tag::Seat(*region))).collect(),
                outside(regions, |tag| match tag {
                    Tag::EvidencedSeat(country) => Some(*country),
                    _ => None,
                }),
            ),
            Check::DataLocation(regions) => Self::Within(
                regions.iter().filter_map(|region| words.tag(&Tag::Location(*region))).collect(),
                outside(regions, |tag| match tag {
                    Tag::DataIn(country) => Some(*country),
                    _ => None,
                }),
            ),
            Check::NoThirdCountryControl => levels(words.tag(&Tag::Uncontrolled).into_iter().collect()),
            Check::SubcontractorControl => levels(words.tag(&Tag::SubcontractorsUncontrolled).into_iter().collect()),
            Check::SubcontractorsWithin(regions) => Self::Levels(
                words.tag(&Tag::Subcontracting).into_iter().collect(),
                outside(regions, |tag| match tag {
                    Tag::SubcontractorIn(country) => Some(*country),
                    _ => None,
                }),
                i128::from(now.micros()) + 1,
            ),
            Check::Label { scheme, least } => gaia_x_rank(least).map_or(Self::Nothing, |least| {
                levels(words.tags_that(|tag| match tag {
                    Tag::Label(of, label) => of == scheme && gaia_x_rank(label).is_some_and(|rank| rank >= least),
                    _ => false,
                }))
            }),
            Check::Seal(0) => Self::Everything,
            Check::Seal(least) => levels(words.tags_that(|tag| matches!(tag, Tag::Seal(level) if level >= least))),
            Check::Cada(least) => levels(words.tags_that(|tag| matches!(tag, Tag::Cada(level) if level >= least))),
            Check::Certificate(scheme) => Self::Between(valid(&(*scheme).to_owned()).into_iter().collect()),
            Check::AnyCertificate(schemes) => Self::Between(schemes.iter().filter_map(valid).collect()),
            Check::Availability(bound) => within(scales.availability, ends(bound)),
            Check::CarbonIntensity(bound) => {
                words.scale(&Scale::CarbonIntensity).map_or(Self::Nothing, |scale| within(scale, ends(bound)))
            }
            Check::Providers(names) => {
                tagged(names.iter().map(|name| words.tag(&Tag::Provider(name.clone()))).collect())
            }
            Check::ExcludedProviders(names) => {
                Self::Untagged(names.iter().filter_map(|name| words.tag(&Tag::Provider(name.clone()))).collect())
            }
            Check::Near { place, bound, .. } => match place.zip(ends(bound)) {
                Some((place, (min, max))) => Self::Near(market.landmark(place), min, max),
                None => Self::Nothing,
            },
            Check::Term(most) => {
                Self::Untagged(words.tags_that(|tag| matches!(tag, Tag::MinimumTerm(least) if least > most)))
            }
            Check::Capacity { instances, .. } => Self::Room(*instances),
        }
    }

    fn property(name: &str, wanted: &PropertyBound, words: &Dictionary) -> Self {
        if asks_nothing(wanted) {
            return Self::Everything;
        }
        match wanted {
            PropertyBound::Text(texts) => {
                let tags = texts.iter().filter_map(|text| words.tag(&Tag::Text(name.to_owned(), text.clone())));
                Self::Tagged(tags.collect())
            }
            PropertyBound::Flag(_) => Self::Tagged(words.tag(&Tag::Flag(name.to_owned())).into_iter().collect()),
            bound => {
                let interval = Unit::interval(bound).filter(|(_, min, max)| min <= max);
                let scaled = interval.and_then(|(unit, min, max)| {
                    Some((words.scale(&Scale::Property(name.to_owned(), unit))?, min, max))
                });
                scaled.map_or(Self::Nothing, |scaled| Self::Between(vec![scaled]))
            }
        }
    }

    /// The round trip of an offer to the place that is asked for, in microseconds; nothing where none is.
    pub(crate) fn distance(&self, item: &Item, geo: &Geo) -> i64 {
        match self {
            Self::Near(landmark, ..) => landmark.round_trip(&item.spot, geo),
            _ => 0,
        }
    }

    /// Rows among which are those of a set that are nearest to the place that is asked for.
    pub(crate) fn nearest(&self, chunk: &Chunk, market: &Snapshot<'_>, among: &Mask) -> Mask {
        match self {
            Self::Near(landmark, ..) => chunk.near(landmark, market.geo()).lowest(among),
            _ => *among,
        }
    }

    /// The rows among some that meet it; `holds` is asked of those of which the bitmaps can't tell. Rows that were not
    /// asked for may be there or not.
    pub(crate) fn rows(
        &self,
        chunk: &Chunk,
        market: &Snapshot<'_>,
        among: &Mask,
        holds: impl Fn(usize) -> bool,
    ) -> Mask {
        let any = |tags: &[u32]| match tags {
            [tag] => chunk.tagged(*tag),
            tags => tags.iter().fold(Mask::EMPTY, |rows, tag| rows.or(&chunk.tagged(*tag))),
        };
        let Reached { mut sure, open } = match self {
            Self::Everything => return Mask::FULL,
            Self::Nothing => return Mask::EMPTY,
            Self::Tagged(tags) => return any(tags),
            Self::Untagged(tags) => return Mask::FULL.without(&any(tags)),
            Self::Within(tags, others) => return any(tags).without(&any(others)),
            Self::Levels(tags, others, until) => {
                let tagged = any(tags).without(&any(others));
                let Reached { sure, open } = chunk.between(market.scales().levels_until, *until, i128::MAX);
                Reached { sure: sure.and(&tagged), open: open.and(&tagged) }
            }
            Self::Between(intervals) => {
                let nothing = Reached { sure: Mask::EMPTY, open: Mask::EMPTY };
                intervals.iter().fold(nothing, |found, (scale, min, max)| {
                    let more = chunk.between(*scale, *min, *max);
                    Reached { sure: found.sure.or(&more.sure), open: found.open.or(&more.open) }
                })
            }
            Self::Near(landmark, min, max) => {
                let near = chunk.near(landmark, market.geo());
                between(&near, &near, *min, *max)
            }
            Self::Room(count) => {
                let scales = market.scales();
                let counted = *count <= u32::from(COUNTED_ROOM);
                let least = |counted_least: i128| if counted { i128::from(*count) } else { counted_least };
                let sure = chunk.between(scales.sure_room, least(i128::MAX), i128::MAX).sure;
                let most = chunk.between(scales.most_room, least(COUNTED_ROOM.into()), i128::MAX);
                Reached { sure, open: most.sure.or(&most.open) }
            }
        };
        for row in open.without(&sure).and(among).rows() {
            let fits = match self {
                Self::Near(landmark, min, max) => chunk.item(row).is_some_and(|item| {
                    (*min..=*max).contains(&i128::from(landmark.round_trip(&item.spot, market.geo())))
                }),
                _ => holds(row),
            };
            if fits {
                sure.insert(row);
            }
        }
        sure
    }
}
