//! Composition instances: read, made at random, solved by [`hansa_matching::search`], judged by a referee, and
//! compared with other solvers.
//!
//! An instance is one JSON document ([`document::Document`]; `instances/SOURCE.md` describes it).

pub mod answer;
pub mod chart;
pub mod compare;
pub mod document;
pub mod error;
pub mod generate;
pub mod instance;
pub mod peers;
pub mod referee;
pub mod report;
