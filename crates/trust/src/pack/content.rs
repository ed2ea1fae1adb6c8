//! What stands in the files of a pack.

use hansa_model::event::AuditRow;
use hansa_model::evidence::{Assurance, Evaluation, EvidenceState, Strength, Subject, TrustedIssuer};
use hansa_model::id::{EvidenceId, ParticipantId};
use hansa_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::credential::{ChainPolicy, Settings};

/// How the form of packs is called.
pub const FORMAT: &str = "hansa-audit-pack/1";

/// What `manifest.json` says: what the pack is about, and every other file by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// The form of the pack.
    pub format: String,
    /// The participant or order that it is about, by its identifier.
    pub about: String,
    /// The DID of the exchange that made it.
    pub exchange: String,
    /// When it was made; everything in it is as of then.
    pub made_at: Timestamp,
    /// The versions of the rule sets that were used.
    pub rule_sets: Vec<RuleSetRef>,
    /// Every file but the manifest and its signature, by path.
    pub files: Vec<FileEntry>,
}

/// A version of a rule set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetRef {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// A file by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its path.
    pub path: String,
    /// The SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: usize,
}

/// A participant that something in a pack names (`participants.json`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its identifier.
    pub id: ParticipantId,
    /// Its short name.
    pub name: String,
    /// Its DID.
    pub did: String,
}

/// How credentials were judged (`trust.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Belief {
    /// Who is believed what.
    pub issuers: Vec<TrustedIssuer>,
    /// Whether keys needed certificates: `ignored`, `where-given` or `demanded`.
    pub chains: String,
    /// The roots that certificates had to lead to, in PEM; empty when there were none.
    pub anchors: String,
}

impl Belief {
    /// Who is believed, and what chains are demanded by these settings to roots in PEM.
    #[must_use]
    pub fn new(issuers: Vec<TrustedIssuer>, settings: &Settings, anchors: &[u8]) -> Self {
        let chains = match settings.chains {
            ChainPolicy::Ignored => "ignored",
            ChainPolicy::WhereGiven => "where-given",
            ChainPolicy::Demanded => "demanded",
        };
        Self { issuers, chains: chains.to_owned(), anchors: String::from_utf8_lossy(anchors).into_owned() }
    }
}

/// A credential that somebody handed in, before it was looked at for the pack.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its identifier on the exchange.
    pub id: EvidenceId,
    /// What it is about.
    pub subject: Subject,
    /// Whose evidence it is.
    pub holder: ParticipantId,
    /// Where it came from.
    pub source: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// The credential, as a compact JSON Web Signature.
    pub credential: String,
}

/// One line of `evidence/index.json`: a credential and what was found when the pack was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackedEvidence {
    /// Its identifier on the exchange; the credential is `evidence/{id}.jwt`.
    pub id: EvidenceId,
    /// What it is about.
    pub subject: Subject,
    /// Whose evidence it is.
    pub holder: ParticipantId,
    /// Where it came from.
    pub source: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// The type of the credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Who signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// How well it is known; absent when it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Whether it stood when the pack was made.
    pub state: EvidenceState,
    /// What checking it found: `good`, or why it does not count: `expired`, `revoked`, `untrusted-issuer`.
    pub check: String,
}

/// A credential that the exchange issued about what the pack is about (`issued.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackedIssued {
    /// The file with it.
    pub path: String,
    /// Its type.
    pub kind: String,
    /// What checking it found when the pack was made: `good`, `revoked`, `expired`.
    pub check: String,
}

/// A document of somebody else, or of the exchange, as it was when the pack was made (`documents/index.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackedDocument {
    /// Its address.
    pub url: String,
    /// The file with it.
    pub path: String,
}

/// What was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Judged {
    /// The participant that answers for it.
    pub participant: ParticipantId,
    /// What is judged: the participant as a whole, or an offer; then its site counts too.
    pub subjects: Vec<Subject>,
    /// How people name it: `nordhafen`, `nordhafen/frankfurt/vm-small`.
    pub name: String,
    /// The service kind, for an offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The short name of the site, for an offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// One entry of `evaluations.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackedEvaluation {
    /// What was judged.
    pub judged: Judged,
    /// What each rule set made of it.
    pub evaluations: Vec<Evaluation>,
    /// What matching looks at.
    pub assurance: Assurance,
}

/// The rows of the audit log that concern what the pack is about (`decisions.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Decisions {
    /// The hash at the head of the log's chain when the pack was made.
    pub head: String,
    /// How many rows the log had.
    pub rows_written: u64,
    /// The rows, the oldest first.
    pub rows: Vec<AuditRow>,
}
