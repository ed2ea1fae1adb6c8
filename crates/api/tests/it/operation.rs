//! What operators look at and after, and papers for people.

use std::os::unix::fs::PermissionsExt as _;

use hansa_exchange::settings::Settings;
use hansa_model::participant::Role;
use hansa_model::system::{Backup, System};
use hansa_testkit::{Engine, World, WorldOptions};
use reqwest::StatusCode;
use serde_json::json;

use crate::market;

#[tokio::test]
async fn a_backup_is_the_whole_database_for_its_owner_alone() {
    let directory = tempfile::tempdir().unwrap();
    let backups = directory.path().join("backups");
    let settings = Settings { backups: Some(backups.clone()), ..Settings::default() };
    let world = World::with(WorldOptions { settings, ..WorldOptions::on(Engine::Sqlite) }).await;
    let _ = world.participant("town", &[Role::Buyer]).await;
    let system: System = world.operator.get("/v1/system").await.is(StatusCode::OK).read();
    assert_eq!((system.database.engine.as_str(), system.makes_backups), ("SQLite", true));
    assert!(system.backups.is_empty() && system.database.bytes > 0 && system.database.schema >= 8);
    let made: Backup = world.operator.post("/v1/system/backups", &json!({})).await.is(StatusCode::CREATED).read();
    let system: System = world.operator.get("/v1/system").await.is(StatusCode::OK).read();
    assert_eq!(system.backups.iter().map(|backup| &backup.file).collect::<Vec<_>>(), [&made.file]);
    let mode = std::fs::metadata(&backups).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "others can look into {mode:o}");
    let copy = hansa_store::Db::open(&backups.join(&made.file).to_string_lossy()).await.unwrap();
    let mut tx = copy.read().await.unwrap();
    assert!(hansa_store::participant::by_name(&mut tx, "town").await.unwrap().is_some());
}

#[tokio::test]
async fn a_database_on_a_server_is_backed_up_there() {
    let world = World::start(Engine::Postgres).await;
    let system: System = world.operator.get("/v1/system").await.is(StatusCode::OK).read();
    assert_eq!((system.database.engine.as_str(), system.makes_backups), ("PostgreSQL", false));
    let refused = world.operator.post("/v1/system/backups", &json!({})).await.is(StatusCode::CONFLICT);
    assert_eq!(refused.code(), "no-backups");
}

#[tokio::test]
async fn a_quote_on_paper_carries_its_signed_form() {
    let world = World::start(Engine::Sqlite).await;
    let _ = market::provider(&world, "seller").await;
    let buyer = world.participant("buyer", &[Role::Buyer]).await;
    let asked = json!({"project": market::project(&buyer).await, "application": market::application()});
    let quote = buyer.post("/v1/quotes", &asked).await.is(StatusCode::CREATED).json();
    let path = format!("/v1/quotes/{}/document", quote["id"].as_str().unwrap());
    let response = buyer.request(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/pdf");
    let pdf = response.bytes().await.unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let signed = quote["jws"].as_str().unwrap().as_bytes();
    assert!(pdf.windows(signed.len()).any(|part| part == signed), "the signed form is not attached");
    let other = world.participant("other", &[Role::Buyer]).await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
}
