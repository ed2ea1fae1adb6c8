//! The command line, and what it draws: [`render`] turns what the API answers into text for people.

pub mod cli;
mod commands;
pub mod events;
pub mod failure;
pub mod input;
pub mod logs;
pub mod output;
pub mod profile;
pub mod prompt;
pub mod render;
pub mod resolve;
pub mod session;
pub mod stop;
pub mod wording;
