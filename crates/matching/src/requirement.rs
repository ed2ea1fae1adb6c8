//! One requirement of a document on one offer: whether it holds, and what is required and offered in words.

use hansa_model::application::Component;
use hansa_model::country::Region;
use hansa_model::evidence::Control;
use hansa_model::kind::PropertyBound;
use hansa_model::money::Currency;
use hansa_model::name::Name;
use hansa_model::offer::{CatalogueProvider, OfferState};
use hansa_model::package::{LatencySource, RoundTrip};
use hansa_model::quantity::{Bound, CarbonBound, Dimension, PercentageBound, Quantity, TimeBound, TimeSpan};
use hansa_model::site::Site;
use hansa_model::time::Timestamp;

use crate::carbon;
use crate::geo::{Geo, Place};
use crate::index::{Chunk, Item, Snapshot};

/// The scheme of labels that are known.
pub(crate) const GAIA_X: &str = "gaia-x";
/// The labels of the scheme `gaia-x`, the lowest first.
pub(crate) const GAIA_X_LABELS: [&str; 4] = ["SC", "L1", "L2", "L3"];
const NOT_STATED: &str = "not stated";

/// An offer with what is known about its provider and site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) offer: &'a Item,
    pub(crate) provider: &'a CatalogueProvider,
    pub(crate) site: &'a Site,
    pub(crate) place: Place,
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
    pub(crate) fn subject(&self, offer: &'a Item) -> Subject<'a> {
        let fresh = offer.fresh_until.is_none_or(|until| self.now < until);
        Subject {
            offer,
            provider: &offer.seller.provider,
            site: &offer.spot.site,
            place: offer.spot.place,
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
    Label {
        scheme: &'a str,
        least: &'a str,
    },
    Seal(u8),
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
        let assurance = &subject.provider.assurance;
        match self {
            Self::State => !matches!(subject.offer.state, OfferState::Draft | OfferState::Retired),
            Self::Orderable => subject.orderable,
            Self::Currency(currency) => subject.offer.price.currency == *currency,
            Self::Price => subject.offer.price_defect.is_none(),
            Self::Property { name, wanted } => {
                subject.offer.shape.offered.0.get(*name).map_or_else(|| asks_nothing(wanted), |has| meets(has, wanted))
            }
            Self::Jurisdiction(regions) => regions.iter().any(|region| region.contains(subject.provider.country)),
            Self::NoThirdCountryControl => assurance.control == Control::None,
            Self::Label { scheme, least } => {
                let held = assurance.labels.get(*scheme).and_then(|label| label_rank(label));
                label_rank(least).is_some_and(|least| held.is_some_and(|held| held >= least))
            }
            Self::Seal(least) => *least == 0 || assurance.seal.is_some_and(|level| level >= *least),
            Self::Certificate(scheme) => assurance.holds(scheme, judge.now),
            Self::AnyCertificate(schemes) => schemes.iter().any(|scheme| assurance.holds(scheme, judge.now)),
            Self::Availability(bound) => subject.offer.availability.is_some_and(|share| bound.admits(share)),
            Self::DataLocation(regions) => regions.iter().any(|region| region.contains(subject.site.country)),
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
            Self::NoThirdCountryControl => "none".to_owned(),
            Self::Label { least, .. } => format!(">= {least}"),
            Self::Seal(least) => format!(">= {least}"),
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
        let assurance = &subject.provider.assurance;
        let stated = |value: Option<String>| value.unwrap_or_else(|| NOT_STATED.to_owned());
        match self {
            Self::State | Self::Orderable => format!("{:?}", subject.offer.state).to_lowercase(),
            Self::Currency(_) => subject.offer.price.currency.to_string(),
            Self::Price => subject.offer.price_defect.unwrap_or("valid").to_owned(),
            Self::Property { name, .. } => stated(subject.offer.shape.offered.0.get(*name).map(ToString::to_string)),
            Self::Jurisdiction(_) => subject.provider.country.to_string(),
            Self::NoThirdCountryControl => match &assurance.control {
                Control::Unknown => NOT_STATED.to_owned(),
                Control::None => "none".to_owned(),
                Control::Some(countries) => alternatives(countries),
            },
            Self::Label { scheme, .. } => stated(assurance.labels.get(*scheme).cloned()),
            Self::Seal(_) => stated(assurance.seal.map(|level| level.to_string())),
            Self::Certificate(scheme) => {
                let held = assurance.certificates.iter().find(|held| held.scheme == *scheme);
                stated(held.and_then(|held| held.valid_until).map(|end| format!("ended {end}")))
            }
            Self::AnyCertificate(_) => {
                let held: Vec<_> = assurance.certificates.iter().map(|held| held.scheme.as_str()).collect();
                stated((!held.is_empty()).then(|| held.join(", ")))
            }
            Self::Availability(_) => stated(subject.offer.availability.map(|share| share.to_string())),
            Self::DataLocation(_) => subject.site.country.to_string(),
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
        let assurance = &subject.provider.assurance;
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
            Self::Seal(least) => Some(least.checked_sub(assurance.seal?).filter(|more| *more > 0)?.to_string()),
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
}

/// How far an interval on offer is from what is wanted, when they do not meet.
fn apart<D: Dimension>(wanted: &Bound<Quantity<D>>, offered: &Bound<Quantity<D>>) -> Option<String> {
    let short = || wanted.min?.base().checked_sub(offered.max?.base());
    let over = || offered.min?.base().checked_sub(wanted.max?.base());
    let distance = short().filter(|short| *short > 0).or_else(|| over().filter(|over| *over > 0))?;
    Some(Quantity::<D>::from_base(distance).to_string())
}

/// Where a label of the scheme `gaia-x` stands among the others.
pub(crate) fn label_rank(label: &str) -> Option<usize> {
    GAIA_X_LABELS.iter().position(|known| *known == label)
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

fn alternatives<T: ToString>(items: &[T]) -> String {
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
