//! Joining catalogue files into the snapshot that matching looks at.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{CatalogueFile, ListedOffer, ListedProvider};
use crate::document::FieldError;
use crate::id::{OfferId, ParticipantId, SiteId};
use crate::name::Name;
use crate::offer::{Catalogue, CatalogueProvider, Offer, OfferState};
use crate::site::{NewSite, Site};
use crate::time::Timestamp;

/// A catalogue made of files, and what of them did not fit together.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    /// The catalogue; its offers are listed, not orderable.
    pub catalogue: Catalogue,
    /// Offers of unknown providers or sites, and whatever is described twice; left out of the catalogue.
    pub errors: Vec<FieldError>,
}

/// Joins files into a catalogue as of `now`. Identifiers depend on names only, so the same files give the same
/// catalogue everywhere; of what is described twice, the first counts.
#[must_use]
pub fn build(files: &[CatalogueFile], now: Timestamp) -> Built {
    let mut builder = Builder {
        catalogue: Catalogue { taken_at: Some(now), ..Catalogue::default() },
        errors: Vec::new(),
        keys: BTreeSet::new(),
        now,
    };
    let providers = || files.iter().flat_map(|file| &file.providers);
    for provider in providers() {
        builder.add_provider(provider);
    }
    for provider in providers() {
        for offer in &provider.offers {
            builder.add_offer(&provider.name, offer);
        }
    }
    for loose in files.iter().flat_map(|file| &file.offers) {
        builder.add_offer(&loose.provider, &loose.offer);
    }
    Built { catalogue: builder.catalogue, errors: builder.errors }
}

struct Builder {
    catalogue: Catalogue,
    errors: Vec<FieldError>,
    keys: BTreeSet<String>,
    now: Timestamp,
}

impl Builder {
    fn refuse(&mut self, field: String, message: &str) {
        self.errors.push(FieldError::new(field, message));
    }

    fn add_provider(&mut self, listed: &ListedProvider) {
        let id = provider_id(&listed.name);
        if self.catalogue.providers.contains_key(&id) {
            return self.refuse(listed.name.to_string(), "this provider is described twice");
        }
        let provider = CatalogueProvider {
            id,
            name: listed.name.clone(),
            legal_name: listed.legal_name.clone(),
            country: listed.country,
            assurance: listed.assurance.clone(),
        };
        self.catalogue.providers.insert(id, provider);
        for site in &listed.sites {
            self.add_site(&listed.name, site);
        }
    }

    fn add_site(&mut self, provider: &Name, new: &NewSite) {
        let id = site_id(provider, &new.name);
        let site = Site {
            id,
            provider: provider_id(provider),
            name: new.name.clone(),
            country: new.country,
            city: new.city.clone(),
            coordinates: new.coordinates,
            pue_milli: new.pue_milli,
            carbon: new.carbon,
            created_at: self.now,
        };
        if self.catalogue.sites.insert(id, site).is_some() {
            self.refuse(format!("{provider}/{}", new.name), "this site is described twice");
        }
    }

    fn add_offer(&mut self, provider: &Name, listed: &ListedOffer) {
        let new = &listed.offer;
        let key = format!("{provider}/{}/{}", new.site, new.sku);
        if !self.catalogue.providers.contains_key(&provider_id(provider)) {
            return self.refuse(key, "no provider of this name is described");
        }
        let Some(site) = self.catalogue.sites.get(&site_id(provider, &new.site)) else {
            return self.refuse(key, "the provider has no site of this name");
        };
        let offer = Offer {
            id: OfferId::from_uuid(derived(&["offer", provider.as_str(), new.site.as_str(), &new.sku])),
            version: 1,
            provider: site.provider,
            provider_name: provider.clone(),
            site: site.id,
            site_name: site.name.clone(),
            country: site.country,
            sku: new.sku.clone(),
            kind: new.kind,
            properties: new.properties.clone(),
            price: new.price.clone(),
            terms: new.terms.clone(),
            visibility: new.visibility.clone(),
            assurance: listed.assurance.clone(),
            state: if new.draft { OfferState::Draft } else { OfferState::Listed },
            fresh_until: None,
            updated_at: self.now,
        };
        if !self.keys.insert(key.clone()) {
            return self.refuse(key, "this offer is described twice");
        }
        self.catalogue.offers.push(offer);
    }
}

fn provider_id(name: &Name) -> ParticipantId {
    ParticipantId::from_uuid(derived(&["provider", name.as_str()]))
}

fn site_id(provider: &Name, site: &Name) -> SiteId {
    SiteId::from_uuid(derived(&["site", provider.as_str(), site.as_str()]))
}

/// A UUID of version 8 (RFC 9562) from the parts of a key, by FNV-1a over 128 bits.
fn derived(parts: &[&str]) -> Uuid {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = parts
        .iter()
        .flat_map(|part| part.bytes().chain([0]))
        .fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    uuid::Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid()
}
