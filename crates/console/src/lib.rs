//! The web console, built from `web/` and embedded: one page, and the files that it asks for.
//!
//! `npm run build` in `web/` makes the files. A program that was built without them serves a page that says so.

mod files;
mod pages;

pub use pages::pages;
