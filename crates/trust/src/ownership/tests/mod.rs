//! Who controls whom, by example, against a naive reading of the rules, and over time.

mod changes;
mod oracle;
mod subcontractors;
mod table;
pub(super) mod world;
