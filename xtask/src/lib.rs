//! Chores of this repository, as functions that its tests can call.

pub mod architecture;
pub mod book;
pub mod licences;
pub mod openapi;
pub mod picture;
mod source;
mod workspace;

pub use workspace::{Crate, Workspace};
