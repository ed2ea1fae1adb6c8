//! What buyers and providers rely on, tried on real machines.

use std::time::{Duration, Instant};

use hansa_agent::driver::{Driver, DriverError, Power, Tag};
use hansa_driver_qemu::Machine;
use hansa_model::id::ServiceId;
use hansa_model::price::Meter;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::world::{World, eventually, get, page, running, spec, web_server};

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

async fn gets_its_configuration(machine: Machine, properties: Value) {
    let (mut world, service) = (World::new(), ServiceId::new());
    world.options.machine = machine;
    let driver = world.driver();
    let asked = Instant::now();
    let config = answering_with("nproc; date +%s");
    let made = driver.create(&spec(service, 1, properties.clone(), config)).await.unwrap();
    let launched = asked.elapsed();
    assert_eq!(page(&made, "/page").await, "a page\n");
    let answered = asked.elapsed();
    assert_eq!(page(&made, "/greeting").await, "it's me on web\n");
    let connection = running(&driver, service).await.connection.unwrap();
    assert_eq!((connection.scheme.as_str(), connection.host.as_str()), ("http", "127.0.0.1"));

    let said = page(&made, "/cgi-bin/sh").await;
    let (processors, seconds) = said.trim().split_once('\n').unwrap();
    assert_eq!(processors.parse::<u64>().unwrap(), properties["cpu"].as_u64().unwrap_or(1));
    let now = hansa_model::time::Clock::System.now().micros() / 1_000_000;
    assert!((seconds.parse::<i64>().unwrap() - now).abs() < 60, "the guest's clock says {seconds}, not {now}");

    let readings = driver.meter(service).await.unwrap().unwrap();
    eprintln!(
        "{machine:?}: launched after {launched:?}, HTTP after {answered:?}, {} ms CPU, {} MB",
        readings.totals[&Meter::CpuTime],
        readings.gauges["memory.bytes"] / 1e6
    );
}

#[tokio::test]
async fn a_machine_gets_its_environment_files_script_and_name() {
    gets_its_configuration(Machine::Pc, json!({})).await;
}

#[tokio::test]
async fn a_machine_gets_as_many_processors_as_it_asks_for() {
    gets_its_configuration(Machine::Pc, json!({"cpu": 2})).await;
}

#[tokio::test]
async fn a_microvm_gets_the_same() {
    gets_its_configuration(Machine::Microvm, json!({"cpu": 2})).await;
}
