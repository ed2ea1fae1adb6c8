//! Synthetic markets over real European places, the same for the same seed, and documents that are typical for them.

mod documents;
mod market;

pub use documents::{Typical, typical};
pub use market::{market, now};
