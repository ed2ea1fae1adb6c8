//! What operators look at and after, and papers for people.

use std::os::unix::fs::PermissionsExt as _;

use hansa_exchange::reconcilers;
use hansa_exchange::settings::Settings;
use hansa_model::participant::Role;
use hansa_model::system::{AtWork, Backup, System};
use hansa_testkit::{Engine, World, WorldOptions};
use reqwest::StatusCode;
use serde_json::json;
use tokio_util::sync::CancellationToken;

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

hansa_testkit::on_both! { operators_see_what_is_stuck }

async fn operators_see_what_is_stuck(engine: Engine) {
    let world = World::start(engine).await;
    let _ = market::provider(&world, "seller").await;
    let buyer = world.participant("buyer", &[Role::Buyer]).await;
    let project = market::project(&buyer).await;
    let order = async || {
        let asked = json!({"project": project, "application": market::application()});
        let quote = buyer.post("/v1/quotes", &asked).await.is(StatusCode::CREATED).json()["id"].clone();
        let new = json!({"kind": "create", "quote": quote});
        buyer.post("/v1/orders", &new).await.is(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned()
    };
    let look = async || world.operator.get("/v1/system/work").await.is(StatusCode::OK).read::<AtWork>();
    let first = order().await;
    let found = look().await;
    assert_eq!((found.total, found.orders[0].step.as_str()), (1, "approve"), "{found:?}");
    // Its agent never takes it up, so it waits there.
    world.settle().await;
    let second = order().await;
    let found = look().await;
    let shown: Vec<_> = found.orders.iter().map(|at_work| (at_work.order.to_string(), &*at_work.step)).collect();
    assert_eq!(shown, [(first, "provision"), (second, "approve")], "{found:?}");

    let stop = CancellationToken::new();
    let jobs = tokio::spawn(reconcilers::run(world.exchange.clone(), stop.clone()));
    let all_ran = async {
        loop {
            let jobs = look().await.jobs;
            if jobs.len() > 5 && jobs.iter().all(|job| job.runs > 0) {
                break jobs;
            }
            tokio::task::yield_now().await;
        }
    };
    let ran = tokio::time::timeout(std::time::Duration::from_secs(20), all_ran).await.unwrap();
    assert!(ran.iter().all(|job| job.failures == 0 && job.error.is_none()), "{ran:?}");
    stop.cancel();
    jobs.await.unwrap();
}

#[tokio::test]
async fn settings_are_shown_without_secrets() {
    let settings = Settings { signing_seed: [7; 32], ..Settings::default() };
    let world = World::with(WorldOptions { settings, ..WorldOptions::on(Engine::Sqlite) }).await;
    let answer = world.operator.get("/v1/system").await.is(StatusCode::OK);
    assert!(!answer.body.contains(&hex::encode([7; 32])));
    let system: System = answer.read();
    let value = |name: &str| system.settings.iter().find(|setting| setting.name == name).map(|found| &*found.value);
    assert_eq!((value("quote-lifetime"), value("demand-second-factor")), (Some("1 h"), Some("nobody")));
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
