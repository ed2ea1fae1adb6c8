//! Matching: requirements and a catalogue in; ranked packages, their proof, and why the rest was left out, out.
//!
//! Pure: no I/O beyond the facts compiled in, no state, and no clock but the one that ends a search in time.

pub mod search;
