//! A server that is killed, or away.

use std::os::unix::fs::PermissionsExt;

use hansa_agent::driver::{Driver, DriverError};
use hansa_driver_postgres::server::Server;
use hansa_model::id::ServiceId;
use hansa_model::time::Clock;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::world::{World, connect, create, driver, options, plain, run, spec, url};

/// Kills the whole server: a killed first process leaves the others behind, which may answer a last question.
async fn kill_hard(server: &Server) {
    let first = server.pid().await;
    let others = std::fs::read_to_string(format!("/proc/{first}/task/{first}/children")).unwrap();
    let others: Vec<i32> = others.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    assert!(!others.is_empty());
    kill(Pid::from_raw(first), Signal::SIGKILL).unwrap();
    while server.is_running().await || others.iter().any(|pid| runs(*pid)) {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

fn runs(pid: i32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    state.is_ok_and(|stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X'])))
}

#[tokio::test]
async fn while_a_given_server_is_away_nothing_is_lost_or_guessed() {
    let world = World::new().await;
    let driver = world.driver().await;
    let made = create(&driver, plain()).await;
    kill_hard(&world.server).await;
    let service = made.tag.service;
    let answers = [
        driver.describe().await.map(|_| ()).unwrap_err(),
        driver.find(service).await.map(|_| ()).unwrap_err(),
        driver.create(&spec(ServiceId::new(), 1, plain())).await.map(|_| ()).unwrap_err(),
        driver.stop(made.tag).await.map(|_| ()).unwrap_err(),
        driver.terminate(service, true).await.map(|_| ()).unwrap_err(),
        driver.meter(service).await.map(|_| ()).unwrap_err(),
        driver.inventory().await.map(|_| ()).unwrap_err(),
    ];
    for answer in answers {
        assert!(matches!(answer, DriverError::Unavailable(_)), "{answer:?}");
    }
    assert!(world.server.ensure_running().await.unwrap());
    assert_eq!(driver.find(service).await.unwrap(), Some(made.clone()));
    connect(&url(&made)).await;
}

#[tokio::test]
async fn a_server_of_our_own_comes_back_with_all_that_was_in_it() {
    let mut place = tempfile::Builder::new();
    let directory = place.permissions(std::fs::Permissions::from_mode(0o711)).tempdir().unwrap();
    let managed = json!({"managed": {"data": directory.path().join("server")}});
    let driver = driver(options(managed, directory.path()), Clock::System).await;
    let made = create(&driver, plain()).await;
    let mut connection = connect(&format!("{}?sslmode=require", url(&made))).await;
    run(&mut connection, "create table t as select 42 as x").await.unwrap();
    let server = driver.engine().server().unwrap();
    let run_before = driver.meter(made.tag.service).await.unwrap().unwrap().run;
    kill_hard(server).await;

    assert_eq!(driver.find(made.tag.service).await.unwrap(), Some(made.clone()));
    let answer: i32 = sqlx::query_scalar("select x from t").fetch_one(&mut connect(&url(&made)).await).await.unwrap();
    assert_eq!(answer, 42);
    assert_ne!(driver.meter(made.tag.service).await.unwrap().unwrap().run, run_before);
}
