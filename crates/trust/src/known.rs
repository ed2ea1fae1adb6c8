//! What rule sets judge by: the claims that stand, each with who said it and how well it is known.

use hansa_model::evidence::{Claim, Strength};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;

use crate::ownership::Finding;

/// A claim of a piece of evidence that stands: valid, neither expired nor revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What is said.
    pub claim: Claim,
    /// How well it is known.
    pub strength: Strength,
    /// The evidence that says it.
    pub evidence: EvidenceId,
    /// The DID of who signed it.
    pub issuer: String,
    /// From when on it counts.
    pub valid_from: Timestamp,
    /// When it ends; open when absent.
    pub valid_until: Option<Timestamp>,
}

impl Known {
    /// Whether it counts at an instant.
    #[must_use]
    pub fn counts(&self, at: Timestamp) -> bool {
        self.valid_from <= at && self.valid_until.is_none_or(|end| at < end)
    }
}

/// What is judged: everything known about one participant, site or offer at one instant.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The instant.
    pub at: Timestamp,
    /// The service kind that is offered; absent when a provider or site is judged as a whole, where only what holds
    /// for every kind counts.
    pub kind: Option<&'a str>,
    /// The short name of the site; absent when a provider is judged as a whole, where only what holds for every site
    /// counts.
    pub site: Option<&'a str>,
    /// What is known of it, of its site and of its provider.
    pub known: &'a [Known],
    /// Who controls it.
    pub finding: &'a Finding,
}
