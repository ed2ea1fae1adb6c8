//! What the API answers, as text for people. Nothing here asks or decides; every function gives text or draws on
//! stderr, so that other commands and demonstrations can use the same tables.

pub mod catalogue;
pub mod costs;
pub mod faults;
pub mod members;
pub mod onboarding;
pub mod orders;
pub mod pack;
pub mod packages;
pub mod paint;
pub mod proposals;
pub mod services;
pub mod spark;
pub mod statements;
pub mod steps;
pub mod system;
pub mod table;
pub mod trust;
pub mod verification;
pub mod words;
