//! A back end that exists only in memory or in a file, for tests, demonstrations and scale.
//!
//! Latency, failures, refusals, hanging calls and capacity are set by [`Options`]. What happens is decided by
//! the seed, the service and how often the call was made, so a run can be repeated whatever its timing.

mod backend;
mod dice;
mod driver;
mod options;
mod shell;

pub use backend::{Backend, BackendError};
pub use driver::Simulated;
pub use options::{Options, Range, Rates};
