//! Requests that change something, and their repetitions. A request with an `Idempotency-Key` puts its answer into
//! the transaction of its own effect, so that a repetition gets the same answer and has no effect of its own.
//!
//! Answers may hold secrets that are shown once. They are sealed with a key that only the request itself yields
//! (its credentials, its idempotency key, its body), none of which is stored.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hansa_exchange::{Error, Work};
use hansa_store::idempotency::{Claim, Request as Repeated, claim, finish};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::body::{Input, bytes};
use crate::etag;
use crate::gate::{Caller, Credential};
use crate::problem::{Refusal, Result};
use crate::state::Api;

/// The header that names a request.
pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 255;

/// A request that changes something.
pub(crate) struct Change<I> {
    input: I,
    headers: HeaderMap,
    repeat: Option<Repeat>,
    api: Api,
}

/// What a repetition is recognised by.
struct Repeat {
    actor: String,
    key_hash: String,
    request_hash: String,
    seal: [u8; 32],
}

/// How a request that changes something goes on.
pub(crate) enum Begun<I> {
    /// It is new: do it.
    New(I, Act),
    /// It was done before; this was the answer.
    Before(Response),
}

/// A change that is being made.
pub(crate) struct Act {
    /// The transaction.
    pub(crate) work: Work,
    /// The headers of the request.
    pub(crate) headers: HeaderMap,
    repeat: Option<Repeat>,
}

/// The input and the transaction of a change; a repetition is answered at once.
macro_rules! begin {
    ($change:expr) => {
        match $change.begin().await? {
            $crate::idempotency::Begun::New(input, act) => (input, act),
            $crate::idempotency::Begun::Before(answer) => return Ok(answer),
        }
    };
}
pub(crate) use begin;

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Answer {
    body: String,
    location: Option<String>,
}

impl<I: Input> FromRequest<Api> for Change<I> {
    type Rejection = Refusal;

    async fn from_request(request: Request, api: &Api) -> Result<Self> {
        let headers = request.headers().clone();
        let caller = request.extensions().get::<Caller>().cloned();
        let credential = request.extensions().get::<Credential>().cloned();
        let name = format!("{} {}", request.method(), request.uri());
        let key = read_key(&headers)?;
        let body = bytes(request, api, I::limit(&api.options)).await?;
        let repeat = key.map(|key| Repeat::new(key, &name, &body, caller.as_ref(), credential.as_ref()));
        let input = I::read(&headers, &body)?;
        Ok(Self { input, headers, repeat, api: api.clone() })
    }
}

fn read_key(headers: &HeaderMap) -> Result<Option<&str>> {
    let mut keys = headers.get_all(KEY).iter();
    let Some(value) = keys.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=LONGEST_KEY).contains(&text.len()) && !text.trim().is_empty());
    match (text, keys.next()) {
        (Some(text), None) => Ok(Some(text)),
        _ => {
            let message = format!("send one key of 1 to {LONGEST_KEY} printable ASCII characters");
            Err(Error::field("idempotency-key", message).into())
        }
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

impl Repeat {
    fn new(key: &str, name: &str, body: &Bytes, caller: Option<&Caller>, credential: Option<&Credential>) -> Self {
        let (name, key) = (name.as_bytes(), key.as_bytes());
        let secret = credential.map_or(&b""[..], |credential| credential.0.as_bytes());
        let (actor, key_hash) = match caller {
            Some(caller) => (caller.0.credential.to_string(), digest(&[b"key", key])),
            // Strangers share no keys: those who send other bodies never meet.
            None => ("anybody".to_owned(), digest(&[b"key", key, body])),
        };
        Self {
            actor,
            key_hash: hex::encode(key_hash),
            request_hash: hex::encode(digest(&[b"request", name, body])),
            seal: digest(&[b"seal", secret, key, body]),
        }
    }

    fn as_row(&self) -> Repeated<'_> {
        Repeated { actor: &self.actor, key_hash: &self.key_hash, request_hash: &self.request_hash }
    }

    fn cipher(&self) -> Result<LessSafeKey> {
        UnboundKey::new(&AES_256_GCM, &self.seal).map(LessSafeKey::new).map_err(|_| cipher_fault())
    }

    fn close(&self, answer: &Answer) -> Result<String> {
        let nonce = rand::random::<[u8; NONCE_LEN]>();
        let mut text = serde_json::to_vec(answer).unwrap_or_default();
        self.cipher()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
            .map_err(|_| cipher_fault())?;
        Ok(STANDARD_NO_PAD.encode([&nonce[..], &text].concat()))
    }

    fn open(&self, sealed: &str) -> Result<Answer> {
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| cipher_fault())?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN).ok_or_else(cipher_fault)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| cipher_fault())?;
        let mut text = text.to_vec();
        let text = self.cipher()?.open_in_place(nonce, Aad::empty(), &mut text).map_err(|_| cipher_fault())?;
        serde_json::from_slice(text).map_err(|_| cipher_fault())
    }
}

fn cipher_fault() -> Refusal {
    Error::Internal("a kept answer can't be sealed or opened".to_owned()).into()
}

impl<I> Change<I> {
    /// What is asked for, to prepare it before the change begins.
    pub(crate) fn input(&self) -> &I {
        &self.input
    }

    /// Begins the change, or finds that it was made before.
    pub(crate) async fn begin(self) -> Result<Begun<I>> {
        let exchange = &self.api.exchange;
        let mut work = exchange.begin().await?;
        if let Some(repeat) = &self.repeat {
            let now = exchange.now();
            let oldest = now.minus(exchange.settings().idempotency_lifetime);
            match claim(&mut work, &repeat.as_row(), now, oldest).await? {
                Claim::New => {}
                Claim::Mismatch => {
                    let detail = "this key was used for another request";
                    return Err(
                        Error::impossible("idempotency-mismatch", detail, "use a new key for each request").into()
                    );
                }
                Claim::Done { status, answer } => {
                    let mut response = respond(status, repeat.open(&answer)?);
                    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
                    return Ok(Begun::Before(response));
                }
            }
        }
        Ok(Begun::New(self.input, Act { work, headers: self.headers, repeat: self.repeat }))
    }
}

impl Act {
    /// Makes the change last and answers with what was made.
    pub(crate) async fn created<T: Serialize>(self, location: Option<String>, value: &T) -> Result<Response> {
        self.finish(StatusCode::CREATED, location, Some(value)).await
    }

    /// Makes the change last and answers with how things are now.
    pub(crate) async fn done<T: Serialize>(self, value: &T) -> Result<Response> {
        self.finish(StatusCode::OK, None, Some(value)).await
    }

    /// Makes the change last and answers with nothing.
    pub(crate) async fn gone(self) -> Result<Response> {
        self.finish::<()>(StatusCode::NO_CONTENT, None, None).await
    }

    async fn finish<T: Serialize>(
        mut self,
        status: StatusCode,
        location: Option<String>,
        value: Option<&T>,
    ) -> Result<Response> {
        let body = value.and_then(|value| serde_json::to_string(value).ok()).unwrap_or_default();
        let answer = Answer { body, location };
        if let Some(repeat) = &self.repeat {
            let sealed = repeat.close(&answer)?;
            finish(&mut self.work, &repeat.as_row(), status.as_u16(), &sealed).await?;
        }
        self.work.commit().await?;
        Ok(respond(status.as_u16(), answer))
    }
}

fn respond(status: u16, answer: Answer) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    if answer.body.is_empty() {
        return status.into_response();
    }
    let tag = etag::of(answer.body.as_bytes());
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if let Some(location) = answer.location.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(LOCATION, location);
    }
    response
}
