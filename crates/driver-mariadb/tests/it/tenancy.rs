//! What one user of a database may do, and what not.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use hansa_agent::driver::{Driver, DriverError, Power};
use hansa_model::id::ServiceId;
use hansa_model::price::Meter;
use serde_json::json;
use sqlx::{Connection, MySqlConnection};

use super::world::{World, connect, create, plain, run, spec, url};

#[tokio::test]
async fn a_user_is_alone_in_a_database_and_can_work_there() {
    let world = World::new().await;
    let driver = world.driver().await;
    let (first, second) = (create(&driver, plain()).await, create(&driver, plain()).await);
    let mut connection = connect(&url(&first)).await;
    run(&mut connection, "create table t (x int); insert into t values (1); create view v as select * from t")
        .await
        .unwrap();

    let foreign = second.connection.as_ref().unwrap().database.clone();
    let mut intruder = first.connection.clone().unwrap();
    for database in [foreign.clone(), Some("hansa".to_owned()), Some("mysql".to_owned())] {
        intruder.database = database;
        assert!(MySqlConnection::connect(&intruder.url()).await.is_err(), "{:?}", intruder.database);
    }
    let (own, foreign) = (first.connection.unwrap().database.unwrap(), foreign.unwrap());
    for forbidden in [
        format!("drop database {foreign}"),
        format!("create table {foreign}.t (x int)"),
        format!("grant all privileges on `{own}`.* to '{foreign}'@'%'"),
        format!("alter user '{own}'@'%' with max_user_connections 1000"),
        format!("alter user '{foreign}'@'%' identified by 'mine'"),
        format!("create database {}", own.replacen('_', "x", 1)),
        "create user another".to_owned(),
        "create database another".to_owned(),
        "select * from hansa.databases".to_owned(),
        "set global innodb_file_per_table = off".to_owned(),
        "select * from t into outfile '/tmp/hansa-must-not-be'".to_owned(),
        "select load_file('/etc/passwd') from mysql.user".to_owned(),
    ] {
        assert!(run(&mut connection, forbidden.clone()).await.is_err(), "{forbidden}");
    }
}

#[tokio::test]
async fn connections_are_limited_and_follow_a_resize() {
    let world = World::new().await;
    let driver = world.driver().await;
    let service = ServiceId::new();
    let small = json!({"version": "10.11", "storage": "1 GiB", "connections": 2});
    let made = driver.create(&spec(service, 1, small)).await.unwrap();
    let _held = (connect(&url(&made)).await, connect(&url(&made)).await);
    let refusal = MySqlConnection::connect(&url(&made)).await.unwrap_err();
    assert!(refusal.to_string().contains("max_user_connections"), "{refusal}");
    let readings = driver.meter(service).await.unwrap().unwrap();
    assert!((readings.gauges["connections"] - 2.0).abs() < f64::EPSILON, "{readings:?}");
    let large = json!({"version": "10.11", "storage": "1 GiB", "connections": 3});
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
    assert!(MySqlConnection::connect(&url(&made)).await.is_err());
    assert!(driver.meter(made.tag.service).await.unwrap().is_some(), "what is stopped still takes space");
    driver.start(made.tag).await.unwrap();
    connect(&url(&made)).await;
}

#[tokio::test]
async fn above_its_quota_a_database_is_read_only_until_there_is_room() {
    let world = World::new().await;
    let driver = world.driver().await;
    let service = ServiceId::new();
    let quota = json!({"version": "10.11", "storage": "8 MiB"});
    let made = driver.create(&spec(service, 1, quota)).await.unwrap();
    let fill = "create table t (n int primary key, filler text) as \
                select seq as n, repeat(md5(seq), 30) as filler from seq_1_to_12000";
    run(&mut connect(&url(&made)).await, fill).await.unwrap();
    let readings = driver.meter(service).await.unwrap().unwrap();
    assert!(readings.totals[&Meter::StorageUsed] > 8 << 20, "{readings:?}");
    assert!(readings.gauges["quota.exceeded"] > 0.0, "{readings:?}");

    let mut full = connect(&url(&made)).await;
    for more in ["insert into t values (0, 'more')", "update t set filler = 'more'", "create table more (x int)"] {
        let refusal = run(&mut full, more).await.unwrap_err();
        assert!(refusal.to_string().contains("denied"), "{refusal}");
    }
    assert_eq!(driver.find(service).await.unwrap().unwrap().power, Power::Running);

    let shrunk = driver.resize(&spec(service, 2, json!({"version": "10.11", "storage": "1 MiB"}))).await;
    assert!(matches!(shrunk, Err(DriverError::Refused(_))), "{shrunk:?}");
    driver.resize(&spec(service, 2, json!({"version": "10.11", "storage": "1 GiB"}))).await.unwrap();
    run(&mut connect(&url(&made)).await, "insert into t values (0, 'more')").await.unwrap();

    let again = json!({"version": "10.11", "storage": "24 MiB"});
    driver.resize(&spec(service, 3, again)).await.unwrap();
    run(&mut connect(&url(&made)).await, "insert into t select n + 20000, filler from t").await.unwrap();
    driver.find(service).await.unwrap();
    let mut full = connect(&url(&made)).await;
    assert!(run(&mut full, "create table more (x int)").await.is_err());
    run(&mut full, "truncate table t").await.unwrap();
    driver.find(service).await.unwrap();
    run(&mut connect(&url(&made)).await, "create table more (x int)").await.unwrap();
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
    assert!(MySqlConnection::connect(&url(&made)).await.is_err(), "the old password still works");
    connect(&url(&found)).await;
    assert_eq!(fresh.find(service).await.unwrap().unwrap(), found);
}

#[tokio::test]
async fn a_password_is_nowhere_but_in_its_file() {
    let world = World::new().await;
    let log = "set global general_log_file = 'general.log', global general_log = on";
    run(&mut world.admin().await, log).await.unwrap();
    let driver = world.driver().await;
    let made = create(&driver, plain()).await;
    let password = made.connection.as_ref().unwrap().password.clone().unwrap();
    assert!(password.len() >= 24);
    let log = std::fs::read_to_string(world.server.log().with_file_name("data").join("general.log")).unwrap();
    assert!(log.contains("alter user"), "the log should hold statements by now: {log}");
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
    for label in [
        "'; drop database postgres; --",
        "\\'; select 1; --",
        "`; drop database hansa; --",
        "a\nb\u{0}c",
        "\"};{\"",
        "ü€漢",
    ] {
        let mut spec = spec(ServiceId::new(), 1, plain());
        spec.label = label.to_owned();
        driver.create(&spec).await.unwrap();
        let found = driver.find(spec.tag.service).await.unwrap();
        assert_eq!(found.map(|found| found.tag), Some(spec.tag), "{label:?}");
        let record: String = sqlx::query_scalar("select record from hansa.databases where name = ?")
            .bind(spec.tag.service.to_string())
            .fetch_one(&mut world.admin().await)
            .await
            .unwrap();
        let record: serde_json::Value = serde_json::from_str(&record).unwrap();
        assert_eq!(record["label"], label);
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
        json!({"version": "10.6", "storage": "1 GiB"}),
        json!({"version": "10.11"}),
        json!({"version": "10.11", "storage": "101 GiB"}),
        json!({"version": "10.11", "storage": "1 GiB", "connections": 10000}),
        json!({"version": "10.11", "storage": "1 GiB", "backup.elsewhere": true}),
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
    sqlx::query("do get_lock(concat('hansa.', ?), 10)")
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
