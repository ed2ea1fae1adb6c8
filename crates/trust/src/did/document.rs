//! DID documents (W3C DID Core 1.0): read from others, and written for one's own keys.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::web::{DidWeb, is_fragment};
use crate::jose::json::{self, JsonError};
use crate::jose::{KeyError, PublicKey};

/// The most bytes of a document.
pub(crate) const DOCUMENT_LIMIT: usize = 128 * 1024;
/// How deep a document may nest.
const DEPTH: usize = 16;
/// The most keys of a document.
const METHOD_LIMIT: usize = 64;
/// The types of keys given as JSON Web Keys.
const JWK_TYPES: [&str; 2] = ["JsonWebKey2020", "JsonWebKey"];

/// Why a document is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is not JSON that means one thing.
    #[error("it can't be read: {0}")]
    Json(#[from] JsonError),
    /// It is of somebody else.
    #[error("it says that it is the document of `{0}`")]
    OfSomebodyElse(String),
    /// A member has another form than it must have.
    #[error("its member `{0}` is not what DID Core demands")]
    Member(&'static str),
    /// It has two keys of the same name.
    #[error("it has two keys named `{0}`")]
    Twice(String),
    /// It has more keys than are read.
    #[error("it has more than {METHOD_LIMIT} keys")]
    TooMany,
    /// It has no such key.
    #[error("it has no key `{0}`")]
    NoSuchKey(String),
    /// The key is not for this purpose.
    #[error("it does not list `{key}` under `{purpose}`")]
    Purpose {
        /// The key.
        key: String,
        /// What it would have to be for.
        purpose: &'static str,
    },
    /// The key is controlled by somebody else.
    #[error("its key `{0}` is controlled by somebody else")]
    Controller(String),
    /// The key itself can't be used.
    #[error("its key `{key}` can't be used: {source}")]
    Key {
        /// The key.
        key: String,
        /// What is wrong with it.
        source: KeyError,
    },
}

/// What a key is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Signing credentials: it must be listed in `assertionMethod`.
    Assertion,
    /// Signing presentations: it must be listed in `authentication` or `assertionMethod`.
    Presentation,
}

/// Where the certificates behind a key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainSource {
    /// At an address, as PEM (`x5u`).
    At(String),
    /// In the document, as base64 of DER, that of the key first (`x5c`).
    Inline(Vec<String>),
}

/// How far an own key has come in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It signs.
    Current,
    /// It was replaced and signs nothing new; what it signed still verifies.
    Honoured,
    /// Nothing that it signed is accepted any more; it is shown for the record.
    Retired,
}

/// A key of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Its name: the DID and a fragment.
    pub id: String,
    /// Who controls it.
    pub controller: String,
    /// The key, or why it can't be used.
    pub key: Result<PublicKey, KeyError>,
    /// Where its certificates are.
    pub chain: Option<ChainSource>,
}

/// The document of a DID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    id: DidWeb,
    methods: Vec<Method>,
    assertion: BTreeSet<String>,
    authentication: BTreeSet<String>,
}

impl Document {
    /// An empty document, to be filled with own keys.
    #[must_use]
    pub const fn new(id: DidWeb) -> Self {
        Self { id, methods: Vec::new(), assertion: BTreeSet::new(), authentication: BTreeSet::new() }
    }

    /// Adds an own key under a fragment like `key-1`.
    ///
    /// # Errors
    /// [`DocumentError::Member`] when the fragment can't name a key, [`DocumentError::Twice`],
    /// [`DocumentError::TooMany`].
    pub fn publish(
        &mut self,
        fragment: &str,
        key: PublicKey,
        standing: Standing,
        chain: Option<ChainSource>,
    ) -> Result<(), DocumentError> {
        if !is_fragment(fragment) {
            return Err(DocumentError::Member("verificationMethod"));
        }
        let id = format!("{}#{fragment}", self.id);
        if standing <= Standing::Honoured {
            self.assertion.insert(id.clone());
        }
        if standing == Standing::Current {
            self.authentication.insert(id.clone());
        }
        self.add(Method { id, controller: self.id.to_string(), key: Ok(key), chain })
    }

    /// Reads the document of `id`.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn parse(bytes: &[u8], id: &DidWeb) -> Result<Self, DocumentError> {
        let value = json::parse(bytes, DEPTH)?;
        let members = value.as_object().ok_or(DocumentError::Member("id"))?;
        let stated = members.get("id").and_then(Value::as_str).ok_or(DocumentError::Member("id"))?;
        if stated != id.as_str() {
            return Err(DocumentError::OfSomebodyElse(stated.chars().take(96).collect()));
        }
        let mut document = Self::new(id.clone());
        for method in list(members, "verificationMethod")? {
            let method = document.method(method, "verificationMethod")?;
            document.add(method)?;
        }
        document.assertion = document.relationship(members, "assertionMethod")?;
        document.authentication = document.relationship(members, "authentication")?;
        Ok(document)
    }

    /// Whose document it is.
    #[must_use]
    pub const fn id(&self) -> &DidWeb {
        &self.id
    }

    /// Its keys.
    #[must_use]
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// The key of that name, if it may be used for the purpose.
    ///
    /// # Errors
    /// [`DocumentError::NoSuchKey`], [`DocumentError::Purpose`], [`DocumentError::Controller`], [`DocumentError::Key`].
    pub fn key(&self, name: &str, purpose: Purpose) -> Result<(&PublicKey, Option<&ChainSource>), DocumentError> {
        let method = self.methods.iter().find(|method| method.id == name);
        let method = method.ok_or_else(|| DocumentError::NoSuchKey(name.to_owned()))?;
        let (listed, purpose) = match purpose {
            Purpose::Assertion => (self.assertion.contains(name), "assertionMethod"),
            Purpose::Presentation => {
                (self.authentication.contains(name) || self.assertion.contains(name), "authentication")
            }
        };
        if !listed {
            return Err(DocumentError::Purpose { key: name.to_owned(), purpose });
        }
        if method.controller != self.id.as_str() {
            return Err(DocumentError::Controller(name.to_owned()));
        }
        match &method.key {
            Ok(key) => Ok((key, method.chain.as_ref())),
            Err(source) => Err(DocumentError::Key { key: name.to_owned(), source: source.clone() }),
        }
    }

    /// The document as JSON, to be published.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let methods: Vec<Value> = self.methods.iter().filter_map(Method::to_json).collect();
        json!({
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
            "id": self.id.as_str(),
            "verificationMethod": methods,
            "assertionMethod": self.assertion,
            "authentication": self.authentication,
        })
    }

    fn add(&mut self, method: Method) -> Result<(), DocumentError> {
        if self.methods.iter().any(|known| known.id == method.id) {
            return Err(DocumentError::Twice(method.id));
        }
        if self.methods.len() == METHOD_LIMIT {
            return Err(DocumentError::TooMany);
        }
        self.methods.push(method);
        Ok(())
    }

    /// The full name of a key that is given in full or as a fragment.
    fn full(&self, name: &str) -> String {
        if name.starts_with('#') { format!("{}{name}", self.id) } else { name.to_owned() }
    }

    fn method(&self, value: &Value, place: &'static str) -> Result<Method, DocumentError> {
        let members = value.as_object().ok_or(DocumentError::Member(place))?;
        let text = |name: &str| members.get(name).and_then(Value::as_str).ok_or(DocumentError::Member(place));
        let (id, controller) = (self.full(text("id")?), text("controller")?.to_owned());
        let kind = text("type")?;
        if !JWK_TYPES.contains(&kind) {
            let kind = kind.chars().take(32).collect();
            return Ok(Method { id, controller, key: Err(KeyError::Unsupported(kind)), chain: None });
        }
        let jwk = members.get("publicKeyJwk").ok_or(DocumentError::Member(place))?;
        Ok(Method { id, controller, key: PublicKey::from_jwk(jwk), chain: chain_source(jwk)? })
    }

    /// The names under a relationship; keys that are given there in full are added to the document's.
    fn relationship(
        &mut self,
        members: &Map<String, Value>,
        name: &'static str,
    ) -> Result<BTreeSet<String>, DocumentError> {
        let mut names = BTreeSet::new();
        for item in list(members, name)? {
            names.insert(match item {
                Value::String(reference) => self.full(reference),
                _ => {
                    let method = self.method(item, name)?;
                    let id = method.id.clone();
                    self.add(method)?;
                    id
                }
            });
        }
        Ok(names)
    }
}

impl Method {
    fn to_json(&self) -> Option<Value> {
        let mut jwk = self.key.as_ref().ok()?.to_jwk();
        jwk["kid"] = self.id.as_str().into();
        match &self.chain {
            Some(ChainSource::At(url)) => jwk["x5u"] = url.as_str().into(),
            Some(ChainSource::Inline(certificates)) => jwk["x5c"] = certificates.as_slice().into(),
            None => {}
        }
        Some(json!({
            "id": self.id,
            "type": "JsonWebKey2020",
            "controller": self.controller,
            "publicKeyJwk": jwk,
        }))
    }
}

fn list<'a>(members: &'a Map<String, Value>, name: &'static str) -> Result<&'a [Value], DocumentError> {
    match members.get(name) {
        None => Ok(&[]),
        Some(Value::Array(items)) if items.len() <= METHOD_LIMIT => Ok(items),
        Some(Value::Array(_)) => Err(DocumentError::TooMany),
        Some(_) => Err(DocumentError::Member(name)),
    }
}

fn chain_source(jwk: &Value) -> Result<Option<ChainSource>, DocumentError> {
    let wrong = || DocumentError::Member("publicKeyJwk");
    if let Some(url) = jwk.get("x5u") {
        return Ok(Some(ChainSource::At(url.as_str().ok_or_else(wrong)?.to_owned())));
    }
    let Some(certificates) = jwk.get("x5c") else {
        return Ok(None);
    };
    let texts: Option<Vec<String>> =
        certificates.as_array().ok_or_else(wrong)?.iter().map(|item| item.as_str().map(str::to_owned)).collect();
    Ok(Some(ChainSource::Inline(texts.ok_or_else(wrong)?)))
}
