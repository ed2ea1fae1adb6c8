//! Credentials and presentations: what they are, and whether they can be believed.
//!
//! A credential is the payload of a compact JSON Web Signature (W3C Verifiable Credentials 2.0, secured by JOSE). The
//! [`Verifier`] follows its key to its issuer, checks the signature, the times and the status, and says either what
//! was [`Verified`] or why it is [refused](Refusal). Whether the issuer may say such a thing at all is up to the
//! [`TrustedIssuers`].

mod document;
mod issue;
mod keys;
mod presentation;
mod recent;
mod refusal;
mod replay;
mod settings;
mod statuses;
mod trusted;
mod verifier;

pub use document::{CONTEXT, Credential};
pub use issue::{IssueError, Signer, presentation_of};
pub use presentation::Presentation;
pub use refusal::Refusal;
pub use replay::{Replays, Seen, SeenIds};
pub use settings::{ChainPolicy, Limits, Settings};
pub use trusted::{Grant, TrustedIssuers};
pub use verifier::{Expected, Verified, VerifiedPresentation, Verifier};
