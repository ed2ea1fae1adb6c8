//! Decentralised identifiers of the method `web`: documents, keys and the chains behind them.

mod chain;
mod document;
mod web;

pub(crate) use chain::CHAIN_LIMIT;
pub use chain::{Chain, ChainEnd, ChainError, TrustAnchors};
pub(crate) use document::DOCUMENT_LIMIT;
pub use document::{ChainSource, Document, DocumentError, Method, Purpose, Standing};
pub use web::{DidError, DidUrl, DidWeb};
