//! The cookies of browsers: the session, and what is kept while somebody is away at an identity provider. Scripts can't
//! read them, and pages of other sites do not send the session's.

use std::time::Duration;

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use hansa_exchange::Exchange;

/// How long somebody may be away at an identity provider.
const JOURNEY: Duration = Duration::from_secs(10 * 60);

/// A cookie of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The secret of a session.
    Session,
    /// The secret of a journey to an identity provider. It must come along when that provider sends somebody back.
    Journey,
}

/// Whether browsers come by an encrypted connection.
fn is_encrypted(exchange: &Exchange) -> bool {
    exchange.settings().issuer.starts_with("https://")
}

impl Cookie {
    /// With the prefix that binds it to this host alone, where the connection is encrypted.
    const fn name(self, encrypted: bool) -> &'static str {
        match (self, encrypted) {
            (Self::Session, true) => "__Host-hansa-session",
            (Self::Session, false) => "hansa-session",
            (Self::Journey, true) => "__Host-hansa-journey",
            (Self::Journey, false) => "hansa-journey",
        }
    }

    const fn same_site(self) -> &'static str {
        match self {
            Self::Session => "Strict",
            Self::Journey => "Lax",
        }
    }

    fn lifetime(self, exchange: &Exchange) -> Duration {
        match self {
            Self::Session => exchange.settings().session_lifetime,
            Self::Journey => JOURNEY,
        }
    }

    /// What the browser sends, if anything.
    pub(crate) fn read(self, exchange: &Exchange, headers: &HeaderMap) -> Option<String> {
        let name = self.name(is_encrypted(exchange));
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
    }

    /// Has the browser keep a secret.
    pub(crate) fn set(self, exchange: &Exchange, response: &mut Response, secret: &str) {
        self.write(exchange, response, secret, self.lifetime(exchange).as_secs());
    }

    /// Has the browser forget the secret.
    pub(crate) fn clear(self, exchange: &Exchange, response: &mut Response) {
        self.write(exchange, response, "", 0);
    }

    fn write(self, exchange: &Exchange, response: &mut Response, secret: &str, seconds: u64) {
        let encrypted = is_encrypted(exchange);
        let secure = if encrypted { "; Secure" } else { "" };
        let (name, same_site) = (self.name(encrypted), self.same_site());
        let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite={same_site}; Max-Age={seconds}{secure}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
}
