//! A whole world for each test: its own database on either engine, its own exchange, its own server on a free port.
//! Nothing is shared but one private PostgreSQL server for each test binary, in which every test has a database of
//! its own.
//!
//! What goes wrong here is a fault of the test's surroundings, so it panics and says what to do.

mod authenticator;
mod database;
mod world;

pub use authenticator::Authenticator;
pub use database::{Database, Engine, postgres};
pub use world::{Actor, Answer, PASSWORD, World, WorldOptions};

/// Makes a test on each engine out of every `async fn name(engine: Engine)` that is named.
#[macro_export]
macro_rules! on_both {
    ($($name:ident)+) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::Engine::Sqlite).await;
            })+
        }
        mod on_postgresql {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::Engine::Postgres).await;
            })+
        }
    };
}
