//! What buyers and providers rely on, tried on real machines.

use std::net::TcpListener;
use std::process::Command;

use hansa_agent::driver::{Driver, DriverError, Power, Tag};
use hansa_driver_qemu::{Accel, Machine, Options, PortRange, QemuDriver};
use hansa_model::id::ServiceId;
use hansa_model::price::Meter;
use hansa_model::time::Clock;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use crate::world::{PATIENCE, World, eventually, get, page, run, running, spec, web_server};

/// The web server, with further fields of the configuration.
fn web_server_with(fields: Value) -> Value {
    let mut config = web_server();
    for (name, value) in fields.as_object().unwrap() {
        match (&mut config[name], value) {
            (Value::Object(present), Value::Object(more)) => present.extend(more.clone()),
            (place, value) => *place = value.clone(),
        }
    }
    config
}

/// A web server whose page `/cgi-bin/sh` runs the script.
fn answering_with(script: &str) -> Value {
    let script = format!("#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\n{script}\n");
    web_server_with(json!({"files": {"/www/cgi-bin/sh": script}}))
}

async fn gets_its_configuration(machine: Machine, processors: u32) {
    let (mut world, service) = (World::new(), ServiceId::new());
    world.options.machine = machine;
    let driver = world.driver();
    let config = answering_with("nproc; date +%s; ls -l /www/cgi-bin/sh; psql --version");
    let made = driver.create(&spec(service, 1, json!({"cpu": processors}), config)).await.unwrap();
    assert_eq!(page(&made, "/page").await, "a page\n");
    assert_eq!(page(&made, "/greeting").await, "it's me on web\n");

    let answer = page(&made, "/cgi-bin/sh").await;
    let [count, seconds, script, client] = answer.lines().collect::<Vec<_>>()[..] else { panic!("{answer}") };
    assert_eq!(count, processors.to_string());
    let now = Clock::System.now().micros() / 1_000_000;
    assert!((seconds.parse::<i64>().unwrap() - now).abs() < 60, "the guest's clock says {seconds}, not {now}");
    assert!(script.starts_with("-rwxr-xr-x"), "{script}");
    assert!(client.starts_with("psql (PostgreSQL)"), "{client}");

    let connection = running(&driver, service).await.connection.unwrap();
    assert_eq!((connection.scheme.as_str(), connection.host.as_str()), ("http", "127.0.0.1"));
    assert_eq!(connection.ports["http"], connection.port);
    assert!(driver.log(service, 50).await.unwrap().unwrap().contains("hansa: up"));
}

#[tokio::test]
async fn a_machine_gets_its_configuration_and_programs() {
    gets_its_configuration(Machine::Pc, 1).await;
}

#[tokio::test]
async fn a_machine_gets_as_many_processors_as_it_asks_for() {
    gets_its_configuration(Machine::Pc, 2).await;
}

#[tokio::test]
async fn a_microvm_gets_the_same() {
    gets_its_configuration(Machine::Microvm, 2).await;
}

#[tokio::test]
async fn a_script_that_ends_is_run_again() {
    let (world, service) = (World::new(), ServiceId::new());
    let script = "echo run >>/www/runs\npidof httpd || httpd -p 80 -h /www\n";
    let config = web_server_with(json!({"run": script}));
    let made = world.driver().create(&spec(service, 1, json!({}), config)).await.unwrap();
    let thrice = async || page(&made, "/runs").await.lines().count().ge(&3).then_some(());
    eventually("the third run", thrice).await;
}

#[tokio::test]
async fn a_machine_reaches_what_the_host_reaches_on_its_loopback() {
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    let neighbour = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = neighbour.local_addr().unwrap().port();
    let config = web_server_with(json!({
        "env": {"URL": format!("http://{}:{port}/", driver.reach("127.0.0.1"))},
        "run": "wget -q -O /www/fetched \"$URL\" || exit\nexec httpd -f -p 80 -h /www\n",
    }));
    let made = driver.create(&spec(service, 1, json!({}), config)).await.unwrap();
    let (mut stream, _) = neighbour.accept().await.unwrap();
    stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nfrom the host\n").await.unwrap();
    drop(stream);
    assert_eq!(page(&made, "/fetched").await, "from the host\n");

    for loopback in ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"] {
        assert_eq!(driver.reach(loopback), "10.0.2.2");
    }
    for elsewhere in ["192.0.2.7", "db.example.org", "2001:db8::1"] {
        assert_eq!(driver.reach(elsewhere), elsewhere);
    }
}

#[tokio::test]
async fn data_outlives_a_power_cut_and_a_larger_disk_is_larger_inside() {
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    let config = answering_with("df -k /data | tail -n 1 | awk '{print $2}'; free -k | awk '/Mem/ {print $2}'");
    let small = spec(service, 1, json!({"disk": "48 MiB"}), config.clone());
    let made = driver.create(&small).await.unwrap();
    page(&made, "/cgi-bin/mark?kept").await;

    world.kill(service).await;
    let found = driver.find(service).await.unwrap().unwrap();
    assert_eq!(found.power, Power::Stopped);
    let started = driver.start(Tag { service, generation: 1 }).await.unwrap();
    assert_eq!(started.connection, made.connection);
    assert_eq!(page(&started, "/cgi-bin/mark").await, "kept\n");
    let sizes = async |at_least: [u64; 2]| {
        let answer = page(&started, "/cgi-bin/sh").await;
        let sizes: Vec<u64> = answer.lines().map(|line| line.parse().unwrap()).collect();
        (sizes[0] >= at_least[0] && sizes[1] >= at_least[1]).then_some(sizes)
    };
    let before = sizes([0, 0]).await.unwrap();
    assert!(before[0] < 48 * 1024, "the file system has {} KiB of 48 MiB", before[0]);

    let large = spec(service, 2, json!({"disk": "96 MiB", "memory": "160 MiB"}), config);
    let resized = driver.resize(&large).await.unwrap();
    assert_eq!((resized.tag.generation, &resized.connection), (2, &made.connection));
    eventually("more disk and memory inside", || sizes([before[0] + 40 * 1024, before[1] + 40 * 1024])).await;
    assert_eq!(page(&resized, "/cgi-bin/mark").await, "kept\n");

    let shrunk = spec(service, 3, json!({"disk": "48 MiB"}), web_server());
    assert!(matches!(driver.resize(&shrunk).await, Err(DriverError::Refused(why)) if why.contains("smaller")));
    assert_eq!(driver.find(service).await.unwrap().unwrap().tag.generation, 2, "a refused resize was noted");
}

#[tokio::test]
async fn the_disk_is_a_quota_and_traffic_and_processor_time_are_metered() {
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    let config = answering_with("dd if=/dev/zero of=/data/fill bs=1M count=90 2>&1; sync; yes | head -c 200000");
    let made = driver.create(&spec(service, 1, json!({"disk": "48 MiB"}), config)).await.unwrap();
    page(&made, "/page").await;
    running(&driver, service).await;
    let before = driver.meter(service).await.unwrap().unwrap();

    let answer = get(&made, "/cgi-bin/sh", PATIENCE).await.unwrap();
    assert!(answer.contains("No space left on device"), "{}", &answer[..200]);
    let after = driver.meter(service).await.unwrap().unwrap();
    assert_eq!(after.run, before.run);
    let grown = |meter: Meter| after.totals[&meter] - before.totals[&meter];
    assert!(grown(Meter::NetworkEgress) >= answer.len() as i64, "{before:?} {after:?}");
    assert!(grown(Meter::NetworkIngress) > 0 && grown(Meter::CpuTime) > 0, "{before:?} {after:?}");
    let stored = after.totals[&Meter::StorageUsed];
    assert!(stored > 30 << 20 && stored < 52 << 20, "{stored} bytes are stored for a disk of 48 MiB");
    assert!(after.gauges["memory.bytes"] > 50e6 && after.gauges["cpu.percent"] > 0.0, "{after:?}");

    driver.stop(Tag { service, generation: 2 }).await.unwrap();
    let stopped = driver.meter(service).await.unwrap().unwrap();
    assert_ne!(stopped.run, after.run);
    assert_eq!(stopped.totals.keys().collect::<Vec<_>>(), [&Meter::StorageUsed]);
}

#[tokio::test]
async fn a_machine_outlives_the_agent_and_is_adopted_by_the_next() {
    let (world, service) = (World::new(), ServiceId::new());
    let made = world.driver().create(&spec(service, 1, json!({}), web_server())).await.unwrap();
    page(&made, "/cgi-bin/mark?before").await;
    let processes = world.processes();

    let next = world.driver();
    let adopted = running(&next, service).await;
    assert_eq!(adopted.connection, made.connection);
    next.create(&spec(service, 1, json!({}), web_server())).await.unwrap();
    next.start(Tag { service, generation: 2 }).await.unwrap();
    assert_eq!(world.processes(), processes, "the machine was started anew");
    assert_eq!(page(&adopted, "/cgi-bin/mark").await, "before\n");
}

#[tokio::test]
async fn secrets_are_for_nobody_else_and_gone_at_the_end() {
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    let config = web_server_with(json!({"env": {"PASSWORD": "correct-horse"}}));
    driver.create(&spec(service, 1, json!({}), config)).await.unwrap();

    let (pid, home) = world.processes().pop().unwrap();
    let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
    assert!(line.contains(&format!("hansa-{service}")) && !line.contains("correct-horse"), "{line}");
    let mode = |path: &std::path::Path| {
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
    };
    assert_eq!(mode(&home), 0o700);
    for file in ["spec.json", "config.cpio", "disk.qcow2"] {
        assert_eq!(mode(&home.join(file)), 0o600, "{file}");
    }

    driver.terminate(service, false).await.unwrap();
    assert_eq!(world.processes(), []);
    assert_eq!(world.objects(), Vec::<String>::new());
}

#[tokio::test]
async fn a_machine_that_lost_its_directory_is_listed_and_can_be_ended() {
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    driver.create(&spec(service, 1, json!({}), web_server())).await.unwrap();
    std::fs::remove_dir_all(world.directory(service)).unwrap();
    let held = driver.inventory().await.unwrap();
    assert_eq!(held.iter().map(|held| held.service).collect::<Vec<_>>(), [Some(service)]);
    driver.terminate(service, false).await.unwrap();
    assert_eq!(world.processes(), []);
}

#[tokio::test]
async fn a_port_that_was_lost_while_the_machine_was_stopped_is_replaced() {
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    let made = driver.create(&spec(service, 1, json!({}), web_server())).await.unwrap();
    driver.stop(Tag { service, generation: 2 }).await.unwrap();
    let port = made.connection.unwrap().port;
    let _somebody = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let started = driver.start(Tag { service, generation: 3 }).await.unwrap();
    assert_ne!(started.connection.as_ref().unwrap().port, port);
    assert_eq!(page(&started, "/page").await, "a page\n");
}

#[tokio::test]
async fn a_machine_whose_processors_were_stopped_is_started_anew() {
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    let made = driver.create(&spec(service, 1, json!({}), web_server())).await.unwrap();
    page(&made, "/page").await;
    let stream = UnixStream::connect(world.directory(service).join("qmp.sock")).await.unwrap();
    let mut monitor = BufReader::new(stream);
    monitor.write_all(b"{\"execute\":\"qmp_capabilities\"}{\"execute\":\"stop\"}").await.unwrap();
    for _ in 0..3 {
        monitor.read_line(&mut String::new()).await.unwrap();
    }
    drop(monitor);
    let look = async || driver.find(service).await.unwrap().filter(|found| found.power == Power::Stopped);
    eventually("the machine to be seen as stopped", look).await;
    let started = driver.start(Tag { service, generation: 1 }).await.unwrap();
    assert_eq!(page(&started, "/page").await, "a page\n");
}

#[tokio::test]
async fn who_gave_a_key_can_log_in() {
    let (world, service) = (World::new(), ServiceId::new());
    let driver = world.driver();
    let key = tempfile::tempdir().unwrap();
    let key = key.path().join("key");
    let made = run(Command::new("dropbearkey").args(["-t", "ed25519", "-f"]).arg(&key));
    let public = made.lines().find(|line| line.starts_with("ssh-ed25519 ")).unwrap();
    let made = driver.create(&spec(service, 1, json!({}), json!({"sshKeys": [public]}))).await.unwrap();
    let connection = made.connection.unwrap();
    assert_eq!((connection.scheme.as_str(), connection.user.as_deref()), ("ssh", Some("root")));
    running(&driver, service).await;
    let port = connection.port.to_string();
    let said = run(Command::new("dbclient").args(["-y", "-y", "-i"]).arg(&key).args([
        "-p",
        &port,
        "root@127.0.0.1",
        "hostname; stat -c %a /data/.dropbear/ed25519",
    ]));
    assert_eq!(said, "web\n600\n");
}

#[tokio::test]
async fn kvm_is_tried_out_before_it_is_relied_on() {
    let mut world = World::new();
    world.options.accel = Accel::Kvm;
    // Where KVM works there is nothing to complain about; where it does not, that is known soon.
    let described = tokio::time::timeout(PATIENCE, world.driver().describe()).await.expect("the trial is bounded");
    if let Err(error) = described {
        assert!(error.to_string().contains("configure `accel: tcg`"), "{error}");
    }
}

#[tokio::test]
async fn a_missing_qemu_is_named_with_its_package() {
    let mut world = World::new();
    world.options.binary = "qemu-of-another-world".into();
    let error = world.driver().describe().await.unwrap_err().to_string();
    assert_eq!(error, "`qemu-of-another-world` was not found; the provider must install the package qemu-system-x86");
}

#[test]
fn options_that_can_not_work_are_refused() {
    let refusal = |change: fn(&mut Options)| {
        let mut options = World::new().options.clone();
        change(&mut options);
        QemuDriver::new(options).unwrap_err().to_string()
    };
    assert!(refusal(|options| options.address = "0.0.0.0".parse().unwrap()).contains("0.0.0.0"));
    assert!(refusal(|options| options.address = "::1".parse().unwrap()).contains("IPv4"));
    assert!(refusal(|options| options.ports = Some(PortRange { from: 9, to: 8 })).contains("from 9 to 8"));
    assert!(refusal(|options| options.state = options.state.join("x".repeat(90))).contains("shorter path"));
}
