//! Whatever happens, in whatever order: random orders, changes, cancellations, faults, crashes, silence, lost answers.
//! One seed is one run. `HANSA_SIMULATION_SEED` runs one seed, `HANSA_SIMULATION_SEEDS` that many from 1.

use std::time::Duration;

use futures_util::FutureExt as _;
use hansa_exchange::sagas::Fault;
use hansa_model::id::{OrderId, ServiceId};
use hansa_model::order::NewOrder;
use hansa_model::service::Desired;
use hansa_store::{args, budget};
use serde_json::json;

use crate::agent::Switches;
use crate::invariants::{self, Witness};
use crate::suite::drive_through_a_crash;
use crate::world::{Engine, World, archive, archive_with, machine};

const STEPS: u32 = 24;

/// `SplitMix64`: small, good enough, and the same on every machine.
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn pick<T: Clone>(&mut self, items: &[T]) -> Option<T> {
        let at = usize::try_from(self.below(items.len().max(1) as u64)).unwrap();
        items.get(at).cloned()
    }
}

async fn living(world: &World) -> Vec<ServiceId> {
    let all = world.all_services().await;
    all.iter().filter(|record| record.service.desired != Desired::Terminated).map(|record| record.service.id).collect()
}

async fn open_orders(world: &World) -> Vec<OrderId> {
    let mut tx = world.exchange.read().await.unwrap();
    let rows = tx.all("select order_id from saga where not finished order by order_id", args![]).await.unwrap();
    rows.iter().map(|row| row.parse("order_id").unwrap()).collect()
}

/// Orders something; refusals are fine, faults of the exchange are not.
async fn order_something(world: &World, dice: &mut Dice) {
    let request = match dice.below(8) {
        0..=2 => {
            let wish = match dice.below(3) {
                0 => archive(),
                1 => archive_with(true),
                _ => machine(1 + u32::try_from(dice.below(4)).unwrap()),
            };
            match world.quote(wish).await {
                Ok(quote) => Some(NewOrder::Create { quote: quote.id }),
                Err(error) => {
                    assert_eq!(error.problem().status, 422, "{error:?}");
                    None
                }
            }
        }
        kind => dice.pick(&living(world).await).map(|service| match kind {
            3 => NewOrder::Stop { services: vec![service] },
            4 => NewOrder::Start { services: vec![service] },
            5 | 6 => NewOrder::Terminate { services: vec![service] },
            _ => NewOrder::Resize {
                service,
                properties: serde_json::from_value(json!({"cpu": 1 + dice.below(8)})).unwrap(),
                max_monthly: None,
            },
        }),
    };
    if let Some(request) = request
        && let Err(error) = world.submit(request).await
    {
        assert!((400..500).contains(&error.problem().status), "{error:?}");
    }
}

fn disturb_an_agent(world: &mut World, dice: &mut Dice) {
    let at = usize::try_from(dice.below(3)).unwrap();
    let agent = &mut world.agents[at];
    match dice.below(7) {
        0 => agent.switches.silent = true,
        1 => agent.switches.fails = true,
        2 => agent.switches.slow = true,
        3 => agent.switches.refuses = Some("web".to_owned()),
        4 => agent.switches.loses_answer = true,
        5 => agent.restart(),
        _ => agent.switches = Switches { egress: 1000, ..Switches::default() },
    }
}

fn set_faults(world: &World, dice: &mut Dice) {
    let mut own = Dice(dice.next());
    world.faults.set(move |_| match own.below(100) {
        0..=2 => Fault::Fail,
        3..=12 => Fault::Repeat,
        13 | 14 => std::panic::panic_any("the exchange was killed"),
        _ => Fault::None,
    });
}

async fn run(engine: Engine, seed: u64) {
    let mut dice = Dice(seed);
    let mut world = World::new(engine).await;
    let mut witness = Witness::default();
    world.limit(Some("400 EUR"), None).await;
    for step in 0..STEPS {
        match dice.below(10) {
            0..=4 => order_something(&world, &mut dice).await,
            5 => {
                if let Some(order) = dice.pick(&open_orders(&world).await) {
                    let _ = world.cancel(order).await;
                }
            }
            6 | 7 => disturb_an_agent(&mut world, &mut dice),
            8 => world.clock.advance(Duration::from_secs(dice.below(7_200))),
            _ => world.clock.advance(Duration::from_secs(dice.below(120))),
        }
        set_faults(&world, &mut dice);
        drive_through_a_crash(&mut world).await;
        invariants::check(&world, &mut witness, &format!("step {step}")).await;
    }
    world.clear().await;
    invariants::check(&world, &mut witness, "at the end").await;
    let mut tx = world.exchange.read().await.unwrap();
    let limits = budget::get(&mut tx, world.cast.project).await.unwrap().unwrap();
    assert!(limits.reserved.is_zero(), "{limits:?}");
    assert!(tx.all("select id from hold", args![]).await.unwrap().is_empty());
    assert!(world.agents.iter().all(|agent| agent.machines.is_empty()));
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

async fn seeds(engine: Engine, count: u64) {
    let seeds = match number("HANSA_SIMULATION_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("HANSA_SIMULATION_SEEDS").unwrap_or(count),
    };
    for seed in seeds {
        let outcome = std::panic::AssertUnwindSafe(run(engine, seed)).catch_unwind().await;
        assert!(outcome.is_ok(), "run it again with HANSA_SIMULATION_SEED={seed}; what went wrong is above");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_seeds_in_a_file() {
    seeds(Engine::Sqlite, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn some_seeds_on_a_server() {
    seeds(Engine::Postgres, 8).await;
}
