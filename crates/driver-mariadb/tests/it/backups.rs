//! Dumps and backups, and what can be made of them.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use hansa_agent::driver::Driver;
use hansa_database_kit::login::Login;
use hansa_model::id::ServiceId;
use hansa_model::time::{Clock, Timestamp};
use serde_json::json;

use super::world::{World, connect, create, driver, plain, run, spec, url};

/// Restores a dump into a fresh database and reads the mark in it.
async fn restored_mark(world: &World, dump: &Path) -> String {
    run(&mut world.admin().await, "create or replace database restored").await.unwrap();
    let target = world.server.url_of("restored").await;
    let login = Login::of(&target, "mysql").unwrap();
    let output = Command::new("mariadb")
        .args(["--no-defaults", "--user", &login.user, "--socket", &login.socket.unwrap(), "restored"])
        .env("MYSQL_PWD", login.password.reveal())
        .stdin(File::open(dump).unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    sqlx::query_scalar("select mark from marks").fetch_one(&mut connect(&target).await).await.unwrap()
}

async fn write_mark(url: &str, mark: &str) {
    let statement = format!("create or replace table marks as select '{mark}' as mark");
    run(&mut connect(url).await, statement).await.unwrap();
}

#[tokio::test]
async fn a_last_dump_can_be_restored() {
    let world = World::new().await;
    let driver = world.driver().await;
    let (running, stopped) = (create(&driver, plain()).await, create(&driver, plain()).await);
    write_mark(&url(&running), "from the running one").await;
    write_mark(&url(&stopped), "from the stopped one").await;
    driver.stop(stopped.tag).await.unwrap();
    for (instance, mark) in [(&running, "from the running one"), (&stopped, "from the stopped one")] {
        let place = driver.terminate(instance.tag.service, true).await.unwrap().unwrap();
        assert_eq!(restored_mark(&world, Path::new(&place)).await, mark);
        let again = driver.terminate(instance.tag.service, true).await.unwrap();
        assert_eq!(again.as_deref(), Some(place.as_str()), "the answer may have been lost");
    }
    assert_eq!(world.objects().await, Vec::<String>::new());
}

#[tokio::test]
async fn backups_follow_their_plan_over_restarts() {
    let world = World::new().await;
    let clock = Clock::manual("2026-03-28T12:00:00Z".parse::<Timestamp>().unwrap());
    let service = ServiceId::new();
    let planned = json!({"version": "10.11", "storage": "1 GiB", "backup.every": "6h", "backup.keep": "12h"});
    let first = driver(world.options().await, clock.clone()).await;
    let made = first.create(&spec(service, 1, planned)).await.unwrap();
    create(&first, plain()).await;
    write_mark(&url(&made), "early").await;

    let files = first.make_due_backups().await.unwrap();
    assert_eq!(files.len(), 1, "only one has a plan: {files:?}");
    assert_eq!(first.make_due_backups().await.unwrap(), files[..0]);
    assert!(files[0].starts_with(world.directory.path().join("here")));
    clock.advance(Duration::from_hours(5));
    let readings = first.meter(service).await.unwrap().unwrap();
    assert!((readings.gauges["backup.age.seconds"] - 18_000.0).abs() < f64::EPSILON, "{readings:?}");
    assert_eq!(first.make_due_backups().await.unwrap(), files[..0]);
    drop(first);

    let second = driver(world.options().await, clock.clone()).await;
    assert_eq!(second.make_due_backups().await.unwrap(), files[..0], "a restart is no reason for a backup");
    write_mark(&url(&made), "late").await;
    clock.advance(Duration::from_hours(1));
    let late = second.make_due_backups().await.unwrap();
    assert_eq!(restored_mark(&world, &files[0]).await, "early");
    assert_eq!(restored_mark(&world, &late[0]).await, "late");

    clock.advance(Duration::from_hours(12));
    second.stop(made.tag).await.unwrap();
    assert_eq!(second.make_due_backups().await.unwrap(), files[..0], "what is stopped does not change");
    second.start(made.tag).await.unwrap();
    assert_eq!(second.make_due_backups().await.unwrap().len(), 1);
    assert!(!files[0].exists(), "it was to be kept for 12 h only");
    assert!(late[0].exists());
    second.terminate(service, false).await.unwrap();
    assert!(!late[0].parent().unwrap().exists(), "backups are data, too");
}

#[tokio::test]
async fn backups_go_elsewhere_when_that_is_asked_for() {
    let world = World::new().await;
    let driver = world.driver().await;
    let elsewhere = json!({"version": "10.11", "storage": "1 GiB", "backup.elsewhere": true});
    create(&driver, elsewhere).await;
    let files = driver.make_due_backups().await.unwrap();
    assert_eq!(files.len(), 1);
    assert!(files[0].starts_with(world.directory.path().join("elsewhere")), "{files:?}");
}
