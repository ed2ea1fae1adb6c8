//! Who controls whom: entities, holdings and rights, and what follows from them.
//!
//! Control is decisive influence in the sense of Regulation (EC) No 139/2004: a majority of votes or capital, or a
//! right that gives as much, through any number of companies. Percentages are those of SecNumCloud 3.2, chapter 19.6.
//! What is not known stays unknown, and unknown never counts as home.

mod control;
mod draw;
mod facts;
mod finding;
mod graph;
mod interval;
mod judge;
mod naming;
mod subcontracting;
mod upstream;

pub use draw::draw;
pub use finding::{Answer, Exposure, Finding, Immunity, Verdict};
pub use graph::{Aliases, Graph};
pub use naming::{entities_named, with_global_names};

#[cfg(test)]
mod tests;
