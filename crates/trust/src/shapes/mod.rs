//! The shapes of Gaia-X credentials: which properties a node of a class has, how often, and of what kind.
//!
//! The shapes are those of the Gaia-X ontology 25.11. They use a small part of SHACL, and credentials a small part of
//! JSON-LD; both parts are here, without a network: contexts are those built in, and others are refused.
//! Credentials that belong together, such as those of one presentation, are checked together, because nodes of one
//! link to nodes of another.

mod context;
mod expand;
mod report;
mod schema;
mod validate;

use serde_json::Value;

pub use context::Namespaces;
pub use expand::{Data, Literal, Node, NotExpandable, Object, expand};
pub use report::{Fault, FaultKind, Report};
pub use schema::{InvalidShapes, Shapes};

/// Checks credentials, or presentations with their credentials inside, together against the Gaia-X shapes.
///
/// # Errors
///
/// When they can't be read as linked data; see [`NotExpandable`].
pub fn check(documents: &[Value]) -> Result<Report, NotExpandable> {
    let data = expand(documents, &Namespaces::default())?;
    Ok(Shapes::gaia_x().validate(&data))
}

#[cfg(test)]
mod tests;
