//! The compact form of a JSON Web Signature (RFC 7515).

use serde_json::{Map, Value};

use super::error::{JwsError, SigningError};
use super::{Algorithm, PublicKey, SigningKey, base64url, json};

/// The most bytes of a header, encoded.
const HEADER_LIMIT: usize = 8 * 1024;
/// The most bytes of a signature, encoded; RSA of 8 192 bits needs 1 366.
const SIGNATURE_LIMIT: usize = 1_400;
/// How deep a header may nest.
const HEADER_DEPTH: usize = 8;

/// What a header says. Members that bring keys along are not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// What the whole is: `vc+jwt`.
    pub typ: Option<String>,
    /// What the payload is: `vc`.
    pub cty: Option<String>,
    /// Who signed.
    pub iss: Option<String>,
    /// The name of the key.
    pub kid: Option<String>,
}

/// A signature that was taken apart but not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jws<'a> {
    /// Its header.
    pub header: Header,
    /// What was signed.
    pub payload: Vec<u8>,
    signing_input: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Takes a text of `limit` bytes at most apart.
    ///
    /// # Errors
    /// [`JwsError`], but for those about the key.
    pub fn parse(text: &'a str, limit: usize) -> Result<Self, JwsError> {
        if text.len() > limit {
            return Err(JwsError::Oversized { limit });
        }
        let (signing_input, signature) = text.rsplit_once('.').ok_or(JwsError::NotCompact)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JwsError::NotCompact)?;
        if header.len() > HEADER_LIMIT {
            return Err(JwsError::Oversized { limit: HEADER_LIMIT });
        }
        if signature.len() > SIGNATURE_LIMIT {
            return Err(JwsError::Oversized { limit: SIGNATURE_LIMIT });
        }
        let decode = |part| base64url::decode(part).ok_or(JwsError::NotCompact);
        let header = Header::parse(&decode(header)?)?;
        Ok(Self { header, payload: decode(payload)?, signing_input, signature: decode(signature)? })
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`JwsError::AlgorithmUnfit`] and [`JwsError::Signature`].
    pub fn verify(&self, key: &PublicKey) -> Result<(), JwsError> {
        let (stated, fitting) = (self.header.algorithm, key.algorithm());
        if stated != fitting {
            return Err(JwsError::AlgorithmUnfit { stated, fitting });
        }
        if key.verify(self.signing_input.as_bytes(), &self.signature) { Ok(()) } else { Err(JwsError::Signature) }
    }

    /// What was signed, as text: header and payload. Two signatures over the same are the same message, though their
    /// bytes may differ.
    #[must_use]
    pub const fn signing_input(&self) -> &'a str {
        self.signing_input
    }

    /// The payload as JSON of `depth` levels at most.
    ///
    /// # Errors
    /// [`JwsError::Json`].
    pub fn json(&self, depth: usize) -> Result<Value, JwsError> {
        json::parse(&self.payload, depth).map_err(|source| JwsError::Json { part: "payload", source })
    }
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self, JwsError> {
        let value = json::parse(bytes, HEADER_DEPTH).map_err(|source| JwsError::Json { part: "header", source })?;
        let Value::Object(members) = value else {
            return Err(JwsError::NotCompact);
        };
        if let Some(extension) = ["crit", "b64"].into_iter().find(|name| members.contains_key(*name)) {
            return Err(JwsError::Extension(extension));
        }
        let text = |name: &'static str| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(JwsError::HeaderMember(name)),
        };
        let named = text("alg")?.unwrap_or_default();
        let algorithm =
            Algorithm::by_name(&named).ok_or_else(|| JwsError::Algorithm(named.chars().take(32).collect()))?;
        Ok(Self { algorithm, typ: text("typ")?, cty: text("cty")?, iss: text("iss")?, kid: text("kid")? })
    }
}

/// Signs a payload. The header is `alg`, then the members given.
///
/// # Errors
/// [`SigningError::Failed`].
pub fn sign(key: &SigningKey, members: &Map<String, Value>, payload: &[u8]) -> Result<String, SigningError> {
    let mut header = Map::new();
    header.insert("alg".to_owned(), key.algorithm().name().into());
    header.extend(members.iter().filter(|(name, _)| *name != "alg").map(|(name, value)| (name.clone(), value.clone())));
    let header = Value::Object(header).to_string();
    let signing_input = format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload));
    let signature = key.sign(signing_input.as_bytes())?;
    Ok(format!("{signing_input}.{}", base64url::encode(&signature)))
}
