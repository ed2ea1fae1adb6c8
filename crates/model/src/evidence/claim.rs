//! What evidence says, in one form whatever it came in as.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::country::Country;
use crate::time::Timestamp;

/// The value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FactValue {
    /// Yes or no.
    Flag(bool),
    /// A whole number, in the unit that the fact's name ends with, if any: `site.pue-milli`.
    Number(i64),
    /// A word or sentence.
    Text(String),
    /// Several words, in the order given.
    List(Vec<String>),
}

/// A document by its address and content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DocumentRef {
    /// Where it is published.
    pub url: String,
    /// The SHA-256 of its bytes, in lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// A certificate, attestation or badge as its body words it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertificateClaim {
    /// The scheme, in capitals without blanks: `ISO27001`, `C5`, `HDS`, `SECNUMCLOUD`, `ENS`, `CISPE`, `EUCLOUDCOC`.
    pub scheme: String,
    /// The edition of the scheme: `2022`, `3.2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The level or badge within the scheme: `type2`, `high`, `sovereign`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The clauses it covers; the whole scheme when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// The service kinds it covers; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// The short names of the sites it covers; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    /// The body that certified.
    pub body: String,
    /// The jurisdiction it is given for, where the scheme has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// The document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentRef>,
    /// When it ends; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// What an entity of the ownership graph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    /// A company.
    Company,
    /// A natural person.
    Person,
    /// A state or one of its bodies.
    State,
    /// A fund.
    Fund,
    /// A foundation or trust.
    Foundation,
    /// Holders below the threshold of disclosure, together.
    Dispersed,
    /// Not known.
    Unknown,
}

/// A node of the ownership graph.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entity {
    /// What it is named by in holdings: a DID, `lei:…`, or the short name of a participant.
    pub id: String,
    /// Its name in the register.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// Under whose law it is incorporated; for a person or state, its own country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incorporated_in: Option<Country>,
    /// Where its headquarters are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headquarters_in: Option<Country>,
    /// Where it mainly works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main_establishment_in: Option<Country>,
    /// Countries whose law reaches it for other reasons, such as a listing or a subsidiary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal_jurisdictions: Vec<Country>,
}

/// A right that gives decisive influence without a majority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// Appoints most of the board.
    AppointBoardMajority,
    /// Can veto the budget.
    VetoBudget,
    /// Can veto the business plan.
    VetoBusinessPlan,
    /// Can veto who manages.
    VetoSeniorManagement,
    /// Controls by contract.
    ContractualControl,
    /// Controls in fact.
    DeFacto,
}

/// A part of a whole, in hundredths of a percent: 24 % is 2 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = HoldingShare)]
pub struct Share(pub u32);

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02} %", self.0 / 100, self.0 % 100)
    }
}

/// What one entity holds of another. It counts from `valid_from` up to, and without, `valid_to`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Holding {
    /// Who holds.
    pub owner: String,
    /// What is held.
    pub owned: String,
    /// Its part of the capital.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capital: Option<Share>,
    /// Its part of the votes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<Share>,
    /// Holders that vote together bear one name here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint_group: Option<String>,
    /// Its rights; absent when nothing was stated, empty when it was stated that there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<BTreeSet<Right>>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Timestamp>,
    /// Where this is known from: a register, a filing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What a subcontractor can get at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// The customer's data.
    Data,
    /// Identities and who may do what.
    Identities,
}

/// Somebody who works for a provider on what it offers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subcontractor {
    /// Its name in the register.
    pub name: String,
    /// Its entity in the ownership graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// The countries whose law applies to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jurisdictions: Vec<Country>,
    /// What it can get at; absent when nothing was stated, empty when it was stated that it has no access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<BTreeSet<Access>>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// One thing that a piece of evidence says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "claim")]
pub enum Claim {
    /// A fact by its name: `gx.legal-act`, `csf.sov-1-q1`, `data-act.notice-days`.
    #[serde(rename_all = "camelCase")]
    Fact {
        /// Its name, in lower case, groups parted by points, words by hyphens.
        name: String,
        /// Its value.
        value: FactValue,
    },
    /// A certificate.
    Certificate(CertificateClaim),
    /// A node of the ownership graph.
    Entity(Entity),
    /// An edge of the ownership graph.
    Holding(Holding),
    /// A subcontractor.
    Subcontractor(Subcontractor),
    /// There are no subcontractors.
    NoSubcontractors,
}

impl Claim {
    /// Whether it says anything of who owns what or works for whom.
    #[must_use]
    pub const fn is_about_ownership(&self) -> bool {
        matches!(self, Self::Entity(_) | Self::Holding(_) | Self::Subcontractor(_) | Self::NoSubcontractors)
    }
}
