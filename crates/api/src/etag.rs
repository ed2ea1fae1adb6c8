//! Entity tags: what a representation is recognised by.

use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hansa_exchange::{Error, Result};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The tag of a representation.
pub(crate) fn tag<T: Serialize>(value: &T) -> String {
    of(&serde_json::to_vec(value).unwrap_or_default())
}

pub(crate) fn of(body: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&Sha256::digest(body)[..16]))
}

/// Answers with the resource, or says that the caller has it already.
pub(crate) fn answer<T: Serialize>(headers: &HeaderMap, value: &T) -> Response {
    answer_bytes(headers, serde_json::to_vec(value).unwrap_or_default(), "application/json")
}

/// The same for a body that is written already.
pub(crate) fn answer_bytes(headers: &HeaderMap, body: Vec<u8>, content_type: &'static str) -> Response {
    let tag = of(&body);
    if names(headers, IF_NONE_MATCH.as_str(), &tag) == Some(true) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    ([(ETAG, tag), (CONTENT_TYPE, content_type.to_owned())], body).into_response()
}

/// Refuses a change to something that is not what the caller has seen.
pub(crate) fn unchanged<T: Serialize>(headers: &HeaderMap, value: &T) -> Result<()> {
    match names(headers, IF_MATCH.as_str(), &tag(value)) {
        Some(false) => Err(Error::Changed),
        _ => Ok(()),
    }
}

/// Whether a header that lists tags names this one; nothing when it is absent.
fn names(headers: &HeaderMap, header: &str, tag: &str) -> Option<bool> {
    let list = headers.get(header)?.to_str().unwrap_or_default();
    Some(list.split(',').map(str::trim).any(|item| item == "*" || item.strip_prefix("W/").unwrap_or(item) == tag))
}
