//! Changes of single fields of an application document, as people write them: `budget.monthly=500 EUR`.
//!
//! A path goes by names and numbers: `spec.components.web.cpu`, `spec.links[0].rtt`; the leading `spec.` may be left
//! out, and a name with a dot stands as `["…"]`. The published schema says which paths there are, so a field that the
//! schema knows can be changed without further ado.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Application, schema};
use crate::document::{Document, FieldError, nearest, plain_scalar};

/// The most fields that are named where one is not known.
const MOST_NAMED: usize = 3;
/// What a document has at its root; every other path begins below `spec`.
const ROOT: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];

/// A change of one field of an application document.
///
/// Values are texts as they stand after the colon in a document: `500 EUR`, `<= 6 ms`, `[EU, EEA]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// The field, from the root: `spec.links[0].rtt`.
    pub field: String,
    /// What stands there; absent when nothing does. Applying the change does not look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What is to stand there; absent when the field, or the item of a list, is to go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Why a change can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// It has no path, or no `=` after it.
    #[error("`{0}` is no change of a field: write it like `budget.monthly=500 EUR`")]
    Malformed(String),
    /// The path can't be read.
    #[error("`{0}` is no path of a field: write it like `components.web.cpu` or `links[0].rtt`")]
    Path(String),
    /// No document has such a field there.
    #[error("there is no field `{field}`{}", hint(nearest))]
    Unknown {
        /// The path that was refused, from the root.
        field: String,
        /// Fields that may have been meant, the most likely first.
        nearest: Vec<String>,
    },
    /// The list is not that long.
    #[error("`{list}` has {length} items, counted from 0: there is no number {number}")]
    Beyond {
        /// The list.
        list: String,
        /// How many items it has.
        length: usize,
        /// The number that was asked for.
        number: usize,
    },
    /// The value is a list or mapping that can't be read.
    #[error("the value of `{field}` can't be read: {reason}")]
    Value {
        /// The field.
        field: String,
        /// What is wrong.
        reason: String,
    },
    /// The document would not be right any more.
    #[error("the changed document is not right: {}", list(.0))]
    Invalid(Vec<FieldError>),
}

fn hint(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        some => format!(" (did you mean `{}`?)", some.join("` or `")),
    }
}

fn list(errors: &[FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl ChangeError {
    /// The same as errors at fields.
    #[must_use]
    pub fn into_errors(self) -> Vec<FieldError> {
        match self {
            Self::Invalid(errors) => errors,
            Self::Unknown { field, nearest } => {
                let error = FieldError::new(field, "there is no such field");
                let meant = nearest.join("` or `");
                vec![if nearest.is_empty() { error } else { error.with_hint(format!("did you mean `{meant}`?")) }]
            }
            Self::Beyond { ref list, .. } => vec![FieldError::new(list.clone(), self.to_string())],
            Self::Value { field, reason } => vec![FieldError::new(field, reason)],
            Self::Malformed(_) | Self::Path(_) => vec![FieldError::new("", self.to_string())],
        }
    }
}

impl FromStr for Change {
    type Err = ChangeError;

    /// Reads `path=value`; without a value the field is to go.
    fn from_str(text: &str) -> Result<Self, ChangeError> {
        let malformed = || ChangeError::Malformed(text.chars().take(120).collect());
        let (field, value) = text.split_once('=').ok_or_else(malformed)?;
        // `count>=2` is a bound where a value is meant.
        if field.trim().is_empty() || field.ends_with(['<', '>']) {
            return Err(malformed());
        }
        let value = value.trim();
        Ok(Self {
            field: Path::from_str(field.trim())?.to_string(),
            from: None,
            to: (!value.is_empty()).then(|| value.to_owned()),
        })
    }
}

impl fmt::Display for Change {
    /// As it is read: `spec.budget.monthly=500 EUR`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.field, self.to.as_deref().unwrap_or_default())
    }
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Number(usize),
}

/// The way from the root of a document to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Path(Vec<Step>);

impl FromStr for Path {
    type Err = ChangeError;

    fn from_str(text: &str) -> Result<Self, ChangeError> {
        let refused = || ChangeError::Path(text.chars().take(120).collect());
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (step, after) = match inner.strip_prefix('"') {
                    Some(quoted) => {
                        let (name, after) = quoted.split_once("\"]").ok_or_else(refused)?;
                        (Step::Name(name.to_owned()), after)
                    }
                    None => {
                        let (number, after) = inner.split_once(']').ok_or_else(refused)?;
                        (Step::Number(number.parse().map_err(|_| refused())?), after)
                    }
                };
                steps.push(step);
                rest = after;
            } else {
                let rest_of = if steps.is_empty() { rest } else { rest.strip_prefix('.').ok_or_else(refused)? };
                let end = rest_of.find(['.', '[']).unwrap_or(rest_of.len());
                if end == 0 {
                    return Err(refused());
                }
                steps.push(Step::Name(rest_of[..end].to_owned()));
                rest = &rest_of[end..];
            }
        }
        match steps.first() {
            Some(Step::Name(name)) if ROOT.contains(&name.as_str()) => {}
            Some(Step::Name(_)) => steps.insert(0, Step::Name("spec".to_owned())),
            _ => return Err(refused()),
        }
        Ok(Self(steps))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_steps(f, &self.0)
    }
}

fn write_steps(f: &mut impl fmt::Write, steps: &[Step]) -> fmt::Result {
    for (place, step) in steps.iter().enumerate() {
        match step {
            Step::Number(number) => write!(f, "[{number}]")?,
            Step::Name(name) if name.is_empty() || name.contains(['.', '[', ']', '=']) => write!(f, "[\"{name}\"]")?,
            Step::Name(name) if place == 0 => f.write_str(name)?,
            Step::Name(name) => write!(f, ".{name}")?,
        }
    }
    Ok(())
}

fn joined(steps: &[Step]) -> String {
    let mut text = String::new();
    // Writing into a text can't fail.
    _ = write_steps(&mut text, steps);
    text
}

impl Application {
    /// What stands in a field of the document, as it would be written; `None` when nothing does.
    ///
    /// # Errors
    /// [`ChangeError::Path`], [`ChangeError::Unknown`] and [`ChangeError::Beyond`].
    pub fn field(&self, path: &str) -> Result<Option<String>, ChangeError> {
        let document = self.to_value();
        let path = Schema::new().known(&document, Path::from_str(path)?)?;
        Ok(at(&document, &path.0).map(written))
    }

    /// A change of this document's field, with what stands there now and the path in full.
    ///
    /// # Errors
    /// As [`Application::field`].
    pub fn change(&self, field: &str, to: Option<String>) -> Result<Change, ChangeError> {
        let document = self.to_value();
        let path = Schema::new().known(&document, Path::from_str(field)?)?;
        Ok(Change { field: path.to_string(), from: at(&document, &path.0).map(written), to })
    }

    /// The application with fields changed one after the other.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub fn changed(&self, changes: &[Change]) -> Result<Self, ChangeError> {
        let mut document = self.to_value();
        let schema = Schema::new();
        for change in changes {
            let path = schema.known(&document, Path::from_str(&change.field)?)?;
            match &change.to {
                Some(text) => {
                    let value = read(text).map_err(|reason| ChangeError::Value { field: path.to_string(), reason })?;
                    put(&mut document, &path.0, value);
                }
                None => _ = take(&mut document, &path.0),
            }
        }
        Self::from_value(document).map_err(ChangeError::Invalid)
    }
}

/// A value as it is written after the colon.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) if read(text).is_ok_and(|read| read == *value) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(inner).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// A value as it is written within a list.
fn inner(value: &Value) -> String {
    let plain = |text: &str| {
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./+".contains(&byte);
        !text.is_empty() && text.bytes().all(safe) && plain_scalar(text) == text
    };
    match value {
        Value::String(text) if plain(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The value that a text stands for: a list, mapping or quoted text when it begins like one, else a plain one.
fn read(text: &str) -> Result<Value, String> {
    if text.starts_with(['[', '{', '"', '\'']) {
        return Document::parse(text).map(Document::into_root).map_err(|error| error.message);
    }
    Ok(plain_scalar(text.trim()))
}

fn at<'v>(document: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(document, |value, step| match step {
        Step::Name(name) => value.get(name),
        Step::Number(number) => value.get(number),
    })
}

/// Puts a value where a path leads, with whatever is missing on the way.
fn put(value: &mut Value, steps: &[Step], new: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *value = new;
        return;
    };
    match step {
        Step::Name(name) => {
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            if let Value::Object(fields) = value {
                put(fields.entry(name.clone()).or_insert(Value::Null), rest, new);
            }
        }
        Step::Number(number) => {
            if !value.is_array() {
                *value = Value::Array(Vec::new());
            }
            if let Value::Array(items) = value {
                if items.len() == *number {
                    items.push(Value::Null);
                }
                if let Some(item) = items.get_mut(*number) {
                    put(item, rest, new);
                }
            }
        }
    }
}

/// Takes away what a path leads to, and what is empty after that; says whether something is.
fn take(value: &mut Value, steps: &[Step]) -> bool {
    let Some((step, rest)) = steps.split_first() else { return false };
    match (step, value) {
        (Step::Name(name), Value::Object(fields)) => {
            let gone = rest.is_empty() || fields.get_mut(name).is_some_and(|inner| take(inner, rest));
            if gone {
                fields.shift_remove(name);
            }
            gone && fields.is_empty()
        }
        (Step::Number(number), Value::Array(items)) => {
            let gone = rest.is_empty() || items.get_mut(*number).is_some_and(|inner| take(inner, rest));
            if gone && *number < items.len() {
                items.remove(*number);
            }
            gone && items.is_empty()
        }
        _ => false,
    }
}

/// The published schema, walked along documents.
struct Schema(&'static Value);

static SCHEMA: LazyLock<Value> = LazyLock::new(schema);

/// A part of a document that is never there, so that its fields are only those that the schema names.
static NOTHING: Value = Value::Null;

impl Schema {
    fn new() -> Self {
        Self(&SCHEMA)
    }

    /// The path in full, when documents may have such a field: every part but the last is there or can be made.
    fn known(&self, document: &Value, mut path: Path) -> Result<Path, ChangeError> {
        let mut nodes = vec![self.0];
        let mut value = document;
        for place in 0..path.0.len() {
            nodes = self.widened(nodes, value);
            // Items may be counted with a dot as well: `links.0`.
            if let Step::Name(name) = &path.0[place]
                && value.is_array()
                && let Ok(number) = name.parse()
            {
                path.0[place] = Step::Number(number);
            }
            let last = place + 1 == path.0.len();
            nodes = match &path.0[place] {
                Step::Name(name) => nodes.iter().filter_map(|node| named(node, value, name, last)).collect(),
                Step::Number(number) => {
                    let items: Vec<_> = nodes.iter().filter_map(|node| node.get("items")).collect();
                    let length = value.as_array().map_or(0, Vec::len);
                    if !items.is_empty() && (*number > length || *number == length && !last) {
                        return Err(ChangeError::Beyond { list: joined(&path.0[..place]), length, number: *number });
                    }
                    items
                }
            };
            if nodes.is_empty() {
                return Err(self.unknown(document, &path, place));
            }
            value = at(value, &path.0[place..=place]).unwrap_or(&NOTHING);
        }
        Ok(path)
    }

    /// Everything that schema nodes say of a value, with references and cases followed.
    fn widened<'s>(&'s self, nodes: Vec<&'s Value>, value: &Value) -> Vec<&'s Value> {
        let mut all = nodes;
        let mut next = 0;
        while let Some(node) = all.get(next).copied() {
            next += 1;
            let reference = node.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
            all.extend(reference.and_then(|pointer| self.0.pointer(pointer)));
            all.extend(node.get("anyOf").and_then(Value::as_array).into_iter().flatten());
            for case in node.get("allOf").and_then(Value::as_array).into_iter().flatten() {
                let kind = case.pointer("/if/properties/kind/const");
                if kind.is_some() && kind == value.get("kind") {
                    all.extend(case.get("then"));
                }
            }
        }
        all
    }

    /// The error for a path whose step at `place` leads nowhere.
    fn unknown(&self, document: &Value, path: &Path, place: usize) -> ChangeError {
        let mut fields = Vec::new();
        self.gather(&mut vec![], self.0, document, &mut fields);
        let before = joined(&path.0[..place]);
        let (wanted, all) = (joined(&path.0), joined(&path.0[place..]));
        let last = |field: &str| field.rsplit(['.', ']']).next().unwrap_or_default().to_lowercase();
        let siblings: Vec<&str> = fields
            .iter()
            .filter_map(|field| field.strip_prefix(&before)?.strip_prefix('.'))
            .filter(|rest| !rest.contains(['.', '[']))
            .collect();
        let named = match &path.0[place] {
            Step::Name(name) => nearest(name, &siblings),
            Step::Number(_) => None,
        };
        let mut found: IndexSet<String> = IndexSet::new();
        if let Some(name) = named {
            let rest = all.find(['.', '[']).map_or("", |end| &all[end..]);
            let meant = format!("{before}.{name}{rest}");
            found.insert(if fields.contains(&meant) { meant } else { format!("{before}.{name}") });
        }
        found.extend(fields.iter().filter(|field| last(field) == last(&wanted)).cloned());
        if found.is_empty() {
            let names: Vec<&str> = fields.iter().map(String::as_str).collect();
            found.extend(nearest(&wanted, &names).map(str::to_owned));
        }
        if found.is_empty() {
            found.extend(siblings.iter().map(|name| format!("{before}.{name}")));
        }
        ChangeError::Unknown { field: wanted, nearest: found.into_iter().take(MOST_NAMED).collect() }
    }

    /// Every field that the document has or may have; of what is listed, what is there.
    fn gather<'s>(&'s self, steps: &mut Vec<Step>, node: &'s Value, value: &Value, fields: &mut Vec<String>) {
        if !steps.is_empty() {
            fields.push(joined(steps));
        }
        let mut visit = |step: Step, node: &'s Value, value: &Value| {
            steps.push(step);
            self.gather(steps, node, value, fields);
            steps.pop();
        };
        for node in self.widened(vec![node], value) {
            for (name, inner) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
                visit(Step::Name(name.clone()), inner, value.get(name).unwrap_or(&NOTHING));
            }
            if let Some(open) = node.get("additionalProperties").filter(|open| open.is_object()) {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    visit(Step::Name(name.clone()), open, inner);
                }
            }
            if let Some(items) = node.get("items") {
                for (number, inner) in value.as_array().into_iter().flatten().enumerate() {
                    visit(Step::Number(number), items, inner);
                }
            }
        }
    }
}

/// What a schema node says of a field; in an open mapping a field that is not there can only be made as a whole.
fn named<'s>(node: &'s Value, value: &Value, name: &str, last: bool) -> Option<&'s Value> {
    let open =
        || node.get("additionalProperties").filter(|open| open.is_object() && (last || value.get(name).is_some()));
    node.get("properties").and_then(|fields| fields.get(name)).or_else(open)
}

#[cfg(test)]
mod tests;
