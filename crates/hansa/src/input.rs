//! What is read from files and the command line.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use anyhow::Context as _;
use hansa_model::application::Application;
use hansa_model::document::{Document, FieldError, Reader};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::failure::{Exit, Failure};
use crate::render::faults;
use crate::wording::{self, Wording};

/// The text of a file; `-` is what comes in on stdin.
///
/// # Errors
/// When it can't be read.
pub fn read(path: &Path) -> anyhow::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("stdin can't be read")?;
        return Ok(text);
    }
    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error).into())
}

/// Why a file can't be read, and what to do.
fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let name = path.display();
    let failure = |exit, message| Failure::new(exit, "unreadable-file", message);
    match error.kind() {
        ErrorKind::NotFound => failure(Exit::NotFound, format!("there is no file `{name}`"))
            .hint("look at its path; `-` reads what comes in on stdin"),
        ErrorKind::IsADirectory => failure(Exit::Failure, format!("`{name}` is a directory")).hint("name a file in it"),
        ErrorKind::InvalidData => failure(Exit::Failure, format!("`{name}` is no text in UTF-8"))
            .hint("name a YAML or JSON file, or convert it to UTF-8"),
        _ => failure(Exit::Failure, format!("`{name}` can't be read: {error}")).hint("look at its owner and its mode"),
    }
}

/// What is wrong with a file, with excerpts.
pub fn invalid(path: &Path, text: &str, errors: Vec<FieldError>) -> Failure {
    let name = if path == Path::new("-") { "stdin".into() } else { path.display().to_string() };
    let count = match errors.len() {
        1 => "1 error".to_owned(),
        count => format!("{count} errors"),
    };
    let excerpt = faults::excerpts(&name, text, &errors);
    Failure {
        errors,
        excerpt: Some(excerpt),
        ..Failure::new(Exit::Failure, "invalid-input", format!("{name} has {count}"))
    }
}

/// The application in a file.
///
/// # Errors
/// When it can't be read, or everything that is wrong with it.
pub fn application(path: &Path) -> anyhow::Result<Application> {
    let text = read(path)?;
    Application::parse(&text).map_err(|errors| invalid(path, &text, errors).into())
}

/// A YAML or JSON document as the API takes it.
///
/// # Errors
/// When it can't be read or understood.
pub fn document<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = read(path)?;
    let document = Document::parse(&text).map_err(|error| invalid(path, &text, vec![error]))?;
    serde_path_to_error::deserialize(document.root()).map_err(|error| {
        let Wording { message, hint } = wording::of(&error.inner().to_string());
        let segments: Vec<_> = error.path().iter().collect();
        let fault = FieldError { hint, ..FieldError::new("", message) };
        let ((), errors) = document.read_partly(|root| note(root, &segments, fault));
        invalid(path, &text, errors).into()
    })
}

/// Notes what is wrong at the field that the segments lead to, or at the last one of them that is there.
fn note(at: &Reader<'_>, segments: &[&Segment], fault: FieldError) {
    let next = match segments.first() {
        Some(Segment::Map { key }) => at.child(key),
        Some(Segment::Seq { index }) => at.items().into_iter().nth(*index),
        _ => None,
    };
    match (next, fault.hint) {
        (Some(next), hint) => note(&next, &segments[1..], FieldError { hint, ..fault }),
        (None, Some(hint)) => at.error_with_hint(fault.message, hint),
        (None, None) => at.error(fault.message),
    }
}

/// A word of the API, like the name of a state.
///
/// # Errors
/// When it is none; the message lists those there are.
pub fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(|error| {
        let Wording { message, hint } = wording::of(&error.to_string());
        hint.unwrap_or(message)
    })
}
