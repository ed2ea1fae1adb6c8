//! The exchange is killed, as a process of its own, at every step of every saga; another one goes on.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use hansa_exchange::sagas::{self, Fault, step_names};
use hansa_exchange::settings::Settings;
use hansa_exchange::{Exchange, orders};
use hansa_model::order::{Direction, OrderKind, OrderState};
use hansa_model::time::{Clock, Timestamp};
use hansa_store::Db;
use serde_json::{Value, json};

use crate::faults::{Faults, Moment, Spot};
use crate::invariants::{self, Witness};
use crate::suite::{Shape, begin, undone};
use crate::world::{Engine, ROUND, World};

/// What the child process is told, in its environment.
const TOLD: &str = "HANSA_TEST_DRIVE";

fn turn_of(kind: OrderKind) -> Spot {
    let step = step_names(kind).last().copied().unwrap();
    Spot { kind, step, direction: Direction::Do, moment: Moment::BeforeCommit }
}

fn told(world: &World, spot: Spot) -> Value {
    let moment = Moment::ALL.iter().position(|moment| *moment == spot.moment);
    json!({
        "address": world.address, "now": world.now().micros(), "kind": spot.kind, "step": spot.step,
        "direction": spot.direction, "moment": moment,
    })
}

/// The child: drives what is due once, and dies where it is told. Without orders it does nothing.
#[tokio::test]
async fn child() {
    let Ok(text) = std::env::var(TOLD) else { return };
    let told: Value = serde_json::from_str(&text).unwrap();
    let kind: OrderKind = serde_json::from_value(told["kind"].clone()).unwrap();
    let step = step_names(kind).into_iter().find(|step| *step == told["step"].as_str().unwrap()).unwrap();
    let direction = serde_json::from_value(told["direction"].clone()).unwrap();
    let moment = Moment::ALL[usize::try_from(told["moment"].as_u64().unwrap()).unwrap()];
    let (spot, turn) = (Spot { kind, step, direction, moment }, turn_of(kind));
    let faults = Arc::new(Faults::default());
    faults.set(move |point| match point {
        _ if spot.is(point) => Fault::Die,
        _ if direction == Direction::Undo && turn.is(point) => Fault::Fail,
        _ => Fault::None,
    });
    let settings = Settings { faults: Some(faults), ..Settings::default() };
    let clock = Clock::manual(Timestamp::from_micros(told["now"].as_i64().unwrap()));
    let db = Db::open(told["address"].as_str().unwrap()).await.unwrap();
    let exchange = Exchange::open(db, clock, settings).await.unwrap();
    sagas::drive_due(&exchange, &format!("child {}", std::process::id())).await.unwrap();
}

/// Whether the child was killed.
fn drive_in_a_child(world: &World, spot: Spot) -> bool {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child"])
        .env(TOLD, told(world, spot).to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    !status.success()
}

async fn kill_at(engine: Engine, spot: Spot) {
    let at = format!("{spot:?}");
    let mut world = World::new(engine).await;
    let mut witness = Witness::default();
    let (before, request) = begin(&mut world, spot.kind).await;
    let order = world.submit(request).await.unwrap();
    let asked = world.now();
    let mut killed = false;
    let mut state = order.state;
    while !orders::has_ended(state) {
        world.clock.advance(ROUND);
        if killed {
            hansa_exchange::reconcilers::run_once(&world.exchange).await.unwrap();
        } else {
            killed = drive_in_a_child(&world, spot);
        }
        world.work().await;
        invariants::check(&world, &mut witness, &at).await;
        state = world.order(order.id).await.state;
        let waited = world.now().since(asked);
        assert!(waited <= Duration::from_secs(60), "{at}: it is {state:?} after {waited:?}");
    }
    assert!(killed, "{at} was never reached");
    world.round().await;
    if spot.direction == Direction::Do {
        assert_eq!(state, OrderState::Fulfilled, "{at}");
        assert_eq!(Shape::of(&world).await.services.is_empty(), spot.kind == OrderKind::Terminate, "{at}");
        world.clear().await;
        invariants::check(&world, &mut witness, &at).await;
    } else {
        assert_eq!(state, OrderState::Failed, "{at}");
        undone(&mut world, &before, spot.kind, &at, &mut witness).await;
    }
}

async fn kill_everywhere(engine: Engine, direction: Direction, moments: &[Moment]) {
    for kind in OrderKind::ALL {
        for step in step_names(kind) {
            for moment in moments.iter().copied() {
                kill_at(engine, Spot { kind, step, direction, moment }).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_doing_it_goes_on() {
    kill_everywhere(Engine::Sqlite, Direction::Do, &Moment::ALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_undoing_it_goes_back() {
    kill_everywhere(Engine::Sqlite, Direction::Undo, &Moment::ALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_a_server_it_goes_on() {
    kill_everywhere(Engine::Postgres, Direction::Do, &[Moment::BeforeCommit]).await;
}
