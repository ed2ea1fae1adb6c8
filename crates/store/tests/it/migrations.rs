//! Migrations: once is enough, and both engines end with the same tables.

use std::collections::BTreeSet;

use hansa_store::{Db, StoreError, args, migrate};
use hansa_testkit::Engine;

use crate::world::{NOW, store};

hansa_testkit::on_both! { a_second_run_changes_nothing several_may_start_at_once a_newer_schema_is_refused }

async fn a_second_run_changes_nothing(engine: Engine) {
    let store = store(engine).await;
    let before = columns(&store.db).await;
    migrate::run(&store.db, NOW).await.unwrap();
    assert_eq!(columns(&store.db).await, before);
}

async fn several_may_start_at_once(engine: Engine) {
    let database = hansa_testkit::Database::new(engine).await;
    let (first, second) = (database.open().await, database.open().await);
    let (a, b) = tokio::join!(migrate::run(&first, NOW), migrate::run(&second, NOW));
    a.unwrap();
    b.unwrap();
}

async fn a_newer_schema_is_refused(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let sql = "insert into schema_migration (version, name, digest, applied_at) values (999, 'x', 'x', 0)";
    tx.execute(sql, args![]).await.unwrap();
    tx.commit().await.unwrap();
    let refusal = migrate::run(&store.db, NOW).await.unwrap_err();
    assert!(matches!(refusal, StoreError::ForeignMigration { version: 999 }), "{refusal}");
}

/// Every column: table, name, family of type, whether it must have a value.
async fn columns(db: &Db) -> BTreeSet<(String, String, String, bool)> {
    let sql = match db.engine() {
        "sqlite" => {
            "select m.name as t, c.name as c, lower(c.type) as y, \
             case when c.\"notnull\" = 1 or c.pk > 0 then 'yes' else 'no' end as n \
             from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'"
        }
        _ => {
            "select table_name::text as t, column_name::text as c, data_type::text as y, \
             case when is_nullable = 'NO' then 'yes' else 'no' end as n \
             from information_schema.columns where table_schema = 'public'"
        }
    };
    let mut tx = db.read().await.unwrap();
    let rows = tx.all(sql, args![]).await.unwrap();
    rows.iter()
        .map(|row| {
            (row.text("t").unwrap(), row.text("c").unwrap(), row.text("y").unwrap(), row.text("n").unwrap() == "yes")
        })
        .collect()
}

#[tokio::test]
async fn both_engines_end_with_the_same_columns() {
    let (lite, pg) = (store(Engine::Sqlite).await, store(Engine::Postgres).await);
    let (lite, pg) = (columns(&lite.db).await, columns(&pg.db).await);
    assert!(lite.len() > 200, "{}", lite.len());
    assert_eq!(lite.symmetric_difference(&pg).collect::<Vec<_>>(), Vec::<&(String, String, String, bool)>::new());
}
