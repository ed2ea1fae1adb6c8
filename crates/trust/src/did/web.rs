//! The identifiers themselves (W3C DID method `web`).

use std::fmt;
use std::str::FromStr;

/// The longest identifier that is read.
const LENGTH_LIMIT: usize = 512;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DidError {
    /// It is longer than is read.
    #[error("a DID of more than {LENGTH_LIMIT} characters is not read")]
    TooLong,
    /// It is of another method, or no DID.
    #[error("`{0}` is not a did:web identifier: only that method is accepted")]
    Method(String),
    /// Its host or port can't be one.
    #[error("`{0}` does not name a host: write it in lower case like `did:web:provider.example`, a port as `%3A8443`")]
    Host(String),
    /// Its path has a segment that could lead elsewhere.
    #[error("`{0}` has a path with other segments than letters, digits, `.`, `-`, `_` and `~`")]
    Path(String),
    /// It has no fragment, or one that can't name a key.
    #[error("`{0}` does not name a key: write it like `did:web:provider.example#key-1`")]
    Fragment(String),
}

/// An identifier like `did:web:provider.example` or `did:web:exchange.example:participants:borealis`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DidWeb(String);

impl DidWeb {
    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host with its port, if any: `provider.example`, `127.0.0.1:8443`.
    #[must_use]
    pub fn authority(&self) -> String {
        self.segments().0.replacen("%3A", ":", 1)
    }

    /// Where its document is: `https://provider.example/.well-known/did.json`, or `…/did.json` below its path.
    #[must_use]
    pub fn document_url(&self) -> String {
        let path: Vec<&str> = self.segments().1.collect();
        let path = if path.is_empty() { ".well-known".to_owned() } else { path.join("/") };
        format!("https://{}/{path}/did.json", self.authority())
    }

    fn segments(&self) -> (&str, impl Iterator<Item = &str>) {
        let mut segments = self.0["did:web:".len()..].split(':');
        (segments.next().unwrap_or_default(), segments)
    }
}

impl FromStr for DidWeb {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        if text.len() > LENGTH_LIMIT {
            return Err(DidError::TooLong);
        }
        let specific = text.strip_prefix("did:web:").ok_or_else(|| DidError::Method(cut(text)))?;
        let mut segments = specific.split(':');
        let host = segments.next().unwrap_or_default();
        if !is_authority(host) {
            return Err(DidError::Host(cut(text)));
        }
        if !segments.all(is_segment) {
            return Err(DidError::Path(cut(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for DidWeb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for DidWeb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The name of a key: an identifier and a fragment, `did:web:provider.example#key-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DidUrl {
    did: DidWeb,
    text: String,
}

impl DidUrl {
    /// Whose key it is.
    #[must_use]
    pub const fn did(&self) -> &DidWeb {
        &self.did
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for DidUrl {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        let (did, fragment) = text.split_once('#').ok_or_else(|| DidError::Fragment(cut(text)))?;
        let did: DidWeb = did.parse()?;
        if text.len() > LENGTH_LIMIT || !is_fragment(fragment) {
            return Err(DidError::Fragment(cut(text)));
        }
        Ok(Self { did, text: text.to_owned() })
    }
}

/// Whether a text can name a key within a document.
pub(super) fn is_fragment(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte))
}

fn is_authority(text: &str) -> bool {
    let (host, port) = match text.split_once("%3A") {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port);
    host.len() <= 253 && host.split('.').all(is_label) && port.is_none_or(is_port)
}

fn is_segment(text: &str) -> bool {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    letters && !text.is_empty() && text != "." && text != ".."
}

fn cut(text: &str) -> String {
    text.chars().take(96).collect()
}

#[cfg(test)]
mod tests {
    use super::{DidUrl, DidWeb};

    #[test]
    fn documents_are_where_the_method_says() {
        for (did, url) in [
            ("did:web:provider.example", "https://provider.example/.well-known/did.json"),
            (
                "did:web:exchange.example:participants:borealis",
                "https://exchange.example/participants/borealis/did.json",
            ),
            ("did:web:127.0.0.1%3A8443:p", "https://127.0.0.1:8443/p/did.json"),
            ("did:web:localhost%3A1", "https://localhost:1/.well-known/did.json"),
        ] {
            assert_eq!(did.parse::<DidWeb>().map(|did| did.document_url()), Ok(url.to_owned()));
        }
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        for text in [
            "",
            "did:web:",
            "did:key:z6Mk",
            "did:Web:a.example",
            "DID:web:a.example",
            "did:web:A.example",
            "did:web:a.example:",
            "did:web:a.example::b",
            "did:web:a.example:..",
            "did:web:a.example:.",
            "did:web:.",
            "did:web:a..example",
            "did:web:-a.example",
            "did:web:a.example/x",
            "did:web:a.example?x",
            "did:web:a@b.c",
            "did:web:a.example%3a443",
            "did:web:a.example%3A",
            "did:web:a.example%3A0",
            "did:web:a.example%3A65536",
            "did:web:a.example%3A+1",
            "did:web:a.example%3A01",
            "did:web:a.example%2Fx",
            "did:web:a.example:%2e%2e",
            "did:web:a.example:b%2Fc",
            "did:web:[::1]",
            "did:web:bücher.example",
            "did:web:a.example ",
            " did:web:a.b",
            "did:web:a.example\n",
            "did:web:a.example#k",
            "did:web:a.example\0",
            "did:web:user:pass@a.example",
        ] {
            assert!(text.parse::<DidWeb>().is_err(), "{text:?} was taken");
        }
        assert!(format!("did:web:{}", "a.".repeat(300)).parse::<DidWeb>().is_err());
    }

    #[test]
    fn keys_are_named_by_a_fragment() {
        assert!("did:web:a.example#key-1".parse::<DidUrl>().is_ok());
        for text in
            ["did:web:a.example", "did:web:a.example#", "#key-1", "did:web:a.example#a#b", "did:web:a.example# "]
        {
            assert!(text.parse::<DidUrl>().is_err(), "{text:?} was taken");
        }
    }
}
