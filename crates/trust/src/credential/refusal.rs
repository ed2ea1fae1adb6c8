//! Why a credential or presentation is not believed.

use hansa_model::evidence::EvidenceState;
use hansa_model::time::Timestamp;

use crate::did::{ChainError, DidError, DidWeb, DocumentError};
use crate::fetch::FetchError;
use crate::jose::JwsError;
use crate::jose::json::JsonError;
use crate::status::StatusError;

/// Why something is refused. Each has a [code](Refusal::code) that stays the same, and a message that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its signature can't be read or does not fit.
    #[error("{0}{hint}", hint = hint(.0))]
    Signature(#[from] JwsError),
    /// Its header names it as something else.
    #[error("its header's `{member}` is `{found}`: it should be `{wanted}`")]
    MediaType {
        /// The member of the header.
        member: &'static str,
        /// What it holds.
        found: String,
        /// What it should hold.
        wanted: &'static str,
    },
    /// It wraps the credential into a claim, as version 1.1 did.
    #[error("it has the member `{0}`: sign the credential itself, as version 2.0 of the data model has it")]
    Wrapped(&'static str),
    /// Its context is not that of version 2.0, or gives known words another meaning.
    #[error("its `@context` is not accepted: {0}")]
    Context(String),
    /// A member is missing or has another form than it must have.
    #[error("its member `{0}` is missing or not what the data model demands")]
    Member(&'static str),
    /// An identifier in it is not accepted.
    #[error("{0}")]
    Did(#[from] DidError),
    /// It says that somebody else issued it than whose key signed it.
    #[error("it names `{named}` as its issuer or holder, but it was signed by a key of `{signer}`")]
    WrongIssuer {
        /// Who it says it is from.
        named: String,
        /// Whose key it was signed by.
        signer: String,
    },
    /// The signer's DID document can't be had.
    #[error("the DID document of `{did}` can't be had: {source}")]
    Unresolvable {
        /// Whose document it is.
        did: DidWeb,
        /// Why.
        source: FetchError,
    },
    /// The signer's DID document does not give a key for this.
    #[error("the DID document of `{did}` does not do: {source}")]
    Document {
        /// Whose document it is.
        did: DidWeb,
        /// Why.
        source: DocumentError,
    },
    /// No certificates are given for the key, but they are demanded.
    #[error("`{key}` has no certificates: publish its chain and name it as `x5u` in the DID document")]
    ChainMissing {
        /// The key.
        key: String,
    },
    /// The certificates of the key can't be had.
    #[error("the certificates of `{key}` can't be had: {source}")]
    ChainUnavailable {
        /// The key.
        key: String,
        /// Why.
        source: FetchError,
    },
    /// The certificates do not vouch for the key.
    #[error("the certificates of `{key}` do not do: {source}")]
    Chain {
        /// The key.
        key: String,
        /// Why.
        source: ChainError,
    },
    /// Its time has not come.
    #[error("it counts from {0} on: hand it in then")]
    NotYetValid(Timestamp),
    /// Its time is over.
    #[error("it expired at {0}: ask its issuer for a new one")]
    Expired(Timestamp),
    /// Its issuer has revoked it.
    #[error("its issuer has revoked it: ask its issuer for a new one")]
    Revoked,
    /// Its issuer has suspended it.
    #[error("its issuer has suspended it: ask its issuer when it counts again")]
    Suspended,
    /// Its status list can't be had.
    #[error("its status can't be known, because its list can't be had: {0}; try again later")]
    StatusUnknown(FetchError),
    /// Its status list is refused.
    #[error("its status can't be known, because its list `{url}` is refused: {source}")]
    StatusRefused {
        /// Where the list is.
        url: String,
        /// Why it is refused.
        source: Box<Refusal>,
    },
    /// Its status list does not tell its status.
    #[error("its status can't be known, because its list `{url}` does not do: {source}")]
    StatusInvalid {
        /// Where the list is.
        url: String,
        /// What is wrong with it.
        source: StatusError,
    },
    /// Its issuer is not trusted to say this.
    #[error("`{issuer}` is not trusted to issue {what}: ask the operator of the exchange which issuers are")]
    UntrustedIssuer {
        /// Who issued it.
        issuer: String,
        /// What it says.
        what: String,
    },
    /// It carries a credential that nobody signed.
    #[error("it carries a credential without a signature: envelop it as `data:application/vc+jwt,…`")]
    Unsigned,
    /// It carries no credentials, or more than are read.
    #[error("it carries {found} credentials: put 1 to {limit} into one presentation")]
    Count {
        /// How many there are.
        found: usize,
        /// The most that are read.
        limit: usize,
    },
    /// It carries two credentials of the same identifier.
    #[error("it carries two credentials named `{0}`")]
    Repeated(String),
    /// It contains a presentation, or its status depends on a list that has a status itself.
    #[error("{0}")]
    Cyclic(&'static str),
    /// It is meant for somebody else.
    #[error("it is not meant for `{0}`: make a presentation for this audience")]
    WrongAudience(String),
    /// It does not answer the challenge.
    #[error("it does not carry the nonce that was given: ask for a new one and sign again")]
    WrongNonce,
    /// It was made too long ago, or does not say when.
    #[error("it is older than {0} seconds or does not say when it was made: sign it again with `iat`")]
    Stale(u64),
    /// It was handed in before.
    #[error("it was handed in before: sign a new presentation")]
    Replayed,
    /// So many were handed in lately that it can't be known whether it was one of them.
    #[error("too many presentations were handed in lately: try again in a few minutes")]
    Busy,
    /// One of the credentials that it carries is refused.
    #[error("its credential number {number} is refused: {source}")]
    Carried {
        /// Which one, counted from 1.
        number: usize,
        /// Why.
        source: Box<Refusal>,
    },
}

impl Refusal {
    /// The reason in one word that stays the same.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Signature(error) => signature_code(error),
            Self::MediaType { .. } => "media-type",
            Self::Wrapped(_) => "wrapped",
            Self::Context(_) => "context",
            Self::Member(_) => "invalid-member",
            Self::Did(_) => "did",
            Self::WrongIssuer { .. } => "wrong-issuer",
            Self::Unresolvable { source, .. } => fetch_code(source, "unresolvable"),
            Self::Document { source, .. } => document_code(source),
            Self::ChainMissing { .. } => "chain-missing",
            Self::ChainUnavailable { source, .. } => fetch_code(source, "chain-unavailable"),
            Self::Chain { source, .. } => chain_code(source),
            Self::NotYetValid(_) => "not-yet-valid",
            Self::Expired(_) => "expired",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::StatusUnknown(_) => "status-unknown",
            Self::StatusRefused { .. } | Self::StatusInvalid { .. } => "status-invalid",
            Self::UntrustedIssuer { .. } => "untrusted-issuer",
            Self::Unsigned => "unsigned",
            Self::Count { .. } => "count",
            Self::Repeated(_) => "repeated",
            Self::Cyclic(_) => "cyclic",
            Self::WrongAudience(_) => "wrong-audience",
            Self::WrongNonce => "wrong-nonce",
            Self::Stale(_) => "stale",
            Self::Replayed => "replayed",
            Self::Busy => "busy",
            Self::Carried { source, .. } => source.code(),
        }
    }

    /// What becomes of evidence that stood before, if this is why it no longer does; nothing when the credential is
    /// not one at all.
    #[must_use]
    pub const fn state(&self) -> Option<EvidenceState> {
        match self {
            Self::NotYetValid(_) => Some(EvidenceState::NotYetValid),
            Self::Expired(_) | Self::Chain { source: ChainError::OutOfTime { .. }, .. } => Some(EvidenceState::Expired),
            Self::Revoked => Some(EvidenceState::Revoked),
            Self::Suspended => Some(EvidenceState::Suspended),
            Self::StatusUnknown(_)
            | Self::StatusRefused { .. }
            | Self::StatusInvalid { .. }
            | Self::Unresolvable { .. }
            | Self::ChainUnavailable { .. } => Some(EvidenceState::StatusUnknown),
            _ => None,
        }
    }
}

fn hint(error: &JwsError) -> &'static str {
    match error {
        JwsError::Signature => ": it was changed after it was signed, or signed with another key",
        _ => "",
    }
}

fn signature_code(error: &JwsError) -> &'static str {
    match error {
        JwsError::Oversized { .. } => "oversized",
        JwsError::Json { source: JsonError::Twice(_), .. } => "ambiguous",
        JwsError::Json { source: JsonError::TooDeep(_), .. } => "too-deep",
        JwsError::NotCompact | JwsError::Json { .. } | JwsError::HeaderMember(_) => "malformed",
        JwsError::Extension(_) => "extension",
        JwsError::Algorithm(_) | JwsError::AlgorithmUnfit { .. } => "algorithm",
        JwsError::Signature => "tampered",
    }
}

fn document_code(error: &DocumentError) -> &'static str {
    match error {
        DocumentError::NoSuchKey(_) => "unknown-key",
        DocumentError::Purpose { .. } | DocumentError::Controller(_) => "key-purpose",
        DocumentError::Key { .. } => "key",
        _ => "did-document",
    }
}

fn chain_code(error: &ChainError) -> &'static str {
    match error {
        ChainError::OutOfTime { .. } => "chain-expired",
        ChainError::Untrusted(_) => "chain-untrusted",
        ChainError::OtherKey => "chain-other-key",
        ChainError::Malformed => "chain-malformed",
    }
}

fn fetch_code(error: &FetchError, otherwise: &'static str) -> &'static str {
    match error {
        FetchError::Refused { .. } => "address",
        FetchError::TooLarge { .. } => "oversized",
        _ => otherwise,
    }
}
