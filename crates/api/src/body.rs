//! What a request says in its body.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use hansa_exchange::Error;
use hansa_model::document::FieldError;
use serde::de::DeserializeOwned;

use crate::options::ApiOptions;
use crate::problem::{Refusal, Result};
use crate::state::Api;

/// How a body is read.
pub(crate) trait Input: Sized {
    /// The most bytes that are read.
    fn limit(options: &ApiOptions) -> usize {
        options.body_limit
    }

    /// The body as this.
    fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self>;
}

/// A body that holds one JSON value.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// No body, or one that nobody looks at.
#[derive(Debug)]
pub(crate) struct Nothing;

/// A body that holds a catalogue file, of a kind that the query names.
#[derive(Debug)]
pub(crate) struct Text(pub(crate) String);

/// A body that holds a presentation of credentials, as a compact JSON Web Signature.
#[derive(Debug)]
pub(crate) struct Presentation(pub(crate) String);

impl Input for Presentation {
    fn limit(_: &ApiOptions) -> usize {
        const MOST_BYTES: usize = 4 << 20;
        MOST_BYTES
    }

    fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self> {
        if !["application/vp+jwt", "application/vp+ld+jwt"].contains(&essence(headers).as_str()) {
            return Err(Refusal::media_type("application/vp+jwt"));
        }
        let text = std::str::from_utf8(body).map_err(|_| Error::field("", "the presentation is not UTF-8"))?;
        Ok(Self(text.trim().to_owned()))
    }
}

impl<T: DeserializeOwned> Input for Json<T> {
    fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self> {
        if !is_json(headers) {
            return Err(Refusal::media_type("application/json"));
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let field = error.path().to_string();
            let field = if field == "." { String::new() } else { field };
            invalid(field, error.inner())
        })?;
        json.end().map_err(|error| invalid(String::new(), &error))?;
        Ok(Self(value))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = essence(headers);
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The media type of a body without its parameters, in lower case; empty when none is named.
fn essence(headers: &HeaderMap) -> String {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn invalid(field: String, error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned();
    let place = |number: usize| u32::try_from(number).ok().filter(|number| *number > 0);
    let fault = FieldError { field, line: place(error.line()), column: place(error.column()), message, hint: None };
    Error::Invalid(vec![fault]).into()
}

impl Input for Nothing {
    fn read(_: &HeaderMap, _: &Bytes) -> Result<Self> {
        Ok(Self)
    }
}

impl Input for Text {
    fn limit(options: &ApiOptions) -> usize {
        options.import_limit
    }

    fn read(_: &HeaderMap, body: &Bytes) -> Result<Self> {
        let text = std::str::from_utf8(body).map_err(|_| Error::field("", "the text is not UTF-8"))?;
        Ok(Self(text.to_owned()))
    }
}

/// The bytes of a body, of which there may not be too many and which may not come too slowly.
pub(crate) async fn bytes(mut request: Request, api: &Api, limit: usize) -> Result<Bytes> {
    DefaultBodyLimit::max(limit).apply(&mut request);
    let arrived = tokio::time::timeout(api.options.body_timeout, Bytes::from_request(request, api)).await;
    match arrived {
        Err(_) => Err(Refusal::slow_body()),
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)))) => {
            Err(Refusal::too_large(limit))
        }
        Ok(Err(_)) => Err(Error::field("", "the body did not arrive whole").into()),
    }
}

/// A body of a request that changes nothing.
pub(crate) struct Body<I>(pub(crate) I);

impl<I: Input> FromRequest<Api> for Body<I> {
    type Rejection = Refusal;

    async fn from_request(request: Request, api: &Api) -> Result<Self> {
        let headers = request.headers().clone();
        let body = bytes(request, api, I::limit(&api.options)).await?;
        I::read(&headers, &body).map(Self)
    }
}
