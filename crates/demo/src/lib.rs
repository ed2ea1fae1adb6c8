//! The whole story on one machine: an exchange, three providers with real back ends, and a town that buys a
//! package over all of them, sees it run, pays, and leaves without a trace.
//!
//! Everything is done from outside, as people do it: through the API, with an agent process for each provider.

mod assessor;
mod back_ends;
mod buyer;
mod exchange;
mod page;
mod process;
mod provider;
pub mod stage;
pub mod story;
pub mod summary;
mod trust;
mod visitors;

use std::path::PathBuf;

/// How the story is told.
#[derive(Debug, Clone)]
pub struct Options {
    /// The `hansa` program, which is started as exchange and as agents.
    pub program: PathBuf,
    /// Where everything is kept; removed at the end. A fresh directory below the system's temporary one when absent.
    pub directory: Option<PathBuf>,
    /// Where images are kept between runs.
    pub images: PathBuf,
    /// Where the summary is written.
    pub summary: Option<PathBuf>,
    /// Whether it ends by itself instead of staying up until Ctrl-C.
    pub ends: bool,
}

pub use story::tell;
