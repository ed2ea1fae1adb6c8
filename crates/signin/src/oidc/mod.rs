//! Signing in by the word of another service: OpenID Connect Core 1.0, authorisation code with PKCE (RFC 7636), state
//! and nonce. The service is found by discovery; its keys are fetched again when it signs with one that is not known.

mod config;
mod fetch;
mod id_token;
mod keys;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hansa_model::time::Timestamp;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;
use url::form_urlencoded;

pub use config::{ClientSecret, Join, ProviderConfig};
use fetch::Fetch;
use id_token::Expected;
pub use id_token::Person;
use keys::Keys;

/// How long what a provider says about itself is believed.
const DISCOVERY_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Why nobody is let in on a provider's word.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider's settings are wrong.
    #[error("the identity provider `{id}` is set up wrongly: {problem}")]
    Config {
        /// Which provider.
        id: String,
        /// What is wrong.
        problem: String,
    },
    /// The provider does not answer, or not as the standard says.
    #[error("the identity provider can't be used: {0}")]
    Provider(String),
    /// The provider refused.
    #[error("the identity provider refused: {0}")]
    Refused(String),
    /// What the provider says can't be believed.
    #[error("the identity provider's word is not taken: {0}")]
    Token(String),
}

/// What must be remembered between sending somebody off and their return. `state` comes back with them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Journey {
    /// What the answer is recognised by.
    pub state: String,
    nonce: String,
    verifier: String,
}

/// Somebody to be sent to a provider.
#[derive(Debug, Clone)]
pub struct Departure {
    /// Where to.
    pub url: Url,
    /// What to remember.
    pub journey: Journey,
}

/// What a provider publishes about itself (OpenID Connect Discovery 1.0).
#[derive(Debug, Clone, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct TokenRefusal {
    error: String,
}

/// A service whose word is taken. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Provider {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: ProviderConfig,
    fetch: Fetch,
    discovered: Mutex<Option<(Timestamp, Arc<Metadata>)>>,
    keys: Keys,
}

fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

impl Provider {
    /// The service with these settings. Nothing is asked of it yet.
    ///
    /// # Errors
    /// [`OidcError::Config`].
    pub fn new(config: ProviderConfig) -> Result<Self, OidcError> {
        config.check()?;
        let fetch = Fetch::new(&config)?;
        Ok(Self { inner: Arc::new(Inner { config, fetch, discovered: Mutex::default(), keys: Keys::default() }) })
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &ProviderConfig {
        &self.inner.config
    }

    /// Sends somebody to the provider, who returns them to `redirect`.
    ///
    /// # Errors
    /// [`OidcError::Provider`].
    pub async fn depart(&self, redirect: &str, now: Timestamp) -> Result<Departure, OidcError> {
        let metadata = self.metadata(now).await?;
        let journey = Journey { state: random(), nonce: random(), verifier: random() };
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, journey.verifier.as_bytes()));
        let config = &self.inner.config;
        let mut url = config.endpoint(&metadata.authorization_endpoint)?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &config.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("scope", &config.scopes.join(" "))
            .append_pair("state", &journey.state)
            .append_pair("nonce", &journey.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(Departure { url, journey })
    }

    /// Who returned, by the code that they brought. `issuer` is what the answer says about whom it is from (RFC 9207).
    ///
    /// # Errors
    /// [`OidcError`].
    pub async fn arrive(
        &self,
        journey: &Journey,
        code: &str,
        issuer: Option<&str>,
        redirect: &str,
        now: Timestamp,
    ) -> Result<Person, OidcError> {
        let metadata = self.metadata(now).await?;
        let said = issuer.is_none_or(|issuer| issuer == metadata.issuer);
        if !said || (issuer.is_none() && metadata.authorization_response_iss_parameter_supported) {
            return Err(OidcError::Token("the answer is from somebody else".to_owned()));
        }
        let tokens = self.exchange(&metadata, journey, code, redirect).await?;
        let token = &tokens.id_token;
        let expected =
            Expected { issuer: &metadata.issuer, client: &self.inner.config.client_id, nonce: &journey.nonce, now };
        let header = id_token::header(token)?;
        let jwks = self.inner.config.endpoint(&metadata.jwks_uri)?;
        let key = self.inner.keys.find(&self.inner.fetch, &jwks, &header, now).await?;
        let mut claims = id_token::read(token, &header, &key, &expected)?;
        // Providers may keep everything but the subject out of the token (section 5.4).
        if let (Some(endpoint), Some(access)) = (&metadata.userinfo_endpoint, &tokens.access_token) {
            let endpoint = self.inner.config.endpoint(endpoint)?;
            id_token::complete(&mut claims, self.inner.fetch.get(&endpoint, Some(access)).await?)?;
        }
        id_token::person(&claims, &metadata.issuer, self.inner.config.roles_claim())
    }

    /// What is sent with the code: the form, and the header that proves who sends it.
    fn claim(&self, metadata: &Metadata, journey: &Journey, code: &str, redirect: &str) -> (String, Option<String>) {
        let config = &self.inner.config;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect)
            .append_pair("code_verifier", &journey.verifier);
        let methods = &metadata.token_endpoint_auth_methods_supported;
        let knows = |name: &str| methods.iter().any(|method| method == name);
        // A provider that does not say takes the header.
        let in_form = knows("client_secret_post") && !knows("client_secret_basic");
        let mut header = None;
        match &config.client_secret {
            Some(secret) if !in_form => header = Some(basic_credentials(&config.client_id, secret.reveal())),
            Some(secret) => {
                form.append_pair("client_id", &config.client_id).append_pair("client_secret", secret.reveal());
            }
            None => {
                form.append_pair("client_id", &config.client_id);
            }
        }
        (form.finish(), header)
    }

    /// Gives the code and gets the token in which the provider tells who it is.
    async fn exchange(
        &self,
        metadata: &Metadata,
        journey: &Journey,
        code: &str,
        redirect: &str,
    ) -> Result<Tokens, OidcError> {
        let (form, header) = self.claim(metadata, journey, code, redirect);
        let endpoint = self.inner.config.endpoint(&metadata.token_endpoint)?;
        let (ok, body) = self.inner.fetch.post(&endpoint, form, header).await?;
        if ok {
            return serde_json::from_slice(&body)
                .map_err(|_| OidcError::Provider("its answer to the code holds no `id_token`".to_owned()));
        }
        let refusal = serde_json::from_slice::<TokenRefusal>(&body).map_or_else(|_| String::new(), |said| said.error);
        Err(OidcError::Refused(if refusal.is_empty() { "it does not say why".to_owned() } else { refusal }))
    }

    async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, OidcError> {
        let mut discovered = self.inner.discovered.lock().await;
        if let Some((at, metadata)) = &*discovered
            && now < at.plus(DISCOVERY_LIFETIME)
        {
            return Ok(Arc::clone(metadata));
        }
        let config = &self.inner.config;
        let address = format!("{}/.well-known/openid-configuration", config.issuer.trim_end_matches('/'));
        let metadata: Metadata = self.inner.fetch.get(&config.endpoint(&address)?, None).await?;
        if metadata.issuer != config.issuer {
            return Err(OidcError::Provider(format!("it calls itself `{}`, not `{}`", metadata.issuer, config.issuer)));
        }
        let metadata = Arc::new(metadata);
        *discovered = Some((now, Arc::clone(&metadata)));
        Ok(metadata)
    }
}

/// The header of RFC 6749, section 2.3.1: both parts written as in a form.
fn basic_credentials(client: &str, secret: &str) -> String {
    let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", part(client), part(secret))))
}
