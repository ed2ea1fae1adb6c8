//! Trust: evidence in, levels out, nothing taken on faith.
//!
//! Credentials are checked ([`credential`], with [`jose`], [`did`] and [`status`] below), read into
//! [claims](hansa_model::evidence::Claim), and judged by rule sets that are data ([`rules`]), with who controls whom
//! ([`ownership`]). Everything here is pure: what must be fetched is asked of a [`fetch::Fetch`].

pub mod credential;
pub mod did;
pub mod fetch;
pub mod jose;
mod known;
pub mod ownership;
pub mod pack;
pub mod reading;
pub mod registration;
pub mod rules;
pub mod shapes;
pub mod status;

pub use known::{Case, Known};
