//! One requirement of a document on one offer: whether it holds, and what is required and offered in words.

use hansa_model::application::Component;
use hansa_model::country::{Country, Region};
use hansa_model::evidence::{Assurance, Lack, gaia_x_rank};
use hansa_model::kind::PropertyBound;
use hansa_model::money::Currency;
use hansa_model::name::Name;
use hansa_model::offer::{CatalogueProvider, OfferState};
use hansa_model::package::{LatencySource, RoundTrip};
use hansa_model::quantity::{Bound, CarbonBound, Dimension, PercentageBound, Quantity, TimeBound, TimeSpan};
use hansa_model::site::Site;
use hansa_model::time::Timestamp;

use crate::carbon;
use crate::evidence;
use crate::geo::{Geo, Place};
use crate::index::{Chunk, Item, Snapshot};

pub(crate) const NOT_STATED: &str = "not stated";

/// An offer with what is known about its provider and site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) offer: &'a Item,
    pub(crate) provider: &'a CatalogueProvider,
    pub(crate) site: &'a Site,
    pub(crate) place: Place,
    /// What is known of it.
    pub(crate) assurance: &'a Assurance,
    /// The same, as long as its levels stand.
    pub(crate) levels: Option<&'a Assurance>,
    /// Whether it can be ordered now.
    pub(crate) orderable: bool,
}

/// What requirements are judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judge<'a> {
    pub(crate) market: &'a Snapshot<'a>,
    pub(crate) geo: &'a Geo,
    pub(crate) now: Timestamp,
}

impl<'a> Judge<'a> {
    /// What is known of an offer, as long as its levels stand.
    fn levels<'i>(&self, offer: &'i Item) -> Option<&'i Assurance> {
        Some(offer.assurance()).filter(|known| known.stands(self.now))
    }

    /// The level of sovereignty that an offer counts with: 0 where none is known.
    pub(crate) fn grade(&self, offer: &Item) -> u8 {
        self.levels(offer).and_then(|levels| levels.seal).unwrap_or_default()
    }

    pub(crate) fn subject(&self, offer: &'a Item) -> Subject<'a> {
        let fresh = offer.fresh_until.is_none_or(|until| self.now < until);
        Subject {
            offer,
            provider: &offer.seller.provider,
            site: &offer.spot.site,
            place: offer.spot.place,
            assurance: offer.assurance(),
            levels: self.levels(offer),
            orderable: offer.state == OfferState::Orderable && fresh,
        }
    }
}

/// One requirement on offers for one component.
#[derive(Debug)]
pub(crate) struct Requirement<'a> {
    /// Its short path: `seal`, `certifications.ISO27001`, `cpu`, `near`.
    pub(crate) name: String,
    /// The number of the constraint of the document it comes from; none for what nobody can waive.
    pub(crate) constraint: Option<usize>,
    pub(crate) check: Check<'a>,
}

/// What is looked at.
#[derive(Debug)]
pub(crate) enum Check<'a> {
    State,
    Orderable,
    Currency(Currency),
    Price,
    Property {
        name: &'a str,
        wanted: &'a PropertyBound,
    },
    Jurisdiction(&'a [Region]),
    NoThirdCountryControl,
    /// No third country reaches subcontractors with access.
    SubcontractorControl,
    SubcontractorsWithin(&'a [Region]),
    Label {
        scheme: &'a str,
        least: &'a str,
    },
    Seal(u8),
    Cada(u8),
    Certificate(&'a str),
    AnyCertificate(&'a [String]),
    Availability(PercentageBound),
    DataLocation(&'a [Region]),
    CarbonIntensity(CarbonBound),
    Providers(&'a [Name]),
    ExcludedProviders(&'a [Name]),
    Near {
        name: &'a str,
        place: Option<Place>,
        bound: TimeBound,
    },
    /// It binds for no longer.
    Term(TimeSpan),
    /// Room for so many instances of the component together.
    Capacity {
        component: &'a Component,
        instances: u32,
    },
}

impl Requirement<'_> {
    /// Whether the offer in a row meets it.
    pub(crate) fn holds(&self, chunk: &Chunk, row: usize, judge: &Judge<'_>) -> bool {
        chunk.item(row).is_some_and(|item| self.check.holds(&judge.subject(item), judge))
    }
}

impl Check<'_> {
    /// Whether the offer meets it. What is not known never does.
    pub(crate) fn holds(&self, subject: &Subject<'_>, judge: &Judge<'_>) -> bool {
        let (assurance, levels) = (subject.assurance, subject.levels);
        match self {
            Self::State => !matches!(subject.offer.state, OfferState::Draft | OfferState::Retired),
            Self::Orderable => subject.orderable,
            Self::Currency(currency) => subject.offer.price.currency == *currency,
            Self::Price => subject.offer.price_defect.is_none(),
            Self::Property { name, wanted } => {
                subject.offer.shape.offered.0.get(*name).map_or_else(|| asks_nothing(wanted), |has| meets(has, wanted))
            }
            Self::Jurisdiction(regions) => {
                is_within(regions, subject.provider.country) && all_within(regions, &assurance.seats)
            }
            Self::NoThirdCountryControl => levels.is_some_and(|known| evidence::is_none(&known.control)),
            Self::SubcontractorControl => {
                let known = levels.and_then(|known| known.subcontracting.as_ref());
                known.is_some_and(|known| evidence::is_none(&known.control))
            }
            Self::SubcontractorsWithin(regions) => {
                let known = levels.and_then(|known| known.subcontracting.as_ref());
                known.is_some_and(|known| all_within(regions, &known.countries))
            }
            Self::Label { scheme, least } => {
                let held = levels.and_then(|known| gaia_x_rank(known.labels.get(*scheme)?));
                gaia_x_rank(least).is_some_and(|least| held.is_some_and(|held| held >= least))
            }
            Self::Seal(0) => true,
            Self::Seal(least) => levels.and_then(|known| known.seal).is_some_and(|level| level >= *least),
            Self::Cada(least) => levels.and_then(|known| known.cada).is_some_and(|level| level >= *least),
            Self::Certificate(scheme) => assurance.holds(scheme, judge.now),
            Self::AnyCertificate(schemes) => schemes.iter().any(|scheme| assurance.holds(scheme, judge.now)),
            Self::Availability(bound) => subject.offer.availability.is_some_and(|share| bound.admits(share)),
            Self::DataLocation(regions) => {
                is_within(regions, subject.site.country) && all_within(regions, &assurance.data_countries)
            }
            Self::CarbonIntensity(bound) => {
                carbon::intensity(subject.site, judge.geo).is_some_and(|intensity| bound.admits(intensity))
            }
            Self::Providers(names) => names.contains(&subject.provider.name),
            Self::ExcludedProviders(names) => !names.contains(&subject.provider.name),
            Self::Near { place, bound, .. } => {
                place.is_some_and(|place| bound.admits(judge.geo.round_trip(&subject.place, &place).rtt))
            }
            Self::Term(most) => subject.offer.minimum_term.is_none_or(|least| least <= *most),
            Self::Capacity { component, instances } => {
                let supply = judge.market.supply(subject.site.id, subject.offer.kind);
                subject.offer.shortage(supply, component, *instances).is_none()
            }
        }
    }

    /// What is required, for people.
    pub(crate) fn required(&self) -> String {
        match self {
            Self::State => "published".to_owned(),
            Self::Orderable => "orderable".to_owned(),
            Self::Currency(currency) => currency.to_string(),
            Self::Price => "a valid price".to_owned(),
            Self::Property { wanted, .. } => wanted.to_string(),
            Self::Jurisdiction(regions) | Self::DataLocation(regions) => alternatives(regions),
            Self::NoThirdCountryControl | Self::SubcontractorControl => "none".to_owned(),
            Self::SubcontractorsWithin(regions) => format!("all in {}", alternatives(regions)),
            Self::Label { least, .. } => format!(">= {least}"),
            Self::Seal(least) | Self::Cada(least) => format!(">= {least}"),
            Self::Certificate(_) => "held".to_owned(),
            Self::AnyCertificate(schemes) => alternatives(schemes),
            Self::Availability(bound) => bound.to_string(),
            Self::CarbonIntensity(bound) => bound.to_string(),
            Self::Providers(names) => alternatives(names),
            Self::ExcludedProviders(names) => format!("not {}", alternatives(names)),
            Self::Near { name, bound, .. } => format!("{bound} to {name}"),
            Self::Term(most) => format!("binds for {most} at most"),
            Self::Capacity { instances, .. } => format!("room for {instances}"),
        }
    }

    /// What the offer has instead, for people.
    pub(crate) fn offered(&self, subject: &Subject<'_>, judge: &Judge<'_>) -> String {
        let assurance = subject.assurance;
        let level = |value: Option<String>| evidence::level(assurance, value, judge.now);
        let stated = |value: Option<String>| value.unwrap_or_else(|| NOT_STATED.to_owned());
        match self {
            Self::State | Self::Orderable => format!("{:?}", subject.offer.state).to_lowercase(),
            Self::Currency(_) => subject.offer.price.currency.to_string(),
            Self::Price => subject.offer.price_defect.unwrap_or("valid").to_owned(),
            Self::Property { name, .. } => stated(subject.offer.shape.offered.0.get(*name).map(ToString::to_string)),
            Self::Jurisdiction(_) => evidence::countries(subject.provider.country, &assurance.seats),
            Self::NoThirdCountryControl => level(evidence::in_words(&assurance.control)),
            Self::SubcontractorControl => {
                level(assurance.subcontracting.as_ref().and_then(|known| evidence::in_words(&known.control)))
            }
            Self::SubcontractorsWithin(_) => level(assurance.subcontracting.as_ref().map(|known| {
                let listed = known.countries.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                if listed.is_empty() { "none".to_owned() } else { listed }
            })),
            Self::Label { scheme, .. } => level(assurance.labels.get(*scheme).cloned()),
            Self::Seal(_) => level(assurance.seal.map(|level| level.to_string())),
            Self::Cada(_) => level(assurance.cada.map(|level| level.to_string())),
            Self::Certificate(scheme) => {
                let held = assurance.certificates.iter().find(|held| held.scheme == *scheme);
                stated(held.and_then(|held| held.valid_until).map(|end| format!("ended {end}")))
            }
            Self::AnyCertificate(_) => {
                let held: Vec<_> = assurance.certificates.iter().map(|held| held.scheme.as_str()).collect();
                stated((!held.is_empty()).then(|| held.join(", ")))
            }
            Self::Availability(_) => stated(subject.offer.availability.map(|share| share.to_string())),
            Self::DataLocation(_) => evidence::countries(subject.site.country, &assurance.data_countries),
            Self::CarbonIntensity(_) => stated(carbon::intensity(subject.site, judge.geo).map(|mean| mean.to_string())),
            Self::Providers(_) | Self::ExcludedProviders(_) => subject.provider.name.to_string(),
            Self::Near { place, .. } => place.map_or_else(
                || "no such place is known".to_owned(),
                |place| in_words(judge.geo.round_trip(&subject.place, &place)),
            ),
            Self::Term(_) => stated(subject.offer.minimum_term.map(|least| format!("binds for {least}"))),
            Self::Capacity { component, instances } => {
                let supply = judge.market.supply(subject.site.id, subject.offer.kind);
                subject
                    .offer
                    .shortage(supply, component, *instances)
                    .map_or_else(|| "enough".to_owned(), |resource| format!("too little {} free", resource.name()))
            }
        }
    }

    /// How far what the offer has is from what is required, for people; `None` where that is no number.
    pub(crate) fn distance(&self, subject: &Subject<'_>, judge: &Judge<'_>) -> Option<String> {
        let lacking = |least: u8, has: u8| Some(least.checked_sub(has).filter(|more| *more > 0)?.to_string());
        match self {
            Self::Property { name, wanted } => match (*wanted, subject.offer.shape.offered.0.get(*name)?) {
                (PropertyBound::Count(wanted), PropertyBound::Count(has)) => apart(wanted, has),
                (PropertyBound::Bytes(wanted), PropertyBound::Bytes(has)) => apart(wanted, has),
                (PropertyBound::Span(wanted), PropertyBound::Span(has)) => apart(wanted, has),
                _ => None,
            },
            Self::Term(term) => {
                let binds = subject.offer.minimum_term?;
                let longer = binds.base().checked_sub(term.base()).filter(|longer| *longer > 0)?;
                Some(TimeSpan::micros(longer).to_string())
            }
            Self::Seal(least) => lacking(*least, subject.levels?.seal?),
            Self::Cada(least) => lacking(*least, subject.levels?.cada?),
            Self::Availability(bound) => apart(bound, &Bound::exactly(subject.offer.availability?)),
            Self::CarbonIntensity(bound) => apart(bound, &Bound::exactly(carbon::intensity(subject.site, judge.geo)?)),
            Self::Near { place, bound, .. } => {
                let rtt = judge.geo.round_trip(&subject.place, place.as_ref()?).rtt;
                let over = rtt.base().checked_sub(bound.max?.base()).filter(|over| *over > 0)?;
                // Rounded up, so that as much more is enough.
                Some(TimeSpan::micros(over.saturating_add(99) / 100 * 100).in_millis())
            }
            _ => None,
        }
    }

    /// Which criteria bind and what evidence is missing for them, as far as that is known.
    pub(crate) fn because(&self, subject: &Subject<'_>) -> Vec<Lack> {
        evidence::because(self, subject.assurance)
    }
}

/// Whether a country is in one of these.
fn is_within(regions: &[Region], country: Country) -> bool {
    regions.iter().any(|region| region.contains(country))
}

fn all_within(regions: &[Region], countries: &[Country]) -> bool {
    countries.iter().all(|country| is_within(regions, *country))
}

/// How far an interval on offer is from what is wanted, when they do not meet.
fn apart<D: Dimension>(wanted: &Bound<Quantity<D>>, offered: &Bound<Quantity<D>>) -> Option<String> {
    let short = || wanted.min?.base().checked_sub(offered.max?.base());
    let over = || offered.min?.base().checked_sub(wanted.max?.base());
    let distance = short().filter(|short| *short > 0).or_else(|| over().filter(|over| *over > 0))?;
    Some(Quantity::<D>::from_base(distance).to_string())
}

/// Whether a wish is met by having nothing.
pub(crate) fn asks_nothing(wanted: &PropertyBound) -> bool {
    fn open<T>(bound: &Bound<T>) -> bool {
        bound.min.is_none() && bound.max.is_none()
    }
    match wanted {
        PropertyBound::Count(bound) => open(bound),
        PropertyBound::Bytes(bound) => open(bound),
        PropertyBound::Span(bound) => open(bound),
        PropertyBound::Version(bound) => open(bound),
        PropertyBound::Text(_) => false,
        PropertyBound::Flag(wanted) => !wanted,
    }
}

fn meets(offered: &PropertyBound, wanted: &PropertyBound) -> bool {
    offered.satisfy(wanted).is_some() || asks_nothing(wanted)
}

pub(crate) fn alternatives<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

/// A round trip and how it is known: `7.4 ms (estimated)`.
pub(crate) fn in_words(round_trip: RoundTrip) -> String {
    let source = match round_trip.source {
        LatencySource::Measured => "measured",
        LatencySource::Estimated => "estimated",
    };
    format!("{} ({source})", round_trip.rtt.in_millis())
}
