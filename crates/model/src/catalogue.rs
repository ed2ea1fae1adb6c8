//! Catalogue files: providers with their sites and offers as people exchange them, in YAML or CSV.
//!
//! A YAML file describes providers with everything they have; a CSV file has one offer a row, of providers
//! that are described elsewhere. Several files make a catalogue: [`build`] joins them for use without a server.
//! What is wrong in a file is reported with line, field, message and hint, and the rest is read; whether a
//! file with errors goes in at all is the caller's decision.

mod build;
mod csv;
mod yaml;

#[cfg(test)]
mod tests;

use crate::country::Country;
use crate::document::FieldError;
use crate::evidence::Assurance;
use crate::name::Name;
use crate::offer::NewOffer;
use crate::site::NewSite;

pub use build::{Built, build};
pub use csv::{parse_csv, to_csv};
pub use yaml::{parse_yaml, to_yaml};

/// What one catalogue file holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CatalogueFile {
    /// Providers with their sites and offers.
    pub providers: Vec<ListedProvider>,
    /// Offers of providers that are described elsewhere.
    pub offers: Vec<ProviderOffer>,
}

/// A provider as a catalogue file describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedProvider {
    /// Its short name.
    pub name: Name,
    /// Its name in the register; where a public price list is the source, the name it trades under.
    pub legal_name: String,
    /// The country of its registered seat.
    pub country: Country,
    /// Where its prices are published.
    pub website: Option<String>,
    /// What is known about it.
    pub assurance: Assurance,
    /// Where it has capacity.
    pub sites: Vec<NewSite>,
    /// What it offers there.
    pub offers: Vec<ListedOffer>,
}

/// An offer as a catalogue file describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedOffer {
    /// The offer.
    pub offer: NewOffer,
    /// What is known of this very offer, where it differs from its provider's; CSV has no column for it.
    pub assurance: Option<Box<Assurance>>,
    /// Where its price was seen; absent when its provider publishes it itself.
    pub observation: Option<Observation>,
}

/// When a public price was seen, and what it was said of.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Observation {
    /// The day, or the year when no more is known: `2026-05-20`.
    pub on: String,
    /// Whether the provider publishes the price for this very site; otherwise one price for all its sites.
    pub site_price_exact: bool,
}

/// An offer of a provider that is described elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderOffer {
    /// The provider's short name.
    pub provider: Name,
    /// The offer.
    pub offer: ListedOffer,
}

/// What could be read of a file, and what could not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// Everything that is right.
    pub file: CatalogueFile,
    /// Everything that is wrong, in the order of lines; none of it is in `file`.
    pub errors: Vec<FieldError>,
}
