//! Refusals on the wire: one shape for every error, whoever notices it.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hansa_exchange::Error;
use hansa_model::problem::Problem;
use hansa_store::StoreError;

use crate::observe;

/// A request that is not served.
#[derive(Debug)]
pub(crate) struct Refusal {
    problem: Box<Problem>,
    retry_after: Option<u64>,
}

/// The result of handlers.
pub(crate) type Result<T> = std::result::Result<T, Refusal>;

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &str, title: &str, detail: impl Into<String>) -> Self {
        let problem = Problem {
            kind: format!("/problems/{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            hint: None,
            request_id: None,
            errors: Vec::new(),
        };
        Self { problem: Box::new(problem), retry_after: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.problem.hint = Some(hint.into());
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// The last part of the problem's type.
    pub(crate) fn code(&self) -> &str {
        self.problem.code()
    }

    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "no-such-path", "Not found", "nothing is served at this path")
            .hint("see /openapi.json or /docs for what is")
    }

    pub(crate) fn wrong_method() -> Self {
        let detail = "this path does not know this method";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Wrong method", detail)
            .hint("see the header `allow` for those it knows")
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        let detail = format!("the body is larger than {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large", detail).hint("send less at once")
    }

    pub(crate) fn slow_body() -> Self {
        let detail = "the body did not arrive in time";
        Self::new(StatusCode::REQUEST_TIMEOUT, "slow-request", "Too slow", detail).hint("try again")
    }

    pub(crate) fn slow_answer() -> Self {
        let detail = "the exchange did not finish in time; whether the change was made is not certain";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", "The exchange is slow", detail)
            .hint("repeat the request with the same Idempotency-Key")
            .retry_after(1)
    }

    pub(crate) fn media_type(wanted: &str) -> Self {
        let detail = format!("the body must be {wanted}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "Wrong kind of body", detail)
            .hint(format!("send `content-type: {wanted}`"))
    }

    pub(crate) fn too_many(seconds: u64) -> Self {
        let detail = "there were more requests than are taken";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate-limit", "Too many requests", detail)
            .hint("wait as long as the header `retry-after` says")
            .retry_after(seconds)
    }

    pub(crate) fn fault() -> Self {
        Error::Internal("a handler panicked".to_owned()).into()
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let unavailable = matches!(error, Error::Store(StoreError::Unavailable(_)));
        if unavailable {
            tracing::warn!(error = chain(&error), "the database can't be reached");
        } else if matches!(error, Error::Store(_) | Error::Internal(_)) {
            tracing::error!(error = chain(&error), "a request failed inside");
        }
        let retry_after = match &error {
            Error::TooMany { wait, .. } => Some(wait.as_secs() + 1),
            Error::Busy(_) | Error::Unreachable(_) | Error::AgentAway(_) => Some(1),
            _ => unavailable.then_some(1),
        };
        Self { problem: Box::new(error.problem()), retry_after }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

/// An error with all its causes, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

impl IntoResponse for Refusal {
    fn into_response(mut self) -> Response {
        self.problem.request_id = observe::request_id();
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self.problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
