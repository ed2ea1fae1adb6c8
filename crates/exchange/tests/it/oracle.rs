//! Bills of random timelines against a slow computation that shares nothing with the exchange but the price list: it
//! looks at what the agents metered, and adds up in exact fractions.

use std::collections::BTreeMap;
use std::time::Duration;

use hansa_exchange::statements;
use hansa_model::id::ServiceId;
use hansa_model::money::Money;
use hansa_model::order::{NewOrder, OrderState};
use hansa_model::price::Meter;
use hansa_model::time::Timestamp;
use serde_json::json;

use crate::simulation::Dice;
use crate::world::{DAY, Engine, World, machine, on_both_engines};

/// The months in Brussels, with their first instants.
const MONTHS: [(&str, &str, &str); 3] = [
    ("2026-03", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
    ("2026-04", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z"),
    ("2026-05", "2026-04-30T22:00:00Z", "2026-05-31T22:00:00Z"),
];
/// Per processor and hour, per GiB and month, per GB, once; in micro units.
const MACHINE: i128 = 11_300;
const DISK: i128 = 53_100;
const TRAFFIC: i128 = 13_000;
const SETUP: i128 = 1_990_000;
const GIB: i128 = 1 << 30;

fn at(text: &str) -> i128 {
    i128::from(text.parse::<Timestamp>().unwrap().micros()) / 1_000_000
}

fn seconds(instant: Timestamp) -> i128 {
    i128::from(instant.floor_second().micros()) / 1_000_000
}

/// What each part of the price comes to in a month, in micro units, rounded down, and what was measured of it.
fn expected(
    world: &World,
    service: ServiceId,
    life: (i128, i128),
    month: (i128, i128),
) -> BTreeMap<&'static str, (i128, i128)> {
    let length = month.1 - month.0;
    // Numerators over 3600 seconds, over the length of the month, over nothing.
    let (mut machine, mut disk, mut bytes, mut time) = (0, 0, 0, 0);
    let metered = world.agents.iter().flat_map(|agent| &agent.metered).filter(|(usage, _)| usage.service == service);
    for (usage, properties) in metered {
        let (whole_start, whole_end) = (seconds(usage.start), seconds(usage.end));
        let (start, end) = (whole_start.max(life.0).max(month.0), whole_end.min(life.1).min(month.1));
        if start >= end {
            continue;
        }
        match usage.meter {
            Meter::TimeAllocated => {
                time += end - start;
                let cpus = i128::from(properties.count("cpu").unwrap().base());
                machine += MACHINE * cpus * (end - start);
                disk += DISK * i128::from(properties.bytes("disk").unwrap().base()) * (end - start);
            }
            Meter::NetworkEgress => bytes += i128::from(usage.quantity) * (end - start) / (whole_end - whole_start),
            other => panic!("nobody meters {other}"),
        }
    }
    let setup = if (month.0..month.1).contains(&life.0) { SETUP } else { 0 };
    BTreeMap::from([
        ("machine", (machine / 1000 / 3600, time)),
        ("disk", (disk / GIB / length, time)),
        ("traffic", ((bytes - 1_000_000_000).max(0) * TRAFFIC / 1_000_000_000, bytes)),
        ("setup", (setup, 0)),
    ])
}

async fn change_something(world: &mut World, service: ServiceId, dice: &mut Dice) {
    let request = match dice.below(3) {
        0 => NewOrder::Stop { services: vec![service] },
        1 => NewOrder::Start { services: vec![service] },
        _ => {
            let properties = json!({"cpu": 1 + dice.below(8), "disk": format!("{} GiB", 10 + dice.below(20))});
            NewOrder::Resize { service, properties: serde_json::from_value(properties).unwrap(), max_monthly: None }
        }
    };
    if let Ok(order) = world.submit(request).await {
        assert_eq!(world.settle(order.id).await.state, OrderState::Fulfilled);
    }
}

async fn random_timelines_are_billed_to_the_cent(engine: Engine) {
    let runs = if engine == Engine::Sqlite { 12 } else { 2 };
    for seed in 1..=runs {
        let mut dice = Dice(seed);
        let mut world = World::new(engine).await;
        for agent in &mut world.agents {
            agent.switches.egress = 7_001;
        }
        let quote = world.quote(machine(2)).await.unwrap();
        let order = world.submit(NewOrder::Create { quote: quote.id }).await.unwrap();
        let order = world.settle(order.id).await;
        let service = order.services[0];
        for _ in 0..12 {
            let pause = Duration::from_millis(dice.below(8 * 24 * 3600 * 1000) / 2);
            world.pass(pause).await;
            world.round().await;
            change_something(&mut world, service, &mut dice).await;
        }
        let end = world.submit(NewOrder::Terminate { services: vec![service] }).await.unwrap();
        world.settle(end.id).await;
        world.pass(DAY).await;
        compare(&world, service, seed).await;
    }
}

async fn compare(world: &World, service: ServiceId, seed: u64) {
    let record = world.service(service).await;
    let life = (seconds(record.billable_from.unwrap()), seconds(record.termination_asked_at.unwrap()));
    let mut tx = world.exchange.read().await.unwrap();
    for (name, start, end) in MONTHS {
        let month = statements::month(&world.exchange, Some(name)).unwrap();
        let currency = Money::zero(record.service.monthly.currency()).currency();
        let bill = statements::of_tenant(&mut tx, &world.cast.buyer, world.cast.tenant, month, currency).await.unwrap();
        let mut total = 0;
        for (part, (exact, quantity)) in expected(world, service, life, (at(start), at(end))) {
            let line = bill.lines.iter().find(|line| line.component == part);
            let charged = line.map_or(0, |line| i128::from(line.exact.micros()));
            // Each charge is rounded to a millionth once.
            assert!((charged - exact).abs() <= 200, "seed {seed}, {name}, {part}: {charged} is not {exact}");
            let measured = line.and_then(|line| line.measured).map_or(0, |measured| i128::from(measured.quantity));
            assert_eq!(measured, quantity, "seed {seed}, {name}, {part}");
            let cents = line.map_or(0, |line| i128::from(line.amount.micros()));
            assert_eq!(cents, cents / 10_000 * 10_000);
            assert!((cents - charged).abs() <= 5_000, "seed {seed}, {name}, {part}: {cents} for {charged}");
            total += cents;
        }
        assert_eq!(i128::from(bill.total.micros()), total, "seed {seed}, {name}");
        let parts = bill.providers.iter().map(|provider| provider.payout.micros()).sum::<i64>();
        assert_eq!(bill.total.micros(), parts + bill.commission.micros());
    }
}

on_both_engines!(random_timelines_are_billed_to_the_cent);
