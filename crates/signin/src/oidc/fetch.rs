//! Asking a provider: bounded in time and size, and never redirected.

use std::sync::Once;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use url::Url;

use super::{OidcError, ProviderConfig};

const TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of an answer.
const LONGEST: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Fetch(reqwest::Client);

impl Fetch {
    pub(super) fn new(config: &ProviderConfig) -> Result<Self, OidcError> {
        install_cryptography();
        let builder = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
        // Without encryption no root certificates are needed, and a machine may have none.
        let builder = if config.issuer.starts_with("https:") { builder } else { builder.tls_certs_only([]) };
        let built = builder.build().map_err(|error| OidcError::Config {
            id: config.id.to_string(),
            problem: format!("no connections can be made: {error}"),
        });
        built.map(Self)
    }

    /// Reads something, with an access token where it takes one.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: &Url, access: Option<&String>) -> Result<T, OidcError> {
        let request = self.0.get(url.clone());
        let response = send(access.into_iter().fold(request, RequestBuilder::bearer_auth)).await?;
        if !response.status().is_success() {
            return Err(OidcError::Provider(format!("{url} answers {}", response.status())));
        }
        let body = body(response).await?;
        serde_json::from_slice(&body)
            .map_err(|error| OidcError::Provider(format!("what {url} answers can't be read: {error}")))
    }

    /// Sends a form; answers whether it was taken, with the body.
    pub(super) async fn post(
        &self,
        url: &Url,
        form: String,
        authorization: Option<String>,
    ) -> Result<(bool, Vec<u8>), OidcError> {
        let mut request = self.0.post(url.clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let response = send(request).await?;
        Ok((response.status().is_success(), body(response).await?))
    }
}

async fn send(request: RequestBuilder) -> Result<Response, OidcError> {
    request.header(ACCEPT, "application/json").send().await.map_err(unreachable)
}

fn unreachable(error: reqwest::Error) -> OidcError {
    OidcError::Provider(format!("it can't be reached: {}", error.without_url()))
}

async fn body(mut response: Response) -> Result<Vec<u8>, OidcError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST {
            return Err(OidcError::Provider("its answer is too long".to_owned()));
        }
    }
    Ok(body)
}

/// Makes ring the cryptography of TLS in this process, unless one was chosen before.
fn install_cryptography() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
