//! Credentials as linked data: nodes with classes and properties, under names that no longer depend on a context.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::context::{Coercion, Context, Namespaces, shown};

/// How deep nodes may be nested.
const DEEPEST: usize = 48;
/// How many values all documents together may have.
const MOST_VALUES: usize = 50_000;
const STRING: &str = "xsd:string";

/// Why credentials can't be read as linked data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotExpandable {
    /// A context that is not built in; contexts are never fetched.
    #[error("the context `{0}` is not known here: use those of W3C credentials v2 and Gaia-X, and write others out")]
    UnknownContext(String),
    /// A context that makes no sense.
    #[error("the context can't be used: {0}")]
    Context(String),
    /// A name that no context defines.
    #[error("no context defines `{0}`: add its prefix to the context, or write its address in full")]
    UndefinedTerm(String),
    /// A part of JSON-LD that credentials do not need.
    #[error("`{0}` is not supported in credentials: leave it out")]
    Unsupported(String),
    /// Something that is not of the form of a credential.
    #[error("{0}")]
    Form(&'static str),
    /// Nested deeper than any credential.
    #[error("the credential is nested deeper than {DEEPEST} levels")]
    TooDeep,
    /// Larger than any credential.
    #[error("the credentials have more than {MOST_VALUES} values")]
    TooLarge,
}

/// A value with its datatype, such as `xsd:string`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// Its text.
    pub text: String,
    /// Its datatype in short form.
    pub datatype: String,
}

/// What a property has as a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// A value.
    Literal(Literal),
    /// Another node, by its identifier, whether it is in the data or not.
    Node(String),
}

/// A node: classes and properties in short form, `gx:LegalPerson`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// Its classes.
    pub classes: BTreeSet<String>,
    /// Its properties, each with its values in the order of the documents and without doubles.
    pub properties: BTreeMap<String, Vec<Object>>,
}

/// The nodes of several credentials together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Data {
    /// The nodes by their identifiers; nodes without one have one that begins with `_:`.
    pub nodes: BTreeMap<String, Node>,
    /// The identifiers of what the credentials are about.
    pub subjects: Vec<String>,
}

/// Reads credentials, or presentations with their credentials inside, into one set of data. Only what credentials say
/// of their subjects is read, not their envelopes.
///
/// # Errors
///
/// When a document uses a context that is not built in, a name that none defines, a part of JSON-LD that is not
/// supported, or has not the form of a credential.
pub fn expand(documents: &[Value], namespaces: &Namespaces) -> Result<Data, NotExpandable> {
    let mut expansion = Expansion { namespaces, data: Data::default(), values: 0, unnamed: 0, document: 0 };
    for document in documents {
        expansion.document(document, true)?;
    }
    Ok(expansion.data)
}

struct Expansion<'a> {
    namespaces: &'a Namespaces,
    data: Data,
    values: usize,
    unnamed: usize,
    document: usize,
}

impl Expansion<'_> {
    fn document(&mut self, document: &Value, may_present: bool) -> Result<(), NotExpandable> {
        let document = document.as_object().ok_or(NotExpandable::Form("a credential is a JSON object"))?;
        if let Some(inside) = document.get("verifiableCredential").filter(|_| may_present) {
            return each(inside).try_for_each(|credential| self.document(credential, false));
        }
        let subject = document.get("credentialSubject").ok_or(NotExpandable::Form(
            "the credential has no `credentialSubject`; take enveloped credentials out of their envelopes first",
        ))?;
        let context = document.get("@context").ok_or(NotExpandable::Form("the credential has no `@context`"))?;
        let context = Context::default().with(context, self.namespaces)?;
        self.document += 1;
        for one in each(subject) {
            let node = one.as_object().ok_or(NotExpandable::Form("a credential's subject is a JSON object"))?;
            let id = self.node(node, &context, 0)?;
            self.data.subjects.push(id);
        }
        Ok(())
    }

    fn node(&mut self, node: &Map<String, Value>, outer: &Context, depth: usize) -> Result<String, NotExpandable> {
        if depth > DEEPEST {
            return Err(NotExpandable::TooDeep);
        }
        let inner = node.get("@context").map(|added| outer.with(added, self.namespaces)).transpose()?;
        let context = inner.as_ref().unwrap_or(outer);
        let id = self.identifier(node, context)?;
        self.data.nodes.entry(id.clone()).or_default();
        for (name, value) in node {
            match name.as_str() {
                "@context" | "@id" | "id" => {}
                "@type" | "type" => self.classes(&id, value, context)?,
                keyword if keyword.starts_with('@') => return Err(NotExpandable::Unsupported(shown(keyword))),
                _ => {
                    let property = self.namespaces.shorten(&context.term(name)?);
                    for one in each(value) {
                        self.value(&id, &property, name, one, context, depth)?;
                    }
                }
            }
        }
        Ok(id)
    }

    fn identifier(&mut self, node: &Map<String, Value>, context: &Context) -> Result<String, NotExpandable> {
        match (node.get("@id"), node.get("id")) {
            (Some(one), Some(other)) if one != other => Err(NotExpandable::Form("a node has two identifiers")),
            (Some(id), _) | (None, Some(id)) => {
                let id = id.as_str().ok_or(NotExpandable::Form("the identifier of a node is not a text"))?;
                // Names beginning with `_:` mean something within their document only.
                let own = id.strip_prefix("_:").map(|name| format!("_:{}.{name}", self.document));
                Ok(own.unwrap_or_else(|| context.identifier(id)))
            }
            (None, None) => {
                self.unnamed += 1;
                Ok(format!("_:{}", self.unnamed))
            }
        }
    }

    fn classes(&mut self, id: &str, value: &Value, context: &Context) -> Result<(), NotExpandable> {
        for class in each(value) {
            self.count()?;
            let class = class.as_str().ok_or(NotExpandable::Form("the type of a node is not a text"))?;
            let class = self.namespaces.shorten(&context.term(class)?);
            self.data.nodes.entry(id.to_owned()).or_default().classes.insert(class);
        }
        Ok(())
    }

    fn value(
        &mut self,
        id: &str,
        property: &str,
        name: &str,
        value: &Value,
        context: &Context,
        depth: usize,
    ) -> Result<(), NotExpandable> {
        self.count()?;
        if depth > DEEPEST {
            return Err(NotExpandable::TooDeep);
        }
        let literal = |text: String, datatype: &str| Object::Literal(Literal { text, datatype: datatype.to_owned() });
        let object = match value {
            Value::Null => return Ok(()),
            Value::Array(_) => return Err(NotExpandable::Form("a list is within a list")),
            Value::Object(set) if set.contains_key("@set") && set.len() == 1 => {
                return each(&set["@set"])
                    .try_for_each(|inner| self.value(id, property, name, inner, context, depth + 1));
            }
            Value::Object(typed) if typed.contains_key("@value") => match self.literal(typed, context)? {
                Some(literal) => Object::Literal(literal),
                None => return Ok(()),
            },
            Value::Object(node) => Object::Node(self.node(node, context, depth + 1)?),
            Value::String(text) => match context.coercion(name) {
                Some(Coercion::Node) => Object::Node(context.identifier(text)),
                Some(Coercion::Datatype(datatype)) => literal(text.clone(), &self.namespaces.shorten(datatype)),
                None => literal(text.clone(), STRING),
            },
            Value::Bool(_) | Value::Number(_) => match context.coercion(name) {
                Some(Coercion::Datatype(datatype)) => literal(value.to_string(), &self.namespaces.shorten(datatype)),
                _ => literal(value.to_string(), natural_datatype(value)),
            },
        };
        let values =
            self.data.nodes.entry(id.to_owned()).or_default().properties.entry(property.to_owned()).or_default();
        if !values.contains(&object) {
            values.push(object);
        }
        Ok(())
    }

    fn literal(&self, typed: &Map<String, Value>, context: &Context) -> Result<Option<Literal>, NotExpandable> {
        let known = ["@value", "@type", "type", "@language", "@direction"];
        if let Some(other) = typed.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(NotExpandable::Unsupported(shown(other)));
        }
        let (text, natural) = match &typed["@value"] {
            Value::Null => return Ok(None),
            Value::String(text) => (text.clone(), STRING),
            value @ (Value::Bool(_) | Value::Number(_)) => (value.to_string(), natural_datatype(value)),
            Value::Array(_) | Value::Object(_) => return Err(NotExpandable::Form("an `@value` is not a plain value")),
        };
        let datatype = match (typed.get("@type").or_else(|| typed.get("type")), typed.contains_key("@language")) {
            (None | Some(Value::Null), true) => "rdf:langString".to_owned(),
            (None | Some(Value::Null), false) => natural.to_owned(),
            (Some(Value::String(datatype)), false) => self.namespaces.shorten(&context.term(datatype)?),
            _ => return Err(NotExpandable::Form("an `@value` has a type that is no text, or a language besides")),
        };
        Ok(Some(Literal { text, datatype }))
    }

    fn count(&mut self) -> Result<(), NotExpandable> {
        self.values += 1;
        if self.values > MOST_VALUES { Err(NotExpandable::TooLarge) } else { Ok(()) }
    }
}

fn each(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(all) => all.iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

fn natural_datatype(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "xsd:boolean",
        Value::Number(number) if number.is_f64() => "xsd:double",
        Value::Number(_) => "xsd:integer",
        _ => STRING,
    }
}
