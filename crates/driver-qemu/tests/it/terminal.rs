//! Sitting at the serial console of a real machine.

use hansa_agent::driver::{Console, Driver, DriverError, Tag};
use hansa_model::id::ServiceId;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::{PATIENCE, World, eventually, running, spec};

/// What was shown until it holds the text.
pub(crate) async fn shown(console: &mut Box<dyn Console>, text: &str) -> String {
    let mut shown = Vec::new();
    let mut bytes = [0; 4096];
    let read = async {
        while !String::from_utf8_lossy(&shown).contains(text) {
            let count = console.read(&mut bytes).await.unwrap();
            assert!(count > 0, "it ended with {}", String::from_utf8_lossy(&shown));
            shown.extend_from_slice(&bytes[..count]);
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap_or_else(|_| panic!("`{text}` was never shown"));
    String::from_utf8_lossy(&shown).into_owned()
}

/// Wakes the shell, whose first words may have been shown to nobody.
pub(crate) async fn prompt(console: &mut Box<dyn Console>, ends: &str) {
    console.write_all(b"\n").await.unwrap();
    shown(console, ends).await;
}

#[tokio::test]
async fn the_owner_gets_a_shell_that_outlives_the_agent() {
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    let config = json!({"env": {"GREETING": "it's me"}});
    driver.create(&spec(service, 1, json!({}), config)).await.unwrap();
    running(&driver, service).await;
    let mut console = driver.console(service).await.unwrap();
    prompt(&mut console, "# ").await;
    console.write_all(b"echo $((6 * 7)) on $(hostname), $GREETING\n").await.unwrap();
    shown(&mut console, "42 on web, it's me\r\n").await;
    console.write_all(b"cd /data; waits=here; echo moved $PWD\n").await.unwrap();
    shown(&mut console, "moved /data\r\n").await;
    drop(console);
    drop(driver);

    // The next agent finds the same shell, and the log of all that was shown.
    let next = world.driver();
    let mut console = next.console(service).await.unwrap();
    console.write_all(b"echo $PWD $waits\n").await.unwrap();
    shown(&mut console, "/data here\r\n").await;
    let log = next.log(service, 1000).await.unwrap().unwrap();
    assert!(log.contains("hansa: up") && log.contains("42 on web, it's me"), "{log}");
    assert_eq!(next.log(service, 1).await.unwrap().unwrap().lines().count(), 1);

    next.stop(Tag { service, generation: 2 }).await.unwrap();
    let ended = async { while console.read(&mut [0; 256]).await.is_ok_and(|count| count > 0) {} };
    tokio::time::timeout(PATIENCE, ended).await.expect("the terminal ends with the machine");
    assert!(matches!(next.console(service).await, Err(DriverError::Unavailable(why)) if why.contains("does not run")));
}

#[tokio::test]
async fn the_log_of_a_machine_that_writes_without_end_stays_short() {
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    driver.create(&spec(service, 1, json!({}), json!({"run": "yes 'too much of a good thing'"}))).await.unwrap();
    let log = world.directory(service).join("console.log");
    let grown = async || std::fs::metadata(&log).ok().filter(|file| file.len() > 1 << 20).map(|_| ());
    eventually("a long log", grown).await;
    driver.meter(service).await.unwrap();
    let size = std::fs::metadata(&log).unwrap().len();
    assert!(size < 1 << 20, "the log has {size} bytes");
    let shown = driver.log(service, 10).await.unwrap().unwrap();
    assert_eq!(shown.lines().count(), 10, "{shown}");
    assert!(shown.matches("too much of a good thing").count() >= 9, "{shown}");

    // Who watches and does not keep up holds the machine up, but only while it watches.
    let console = driver.console(service).await.unwrap();
    drop(console);
    eventually("a long log again", grown).await;
}
