//! Documents on paper: a quote as PDF, to be read, filed and signed. Pure: bytes come out.

mod fonts;
mod paper;
mod quote;

pub use quote::{Parties, Party, quote};

/// Why something could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The embedded fonts are damaged.
    #[error("the embedded fonts can't be read")]
    Fonts,
    /// The document could not be put together.
    #[error("the document could not be put together: {0}")]
    Document(String),
}
