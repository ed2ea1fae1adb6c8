//! The repository keeps its own rules.

mod architecture;
mod licences;
