//! Offers by themselves: whether they are what a package says, and meet what their component asks.

use hansa_model::application::{Component, Requirements, ThirdCountry};
use hansa_model::country::{Country, Region};
use hansa_model::evidence::{Assurance, Control};
use hansa_model::kind::{Properties, PropertyBound};
use hansa_model::offer::{Catalogue, CatalogueProvider, Offer, OfferState};
use hansa_model::package::Replica;
use hansa_model::site::Site;

use super::parts::{Part, Parts};
use super::{Claim, Findings, VerifyOptions};

/// The labels of the scheme `gaia-x`, the lowest first.
pub(super) const LABELS: [&str; 4] = ["SC", "L1", "L2", "L3"];

/// Why versions and states can't be compared.
pub(super) const UNKNOWN: &str = "this catalogue has the offer under another identifier, so its version may differ";

/// Whether a replica names an offer by its identifier, and not by its key alone.
pub(super) fn is_same(offer: &Offer, replica: &Replica) -> bool {
    offer.id == replica.offer_id
}

/// Whether an offer can be ordered.
pub(super) fn is_orderable(offer: &Offer, options: &VerifyOptions<'_>) -> bool {
    offer.state == OfferState::Orderable && offer.fresh_until.is_none_or(|until| options.now < until)
}

/// What each instance gets: the least that meets the wish, else what there is by default.
pub(super) fn delivered(offer: &Offer, component: &Component) -> Properties {
    let value = |(name, has): (&String, &PropertyBound)| {
        let wanted = component.properties.get(name).and_then(|wanted| has.satisfy(wanted));
        Some((name.clone(), wanted.or_else(|| has.default_value())?))
    };
    Properties { values: offer.properties.0.iter().filter_map(value).collect() }
}

/// The offer that a replica names, with its provider and site; `None` when there is none.
pub(super) fn find<'v>(
    catalogue: &'v Catalogue,
    component: &Component,
    replica: &Replica,
    field: &str,
    findings: &mut Findings<'_>,
) -> Option<(&'v Offer, &'v CatalogueProvider, &'v Site)> {
    let by_id = catalogue.offers.iter().find(|offer| offer.id == replica.offer_id);
    let found = by_id.or_else(|| catalogue.offers.iter().find(|offer| offer.key() == replica.offer));
    let found = found
        .and_then(|offer| Some((offer, catalogue.providers.get(&offer.provider)?, catalogue.sites.get(&offer.site)?)));
    let Some((offer, provider, site)) = found else {
        findings.holds(Claim::Offers, format!("{field}.offer"), false, &replica.offer, "no such offer");
        return None;
    };
    let claim = Claim::Offers;
    findings.equal(claim, format!("{field}.offer"), replica.offer.clone(), offer.key());
    match is_same(offer, replica) {
        true => findings.equal(claim, format!("{field}.offerVersion"), replica.offer_version, offer.version),
        false => findings.unchecked(claim, format!("{field}.offerVersion"), UNKNOWN),
    }
    findings.equal(claim, format!("{field}.provider"), &replica.provider, &provider.name);
    findings.equal(claim, format!("{field}.site"), &replica.site, &site.name);
    findings.equal(claim, format!("{field}.country"), replica.country, site.country);
    findings.equal(claim, format!("{field}.offer"), component.kind, offer.kind);
    let published = !matches!(offer.state, OfferState::Draft | OfferState::Retired);
    let state = format!("{:?}", offer.state).to_lowercase();
    findings.holds(claim, format!("{field}.offer"), published, "a published offer", state);
    Some((offer, provider, site))
}

/// Checks the requirements of a part's component and of the application.
pub(super) fn check(parts: &Parts<'_>, part: &Part<'_>, findings: &mut Findings<'_>) {
    let application = parts.application;
    let (name, component) =
        application.components.get_index(part.number).map_or(("", part.component), |(name, it)| (name.as_str(), it));
    let mut asked = Asked { part, parts, findings };
    asked.all("spec.requirements", &application.requirements);
    asked.all(&format!("spec.components.{name}.requirements"), &component.requirements);
    for (property, wanted) in &component.properties {
        let has = part.offer.properties.0.get(property);
        // What asks for nothing is met by having nothing.
        let open = wanted.to_string() == "any" || *wanted == PropertyBound::Flag(false);
        let met = open || has.is_some_and(|has| has.satisfy(wanted).is_some());
        let found = has.map_or_else(|| "nothing".to_owned(), ToString::to_string);
        asked.one(format!("spec.components.{name}.{property}"), met, wanted.to_string(), found);
    }
    if let Some(near) = &component.near {
        let rtt = parts.near(part);
        let met = rtt.is_some_and(|rtt| near.rtt.admits(hansa_model::quantity::Quantity::micros(rtt)));
        let found = rtt.map_or_else(|| "no such place".to_owned(), |rtt| format!("{rtt} us"));
        asked.one(format!("spec.components.{name}.near"), met, near.rtt.to_string(), found);
    }
    if let Some(term) = application.term {
        let least = part.offer.terms.minimum_term;
        let found = least.map_or_else(String::new, |least| least.to_string());
        asked.one("spec.term".to_owned(), least.is_none_or(|least| least <= term), term.to_string(), found);
    }
}

/// What is asked of one part.
struct Asked<'c, 'v, 'f, 'g> {
    part: &'c Part<'v>,
    parts: &'c Parts<'v>,
    findings: &'f mut Findings<'g>,
}

impl Asked<'_, '_, '_, '_> {
    fn one(&mut self, field: String, met: bool, required: String, found: String) {
        let offer = self.part.offer.key();
        self.findings.holds(Claim::Requirements, field, met, required, format!("{offer}: {found}"));
    }

    fn all(&mut self, field: &str, asked: &Requirements) {
        let Part { offer, provider, site, .. } = *self.part;
        let options = self.parts.options;
        let known = self.part.known();
        let levels = self.part.levels(options);
        let field = |name: &str| format!("{field}.{name}");
        let within = |regions: &[Region], country: Country| regions.iter().any(|region| region.contains(country));
        let words = |regions: &[Region]| regions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        let held = |scheme: &str| holds(known, scheme, options);
        if !asked.jurisdiction.is_empty() {
            let seats: Vec<Country> = known.seats.iter().copied().chain([provider.country]).collect();
            let met = seats.iter().all(|seat| within(&asked.jurisdiction, *seat));
            self.one(field("jurisdiction"), met, words(&asked.jurisdiction), format!("{seats:?}"));
        }
        if asked.control.is_some_and(|control| control.third_country == ThirdCountry::None) {
            let met = levels.is_some_and(|known| known.control == Control::None);
            self.one(field("control"), met, "none".to_owned(), format!("{:?}", known.control));
        }
        if let Some(asked) = &asked.subcontractors {
            let subcontracting = levels.and_then(|known| known.subcontracting.as_ref());
            let found = || subcontracting.map_or_else(|| "not known".to_owned(), |known| format!("{known:?}"));
            if asked.third_country == Some(ThirdCountry::None) {
                let met = subcontracting.is_some_and(|known| known.control == Control::None);
                self.one(field("subcontractors.thirdCountry"), met, "none".to_owned(), found());
            }
            if !asked.within.is_empty() {
                let met = subcontracting.map(|known| known.countries.iter().all(|one| within(&asked.within, *one)));
                self.one(field("subcontractors.within"), met == Some(true), words(&asked.within), found());
            }
        }
        for (scheme, least) in &asked.labels {
            let rank = |label: &String| LABELS.iter().position(|known| known == label);
            let has = levels.and_then(|known| known.labels.get(scheme));
            let met = has.and_then(rank).zip(rank(least)).is_some_and(|(has, least)| has >= least);
            self.one(field(&format!("labels.{scheme}")), met, least.clone(), has.cloned().unwrap_or_default());
        }
        if let Some(seal) = asked.seal {
            let has = levels.and_then(|known| known.seal).unwrap_or_default();
            self.one(field("seal"), has >= seal.minimum, seal.minimum.to_string(), has.to_string());
        }
        if let Some(cada) = asked.cada {
            let has = levels.and_then(|known| known.cada);
            let found = has.map_or_else(|| "none".to_owned(), |level| level.to_string());
            self.one(field("cada"), has >= Some(cada.minimum), cada.minimum.to_string(), found);
        }
        for scheme in &asked.certifications.all {
            self.one(field("certifications.all"), held(scheme), scheme.clone(), "not held".to_owned());
        }
        let any = &asked.certifications.any;
        if !any.is_empty() {
            let met = any.iter().any(|scheme| held(scheme));
            self.one(field("certifications.any"), met, any.join(" or "), "none of them".to_owned());
        }
        if let Some(bound) = asked.availability {
            let promised = offer.terms.availability;
            let found = promised.map_or_else(String::new, |share| share.to_string());
            let met = promised.is_some_and(|share| bound.admits(share));
            self.one(field("availability"), met, bound.to_string(), found);
        }
        if !asked.data_location.is_empty() {
            let countries: Vec<Country> = known.data_countries.iter().copied().chain([site.country]).collect();
            let met = countries.iter().all(|country| within(&asked.data_location, *country));
            self.one(field("dataLocation"), met, words(&asked.data_location), format!("{countries:?}"));
        }
        if let Some(bound) = asked.carbon_intensity {
            let has = site.carbon.or_else(|| options.geo.carbon(site.country));
            let found = has.map_or_else(String::new, |has| has.to_string());
            let met = has.is_some_and(|has| bound.admits(has));
            self.one(field("carbonIntensity"), met, bound.to_string(), found);
        }
        if !asked.providers.is_empty() {
            let met = asked.providers.contains(&provider.name);
            self.one(field("providers"), met, "one of those".to_owned(), provider.name.to_string());
        }
        if !asked.exclude_providers.is_empty() {
            let met = !asked.exclude_providers.contains(&provider.name);
            self.one(field("excludeProviders"), met, "none of those".to_owned(), provider.name.to_string());
        }
    }
}

/// Whether a certificate is held that is valid.
pub(super) fn holds(known: &Assurance, scheme: &str, options: &VerifyOptions<'_>) -> bool {
    let mut held = known.certificates.iter().filter(|held| held.scheme == scheme);
    held.any(|held| held.valid_until.is_none_or(|end| options.now < end))
}
