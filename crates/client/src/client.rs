//! The client itself.

use std::sync::{Arc, Once};
use std::time::Duration;

use hansa_model::time::Clock;
use reqwest::{Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::credentials::Credentials;
use crate::error::ClientError;

/// How a client behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long an answer may take.
    pub timeout: Duration,
    /// How often a call is made at most; at least once.
    pub attempts: u32,
    /// The clock that agents' tokens are dated by.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), attempts: 4, clock: Clock::System }
    }
}

/// A client of one exchange. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) address: String,
    pub(crate) credentials: Credentials,
    pub(crate) options: Options,
}

impl Client {
    /// A client of the exchange at `address`, like `https://exchange.example`.
    ///
    /// # Errors
    /// [`ClientError::InvalidAddress`] and [`ClientError::Setup`].
    pub fn new(address: &str, credentials: Credentials) -> Result<Self, ClientError> {
        Self::with_options(address, credentials, Options::default())
    }

    /// The same with other than the usual behaviour.
    ///
    /// # Errors
    /// [`ClientError::InvalidAddress`] and [`ClientError::Setup`].
    pub fn with_options(address: &str, credentials: Credentials, options: Options) -> Result<Self, ClientError> {
        let invalid = || ClientError::InvalidAddress(address.to_owned());
        let url: Url = address.parse().map_err(|_| invalid())?;
        let encrypted = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(invalid()),
        };
        if url.cannot_be_a_base() || url.query().is_some() || !url.username().is_empty() {
            return Err(invalid());
        }
        install_cryptography();
        let builder = reqwest::Client::builder()
            .user_agent(concat!("hansa/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none());
        // Without encryption no root certificates are needed, and a machine may have none.
        let builder = if encrypted { builder } else { builder.tls_certs_only([]) };
        let http = builder.build().map_err(ClientError::Setup)?;
        let address = address.trim_end_matches('/').to_owned();
        Ok(Self { inner: Arc::new(Inner { http, address, credentials, options }) })
    }

    /// The exchange's address.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.inner.address
    }

    /// Begins a call. `path` starts with `/v1/`.
    pub fn call(&self, method: Method, path: impl Into<String>) -> Call<'_> {
        Call::new(self, method, path.into())
    }

    /// Reads something.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn get<T: DeserializeOwned>(&self, path: impl Into<String>) -> Result<T, ClientError> {
        self.call(Method::GET, path).send().await
    }

    /// Reads something by a query.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn get_by<T: DeserializeOwned>(
        &self,
        path: impl Into<String>,
        query: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.call(Method::GET, path).query(query).send().await
    }

    /// Makes or does something.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: impl Into<String>,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.call(Method::POST, path).body(body).send().await
    }

    /// Replaces something.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn put<T: DeserializeOwned>(
        &self,
        path: impl Into<String>,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.call(Method::PUT, path).body(body).send().await
    }

    /// Changes something.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn patch<T: DeserializeOwned>(
        &self,
        path: impl Into<String>,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.call(Method::PATCH, path).body(body).send().await
    }

    /// Removes something.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn delete(&self, path: impl Into<String>) -> Result<(), ClientError> {
        self.call(Method::DELETE, path).send_without_answer().await
    }
}

/// Makes ring the cryptography of TLS in this process, unless one was chosen before.
fn install_cryptography() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
