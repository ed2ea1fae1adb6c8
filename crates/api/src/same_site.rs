//! Whether a page of this exchange asks, or one of another site that makes a browser use somebody's session.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use hansa_exchange::Exchange;

use crate::problem::Refusal;

/// A header that pages of other sites can't send unless they are allowed to, which none is.
pub(crate) const CONSOLE: &str = "x-hansa-console";
const FETCH_SITE: &str = "sec-fetch-site";

/// What the headers tell of the page that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// It is one of this exchange.
    Own,
    /// It is another site's.
    Foreign,
    /// It is no page, or the browser does not tell.
    Unknown,
}

fn page(exchange: &Exchange, headers: &HeaderMap) -> Page {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let decide = |own: bool| if own { Page::Own } else { Page::Foreign };
    if let Some(site) = text(FETCH_SITE) {
        return decide(matches!(site, "same-origin" | "none"));
    }
    let Some(origin) = text(ORIGIN.as_str()) else { return Page::Unknown };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let issuer = exchange.settings().issuer.trim_end_matches('/');
    decide(origin == issuer || (authority.is_some() && authority == text(HOST.as_str())))
}

fn refusal() -> Refusal {
    let detail = "a page of another site asked for this";
    Refusal::new(StatusCode::FORBIDDEN, "cross-site", "Not from this site", detail)
        .hint(format!("scripts that use a session's cookie send the header `{CONSOLE}: 1`, or better use a token"))
}

/// Refuses what pages of other sites ask for.
pub(crate) fn not_foreign(exchange: &Exchange, headers: &HeaderMap) -> Result<(), Refusal> {
    if page(exchange, headers) == Page::Foreign { Err(refusal()) } else { Ok(()) }
}

/// Refuses what does not show that it comes from a page of this exchange, or from no page at all.
pub(crate) fn own(exchange: &Exchange, headers: &HeaderMap) -> Result<(), Refusal> {
    match page(exchange, headers) {
        Page::Own => Ok(()),
        Page::Unknown if headers.contains_key(CONSOLE) => Ok(()),
        Page::Unknown | Page::Foreign => Err(refusal()),
    }
}
