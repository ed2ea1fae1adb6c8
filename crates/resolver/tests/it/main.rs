//! Tests of the resolver against servers on this machine.

mod fetching;
mod own;
mod reach;
mod server;
mod verifying;
