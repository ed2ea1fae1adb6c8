//! The catalogue: kinds, sites, offers.

use hansa_model::id::{OfferId, SiteId};
use hansa_model::kind::{KindId, Properties};
use hansa_model::money::Money;
use hansa_model::offer::{NewOffer, Offer, OfferState};
use hansa_model::site::{NewSite, Site};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::Client;
use crate::error::ClientError;

/// Which offers to list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OfferFilter {
    /// Those of this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<KindId>,
    /// Those of the provider with this short name or identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Those at the site with this short name or identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Those in this country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Those in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<OfferState>,
    /// Those whose sku, provider, site or city holds this text.
    #[serde(rename = "q", skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How a catalogue file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CatalogueFormat {
    /// Providers with everything they have.
    Yaml,
    /// One offer a row.
    Csv,
}

impl CatalogueFormat {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Yaml => "application/yaml",
            Self::Csv => "text/csv",
        }
    }
}

/// How a catalogue file goes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportOptions {
    /// How it is written.
    pub format: CatalogueFormat,
    /// Whether nothing goes in when anything is wrong; otherwise what is right goes in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub atomic: bool,
    /// Whether it is only checked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// An offer beside others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComparedOffer {
    /// The offer.
    pub offer: Offer,
    /// What a service would get of what is asked for.
    pub properties: Properties,
    /// What that is expected to cost in a month; absent when the offer does not have what is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly: Option<Money>,
    /// What is due once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_off: Option<Money>,
    /// The properties that the offer does not have as they are asked for.
    pub unmet: Vec<String>,
}

impl Client {
    /// The service kinds with the JSON Schema of each.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn kinds(&self) -> Result<Value, ClientError> {
        self.get("/v1/kinds").await
    }

    /// The sites.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn sites(&self) -> Result<Vec<Site>, ClientError> {
        self.all("/v1/sites", ()).await
    }

    /// One site.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn site(&self, id: SiteId) -> Result<Site, ClientError> {
        self.get(format!("/v1/sites/{id}")).await
    }

    /// Makes a site of the caller's participant.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_site(&self, new: &NewSite) -> Result<Site, ClientError> {
        self.post("/v1/sites", new).await
    }

    /// The offers.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn offers(&self, filter: &OfferFilter) -> Result<Vec<Offer>, ClientError> {
        self.all("/v1/offers", filter).await
    }

    /// One offer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn offer(&self, id: OfferId) -> Result<Offer, ClientError> {
        self.get(format!("/v1/offers/{id}")).await
    }

    /// Publishes an offer, or a new version of the one with the same site and sku.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn publish_offer(&self, new: &NewOffer) -> Result<Offer, ClientError> {
        self.post("/v1/offers", new).await
    }

    /// Withdraws an offer for good.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn retire_offer(&self, id: OfferId) -> Result<(), ClientError> {
        self.delete(format!("/v1/offers/{id}")).await
    }

    /// Offers side by side, with what each is expected to cost.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn compare_offers(&self, ids: &[OfferId]) -> Result<Vec<ComparedOffer>, ClientError> {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        self.get_by("/v1/offers/compare", &[("ids", ids.join(","))]).await
    }

    /// The catalogue as a file.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn export_offers(&self, format: CatalogueFormat) -> Result<String, ClientError> {
        self.call(Method::GET, "/v1/offers/export").query(&[("format", format)]).send_text().await
    }

    /// Takes a catalogue file in; the answer tells what became of each offer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn import_offers(&self, text: &str, options: ImportOptions) -> Result<Value, ClientError> {
        self.call(Method::POST, "/v1/offers/import")
            .query(&options)
            .text(options.format.media_type(), text)
            .send()
            .await
    }
}
