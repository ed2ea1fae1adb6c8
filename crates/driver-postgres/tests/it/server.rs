//! Private servers: started, found again, ended.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use hansa_database_kit::server::home::Managed;
use hansa_driver_postgres::server::Server;
use sqlx::{Connection, PgConnection};

async fn answer(url: &str) -> i32 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query_scalar("select 42").fetch_one(&mut connection).await.unwrap()
}

async fn gone(pid: i32) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Path::new(&format!("/proc/{pid}/exe")).exists() {
        assert!(Instant::now() < deadline, "the server {pid} is still there");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn temporary_servers_run_side_by_side_and_leave_nothing() {
    let (first, second) = tokio::join!(Server::start_temporary(), Server::start_temporary());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_ne!(first.url().await, second.url().await);
    assert_eq!(answer(&first.url().await).await + answer(&second.url().await).await, 84);
    let pids = [first.pid().await, second.pid().await];
    drop((first, second));
    for pid in pids {
        gone(pid).await;
    }
}

#[tokio::test]
async fn a_managed_server_keeps_its_port_and_is_taken_over_while_it_runs() {
    let passable = std::fs::Permissions::from_mode(0o711);
    let directory = tempfile::Builder::new().permissions(passable).tempdir().unwrap();
    let options = Managed { outlive: true, ..Managed::at(directory.path().join("server")) };
    let first = Server::start(&options).await.unwrap();
    let (url, pid) = (first.url().await, first.pid().await);
    assert_eq!(answer(&format!("{url}?sslmode=require")).await, 42);
    drop(first);

    let second = Server::start(&options).await.unwrap();
    assert_eq!((second.url().await, second.pid().await), (url.clone(), pid));
    assert_eq!(answer(&url).await, 42);
    second.stop().await.unwrap();
    gone(pid).await;

    let third = Server::start(&Managed { outlive: false, ..options }).await.unwrap();
    assert_eq!(third.url().await, url);
    assert_ne!(third.pid().await, pid);
    let pid = third.pid().await;
    drop(third);
    gone(pid).await;
}
