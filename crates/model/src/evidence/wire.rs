//! What is asked about evidence and trust, and what is answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::assurance::Assurance;
use super::claim::Claim;
use super::evaluation::{Evaluation, Standing};
use super::record::Subject;
use crate::country::Country;
use crate::id::ParticipantId;
use crate::time::Timestamp;

/// A credential to be taken in as evidence: itself, or where it is published.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewEvidence {
    /// What it is about: the caller's participant, or one of its sites or offers; the participant when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The credential or presentation, as a compact JSON Web Signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// Where it is published, when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What a participant says of itself. The exchange signs it with the key that it keeps for the participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewDeclaration {
    /// What it is about: the caller's participant, or one of its sites or offers; the participant when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// What is said; at least one claim.
    pub claims: Vec<Claim>,
    /// Until when it is said; a year from now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// What an operator or auditor signs for after having looked at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAttestation {
    /// What it is about.
    pub subject: Subject,
    /// What was found to be so; at least one claim.
    pub claims: Vec<Claim>,
    /// Until when it is signed for; a year from now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// A label to be asked of a clearing house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskedLabel {
    /// The level: `standard-compliance`, `label-level-1`, `label-level-2` or `label-level-3`.
    pub level: String,
}

/// Certificates to be followed to a trust anchor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertificateChain {
    /// Where they are published, in PEM, that of the key first.
    pub uri: String,
}

/// Somebody to be believed what it signs about others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTrustedIssuer {
    /// Its DID: `did:web:…`.
    pub did: String,
    /// What people call it.
    pub name: String,
    /// The types of credentials it is believed: `hansa:Certificate`, `gx:VatID`; `*` for all.
    pub kinds: Vec<String>,
    /// The schemes of certificates it is believed; all when empty.
    #[serde(default)]
    pub schemes: Vec<String>,
}

/// What is known of a participant, a site or an offer, and what rule sets make of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustReport {
    /// What it is about.
    pub subject: Subject,
    /// The participant that answers for it.
    pub participant: ParticipantId,
    /// The DID that it signs with on this exchange.
    pub did: String,
    /// What matching looks at.
    pub assurance: Assurance,
    /// What each rule set makes of it.
    pub evaluations: Vec<Evaluation>,
    /// When it was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluated_at: Option<Timestamp>,
}

/// Whether a credential that was handed in for a look can be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CredentialCheck {
    /// Whether every credential in it can be believed.
    pub accepted: bool,
    /// Each credential.
    pub credentials: Vec<CheckedCredential>,
}

/// One credential of a [`CredentialCheck`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckedCredential {
    /// Its identifier, where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its type, where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Who signed it, where that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Why it can't be believed, as a stable code: `tampered`, `expired`, `revoked`; absent when it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// What stands in its way, for people: the refusal, or faults against the shape of its type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
}

/// Who controls a participant, and which third countries can reach it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnershipReport {
    /// The participant.
    pub participant: ParticipantId,
    /// Its entity in the ownership graph.
    pub entity: String,
    /// Who controls it, seen from the European Union.
    pub union: ControlVerdict,
    /// Who controls it, seen from the European Economic Area.
    pub eea: ControlVerdict,
    /// The third countries that reach it through those who control it.
    pub exposed: Vec<Country>,
    /// Why there may be more; empty when these are all.
    pub exposure_unknown: Vec<String>,
    /// The third countries that reach subcontractors with access to data or identities; absent when it is not known
    /// whether there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subcontractors_exposed: Option<Vec<Country>>,
    /// Whether capital and votes from outside the Union stay below the limits of SecNumCloud 19.6: `pass`, `fail`,
    /// `unknown`.
    pub immunity: String,
    /// What decides that, for people.
    pub immunity_reasons: Vec<String>,
    /// When any of this first changes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// A picture of it: an SVG document.
    pub picture: String,
}

/// Who controls somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ControlVerdict {
    /// `home`, `third-country` or `unknown`.
    pub verdict: String,
    /// The third countries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<Country>,
    /// Why it is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// What a version of a rule set is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleSetAbout {
    /// Its name: `gaia-x`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What people call it.
    pub title: String,
    /// Whether it applies.
    pub standing: Standing,
    /// Its levels, the lowest first.
    pub levels: Vec<String>,
    /// Where it is published.
    pub source: String,
}

/// A version of a rule set, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleSetSummary {
    /// What it is.
    #[serde(flatten)]
    pub about: RuleSetAbout,
    /// How many criteria it has.
    pub criteria: usize,
}

/// A version of a rule set with all its criteria.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleSetDetail {
    /// What it is.
    #[serde(flatten)]
    pub about: RuleSetAbout,
    /// Its criteria.
    pub criteria: Vec<RuleSetCriterion>,
}

/// One criterion of a rule set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleSetCriterion {
    /// Its name.
    pub id: String,
    /// What it asks.
    pub title: String,
    /// The objective that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<String>,
    /// By level: whether a `declaration` or a `certification` is asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub asks: BTreeMap<String, String>,
    /// The fact that answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The answers there are, by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
}
