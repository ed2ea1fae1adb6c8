//! A whole world for each test: its own database on either engine, its own exchange, its own server on a free port.
//! Nothing is shared but one private PostgreSQL server for each test binary, in which every test has a database of
//! its own.
//!
//! What goes wrong here is a fault of the test's surroundings, so it panics and says what to do.

mod database;
mod world;

pub use database::{Database, Engine, postgres};
pub use world::{Actor, Answer, World, WorldOptions};
