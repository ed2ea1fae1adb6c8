//! Evidence as it is kept: who says what about whom, until when, and whether it stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

use super::claim::Claim;
use crate::id::{EvidenceId, OfferId, ParticipantId, SiteId};
use crate::time::Timestamp;

/// What a piece of evidence is about, by its identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A participant, and with it everything that it offers.
    Participant(ParticipantId),
    /// A site, and with it everything that is offered there.
    Site(SiteId),
    /// One offer.
    Offer(OfferId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Participant(id) => id.fmt(f),
            Self::Site(id) => id.fmt(f),
            Self::Offer(id) => id.fmt(f),
        }
    }
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let participant = || text.parse().map(Self::Participant).ok();
        let site = || text.parse().map(Self::Site).ok();
        let offer = || text.parse().map(Self::Offer).ok();
        participant().or_else(site).or_else(offer).ok_or_else(|| {
            let shown: String = text.chars().take(64).collect();
            format!("`{shown}` is not the identifier of a participant, site or offer")
        })
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Subject {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("The identifier of a participant, site or offer."))
            .into()
    }
}

impl ToSchema for Subject {}

/// How well a claim is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// Whom it is about says so itself, over its signature.
    Declared,
    /// An operator or auditor has looked at it and signed for it.
    Attested,
    /// Somebody signed for it who is trusted to say this: an assessment body, a notary, a register.
    Verified,
}

/// Whether a piece of evidence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceState {
    /// It counts.
    Valid,
    /// Its time has not come.
    NotYetValid,
    /// Its time is over.
    Expired,
    /// Its issuer has revoked it.
    Revoked,
    /// Its issuer has suspended it.
    Suspended,
    /// Its issuer's word on it can't be had; it does not count until it can.
    StatusUnknown,
    /// Who handed it in has taken it back.
    Withdrawn,
}

/// A signed credential, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Its identifier on this exchange.
    pub id: EvidenceId,
    /// What it is about.
    pub subject: Subject,
    /// The participant that holds it.
    pub holder: ParticipantId,
    /// The type of the credential: `gx:LegalPerson`, `hansa:Certificate`.
    pub kind: String,
    /// The DID of who signed.
    pub issuer: String,
    /// How well it is known.
    pub strength: Strength,
    /// Where it came from: `upload`, `declaration`, `notary`, or the address it was fetched from.
    pub source: String,
    /// The identifier that its issuer gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_id: Option<String>,
    /// From when on it counts.
    pub valid_from: Timestamp,
    /// When it ends; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Whether it stands.
    pub state: EvidenceState,
    /// When its issuer's word was last heard; absent when it has no status list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Timestamp>,
    /// What it says.
    pub claims: Vec<Claim>,
    /// The credential, as a compact JSON Web Signature.
    pub credential: String,
    /// When it came in.
    pub received_at: Timestamp,
}

/// Somebody whom the exchange believes what it signs about others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustedIssuer {
    /// Its DID.
    pub did: String,
    /// What people call it.
    pub name: String,
    /// The types of credentials it is believed: `hansa:Certificate`, `gx:VatID`; `*` for all.
    pub kinds: Vec<String>,
    /// The schemes of certificates it is believed; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
    /// When it was put on the list.
    pub added_at: Timestamp,
    /// By whom.
    pub added_by: String,
}
