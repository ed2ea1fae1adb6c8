//! The market: matching and quotes.

use hansa_model::id::{ProjectId, QuoteId};
use hansa_model::order::{NewQuote, Quote};
use hansa_model::package::{MatchOutcome, MatchRequest};
use reqwest::Method;
use serde::Deserialize;

use crate::client::Client;
use crate::error::ClientError;

/// One public key of an exchange, as in RFC 7517 and RFC 8037.
#[derive(Debug, Clone, Deserialize)]
pub struct SigningKey {
    /// Its name.
    pub kid: String,
    /// The public Ed25519 key in base64url without padding.
    pub x: String,
}

/// The public keys that quotes of an exchange verify with.
#[derive(Debug, Clone, Deserialize)]
pub struct SigningKeys {
    /// The keys.
    pub keys: Vec<SigningKey>,
}

impl Client {
    /// Searches the market for an application.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn find_packages(&self, request: &MatchRequest) -> Result<MatchOutcome, ClientError> {
        self.post("/v1/match", request).await
    }

    /// The quotes of a project, the newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn quotes(&self, project: ProjectId) -> Result<Vec<Quote>, ClientError> {
        self.all("/v1/quotes", [("project", project)]).await
    }

    /// One quote.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn quote(&self, id: QuoteId) -> Result<Quote, ClientError> {
        self.get(format!("/v1/quotes/{id}")).await
    }

    /// Makes a quote.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_quote(&self, new: &NewQuote) -> Result<Quote, ClientError> {
        self.post("/v1/quotes", new).await
    }

    /// A quote as PDF, with its signed form attached.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn quote_document(&self, id: QuoteId) -> Result<Vec<u8>, ClientError> {
        self.call(Method::GET, format!("/v1/quotes/{id}/document")).send_bytes().await
    }

    /// Gives a quote up.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn withdraw_quote(&self, id: QuoteId) -> Result<Quote, ClientError> {
        self.post(format!("/v1/quotes/{id}/withdraw"), &()).await
    }

    /// The public keys that quotes verify with.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn signing_keys(&self) -> Result<SigningKeys, ClientError> {
        self.get("/.well-known/jwks.json").await
    }
}
