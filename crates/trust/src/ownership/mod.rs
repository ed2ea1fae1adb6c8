//! Who controls whom: entities, holdings and rights, and what follows from them.

mod finding;

pub use finding::{Answer, Exposure, Finding, Immunity, Verdict};
