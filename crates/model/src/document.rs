//! Documents that people write: YAML or JSON read into a tree whose every node knows its line, and a reader
//! that collects all errors with field, line and a hint instead of stopping at the first.

use std::cell::RefCell;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use utoipa::ToSchema;

/// The largest document that is read, in bytes.
pub const MAX_DOCUMENT: usize = 1 << 20;
const MAX_DEPTH: usize = 64;
/// The most errors that are told of one document.
pub const MAX_ERRORS: usize = 100;

/// One thing that is wrong in a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The field, from the root: `spec.components.web.cpu`.
    pub field: String,
    /// The line it stands on, counted from 1; absent for documents that came without text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column it starts at, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl FieldError {
    /// An error at a field, without its place in a text.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), line: None, column: None, message: message.into(), hint: None }
    }

    /// The same error in a part of something larger.
    #[must_use]
    pub fn under(mut self, part: &str) -> Self {
        self.field = if self.field.is_empty() { part.to_owned() } else { format!("{part}.{}", self.field) };
        self
    }

    /// The same error with what would be right.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    line: u32,
    column: u32,
}

/// A document as a tree of JSON values, with the place of every field.
#[derive(Debug, Clone)]
pub struct Document {
    root: Value,
    places: HashMap<String, Place>,
}

enum Open {
    Sequence(Vec<Value>),
    Mapping(Map<String, Value>, Option<String>),
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The value that an unquoted text stands for.
pub(crate) fn plain_scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => {
            let starts_as_number = text.starts_with(|first: char| first.is_ascii_digit() || first == '-');
            let number = starts_as_number.then(|| text.parse::<Number>().ok()).flatten();
            number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
        }
    }
}

impl Document {
    /// Reads one YAML or JSON document.
    ///
    /// Anchors, aliases and merge keys are refused (they can make a small text huge), as are duplicate keys,
    /// several documents in one text, and anything deeper than 64 levels or larger than 1 MiB.
    ///
    /// # Errors
    /// One [`FieldError`] with the place where reading stopped.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        if text.len() > MAX_DOCUMENT {
            return Err(FieldError::new("", format!("the document is larger than {MAX_DOCUMENT} bytes")));
        }
        let mut places = HashMap::new();
        let mut open: Vec<(String, Open)> = Vec::new();
        let mut root: Option<Value> = None;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| FieldError {
                line: u32::try_from(error.marker().line()).ok(),
                column: u32::try_from(error.marker().col() + 1).ok(),
                ..FieldError::new("", format!("not readable as YAML or JSON: {}", error.info()))
            })?;
            let place = Place {
                line: u32::try_from(span.start.line()).unwrap_or(u32::MAX),
                column: u32::try_from(span.start.col() + 1).unwrap_or(u32::MAX),
            };
            let path = match open.last() {
                None => String::new(),
                Some((path, Open::Sequence(items))) => format!("{path}[{}]", items.len()),
                Some((path, Open::Mapping(_, key))) => {
                    key.as_deref().map_or_else(|| path.clone(), |key| join(path, key))
                }
            };
            let refuse = |message: &str| FieldError {
                line: Some(place.line),
                column: Some(place.column),
                ..FieldError::new(path.clone(), message)
            };
            let finished = match event {
                Event::Alias(_) => return Err(refuse("aliases are not supported: write the value out")),
                Event::MappingStart(..) | Event::SequenceStart(..) => {
                    if open.len() >= MAX_DEPTH {
                        return Err(refuse("nested more than 64 levels deep"));
                    }
                    if root.is_some() {
                        return Err(refuse("more than one document in the text"));
                    }
                    if matches!(open.last(), Some((_, Open::Mapping(_, None)))) {
                        return Err(refuse("a key must be plain text"));
                    }
                    places.insert(path.clone(), place);
                    let part = if matches!(event, Event::MappingStart(..)) {
                        Open::Mapping(Map::new(), None)
                    } else {
                        Open::Sequence(Vec::new())
                    };
                    open.push((path, part));
                    continue;
                }
                Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                    Some((_, Open::Mapping(map, _))) => Value::Object(map),
                    Some((_, Open::Sequence(items))) => Value::Array(items),
                    None => continue,
                },
                Event::Scalar(text, style, _, _) => {
                    if let Some((parent, Open::Mapping(map, key @ None))) = open.last_mut() {
                        let name = text.into_owned();
                        let full = join(parent, &name);
                        if map.contains_key(&name) {
                            return Err(FieldError {
                                line: Some(place.line),
                                column: Some(place.column),
                                ..FieldError::new(full, "this key appears twice")
                            });
                        }
                        places.insert(full, place);
                        *key = Some(name);
                        continue;
                    }
                    places.entry(path.clone()).or_insert(place);
                    if style == ScalarStyle::Plain { plain_scalar(&text) } else { Value::String(text.into_owned()) }
                }
                _ => continue,
            };
            match open.last_mut() {
                Some((_, Open::Sequence(items))) => items.push(finished),
                Some((_, Open::Mapping(map, key))) => {
                    if let Some(key) = key.take() {
                        map.insert(key, finished);
                    }
                }
                None if root.is_some() => return Err(refuse("more than one document in the text")),
                None => root = Some(finished),
            }
        }
        let root = root.ok_or_else(|| FieldError::new("", "the document is empty"))?;
        Ok(Self { root, places })
    }

    /// A document that came as a value, without a text to point into.
    #[must_use]
    pub fn from_value(root: Value) -> Self {
        Self { root, places: HashMap::new() }
    }

    /// The whole tree.
    #[must_use]
    pub const fn root(&self) -> &Value {
        &self.root
    }

    /// The whole tree, without the places.
    #[must_use]
    pub fn into_root(self) -> Value {
        self.root
    }

    /// Runs `read` over the tree and gives its result, or all errors that it met, in the order of lines.
    ///
    /// # Errors
    /// Every [`FieldError`] that reading met.
    pub fn read<T>(&self, read: impl FnOnce(&Reader<'_>) -> Option<T>) -> Result<T, Vec<FieldError>> {
        let (result, mut errors) = self.read_partly(read);
        match result {
            Some(value) if errors.is_empty() => Ok(value),
            _ => {
                if errors.is_empty() {
                    errors.push(FieldError::new("", "the document is incomplete"));
                }
                Err(errors)
            }
        }
    }

    /// Runs `read` over the tree and gives its result beside all errors that it met, in the order of lines: for
    /// documents whose good parts count even when others are bad.
    pub fn read_partly<T>(&self, read: impl FnOnce(&Reader<'_>) -> T) -> (T, Vec<FieldError>) {
        let errors = RefCell::new(Errors::default());
        let result = read(&Reader { value: &self.root, path: String::new(), errors: &errors });
        let Errors { told: mut errors, count } = errors.into_inner();
        for error in &mut errors {
            self.locate(error);
        }
        errors.sort_by_key(|error| (error.line, error.column));
        if count > errors.len() {
            errors.push(FieldError::new("", format!("{} more errors are not told", count - errors.len())));
        }
        (result, errors)
    }

    /// Puts line and column of its field (or of the nearest field around it) into the error.
    fn locate(&self, error: &mut FieldError) {
        let mut path = error.field.as_str();
        loop {
            if let Some(place) = self.places.get(path) {
                error.line = Some(place.line);
                error.column = Some(place.column);
                return;
            }
            let Some(end) = path.rfind(['.', '[']) else { return };
            path = &path[..end];
        }
    }
}

/// What reading met so far.
#[derive(Default)]
struct Errors {
    /// The first [`MAX_ERRORS`].
    told: Vec<FieldError>,
    /// How many there are.
    count: usize,
}

impl Errors {
    fn note(&mut self, error: impl FnOnce() -> FieldError) {
        self.count += 1;
        if self.told.len() < MAX_ERRORS {
            self.told.push(error());
        }
    }
}

/// Reads one value of a document; errors are collected on the way.
pub struct Reader<'a> {
    value: &'a Value,
    path: String,
    errors: &'a RefCell<Errors>,
}

impl<'a> Reader<'a> {
    /// The value as it stands.
    #[must_use]
    pub const fn value(&self) -> &'a Value {
        self.value
    }

    /// The field's path from the root.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Notes that this field is wrong.
    pub fn error(&self, message: impl Into<String>) {
        self.errors.borrow_mut().note(|| FieldError::new(self.path.clone(), message));
    }

    /// Notes that this field is wrong, and what would be right.
    pub fn error_with_hint(&self, message: impl Into<String>, hint: impl Into<String>) {
        self.errors.borrow_mut().note(|| FieldError::new(self.path.clone(), message).with_hint(hint));
    }

    /// How many errors have been noted so far in the whole document.
    #[must_use]
    pub fn noted(&self) -> usize {
        self.errors.borrow().count
    }

    /// Whether no more errors are told, so that it is not worth while to word one.
    fn is_full(&self) -> bool {
        self.errors.borrow().told.len() >= MAX_ERRORS
    }

    fn at(&self, value: &'a Value, path: String) -> Self {
        Self { value, path, errors: self.errors }
    }

    /// The field `key`, if it is there and not null.
    #[must_use]
    pub fn child(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(self.at(value, join(&self.path, key)))
    }

    /// The field `key`; its absence is an error.
    #[must_use]
    pub fn required_child(&self, key: &str) -> Option<Self> {
        let child = self.child(key);
        if child.is_none() {
            self.errors.borrow_mut().note(|| FieldError::new(join(&self.path, key), "this field is required"));
        }
        child
    }

    /// Every field of a mapping; anything else is an error.
    #[must_use]
    pub fn entries(&self) -> Vec<(&'a str, Self)> {
        let Some(map) = self.value.as_object() else {
            self.error("expected a mapping of names to values");
            return Vec::new();
        };
        map.iter().map(|(key, value)| (key.as_str(), self.at(value, join(&self.path, key)))).collect()
    }

    /// Every item of a list; a single value counts as a list of one.
    #[must_use]
    pub fn items(&self) -> Vec<Self> {
        match self.value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, value)| self.at(value, format!("{}[{index}]", self.path)))
                .collect(),
            single => vec![self.at(single, self.path.clone())],
        }
    }

    /// Refuses fields other than `known`, with the nearest known name as a hint.
    pub fn only(&self, known: &[&str]) {
        for (key, field) in self.entries() {
            if !known.contains(&key) {
                if self.is_full() {
                    field.error("unknown field");
                    continue;
                }
                match nearest(key, known) {
                    Some(name) => field.error_with_hint("unknown field", format!("did you mean `{name}`?")),
                    None => field.error_with_hint("unknown field", format!("known are {}", known.join(", "))),
                }
            }
        }
    }

    /// This value as a `T`.
    #[must_use]
    pub fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(self.value).map_err(|error| self.error(error.to_string())).ok()
    }

    /// The field `key` as a `T`, if it is there.
    #[must_use]
    pub fn optional<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.child(key)?.parse()
    }

    /// The field `key` as a `T`; its absence is an error.
    #[must_use]
    pub fn required<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.required_child(key)?.parse()
    }

    /// The field `key` as a list of `T`; absent is empty, a single value is a list of one.
    #[must_use]
    pub fn list<T: DeserializeOwned>(&self, key: &str) -> Vec<T> {
        self.child(key).map(|child| child.items().iter().filter_map(Reader::parse).collect()).unwrap_or_default()
    }
}

/// The known name that a typing error most likely meant.
#[must_use]
pub fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let name = name.to_lowercase();
    known
        .iter()
        .map(|candidate| (distance(&name, &candidate.to_lowercase()), *candidate))
        .filter(|(distance, candidate)| *distance <= 2.max(candidate.len() / 4))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, over at most 64 characters.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let substitution = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = substitution.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_error_points_at_its_line() {
        let document = Document::parse("a: 1\nb:\n  c: x\n  typo: 3\n").unwrap();
        let errors = document
            .read(|root| {
                root.only(&["a", "b"]);
                let b = root.child("b")?;
                b.only(&["c", "type"]);
                b.required::<u32>("c")
            })
            .unwrap_err();
        let lines: Vec<_> = errors.iter().map(|error| (error.line, error.field.as_str())).collect();
        assert_eq!(lines, [(Some(3), "b.c"), (Some(4), "b.typo")]);
        assert_eq!(errors[1].hint.as_deref(), Some("did you mean `type`?"));
    }

    #[test]
    fn small_texts_that_would_grow_are_refused() {
        let bomb = "a: &a [x, x]\nb: [*a, *a]\n";
        let error = Document::parse(bomb).unwrap_err();
        assert_eq!(error.line, Some(2));
        let deep = "[".repeat(1000);
        assert!(Document::parse(&deep).is_err());
        assert!(Document::parse("a: 1\na: 2\n").unwrap_err().message.contains("twice"));
        assert!(Document::parse("--- 1\n--- 2\n").is_err());
        assert!(Document::parse("").is_err());
    }

    #[test]
    fn json_is_read_as_well() {
        let document = Document::parse(r#"{"a": [1, 2.5, "x", null, true]}"#).unwrap();
        assert_eq!(document.root(), &serde_json::json!({"a": [1, 2.5, "x", null, true]}));
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
            let _ = Document::parse(&text);
        }

        #[test]
        fn yaml_like_text_never_panics(text in "[-:\\[\\]{}#&*!|>'\"%@` \n\ta1.]{0,80}") {
            let _ = Document::parse(&text);
        }
    }
}
