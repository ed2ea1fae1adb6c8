//! The behaviour of the store, the same on SQLite and on PostgreSQL.

/// Runs each behaviour on both engines.
macro_rules! store_suite {
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

mod append_only;
mod catalogue;
mod given_up;
mod idempotency;
mod identity;
mod migrations;
mod world;
