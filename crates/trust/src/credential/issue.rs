//! Signing credentials and presentations of one's own.

use serde_json::{Map, Value, json};

use super::document::CONTEXT;
use super::{Credential, Presentation, Refusal};
use crate::did::DidUrl;
use crate::jose::{SigningError, SigningKey, sign};

/// Why nothing was issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// Nobody would take it.
    #[error("this can't be issued: {0}")]
    Unacceptable(#[from] Refusal),
    /// It names another issuer or holder than whose key would sign.
    #[error("this names another issuer or holder than `{0}`, whose key would sign it")]
    SomebodyElse(String),
    /// Signing failed.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// Signs in the name of a DID.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The key.
    pub key: &'a SigningKey,
    /// Its name in the DID document.
    pub key_id: &'a DidUrl,
}

impl Signer<'_> {
    /// Signs a credential, as `vc+jwt`.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn credential(&self, credential: &Value) -> Result<String, IssueError> {
        let read = Credential::read(credential.clone())?;
        self.sign(credential, &read.issuer, "vc")
    }

    /// Signs a presentation, as `vp+jwt`.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn presentation(&self, presentation: &Value) -> Result<String, IssueError> {
        let read = Presentation::read(presentation.clone(), usize::MAX)?;
        self.sign(presentation, &read.holder, "vp")
    }

    fn sign(&self, document: &Value, issuer: &str, content: &str) -> Result<String, IssueError> {
        let own = self.key_id.did().as_str();
        if issuer != own {
            return Err(IssueError::SomebodyElse(own.to_owned()));
        }
        let mut header = Map::new();
        header.insert("typ".to_owned(), format!("{content}+jwt").into());
        header.insert("cty".to_owned(), content.into());
        header.insert("iss".to_owned(), own.into());
        header.insert("kid".to_owned(), self.key_id.as_str().into());
        Ok(sign(self.key, &header, document.to_string().as_bytes())?)
    }
}

/// A presentation of signed credentials, to be given a nonce, an audience and a time as wanted, and signed.
#[must_use]
pub fn presentation_of<'a>(holder: &str, credentials: impl IntoIterator<Item = &'a str>) -> Value {
    let enveloped = |credential: &str| {
        json!({
            "@context": CONTEXT,
            "id": format!("data:application/vc+jwt,{credential}"),
            "type": "EnvelopedVerifiableCredential",
        })
    };
    json!({
        "@context": [CONTEXT],
        "type": ["VerifiablePresentation"],
        "issuer": holder,
        "verifiableCredential": credentials.into_iter().map(enveloped).collect::<Vec<_>>(),
    })
}
