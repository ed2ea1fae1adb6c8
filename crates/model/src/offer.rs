//! Offers, and the catalogue that matching looks at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::country::Country;
use crate::evidence::Assurance;
use crate::id::{OfferId, ParticipantId, SiteId, TenantId};
use crate::kind::{Bounds, KindId, Resource};
use crate::name::Name;
use crate::price::PricePlan;
use crate::quantity::{Percentage, TimeSpan};
use crate::site::Site;
use crate::time::Timestamp;

/// Where an offer stands in its lifecycle (see [`crate::lifecycle::OFFER`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OfferState {
    /// Being written; only its provider sees it.
    Draft,
    /// Matched and compared, but without an agent that could deliver it.
    Listed,
    /// Can be ordered: its agent reported lately and has room.
    Orderable,
    /// Its agent has not reported for too long.
    Stale,
    /// Its site has no room left.
    Full,
    /// Withdrawn for good; what was ordered on it runs on.
    Retired,
}

/// Who sees an offer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// These tenants, its provider and nobody else.
    Private(Vec<TenantId>),
}

/// What the provider promises beyond the properties.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Terms {
    /// The share of time that the service is promised to be reachable, over a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<Percentage>,
    /// For how long a buyer is bound at least, from the start of the service on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_term: Option<TimeSpan>,
}

/// Bounds of an offer's properties, nested as people write them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Offered(pub Bounds);

impl Serialize for Offered {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::kind::Kind::bounds_to_json(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Offered {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = serde_json::Map::deserialize(deserializer)?;
        let mut bounds = Bounds::new();
        let mut read = |name: String, value: &serde_json::Value| -> Result<(), D::Error> {
            let kind = crate::kind::property_type(&name)
                .ok_or_else(|| serde::de::Error::custom(format!("`{name}` is no property of any kind")))?;
            let bound = crate::kind::PropertyBound::read(kind, value)
                .map_err(|message| serde::de::Error::custom(format!("{name}: {message}")))?;
            bounds.insert(name, bound);
            Ok(())
        };
        for (name, value) in &fields {
            match value.as_object() {
                Some(group) => {
                    for (inner, value) in group {
                        read(format!("{name}.{inner}"), value)?;
                    }
                }
                None => read(name.clone(), value)?,
            }
        }
        Ok(Self(bounds))
    }
}

impl utoipa::PartialSchema for Offered {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .description(Some("Bounds by property name, as the service kind describes them."))
            .additional_properties(Some(
                utoipa::openapi::schema::AdditionalProperties::<utoipa::openapi::schema::Schema>::FreeForm(true),
            ))
            .into()
    }
}

impl ToSchema for Offered {}

/// One provider's priced, versioned promise to deliver a service kind at a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Its identifier.
    pub id: OfferId,
    /// Its version, from 1; an order keeps the version it was made on.
    pub version: u32,
    /// Who delivers.
    pub provider: ParticipantId,
    /// The provider's short name.
    pub provider_name: Name,
    /// Where.
    pub site: SiteId,
    /// The site's short name.
    pub site_name: Name,
    /// The country of the site.
    pub country: Country,
    /// The provider's own name for it, unique at its site.
    pub sku: String,
    /// What is delivered.
    pub kind: KindId,
    /// Its properties: a value, or a range that the buyer chooses from.
    pub properties: Offered,
    /// What it costs.
    pub price: PricePlan,
    /// What is promised beyond.
    pub terms: Terms,
    /// Who sees it.
    pub visibility: Visibility,
    /// What is known of this very offer, where it differs from its provider's; then it counts instead of all of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Box<Assurance>>,
    /// Where it stands.
    pub state: OfferState,
    /// Until when its agent's last report counts as fresh; absent without an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_until: Option<Timestamp>,
    /// When this version was published.
    pub updated_at: Timestamp,
}

impl Offer {
    /// How people name it: `provider/site/sku`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.provider_name, self.site_name, self.sku)
    }
}

/// A new offer, or a new version of the one with the same site and sku.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOffer {
    /// The short name of the site.
    pub site: Name,
    /// The provider's own name for it, unique at its site.
    pub sku: String,
    /// What is delivered.
    pub kind: KindId,
    /// Its properties: a value, or a range that the buyer chooses from.
    pub properties: Offered,
    /// What it costs.
    pub price: PricePlan,
    /// What is promised beyond.
    #[serde(default)]
    pub terms: Terms,
    /// Who sees it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Whether it stays a draft.
    #[serde(default)]
    pub draft: bool,
}

/// A provider as matching sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogueProvider {
    /// Its identifier.
    pub id: ParticipantId,
    /// Its short name.
    pub name: Name,
    /// Its name in the register.
    pub legal_name: String,
    /// The country of its registered seat.
    pub country: Country,
    /// What is known about it.
    pub assurance: Assurance,
}

/// Everything that matching looks at, frozen at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalogue {
    /// A number that rises with every change, for proofs.
    pub version: u64,
    /// When the snapshot was taken; certificates are judged by it.
    pub taken_at: Option<Timestamp>,
    /// The providers.
    pub providers: BTreeMap<ParticipantId, CatalogueProvider>,
    /// The sites.
    pub sites: BTreeMap<SiteId, Site>,
    /// The offers.
    pub offers: Vec<Offer>,
    /// What is free at a site for a kind; absent where no agent has reported.
    pub free: BTreeMap<(SiteId, KindId), BTreeMap<Resource, i64>>,
}
