//! The real Debian image. Building and starting it takes minutes, so these tests run only when
//! `HANSA_SLOW_TESTS=1` is set.

use std::process::Command;
use std::time::Duration;

use hansa_agent::driver::{Driver, Power, Tag};
use hansa_driver_qemu::images::debian12;
use hansa_model::id::ServiceId;
use hansa_model::price::Meter;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::terminal::{prompt, shown};
use crate::world::{World, eventually_within, get, images, run, spec};

const PATIENCE: Duration = Duration::from_secs(900);

#[tokio::test]
async fn debian_takes_its_configuration_and_lets_its_owner_in() {
    if std::env::var("HANSA_SLOW_TESTS").as_deref() != Ok("1") {
        return;
    }
    debian12::build(images()).unwrap_or_else(|error| panic!("the Debian image can't be built: {error}"));
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    let key = tempfile::tempdir().unwrap();
    let key = key.path().join("key");
    let made = run(Command::new("dropbearkey").args(["-t", "ed25519", "-f"]).arg(&key));
    let public = made.lines().find(|line| line.starts_with("ssh-ed25519 ")).unwrap();
    let config = json!({
        "ports": {"http": 80},
        "env": {"GREETING": "it's me"},
        "files": {"/srv/www/page": "a page\n"},
        "run": "cd /srv/www && echo \"$GREETING on $(hostname)\" >greeting && exec python3 -m http.server 80\n",
        "sshKeys": [public],
    });
    let properties = json!({"memory": "512 MiB", "disk": "3 GiB", "image": debian12::NAME});
    let made = driver.create(&spec(service, 1, properties, config)).await.unwrap();
    let page = async |path: &str| eventually_within(PATIENCE, path, || get(&made, path, Duration::from_secs(5))).await;
    assert_eq!(page("/page").await, "a page\n");
    assert_eq!(page("/greeting").await, "it's me on web\n");

    let look = async || driver.find(service).await.unwrap().filter(|found| found.power == Power::Running);
    let ports = eventually_within(PATIENCE, "the machine to run", look).await.connection.unwrap().ports;
    let log_in = |command: &str| {
        let port = ports["ssh"].to_string();
        run(Command::new("dbclient").args(["-y", "-y", "-i"]).arg(&key).args([
            "-p",
            &port,
            "debian@127.0.0.1",
            command,
        ]))
    };
    let size: u64 = log_in("df -k --output=size / | tail -n 1").trim().parse().unwrap();
    assert!(size > 2_700_000, "the file system has {size} KiB of 3 GiB");
    assert_eq!(log_in("sudo touch /srv/www/kept && sync && echo done"), "done\n");
    let readings = driver.meter(service).await.unwrap().unwrap();
    assert!(readings.totals[&Meter::NetworkEgress] > 0, "{readings:?}");

    // The serial port has its owner's shell, without a password.
    let mut terminal = driver.console(service).await.unwrap();
    prompt(&mut terminal, "$ ").await;
    terminal.write_all(b"echo $(whoami) at $(tty)\n").await.unwrap();
    shown(&mut terminal, "debian at /dev/ttyS0\r\n").await;
    drop(terminal);

    driver.stop(Tag { service, generation: 2 }).await.unwrap();
    let console = driver.log(service, 500).await.unwrap().unwrap();
    assert!(console.contains("Power down") || console.contains("Powering off"), "it was not shut down: {console}");
    driver.start(Tag { service, generation: 3 }).await.unwrap();
    assert_eq!(page("/kept").await, "");
    driver.terminate(service, false).await.unwrap();
    assert_eq!(world.objects(), Vec::<String>::new());
}
