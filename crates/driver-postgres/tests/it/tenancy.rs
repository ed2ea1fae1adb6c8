//! What one user of a database may do, and what not.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use hansa_agent::driver::{Driver, DriverError, Power};
use hansa_model::id::ServiceId;
use hansa_model::price::Meter;
use serde_json::json;
use sqlx::{Connection, PgConnection};

use super::world::{World, connect, create, plain, run, spec, url};

#[tokio::test]
async fn a_user_is_alone_in_a_database_and_can_work_there() {
    let world = World::new().await;
    let driver = world.driver().await;
    let (first, second) = (create(&driver, plain()).await, create(&driver, plain()).await);
    let mut connection = connect(&url(&first)).await;
    run(
        &mut connection,
        "create table t (x int); insert into t values (1); create schema own; create extension hstore",
    )
    .await
    .unwrap();

    let foreign = second.connection.as_ref().unwrap().database.clone();
    let mut intruder = first.connection.clone().unwrap();
    for database in [foreign.clone(), Some("postgres".to_owned()), Some("template1".to_owned())] {
        intruder.database = database;
        assert!(PgConnection::connect(&intruder.url()).await.is_err(), "{:?}", intruder.database);
    }
    let (own, foreign) = (first.connection.unwrap().database.unwrap(), foreign.unwrap());
    for forbidden in [
        format!("drop database {own}"),
        format!("drop database {foreign}"),
        format!("comment on database {own} is 'mine'"),
        format!("alter database {own} connection limit 1000"),
        format!("alter role {own} connection limit 1000"),
        format!("alter role {own} superuser"),
        format!("grant {foreign} to {own}"),
        "create role another".to_owned(),
        "create database another".to_owned(),
        "set temp_file_limit = -1".to_owned(),
        "copy t to '/tmp/hansa-must-not-be'".to_owned(),
        "copy t from program 'id'".to_owned(),
    ] {
        assert!(run(&mut connection, forbidden.clone()).await.is_err(), "{forbidden}");
    }
}

#[tokio::test]
async fn connections_are_limited_and_follow_a_resize() {
    let world = World::new().await;
    let driver = world.driver().await;
    let service = ServiceId::new();
    let small = json!({"version": "15", "storage": "1 GiB", "connections": 2});
    let made = driver.create(&spec(service, 1, small)).await.unwrap();
    let _held = (connect(&url(&made)).await, connect(&url(&made)).await);
    let refusal = PgConnection::connect(&url(&made)).await.unwrap_err();
    assert!(refusal.to_string().contains("too many connections"), "{refusal}");
    let readings = driver.meter(service).await.unwrap().unwrap();
    assert!((readings.gauges["connections"] - 2.0).abs() < f64::EPSILON, "{readings:?}");
    let large = json!({"version": "15", "storage": "1 GiB", "connections": 3});
    driver.resize(&spec(service, 2, large)).await.unwrap();
    connect(&url(&made)).await;
}

#[tokio::test]
async fn what_is_stopped_lets_nobody_in() {
    let world = World::new().await;
    let driver = world.driver().await;
    let made = create(&driver, plain()).await;
    let mut open = connect(&url(&made)).await;
    driver.stop(made.tag).await.unwrap();
    assert!(run(&mut open, "select 1").await.is_err(), "the connection should have ended");
    assert!(PgConnection::connect(&url(&made)).await.is_err());
    assert!(driver.meter(made.tag.service).await.unwrap().is_some(), "what is stopped still takes space");
    driver.start(made.tag).await.unwrap();
    connect(&url(&made)).await;
}

#[tokio::test]
async fn above_its_quota_a_database_is_read_only_until_there_is_room() {
    let world = World::new().await;
    let driver = world.driver().await;
    let service = ServiceId::new();
    let quota = json!({"version": "15", "storage": "12 MiB"});
    let made = driver.create(&spec(service, 1, quota)).await.unwrap();
    let fill = "create table t as select n, repeat(md5(n::text), 30) as filler from generate_series(1, 8000) n";
    run(&mut connect(&url(&made)).await, fill).await.unwrap();
    let readings = driver.meter(service).await.unwrap().unwrap();
    assert!(readings.totals[&Meter::StorageUsed] > 12 << 20, "{readings:?}");
    assert!(readings.gauges["quota.exceeded"] > 0.0, "{readings:?}");

    let mut full = connect(&url(&made)).await;
    let refusal = run(&mut full, "insert into t values (0, 'more')").await.unwrap_err();
    assert!(refusal.to_string().contains("read-only"), "{refusal}");
    assert_eq!(driver.find(service).await.unwrap().unwrap().power, Power::Running);

    let shrunk = driver.resize(&spec(service, 2, json!({"version": "15", "storage": "9 MiB"}))).await;
    assert!(matches!(shrunk, Err(DriverError::Refused(_))), "{shrunk:?}");
    driver.resize(&spec(service, 2, json!({"version": "15", "storage": "1 GiB"}))).await.unwrap();
    run(&mut connect(&url(&made)).await, "insert into t values (0, 'more')").await.unwrap();

    let again = json!({"version": "15", "storage": "20 MiB"});
    driver.resize(&spec(service, 3, again)).await.unwrap();
    run(&mut connect(&url(&made)).await, "insert into t select * from t").await.unwrap();
    driver.find(service).await.unwrap();
    let mut full = connect(&url(&made)).await;
    assert!(run(&mut full, "create table more ()").await.is_err());
    run(&mut full, "begin read write; drop table t; commit").await.unwrap();
    driver.find(service).await.unwrap();
    run(&mut connect(&url(&made)).await, "create table more ()").await.unwrap();
}

#[tokio::test]
async fn a_lost_password_is_replaced() {
    let world = World::new().await;
    let driver = world.driver().await;
    let made = create(&driver, plain()).await;
    let service = made.tag.service;
    let file = world.directory.path().join("state/passwords").join(service.to_string());
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::remove_file(&file).unwrap();

    let fresh = world.driver().await;
    let found = fresh.find(service).await.unwrap().unwrap();
    assert_ne!(found.connection, made.connection);
    assert!(PgConnection::connect(&url(&made)).await.is_err(), "the old password still works");
    connect(&url(&found)).await;
    assert_eq!(fresh.find(service).await.unwrap().unwrap(), found);
}

#[tokio::test]
async fn a_password_is_nowhere_but_in_its_file() {
    let world = World::new().await;
    run(&mut world.admin().await, "alter system set log_statement = 'all'").await.unwrap();
    run(&mut world.admin().await, "select pg_reload_conf()").await.unwrap();
    let driver = world.driver().await;
    let made = create(&driver, plain()).await;
    let password = made.connection.as_ref().unwrap().password.clone().unwrap();
    assert!(password.len() >= 24);
    let log = std::fs::read_to_string(world.server.log()).unwrap();
    assert!(log.contains("alter role"), "the log should hold statements by now: {log}");
    assert!(!log.contains(&password));
    assert!(!format!("{driver:?}").contains(&password));
    driver.terminate(made.tag.service, false).await.unwrap();
    let left = std::fs::read_dir(world.directory.path().join("state/passwords")).unwrap().count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn labels_are_only_text() {
    let world = World::new().await;
    let driver = world.driver().await;
    for label in ["'; drop database postgres; --", "\\'; select 1; --", "$$ %1$I %s", "a\nb\u{0}c", "\"};{\"", "ü€漢"]
    {
        let mut spec = spec(ServiceId::new(), 1, plain());
        spec.label = label.to_owned();
        driver.create(&spec).await.unwrap();
        let found = driver.find(spec.tag.service).await.unwrap();
        assert_eq!(found.map(|found| found.tag), Some(spec.tag), "{label:?}");
        let comment: String =
            sqlx::query_scalar("select shobj_description(oid, 'pg_database') from pg_database where datname = $1")
                .bind(spec.tag.service.to_string())
                .fetch_one(&mut world.admin().await)
                .await
                .unwrap();
        let comment: serde_json::Value = serde_json::from_str(&comment).unwrap();
        assert_eq!(comment["label"], label);
    }
    assert_eq!(world.objects().await.len(), 6);
}

#[tokio::test]
async fn what_this_site_can_not_do_is_refused() {
    let world = World::new().await;
    let mut options = world.options().await;
    options["backups"] = json!({"here": world.directory.path().join("here")});
    let driver = super::world::driver(options, hansa_model::time::Clock::System).await;
    for properties in [
        json!({"version": "14", "storage": "1 GiB"}),
        json!({"version": "15"}),
        json!({"version": "15", "storage": "101 GiB"}),
        json!({"version": "15", "storage": "1 GiB", "connections": 10000}),
        json!({"version": "15", "storage": "1 GiB", "backup.elsewhere": true}),
    ] {
        let answer = driver.create(&spec(ServiceId::new(), 1, properties.clone())).await;
        assert!(matches!(answer, Err(DriverError::Refused(_))), "{properties}: {answer:?}");
    }
    assert_eq!(world.objects().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_change_waits_for_one_that_was_cut_short() {
    let world = World::new().await;
    let driver = world.driver().await;
    let made = create(&driver, plain()).await;
    let mut other = world.admin().await;
    sqlx::query("select pg_advisory_lock(hashtextextended($1, 0))")
        .bind(made.tag.service.to_string())
        .execute(&mut other)
        .await
        .unwrap();
    let stop = driver.stop(made.tag);
    tokio::pin!(stop);
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut stop).await.is_err());
    other.close().await.unwrap();
    assert_eq!(stop.await.unwrap().power, Power::Stopped);
}
