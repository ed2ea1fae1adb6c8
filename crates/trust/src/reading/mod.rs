//! What credentials say, as [claims](Claim).
//!
//! Gaia-X credentials are read mechanically: every node of a class gives a fact of the class, and every plain value of
//! it a fact of its own. Hansa's own credentials, under the context `urn:hansa:v1`, carry claims as they are.

mod gaiax;
mod hansa;
mod kebab;

use hansa_model::evidence::Claim;
use serde_json::Value;

use crate::shapes::NotExpandable;

pub use hansa::{CONTEXT, Statement, write};
pub use kebab::kebab;

/// How many claims one credential may make.
const MOST_CLAIMS: usize = 5_000;
/// How many characters one text in a claim may have.
const LONGEST_TEXT: usize = 8_192;
/// How many characters the name of a fact may have.
const LONGEST_NAME: usize = 160;

/// Why a credential can't be read into claims.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is no credential.
    #[error("{0}")]
    Form(&'static str),
    /// A Gaia-X credential that is no linked data.
    #[error("it can't be read as linked data")]
    LinkedData(#[from] NotExpandable),
    /// A Hansa credential whose subject has not the form of its type.
    #[error("its subject has not the form of a `{kind}`: {why}")]
    Subject {
        /// The type of the credential.
        kind: String,
        /// What is wrong, and where.
        why: String,
    },
    /// A type of credential that is not understood.
    #[error("credentials of type {0} are not understood here")]
    UnknownType(String),
    /// A fact with a name that facts do not have.
    #[error("`{0}` is no name of a fact: use small letters, digits and hyphens, groups parted by points")]
    Name(String),
    /// More or longer than any credential.
    #[error("it makes more than {MOST_CLAIMS} claims, or one with a text of more than {LONGEST_TEXT} characters")]
    TooLarge,
}

/// Reads what a credential says. Its signature, validity and status are checked elsewhere, its shape by
/// [`shapes`](crate::shapes).
///
/// # Errors
///
/// When it is not of a type that is understood, or has not its form; see [`Unreadable`].
pub fn read(credential: &Value) -> Result<Vec<Claim>, Unreadable> {
    let document = credential.as_object().ok_or(Unreadable::Form("a credential is a JSON object"))?;
    let types = texts(document.get("type").or_else(|| document.get("@type")));
    let claims = match types.iter().find(|name| name.starts_with("hansa:")) {
        Some(kind) => hansa::read(document, kind)?,
        None => {
            let claims = gaiax::read(credential)?;
            if claims.is_empty() {
                return Err(Unreadable::UnknownType(shown(&types.join(", "))));
            }
            claims
        }
    };
    if claims.len() > MOST_CLAIMS || claims.iter().any(is_oversized) {
        return Err(Unreadable::TooLarge);
    }
    Ok(claims)
}

fn is_oversized(claim: &Claim) -> bool {
    // The form on the wire is as long as all the texts of a claim together, whatever its kind.
    serde_json::to_value(claim).is_ok_and(|value| has_long_text(&value))
}

fn has_long_text(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().nth(LONGEST_TEXT).is_some(),
        Value::Array(all) => all.iter().any(has_long_text),
        Value::Object(all) => all.values().any(has_long_text),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A text, or the texts of a list.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn shown(text: &str) -> String {
    if text.is_empty() { "(none)".to_owned() } else { text.chars().take(120).collect() }
}

#[cfg(test)]
mod tests;
