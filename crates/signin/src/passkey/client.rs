//! What the browser says about the request that it passed on (`CollectedClientData`).

use serde::Deserialize;

use super::{Challenge, PasskeyError};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// Refuses what was made for another purpose, another challenge, or a page of somebody else.
pub(super) fn check(json: &[u8], kind: &str, challenge: &Challenge, origin: &str) -> Result<(), PasskeyError> {
    let data: ClientData = serde_json::from_slice(json).map_err(|_| PasskeyError::Malformed("the client data"))?;
    if data.kind != kind {
        return Err(PasskeyError::Foreign("this purpose"));
    }
    if data.challenge != challenge.0 {
        return Err(PasskeyError::Foreign("this challenge"));
    }
    if data.origin != origin || data.cross_origin {
        return Err(PasskeyError::Foreign("this address"));
    }
    Ok(())
}
