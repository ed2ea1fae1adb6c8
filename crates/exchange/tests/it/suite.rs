//! One suite for every saga: each step fails in turn and everything is undone; every action and every undo is run
//! twice and nothing is different; a crash at any point goes on by itself. The steps are enumerated, so that a step
//! or a kind that is added is tried as well.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use hansa_exchange::sagas::{Fault, step_names};
use hansa_exchange::{orders, reconcilers};
use hansa_model::id::{OrderId, ServiceId};
use hansa_model::kind::Properties;
use hansa_model::order::{Direction, NewOrder, Order, OrderKind, OrderState, ReasonCode, StepState};
use hansa_model::service::{Desired, ServiceState};
use hansa_store::{args, budget};

use crate::faults::{Moment, Spot, place};
use crate::invariants::{self, Witness};
use crate::world::{Engine, World, on_both_engines};

/// What of a world an order may change: what lives and how, what is reserved, what is charged once.
#[derive(Debug, PartialEq)]
pub(crate) struct Shape {
    pub(crate) services: BTreeMap<ServiceId, (ServiceState, Desired, Properties, i64)>,
    capacity: Vec<(String, String, String, i64)>,
    budget: i64,
    one_off_charges: i64,
}

impl Shape {
    pub(crate) async fn of(world: &World) -> Self {
        let services = world
            .all_services()
            .await
            .into_iter()
            .map(|record| record.service)
            .filter(|service| service.terminated_at.is_none())
            .map(|s| (s.id, (s.state, s.desired, s.properties, s.monthly.micros())))
            .collect();
        let mut tx = world.exchange.read().await.unwrap();
        let rows = tx
            .all("select site_id, kind, resource, reserved from capacity order by site_id, kind, resource", args![])
            .await
            .unwrap();
        let text = |row: &hansa_store::db::Row, name| row.text(name).unwrap();
        let capacity = rows
            .iter()
            .map(|row| (text(row, "site_id"), text(row, "kind"), text(row, "resource"), row.int("reserved").unwrap()))
            .collect();
        let budget = budget::get(&mut tx, world.cast.project).await.unwrap().unwrap().reserved.micros();
        let row = tx.first("select count(*) as number from charge where start_at = end_at", args![]).await.unwrap();
        Self { services, capacity, budget, one_off_charges: row.unwrap().int("number").unwrap() }
    }

    /// The same without identifiers, which differ from run to run.
    fn anonymous(&self) -> (Vec<String>, i64, i64, i64) {
        let mut services: Vec<_> = self.services.values().map(|service| format!("{service:?}")).collect();
        services.sort();
        (services, self.capacity.iter().map(|row| row.3).sum(), self.budget, self.one_off_charges)
    }
}

async fn failed_step(world: &World, order: OrderId) -> Vec<String> {
    let mut tx = world.exchange.read().await.unwrap();
    orders::steps(&mut tx, &world.cast.buyer, order)
        .await
        .unwrap()
        .into_iter()
        .filter(|step| step.state == StepState::Failed)
        .map(|step| step.name)
        .collect()
}

pub(crate) async fn begin(world: &mut World, kind: OrderKind) -> (Shape, NewOrder) {
    let request = world.prepare(kind).await;
    world.round().await;
    (Shape::of(world).await, request)
}

/// What an order of this kind leaves when nothing goes wrong.
async fn undisturbed(engine: Engine, kind: OrderKind) -> (Vec<String>, i64, i64, i64) {
    let mut world = World::new(engine).await;
    let (_, request) = begin(&mut world, kind).await;
    let order = world.submit(request).await.unwrap();
    assert_eq!(world.settle(order.id).await.state, OrderState::Fulfilled);
    Shape::of(&world).await.anonymous()
}

/// Asserts that a failed or cancelled order left the world as it was. What was taken down stays so.
pub(crate) async fn undone(world: &mut World, before: &Shape, kind: OrderKind, at: &str, witness: &mut Witness) {
    world.round().await;
    world.round().await;
    invariants::check(world, witness, at).await;
    let after = Shape::of(world).await;
    if kind == OrderKind::Terminate && after.services.is_empty() {
        assert_eq!(after.budget, 0, "{at}");
        return;
    }
    assert_eq!(&after, before, "{at}");
}

async fn every_step_fails_in_turn_and_nothing_is_left(engine: Engine) {
    for kind in OrderKind::ALL {
        assert!(step_names(kind).len() >= 3, "{kind:?} has no saga");
        for step in step_names(kind) {
            for moment in [Moment::Before, Moment::BeforeCommit] {
                let at = format!("{kind:?}, {step}, {moment:?}");
                let mut world = World::new(engine).await;
                let mut witness = Witness::default();
                let (before, request) = begin(&mut world, kind).await;
                let spot = Spot { kind, step, direction: Direction::Do, moment };
                world.faults.set(move |point| if spot.is(point) { Fault::Fail } else { Fault::None });
                let order = world.submit(request).await.unwrap();
                let order = world.settle(order.id).await;
                assert_eq!(order.state, OrderState::Failed, "{at}");
                assert_eq!(order.reason.unwrap().code, ReasonCode::InternalError, "{at}");
                assert_eq!(failed_step(&world, order.id).await, [step], "{at}");
                undone(&mut world, &before, kind, &at, &mut witness).await;
            }
        }
    }
}

async fn every_action_runs_twice_and_ends_the_same(engine: Engine) {
    for kind in OrderKind::ALL {
        let expected = undisturbed(engine, kind).await;
        let mut world = World::new(engine).await;
        let mut witness = Witness::default();
        let (_, request) = begin(&mut world, kind).await;
        world.faults.set(|_| Fault::Repeat);
        let order = world.submit(request).await.unwrap();
        let order = world.settle(order.id).await;
        assert_eq!(order.state, OrderState::Fulfilled, "{kind:?}: {:?}", order.reason);
        invariants::check(&world, &mut witness, &format!("{kind:?} repeated")).await;
        assert_eq!(Shape::of(&world).await.anonymous(), expected, "{kind:?}");
    }
}

async fn every_undo_runs_twice_and_ends_the_same(engine: Engine) {
    for kind in OrderKind::ALL {
        let mut world = World::new(engine).await;
        let mut witness = Witness::default();
        let (before, request) = begin(&mut world, kind).await;
        let last = *step_names(kind).last().unwrap();
        let spot = Spot { kind, step: last, direction: Direction::Do, moment: Moment::BeforeCommit };
        world.faults.set(move |point| match place(point) {
            _ if spot.is(point) => Fault::Fail,
            (_, step) if step.direction == Direction::Undo => Fault::Repeat,
            _ => Fault::None,
        });
        let order = world.submit(request).await.unwrap();
        let at = format!("{kind:?} undone twice");
        assert_eq!(world.settle(order.id).await.state, OrderState::Failed, "{at}");
        undone(&mut world, &before, kind, &at, &mut witness).await;
    }
}

/// The directions and steps that orders of every kind pass through, so that nothing is left untried.
async fn the_suite_reaches_every_step_in_both_directions(engine: Engine) {
    for kind in OrderKind::ALL {
        let mut world = World::new(engine).await;
        let (_, request) = begin(&mut world, kind).await;
        let last = *step_names(kind).last().unwrap();
        let spot = Spot { kind, step: last, direction: Direction::Do, moment: Moment::Before };
        world.faults.set(move |point| if spot.is(point) { Fault::Fail } else { Fault::None });
        world.faults.seen();
        let order = world.submit(request).await.unwrap();
        world.settle(order.id).await;
        let seen = world.faults.seen();
        for direction in [Direction::Do, Direction::Undo] {
            for step in step_names(kind) {
                let reached = seen.iter().any(|point| {
                    let (_, passed) = place(*point);
                    (passed.order, passed.name, passed.direction) == (order.id, step, direction)
                });
                assert!(reached, "{kind:?} never reaches {direction:?} {step}");
            }
        }
    }
}

/// Drives once; a crash in the middle ends the exchange, and another one begins on what it left.
pub(crate) async fn drive_through_a_crash(world: &mut World) {
    world.clock.advance(crate::world::ROUND);
    let exchange = world.exchange.clone();
    let drive = tokio::spawn(async move { reconcilers::run_once(&exchange).await }).await;
    match drive {
        Ok(result) => result.unwrap(),
        Err(crash) => {
            assert!(crash.is_panic());
            world.reopen().await;
        }
    }
    world.work().await;
}

async fn a_crash_at_any_point_goes_on_or_back_by_itself(engine: Engine) {
    let moments: &[Moment] = if engine == Engine::Sqlite { &Moment::ALL } else { &[Moment::BeforeCommit] };
    for kind in OrderKind::ALL {
        let expected = undisturbed(engine, kind).await;
        for direction in [Direction::Do, Direction::Undo] {
            for step in step_names(kind) {
                for moment in moments.iter().copied() {
                    let at = format!("{kind:?}, {direction:?} {step}, {moment:?}");
                    let spot = Spot { kind, step, direction, moment };
                    crash_at(engine, spot, &expected, &at).await;
                }
            }
        }
    }
}

async fn crash_at(engine: Engine, spot: Spot, expected: &(Vec<String>, i64, i64, i64), at: &str) {
    let mut world = World::new(engine).await;
    let mut witness = Witness::default();
    let (before, request) = begin(&mut world, spot.kind).await;
    let crashed = Arc::new(AtomicBool::new(false));
    let (once, last) = (crashed.clone(), *step_names(spot.kind).last().unwrap());
    let turn = Spot { step: last, direction: Direction::Do, moment: Moment::BeforeCommit, ..spot };
    world.faults.set(move |point| {
        if spot.is(point) && !once.swap(true, Ordering::SeqCst) {
            std::panic::panic_any("the exchange was killed");
        }
        if spot.direction == Direction::Undo && turn.is(point) { Fault::Fail } else { Fault::None }
    });
    let order = world.submit(request).await.unwrap();
    let asked = world.now();
    let mut state = order.state;
    while !orders::has_ended(state) {
        drive_through_a_crash(&mut world).await;
        invariants::check(&world, &mut witness, at).await;
        state = world.order(order.id).await.state;
        let waited = world.now().since(asked);
        assert!(waited <= Duration::from_secs(60), "{at}: it is {state:?} after {waited:?}");
    }
    assert!(crashed.load(Ordering::SeqCst), "{at} was never reached");
    match spot.direction {
        Direction::Do => {
            assert_eq!(state, OrderState::Fulfilled, "{at}");
            assert_eq!(&Shape::of(&world).await.anonymous(), expected, "{at}");
        }
        Direction::Undo => {
            assert_eq!(state, OrderState::Failed, "{at}");
            undone(&mut world, &before, spot.kind, at, &mut witness).await;
        }
    }
}

/// Orders are cancelled just before each step is run, with the flag set between two transactions.
async fn an_order_is_cancelled_before_every_step(engine: Engine) {
    for kind in OrderKind::ALL {
        for (number, step) in step_names(kind).into_iter().enumerate() {
            let at = format!("{kind:?} cancelled after {number} steps, before {step}");
            let mut world = World::new(engine).await;
            let mut witness = Witness::default();
            let (before, request) = begin(&mut world, kind).await;
            let passed = Arc::new(AtomicU32::new(0));
            let order = world.submit(request).await.unwrap();
            let order = cancel_after(&mut world, order, number, passed).await;
            if kind == OrderKind::Terminate && order.state == OrderState::Fulfilled {
                continue;
            }
            assert_eq!(order.state, OrderState::Cancelled, "{at}");
            assert_eq!(order.reason.unwrap().code, ReasonCode::CancelledByBuyer, "{at}");
            undone(&mut world, &before, kind, &at, &mut witness).await;
        }
    }
}

/// Lets so many steps be done, crashes, cancels, and goes on to the end.
async fn cancel_after(world: &mut World, order: Order, steps: usize, passed: Arc<AtomicU32>) -> Order {
    let counter = passed.clone();
    let limit = u32::try_from(steps).unwrap();
    world.faults.set(move |point| {
        let (moment, step) = place(point);
        if step.order == order.id && moment == Moment::Before {
            let names = step_names(step.kind);
            let at = names.iter().position(|name| *name == step.name).unwrap();
            if at == steps {
                counter.store(limit + 1, Ordering::SeqCst);
                std::panic::panic_any("the exchange was killed");
            }
        }
        Fault::None
    });
    for _ in 0..20 {
        drive_through_a_crash(world).await;
        if passed.load(Ordering::SeqCst) > 0 {
            break;
        }
    }
    world.faults.clear();
    if let Err(error) = world.cancel(order.id).await {
        assert_eq!(error.problem().kind, "/problems/irreversible");
    }
    world.settle(order.id).await
}

on_both_engines!(
    every_step_fails_in_turn_and_nothing_is_left,
    every_action_runs_twice_and_ends_the_same,
    every_undo_runs_twice_and_ends_the_same,
    the_suite_reaches_every_step_in_both_directions,
    a_crash_at_any_point_goes_on_or_back_by_itself,
    an_order_is_cancelled_before_every_step,
);
