//! Synthetic markets over real European places, the same for the same seed, and documents that are typical for them.

mod documents;
mod edge;
mod market;

pub use documents::{Typical, typical};
pub use edge::{Edge, Fate, near_places};
pub use market::{market, now};
