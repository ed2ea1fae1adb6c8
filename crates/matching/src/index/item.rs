//! Offers as the index keeps them: what many share is kept once, and what does not depend on the wish is known.

use std::sync::Arc;

use hansa_model::application::Component;
use hansa_model::country::{Country, Region};
use hansa_model::evidence::Assurance;
use hansa_model::id::OfferId;
use hansa_model::kind::{Bounds, KindId, Properties, PropertyBound, PropertyValue, Resource};
use hansa_model::money::Currency;
use hansa_model::offer::{CatalogueProvider, Offer, OfferState, Offered, Visibility};
use hansa_model::price::{Price, PricePlan, units_of_value};
use hansa_model::quantity::{Percentage, Quantity, TimeSpan};
use hansa_model::site::Site;
use hansa_model::time::Timestamp;

use super::assured::Assured;
use super::dictionary::{Dictionary, Scale, Tag, Unit};
use super::supply::Supply;
use crate::carbon;
use crate::geo::{Geo, Place};
use crate::search::RESOURCES;

/// Where an offer stands on a scale: from where to where.
pub(crate) type Standing = (u32, i128, i128);

/// A provider, with what all its offers have.
#[derive(Debug)]
pub(crate) struct Seller {
    pub(crate) provider: CatalogueProvider,
    pub(crate) number: u32,
    tags: Vec<u32>,
    /// What is known of all its offers of which nothing is known by themselves.
    assured: Assured,
}

/// A site, with what all offers there have.
#[derive(Debug)]
pub(crate) struct Spot {
    pub(crate) site: Site,
    pub(crate) place: Place,
    pub(crate) number: u32,
    tags: Vec<u32>,
    standings: Vec<Standing>,
}

/// Properties on offer.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) offered: Offered,
    tags: Vec<u32>,
    standings: Vec<Standing>,
    /// Whether every wish gets the same numbers and sizes.
    fixed: bool,
}

/// What one instance comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// In micro units a month.
    pub(crate) price: i64,
    /// In milligrams a month.
    pub(crate) carbon: i64,
    pub(crate) takes: [i64; RESOURCES],
}

/// One offer.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: OfferId,
    pub(crate) version: u32,
    pub(crate) sku: Box<str>,
    pub(crate) kind: KindId,
    pub(crate) seller: Arc<Seller>,
    pub(crate) spot: Arc<Spot>,
    pub(crate) shape: Arc<Shape>,
    pub(crate) price: Arc<PricePlan>,
    /// What is known of this very offer, instead of what is known of its provider.
    own: Option<Arc<Assured>>,
    pub(crate) availability: Option<Percentage>,
    pub(crate) minimum_term: Option<TimeSpan>,
    pub(crate) state: OfferState,
    pub(crate) fresh_until: Option<Timestamp>,
    /// What is wrong with its price, in a word.
    pub(crate) price_defect: Option<&'static str>,
    /// What an instance comes to at least, whatever is wished.
    pub(crate) least: Extent,
    room: Room,
    tags: Box<[u32]>,
}

/// How many instances a site has room for, as far as that is worth telling apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Room {
    sure: u8,
    most: u8,
}

/// Numbers of instances above this are not told apart.
pub(crate) const COUNTED_ROOM: u8 = 32;
/// Room that nobody reports on, and that is taken to be enough.
const UNLIMITED: u8 = u8::MAX;

/// The regions that a country belongs to, itself included.
fn regions(country: Country) -> impl Iterator<Item = Region> {
    let all = [Region::Country(country), Region::Eu, Region::Eea];
    all.into_iter().filter(move |region| region.contains(country))
}

impl Seller {
    pub(crate) fn new(provider: CatalogueProvider, number: u32, dictionary: &mut Dictionary) -> Self {
        let mut tags = vec![
            dictionary.add_tag(Tag::Provider(provider.name.clone())),
            dictionary.add_tag(Tag::ProviderId(provider.id)),
        ];
        tags.extend(regions(provider.country).map(|region| dictionary.add_tag(Tag::Seat(region))));
        let assured = Assured::new(Arc::new(provider.assurance.clone()), dictionary);
        Self { provider, number, tags, assured }
    }
}

impl Spot {
    pub(crate) fn new(site: Site, number: u32, geo: &Geo, dictionary: &mut Dictionary) -> Self {
        let place = geo.place(site.coordinates);
        let tags = regions(site.country).map(|region| dictionary.add_tag(Tag::Location(region))).collect();
        let scale = dictionary.add_scale(Scale::CarbonIntensity);
        let intensity = carbon::intensity(&site, geo).map(|intensity| i128::from(intensity.base()));
        Self { place, number, tags, standings: intensity.map(|it| (scale, it, it)).into_iter().collect(), site }
    }
}

impl Shape {
    pub(crate) fn new(offered: Offered, dictionary: &mut Dictionary) -> Self {
        let (mut tags, mut standings, mut fixed) = (Vec::new(), Vec::new(), true);
        for (name, bound) in &offered.0 {
            match bound {
                PropertyBound::Text(texts) => {
                    tags.extend(texts.iter().map(|text| dictionary.add_tag(Tag::Text(name.clone(), text.clone()))))
                }
                PropertyBound::Flag(true) => tags.push(dictionary.add_tag(Tag::Flag(name.clone()))),
                PropertyBound::Flag(false) => {}
                PropertyBound::Count(bound) => fixed &= bound.single().is_some(),
                PropertyBound::Bytes(bound) => fixed &= bound.single().is_some(),
                PropertyBound::Span(_) | PropertyBound::Version(_) => {}
            }
            // What is empty meets no wish, as if it were not there.
            if let Some((unit, min, max)) = Unit::interval(bound).filter(|(_, min, max)| min <= max) {
                standings.push((dictionary.add_scale(Scale::Property(name.clone(), unit)), min, max));
            }
        }
        tags.sort_unstable();
        tags.dedup();
        Self { offered, tags, standings, fixed }
    }

    /// The least numbers and sizes that an instance may get.
    fn least(&self) -> Properties {
        let least = |bound: &PropertyBound| match bound {
            PropertyBound::Count(bound) => {
                Some(PropertyValue::Count(bound.min.unwrap_or_else(|| Quantity::from_base(0))))
            }
            PropertyBound::Bytes(bound) => {
                Some(PropertyValue::Bytes(bound.min.unwrap_or_else(|| Quantity::from_base(0))))
            }
            _ => None,
        };
        let values = self.offered.0.iter().filter_map(|(name, bound)| Some((name.clone(), least(bound)?)));
        Properties { values: values.collect() }
    }

    /// The greatest numbers and sizes that an instance may get.
    fn most(&self) -> Properties {
        let most = |bound: &PropertyBound| match bound {
            PropertyBound::Count(bound) => {
                Some(PropertyValue::Count(bound.max.unwrap_or_else(|| Quantity::from_base(i64::MAX))))
            }
            PropertyBound::Bytes(bound) => {
                Some(PropertyValue::Bytes(bound.max.unwrap_or_else(|| Quantity::from_base(i64::MAX))))
            }
            _ => None,
        };
        let values = self.offered.0.iter().filter_map(|(name, bound)| Some((name.clone(), most(bound)?)));
        Properties { values: values.collect() }
    }
}

/// What properties take of each resource.
pub(crate) fn takes(kind: KindId, properties: &Properties) -> [i64; RESOURCES] {
    let mut takes = [0; RESOURCES];
    for (resource, amount) in kind.spec().takes(properties) {
        takes[crate::compose::position(resource)] = amount;
    }
    takes
}

/// What a property on offer becomes for a wish.
fn value(offered: &Bounds, component: &Component, name: &str) -> Option<PropertyValue> {
    let has = offered.get(name)?;
    let wanted = component.properties.get(name).and_then(|wanted| has.satisfy(wanted));
    wanted.or_else(|| has.default_value())
}

impl Item {
    /// An offer of a known provider at a known site, with what is free there.
    pub(crate) fn new(
        offer: &Offer,
        (seller, spot, shape, price): (Arc<Seller>, Arc<Spot>, Arc<Shape>, Arc<PricePlan>),
        own: Option<Arc<Assured>>,
        supply: Option<&Supply>,
        geo: &Geo,
        dictionary: &mut Dictionary,
    ) -> Self {
        let price_defect = price_defect(&price);
        let mut tags =
            vec![dictionary.add_tag(Tag::State(offer.state)), dictionary.add_tag(Tag::Currency(price.currency))];
        if price_defect.is_none() {
            tags.push(dictionary.add_tag(Tag::Priced));
        }
        if let Visibility::Private(tenants) = &offer.visibility {
            tags.push(dictionary.add_tag(Tag::Private));
            tags.extend(tenants.iter().map(|tenant| dictionary.add_tag(Tag::Audience(*tenant))));
        }
        tags.extend(offer.terms.minimum_term.map(|term| dictionary.add_tag(Tag::MinimumTerm(term))));
        tags.sort_unstable();
        tags.dedup();
        let item = Self {
            id: offer.id,
            version: offer.version,
            sku: offer.sku.as_str().into(),
            kind: offer.kind,
            seller,
            spot,
            shape,
            price,
            own,
            availability: offer.terms.availability,
            minimum_term: offer.terms.minimum_term,
            state: offer.state,
            fresh_until: offer.fresh_until,
            price_defect,
            least: Extent { price: 0, carbon: 0, takes: [0; RESOURCES] },
            room: Room { sure: UNLIMITED, most: UNLIMITED },
            tags: tags.into(),
        };
        item.measured(geo).with_supply(supply)
    }

    /// The offer with what an instance comes to at least, where and how it is offered now.
    fn measured(mut self, geo: &Geo) -> Self {
        let properties = self.shape.least();
        self.least = Extent {
            price: self.monthly_of(&properties, u32::MAX).unwrap_or(i64::MAX),
            carbon: carbon::footprint(self.kind, &properties, &self.spot.site, geo),
            takes: takes(self.kind, &properties),
        };
        self
    }

    /// The offer with what is known of its provider now.
    pub(crate) fn sold_by(mut self, seller: Arc<Seller>) -> Self {
        self.seller = seller;
        self
    }

    /// The offer with what is known of itself now.
    pub(crate) fn assured_by(mut self, own: Option<Arc<Assured>>) -> Self {
        self.own = own;
        self
    }

    /// What is known of this very offer.
    pub(crate) fn own_assurance(&self) -> Option<&Arc<Assurance>> {
        self.own.as_ref().map(|own| &own.assurance)
    }

    /// What it is judged by: what is known of itself, else of its provider.
    pub(crate) fn assurance(&self) -> &Assurance {
        &self.assured().assurance
    }

    fn assured(&self) -> &Assured {
        self.own.as_deref().unwrap_or(&self.seller.assured)
    }

    /// What it has in common with the other offers of which the same is known, by its provider or by itself.
    pub(super) fn common_tags(&self) -> Vec<u32> {
        [&self.seller.tags, &self.assured().tags].into_iter().flatten().copied().collect()
    }

    /// Where it stands together with them.
    pub(super) fn common_standings(&self) -> &[Standing] {
        &self.assured().standings
    }

    /// Whether two offers have the same in common with others.
    pub(super) fn has_in_common(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.seller, &other.seller) && std::ptr::eq(self.assured(), other.assured())
    }

    /// The offer with what is known of its site now.
    pub(crate) fn moved_to(mut self, spot: Arc<Spot>, geo: &Geo) -> Self {
        self.spot = spot;
        self.measured(geo)
    }

    /// The offer with this much free at its site.
    pub(crate) fn with_supply(mut self, supply: Option<&Supply>) -> Self {
        self.room = match supply {
            None => Room { sure: UNLIMITED, most: UNLIMITED },
            Some(supply) => {
                let most = supply.room(&self.least.takes);
                let sure = if self.shape.fixed { most } else { supply.room(&takes(self.kind, &self.shape.most())) };
                let clipped = |room: i64| u8::try_from(room).unwrap_or(COUNTED_ROOM).min(COUNTED_ROOM);
                Room { sure: clipped(sure), most: clipped(most) }
            }
        };
        self
    }

    /// The offer as what runs on it has it: its room is taken already.
    pub(crate) fn occupied(mut self) -> Self {
        self.least.takes = [0; RESOURCES];
        self.with_supply(None)
    }

    /// What one instance costs once, in micro units.
    pub(crate) fn one_off(&self) -> i64 {
        let once = self.price.components.iter().filter_map(|part| match &part.price {
            Price::OneOff { amount } => Some(amount.micros()),
            _ => None,
        });
        once.fold(0, i64::saturating_add)
    }

    /// The offer in another state.
    pub(crate) fn in_state(mut self, state: OfferState, dictionary: &mut Dictionary) -> Self {
        let (before, after) = (dictionary.add_tag(Tag::State(self.state)), dictionary.add_tag(Tag::State(state)));
        let mut tags: Vec<u32> = self.tags.iter().map(|tag| if *tag == before { after } else { *tag }).collect();
        tags.sort_unstable();
        (self.tags, self.state) = (tags.into(), state);
        self
    }

    /// Whether its provider lists it, whatever became of it since.
    pub(crate) const fn is_listed(&self) -> bool {
        !matches!(self.state, OfferState::Draft | OfferState::Retired)
    }

    /// Whether an offer with as much room and the same in all else would be found by the same filters.
    pub(crate) fn has_room_as(&self, other: &Self) -> bool {
        self.room == other.room
    }

    /// How people name it: `provider/site/sku`.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}/{}", self.seller.provider.name, self.spot.site.name, self.sku)
    }

    /// By what offers of a kind are ordered: the currency, then the price, then their names.
    pub(crate) fn rank(&self) -> (&str, i64, &str, &str, &str, OfferId) {
        let currency: &Currency = &self.price.currency;
        let (provider, site) = (self.seller.provider.name.as_str(), self.spot.site.name.as_str());
        (currency.code(), self.least.price, provider, site, &self.sku, self.id)
    }

    pub(crate) fn tags(&self) -> impl Iterator<Item = u32> + '_ {
        let shared = [&self.seller.tags, &self.assured().tags, &self.spot.tags, &self.shape.tags];
        shared.into_iter().flatten().chain(&*self.tags).copied()
    }

    /// Where it stands on the scales that `known` numbers.
    pub(crate) fn standings(&self, known: &Scales) -> impl Iterator<Item = Standing> + '_ {
        let shared = [&self.assured().standings, &self.spot.standings, &self.shape.standings].into_iter().flatten();
        let room = |room: u8| if room == UNLIMITED { i128::MAX } else { i128::from(room) };
        let single = |scale: u32, value: i128| (scale, value, value);
        let availability = self.availability.map(|share| single(known.availability, share.base().into()));
        let fresh = (self.state == OfferState::Orderable)
            .then(|| single(known.fresh, self.fresh_until.map_or(i128::MAX, |until| until.micros().into())));
        let own = [
            single(known.footprint, self.least.carbon.into()),
            single(known.sure_room, room(self.room.sure)),
            single(known.most_room, room(self.room.most)),
        ];
        shared.copied().chain(availability).chain(fresh).chain(own)
    }

    /// The properties that each instance gets: the least that meets the wish, else what is there by default.
    pub(crate) fn delivered(&self, component: &Component) -> Properties {
        let offered = &self.shape.offered.0;
        let given = |name: &String| Some((name.clone(), value(offered, component, name)?));
        Properties { values: offered.keys().filter_map(given).collect() }
    }

    /// What properties cost a month when so many instances are bought together, in micro units.
    fn monthly_of(&self, properties: &Properties, instances: u32) -> Option<i64> {
        let estimate = match self.price.volume.is_empty() {
            true => self.price.estimate(properties, 0),
            false => self.price.at_volume(instances).estimate(properties, 0),
        };
        Some(estimate.ok()?.monthly.micros())
    }

    /// Whether every wish comes to the same.
    fn is_fixed(&self) -> bool {
        self.shape.fixed && self.price.volume.is_empty()
    }

    /// What one of so many instances comes to for a wish; `None` when its price is too large a number.
    pub(crate) fn extent(&self, component: &Component, instances: u32, geo: &Geo) -> Option<Extent> {
        if self.is_fixed() {
            return (self.least.price < i64::MAX).then_some(self.least);
        }
        let properties = self.delivered(component);
        Some(Extent {
            price: self.monthly_of(&properties, instances)?,
            carbon: carbon::footprint(self.kind, &properties, &self.spot.site, geo),
            takes: takes(self.kind, &properties),
        })
    }

    /// What one of so many instances costs a month for a wish, in micro units; `None` when that is too large a number.
    pub(crate) fn monthly(&self, component: &Component, instances: u32) -> Option<i64> {
        if self.is_fixed() {
            return (self.least.price < i64::MAX).then_some(self.least.price);
        }
        let units = |name: &str| units_of_value(value(&self.shape.offered.0, component, name).as_ref());
        let estimate = match self.price.volume.is_empty() {
            true => self.price.estimate_by(units, 0),
            false => self.price.at_volume(instances).estimate_by(units, 0),
        };
        Some(estimate.ok()?.monthly.micros())
    }

    /// What of the site's capacity there is too little of for so many instances, if any.
    pub(crate) fn shortage(&self, supply: Option<&Supply>, component: &Component, count: u32) -> Option<Resource> {
        let supply = supply?;
        let takes = if self.shape.fixed { self.least.takes } else { takes(self.kind, &self.delivered(component)) };
        supply.shortage(&takes, count)
    }
}

/// The numbers of the scales that every index has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scales {
    pub(crate) availability: u32,
    pub(crate) levels_until: u32,
    pub(crate) fresh: u32,
    pub(crate) footprint: u32,
    pub(crate) sure_room: u32,
    pub(crate) most_room: u32,
}

impl Scales {
    pub(crate) fn new(dictionary: &mut Dictionary) -> Self {
        Self {
            availability: dictionary.add_scale(Scale::Availability),
            levels_until: dictionary.add_scale(Scale::LevelsUntil),
            fresh: dictionary.add_scale(Scale::FreshUntil),
            footprint: dictionary.add_scale(Scale::Footprint),
            sure_room: dictionary.add_scale(Scale::SureRoom),
            most_room: dictionary.add_scale(Scale::MostRoom),
        }
    }
}

fn price_defect(price: &PricePlan) -> Option<&'static str> {
    if !price.defects().is_empty() {
        return Some("invalid");
    }
    price.estimate(&Properties::default(), 0).is_err().then_some("too large")
}
