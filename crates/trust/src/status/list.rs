//! A list as its issuer publishes it: the subject of a credential.

use std::time::Duration;

use hansa_model::time::Timestamp;
use serde_json::{Value, json};

use super::bits::Bitstring;
use super::entry::StatusPurpose;

/// The type of a list's credential.
const CREDENTIAL: &str = "BitstringStatusListCredential";
/// The type of a list.
const LIST: &str = "BitstringStatusList";

/// Why a list does not tell the status of a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// The credential is not that of a list.
    #[error("it is not a {CREDENTIAL}")]
    Type,
    /// A member is missing or has another form than it must have.
    #[error("its member `{0}` is not what the standard demands")]
    Member(&'static str),
    /// The bits can't be unpacked.
    #[error("its bits can't be read: they must be gzip in base64url after the letter `u`")]
    Encoding,
    /// It unpacks to more than is read.
    #[error("it unpacks to more than is read")]
    TooLarge,
    /// It has fewer bits than the standard demands.
    #[error("it has {0} bits; there must be 131072 or more")]
    TooSmall(usize),
    /// It is for another purpose.
    #[error("it is not for {0}")]
    Purpose(&'static str),
    /// It has no such bit.
    #[error("it has {length} bits, but number {index} is asked for")]
    OutOfRange {
        /// The bit.
        index: usize,
        /// How many there are.
        length: usize,
    },
    /// It is published under another name.
    #[error("it calls itself `{0}`")]
    Name(String),
}

/// A list that was read, or that is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    /// What its bits mean.
    pub purposes: Vec<StatusPurpose>,
    /// How long it may be kept before it is asked for again.
    pub ttl: Option<Duration>,
    /// The bits.
    pub bits: Bitstring,
}

impl StatusList {
    /// Reads the list out of its credential, once that was verified.
    ///
    /// # Errors
    /// [`StatusError`], but for those about an index.
    pub fn read(credential: &Value, url: &str) -> Result<Self, StatusError> {
        if !has_type(credential, CREDENTIAL) {
            return Err(StatusError::Type);
        }
        match credential.get("id").map(Value::as_str) {
            Some(Some(id)) if id != url => return Err(StatusError::Name(id.chars().take(96).collect())),
            Some(None) => return Err(StatusError::Member("id")),
            _ => {}
        }
        let subject = credential.get("credentialSubject").ok_or(StatusError::Member("credentialSubject"))?;
        if !has_type(subject, LIST) {
            return Err(StatusError::Member("credentialSubject"));
        }
        let purposes = match subject.get("statusPurpose") {
            Some(Value::Array(names)) => names.iter().filter_map(purpose).collect(),
            Some(name) => purpose(name).into_iter().collect(),
            None => return Err(StatusError::Member("statusPurpose")),
        };
        if subject.get("statusSize").is_some_and(|size| size.as_u64() != Some(1)) {
            return Err(StatusError::Member("statusSize"));
        }
        let ttl = match subject.get("ttl") {
            None => None,
            Some(ttl) => Some(Duration::from_millis(ttl.as_u64().ok_or(StatusError::Member("ttl"))?)),
        };
        let encoded = subject.get("encodedList").and_then(Value::as_str).ok_or(StatusError::Member("encodedList"))?;
        Ok(Self { purposes, ttl, bits: Bitstring::decode(encoded)? })
    }

    /// Whether the bit at an index is set.
    ///
    /// # Errors
    /// [`StatusError::Purpose`] and [`StatusError::OutOfRange`].
    pub fn is_set(&self, purpose: StatusPurpose, index: usize) -> Result<bool, StatusError> {
        if !self.purposes.contains(&purpose) {
            return Err(StatusError::Purpose(purpose.name()));
        }
        self.bits.get(index).ok_or(StatusError::OutOfRange { index, length: self.bits.len() })
    }

    /// The credential that publishes the list at an address, to be signed by `issuer`.
    #[must_use]
    pub fn to_credential(&self, url: &str, issuer: &str, from: Timestamp, until: Option<Timestamp>) -> Value {
        let purposes: Vec<&str> = self.purposes.iter().map(|purpose| purpose.name()).collect();
        let mut credential = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": url,
            "type": ["VerifiableCredential", CREDENTIAL],
            "issuer": issuer,
            "validFrom": from,
        });
        if let Some(until) = until {
            credential["validUntil"] = json!(until);
        }
        let mut subject = json!({
            "id": format!("{url}#list"),
            "type": LIST,
            "statusPurpose": match purposes.as_slice() { [one] => json!(one), several => json!(several) },
            "encodedList": self.bits.encode(),
        });
        if let Some(ttl) = self.ttl {
            subject["ttl"] = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).into();
        }
        credential["credentialSubject"] = subject;
        credential
    }
}

fn purpose(name: &Value) -> Option<StatusPurpose> {
    [StatusPurpose::Revocation, StatusPurpose::Suspension].into_iter().find(|purpose| name == purpose.name())
}

fn has_type(value: &Value, wanted: &str) -> bool {
    match value.get("type") {
        Some(Value::String(name)) => name == wanted,
        Some(Value::Array(names)) => names.iter().any(|name| name == wanted),
        _ => false,
    }
}
