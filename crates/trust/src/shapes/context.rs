//! JSON-LD contexts: what the short names in a credential stand for.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::expand::NotExpandable;

const CREDENTIALS_V2: &str = "https://www.w3.org/ns/credentials/v2";
const HANSA_V1: &str = "urn:hansa:v1";
const GAIA_X: &str = include_str!("../../../../data/gaia-x/gx.context.jsonld");
const DEVELOPMENT: &str = "https://w3id.org/gaia-x/development#";
const RELEASE_2511: &str = "https://w3id.org/gaia-x/2511#";
const SCHEMA: &str = "https://schema.org/";

/// The Gaia-X context as published, read once.
static GAIA_X_CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    let published: Value = serde_json::from_str(GAIA_X).unwrap_or_default();
    let mut context = Context::default();
    let terms = published.get("@context").and_then(Value::as_object);
    let read = terms.map(|terms| context.define(terms));
    debug_assert_eq!(read, Some(Ok(())), "the context that is built in can be read");
    context
});

/// Which addresses of vocabularies are written short, and how: several releases of one vocabulary get one prefix, so
/// that their terms compare equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespaces(Vec<(String, String)>);

impl Default for Namespaces {
    /// Gaia-X with its rolling and its release address as `gx:`, and the vocabularies that it uses.
    fn default() -> Self {
        let short = [
            (DEVELOPMENT, "gx:"),
            (RELEASE_2511, "gx:"),
            (HANSA_V1_VOCABULARY, "hansa:"),
            ("https://www.w3.org/2018/credentials#", "cred:"),
            ("http://www.w3.org/ns/dcat#", "dcat:"),
            ("http://purl.org/dc/terms/", "dcterms:"),
            ("http://www.w3.org/ns/odrl/2/", "odrl:"),
            ("http://qudt.org/schema/qudt/", "qudt:"),
            ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf:"),
            (SCHEMA, "schema:"),
            ("http://schema.org/", "schema:"),
            ("http://www.w3.org/2006/vcard/ns#", "vcard:"),
            ("http://www.w3.org/2001/XMLSchema#", "xsd:"),
        ];
        Self(short.map(|(address, prefix)| (address.to_owned(), prefix.to_owned())).into())
    }
}

const HANSA_V1_VOCABULARY: &str = "urn:hansa:v1#";

impl Namespaces {
    /// Also writes terms below `address` with `prefix`, which ends with a colon: a further release of Gaia-X as `gx:`.
    pub fn add(&mut self, address: impl Into<String>, prefix: impl Into<String>) {
        self.0.push((address.into(), prefix.into()));
    }

    /// A term in its short form; in full when its vocabulary has none.
    #[must_use]
    pub fn shorten(&self, iri: &str) -> String {
        let known = self.0.iter().find_map(|(address, prefix)| Some((prefix, iri.strip_prefix(address.as_str())?)));
        match known {
            Some((prefix, name)) if !name.is_empty() && !name.contains(['/', '#', ':']) => format!("{prefix}{name}"),
            _ => iri.to_owned(),
        }
    }

    fn is_gaia_x(&self, url: &str) -> bool {
        self.0
            .iter()
            .any(|(address, prefix)| prefix == "gx:" && address.trim_end_matches('#') == url.trim_end_matches('#'))
    }
}

/// What the values of a term are, unless they say so themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Coercion {
    Node,
    Datatype(String),
}

#[derive(Debug, Clone)]
struct Term {
    iri: String,
    coercion: Option<Coercion>,
    is_prefix: bool,
}

/// The names that hold at one place of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    vocabulary: Option<String>,
    /// Names and what they stand for; nothing where a name was taken back.
    terms: HashMap<String, Option<Term>>,
    /// Where names are looked up that are not here.
    base: Option<&'static Context>,
}

impl Context {
    /// This context with what an `@context` adds.
    pub(super) fn with(&self, added: &Value, namespaces: &Namespaces) -> Result<Self, NotExpandable> {
        let mut context = self.clone();
        match added {
            Value::Array(each) => {
                for one in each {
                    context.add(one, namespaces)?;
                }
            }
            one => context.add(one, namespaces)?,
        }
        Ok(context)
    }

    fn add(&mut self, added: &Value, namespaces: &Namespaces) -> Result<(), NotExpandable> {
        match added {
            Value::Null => {
                *self = Self::default();
                Ok(())
            }
            Value::String(url) => self.add_known(url, namespaces),
            Value::Object(terms) => self.define(terms),
            _ => Err(NotExpandable::Context("it is neither an address nor an object".to_owned())),
        }
    }

    fn add_known(&mut self, url: &str, namespaces: &Namespaces) -> Result<(), NotExpandable> {
        match url {
            CREDENTIALS_V2 => {
                // The part that subjects use; the envelope of a credential is read by its own names.
                self.simple("name", SCHEMA, "name");
                self.simple("description", SCHEMA, "description");
                Ok(())
            }
            HANSA_V1 => {
                self.prefix("hansa", HANSA_V1_VOCABULARY);
                Ok(())
            }
            _ if namespaces.is_gaia_x(url) => {
                let base = &*GAIA_X_CONTEXT;
                self.terms.retain(|name, _| !base.terms.contains_key(name));
                self.vocabulary.clone_from(&base.vocabulary);
                self.base = Some(base);
                Ok(())
            }
            _ => Err(NotExpandable::UnknownContext(shown(url))),
        }
    }

    fn simple(&mut self, name: &str, vocabulary: &str, term: &str) {
        let term = Term { iri: format!("{vocabulary}{term}"), coercion: None, is_prefix: false };
        self.terms.insert(name.to_owned(), Some(term));
    }

    fn prefix(&mut self, name: &str, address: &str) {
        let term = Term { iri: address.to_owned(), coercion: None, is_prefix: true };
        self.terms.insert(name.to_owned(), Some(term));
    }

    fn define(&mut self, definitions: &Map<String, Value>) -> Result<(), NotExpandable> {
        for (name, definition) in definitions {
            match (name.as_str(), definition) {
                ("@vocab", Value::Null) => self.vocabulary = None,
                ("@vocab", Value::String(address)) => self.vocabulary = Some(address.clone()),
                ("@version" | "@protected", _) => {}
                (keyword, _) if keyword.starts_with('@') => {
                    return Err(NotExpandable::Unsupported(shown(keyword)));
                }
                ("id" | "type", _) => {
                    return Err(NotExpandable::Context(format!("it gives `{name}` another meaning")));
                }
                (_, Value::String(iri)) if is_address(iri) => self.prefix(name, iri),
                _ => {}
            }
        }
        for (name, definition) in definitions.iter().filter(|(name, _)| !name.starts_with('@')) {
            self.define_term(name, definition)?;
        }
        Ok(())
    }

    fn define_term(&mut self, name: &str, definition: &Value) -> Result<(), NotExpandable> {
        let (iri, kind) = match definition {
            Value::Null => {
                self.terms.insert(name.to_owned(), None);
                return Ok(());
            }
            Value::String(iri) if is_address(iri) => return Ok(()),
            Value::String(iri) => (iri.as_str(), None),
            Value::Object(details) => {
                let known = ["@id", "@type", "@context", "@protected", "@prefix"];
                if let Some(other) = details.keys().find(|key| !known.contains(&key.as_str())) {
                    return Err(NotExpandable::Unsupported(shown(other)));
                }
                let kind = details.get("@type").and_then(Value::as_str);
                (details.get("@id").and_then(Value::as_str).unwrap_or(name), kind)
            }
            _ => {
                return Err(NotExpandable::Context(format!("`{}` is defined by neither text nor object", shown(name))));
            }
        };
        let iri = if iri == name && !iri.contains(':') {
            self.vocabulary.as_ref().map(|vocabulary| format!("{vocabulary}{name}"))
        } else {
            self.term(iri).ok()
        };
        let iri = iri.ok_or_else(|| NotExpandable::UndefinedTerm(shown(name)))?;
        let coercion = match kind {
            None | Some("@none") => None,
            Some("@id" | "@vocab") => Some(Coercion::Node),
            Some(datatype) if datatype.starts_with('@') => return Err(NotExpandable::Unsupported(shown(datatype))),
            Some(datatype) => Some(Coercion::Datatype(self.term(datatype)?)),
        };
        self.terms.insert(name.to_owned(), Some(Term { iri, coercion, is_prefix: false }));
        Ok(())
    }

    fn find(&self, name: &str) -> Option<&Term> {
        match self.terms.get(name) {
            Some(own) => own.as_ref(),
            None => self.base.and_then(|base| base.find(name)),
        }
    }

    /// The full address of a property, class or datatype.
    pub(super) fn term(&self, name: &str) -> Result<String, NotExpandable> {
        if let Some(term) = self.find(name) {
            return Ok(term.iri.clone());
        }
        match name.split_once(':') {
            Some((_, rest)) if rest.starts_with("//") => Ok(name.to_owned()),
            Some((prefix, rest)) => match self.find(prefix).filter(|term| term.is_prefix) {
                Some(term) => Ok(format!("{}{rest}", term.iri)),
                None if prefix == "urn" => Ok(name.to_owned()),
                None => Err(NotExpandable::UndefinedTerm(shown(name))),
            },
            None => match &self.vocabulary {
                Some(vocabulary) => Ok(format!("{vocabulary}{name}")),
                None => Err(NotExpandable::UndefinedTerm(shown(name))),
            },
        }
    }

    /// The full identifier of a node.
    pub(super) fn identifier(&self, id: &str) -> String {
        match id.split_once(':') {
            Some((prefix, rest)) if !rest.starts_with("//") => match self.find(prefix) {
                Some(term) if term.is_prefix => format!("{}{rest}", term.iri),
                _ => id.to_owned(),
            },
            _ => id.to_owned(),
        }
    }

    /// What the values of a property are, unless they say so themselves.
    pub(super) fn coercion(&self, name: &str) -> Option<&Coercion> {
        self.find(name).and_then(|term| term.coercion.as_ref())
    }
}

/// Whether a text is the address of a vocabulary, which makes its name a prefix.
fn is_address(iri: &str) -> bool {
    (iri.contains("://") || iri.starts_with("urn:")) && iri.ends_with(['#', '/', ':', '?'])
}

/// A text from outside, cut for messages.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}
