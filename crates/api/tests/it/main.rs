//! The API as its clients see it: a real server on a free port, on both engines where it matters.

mod authorization;
mod canary;
mod events;
mod fuzz;
mod idempotency;
mod identity;
mod imports;
mod market;
mod problems;
mod smoke;
mod transport;
mod visibility;

/// Runs each test on both engines.
macro_rules! on_both {
    ($($name:ident)+) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(hansa_testkit::Engine::Sqlite).await;
            })+
        }
        mod on_postgresql {
            $(#[tokio::test]
            async fn $name() {
                super::$name(hansa_testkit::Engine::Postgres).await;
            })+
        }
    };
}
pub(crate) use on_both;
