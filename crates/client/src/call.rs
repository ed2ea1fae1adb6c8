//! One call: what is sent, how often, and what becomes of the answer.

use std::time::Duration;

use hansa_model::problem::Problem;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::client::Client;
use crate::error::ClientError;
use crate::retry;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// One call. Everything but reading carries an `Idempotency-Key`, the same in every attempt.
#[derive(Debug)]
#[must_use = "a call does nothing until it is sent"]
pub struct Call<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    query: Vec<String>,
    body: Option<Result<Vec<u8>, serde_json::Error>>,
    media_type: HeaderValue,
    headers: HeaderMap,
    key: String,
    timeout: Option<Duration>,
    attempts: u32,
}

impl<'a> Call<'a> {
    pub(crate) fn new(client: &'a Client, method: Method, path: String) -> Self {
        let options = &client.inner.options;
        Self {
            client,
            method,
            path,
            query: Vec::new(),
            body: None,
            media_type: JSON,
            headers: HeaderMap::from_iter([(ACCEPT, JSON)]),
            key: Uuid::now_v7().to_string(),
            timeout: Some(options.timeout),
            attempts: options.attempts.max(1),
        }
    }

    /// Adds the fields of `query` to the query.
    pub fn query(mut self, query: &impl Serialize) -> Self {
        // The library writes a query only into a whole request, so it is taken out of one.
        let carrier = self.client.inner.http.get("http://query/").query(query).build();
        self.query.extend(carrier.ok().and_then(|request| request.url().query().map(str::to_owned)));
        self
    }

    /// Sends `body` as JSON.
    pub fn body(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body));
        self
    }

    /// Sends `text` as it stands, as this media type.
    pub fn text(mut self, media_type: &'static str, text: impl Into<String>) -> Self {
        self.body = Some(Ok(text.into().into_bytes()));
        self.media_type = HeaderValue::from_static(media_type);
        self
    }

    /// Sends a header, like `if-match`.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sends this `Idempotency-Key` instead of a fresh one, to go on with a call of an earlier process.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// Waits so long for the answer; `None` waits for ever, as streams need it.
    pub const fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.timeout = timeout;
        self
    }

    /// Is made so often at most.
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = if attempts == 0 { 1 } else { attempts };
        self
    }

    /// Makes the call and reads the answer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, ClientError> {
        let client = self.client;
        let response = self.send_raw().await?;
        let bytes = response.bytes().await.map_err(|error| broken(client, error))?;
        serde_json::from_slice(&bytes).map_err(ClientError::Shape)
    }

    /// Makes the call; the answer is a text.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send_text(self) -> Result<String, ClientError> {
        let client = self.client;
        let response = self.send_raw().await?;
        response.text().await.map_err(|error| broken(client, error))
    }

    /// Makes the call; the answer is a file.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send_bytes(self) -> Result<Vec<u8>, ClientError> {
        let client = self.client;
        let response = self.send_raw().await?;
        Ok(response.bytes().await.map_err(|error| broken(client, error))?.to_vec())
    }

    /// Makes the call; what the answer holds does not matter.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send_without_answer(self) -> Result<(), ClientError> {
        self.send_raw().await.map(|_| ())
    }

    /// Makes the call; the answer is a success whose body is yet to be read.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send_raw(self) -> Result<Response, ClientError> {
        let mut attempt = 1;
        loop {
            let outcome = self.client.inner.http.execute(self.request()?).await;
            let last = attempt >= self.attempts;
            let pause = match outcome {
                Ok(response) if is_well(response.status()) => return Ok(response),
                Ok(response) => match retry::after(response.status(), response.headers(), attempt) {
                    Some(pause) if !last => pause,
                    _ => return Err(refusal(self.client, response).await),
                },
                // With an idempotency key a call whose answer was lost may be made again.
                Err(error) if !last && !error.is_timeout() && (error.is_connect() || error.is_request()) => {
                    retry::pause(attempt)
                }
                Err(error) => return Err(broken(self.client, error)),
            };
            tracing::debug!(method = %self.method, path = self.path, attempt, "calling again");
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    fn request(&self) -> Result<Request, ClientError> {
        let inner = &self.client.inner;
        let mut address = format!("{}{}", inner.address, self.path);
        for (index, part) in self.query.iter().enumerate() {
            address.push(if index == 0 && !self.path.contains('?') { '?' } else { '&' });
            address.push_str(part);
        }
        let mut request = inner.http.request(self.method.clone(), address).headers(self.headers.clone());
        if let Some(timeout) = self.timeout {
            request = request.timeout(timeout);
        }
        if let Some(token) = inner.credentials.bearer(&inner.options.clock)? {
            request = request.bearer_auth(token);
        }
        if self.method != Method::GET {
            request = request.header(IDEMPOTENCY_KEY, &self.key);
        }
        match &self.body {
            Some(Ok(body)) => request = request.header(CONTENT_TYPE, &self.media_type).body(body.clone()),
            Some(Err(error)) => return Err(ClientError::Request(serde::de::Error::custom(error))),
            None => {}
        }
        request.build().map_err(|_| ClientError::InvalidAddress(format!("{}{}", inner.address, self.path)))
    }
}

/// Whether it is what was asked for: an answer, or another protocol on the same connection.
fn is_well(status: StatusCode) -> bool {
    status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS
}

pub(crate) fn broken(client: &Client, source: reqwest::Error) -> ClientError {
    let address = client.address().to_owned();
    if source.is_timeout() && !source.is_connect() {
        ClientError::TimedOut { address }
    } else {
        ClientError::Unreachable { address, source: source.without_url() }
    }
}

async fn refusal(client: &Client, response: Response) -> ClientError {
    let status = response.status().as_u16();
    let unexpected = ClientError::Unexpected { address: client.address().to_owned(), status };
    let problem = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !problem.is_some_and(|kind| kind.starts_with("application/problem+json")) {
        return unexpected;
    }
    let problem = response.bytes().await.ok().and_then(|bytes| serde_json::from_slice::<Problem>(&bytes).ok());
    problem.map_or(unexpected, |problem| ClientError::Problem(Box::new(problem)))
}
