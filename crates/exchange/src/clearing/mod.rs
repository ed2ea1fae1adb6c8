//! A clearing house as Gaia-X has them: a notary for registration numbers, a compliance service that gives labels, and
//! a registry of trust anchors. Each exchange serves its own under the paths of the real ones, and asks those that it
//! is set up with, so that a real one is a matter of configuration. What is issued here says that this exchange
//! computed it; it is no label of Gaia-X.

mod compliance;
mod labels;
mod notary;
mod registry;

pub use compliance::{Offered, comply};
pub use labels::ask;
pub use notary::{Asked, ask_notary, notarise};
pub use registry::{ask_registry, leads_to_anchor, trusted_issuers};

/// How the engine calls itself in what it issues.
const ENGINE: &str = concat!("hansa ", env!("CARGO_PKG_VERSION"));
/// The contexts of what is issued.
const CONTEXTS: [&str; 2] = ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/gaia-x/development#"];
/// How long what the clearing house issues counts at most.
const LIFETIME: std::time::Duration = std::time::Duration::from_secs(90 * 24 * 60 * 60);
/// The longest identifier that is put into a credential.
const LONGEST_ID: usize = 1_000;

/// Refuses what can't be an identifier in a credential.
fn check_id(field: &str, id: &str) -> crate::Result<()> {
    let is_one = id.len() <= LONGEST_ID && url::Url::parse(id).is_ok();
    let message = "give an address or DID, like https://provider.example/credentials/1";
    if is_one { Ok(()) } else { Err(crate::Error::field(field, message)) }
}
