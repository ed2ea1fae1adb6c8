//! What a browser answers with: `RegistrationResponseJSON` and `AuthenticationResponseJSON`. Fields that are of no use
//! here are not read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use serde::Deserialize;
use serde_json::Value;

use super::PasskeyError;

/// What made a passkey.
#[derive(Debug, Clone)]
pub struct Attestation {
    pub(super) id: Vec<u8>,
    pub(super) client_data: Vec<u8>,
    pub(super) attestation: Vec<u8>,
}

/// What a passkey was used for.
#[derive(Debug, Clone)]
pub struct Assertion {
    pub(super) id: Vec<u8>,
    pub(super) client_data: Vec<u8>,
    pub(super) authenticator_data: Vec<u8>,
    pub(super) signature: Vec<u8>,
    handle: Option<Vec<u8>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential<T> {
    #[serde(rename = "type")]
    kind: String,
    raw_id: String,
    response: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttestationJson {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    attestation_object: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertionJson {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
    user_handle: Option<String>,
}

fn bytes(text: &str, what: &'static str) -> Result<Vec<u8>, PasskeyError> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| PasskeyError::Malformed(what))
}

fn credential<T: for<'de> Deserialize<'de>>(json: &Value) -> Result<Credential<T>, PasskeyError> {
    let read = Credential::deserialize(json).map_err(|_| PasskeyError::Malformed("the credential"))?;
    if read.kind == "public-key" { Ok(read) } else { Err(PasskeyError::Malformed("the credential's type")) }
}

impl Attestation {
    /// Reads it.
    ///
    /// # Errors
    /// [`PasskeyError::Malformed`].
    pub fn read(json: &Value) -> Result<Self, PasskeyError> {
        let read: Credential<AttestationJson> = credential(json)?;
        Ok(Self {
            id: bytes(&read.raw_id, "the credential's identifier")?,
            client_data: bytes(&read.response.client_data, "the client data")?,
            attestation: bytes(&read.response.attestation_object, "the attestation")?,
        })
    }
}

impl Assertion {
    /// Reads it.
    ///
    /// # Errors
    /// [`PasskeyError::Malformed`].
    pub fn read(json: &Value) -> Result<Self, PasskeyError> {
        let read: Credential<AssertionJson> = credential(json)?;
        let handle = read.response.user_handle.filter(|text| !text.is_empty());
        Ok(Self {
            id: bytes(&read.raw_id, "the credential's identifier")?,
            client_data: bytes(&read.response.client_data, "the client data")?,
            authenticator_data: bytes(&read.response.authenticator_data, "the authenticator data")?,
            signature: bytes(&read.response.signature, "the signature")?,
            handle: handle.map(|text| bytes(&text, "the user handle")).transpose()?,
        })
    }

    /// The identifier of the credential that was used, in base64url.
    #[must_use]
    pub fn credential(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.id)
    }

    /// The handle of the owner, where the authenticator tells it.
    #[must_use]
    pub fn handle(&self) -> Option<String> {
        self.handle.clone().and_then(|bytes| String::from_utf8(bytes).ok())
    }
}

/// The authenticator data within an attestation object. Its statement is not looked at: `none` was asked for, and
/// nothing is believed because of it.
pub(super) fn authenticator_data(object: &[u8]) -> Result<Vec<u8>, PasskeyError> {
    let fault = || PasskeyError::Malformed("the attestation");
    let object: Cbor = ciborium::from_reader(object).map_err(|_| fault())?;
    let fields = object.into_map().map_err(|_| fault())?;
    let found = fields.into_iter().find(|(name, _)| name.as_text() == Some("authData"));
    found.and_then(|(_, value)| value.into_bytes().ok()).ok_or_else(fault)
}
