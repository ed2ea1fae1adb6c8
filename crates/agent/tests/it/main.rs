//! The agent as a whole: against a small reference model of an exchange in virtual time, and over HTTP.

mod disk;
mod exchange;
mod http;
mod life;
mod link;
mod offline;
mod protocol;
mod watched;
mod world;
