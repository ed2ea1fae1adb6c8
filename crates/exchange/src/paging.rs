//! Cursors of lists that go by identifier, the newest first.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hansa_model::page::Page;

use crate::{Error, Result};

/// The identifier that a cursor stands for.
///
/// # Errors
/// [`Error::Invalid`] when it is not one that this list gave out.
pub fn cursor<T: FromStr>(text: Option<&str>) -> Result<Option<T>> {
    let Some(text) = text else { return Ok(None) };
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|id| id.parse().ok())
        .map(Some)
        .ok_or_else(|| Error::field("cursor", "this is not a cursor of this list; leave it out to begin anew"))
}

/// A page out of up to `limit + 1` items: the one too many tells that there is another page.
pub fn page<T>(mut items: Vec<T>, limit: u32, id: impl Fn(&T) -> String) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(|last| URL_SAFE_NO_PAD.encode(id(last))) } else { None };
    Page { items, next }
}
