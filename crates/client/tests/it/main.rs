//! The client against a server that misbehaves on demand.

mod calls;
mod streams;
mod world;
