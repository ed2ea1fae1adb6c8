//! What is read from files and the command line.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use hansa_model::application::Application;
use hansa_model::document::{Document, FieldError};
use serde::de::DeserializeOwned;

use crate::failure::{Exit, Failure};
use crate::render::faults;

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
    std::fs::read_to_string(path).map_err(|error| {
        let exit = if error.kind() == std::io::ErrorKind::NotFound { Exit::NotFound } else { Exit::Failure };
        Failure::new(exit, "unreadable-file", format!("{} can't be read: {error}", path.display())).into()
    })
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
    let refuse = |error: FieldError| invalid(path, &text, vec![error]);
    let document = Document::parse(&text).map_err(refuse)?;
    serde_json::from_value(document.root().clone())
        .map_err(|error| invalid(path, &text, vec![FieldError::new("", error.to_string())]).into())
}

/// A word of the API, like the name of a state.
///
/// # Errors
/// When it is none; the message lists those there are.
pub fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(|error| error.to_string())
}
